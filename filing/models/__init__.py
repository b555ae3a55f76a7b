"""Tables of this room."""

from filing.models.enterprises import EnterpriseRecord, Register

__all__ = ["EnterpriseRecord", "Register"]
