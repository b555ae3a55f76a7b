"""Who may read which inventory lists, the same for both directions (R13.02)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Company
from accounts.selectors import companies_by_codes
from customs.models import ExportList, Inventory
from customs.models.documents import ListDocument

if TYPE_CHECKING:
    from accounts.principals import Principal

AGENCY = "customs"
L = TypeVar("L", bound=ListDocument)


@dataclass(frozen=True, slots=True)
class Reading(Generic[L]):
    """The lists of one direction.

    `service`: of the mandates by which they are read for others. `whole`: columns whose companies read a list
    whole; others that it names see what concerns their own document.
    """

    model: type[L]
    service: str
    whole: tuple[str, ...]

    def visible_to(self, principal: Principal | None) -> QuerySet[L]:
        """The lists that the principal may read, in no order. Nobody: none."""
        rows: QuerySet[L] = self.model._default_manager.all()
        if principal is None:
            return rows.none()
        if principal.agency is not None:
            return rows if principal.agency.code == AGENCY else rows.none()
        companies = sorted(principal.acting_for(self.service))
        return rows.filter(parties__overlap=companies) if companies else rows.none()

    def whole_visible_to(self, principal: Principal | None) -> QuerySet[L]:
        """Those of them that the principal may read whole."""
        rows = self.visible_to(principal)
        if principal is None or principal.agency is not None:
            return rows
        codes = self._codes_of(principal)
        named = Q()
        for column in self.whole:
            named |= Q(**{f"{column}__in": codes})
        return rows.filter(named)

    def whole_among(self, shown: Iterable[L], principal: Principal) -> set[UUID]:
        """Of lists the principal sees in a table, those it may read whole; two queries."""
        if principal.agency is not None:
            return {one.pk for one in shown}
        codes = self._codes_of(principal)
        return {one.pk for one in shown if codes & self.whole_codes(one)}

    def whole_codes(self, one: L) -> set[str]:
        """The codes of the companies that read this list whole."""
        return {getattr(one, column) for column in self.whole}

    def is_whole(self, one: L, acting: Collection[int]) -> bool:
        """Whether one of the companies acted for reads it whole."""
        whole = {company.pk for company in companies_by_codes(self.whole_codes(one)).values()}
        return bool(whole & set(acting))

    def _codes_of(self, principal: Principal) -> set[str]:
        companies = Company.objects.filter(pk__in=principal.acting_for(self.service))
        return {code for company in companies for code in company.codes}


IMPORTS = Reading(Inventory, "import-declaration", ("agent_code", "ebc_code", "ebp_code"))
# The producer is the goods' owner: what is declared here decides its tax.
EXPORTS = Reading(ExportList, "export-declaration", ("agent_code", "ebc_code", "ebp_code", "owner_code"))
