"""What a cell says: numbers, units, notes, blanks, marks, words."""

from decimal import Decimal

import pytest

from extractor.tables.cells import amount_in_10k, read_cell

NUMBERS = [
    ("0", 0),
    ("　0", 0),
    ("0\u00a0", 0),
    ("１２", 12),
    ("1,113", 1113),
    ("1，113", 1113),
    ("12,345,678", 12345678),
    ("11, 710", 11710),
    ("1 ,234,\n567", 1234567),
    ("３．５", Decimal("3.5")),
    ("7730.280000", Decimal("7730.28")),
    ("-8", -8),
    ("−8", -8),
    ("减4", -4),
    ("减少4", -4),
    ("增4", 4),
    ("+19", 19),
    ("1 0", 10),
    ("1\n0", 10),
    ("12件", 12),
    ("三十二", 32),
    ("22（其中修订16件）", 22),
]


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_numbers(text: str, value: int | Decimal) -> None:
    reading = read_cell(text)
    assert reading.state == "number"
    assert reading.number is not None
    assert reading.count == value


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", "blank"),
        ("\u3000\n", "blank"),
        ("/", "not_applicable"),
        ("-", "not_applicable"),
        ("——", "not_applicable"),
        ("无", "not_applicable"),
        ("不适用", "not_applicable"),
        ("详见附件", "text"),
        ("待核实", "text"),
        ("1,11", "text"),
        ("1, 11", "text"),
        ("3-5", "text"),
        ("约5", "text"),
        ("一", "text"),  # as often a dash as the number
        ("1.2.3", "text"),
        ("9" * 500, "text"),
    ],
)
def test_cells_without_a_number(text: str, state: str) -> None:
    assert read_cell(text).state == state


def test_note_is_kept_as_written() -> None:
    assert read_cell("22（其中修订16件）").note == "其中修订16件"


def test_parted_digits_are_marked() -> None:
    assert read_cell("1 0").rejoined
    assert read_cell("11, 710").rejoined
    assert not read_cell("10").rejoined


@pytest.mark.parametrize(
    ("text", "amount"),
    [("385万元", 385), ("251000元", Decimal("25.1")), ("1.5亿元", 15000), ("0.01元", Decimal("0.000001"))],
)
def test_amounts_are_in_10k_yuan(text: str, amount: int | Decimal) -> None:
    reading = read_cell(text)
    assert reading.number is not None
    assert reading.unit is not None
    assert amount_in_10k(reading.number, reading.unit) == amount
