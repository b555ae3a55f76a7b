"""Bodies of JSON. A module of its own: the settings name it, before there are views."""

from __future__ import annotations

import json
import re
from typing import Any

from rest_framework import exceptions
from rest_framework.parsers import JSONParser

MOST_DEPTH = 32  # of lists and objects in each other; the deepest shape there is has 5
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class JsonParser(JSONParser):
    """JSON in UTF-8, as it may come from anybody: no deeper than any shape is, and every text can be kept."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """ParseError (400) for anything else."""
        data = stream.read()
        try:
            parsed = json.loads(data.decode("utf-8"), parse_constant=_no_number)
            if _SURROGATE.search(data):  # half of a pair is a text that no encoding can hold
                json.dumps(parsed, ensure_ascii=False).encode("utf-8")
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError from error
        if _is_deeper(parsed, MOST_DEPTH):
            raise exceptions.ParseError
        return parsed


def _no_number(text: str) -> None:
    raise ValueError(text)


def _is_deeper(parsed: Any, most: int) -> bool:
    level = [parsed]
    for _step in range(most):
        nested = [
            one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)
        ]
        level = [child for children in nested for child in children]
        if not level:
            return False
    return True
