"""O10 comes back and is corrected, P2 says “this was me”; P6 reports O08; what of it stands on B's record."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.models import Company, User
from accounts.principals import principal_of_user
from credit import selectors
from credit.models import Fact
from customs.demo import BUYERS, story_correction, story_set
from customs.demo.cast import COMPANIES, Buyer
from customs.demo.story import story_sale
from customs.demo.wire import SENDERS
from customs.intake import receive_message
from customs.models import DocumentState, Inventory
from identity import misuse, services
from identity.claims import PERSON
from identity.library import Pair, find
from identity.models import Ground, Verification, VerificationState
from identity.ports import Use, uses_of
from portal.demo_steps import Told, wait_for
from submissions.models import Notice

CORRECTED, REFUSED = "O10", "O08"


def play_buyers() -> Iterator[Told]:
    """The two buyers of the story, and B's record."""
    firm = Company.objects.get(uscc=COMPANIES["B"].uscc)
    yield from _correct(firm)
    yield from _confirm()
    yield from _report(firm)


def _list(order: str) -> Inventory | None:
    rows = Inventory.objects.filter(order_no=story_sale(order).order_no)
    return rows.exclude(state=DocumentState.SUPERSEDED).defer("personal").first()


def _state(order: str) -> str:
    found = _list(order)
    return found.state if found else ""


def _hand_in(messages: dict[str, bytes]) -> None:
    for type_, message in messages.items():
        user = User.objects.get(email=f"{SENDERS[type_].lower()}@demo.example")
        receive_message(message, principal=principal_of_user(user), channel="browser")


def _correct(firm: Company) -> Iterator[Told]:
    """Returned with 1332, then both documents once more; the second time it is released."""
    if _list(CORRECTED) is None:
        _hand_in(story_set(CORRECTED))
    wait_for(
        "customs' return of O10",
        lambda: _state(CORRECTED) in (DocumentState.RETURNED, DocumentState.RELEASED),
    )
    if _state(CORRECTED) == DocumentState.RETURNED:
        _hand_in(story_correction(CORRECTED))
        wait_for("O10's release", lambda: _state(CORRECTED) == DocumentState.RELEASED)
    yield Told("O10, corrected", _state(CORRECTED), "released")
    minor = Fact.objects.filter(
        company=firm, type="late-correction", subject_code=story_sale(CORRECTED).order_no
    )
    yield Told("B's minor records of it", str(minor.count()), "1")
    taken = [
        part.deduction
        for fact in minor
        for part in selectors.score_of(firm, fact.ruled_on).parts
        if part.known.fact.id == fact.pk
    ]
    yield Told("what it takes from B's score", ", ".join(map(str, taken)), "3.0000")


def _person(buyer: Buyer) -> tuple[Verification, dict[str, Use]]:
    """Who they are, once the police have said so, and their lists by the order."""
    pair = Pair.of(buyer.name, buyer.id_number)
    services.check(buyer.name, buyer.id_number, by=PERSON, ground=Ground.OWN, reason="buyer's page")

    def known() -> bool:
        return find([pair.key])[pair.key].state == VerificationState.MATCH

    wait_for(f"the police about {buyer.key}", known)
    uses = uses_of(pair.key.number_hash, buyer.telephone[-4:])
    orders = dict(Inventory.objects.filter(pk__in=[use.id for use in uses]).values_list("pk", "order_no"))
    return find([pair.key])[pair.key], {orders[use.id]: use for use in uses if use.own_telephone}


def _confirm() -> Iterator[Told]:
    check, uses = _person(BUYERS["P2"])
    use = uses[story_sale(CORRECTED).order_no]
    yield Told("P2 says of O10: this was me", str(misuse.confirm_mine(check, use, by=PERSON)), "True")


def _report(firm: Company) -> Iterator[Told]:
    check, uses = _person(BUYERS["P6"])
    use = uses[story_sale(REFUSED).order_no]
    misuse.report(check, [use], words="不是我买的（示例）。", contact="", by=PERSON)
    yield Told("reports that mark O08", str(len(misuse.marks([use.id]))), "1")
    told = Notice.objects.filter(company=firm, code="identity.reported")
    yield Told("notices of it to B", str(told.count()), "1")
