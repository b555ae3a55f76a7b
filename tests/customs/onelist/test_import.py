"""One import list typed in the browser, from an order that is here to the number; faults; the ways to sign."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from customs.ceb import read
from customs.demo import story_set
from customs.demo.story import story_document
from customs.demo.wire import signer
from customs.load import load_message
from customs.models import CebMessage, Inventory, Order
from customs.onelist import drafts
from reference import selectors
from reference.models import Code
from submissions.models import Submission
from submissions.services import unseal_payload
from tests.customs.factories import World
from tests.customs.onelist.conftest import as_one_of
from trail.models import Entry

pytestmark = pytest.mark.django_db
BEGIN = reverse("one_list_import")
# What no document that is here says.
THE_REST = {
    "f-tradeMode": "1210", "f-customsCode": "0213", "f-portCode": "0213", "f-declTime": "2026-11-03",
    "f-emsNo": "T0213W900001", "f-areaCode": "120746DE05", "f-areaName": "东疆云仓（示例）仓储有限公司",
    "f-trafMode": "Y",
    "f-country": "142", "f-netWeight": "0.5", "f-wrapType": "2",
}  # fmt: skip


def received(here: World) -> Order:
    """Order, payment and waybill of O01 are here; no list."""
    here.load_all(story_set("O01"), types=["CEB311", "CEB411", "CEB511"])
    return Order.objects.get()


def begun(clerk: Client, **given: object) -> Submission:
    answer = clerk.post(BEGIN, given)
    assert answer.status_code == 302, answer.content
    draft = Submission.objects.get(pk=answer["Location"].split("/")[-2])
    assert draft.state == "draft"
    return draft


def form_of(clerk: Client, draft: Submission) -> dict[str, str]:
    """What the page would post."""
    page = clerk.get(reverse("one_list", args=[draft.pk]))
    fields = [*page.context["head"], *(bound for line in page.context["lines"] for bound in line)]
    values = {bound.html_name: str(bound.value() or "") for bound in fields}
    return values | {"version": str(page.context["version"])}


def save(clerk: Client, draft: Submission, **more: str):
    values = form_of(clerk, draft) | {name.replace("_", "-", 1): text for name, text in more.items()}
    return clerk.post(reverse("one_list", args=[draft.pk]), values)


def the_goods(number: int, document) -> dict[str, str]:
    line = document.lines[number - 1]
    names = ("gcode", "unit1", "qty1", "unit2", "qty2", "itemRecordNo")
    return {f"l{number}-{name}": line[name] for name in names if name in line}


def completed(clerk: Client, draft: Submission) -> Submission:
    told = story_document("O01", "CEB621")
    more = THE_REST | {k: v for at in range(1, len(told.lines) + 1) for k, v in the_goods(at, told).items()}
    values = form_of(clerk, draft) | more | {"f-netWeight": told.head["netWeight"]}
    assert clerk.post(reverse("one_list", args=[draft.pk]), values).status_code == 302
    draft.refresh_from_db()
    return draft


def confirmed(clerk: Client, draft: Submission, **more: object):
    given = {"version": draft.draft_version, "confirm": "1"} | more
    return clerk.post(reverse("one_list_hand_in", args=[draft.pk]), given)


@pytest.fixture
def whole(here: World, clerk: Client) -> Submission:
    """A draft of O01 in which nothing is wrong."""
    return completed(clerk, begun(clerk, order=received(here).pk))


def test_an_order_fills_in_what_is_known(here: World, clerk: Client) -> None:
    order = received(here)
    assert order.order_no in clerk.get(BEGIN).content.decode()
    values, told = form_of(clerk, begun(clerk, order=order.pk)), story_document("O01", "CEB621")
    same = ("orderNo", "ebpCode", "ebpName", "ebcCode", "ebcName", "logisticsNo", "logisticsCode", "buyerName",
            "buyerIdNumber", "buyerTelephone", "consigneeAddress", "assureCode", "grossWeight", "packNo")  # fmt: skip
    assert {name: values[f"f-{name}"] for name in same} == {name: told.head[name] for name in same}
    for name in ("freight", "insuredFee"):
        assert Decimal(values[f"f-{name}"]) == Decimal(told.head[name])
    for at, line in enumerate(told.lines, 1):
        for name in ("itemNo", "gname", "gmodel", "country", "unit", "qty"):
            assert values[f"l{at}-{name}"] == line[name]
    assert Entry.objects.get(action="one_list.prefill").detail == {"order": order.order_no}


def test_it_becomes_the_message_that_a_machine_would_send(
    here: World, clerk: Client, whole: Submission
) -> None:
    answer = confirmed(clerk, whole)
    whole.refresh_from_db()
    assert answer["Location"] == reverse("submission", args=[whole.reference])
    sent, told = read(unseal_payload(whole)), story_document("O01", "CEB621")
    ours = {"guid", "appTime", "copNo"}
    numbers = {
        "freight",
        "insuredFee",
        "grossWeight",
        "netWeight",
        "price",
        "totalPrice",
        "qty",
        "qty1",
        "qty2",
    }

    def told_by(values: dict[str, str]) -> dict[str, object]:
        return {k: Decimal(v) if k in numbers else v for k, v in values.items() if k not in ours}

    assert told_by(sent.documents[0].head) == told_by(told.head)
    lines = [told_by(line) for line in sent.documents[0].lines]
    assert [
        {k: v for k, v in line.items() if k != "tradeCountry"} for line in map(told_by, told.lines)
    ] == lines
    # One path: the same rows, the same load, the same match, nothing held against it.
    message = CebMessage.objects.get(submission=whole)
    assert (message.type, message.sender, whole.title) == (
        "CEB621",
        here.companies["G"],
        sent.documents[0].head["copNo"],
    )
    load_message(whole.pk)
    row = Inventory.objects.get()
    assert (row.state, [one for one in row.findings if one["level"] == "error"]) == ("ready", [])
    assert Entry.objects.get(action="one_list.sign").detail["signer"] == "demonstration"
    assert here.companies["B"].pk in whole.parties


def test_two_clicks_are_one_list(clerk: Client, whole: Submission) -> None:
    first, second = confirmed(clerk, whole), confirmed(clerk, whole)
    assert first["Location"] == second["Location"]
    assert CebMessage.objects.filter(type="CEB621").count() == 1


def test_without_a_confirmation_nothing_is_signed(clerk: Client, whole: Submission) -> None:
    answer = clerk.post(reverse("one_list_hand_in", args=[whole.pk]), {"version": whole.draft_version})
    assert answer.status_code == 422
    assert not CebMessage.objects.filter(type="CEB621").exists()


def test_a_changed_draft_is_looked_at_again(clerk: Client, whole: Submission) -> None:
    old = whole.draft_version
    save(clerk, whole, f_note="x")
    answer = clerk.post(reverse("one_list_hand_in", args=[whole.pk]), {"version": old, "confirm": "1"})
    assert answer["Location"] == reverse("one_list_check", args=[whole.pk])


def test_every_fault_stands_at_its_field_with_the_fix(clerk: Client, whole: Submission) -> None:
    offices("0213", "东疆港区海关")
    save(
        clerk, whole, f_orderNo="", f_buyerIdNumber="110101199001011234", f_customsCode="9999", f_netWeight="x",
        f_assureCode="1111111111", l1_price="1.00", l1_totalPrice="7.00", l1_gcode="12", f_areaCode="",
    )  # fmt: skip
    page = clerk.get(reverse("one_list", args=[whole.pk]), {"look": "1"})
    wrong = {bound.html_name for bound in page.context["head"] if bound.errors}
    wrong |= {bound.html_name for line in page.context["lines"] for bound in line if bound.errors}
    assert wrong == {
        "f-orderNo", "f-buyerIdNumber", "f-netWeight", "f-assureCode", "l1-totalPrice", "l1-gcode", "f-areaCode",
    }  # fmt: skip
    text = page.content.decode()
    assert "Compare it with the identity card" in text
    assert 'aria-describedby="id_l1-gcode-help id_l1-gcode-error"' in text
    assert "110101199001011234" not in "".join(fault.problem.text for fault, _url in page.context["faults"])
    check = clerk.get(reverse("one_list_check", args=[whole.pk]))
    told = [(one.problem.code, one.place.name) for one, _url in check.context["warnings"]]
    assert ("ceb.table.unknown", "customsCode") in told
    assert "typing a part of its name finds it" in check.content.decode()
    assert len(check.context["errors"]) == len(page.context["faults"]) >= len(wrong)
    assert confirmed(clerk, Submission.objects.get(pk=whole.pk)).status_code == 422


def test_a_name_of_a_code_table_is_as_good_as_its_code(here: World, clerk: Client, whole: Submission) -> None:
    offices("0213", "东疆港区海关")
    assert '<option value="0213">' in clerk.get(reverse("one_list", args=[whole.pk])).content.decode()
    save(clerk, whole, f_customsCode="东疆港区海关")
    page = clerk.get(reverse("one_list_check", args=[whole.pk]), headers={"accept-language": "zh-hans"})
    assert "0213 东疆港区海关" in page.content.decode()


def offices(code: str, name: str) -> None:
    Code.objects.create(
        table="customs_office", code=code, name_zh=name, valid_from=date(2020, 1, 1), source="tests"
    )
    selectors.forget()


def test_rights_are_told_beside_the_form(here: World, clerk: Client, whole: Submission) -> None:
    code = here.companies["A"].customs_code
    save(clerk, whole, f_ebcCode=code, f_ebcName="A", f_assureCode=code)
    check = clerk.get(reverse("one_list_check", args=[whole.pk]))
    codes = [one.problem.code for one, _url in check.context["errors"]]
    assert codes == ["customs.mandate.missing"]
    assert "mandate for this service" in check.content.decode()


def test_an_order_is_declared_once(here: World, clerk: Client, whole: Submission) -> None:
    assert confirmed(clerk, whole).status_code == 302
    load_message(whole.pk)
    assert Order.objects.get().order_no not in clerk.get(BEGIN).content.decode()
    again = begun(clerk, firm=here.companies["B"].pk)
    values = form_of(clerk, again) | {name: text for name, text in _typed(whole).items() if name != "f-copNo"}
    clerk.post(reverse("one_list", args=[again.pk]), values)
    errors = clerk.get(reverse("one_list_check", args=[again.pk])).context["errors"]
    assert [one.problem.code for one, _url in errors] == ["customs.list_under_way"]


def _typed(draft: Submission) -> dict[str, str]:
    typed = drafts.typed_of(draft)
    values = {f"f-{name}": text for name, text in typed.head.items()}
    for at, line in enumerate(typed.lines, 1):
        values |= {f"l{at}-{name}": text for name, text in line.items()}
    return values


def test_the_next_list_of_a_firm_begins_like_the_last(here: World, clerk: Client, whole: Submission) -> None:
    confirmed(clerk, whole)
    load_message(whole.pk)
    values = form_of(clerk, begun(clerk, firm=here.companies["B"].pk))
    assert (values["f-customsCode"], values["f-emsNo"], values["f-tradeMode"]) == (
        "0213",
        "T0213W900001",
        "1210",
    )
    assert (values["f-buyerName"], values["f-orderNo"]) == ("", "")


# --- the tax so far ---------------------------------------------------------------------------------------


def test_the_tax_is_the_one_the_list_will_have(clerk: Client, whole: Submission) -> None:
    shown = clerk.get(reverse("one_list", args=[whole.pk])).context["tax"].assessment
    confirmed(clerk, whole)
    load_message(whole.pk)
    row = Inventory.objects.get()
    assert (shown.total, shown.dutiable_value) == (row.tax_total, row.dutiable_value)
    assert shown.total > 0


def test_saving_by_itself_tells_the_tax_and_the_version(clerk: Client, whole: Submission) -> None:
    values = form_of(clerk, whole) | {"l1-price": "1.00", "l1-totalPrice": ""}
    answer = clerk.post(reverse("one_list", args=[whole.pk]), values, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert re.search(rf'name="version"\s+value="{int(values["version"]) + 1}"', text)
    assert 'hx-swap-oob="true"' in text
    again = clerk.post(reverse("one_list", args=[whole.pk]), values, headers={"HX-Request": "true"})
    assert "changed in another window" in again.content.decode()


def test_what_is_not_there_yet_is_not_taxed(here: World, clerk: Client) -> None:
    page = clerk.get(reverse("one_list", args=[begun(clerk, firm=here.companies["B"].pk).pk]))
    assert page.context["tax"].assessment is None
    assert "It appears when" in page.content.decode()


# --- goods lines ------------------------------------------------------------------------------------------


def test_lines_are_added_and_taken_out(clerk: Client, whole: Submission) -> None:
    count = len(drafts.typed_of(whole).lines)
    assert save(clerk, whole, add="1")["Location"].endswith(f"#line-{count + 1}")
    save(clerk, whole, remove="1")
    whole.refresh_from_db()
    assert len(drafts.typed_of(whole).lines) == count
    assert drafts.typed_of(whole).lines[-1]["gname"] == ""


# --- one's own signing device -----------------------------------------------------------------------------


def signed(data: bytes) -> bytes:
    """As the company's own device would sign it: here the demonstration's key stands in for it."""
    made = signer()(data).encode()
    return data.replace(b"</ceb:CEB621Message>", made + b"</ceb:CEB621Message>")


def upload(clerk: Client, draft: Submission, data: bytes):
    file = SimpleUploadedFile("signed.xml", data)
    return clerk.post(
        reverse("one_list_hand_in", args=[draft.pk]), {"version": draft.draft_version, "signed": file}
    )


def test_a_list_is_signed_elsewhere_and_brought_back(clerk: Client, whole: Submission, settings) -> None:
    settings.CEB_SIGNER = ""
    assert b"stands for nobody" not in clerk.get(reverse("one_list_check", args=[whole.pk])).content
    assert confirmed(clerk, whole).status_code == 422  # nobody signs at this portal
    taken = clerk.get(reverse("one_list_unsigned", args=[whole.pk]))
    assert taken.content == clerk.get(reverse("one_list_unsigned", args=[whole.pk])).content
    assert upload(clerk, whole, signed(taken.content)).status_code == 302
    whole.refresh_from_db()
    assert unseal_payload(whole) == signed(taken.content)
    assert Entry.objects.get(action="one_list.sign").detail["signer"] == "own device"


def test_a_file_that_is_not_this_list_is_not_taken(clerk: Client, whole: Submission) -> None:
    data = clerk.get(reverse("one_list_unsigned", args=[whole.pk])).content
    other = (
        data.replace("收".encode(), "发".encode(), 1)
        if "收".encode() in data
        else data.replace(b"1210", b"9610", 1)
    )
    told = {
        "not_signed": data,
        "other_content": signed(other),
        "signature_wrong": signed(data).replace(b"<ceb:packNo>1<", b"<ceb:packNo>2<"),
    }
    for code, file in told.items():
        answer = upload(clerk, whole, file)
        assert answer.status_code == 422
        assert [one.code for one in answer.context["problems"]] == [f"one_list.{code}"]
    assert upload(clerk, whole, b"<no").status_code == 422
    assert not CebMessage.objects.filter(type="CEB621").exists()


# --- a list that came back --------------------------------------------------------------------------------


def test_a_returned_list_is_corrected_and_declared_again(clerk: Client, whole: Submission) -> None:
    confirmed(clerk, whole)
    load_message(whole.pk)
    row = Inventory.objects.get()
    Inventory.objects.update(state="returned")
    page = clerk.get(reverse("inventory", args=[row.pk])).content.decode()
    assert f'name="list" value="{row.pk}"' in page
    again = begun(clerk, list=row.pk)
    save(clerk, again, f_note="corrected")
    again.refresh_from_db()
    answer = confirmed(clerk, again)
    assert answer.status_code == 302, [p.code for p, _u in answer.context["errors"]]
    again.refresh_from_db()
    sent = read(unseal_payload(again)).documents[0].head
    assert (sent["appType"], sent["copNo"], sent["note"]) == ("2", row.cop_no, "corrected")
    load_message(again.pk)
    assert sorted(Inventory.objects.values_list("state", flat=True)) == ["ready", "superseded"]


# --- others -----------------------------------------------------------------------------------------------


def test_another_company_finds_neither_order_nor_draft(here: World, clerk: Client, whole: Submission) -> None:
    stranger = as_one_of(here, "F")
    order = Order.objects.get()
    assert order.order_no not in stranger.get(BEGIN).content.decode()
    assert stranger.post(BEGIN, {"order": order.pk}).status_code == 404
    for name in ("one_list", "one_list_check", "one_list_unsigned"):
        assert stranger.get(reverse(name, args=[whole.pk])).status_code == 404
    assert stranger.post(reverse("one_list_discard", args=[whole.pk])).status_code == 404


def test_the_draft_holds_no_person_in_clear_and_is_on_the_workbench(clerk: Client, whole: Submission) -> None:
    told = story_document("O01", "CEB621").head
    assert told["buyerIdNumber"] not in str(whole.draft)
    assert told["buyerName"] not in str(whole.draft)
    page = clerk.get(reverse("workbench")).content.decode()
    assert reverse("one_list", args=[whole.pk]) in page
    check = clerk.get(reverse("one_list_check", args=[whole.pk])).content.decode()
    assert told["buyerIdNumber"] not in check
    clerk.post(reverse("one_list_discard", args=[whole.pk]))
    whole.refresh_from_db()
    assert whole.state == "withdrawn"
