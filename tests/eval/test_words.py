"""Identity, claims, findings and summaries, by hand-computed cases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from eval.metrics import LIST_METRICS, METRICS
from eval.result import FieldScore
from eval.scores.claims import score_claims
from eval.scores.findings import findings_of, score_findings
from eval.scores.identity import score_identity
from eval.scores.summary import against, fragments, score_summary
from extractor.forms import builtin_forms
from extractor.record import Narrative, Period
from tests.eval.scoring import claim, compared, finding, gold, record
from tests.factories import document_of


def value(name: str, due: dict[str, Any], got: dict[str, Any]) -> FieldScore:
    fields = score_identity(compared(gold(**due), record(**got)))
    return next(one for one in fields if one.pointer == f"/{name}")


@pytest.mark.parametrize(
    ("name", "due", "got", "outcome"),
    [
        ("organisation", {}, {"organisation": "青石镇人民政府"}, "right"),
        ("organisation", {}, {"organisation": "青石镇"}, "right"),
        ("organisation", {}, {"organisation": "青石 镇"}, "right"),
        ("organisation", {}, {"organisation": "青石镇政府"}, "wrong"),
        ("organisation", {}, {"organisation": None}, "omitted"),
        ("organisation", {"organisation": {"name": None, "accepted": []}}, {"organisation": None}, "right"),
        ("organisation", {"organisation": {"name": None, "accepted": []}}, {}, "spurious"),
        ("year", {}, {"year": 2022}, "wrong"),
        ("year", {"unscored": ["year"]}, {"year": 2022}, "unscored"),
        ("form", {}, {"form": "2019"}, "wrong"),
        ("title", {}, {"title": "青石镇２０２３年 政府信息公开工作年度报告"}, "right"),
        ("title", {"title_accepted": ["公开年报"]}, {"title": "公开年报"}, "right"),
        ("title", {}, {"title": "公开年报"}, "wrong"),
        ("period", {}, {"period": Period(date(2023, 1, 1), date(2023, 12, 30))}, "wrong"),
        ("period", {"period": None}, {"period": None}, "right"),
        ("published", {"published": "2024-01-09"}, {"published": date(2024, 1, 9)}, "right"),
        ("published", {"published": "2024-01-09"}, {}, "omitted"),
        ("published", {}, {"published": date(2024, 1, 9)}, "spurious"),
    ],
)
def test_identity(name: str, due: dict[str, Any], got: dict[str, Any], outcome: str) -> None:
    assert value(name, due, got).outcome == outcome


def test_a_wrong_name_escapes_unless_a_finding_doubts_it() -> None:
    doubt = finding("organisation_uncertain", "/organisation", severity="warning")
    assert value("organisation", {}, {"organisation": "乙县"}).is_escape
    assert not value("organisation", {}, {"organisation": "乙县", "findings": [doubt]}).is_escape


def test_every_field_of_every_form_has_a_metric_that_there_is() -> None:
    for form in builtin_forms():
        kinds = {column.kind for table in form.tables for column in table.columns.values()}
        assert kinds <= form.scoring.cells.keys()
        assert {*form.scoring.values.values(), *form.scoring.cells.values()} <= METRICS.keys()
        assert {one.metric for one in form.scoring.lists.values()} <= set(LIST_METRICS)


# ---- claims ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "outcome", "got"),
    [
        ([claim()], "right", "items_disclosed = 12 (own)"),
        ([claim(text="本镇全年 公开信息12条。")], "right", "items_disclosed = 12 (own)"),
        ([claim(value=21)], "wrong", "items_disclosed = 21 (own)"),
        ([claim(scope="wider")], "wrong", "items_disclosed = 12 (wider)"),
        ([claim(metric="reviews")], "omitted", None),
        ([claim(text="另处公开12条")], "omitted", None),
        ([], "omitted", None),
    ],
)
def test_a_claim_that_is_due(made: list[Any], outcome: str, got: str | None) -> None:
    fields, score = score_claims(compared(got=record(narrative=Narrative(claims=made))))
    due = next(one for one in fields if one.kind == "claim" and one.gold)
    assert (due.outcome, due.got) == (outcome, got)
    assert (score.recall, score.precision) == (float(outcome == "right"), None)


def test_other_claims_of_the_record_are_not_scored() -> None:
    more = claim(id="c2", metric="reviews", value=3, text="复议3件")
    fields, _ = score_claims(compared(got=record(narrative=Narrative(claims=[claim(), more]))))
    assert [(one.pointer, one.outcome) for one in fields] == [
        ("/narrative/claims/c1", "right"),
        ("/narrative/claims/c2", "unscored"),
    ]


def test_one_claim_answers_for_one_label() -> None:
    twice = [{"metrics": ["items_disclosed", "reviews"], "value": 12, "quote": "公开信息12条"}] * 2
    _, score = score_claims(compared(gold(claims=twice)))
    assert (score.matched, score.recall) == (1, 0.5)


@pytest.mark.parametrize(
    ("made", "outcome"), [(claim(), "right"), (claim(metric="reviews", value=0, text="未发生复议一类情形"), "spurious")]
)
def test_a_forbidden_claim(made: Any, outcome: str) -> None:
    forbidden = [{"metric": "reviews", "value": 0, "quote": "未发生复议"}]
    due = compared(gold(forbidden_claims=forbidden, claims=[]), record(narrative=Narrative(claims=[made])))
    field = next(one for one in score_claims(due)[0] if one.kind == "forbidden")
    assert field.outcome == outcome
    assert field.is_escape == (outcome == "spurious")


# ---- findings ----------------------------------------------------------------------------------------------------


def test_findings_are_expected_missed_and_false() -> None:
    found = [finding("row_sum"), finding("unmatched_row"), finding("stale_year", severity="warning")]
    due = gold(expected_findings=["row_sum", "blank_table"], allowed_findings=["carry_balance"])
    codes = findings_of(due, record(findings=found))
    assert (codes.expected, codes.missed) == (["blank_table", "row_sum"], ["blank_table"])
    assert (codes.false_alarms, codes.warnings) == (["unmatched_row"], ["stale_year"])
    fields = {one.pointer: one.outcome for one in score_findings(compared(due, record(findings=found)))}
    assert fields == {
        "/findings/blank_table": "omitted",
        "/findings/row_sum": "right",
        "/findings/unmatched_row": "spurious",
    }


def test_an_allowed_finding_is_no_false_alarm_and_not_missed() -> None:
    due = gold(allowed_findings=["row_sum"])
    assert findings_of(due, record()).missed == []
    assert findings_of(due, record(findings=[finding("row_sum")])).false_alarms == []


@pytest.mark.parametrize(("status", "outcome"), [("accepted", "right"), ("needs_review", "wrong")])
def test_the_status_is_scored_where_it_is_labelled(status: str, outcome: str) -> None:
    fields = list(score_findings(compared(gold(expected_status="accepted"), record(status=status))))
    assert [(one.pointer, one.outcome, one.is_escape) for one in fields] == [("/status", outcome, False)]


# ---- summaries ---------------------------------------------------------------------------------------------------


def test_a_summary_that_was_cut_out_is_covered_whole() -> None:
    """18 letters in one fragment of 18: coverage 1, density 18² / 18; the report is twice as long."""
    score = against("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未", "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未" + "申" * 18)
    assert (score.coverage, score.density, score.compression) == (1.0, 18.0, 2.0)


def test_a_summary_in_other_words() -> None:
    """Fragments 甲乙 and 丁 of five letters: coverage 3/5, density (4 + 1)/5."""
    assert list(fragments("甲乙申丁酉", "丙甲乙丙丁")) == ["甲乙", "丁"]
    score = against("甲乙申丁酉", "丙甲乙丙丁")
    assert (score.coverage, score.density, score.compression) == (0.6, 1.0, 1.0)


def test_the_longest_fragment_is_taken_at_each_place() -> None:
    assert list(fragments("甲乙丙", "甲乙戊乙丙甲乙丙")) == ["甲乙丙"]


def test_numerals_of_a_summary_are_in_the_report() -> None:
    score = against("公开1,200条，办结３件，收费2.50元，复议9件", "公开1200条，办结3件，收费2.5元，来访90人")
    assert (score.numerals, score.grounded) == (4, 3)


def test_no_summary_has_no_scores() -> None:
    document = document_of("甲乙丙")
    assert score_summary(record(narrative=Narrative()), document).coverage is None
    assert score_summary(None, None).numerals == 0
    scored = score_summary(record(), document_of("本镇全年公开信息12条。"))
    assert (scored.method, scored.coverage, scored.grounded) == ("extractive", 1.0, 1)
