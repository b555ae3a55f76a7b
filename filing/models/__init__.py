"""Tables of this room."""

from filing.models.enterprises import EnterpriseRecord, Register
from filing.models.goods import BatchState, GoodsBatch, GoodsFiling

__all__ = ["BatchState", "EnterpriseRecord", "GoodsBatch", "GoodsFiling", "Register"]
