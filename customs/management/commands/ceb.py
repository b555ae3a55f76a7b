"""`manage.py ceb check`: judge CEB messages in files without sending them anywhere."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customs.ceb import Codes, Problem, Report, check


class Command(BaseCommand):
    help = "Check CEB messages (202205): manage.py ceb check [--json] [--strict] [--business] FILE…"
    requires_system_checks = []  # must work without a database

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verb = verbs.add_parser("check", help="form and values against the wire format")
        verb.add_argument("files", nargs="+", metavar="FILE")
        verb.add_argument("--json", action="store_true", help="one JSON object a line for each file")
        verb.add_argument("--strict", action="store_true", help="warnings are errors")
        verb.add_argument("--business", action="store_true", help="add the rules between fields")
        verb.add_argument("--lang", choices=("zh-hans", "en"), help="language of the texts")

    def handle(self, *args: Any, **options: Any) -> None:
        codes = load_codes()
        refused = 0
        # Commands run with translations off unless asked otherwise.
        with translation.override(options["lang"] or translation.get_language() or settings.LANGUAGE_CODE):
            if codes is None:
                self.stderr.write(_("The code tables are not at hand: codes were not checked."))
            for name in options["files"]:
                report = self._check(Path(name), codes, options)
                refused += not report.accepted
                self.stdout.write(as_json(name, report) if options["json"] else as_text(name, report))
        if refused:
            raise SystemExit(1)

    def _check(self, path: Path, codes: Codes | None, options: Mapping[str, Any]) -> Report:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        return check(data, strict=options["strict"], business=options["business"], codes=codes)


def load_codes() -> Codes | None:
    """The code tables in force, or None without a database (checking the form needs none)."""
    from reference.selectors import code_sets

    try:
        return code_sets() or None
    except DatabaseError:
        return None


def as_json(name: str, report: Report) -> str:
    """One line: file, message, documents, accepted, problems."""
    return json.dumps(
        {
            "file": name,
            "message": report.message,
            "documents": report.documents,
            "accepted": report.accepted,
            "problems": [problem.as_dict() for problem in report.problems],
        },
        ensure_ascii=False,
    )


def as_text(name: str, report: Report) -> str:
    """For people: the verdict, then a line for each problem."""
    verdict = _("accepted") if report.accepted else _("REFUSED")
    count = report.documents
    documents = ngettext("{count} document", "{count} documents", count).format(count=count)
    message = report.message or _("unknown message")
    head = f"{name}: {message}, {documents}, {verdict}"
    return "\n".join([head, *(_line(problem) for problem in report.problems)])


def _line(problem: Problem) -> str:
    level = _("error") if problem.level == "error" else _("warning")
    return f"  {level} {problem.code} {problem.path}: {problem.text}"
