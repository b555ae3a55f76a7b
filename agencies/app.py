"""The web service: what the portal may call, and what people and tests may look at."""

import asyncio
import contextlib
import hashlib
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from agencies import b2b, bank, credit, offices, police, registrations, tax
from agencies.customs import Customs
from agencies.documents import Document, Kind, Refused, problem, read
from agencies.replies import BEIJING, TEMPLATES
from agencies.scenarios import SCENARIOS, Scenario, failure, message_scenario, number
from agencies.sender import Sender
from agencies.settings import Settings
from agencies.signing import is_signed
from agencies.store import Store

LONG_WAIT = 60.0  # seconds: longer than any client should wait
EARLY_WAIT = 10.0  # seconds the dispatch waits, at most, for its early replies to be taken
SHOWN = 50
LOGGED = 500
Handler = Callable[["Desk", str, bytes], Awaitable[Response]]


class Desk:
    """Everything that a request needs."""

    def __init__(self, settings: Settings, stopping: asyncio.Event) -> None:
        self.stopping = stopping
        self.settings = settings
        self.store = Store(settings.store)
        self.customs = Customs(self.store, settings.delay, settings.patience)
        self.sender = Sender(self.store, self.customs, settings)

    def number(self, prefix: str) -> str:
        day = f"{datetime.now(BEIJING):%Y%m%d}"
        return f"{prefix}{day}{self.store.next_number(f'{prefix} {day}'):09}"


def create_app(settings: Settings) -> Starlette:
    stopping = asyncio.Event()
    registrations.register_all()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.desk = desk = Desk(settings, stopping)
        task = asyncio.create_task(desk.sender.run())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        desk.store.close()

    routes = [
        Route("/", page),
        Route("/healthz", healthz),
        Route("/scenarios", scenarios),
        Route("/log", log),
        Route("/ceb/messages", signed(take_message), methods=["POST"]),
        Route("/opinions", signed(take_opinion), methods=["POST"]),
        Route("/police/{base}/checks", police.check, methods=["POST"]),
        Route("/dispatches/{key}", dispatch),
        *office_routes(),
    ]
    b2b.register()
    bank.register()
    credit.register()
    tax.register()
    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.stopping = stopping
    return app


def signed(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Only the portal may dispatch, and the same key has always the same answer."""

    async def endpoint(request: Request) -> Response:
        desk: Desk = request.app.state.desk
        key, body = request.headers.get("dispatch-key", ""), await request.body()
        if not key:
            return _detail(HTTPStatus.BAD_REQUEST, "Dispatch-Key is missing.")
        if not is_signed(desk.settings.secret_of(agency_of(request)), request.headers, key, body):
            return _detail(HTTPStatus.UNAUTHORIZED, "The signature or its time stamp is wrong.")
        known = desk.store.dispatch(key)
        if known is None:
            return await handler(desk, key, body)
        if known["digest"] != _digest(body) or known["path"] != request.url.path:
            return _detail(HTTPStatus.CONFLICT, "This Dispatch-Key came with another body.")
        return _answer(known)

    return endpoint


async def take_message(desk: Desk, key: str, body: bytes) -> Response:
    try:
        kind, documents = read(body)
    except Refused as refused:
        return _refuse(desk, key, body, refused.problems)
    scenario = message_scenario(documents)
    status = failure(scenario, desk.store.count_attempt(key))
    if status is not None:
        headers = {"Retry-After": "1"} if scenario and scenario.name == "later" else None
        return _detail(status, "As the scenario asks.", headers)
    if scenario and scenario.name == "refuse":
        return _refuse(desk, key, body, _two_problems(kind))
    _accept(desk, key, body, (kind, documents), scenario)
    if scenario and scenario.name == "early":
        await desk.sender.finished(key, EARLY_WAIT)
    if scenario and scenario.name == "timeout":
        await _pause(desk, number(scenario.argument, LONG_WAIT))
    known = desk.store.dispatch(key)
    assert known is not None  # noqa: S101
    return _answer(known)


async def _pause(desk: Desk, seconds: float) -> None:
    """Wait, but not when the service is asked to end."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(desk.stopping.wait(), seconds)


def _accept(
    desk: Desk, key: str, body: bytes, message: tuple[Kind, list[Document]], scenario: Scenario | None
) -> None:
    """One transaction: the message, its documents and the replies that are certain already."""
    early = scenario is not None and scenario.name == "early"
    with desk.store.transaction():
        answer = {"accepted": True, "number": desk.number("EP")}
        _remember(desk, "/ceb/messages", key, body, status=202, answer=answer, scenario=str(scenario or ""))
        desk.customs.take(key, message[1], early=early)
    desk.sender.wake()


def _refuse(desk: Desk, key: str, body: bytes, problems: list[dict[str, str]]) -> Response:
    answer = {"accepted": False, "problems": problems}
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    _remember(desk, "/ceb/messages", key, body, status=status, answer=answer)
    return JSONResponse(answer, status)


def _two_problems(kind: Kind) -> list[dict[str, str]]:
    head = f"/{kind.entity}[1]/{kind.entity}Head"
    return [
        problem("agency.refused", f"{head}/guid", "Refused as the scenario asks."),
        problem("agency.refused", f"{head}/note", "Refused as the scenario asks, a second time."),
    ]


async def take_opinion(desk: Desk, key: str, body: bytes) -> Response:
    """What the portal found out about the documents of a message travels beside it; customs keeps it."""
    try:
        readable = isinstance(json.loads(body), dict)
    except ValueError:
        readable = False
    if readable:
        status, answer = HTTPStatus.ACCEPTED, {"accepted": True, "number": desk.number("OP")}
    else:
        found = problem("agency.malformed", "/", "An opinion is a JSON object.")
        status, answer = HTTPStatus.UNPROCESSABLE_ENTITY, {"accepted": False, "problems": [found]}
    _remember(desk, "/opinions", key, body, status=status, answer=answer)
    return JSONResponse(answer, status)


async def dispatch(request: Request) -> Response:
    """What was answered to a key; 404: it was never received (or not taken: 403, 429, 5xx)."""
    desk: Desk = request.app.state.desk
    key = request.path_params["key"]
    if not is_signed(desk.settings.secret_of(agency_of(request)), request.headers, key, b""):
        return _detail(HTTPStatus.UNAUTHORIZED, "The signature or its time stamp is wrong.")
    known = desk.store.dispatch(key)
    if known is None:
        return _detail(HTTPStatus.NOT_FOUND, "Never received.")
    return JSONResponse(json.loads(known["answer"]) | {"status": known["status"]})


def agency_of(request: Request) -> str:
    """The office that a path belongs to; customs has no folder of its own."""
    return str(request.path_params.get("agency", "customs"))


def office_routes() -> list[Route]:
    """Every office's folder: cases, answers to its questions, and what was answered to a key."""
    return [
        Route("/{agency}/cases", office_endpoint, methods=["POST"]),
        Route("/{agency}/information", office_endpoint, methods=["POST"]),
        Route("/{agency}/dispatches/{key}", dispatch),
    ]


async def office_endpoint(request: Request) -> Response:
    """One case, or the answer to a question about one."""
    path, agency = request.url.path, agency_of(request)

    async def take(desk: Desk, key: str, body: bytes) -> Response:
        return _take_case(desk, key, body, path=path, agency=agency)

    return await signed(take)(request)


def _take_case(desk: Desk, key: str, body: bytes, *, path: str, agency: str) -> Response:
    """Taken under a number at the door; decided later."""
    try:
        share = json.loads(body)
    except ValueError:
        share = None
    if not isinstance(share, dict) or not share.get("reference"):
        problems = [problem("agency.malformed", "/", "A case is a JSON object with a reference.")]
        return _refuse_case(desk, key, body, path, problems)
    known = desk.store.case(agency, str(share["reference"]))
    answering = path.endswith("/information")
    number = known["number"] if known else desk.number(agency[:3].upper())
    first = json.loads(known["share"]) if known and answering else share
    kind = str(known["kind"] if known and answering else share.get("kind", ""))
    case = offices.Case(agency, str(share["reference"]), kind, number, first, share if answering else None)
    if not answering and case.scenario == "problems":
        return _refuse_case(desk, key, body, path, offices.two_problems())
    if not answering and case.scenario == "later" and desk.store.count_attempt(key) == 1:
        return _detail(HTTPStatus.SERVICE_UNAVAILABLE, "As the scenario asks.", {"Retry-After": "1"})
    answer = {"accepted": True, "number": number}
    with desk.store.transaction():
        _remember(desk, path, key, body, status=202, answer=answer, scenario=case.scenario)
        if not answering:
            desk.store.add_case(agency, case.reference, kind, number, share)
        offices.announce(desk.store, key, case, now=time.time(), delay=desk.settings.delay)
    desk.sender.wake()
    return JSONResponse(answer, 202)


def _refuse_case(desk: Desk, key: str, body: bytes, path: str, problems: list[dict[str, str]]) -> Response:
    answer = {"accepted": False, "problems": problems}
    _remember(desk, path, key, body, status=422, answer=answer)
    return JSONResponse(answer, 422)


async def healthz(request: Request) -> Response:
    return PlainTextResponse("ok")


async def scenarios(request: Request) -> Response:
    rows = (*SCENARIOS, *offices.SCENARIOS, *tax.SCENARIOS, *b2b.SCENARIOS)
    return JSONResponse([{"token": row.token, "level": row.level, "text": row.text} for row in rows])


async def log(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    return JSONResponse(desk.store.log(LOGGED))


async def page(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    found: dict[str, Any] = desk.store.log(SHOWN)
    text = TEMPLATES.get_template("page.html").render(
        scenarios=(*SCENARIOS, *offices.SCENARIOS, *tax.SCENARIOS, *b2b.SCENARIOS), beijing=_beijing, **found
    )
    return HTMLResponse(text, headers={"Content-Security-Policy": "default-src 'none'"})


def _beijing(instant: float | None) -> str:
    return f"{datetime.fromtimestamp(instant, BEIJING):%Y-%m-%d %H:%M:%S}" if instant else ""


def _answer(known: sqlite3.Row) -> Response:
    if known["scenario"] == "malformed":
        return HTMLResponse("<p>accepted", known["status"])
    return JSONResponse(json.loads(known["answer"]), known["status"])


def _detail(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"detail": detail}, status, headers)


def _remember(
    desk: Desk, path: str, key: str, body: bytes, *, status: int, answer: dict[str, Any], scenario: str = ""
) -> None:
    """What is answered to this key from now on."""
    desk.store.add_dispatch(
        key=key, path=path, digest=_digest(body), status=status, answer=answer, scenario=scenario, body=body
    )


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
