"""Values against the place their evidence names."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from extractor.draft import Draft
from extractor.record import Claim, Evidence, Number, Passage, Place, State
from extractor.verify import verify
from extractor.verify.numeral import value_of, written
from tests.verify.factory import Shown, figures, form_of, report_of

CELL = "/tables/proactive_disclosure/penalties/decisions"
FEES = "/tables/proactive_disclosure/fees/amount_10k_yuan"
OWN_ERRORS = ("not_grounded", "unmatched_number", "label_mismatch")


def draft_with(
    pointer: str, text: str, value: Number | None, state: State = "number", note: str | None = None
) -> Draft:
    """A report whose one cell shows ``text`` and was read as ``value``."""
    values = figures(Random(3), form_of("2021"))
    _, _, table, row, column = pointer.split("/")
    values[table][row][column] = value
    notes = {pointer: note} if note else {}
    return report_of(values=values, shown=Shown({pointer: text}, {pointer: state}, notes)).draft


def faults(draft: Draft) -> list[str]:
    return [finding.code for finding in verify(draft).findings if finding.code in OWN_ERRORS]


AS_SHOWN = [
    (CELL, "1,113", 1113, "number", None),
    (CELL, "1，113", 1113, "number", None),
    (CELL, "１２", 12, "number", None),
    (CELL, "　7 ", 7, "number", None),
    (CELL, "1 0", 10, "number", None),
    (CELL, "12件", 12, "number", None),
    (CELL, "1.2万件", 12000, "number", None),
    (CELL, "22（其中修订16件）", 22, "number", "其中修订16件"),
    (CELL, "三十二", 32, "number", None),
    (CELL, "", None, "blank", None),
    (CELL, "　", None, "blank", None),
    (CELL, "/", None, "not_applicable", None),
    (CELL, "——", None, "not_applicable", None),
    (CELL, "不适用", None, "not_applicable", None),
    (CELL, "详见附件", None, "text", None),
    (CELL, "2023年为12件，2024年为9件", None, "text", None),
    (FEES, "385", 385, "number", None),
    (FEES, "385万元", 385, "number", None),
    (FEES, "251000元", Decimal("25.1"), "number", None),
    (FEES, "1.2 亿元", 12000, "number", None),
    (FEES, "7730.28", Decimal("7730.28"), "number", None),
    (FEES, "0元", 0, "number", None),
]


@pytest.mark.parametrize(("pointer", "text", "value", "state", "note"), AS_SHOWN)
def test_what_a_cell_shows_bears_out_its_value(
    pointer: str, text: str, value: Number | None, state: State, note: str | None
) -> None:
    assert faults(draft_with(pointer, text, value, state, note)) == []


NOT_AS_SHOWN = [
    (CELL, "1,113", 1, "number"),
    (CELL, "12", 21, "number"),
    (CELL, "-8", 8, "number"),
    (CELL, "减4", 4, "number"),
    (CELL, "3 件 5 件", 3, "number"),
    (CELL, "22（其中修订16件）", 22, "number"),
    (CELL, "1.2万件", Decimal("1.2"), "number"),
    (CELL, "12", None, "blank"),
    (CELL, "12", None, "not_applicable"),
    (CELL, "12", None, "text"),
    (CELL, "/", 0, "number"),
    (CELL, "", 0, "number"),
    (CELL, "无", 0, "number"),
    (CELL, "详见附件", 0, "number"),
    (FEES, "251000元", 251000, "number"),
    (FEES, "385万元", 3850000, "number"),
    (FEES, "7730.28", Decimal("7730.3"), "number"),
]


@pytest.mark.parametrize(("pointer", "text", "value", "state"), NOT_AS_SHOWN)
def test_a_value_its_cell_does_not_show_is_rejected(
    pointer: str, text: str, value: Number | None, state: State
) -> None:
    verification = verify(draft_with(pointer, text, value, state))
    found = [finding for finding in verification.findings if finding.code == "not_grounded"]
    assert [finding.paths for finding in found] == [[pointer]]
    assert {finding.cause for finding in found} == {"extraction"}
    assert verification.judgement(pointer).verdict == "rejected"


def test_the_unit_of_the_header_counts_where_the_cell_has_none() -> None:
    values = figures(Random(3), form_of("2021"))
    values["proactive_disclosure"]["fees"]["amount_10k_yuan"] = Decimal("25.1")
    draft = report_of(values=values, shown=Shown({FEES: "251000"})).draft
    assert faults(draft) == ["not_grounded"]
    in_yuan = draft.document.text.replace("（单位：万元）", "（单位：　元）")
    draft.document.text = in_yuan
    for table in draft.document.tables:
        for cell in (cell for row in table.rows for cell in row):
            cell.text = in_yuan[cell.start : cell.end]
    assert faults(draft) == []


@pytest.mark.parametrize("change", [{"raw": None}, {"raw": "999"}, {"source": Place()}, {"state": "blank"}])
def test_evidence_that_names_no_place_or_another_is_none(change: dict[str, object]) -> None:
    draft = report_of().draft
    for name, value in change.items():
        setattr(draft.evidence[CELL], name, value)
    assert "not_grounded" in faults(draft)


def test_a_value_without_any_evidence_is_rejected() -> None:
    draft = report_of().draft
    del draft.evidence[CELL]
    assert verify(draft).judgement(CELL).verdict == "rejected"


def test_a_place_outside_the_cell_it_names_is_none() -> None:
    draft = report_of().draft
    source = draft.evidence[CELL].source
    assert source.row is not None
    source.row += 1
    assert verify(draft).judgement(CELL).verdict == "rejected"


def test_two_cells_cannot_be_read_from_one_place() -> None:
    draft = report_of().draft
    other = "/tables/proactive_disclosure/coercive_measures/decisions"
    draft.evidence[other] = draft.evidence[CELL]
    draft.tables["proactive_disclosure"]["coercive_measures"]["decisions"] = draft.tables["proactive_disclosure"][
        "penalties"
    ]["decisions"]
    paths = [finding.paths for finding in verify(draft).findings if finding.code == "not_grounded"]
    assert paths == [[CELL, other]]


@pytest.mark.parametrize(
    ("line", "good"), [("规章000", True), ("规章257", True), ("规章\n000", True), ("规章\n257", False)]
)
def test_digits_written_in_one_go_are_one_number_on_a_line_of_their_own(line: str, good: bool) -> None:
    draft = report_of(layout="lines").draft
    document = draft.document
    start = len(document.text) + line.index(line[-3:])
    document.text += line + "\n"
    for at, column in enumerate(("issued", "repealed", "in_force")):
        pointer = f"/tables/proactive_disclosure/regulations/{column}"
        draft.tables["proactive_disclosure"]["regulations"][column] = int(line[at - 3])
        draft.evidence[pointer] = Evidence(line[at - 3], source=Place(start + at, start + at + 1))
    assert ("not_grounded" not in faults(draft)) is good


def test_what_a_reviewer_wrote_needs_no_place() -> None:
    draft = report_of().draft
    draft.evidence[CELL] = Evidence(method="reviewer")
    draft.tables["proactive_disclosure"]["penalties"]["decisions"] = 4
    assert verify(draft).judgement(CELL).verdict == "accepted"


def test_what_was_recognised_on_a_page_has_no_offsets() -> None:
    draft = report_of().draft
    draft.evidence[CELL] = Evidence("4", method="ocr", source=Place(page=2))
    assert "not_grounded" not in faults(draft)


def test_passages_are_the_reports_own_words() -> None:
    draft = report_of().draft
    words = "本镇按要求公开各类信息"
    start = draft.document.text.index(words)
    draft.narrative.issues = [
        Passage("i1", words, start, start + len(words)),
        Passage("i2", "另一句", start, start + 3),
    ]
    draft.narrative.claims = [Claim("c1", "未收", start + 5, start + 7, metric="items_disclosed")]
    draft.evidence["/year"] = Evidence("2023", source=Place(0, 4))
    found = [finding.paths for finding in verify(draft).findings if finding.code == "not_grounded"]
    assert found == [["/narrative/issues/i2"], ["/narrative/claims/c1"], ["/year"]]


@pytest.mark.parametrize(
    ("raw", "value"),
    [("＋19", 19), ("减少 4", -4), ("1 0", 10), ("3 . 5", Decimal("3.5")), ("共12件", 12), ("(12)", 12), ("￥3", 3)],
)
def test_numerals_are_read_strictly(raw: str, value: Number) -> None:
    said = written(raw)
    assert said is not None and value_of(said, "signed") == value


@pytest.mark.parametrize("raw", ["1.属于国家秘密", "第3项", "3 件 5 件", "1,11", "2024年", "abc", "9" * 500, "无"])
def test_other_words_are_no_number(raw: str) -> None:
    assert written(raw) is None
