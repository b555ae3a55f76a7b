"""What is wrong, where, and in whose language: the one shape in which every rule answers.

A rule returns *all* its problems, never only the first, so that the reader mends everything at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext

Level = Literal["error", "warning"]

# A parameter that is a word of ours, not a value of the user's, is translated too: `word(_("order"))`.
WORD = "word:"


def word(msgid: str) -> str:
    """A parameter to be shown in the reader's language; mark the msgid with `gettext_noop`."""
    return WORD + msgid


def _shown(value: str) -> str:
    return gettext(value[len(WORD) :]) if value.startswith(WORD) and len(value) > len(WORD) else value


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding.

    `message` is an English msgid (mark it with `gettext_noop`) with `{named}` places for `params`; it is
    translated when it is shown, so that a stored problem can be read in both languages.
    """

    code: str
    path: str
    message: str
    params: Mapping[str, str] = field(default_factory=dict)
    level: Level = "error"

    @property
    def text(self) -> str:
        """The sentence for people, in the active language."""
        return gettext(self.message).format(**self.shown_params())

    def shown_params(self) -> dict[str, str]:
        """The parameters as people read them, in the active language."""
        return {name: _shown(value) for name, value in self.params.items()}

    def as_dict(self) -> dict[str, str]:
        """The public shape: level, code, path, text."""
        return {"level": self.level, "code": self.code, "path": self.path, "text": self.text}

    def as_stored(self) -> dict[str, object]:
        """The shape kept in the database, from which `from_stored` makes the problem again."""
        return {
            "level": self.level,
            "code": self.code,
            "path": self.path,
            "message": self.message,
            "params": dict(self.params),
        }

    @classmethod
    def from_stored(cls, row: Mapping[str, object]) -> Problem:
        """The problem kept by `as_stored`."""
        params = row.get("params")
        return cls(
            code=str(row["code"]),
            path=str(row["path"]),
            message=str(row["message"]),
            params={str(k): str(v) for k, v in params.items()} if isinstance(params, Mapping) else {},
            level="warning" if row.get("level") == "warning" else "error",
        )


class Refused(Exception):
    """A verb did not happen; `problems` says everything that is in its way."""

    def __init__(self, problems: list[Problem] | tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{p.code} {p.path}" for p in problems))
        self.problems: tuple[Problem, ...] = tuple(problems)
