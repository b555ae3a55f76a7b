"""The officials' desk of this room: goods on file, to be looked up."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from accounts.principals import principal_of
from filing.goods.forms import GoodsFilterForm
from filing.selectors import GOODS_READERS, current_goods, goods_visible_to
from submissions.admin_registry import DESKS, DeskPage, of_agencies, page, register_page

PAGE = 50
_concerned = of_agencies(*GOODS_READERS, portal=True)


@never_cache
@require_safe
def goods(request: HttpRequest) -> HttpResponse:
    """All goods in force, by company, item number, name or HS code; for offices that compare goods."""
    principal = principal_of(request)
    if principal is None or not _concerned(principal):
        raise Http404
    form = GoodsFilterForm(request.GET)
    company = request.GET.get("company", "").replace("\0", "").strip()[:100]
    rows = current_goods(goods_visible_to(principal), form.asked(company))
    sheet = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"title": gettext("Goods on file"), "sheet": sheet, "form": form, "company": company}
    return page(request, "admin/desk/goods.html", context)


register_page(
    DeskPage(
        "goods",
        "goods/",
        goods,
        Permission.QUEUE_READ,
        _("Goods on file"),
        rank=6,
        sentence=_("What enterprises have filed of the goods they sell."),
        concerns=_concerned,
        group=DESKS,
    )
)
