"""Contract: whatever the stub emits is valid against customs' own schema."""

from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from agencies.customs import Customs
from agencies.documents import Refused, read
from agencies.scenarios import SCENARIOS
from agencies.store import Store
from tests.agencies.letters import LIMITED_BUYER, inventory, message, order, payment, three_documents, waybill
from tests.agencies.world import Service, inbox_on_loopback, settings_for

pytestmark = pytest.mark.customs_files

MAKERS = {"312": order, "412": payment, "512": waybill, "622": inventory}
LIVES = [
    "release", "review:1", "inspection", "detained:501", "detained:502", "detained:503", "detained:599",
    "return:1313", "return:1320", "return:1322", "return:1332", "return:13035", "return:13127", "return:2600",
    "return:-621018", "return:99999", "return:text", "eport-error:-301020", "eport-error:-621029", "silence",
    "double", "disorder", "unknown",
]  # fmt: skip
OF_WHOLE_MESSAGES = ["early", "malformed", "timeout:0"]


@pytest.fixture(scope="module")
def schema(ceb_reference: Path) -> etree.XMLSchema:
    """The import business messages of the 202205 release."""
    (found,) = (ceb_reference / "xsd" / "202205").glob("*进口业务节点*.xsd")
    return etree.XMLSchema(etree.parse(str(found)))


@pytest.fixture(scope="module")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Every kind of reply in every scenario, and what E-port's and customs' own checks make them say."""
    with inbox_on_loopback() as inbox:
        service = Service(settings_for(inbox, tmp_path_factory.mktemp("store"), delay=0.01))
        for body in _every_life():
            service.post(body)
        for body in _unhappy():
            service.post(body)
        service.settled()
        service.stop()
        return [arrival["body"] for arrival in inbox.arrived]


def _every_life() -> list[bytes]:
    """Each kind of document in each scenario; a list's own documents are plain, so that it gets so far."""
    lives = {f"S{number}": f"scenario={life}" for number, life in enumerate(LIVES)}
    bodies = three_documents([f"L{no}" for no in [*lives, *OF_WHOLE_MESSAGES]])
    for make in (order, payment, waybill, inventory):
        mark = "L" if make is inventory else "D"
        bodies.append(message(*(make(f"{mark}{no}", note=note) for no, note in lives.items())))
        bodies += [message(make(f"{mark}{life}", note=f"scenario={life}")) for life in OF_WHOLE_MESSAGES]
    return bodies


def _unhappy() -> list[bytes]:
    """Longest values, markup in names, duplicates, changes too late, disagreement in everything."""
    longest = {"ebpCode": "平" * 18, "ebcCode": "&<>'\"" + "企" * 13}
    no = "订" * 60
    return [
        message(order(no, **longest), order(no, **longest), order("X1", appType="3")),
        message(payment(no, payTransactionId="支" * 60, payCode="付" * 18)),
        message(waybill(no, logisticsNo="运" * 60, logisticsCode="流" * 18)),
        message(inventory(no, copNo="", agentCode="关" * 18, **longest), inventory("X2", copNo="C" * 20)),
        message(*(order(f"N{number}", note="scenario=unknown") for number in range(60))),
        message(order("X3", acturalPaid="1", payCode="other")),
        message(inventory("X3", **LIMITED_BUYER, lines=[])),
    ]


def test_every_reply_is_valid(schema: etree.XMLSchema, emitted: list[bytes]) -> None:
    faults = []
    for body in emitted:
        if not schema.validate(etree.fromstring(body)):
            faults += [f"{error.path}: {error.message}" for error in schema.error_log]
    assert faults == []


NOTES = st.builds(
    "scenario={}:{}".format,
    st.sampled_from([row.token.partition("[")[0].partition(":")[0] for row in SCENARIOS]),
    st.sampled_from(["nan", "-5", "1e9", "0", "9" * 20, "-" + "9" * 20, "x", "-0", "800", "-621018"]),
)
AMOUNTS = st.sampled_from(["", "1", "NaN", "sNaN", "Infinity", "1e999999", "1.5", "-1", "１", "much"])
TEXTS = st.text(st.characters(exclude_categories=["C"]), max_size=60)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(note=NOTES, amount=AMOUNTS, text=TEXTS)
def test_whatever_the_documents_say(
    schema: etree.XMLSchema, monkeypatch: pytest.MonkeyPatch, note: str, amount: str, text: str
) -> None:
    lines = [{"gnum": text, "qty": amount, "price": amount}]
    changed = {"note": note, "lines": lines, "orderNo": text, **LIMITED_BUYER}
    bodies = [message(make(**changed)) for make in (order, inventory)] + [
        message(payment(note=note, amountPaid=amount, orderNo=text)),
        message(waybill(note=note)),
        message(inventory("next", **changed | {"copNo": text})),
    ]
    with TemporaryDirectory() as folder, closing(Store(Path(folder) / "store.sqlite3")) as store:
        customs = Customs(store, delay=0)
        monkeypatch.setattr("agencies.customs.LOG.exception", pytest.fail)
        for key, body in enumerate(bodies):
            with suppress(Refused), store.transaction():
                customs.take(str(key), read(body)[1], early=False)
        while customs.examine():
            pass
        for row in store.db.execute("SELECT body FROM replies"):
            schema.assertValid(etree.fromstring(row["body"]))


def test_the_replies_looked_at_are_all_there_are(emitted: list[bytes]) -> None:
    roots = [etree.fromstring(body) for body in emitted]
    messages = {etree.QName(root).localname[3:6] for root in roots}
    statuses = {found.text for root in roots for found in root.iter("{*}returnStatus")}
    assert messages == set(MAKERS)
    assert {"2", "100", "120", "300", "500", "501", "502", "503", "599", "800"} <= statuses
    assert {"-301010", "-301012", "-301020", "-621029"} <= statuses


def test_replies_use_the_default_namespace_and_fresh_guids(emitted: list[bytes]) -> None:
    distinct = {body: etree.fromstring(body) for body in emitted}
    guids = [root.get("guid") for root in distinct.values()]
    assert {root.prefix for root in distinct.values()} == {None}
    assert {root.get("version") for root in distinct.values()} == {"1.0"}
    assert len(set(guids)) == len(guids)
    assert {len(guid or "") for guid in guids} == {36}


def test_the_schema_can_refuse(schema: etree.XMLSchema, emitted: list[bytes]) -> None:
    spoilt = etree.fromstring(next(body for body in emitted if b"CEB622" in body))
    next(spoilt.iter("{*}preNo")).text = "B1"
    assert not schema.validate(spoilt)
