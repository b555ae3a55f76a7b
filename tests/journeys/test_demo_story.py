"""The exporter's autumn, played whole on a running portal: every figure is the story's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Running, running

FIGURES = (
    "F is entered by five parties: 5",
    "October's lists closed: 20",
    "9810, amount: USD 31,200.00",
    "9810, at the rate of the month: CNY 219,960.00",
    "9810, declaration and day of export: 021320260000000007 2026-09-18",
    "9810, classified as: cbec_b2b 9810",
    "9810, what comes back: 2027-02-10 relieved, 2027-05-02 taxed",
    "candidate lines: 20",
    "first declaration, exempt: 13 lines CNY 3,313.87",
    "first declaration, excluded: 7 lines CNY 2,524.61",
    "corrected declaration: 14 lines CNY 3,509.86",
    "credits without a statement: 88.00",
    "declared, actual: 741.93",
    "declared, gross in: 948.15",
    "declared, gross out: 206.22",
)


@pytest.fixture(scope="module")
def with_story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A portal of its own, with the messages of the story handed in."""
    folder: Path = tmp_path_factory.mktemp("story")
    with running(folder, name="story", broker=12) as found:
        found.manage("prepare", "--demo", "--story")
        yield found


@pytest.mark.timeout(400)
def test_the_story_comes_out_to_the_cent_and_once(with_story: Running) -> None:
    told = with_story.manage("demo_story").splitlines()
    assert [line for line in told if not line.startswith("ok  ")] == [], with_story.logs()
    assert [figure for figure in FIGURES if f"ok   {figure}" not in told] == []
    again = with_story.manage("demo_story").splitlines()
    assert [line for line in again if not line.startswith("ok  ")] == []
