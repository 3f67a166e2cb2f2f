"""Groups 10 to 14: what stands in a cell, and when a cell is no number."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.messy.reading import assert_read, different, read
from tests.messy.report import DRAWINGS, TABLES, Report, figures, made, paged, swap, worded, written

Write = Callable[..., str | bytes]

FILES: dict[str, Write] = {"text": written, "page": paged, "word": worded}
IN_FILES = pytest.mark.parametrize("write", [paged, worded], ids=["page", "word"])
APPLICANTS = [place.rpartition("/")[2] for place in figures() if place.startswith("applications/granted/")]
APPLICATIONS = [place for place in figures() if place.startswith("applications/")]
ZERO_ROW = "applications/denied_state_secret"
FEES = "proactive_disclosure/fees/amount_10k_yuan"
PENALTIES = "proactive_disclosure/penalties/decisions"
GRANTED = "applications/granted/total"


def blank(*tables: str) -> dict[str, str]:
    return {place: "" for place in figures() if place.partition("/")[0] in tables}


# ---- 10: blanks and marks for zero -------------------------------------------------------------------------------
@pytest.mark.parametrize("table", TABLES)
def test_group_10_a_whole_table_is_blank(table: str) -> None:
    reading = read(written(cells=blank(table)))
    assert_read(reading, but=dict.fromkeys(blank(table)), codes=["blank_table"])
    assert reading.states(table) == {"blank"}
    assert reading.named("blank_table") == {f"/tables/{table}"}
    assert reading.findings("blank_table")[0].severity == "warning"


def with_a_cell_a_line(**parts: object) -> str:
    return written(made(**parts), "one cell a line after a tab")


@pytest.mark.parametrize("write", [with_a_cell_a_line, paged, worded], ids=["a cell a line", "page", "word"])
def test_group_10_all_tables_are_blank(write: Write) -> None:
    reading = read(write(cells=blank(*TABLES)))
    assert_read(reading, but=dict.fromkeys(figures()), codes=["blank_table"])
    assert len(reading.findings("blank_table")) == 3


@pytest.mark.parametrize("tables", [(table,) for table in TABLES] + [TABLES], ids=[*TABLES, "all"])
def test_group_10_a_whole_table_is_blank_where_no_cell_is_drawn(tables: tuple[str, ...]) -> None:
    """A row whose label stands in the document is there; its cells are blank, not missing (contract.md, states)."""
    reading = read(written(drawing="label and values on one line", cells=blank(*tables)))
    assert_read(reading, but=dict.fromkeys(blank(*tables)), codes=["blank_table"])
    assert {reading.evidence(place).state for place in blank(*tables)} == {"blank"}


@pytest.mark.parametrize("drawing", ["every value a paragraph", "label and values on one line"])
def test_group_10_a_row_is_blank_where_no_cell_is_drawn(drawing: str) -> None:
    cells = {f"{ZERO_ROW}/{column}": "" for column in APPLICANTS}
    reading = read(written(drawing=drawing, cells=cells))
    assert different(reading.values, {**figures(), **dict.fromkeys(cells)}) == {}
    assert (reading.states(ZERO_ROW), reading.errors) == ({"blank"}, ["column_sum"])  # its figures are gone


@pytest.mark.parametrize("drawing", ["rows of tabs", "one cell a line after a tab", "pipes"])
def test_group_10_applicant_columns_blank_totals_filled(drawing: str) -> None:
    cells = {place: "" for place in APPLICATIONS if not place.endswith("/total")}
    reading = read(written(drawing=drawing, cells=cells))
    assert different(reading.values, {**figures(), **dict.fromkeys(cells)}) == {}
    assert {reading.evidence(place).state for place in cells} == {"blank"}
    assert {reading.evidence(place).state for place in APPLICATIONS if place not in cells} == {"number"}
    assert reading.errors == []


def test_group_10_zeros_left_blank() -> None:
    """Nothing but the zeros is blank: no identity fails, and none becomes a 0."""
    cells = {place: "" for place, number in figures().items() if number == 0}
    assert len(cells) > 20
    reading = read(written(cells=cells))
    assert_read(reading, but=dict.fromkeys(cells))
    assert {reading.evidence(place).state for place in cells} == {"blank"}


def test_group_10_a_blank_total_over_parts_that_are_not() -> None:
    reading = read(written(cells={"applications/granted/total": ""}))
    assert_read(reading, but={"applications/granted/total": None}, codes=["blank_total"])
    assert reading.named("blank_total") == {"/tables/applications/granted/total"}


MARKS = ["/", "-", "—", "--", "无", "不适用", "／", "——", "－", " / "]


@pytest.mark.parametrize("write", FILES.values(), ids=FILES)
def test_group_10_marks_for_none(write: Write) -> None:
    zeros = [place for place, number in figures().items() if number == 0]
    cells = dict(zip(zeros, MARKS * len(zeros), strict=False))
    reading = read(write(cells=cells))
    assert_read(reading, but=dict.fromkeys(cells))
    assert {place: reading.evidence(place).raw for place in cells} == {p: mark.strip() for p, mark in cells.items()}
    assert {reading.evidence(place).state for place in cells} == {"not_applicable"}


@pytest.mark.parametrize(
    ("drawing", "mark"),
    [("every value a paragraph", "/"), ("label and values on one line", "—"), ("pipes", "无"), ("pipes", "--")],
)
def test_group_10_marks_for_none_where_no_cell_is_drawn(mark: str, drawing: str) -> None:
    cells = {place: mark for place, number in figures().items() if number == 0}
    reading = read(written(drawing=drawing, cells=cells))
    assert_read(reading, but=dict.fromkeys(cells))
    assert {reading.evidence(place).state for place in cells} == {"not_applicable"}


def test_group_10_words_where_a_number_belongs() -> None:
    reading = read(written(cells={PENALTIES: "未统计"}))
    assert_read(reading, but={PENALTIES: None})
    assert (reading.evidence(PENALTIES).state, reading.evidence(PENALTIES).raw) == ("text", "未统计")


def test_group_10_blank_and_missing_are_not_the_same() -> None:
    """A blank row is blank, a row that is not there is missing; neither is 0."""
    line = next(line for line in written().split("\n") if "属于国家秘密" in line)
    values = "\t" + "\t".join(str(figures()[f"{ZERO_ROW}/{column}"]) for column in APPLICANTS)
    empty = read(swap(written(), line, line.removesuffix(values) + "\t" * 7))
    assert empty.states(ZERO_ROW) == {"blank"}
    group = line.split("\t")[1]
    gone = swap(written(), line + "\n", "")
    gone = swap(gone, "\t\t2.其他法律", f"\t{group}\t2.其他法律")
    lost = read(gone)
    assert lost.states(ZERO_ROW) == {"missing"}
    assert set(lost.row(ZERO_ROW)) == set(empty.row(ZERO_ROW)) == {None}
    assert lost.names(f"{ZERO_ROW}/total")


# ---- 11: how a number is written ---------------------------------------------------------------------------------
SPACES = " 　\u00a0\ufeff"
NUMBERS = {
    "full-width space before": ("　57", 57),
    "full-width space after": ("57　", 57),
    "no-break space after": ("57\u00a0", 57),
    "no-break spaces around": ("\u00a057\u00a0", 57),
    "full-width digits": ("５７", 57),
    "full-width digits and comma": ("１，１１３", 1113),
    "comma": ("1,113", 1113),
    "full-width comma": ("1，113", 1113),
    "two commas": ("2,451,113", 2451113),
    "leading zero-width mark": ("\ufeff57", 57),
    "zero after a full-width space": ("　0", 0),
    "zero before a no-break space": ("0\u00a0", 0),
}


COUNTS = [
    f"proactive_disclosure/{row}/{column}"
    for row in ("licences", "other_management_services", "penalties", "coercive_measures")
    for column in ("items_last_year", "change", "decisions")
]


@pytest.mark.parametrize("write", FILES.values(), ids=FILES)
def test_group_11_numbers(write: Write) -> None:
    shown = dict(zip(COUNTS, (shown for shown, _ in NUMBERS.values()), strict=True))
    numbers = dict(zip(COUNTS, (number for _, number in NUMBERS.values()), strict=True))
    reading = read(write(form="2019", cells=shown))
    assert_read(reading, Report(form="2019"), but=numbers)
    raw = {place: (reading.evidence(place).raw or "").strip(SPACES) for place in COUNTS}
    assert raw == {place: words.strip(SPACES) for place, words in shown.items()}
    assert {type(reading.value(place)) for place in COUNTS} == {int}


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_group_11_grouped_digits_in_every_drawing(drawing: str) -> None:
    licences = "proactive_disclosure/licences/decisions"
    cells = {PENALTIES: "1,113", licences: "１，１１４"}
    assert_read(read(written(drawing=drawing, cells=cells)), but={PENALTIES: 1113, licences: 1114})


DECIMALS = ["0.1234", "385.12345", "0.000001", "1,208.0500", "１２．５０６１", "12.0"]


@pytest.mark.parametrize("shown", DECIMALS)
def test_group_11_decimals_are_exact(shown: str) -> None:
    exact = Decimal(shown.translate(str.maketrans("１２５０６．", "12506.", ",")))
    reading = read(written(cells={FEES: shown}))
    assert_read(reading, but={FEES: exact})
    value = reading.value(FEES)
    assert type(value) is (int if exact == int(exact) else Decimal)
    assert f'"amount_10k_yuan":{value}' in reading.record.to_json().replace(" ", "")
    assert reading.record.to_dict()["tables"]["proactive_disclosure"]["fees"]["amount_10k_yuan"] == exact


@pytest.mark.parametrize("write", FILES.values(), ids=FILES)
def test_group_11_spaces_around_every_number_and_a_long_decimal(write: Write) -> None:
    cells = {place: f"　{number}\u00a0" for place, number in figures().items()}
    assert_read(read(write(cells={**cells, FEES: "7730.283461"})), but={FEES: Decimal("7730.283461")})


@pytest.mark.parametrize(("shown", "number"), [("-8", -8), ("减4", -4), ("+19", 19), ("－8", -8), ("增5", 5), ("0", 0)])
def test_group_11_signed_changes(shown: str, number: int) -> None:
    place = "proactive_disclosure/penalties/change"
    reading = read(written(form="2019", cells={place: shown}))
    assert_read(reading, Report(form="2019"), but={place: number})


# ---- 12: units ---------------------------------------------------------------------------------------------------
AMOUNTS: dict[str, tuple[str, str, int | Decimal]] = {
    "万元 in the cell": ("", "385万元", 385),
    "元 in the cell": ("", "251000元", Decimal("25.1")),
    "yuan and commas": ("", "251,000元", Decimal("25.1")),
    "a space before the unit": ("", "385 万元", 385),
    "亿元 in the cell": ("", "1.2亿元", 12000),
    "万元 in the header": ("（单位：万元）", "385", 385),
    "元 in the header": ("（单位：元）", "251000", Decimal("25.1")),
    "元 in the header, bare": ("（元）", "251000", Decimal("25.1")),
    "half-width brackets": ("(单位:元)", "251000", Decimal("25.1")),
    "the cell against the header": ("（单位：万元）", "251000元", Decimal("25.1")),
    "the cell against the header, the other way": ("（单位：元）", "385万元", 385),
}


@pytest.mark.parametrize(("unit", "shown", "amount"), AMOUNTS.values(), ids=AMOUNTS)
def test_group_12_units_of_fees(unit: str, shown: str, amount: int | Decimal) -> None:
    reading = read(written(unit=unit, cells={FEES: shown}))
    assert_read(reading, but={FEES: amount})
    assert reading.evidence(FEES).raw == shown


@pytest.mark.parametrize("amounts", ["yuan and commas", "元 in the header"])
def test_group_12_units_of_procurement(amounts: str) -> None:
    unit, shown, amount = AMOUNTS[amounts]
    place = "proactive_disclosure/procurement/amount_10k_yuan"
    reading = read(paged(form="2019", unit=unit, cells={place: shown}))
    assert_read(reading, Report(form="2019"), but={place: amount})


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_group_12_units_in_cells_in_every_drawing(drawing: str) -> None:
    assert_read(read(written(drawing=drawing, unit="", cells={FEES: "251000元"})), but={FEES: Decimal("25.1")})


@pytest.mark.parametrize("write", FILES.values(), ids=FILES)
def test_group_12_no_unit_anywhere(write: Write) -> None:
    reading = read(write(unit="", cells={FEES: "385"}))
    assert_read(reading, but={FEES: 385}, codes=["unit_assumed"])
    assert reading.names(FEES)
    assert reading.findings("unit_assumed")[0].severity == "warning"


def test_group_12_nothing_needs_no_unit() -> None:
    assert_read(read(written(unit="", cells={FEES: "0"})), but={FEES: 0})


IN_HEADER: dict[str, int | Decimal] = {
    "（单位：0万元）": 0,
    "（单位：12.6万元）": Decimal("12.6"),
    "（单位：251000元）": Decimal("25.1"),
}


@pytest.mark.parametrize(("unit", "amount"), IN_HEADER.items())
def test_group_12_the_value_stands_in_the_header(unit: str, amount: Decimal) -> None:
    reading = read(written(unit=unit, cells={FEES: ""}))
    assert_read(reading, but={FEES: amount})
    assert (reading.evidence(FEES).raw or "") in unit


def test_group_12_a_value_in_the_header_and_in_the_cell() -> None:
    """The cell is what counts; a header that says the same is no stray number."""
    assert_read(read(written(unit="（单位：0万元）", cells={FEES: "0"})), but={FEES: 0})


def test_group_12_a_value_in_the_header_that_the_cell_contradicts_is_reported() -> None:
    reading = read(written(unit="（单位：31万元）", cells={FEES: "28"}))
    assert reading.value(FEES) == 28
    assert reading.names(FEES)


# ---- 13: remarks -------------------------------------------------------------------------------------------------
ISSUED = "proactive_disclosure/normative_documents/issued"
NOTES = {
    "as in the form": ("22（其中修订16件）", 22, "其中修订16件"),
    "half-width brackets": ("22(其中修订16件)", 22, "其中修订16件"),
    "a space before": ("22 （其中修订16件）", 22, "其中修订16件"),
    "no bracket": ("22其中修订16件", 22, "其中修订16件"),
    "square brackets": ("22【含联合发文3件】", 22, "含联合发文3件"),
    "a unit before": ("22件（含联合发文3件）", 22, "含联合发文3件"),
    "words alone": ("22（含联合发文）", 22, "含联合发文"),
}


@pytest.mark.parametrize(("shown", "number", "note"), NOTES.values(), ids=NOTES)
def test_group_13_remarks(shown: str, number: int, note: str) -> None:
    reading = read(written(cells={ISSUED: shown}))
    assert_read(reading, but={ISSUED: number})
    assert (reading.evidence(ISSUED).raw, reading.evidence(ISSUED).note) == (shown, note)


@pytest.mark.parametrize("drawing", ["one cell a line after a tab", "pipes"])
def test_group_13_a_remark_in_other_drawings(drawing: str) -> None:
    reading = read(written(drawing=drawing, cells={ISSUED: "22（其中修订16件）"}))
    assert_read(reading, but={ISSUED: 22})
    assert reading.evidence(ISSUED).note == "其中修订16件"


@IN_FILES
@pytest.mark.parametrize("shown", ["22（其中修订16件）", "22 (其中修订16件)"])
def test_group_13_remarks_in_files(shown: str, write: Write) -> None:
    reading = read(write(cells={ISSUED: shown}))
    assert_read(reading, but={ISSUED: 22})
    assert (reading.evidence(ISSUED).raw, reading.evidence(ISSUED).note) == (shown, "其中修订16件")


@IN_FILES
def test_group_13_a_remark_on_a_line_of_its_own(write: Write) -> None:
    reading = read(write(cells={ISSUED: "22\n（其中修订16件）"}))
    assert_read(reading, but={ISSUED: 22})
    assert reading.evidence(ISSUED).note == "其中修订16件"


def test_group_13_a_remark_on_an_applications_cell_keeps_the_sum() -> None:
    total = figures()[GRANTED]
    reading = read(written(cells={GRANTED: f"{total}（其中网上{total}件）"}))
    assert_read(reading)
    assert reading.evidence(GRANTED).note == f"其中网上{total}件"


# ---- 14: glued and split digits ----------------------------------------------------------------------------------
@pytest.mark.parametrize("drawing", ["every value a paragraph", "label and values on one line"])
@pytest.mark.parametrize("glued", ["规章000", "规章 000", "规章：000"])
def test_group_14_glued_cells(glued: str, drawing: str) -> None:
    old = "规章 0 0 0" if drawing == "label and values on one line" else "规章\n\n0\n\n0\n\n0"
    reading = read(swap(written(drawing=drawing), old, glued))
    assert_read(reading)
    assert {reading.evidence(f"proactive_disclosure/regulations/{c}").raw for c in ("issued", "in_force")} == {"0"}


@pytest.mark.parametrize(
    ("glued", "numbers"), [("行政规范性文件417", [4, 1, 7]), ("行政规范性文件（件）417", [4, 1, 7])]
)
def test_group_14_glued_cells_that_are_not_zero(glued: str, numbers: list[int]) -> None:
    line = "行政规范性文件 4 1 23"
    reading = read(swap(written(drawing="label and values on one line"), line, glued))
    assert reading.row("proactive_disclosure/normative_documents") == numbers


@pytest.mark.parametrize("glued", ["行政规范性文件4123", "行政规范性文件 41 23", "行政规范性文件 4 123"])
def test_group_14_glued_cells_that_can_be_cut_in_two_ways(glued: str) -> None:
    reading = read(swap(written(drawing="label and values on one line"), "行政规范性文件 4 1 23", glued))
    assert reading.row("proactive_disclosure/normative_documents") == [None] * 3
    assert reading.names("proactive_disclosure/normative_documents/issued")
    assert reading.errors != []
    assert reading.record.status == "needs_review"


SPLIT = {"1 0": 10, "1　0": 10, "1\u00a00": 10, "2 5 1": 251, "1 113": 1113}


@pytest.mark.parametrize(("shown", "number"), SPLIT.items())
def test_group_14_a_digit_split_off(shown: str, number: int) -> None:
    reading = read(written(cells={PENALTIES: shown}))
    assert_read(reading, but={PENALTIES: number})
    assert "digits_rejoined" in reading.evidence(PENALTIES).reasons


@IN_FILES
@pytest.mark.parametrize("shown", ["1 0", "1\n0"], ids=["space", "line break"])
def test_group_14_a_digit_split_off_in_files(shown: str, write: Write) -> None:
    reading = read(write(cells={PENALTIES: shown}))
    assert_read(reading, but={PENALTIES: 10})


@pytest.mark.parametrize("drawing", ["one cell a line after a tab", "rows of tabs", "pipes"])
def test_group_14_a_digit_split_off_in_the_applications_table(drawing: str) -> None:
    """Every identity vouches for the joined number."""
    place = next(place for place, number in figures().items() if place in APPLICATIONS and number == 10)
    assert_read(read(written(drawing=drawing, cells={place: "1 0"})))


@pytest.mark.parametrize(
    ("drawing", "old", "new"),
    [
        ("label and values on one line", "行政许可 316", "行政许可 3 16"),
        ("every value a paragraph", "行政许可\n\n316", "行政许可\n\n3 16"),
    ],
    ids=["label and values on one line", "every value a paragraph"],
)
def test_group_14_a_digit_split_off_where_no_cell_is_drawn(drawing: str, old: str, new: str) -> None:
    """316, or a 3 and a 16 that belongs elsewhere: read right or reported at the cell."""
    place = "proactive_disclosure/licences/decisions"
    reading = read(swap(written(drawing=drawing), old, new))
    assert reading.value(place) == 316 or reading.names(place)
