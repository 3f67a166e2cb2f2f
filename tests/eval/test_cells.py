"""Cells scored by hand-computed cases, and against stickler and scikit-learn."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sklearn.metrics import accuracy_score
from stickler import ComparableField, StructuredModel

from eval.result import FieldScore
from eval.scores.cells import score_cells
from tests.eval.scoring import ROW, compared, evidence, finding, gold, record

STEM = "/tables/review_litigation/review"
TABLE = "review_litigation"


def scores(got: dict[str, Any], **changed: Any) -> dict[str, FieldScore]:
    """The scores of the row's cells by column, and of whatever else is scored by pointer."""
    due = gold(**changed)
    fields = score_cells(compared(due, record(tables={TABLE: {"review": ROW | got}})))
    return {field.column if field.kind == "cell" else field.pointer: field for field in fields}  # type: ignore[misc]


@pytest.mark.parametrize(
    ("column", "got", "outcome", "confusion"),
    [
        ("upheld", 1, "right", None),
        ("upheld", Decimal("1.0"), "right", None),
        ("upheld", 7, "wrong", None),
        ("upheld", -1, "wrong", None),
        ("upheld", 0, "wrong", "number read as zero"),
        ("upheld", None, "omitted", "number read as blank"),
        ("corrected", 4, "wrong", "zero read as number"),
        ("corrected", None, "omitted", "zero read as blank"),
        ("other", None, "right", None),
        ("other", 0, "spurious", "no number read as zero"),
        ("other", 5, "spurious", "no number read as number"),
    ],
)
def test_each_way_to_be_wrong_has_its_name(column: str, got: Any, outcome: str, confusion: str | None) -> None:
    due, known = gold(), record()
    known.tables[TABLE]["review"][column] = got
    known.evidence[f"{STEM}/{column}"] = evidence(got)
    field = next(one for one in score_cells(compared(due, known)) if one.column == column)
    assert (field.outcome, field.confusion) == (outcome, confusion)
    assert field.nonzero == (ROW[column] not in (None, 0))


@pytest.mark.parametrize(("state", "outcome"), [("blank", "right"), ("missing", "wrong")])
def test_the_reason_for_no_number_is_scored_where_it_is_labelled(state: str, outcome: str) -> None:
    known = record()
    known.evidence[f"{STEM}/other"] = evidence(None, state)
    fields = list(score_cells(compared(gold(states={f"{STEM}/other": "blank"}), known)))
    reason = next(one for one in fields if one.kind == "state")
    assert (reason.pointer, reason.outcome) == (f"/evidence{STEM}/other/state", outcome)
    assert reason.confusion == (None if outcome == "right" else "blank read as missing")
    assert all(one.kind == "cell" for one in score_cells(compared(gold(), known)))


def test_a_labelled_reason_names_the_confusion() -> None:
    labelled = gold(states={f"{STEM}/other": "missing"})
    known = record(tables={TABLE: {"review": ROW | {"other": 0}}})
    field = next(one for one in score_cells(compared(labelled, known)) if one.column == "other")
    assert (field.outcome, field.confusion) == ("spurious", "missing read as zero")


def test_a_cell_that_the_record_lacks_is_omitted_even_where_no_number_is_due() -> None:
    row = {column: value for column, value in ROW.items() if column != "other"}
    field = next(
        one for one in score_cells(compared(gold(), record(tables={TABLE: {"review": row}}))) if one.column == "other"
    )
    assert (field.outcome, field.confusion) == ("omitted", "no number read as absent")


def test_what_the_gold_does_not_label_is_not_scored() -> None:
    known = record()
    known.tables[TABLE]["litigation_direct"] = dict.fromkeys(ROW, 4)
    outcomes = {one.outcome for one in score_cells(compared(gold(), known)) if one.row == "litigation_direct"}
    assert outcomes == {"unscored"}


@pytest.mark.parametrize(
    ("labelled", "extra"),
    [("other_processing", "other_reason"), ("other_reason", "other_processing"), ("granted", "x")],
)
def test_a_row_that_cannot_be_there_is_spurious(labelled: str, extra: str) -> None:
    due = gold(tables={"applications": {labelled: {"total": 2}}})
    known = record(tables={"applications": {labelled: {"total": 2}, extra: {"total": 9}}})
    outcomes = {one.row: one.outcome for one in score_cells(compared(due, known))}
    assert outcomes == {labelled: "right", extra: "spurious"}


@pytest.mark.parametrize(
    ("found", "verdict", "escapes"),
    [
        (None, "accepted", True),
        (None, "review", False),
        (finding("row_sum", f"{STEM}/upheld"), "accepted", False),
        (finding("unmatched_row", STEM), "accepted", False),
        (finding("blank_table", "/tables/review_litigation", severity="warning"), "accepted", False),
        (finding("row_sum", f"{STEM}/total"), "accepted", True),
        (finding("form_mixed", "/tables/review_litigation", severity="warning"), "accepted", True),
        (finding("row_sum", f"{STEM}/upheld", severity="info"), "accepted", True),
    ],
)
def test_a_wrong_cell_escapes_unless_somebody_would_look(found: Any, verdict: str, escapes: bool) -> None:
    known = record(tables={TABLE: {"review": ROW | {"upheld": 8}}}, findings=[found] if found else [])
    known.evidence[f"{STEM}/upheld"] = evidence(8, verdict=verdict)
    field = next(one for one in score_cells(compared(gold(), known)) if one.column == "upheld")
    assert field.is_escape == escapes


def test_of_a_report_that_failed_every_number_is_omitted_and_nothing_escapes() -> None:
    fields = list(score_cells(compared(failed=True)))
    assert {one.outcome for one in fields} == {"omitted"}
    assert not any(one.is_escape for one in fields)


def test_a_cell_shows_where_it_was_read() -> None:
    excerpt = scores({})["upheld"].excerpt
    assert excerpt is not None
    assert (excerpt.quote, excerpt.line) == ("1", 5)
    assert excerpt.before.endswith("维持 ")


class Row(StructuredModel):  # type: ignore[misc]
    """A row of the review table, as stickler compares one."""

    upheld: int | None = ComparableField(threshold=1.0)
    corrected: int | None = ComparableField(threshold=1.0)
    other: int | None = ComparableField(threshold=1.0)
    pending: int | None = ComparableField(threshold=1.0)
    total: int | None = ComparableField(threshold=1.0)


@pytest.mark.parametrize("seed", range(8))
def test_outcomes_are_those_of_stickler_and_scikit_learn(seed: int) -> None:
    """Stickler's tp, fd, fn, fa and tn are: right with a number, wrong, omitted, spurious, right without one."""
    random = Random(seed)
    due, got = ({column: random.choice((None, 0, 1, 2)) for column in ROW} for _ in range(2))
    known = record(tables={TABLE: {"review": got}})
    fields = list(score_cells(compared(gold(tables={TABLE: {"review": due}}), known)))
    theirs = Row(**due).compare_with(Row(**got), include_confusion_matrix=True)["confusion_matrix"]["aggregate"]
    with_number = sum(one.outcome == "right" and one.gold is not None for one in fields)
    ours = {"tp": with_number, "tn": sum(one.outcome == "right" for one in fields) - with_number}
    ours |= {
        name: sum(one.outcome == outcome for one in fields)
        for name, outcome in (("fd", "wrong"), ("fn", "omitted"), ("fa", "spurious"))
    }
    assert ours == {name: theirs[name] for name in ours}
    labels = [[str(row[column]) for column in ROW] for row in (due, got)]
    assert sum(one.outcome == "right" for one in fields) / 5 == accuracy_score(*labels)
