"""Within one reading the same question is asked once; outside of it always anew."""

from __future__ import annotations

import threading

import pytest

from submissions.reading import once, one_reading

asked: list[tuple[int, ...]] = []


@once
def doubled(*numbers: int) -> list[int]:
    asked.append(numbers)
    return [2 * number for number in numbers]


@pytest.fixture(autouse=True)
def _nothing_asked() -> None:
    asked.clear()


def test_once_within_a_reading() -> None:
    with one_reading():
        assert doubled(1) == doubled(1) == [2]
        assert doubled(1, 2) == [2, 4]
    assert asked == [(1,), (1, 2)]


def test_anew_without_a_reading_and_in_the_next_one() -> None:
    doubled(1)
    doubled(1)
    for _page in range(2):
        with one_reading():
            doubled(1)
    assert len(asked) == 4


def test_what_fails_is_not_kept() -> None:
    @once
    def failing(number: int) -> int:
        asked.append((number,))
        raise ValueError(number)

    with one_reading():
        for _try in range(2):
            with pytest.raises(ValueError, match="7"):
                failing(7)
    assert len(asked) == 2


def test_another_thread_reads_for_itself() -> None:
    with one_reading():
        doubled(3)
        other = threading.Thread(target=doubled, args=(3,))
        other.start()
        other.join()
    assert asked == [(3,), (3,)]
