"""Every measure by a hand-computed report."""

from __future__ import annotations

import pytest

from eval.measures import HEADLINES, MEASURES, by_place, confidence_pairs, confusions
from eval.result import CaseResult, FieldScore, FindingsScore, ItemMatch, ListScore, RunResult, Spending, SummaryScore
from tests.eval.results import cell, outcome_of, run, value


def one_case(*fields: FieldScore, **more: object) -> CaseResult:
    """A report of just these fields."""
    found = CaseResult("a", "own", "labelled", "rules", "a.txt", "00", fields=list(fields), status="accepted")
    for name, given in more.items():
        setattr(found, name, given)
    return found


CELLS = (
    cell("t", "r1", "a", gold="3", got="3"),
    cell("t", "r1", "b", gold="0", got="0"),
    cell("t", "r1", "c", gold=None, got=None),
    cell("t", "r2", "a", gold="5", got="6"),
    cell("t", "r2", "b", gold="2", got=None, verdict="review", confusion="number read as blank"),
    cell("t", "r2", "c", gold=None, got="0", flagged_by=["row_sum"], confusion="blank read as zero"),
)
"""Six cells: two of four numbers right (one of three that are not 0), one wrong, one omitted, one spurious."""

SPOILT = one_case(
    *CELLS,
    value("organisation", "甲", "甲"),
    value("year", "2023", "2022", verdict="review"),
    FieldScore("/form", "value", "same", "unscored", None, "2021", verdict="accepted"),
    FieldScore("/evidence/tables/t/r1/c/state", "state", "same", "right", "blank", "blank"),
    FieldScore("/narrative/issues/i1", "item", "passages", "right", "甲", "甲", verdict="accepted", confidence=0.9),
    FieldScore("/narrative/issues/gold-2", "item", "passages", "omitted", "乙"),
    FieldScore("/narrative/claims/forbidden-1", "forbidden", "claims", "right"),
    lists={
        "issues": ListScore("issues", 2, 1, 1, 1, 1.0, 0.5, 2 / 3, [ItemMatch(0, "i1", 1.0, exact=True)]),
        "claims": ListScore("claims", 4, 3, 3, 3, None, 0.75, None),
        "links": ListScore("links", 0, 0, 0, 0, None, None, None, scored=False),
    },
    findings=FindingsScore(expected=["a", "b"], raised=["a", "c"], missed=["b"], false_alarms=["c"]),
    summary=SummaryScore("extractive", 10, 0.5, 4.0, 8.0, 4, 3),
    spending=Spending(2, 300, 100, 40, "0.0125", "USD", 1.5),
)


@pytest.mark.parametrize(
    ("name", "due"),
    [
        ("cells", 3 / 6),
        ("nonzero_cells", 1 / 3),
        ("reports_cells_right", 0),
        ("reports_all_right", 0),
        ("cells_wrong", 1 / 6),
        ("cells_omitted", 1 / 6),
        ("cells_spurious", 1 / 6),
        ("states", 1),
        ("organisation", 1),
        ("year", 0),
        ("form", None),
        ("title", None),
        ("issues_precision", 1),
        ("issues_recall", 1 / 2),
        ("issues_soft_f1", 2 / 3),
        ("issues_exact", 1 / 2),
        ("improvements_recall", None),
        ("claims_recall", 3 / 4),
        ("forbidden_claims_absent", 1),
        ("links_recall", None),
        ("findings_recall", 1 / 2),
        ("false_alarms", 1),
        ("escapes", 2),
        ("escape_rate", 1 / 5),
        ("reports_with_escape", 1),
        ("straight_through", 1),
        ("straight_through_right", 0),
        ("review_load", 3 / 10),
        ("vain_review", 0),
        ("summary_coverage", 0.5),
        ("summary_grounded", 3 / 4),
        ("cost", 0.0125),
        ("calls", 2),
        ("input_tokens", 300),
        ("seconds", 1.5),
    ],
)
def test_each_measure_of_a_spoilt_report(name: str, due: float | None) -> None:
    """Escapes: the cell read 6 for 5, and the issue that was lost; all other misses are flagged or held for review."""
    found = MEASURES[name].of([SPOILT])
    assert found == (pytest.approx(due) if due is not None else None)


def test_shares_are_over_all_that_there_is_not_means_of_reports() -> None:
    other = one_case(cell("t", "r1", "a"), cell("t", "r1", "b"))
    assert MEASURES["cells"].of([SPOILT, other]) == pytest.approx(5 / 8)
    assert MEASURES["reports_cells_right"].of([SPOILT, other]) == pytest.approx(1 / 2)
    assert MEASURES["escapes"].of([SPOILT, other]) == 2
    assert MEASURES["seconds"].of([SPOILT, one_case(spending=Spending(seconds=0.5))]) == pytest.approx(1.0)


@pytest.mark.parametrize("name", [one for one in MEASURES if MEASURES[one].unit == "share"])
def test_nothing_to_score_is_not_zero(name: str) -> None:
    assert MEASURES[name].of([]) is None
    assert name in HEADLINES or MEASURES[name].of([one_case()]) in (None, 0, 1)
    assert MEASURES["cells"].of([one_case()]) is None


def test_places_are_ranked_from_the_worst() -> None:
    rows = by_place([SPOILT], "row")
    assert list(rows.items()) == [("t/r2", (0, 3)), ("t/r1", (3, 3))]
    assert by_place([SPOILT], "table") == {"t": (3, 6)}
    assert by_place([SPOILT], "column")["t/a"] == (1, 2)


def test_confusions_are_counted_by_name() -> None:
    assert confusions([SPOILT]) == {"number read as blank": 1, "blank read as zero": 1}


def test_points_of_the_curves_are_fields_with_a_confidence() -> None:
    pairs = confidence_pairs([SPOILT])
    assert (len(pairs), sum(right for _, right in pairs)) == (9, 5)


def test_a_run_comes_back_from_json_as_it_was() -> None:
    done = run(SPOILT)
    assert RunResult.from_json(done.to_json()) == done
    with pytest.raises(ValueError, match="cases"):
        RunResult.from_json('{"cases": 3}')


def test_outcomes_of_the_factory_are_those_of_the_scores() -> None:
    assert [outcome_of(*pair) for pair in (("3", "3"), ("3", None), (None, "0"), ("3", "8"))] == [
        "right",
        "omitted",
        "spurious",
        "wrong",
    ]
