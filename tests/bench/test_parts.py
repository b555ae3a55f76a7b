"""The parts of the measurement that can be wrong without anything else noticing."""

from __future__ import annotations

import os
from decimal import Decimal

import pytest

from bench import generator, options, people, profile, statements, storm
from bench.clock import cpu_seconds, peaks
from bench.figures import Figure, last_pieces, quantile
from bench.generator import Kind
from bench.growth import Table
from bench.people import Answer
from bench.sender import TYPES, Sent
from local.paths import BASE

KIND = Kind(size=3, faults=0.0, others_pay=1.0)


def test_processor_time_of_a_tree_only_grows() -> None:
    before = cpu_seconds(os.getpid())
    sum(n * n for n in range(3_000_000))
    assert cpu_seconds(os.getpid()) > before
    assert peaks(os.getpid())[0] > 1000


def test_options_are_read_by_their_names() -> None:
    told = options.read(["--seconds", "5", "--no-peers", "--others-pay", "0.5"])
    assert (told.seconds, told.peers, told.others_pay) == (5.0, False, 0.5)
    assert options.read([]).seconds >= 60


def test_parts_of_the_long_run_are_chosen_by_name() -> None:
    assert options.read(["--full"]).parts.split(",") == list(options.PARTS)
    assert options.read(["--parts", "growth"]).parts == "growth"
    with pytest.raises(SystemExit):
        options.read(["--parts", "grwth"])


def test_only_sets_that_were_acknowledged_whole_are_held_against_the_portal() -> None:
    def sent(number: int, type_: str, status: int = 202, *, again: bool = False) -> Sent:
        return Sent(number, type_, 0.0, 0.0, 1.0, status, again, 0)

    whole = [sent(1, type_) for type_ in TYPES]
    half = [sent(2, "CEB311"), sent(2, "CEB411"), sent(2, "CEB411", again=True), sent(2, "CEB511")]
    refused = [sent(3, type_, 429 if type_ == "CEB621" else 202) for type_ in TYPES]
    assert storm.whole_sets([*whole, *half, *refused]) == [1]


def test_a_copy_differs_in_keys_moments_and_numbers_alone() -> None:
    columns = (("id", "uuid"), ("order_no", "character varying"), ("state", "character varying"))
    table = Table("customs_order", columns)
    assert table.key == "id"
    assert table.expression("id", "uuid") == 'bench_earlier(b."id", k.ms)'
    assert "replace(b.\"order_no\", 'B000'" in table.expression(*columns[1])
    assert table.expression(*columns[2]) == 'b."state"'
    assert Table("customs_documentkey", (("number", "text"), ("document_id", "uuid"))).key == "document_id"


def test_pages_are_told_without_their_numbers() -> None:
    answers = [Answer(f"/customs/lists/0{n}/", n / 100, 200) for n in range(1, 11)]
    figure = people.told("pages_p95_ms", answers, 0.5, 50)
    assert figure.value == 50.0
    assert "/customs/lists/…/ 50" in figure.detail


def test_a_buyer_stays_below_the_yearly_limit() -> None:
    spent: dict[int, Decimal] = {}
    for number in range(0, generator.EACH * generator.CROWD, 7):
        sale = generator.two_line_sale(number, KIND)
        buyer = generator.buyer_number(number)
        spent[buyer] = spent.get(buyer, Decimal(0)) + sale.goods_value
    assert max(spent.values()) * 7 < Decimal(26_000) * 7  # every buyer was met
    assert len(spent) == generator.CROWD
    assert generator.buyer_number(generator.EACH * generator.CROWD) == generator.CROWD


def test_somebody_else_pays_and_a_fault_is_in_the_payment_alone() -> None:
    sound = generator.two_line_sale(5, KIND)
    faulty = generator.two_line_sale(5, Kind(size=3, faults=1.0, others_pay=1.0))
    assert sound.payer is not None
    assert sound.payer.id_number != sound.buyer.id_number
    assert faulty.paid == sound.actural_paid + 1
    assert (faulty.order_no, faulty.tax, faulty.lines) == (sound.order_no, sound.tax, sound.lines)


def test_sets_are_written_once_and_whole(tmp_path) -> None:
    folder = generator.place(tmp_path, KIND)
    assert generator.write_sets(folder, range(2), KIND)[0] == 2
    assert generator.write_sets(folder, range(3), KIND)[0] == 1
    names = sorted(path.name for path in generator.set_folder(folder, 2).iterdir())
    assert names == ["CEB311.xml", "CEB411.xml", "CEB511.xml", "CEB621.xml", "taxes.json"]
    assert set(generator.taxes(folder, 1, 3)) == {3, 4, 5}
    other = generator.place(tmp_path, Kind(size=3, faults=0.5, others_pay=1.0))
    assert not folder.exists()
    assert other.exists()


@pytest.mark.parametrize(("share", "value"), [(0.5, 5), (0.99, 10), (0.1, 1)])
def test_quantiles_are_values_that_occurred(share: float, value: int) -> None:
    assert quantile(list(range(1, 11)), share) == value
    assert quantile([], share) is None


def test_the_last_piece_of_a_set_is_not_its_repeat() -> None:
    def sent(type_: str, at: float, *, again: bool = False) -> Sent:
        return Sent(1, type_, at, at, at + 1, 202, again, 0)

    log = [sent("CEB621", 10.0), sent("CEB411", 13.0), sent("CEB621", 20.0, again=True)]
    assert last_pieces(log) == {1: 13.0}


def test_a_figure_is_one_line_of_json() -> None:
    assert (
        Figure("a", None, "ms", "因为").line()
        == '{"name": "a", "value": null, "unit": "ms", "detail": "因为"}'
    )


def test_samples_are_told_by_stage() -> None:
    ours = f"read_inbox ({BASE}/customs/replies.py:57)"
    stacks = [
        f"main (/usr/lib/python3/celery/app.py:3);task ({BASE}/submissions/tasks.py:9);{ours} 30",
        f"task (submissions/tasks.py:11);{ours};execute (/x/site-packages/psycopg2/x.py:1) 10",
        "poll (/usr/lib/python3/asyncio/base.py:3) 60",
    ]
    told = profile.report(stacks)
    assert "100 samples" in told
    assert "40.0%  task (submissions/tasks.py)" in told
    assert "60.0%  (not ours" in told


def test_statements_are_told_without_their_values() -> None:
    told = statements.plain("SELECT a FROM b WHERE c IN ('x''y', 'z', 3)  AND d = ARRAY['1','2']::text[]")
    assert told == "SELECT a FROM b WHERE c IN (?…) AND d = ARRAY[…]::text[]"
    rows = statements.plain("INSERT INTO t (a, b) VALUES ('1', 2), ('3', 4), (NULL, 5)")
    assert rows.endswith("VALUES (NULL, ?)…")
