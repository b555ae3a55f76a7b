"""The exporter's autumn, played on a running portal: workers carry it, the stub agencies answer.

Each step goes through the services that pages and the API use, waits for the answer, and holds its figure against
the story's. What has been played already is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from accounts.models import Agency, Company, User
from accounts.principals import Principal, principal_of_user
from customs.demo import b2b
from customs.demo.cast import COMPANIES
from customs.export.currencies import letters
from customs.export.returns import Returned, enter_return
from customs.models import B2BDeclaration, ExportList, ExportReturn
from filing.enterprise import demo as registering
from filing.enterprise import records
from filing.enterprise.definition import DEFINITION
from filing.models import EnterpriseRecord
from forex import demo as money
from forex.models import BopDeclaration, InwardPayment
from portal.demo_buyers import play_buyers
from portal.demo_steps import Told, wait_for
from submissions.definitions import attachments, filling, information
from submissions.models import Referral, ReferralState, Submission
from tax import demo as exemption
from tax.demo import OCTOBER
from tax.models import IN_FORCE, ExemptionDeclaration
from tax.services import preflight
from trail.actors import SYSTEM

LISTS = 20
RETURNED = "02132026E000000014"


def play() -> Iterator[Told]:
    """All steps, in the story's order."""
    firm = Company.objects.get(uscc=COMPANIES["F"].uscc)
    exporter = _person("f@demo.example")
    yield from _register(firm, exporter)
    yield from _export(firm)
    yield from _warehouse(firm)
    yield from _exemption(firm, exporter)
    yield from _money(firm, exporter)
    yield from play_buyers()


def _person(email: str) -> Principal:
    return principal_of_user(User.objects.get(email=email))


def _register(firm: Company, by: Principal) -> Iterator[Told]:
    """One submission, five parties; customs asks for the name of the account, and F gives it."""
    if not EnterpriseRecord.objects.filter(company=firm).exists():
        draft = filling.begin(DEFINITION, firm, by=by.actor, raw=registering.ANSWERS)
        if slot := DEFINITION.paper("licence"):
            attachments.attach(draft, slot, registering.LICENCE, by=by.actor)
        submission = filling.hand_in(draft, by=by.actor)
        _answer_customs(submission, by)
        wait_for("registration", lambda: _state(submission) == "accepted")
        records.holds_since(submission, registering.REGISTERED, by=SYSTEM)
    rows = EnterpriseRecord.objects.filter(company=firm).in_force()
    yield Told("F is entered by five parties", str(rows.count()), "5")


def _answer_customs(submission: Submission, by: Principal) -> None:
    customs = Referral.objects.get(submission=submission, agency__code="customs")
    asked = ReferralState.INFORMATION_REQUESTED

    def has_asked() -> bool:
        customs.refresh_from_db()
        return customs.state == asked

    wait_for("customs' question", has_asked)
    question = information.open_request(customs)
    if question is not None:
        information.answer(question, {"account_name": str(registering.ANSWERS["name"])}, "", by=by.actor)


def _state(submission: Submission) -> str:
    return Submission.objects.values_list("state", flat=True).get(pk=submission.pk)


def _export(firm: Company) -> Iterator[Told]:
    """October's lists are closed; one parcel comes back in November."""
    lists = ExportList.objects.filter(ebc_code__in=firm.codes)
    wait_for("customs' closing", lambda: lists.filter(state="closed").count() >= LISTS)
    yield Told("October's lists closed", str(lists.filter(state="closed").count()), str(LISTS))
    came_back = lists.get(invt_no=RETURNED)
    if not ExportReturn.objects.filter(export_list_id=came_back.pk).exists():
        official = _person("officer@customs.example")
        told = Returned(came_back.pk, 1, date(2026, 11, 6), Decimal(2), "9661", "买家退货（示例）")
        enter_return(told, by=official)
    yield Told(
        "lines that came back", str(ExportReturn.objects.filter(export_list_id=came_back.pk).count()), "1"
    )


def _warehouse(firm: Company) -> Iterator[Told]:
    """120 bicycles to Hamburg under 9810: declared by G, exported; what the rules say of those that come back."""
    submission = b2b.hand_in(firm, _person("g@demo.example"))
    row = B2BDeclaration.objects.get(submission=submission)

    def has_left() -> bool:
        row.refresh_from_db()
        return row.state == "closed"

    wait_for("customs' closing of the customs declaration", has_left)
    yield Told("9810, amount", f"{letters(row.currency)} {row.amount:,.2f}", "USD 31,200.00")
    yield Told("9810, at the rate of the month", f"CNY {row.cny:,.2f}", "CNY 219,960.00")
    yield Told("9810, declaration and day of export", f"{row} {row.export_date}", f"{b2b.NUMBER} 2026-09-18")
    yield Told("9810, classified as", f"{row.verdict} {row.fitting_mode}", "cbec_b2b 9810")
    said = ", ".join(f"{day} {_return_words(taken, free)}" for day, taken, free in b2b.returns_of(row))
    yield Told("9810, what comes back", said, "2027-02-10 relieved, 2027-05-02 taxed")


def _return_words(taken: bool, free: bool) -> str:
    return ("relieved" if free else "taxed") if taken else "not taken"


def _exemption(firm: Company, by: Principal) -> Iterator[Told]:
    """Declared, compared; then completed and corrected."""
    rows = ExemptionDeclaration.objects.filter(company=firm, month=OCTOBER)
    if not rows.exists():
        exemption.mark(firm, by=by.actor)
        found = preflight(firm, OCTOBER).sheet
        yield Told("candidate lines", str(len(found.lines)), str(LISTS))
        yield _sum("first declaration, exempt", [row.cny for row in found.exempt], "13 lines CNY 3,313.87")
        out = [row.cny for row in found.lines if not row.is_exempt]
        yield _sum("first declaration, excluded", out, "7 lines CNY 2,524.61")
        exemption.declare_october(firm, by=by.actor, user=by.user)
        wait_for("tax's comparison", lambda: rows.filter(state__in=IN_FORCE).exists())
        exemption.complete(firm, by=by.actor)
        exemption.declare_october(firm, by=by.actor, user=by.user, reason="补报一行")
    corrected = rows.order_by("-version")
    wait_for("the second comparison", lambda: corrected[0].state in IN_FORCE)
    lines = [line.cny for line in corrected[0].lines.filter(kind="exempt")]
    yield _sum("corrected declaration", lines, "14 lines CNY 3,509.86")


def _sum(step: str, amounts: Sequence[Decimal | None], expected: str) -> Told:
    total = sum((one for one in amounts if one is not None), Decimal(0))
    return Told(step, f"{len(amounts)} lines CNY {total:,.2f}", expected)


def _money(firm: Company, by: Principal) -> Iterator[Told]:
    """Three credits, two statements; the first declaration comes back and is corrected."""
    bank = Agency.objects.get(code="bank")
    money.push_credits(bank, firm, by=SYSTEM)
    money.match_payouts(firm, by=by.actor)
    numbers = [credit.declaration_no for credit in money.CREDITS]
    paid = InwardPayment.objects.filter(company=firm, declaration_no__in=numbers)
    open_ones = [f"{one.amount:.2f}" for one in paid if one.matched == 0]
    yield Told("credits without a statement", ", ".join(open_ones), "88.00")
    rows = BopDeclaration.objects.filter(payment__in=paid)
    if not rows.exists():
        wrong = ("bop.code_in_statistics", "bop.code_not_counted")
        money.declare(firm, 1, by=by.actor, on=date(2026, 10, 27), code="122030", confirmed=wrong)
        wait_for("the bank's return", lambda: rows.filter(state="returned").exists())
    if not rows.exclude(state="returned").exists():
        # The day after the last day: the correction says so and goes on.
        money.declare(firm, 1, by=by.actor, on=date(2026, 10, 28), confirmed=("bop.late",))
        money.declare(firm, 2, by=by.actor, on=date(2026, 11, 11))
    wait_for("the bank's acceptance", lambda: rows.filter(state="accepted").count() >= len(money.CREDITS) - 1)
    accepted = list(rows.filter(state="accepted"))
    yield Told("declared, actual", f"{sum(one.actual for one in accepted):,.2f}", "741.93")
    yield Told("declared, gross in", f"{sum(one.gross_in for one in accepted):,.2f}", "948.15")
    yield Told("declared, gross out", f"{sum(one.gross_out for one in accepted):,.2f}", "206.22")
    yield from _banks(firm, by)


def _banks(firm: Company, by: Principal) -> Iterator[Told]:
    """A list backs a financing of the first bank; the second asks within its consent and is refused."""
    first, second = (Agency.objects.get(code=code) for code in ("bank", "bank2"))
    money.let_banks_ask(firm, (first, second), by=by.actor)
    yield Told("list 8 for the first bank", money.pledge(first, by=SYSTEM), "pledged")
    yield Told("list 8 for the second bank", money.pledge(second, by=SYSTEM), "refused")
