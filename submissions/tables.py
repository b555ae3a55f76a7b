"""What is drawn, shown as a table and handed out as CSV is one and the same `figures.Table`."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.http import HttpResponse

from submissions.figures import ChartKind, Number, Table, Text

BYTE_ORDER_MARK = "\ufeff"  # spreadsheets then read Chinese


def chart_of(
    table: Table, kind: ChartKind, title: Text, unit: Text = "", *, columns: int | None = None
) -> dict[str, Any]:
    """What `static/chart.js` draws, as JSON: {kind, title, unit, labels, series: [{name, data}]}.

    `columns`: draw the first so many series only, where the others are of another unit. Empty where every
    number is 0 or missing: there is nothing to look at.
    """
    if not any(number for _label, numbers in table.rows for number in numbers):
        return {}
    series = [
        {"name": str(name), "data": [_plain(numbers[i]) for _label, numbers in table.rows]}
        for i, name in enumerate(table.head[1:][:columns])
    ]
    return {
        "kind": kind,
        "title": str(title),
        "unit": str(unit),
        "labels": [label for label, _numbers in table.rows],
        "series": series,
    }


def _plain(number: Number | None) -> float | int | None:
    return float(number) if isinstance(number, Decimal) else number


def csv_rows(table: Table) -> Iterator[list[object]]:
    """Head first; no number is an empty cell."""
    yield [str(word) for word in table.head]
    for label, numbers in table.rows:
        yield [label, *("" if number is None else number for number in numbers)]


def csv_answer(name: str, parts: Iterable[tuple[Text, Table]]) -> HttpResponse:
    """A file of one table, or of several one below the other, each under its title ("" writes none)."""
    answer = HttpResponse(BYTE_ORDER_MARK, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(answer)
    for title, table in parts:
        if title:
            writer.writerow([str(title)])
        writer.writerows(csv_rows(table))
    return answer
