"""The sentences of this room's notices."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from customs.models import DocumentState as S
from customs.presenters import REASONS
from submissions.registry import register_notice

if TYPE_CHECKING:
    from submissions.registry import Text

_WORDS = _("In customs' words: {words}")
_EPORT_WORDS = _("In the E-port's words: {words}")

# (kind, state): to those who are told customs' words, and to the other parties.
SENTENCES: dict[tuple[str, str], tuple[Text, Text]] = {
    ("inventory", S.RELEASED): (
        _("Customs has released the inventory list of order {numbers}."),
        _("Customs has released the inventory list of order {numbers}."),
    ),
    ("inventory", S.RETURNED): (
        _("Customs has returned the inventory list of order {numbers}: correct it and declare it again."),
        _("Customs has returned the inventory list of order {numbers}; the declarant corrects it."),
    ),
    ("inventory", S.EPORT_REFUSED): (
        _("The E-port has refused the inventory list of order {numbers}: correct it and declare it again."),
        _("The E-port has refused the inventory list of order {numbers}; the declarant corrects it."),
    ),
    ("inventory", S.INSPECTION): (
        _("Customs inspects the goods of order {numbers}."),
        _("Customs inspects the goods of order {numbers}."),
    ),
    ("inventory", S.DETAINED): (
        _("Customs has detained the goods of order {numbers}."),
        _("Customs has detained the goods of order {numbers}."),
    ),
    ("inventory", S.SENT_BACK): (
        _("The goods of order {numbers} are sent back out of the country."),
        _("The goods of order {numbers} are sent back out of the country."),
    ),
    ("order", S.RETURNED): (
        _("Customs has returned order {numbers}: correct it and send it again."),
        _("Customs has returned order {numbers}; its sender corrects it."),
    ),
    ("order", S.EPORT_REFUSED): (
        _("The E-port has refused order {numbers}: correct it and send it again."),
        _("The E-port has refused order {numbers}; its sender corrects it."),
    ),
    ("payment", S.RETURNED): (
        _("Customs has returned the payment of order {numbers}: correct it and send it again."),
        _("Customs has returned the payment of order {numbers}; its sender corrects it."),
    ),
    ("payment", S.EPORT_REFUSED): (
        _("The E-port has refused the payment of order {numbers}: correct it and send it again."),
        _("The E-port has refused the payment of order {numbers}; its sender corrects it."),
    ),
    ("waybill", S.RETURNED): (
        _("Customs has returned the waybill of order {numbers}: correct it and send it again."),
        _("Customs has returned the waybill of order {numbers}; its sender corrects it."),
    ),
    ("waybill", S.EPORT_REFUSED): (
        _("The E-port has refused the waybill of order {numbers}: correct it and send it again."),
        _("The E-port has refused the waybill of order {numbers}; its sender corrects it."),
    ),
}
_EXPORT_NAMES: dict[str, Text] = {
    "export_order": _("export order"),
    "collection": _("collection record of order"),
    "export_waybill": _("export waybill"),
    "export_list": _("export list of order"),
    "arrival": _("arrival notice"),
    "manifest": _("master waybill manifest"),
    "departure": _("departure notice"),
}
_EXPORT_NEWS: dict[str, Text] = {
    S.RETURNED: _("Customs has returned the {name} {numbers}: it has to be corrected and sent again."),
    S.EPORT_REFUSED: _("The E-port has refused the {name} {numbers}: it has to be corrected and sent again."),
    S.RELEASED: _("Customs has released the {name} {numbers}."),
    S.CLOSED: _("Customs has closed the {name} {numbers}: the goods have left the country."),
    S.INSPECTION: _("Customs inspects the goods of the {name} {numbers}."),
    S.DETAINED: _("Customs has detained the goods of the {name} {numbers}."),
    S.SENT_BACK: _("The goods of the {name} {numbers} are sent back."),
}
_OF_ALL = (S.RETURNED, S.EPORT_REFUSED)


def _named(news: Text, name: Text) -> Text:
    """The sentence with the document's name in it; the numbers are filled in when it is shown."""
    return cast("Text", _filled(news, name))


def _fill(news: Text, name: Text) -> str:
    return str(news).replace("{name}", str(name))


_filled = lazy(_fill, str)


for _kind, _name in _EXPORT_NAMES.items():
    for _state, _news in _EXPORT_NEWS.items():
        if _state in _OF_ALL or _kind == "export_list":
            SENTENCES[_kind, _state] = (_named(_news, _name), _named(_news, _name))
_WITH_WORDS = (S.RETURNED, S.EPORT_REFUSED, S.DETAINED)


def notice_code(kind: str, state: str, reason: str, *, near: bool) -> str:
    """The code under which a notice's sentence is registered; `near`: the company is told customs' words."""
    if not near:
        return f"{kind}.{state}.party"
    known = reason if reason in REASONS and state in _WITH_WORDS else ""
    return f"{kind}.{state}.{known}" if known else f"{kind}.{state}"


def register_sentences() -> None:
    """Every sentence, with and without a reason that has plain words."""
    register_notice(
        "export_list.goods_returned",
        _(
            "Customs has put on record that goods of line {line} of the export list {number} came back: {reason}"
        ),
    )
    for (kind, state), (near, party) in SENTENCES.items():
        register_notice(f"{kind}.{state}.party", party)
        if state not in _WITH_WORDS:
            register_notice(f"{kind}.{state}", near)
            continue
        words = _EPORT_WORDS if state == S.EPORT_REFUSED else _WORDS
        register_notice(f"{kind}.{state}", format_lazy("{} {}", near, words))
        for code, plain in REASONS.items():
            register_notice(f"{kind}.{state}.{code}", format_lazy("{} {} {}", near, plain, words))
