"""The police: a local and a national base of persons, asked about a name and an identity number at once.

What they answer is chosen by the content of the name, never at random: a token `scenario=<name>` in it, else the base
in `data/persons.csv`. Besides those, any number of the invented divisions (`..0199`) fits any name with 示例 in it.
"""

import csv
import json
import re
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from agencies.replies import HERE
from agencies.signing import is_signed

BASES = ("local", "national")
TOKEN = re.compile(r"scenario=([a-z-]+)")
VERDICTS = {"match": "match", "mismatch": "mismatch", "not-in-base": "not_in_base"}
STATUSES = {
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "error": HTTPStatus.INTERNAL_SERVER_ERROR,
    "misconfigured": HTTPStatus.FORBIDDEN,
}
INVENTED = re.compile(r"\d{2}0199\d{11}[0-9X]")


def _persons() -> dict[str, dict[str, str]]:
    with (HERE / "data" / "persons.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {base: {row["number"]: row["name"] for row in rows if row["base"] == base} for base in BASES}


PERSONS = _persons()
KNOWN = {number for base in PERSONS.values() for number in base}


def verdict(base: str, name: str, number: str) -> str:
    """What that base says of the two elements."""
    held = PERSONS[base].get(number)
    if held is not None:
        return "match" if held == name else "mismatch"
    if number not in KNOWN and INVENTED.fullmatch(number) and "示例" in name:
        return "match"
    return "not_in_base"


async def check(request: Request) -> Response:
    """POST {"name", "number"} → {"outcome"}; nothing is kept."""
    key, body = request.headers.get("dispatch-key", ""), await request.body()
    desk = request.app.state.desk
    base = request.path_params["base"]
    if base not in BASES:
        return JSONResponse({"detail": "No such base."}, HTTPStatus.NOT_FOUND)
    if not key or not is_signed(desk.settings.secret, request.headers, key, body):
        return JSONResponse({"detail": "The signature or its time stamp is wrong."}, HTTPStatus.UNAUTHORIZED)
    try:
        asked = json.loads(body)
        name, number = str(asked["name"]), str(asked["number"])
    except (ValueError, KeyError, TypeError):
        return JSONResponse({"detail": "Name and number are asked for."}, HTTPStatus.BAD_REQUEST)
    return _answer(base, name, number)


def _answer(base: str, name: str, number: str) -> Response:
    found = TOKEN.search(name)
    scenario = found[1] if found else ""
    if scenario in STATUSES:
        return JSONResponse({"detail": "As the scenario asks."}, STATUSES[scenario], {"Retry-After": "1"})
    if scenario == "malformed":
        return PlainTextResponse("match")
    if scenario == "local-missing":
        return JSONResponse({"outcome": "not_in_base" if base == "local" else "match"})
    return JSONResponse({"outcome": VERDICTS.get(scenario) or verdict(base, name, number)})
