"""Where people wait: pages at fifty requests a second, the status API, certificates, an Excel file of 5,000 rows.

Asked of a portal that holds the lists of the run and is otherwise idle; people are logged in as the demonstration's.
"""

from __future__ import annotations

import http.client
import io
import itertools
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.test import Client

from accounts.models import User
from bench.figures import Figure, quantile
from bench.ledger import Ledger, rows
from bench.stage import Stage
from customs.models import Inventory
from filing.goods.demo import export_rows, workbook
from filing.models import GoodsBatch
from submissions.models import Submission

PAGES_A_SECOND, PAGES_FOR = 50, 20
STATES_A_SECOND, STATES_FOR = 50, 10
GIVE_UP = 3  # times the planned duration: what has not been asked by then counts as not answered
HANDS = 24  # requests at once at most
ROWS = 5000
PDFS = 12
OK = 200
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PATIENCE = 60  # seconds for the Excel file


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: address and headers."""

    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """Seconds from when it was due to the last byte; status 0: none."""

    path: str
    seconds: float
    status: int


def cookies(email: str) -> dict[str, str]:
    """Headers of somebody who is logged in."""
    client = Client()
    client.force_login(User.objects.get(email=email), backend=BACKEND)
    return {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())}


def at_rate(address: tuple[str, int], asks: Sequence[Ask], rate: float, seconds: float) -> list[Answer]:
    """The requests in turn, so many a second whether or not the earlier ones are answered."""
    begun, count = time.monotonic() + 0.1, int(rate * seconds)
    turns, lock, answers = iter(range(count)), threading.Lock(), list[Answer]()

    def hand() -> None:
        connection = http.client.HTTPConnection(*address, timeout=60)
        while True:
            with lock:
                turn = next(turns, None)
            if turn is None:
                return
            due = begun + turn / rate
            time.sleep(max(0.0, due - time.monotonic()))
            ask = asks[turn % len(asks)]
            if time.monotonic() > begun + seconds * GIVE_UP:
                answers.append(Answer(ask.path, time.monotonic() - due, 0))
                continue
            answers.append(Answer(ask.path, *_asked(connection, ask, due)))

    hands = [threading.Thread(target=hand) for _ in range(HANDS)]
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    return answers


def _asked(connection: http.client.HTTPConnection, ask: Ask, due: float) -> tuple[float, int]:
    try:
        connection.request("GET", ask.path, headers=dict(ask.headers))
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return time.monotonic() - due, 0
    return time.monotonic() - due, answer.status


def _kind(path: str) -> str:
    """The page without the numbers in it."""
    bare = path.partition("?")[0]
    return "/".join("…" if any(map(str.isdigit, part)) else part for part in bare.split("/"))


def told(name: str, answers: Sequence[Answer], share: float, rate: float) -> Figure:
    """One figure over all, the slowest pages in its detail."""
    kinds = {_kind(one.path) for one in answers}
    each = {k: quantile([a.seconds for a in answers if _kind(a.path) == k], share) or 0.0 for k in kinds}
    slow = ", ".join(f"{k} {s * 1000:.0f}" for k, s in sorted(each.items(), key=lambda one: -one[1])[:8])
    bad = sum(one.status != OK for one in answers)
    value = quantile([one.seconds for one in answers], share)
    return Figure(
        name,
        None if value is None else round(value * 1000, 1),
        "ms",
        f"{len(answers)} requests at {rate:.0f} a second, {bad} not answered with 200; {share:.0%} of each: {slow}",
    )


def _lists(ledger: Ledger, most: int) -> list[Inventory]:
    found = Inventory.objects.filter(pk__gte=ledger.since, state="released").select_related("message")
    return list(found.order_by("-pk")[:most])


def page_asks(ledger: Ledger) -> list[Ask]:
    """Pages of a declarant, a seller and an official, of many lists and messages."""
    declarant, seller, official = (
        cookies(email) for email in ("g@demo.example", "b@demo.example", "officer@customs.example")
    )
    lists = _lists(ledger, 40)
    messages = Submission.objects.filter(pk__in={one.message_id for one in lists})
    references = [one.reference or "" for one in messages]
    common = ["/workbench/", "/submissions/", "/customs/lists/", "/notices/", "/overview/"]
    asks = [Ask(path, person) for path in common for person in (declarant, seller)]
    asks += [Ask(f"/customs/lists/{one.pk}/", person) for one in lists for person in (declarant, seller)]
    asks += [Ask(f"/submissions/{one}/", declarant) for one in references * (40 // max(1, len(references)))]
    return asks + [Ask(path, official) for path in ("/admin/queue/", "/admin/queue/?state=decided")] * 10


def pages(stage: Stage, ledger: Ledger) -> Iterator[Figure]:
    """The pages, mixed, and the status over REST."""
    asks = page_asks(ledger)
    at_rate(stage.address, asks, PAGES_A_SECOND / 2, 4)  # templates and caches
    before = sum(stage.spent().values())
    answers = at_rate(stage.address, asks, PAGES_A_SECOND, PAGES_FOR)
    spent = sum(stage.spent().values()) - before
    yield told("pages_p95_ms", answers, 0.95, PAGES_A_SECOND)
    each = round(spent / max(1, sum(one.status == OK for one in answers)) * 1000, 1)
    yield Figure("cpu_ms_per_page", each, "ms", "user and system time of every process, the same requests")
    bearer = {"Authorization": f"Bearer {stage.token('demo-g')}"}
    references = Submission.objects.filter(pk__gte=ledger.since, kind="import-declaration")[:50]
    states = [Ask(f"/api/v1/submissions/{one.reference}", bearer) for one in references]
    answers = at_rate(stage.address, states, STATES_A_SECOND, STATES_FOR)
    yield told("status_api_p99_ms", answers, 0.99, STATES_A_SECOND)


def papers(stage: Stage, ledger: Ledger) -> Iterator[Figure]:
    """Certificates made for the first time, by a process that has made others before."""
    person = cookies("g@demo.example")
    connection = http.client.HTTPConnection(*stage.address, timeout=60)
    spans = []
    for one in _lists(ledger, PDFS + 8):
        ask = Ask(f"/customs/lists/{one.pk}/certificate.pdf", person)
        spans.append(_asked(connection, ask, time.monotonic()))
    warm = [seconds for seconds, status in spans[8:] if status == OK]
    value = quantile(warm, 0.95)
    detail = f"{len(warm)} certificates, each made, signed and stored for the first time; median "
    detail += (
        f"{(quantile(warm, 0.5) or 0) * 1000:.0f} ms, the very first {spans[0][0] * 1000:.0f} ms"
        if spans
        else "–"
    )
    yield Figure("certificate_pdf_ms", None if value is None else round(value * 1000), "ms", detail)


def excel(stage: Stage) -> Iterator[Figure]:
    """From the sending of the file to the page with all its problems."""
    base = export_rows()
    told_rows = [
        base[n % len(base)] | {"item_no": f"S{n}", "unit": "18" if n % 3 else "015"} for n in range(ROWS)
    ]
    data = workbook(told_rows)
    person = cookies("b@demo.example")
    connection = http.client.HTTPConnection(*stage.address, timeout=120)
    connection.request("GET", "/filing/goods/upload/", headers=person)
    answer = connection.getresponse()
    answer.read()
    begun = time.monotonic()
    page = _upload(connection, person, answer.headers.get("Set-Cookie", ""), data)
    reference = page.rstrip("/").rpartition("/")[2]
    for _try in itertools.count():
        batch = GoodsBatch.objects.filter(submission__reference=reference, checked_at__isnull=False).first()
        if batch is not None or time.monotonic() - begun > PATIENCE:
            break
        time.sleep(0.05)
    _asked(connection, Ask(page, person), time.monotonic())
    seconds = time.monotonic() - begun
    found = f"{batch.row_count} rows, {batch.faulty_count} faulty" if batch else f"never checked: {page}"
    value = round(seconds, 2) if batch else None
    yield Figure(
        "excel_5000_rows_s",
        value,
        "s",
        f"{found}, {len(data) // 1024} KiB, until the page shows all problems",
    )


def _upload(
    connection: http.client.HTTPConnection, person: Mapping[str, str], cookie: str, data: bytes
) -> str:
    """Where it leads."""
    name, edge = settings.CSRF_COOKIE_NAME, uuid.uuid4().hex
    token = cookie.partition(f"{name}=")[2].partition(";")[0]
    body = io.BytesIO()
    head = 'Content-Disposition: form-data; name="document"; filename="goods.xlsx"'
    body.write(f"--{edge}\r\n{head}\r\nContent-Type: application/octet-stream\r\n\r\n".encode())
    body.write(data + f"\r\n--{edge}--\r\n".encode())
    headers = {
        "Cookie": f"{person['Cookie']}; {name}={token}",
        "X-CSRFToken": token,
        "Content-Type": f"multipart/form-data; boundary={edge}",
    }
    connection.request("POST", "/filing/goods/upload/", body.getvalue(), headers)
    answer = connection.getresponse()
    answer.read()
    return answer.headers.get("Location", "")


def measure(stage: Stage, ledger: Ledger) -> Iterator[Figure]:
    """Everything people wait for."""
    rows("SELECT 1")  # a connection of this process, not within the first figure
    yield from pages(stage, ledger)
    yield from papers(stage, ledger)
    yield from excel(stage)
