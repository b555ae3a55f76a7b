"""Files made to harm, at every address that takes one: said what is wrong, at once, nothing stored, no fault of ours.

Each `Place` is an address, each `File` an attack; every place meets every file, whatever kind of file it asks for.
"""

from __future__ import annotations

import io
import json
import random
import re
import time
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from accounts.permissions import AGENCY_SCOPES, COMPANY_SCOPES
from customs.ceb import xml
from customs.demo import story_message
from filing.goods.reader import LAYOUT as GOODS
from filing.goods.services import check_batch
from filing.models import GoodsBatch, GoodsFiling
from forex.models import FormDraft, PayoutStatement
from forex.sheets import LAYOUT as PAYOUT
from reference import sheets
from submissions.definitions.definition import MEGABYTE
from submissions.models import Attachment, Submission
from tax.invoices.rules import LAYOUT as INVOICES
from tests.api.test_everywhere import VALUES
from tests.conftest import BASE
from tests.house.world import House
from tests.submissions.definitions.world import ANSWERS
from tests.tax.story import OCTOBER

pytestmark = pytest.mark.django_db
SECONDS = 2.0
LAUGHS = b"<!DOCTYPE x [<!ENTITY a0 'ha'>%s]>" % b"".join(
    b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)
)
FILE_ENTITY = b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
RUBBISH = random.Random(1).randbytes(50_000)
PNG = b"\x89PNG\r\n\x1a\n" + b"\x01" * 100  # begins like a picture and never ends
DECLARED = b'<?xml version="1.0" encoding="UTF-8"?>\n'


Send = Callable[[House, Client, str, SimpleUploadedFile], Any]


# --- where files go ---------------------------------------------------------------------------------------


def form(field: str, **others: str) -> Send:
    """As a browser posts it, following where it is led."""

    def send(house: House, client: Client, url: str, file: SimpleUploadedFile) -> Any:
        return client.post(url, {**others, field: file}, follow=True)

    return send


def signed_list(house: House, client: Client, url: str, file: SimpleUploadedFile) -> Any:
    """The list that is being typed, as it came back from who signs elsewhere."""
    return client.post(url, {"version": str(house.typed.draft_version), "signed": file}, follow=True)


def goods_file(house: House, client: Client, url: str, file: SimpleUploadedFile) -> Any:
    """What is large gets its number at once and is checked by a worker."""
    answer = client.post(url, {"document": file}, follow=True)
    for batch in GoodsBatch.objects.filter(state="waiting"):
        check_batch(batch.pk)
        answer = client.get(answer.request["PATH_INFO"])
    return answer


def body(content_type: str) -> Send:
    """As the body of a request."""

    def send(house: House, client: Client, url: str, file: SimpleUploadedFile) -> Any:
        return client.post(url, file.read(), content_type=content_type)

    return send


def paper_in_json(house: House, client: Client, url: str, file: SimpleUploadedFile) -> Any:
    """A registration by REST with the file as its licence."""
    papers = [{"code": "licence", "content": b64encode(file.read()).decode()}]
    return client.post(url, json.dumps({"form": ANSWERS, "papers": papers}), content_type="application/json")


@dataclass(frozen=True)
class Place:
    """One address. `most`: bytes it takes; `said`: on the page it leads to, where it answers for many files or rows."""

    name: str
    send: Send
    endings: tuple[str, ...]
    most: int
    query: str = ""
    said: str = ""

    @property
    def is_rest(self) -> bool:
        """Whether machines send it."""
        return self.name.startswith("api-")


TABLE, PICTURE, MESSAGE = ("xlsx", "csv"), ("pdf", "png", "jpg"), ("xml",)
HEAD = {
    "platform": "M",
    "number": "P-1",
    "period_from": "2026-10-01",
    "period_to": "2026-10-15",
    "currency": "USD",
}
PLACES = (
    Place(
        "customs_upload", form("documents"), MESSAGE, xml.MAX_BYTES, said="Nothing of this file was stored."
    ),
    Place("one_list_hand_in", signed_list, MESSAGE, xml.MAX_BYTES),
    Place("goods_upload", goods_file, TABLE, sheets.MAX_BYTES, said="0 rows accepted"),
    Place("forex_statement_new", form("file", **HEAD), TABLE, sheets.MAX_BYTES),
    Place("exemption_invoice_file", form("document", month=f"{OCTOBER:%Y-%m}"), TABLE, sheets.MAX_BYTES),
    Place("draft_paper", form("file"), PICTURE, 5 * MEGABYTE),
    Place("information_paper", form("file"), PICTURE, 5 * MEGABYTE),
    Place("api-ceb-messages", body("application/xml"), MESSAGE, xml.MAX_BYTES),
    Place("api-goods", body("application/x-ndjson"), ("jsonl",), sheets.MAX_BYTES),
    Place("api-forex-statements", body("text/csv"), TABLE, sheets.MAX_BYTES, f"?{urlencode(HEAD)}"),
    Place("api-service-submissions", paper_in_json, PICTURE, 5 * MEGABYTE),
)


def test_every_address_that_takes_a_file_is_here() -> None:
    """As the sources say it: who reads a posted file, and who takes the bytes of a body."""
    takes = re.compile(
        r"request\.FILES|\(RawParser\):|PaperSerializer\(serializers|FilledFormSerializer\(data"
    )
    found = {
        str(path.relative_to(BASE))
        for path in BASE.glob("*/**/*.py")
        if path.parts[len(BASE.parts)] not in ("tests", "node_modules", "var", ".venv")
        and takes.search(path.read_text(encoding="utf-8"))
    }
    assert found == {
        "customs/views.py",  # customs_upload
        "customs/onelist/views.py",  # one_list_hand_in
        "customs/api/v1/messages.py",
        "customs/api/v1/b2b.py",  # papers as those of every form
        "filing/goods/views.py",
        "filing/api/v1/goods.py",
        "forex/views/statements.py",
        "forex/api/v1/statements.py",
        "tax/views/record.py",
        "submissions/definitions/views.py",  # draft_paper, information_paper
        "submissions/api/v1/services.py",
    }


# --- files ------------------------------------------------------------------------------------------------


def package(**parts: bytes) -> bytes:
    """A workbook with other parts; `__` stands for a slash, `_dot_` for a point."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in (
            WORKBOOK | {k.replace("__", "/").replace("_dot_", "."): v for k, v in parts.items()}
        ).items():
            made.writestr(name, data)
    return buffer.getvalue()


def plain_workbook(*rows: list[Any]) -> bytes:
    book, buffer = Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(buffer)
    return buffer.getvalue()


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        return {name: read.read(name) for name in read.namelist()}


WORKBOOK = _parts(plain_workbook(["nothing"], ["that is asked"]))
SHEET = WORKBOOK["xl/worksheets/sheet1.xml"]
HEADINGS = sorted({c.code for layout in (GOODS, PAYOUT, INVOICES) for c in layout.columns})


def bombs() -> Iterator[tuple[str, bytes]]:
    """What becomes large, or reads what is ours, when somebody unpacks or parses it."""
    yield "a workbook that unpacks to gigabytes", package(xl__worksheets__sheet1_dot_xml=b"0" * 90_000_000)
    wide = SHEET.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"').replace(b'r="A2"', b'r="XFD1048576"')
    yield "a sheet that says it is as large as can be", package(xl__worksheets__sheet1_dot_xml=wide)
    for name, prolog in (("laughs", LAUGHS), ("reads a file", FILE_ENTITY)):
        yield f"a workbook that {name}", package(xl__sharedStrings_dot_xml=prolog + b"<sst>&a9;&e;</sst>")
        message = story_message("O02", "CEB311")
        yield f"a message that {name}", message.replace(DECLARED, prolog).replace(b">142<", b">&a9;&e;<")
    yield "brackets in brackets", b"[" * 200_000


def disguised() -> Iterator[tuple[str, bytes]]:
    """What is not what its name says."""
    yield "nothing", b""
    yield "blanks", b" \r\n" * 50
    yield "rubbish", RUBBISH
    yield "half a picture", PNG
    yield "an old workbook", b"\xd0\xcf\x11\xe0" + RUBBISH
    yield "half a workbook", plain_workbook(["a"])[:300]
    yield "a page", b"<!DOCTYPE html><html><script>alert(1)</script></html>"
    yield "a program", b"MZ\x90\x00" + RUBBISH[:1000]
    for encoding in ("utf-16", "utf-32", "utf-7"):
        yield f"a table in {encoding}", ("编号,货款\n1,2\n").encode(encoding)
    yield "a table in GBK that is none of ours", "某列,另一列\n毛毯,货款\n".encode("gb18030")
    yield (
        "a message in GBK",
        story_message("O02", "CEB311").replace(DECLARED, b'<?xml version="1.0" encoding="GBK"?>'),
    )
    yield "half a letter", b"order_no,goods\n\xe6\xaf"
    yield (
        "formulas",
        plain_workbook(
            HEADINGS, ["=1+1"] * len(HEADINGS), ['=HYPERLINK("http://127.0.0.1","x")'] * len(HEADINGS)
        ),
    )
    yield "formulas as text", plain_workbook(HEADINGS, ["'=1+1"] * len(HEADINGS))
    yield "one cell without an end", b"order_no,goods\n" + b'"' + b"x" * 300_000


def stored() -> dict[str, int]:
    """What there is, by table: a draft that was there stays one."""
    handed_in = Submission.objects.filter(submitted_at__isnull=False).exclude(state="refused")
    rows = {
        "attachments": Attachment,
        "statements": PayoutStatement,
        "goods": GoodsFiling,
        "drafts": FormDraft,
    }
    return {"submissions": handed_in.count(), **{name: model.objects.count() for name, model in rows.items()}}


# --- every place, every file ------------------------------------------------------------------------------


def client_of(house: House, place: Place) -> Client:
    """Somebody of G who may hand in there."""
    if place.is_rest:
        return house.machine_of(house.company("G"), *COMPANY_SCOPES)
    return house.browser(house.people["declaring_user"])


def wrong(place: Place, answer: Any) -> str:
    """What is not as it should be in an answer."""
    page = answer.content.decode("utf-8", "replace")
    if place.is_rest:
        fine = 400 <= answer.status_code < 500 and answer["Content-Type"] == "application/problem+json"
        return "" if fine and answer.json()["title"] else f"{answer.status_code} {page[:200]}"
    if answer.status_code == 200 and place.said and place.said in page:
        return ""
    if not 400 <= answer.status_code < 500:
        return f"{answer.status_code}, and no word of it"
    told = re.search(r'role="alert"|class="[^"]*(?:errorlist|invalid-feedback|field-wrong|problems)', page)
    return "" if told else "it is not said what is wrong"


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_file_made_to_harm_is_told_at_once_and_nothing_is_kept(house: House, place: Place) -> None:
    client, before, found = client_of(house, place), stored(), []
    url = house.address(place.name, "") + place.query
    client.raise_request_exception = False
    files = [*bombs(), *disguised(), ("one byte too many", b"x" * (place.most + 1))]
    for what, data in files:
        for ending in place.endings[: 1 if len(data) > MEGABYTE else None]:
            cache.clear()
            file = SimpleUploadedFile(f"file.{ending}", data)
            start = time.process_time()
            answer = place.send(house, client, url, file)
            took = time.process_time() - start
            if said := wrong(place, answer):
                found.append(f"{what} (.{ending}): {said}")
            if took > SECONDS:
                found.append(f"{what} (.{ending}): {took:.1f} s")
    assert not found, "\n".join(found)
    assert stored() == before


# --- bodies of JSON ---------------------------------------------------------------------------------------

SCHEMA = yaml.safe_load((BASE / "docs" / "openapi" / "v1.yaml").read_text(encoding="utf-8"))
JSON = "application/json"
CALLS = [
    (address, method, operation["requestBody"]["content"][JSON].get("schema", {}))
    for address, methods in SCHEMA["paths"].items()
    for method, operation in methods.items()
    if JSON in operation.get("requestBody", {}).get("content", {})
]
BROKEN = (
    *(b"", b"[" * 100_000, b'{"a":' * 100_000, b"{", b"null", b"[]", b'"x"', b"1" * 10_000, b"NaN"),
    *(b"\xff\xfe{\x00}\x00", b'{"a": "\xd6\xd0"}', RUBBISH, PNG, b'{"a": 1e999999}'),
)
ODD = (
    "\0",
    "\ud800",
    "x" * 100_000,
    10**400,
    float("inf"),
    {"a": {"b": []}},
    [[]],
    [None],
    -1,
    True,
    "１２",
    "0x10",
)


def fields_of(schema: Any) -> list[str]:
    """The names a body may have, one level deep, alternatives too."""
    if "$ref" in schema:
        return fields_of(SCHEMA["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    found = list(schema.get("properties", {}))
    return found + [name for part in schema.get("oneOf", []) for name in fields_of(part)]


def bodies(schema: Any) -> Iterator[bytes]:
    """Broken as a whole, or odd in every field at once."""
    yield from BROKEN
    names = fields_of(schema)
    for odd in ODD:
        yield json.dumps(dict.fromkeys(names, odd)).encode()


@pytest.mark.parametrize(("address", "method", "schema"), CALLS, ids=[address for address, _m, _s in CALLS])
def test_a_body_made_to_harm_is_no_fault_of_ours(
    house: House, address: str, method: str, schema: Any
) -> None:
    url = re.sub(r"{(\w+)}", lambda name: VALUES[name[1]], address)
    owners = ((house.company("G"), COMPANY_SCOPES), (house.customs, AGENCY_SCOPES))
    found = []
    for owner, scopes in owners:
        client = house.machine_of(owner, *scopes)
        client.raise_request_exception = False
        for data in bodies(schema):
            cache.clear()
            start = time.process_time()
            answer = client.generic(method.upper(), url, data, content_type=JSON)
            took = time.process_time() - start
            if answer.status_code >= 500 or (data in BROKEN and answer.status_code < 400) or took > SECONDS:
                found.append(f"{owner}: {data[:60]!r}: {answer.status_code} in {took:.1f} s")
    assert not found, "\n".join(found)
