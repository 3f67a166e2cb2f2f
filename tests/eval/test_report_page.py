"""What the report says: verdict, chapters that are never mixed, misses with their place, sets, waivers, changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval.measures import MEASURES
from eval.report.breakdown import worst_section
from eval.report.headlines import headline, interval_text
from eval.report.misses import MOST, miss_section
from eval.report.page import page_of
from eval.report.view import Chapter, MissView, Page, Section, Table
from eval.report.wording import words
from eval.result import CaseResult, FieldScore, GateCheck, GateResult
from eval.statistics import lower_bound, upper_bound
from tests.eval.results import RULES, SCRIPTED, TRIPLE, case, cell, compared, excerpt, many, missed, run, waiver


def section(page: Page | Chapter, name: str) -> Section:
    held = [*page.sections, *(page.closing if isinstance(page, Page) else [])]
    return next(one for one in held if one.id.rpartition("-")[2] == name or one.id == name)


def column(table: Table, title: str) -> list[str]:
    return [row[table.titles.index(title)].text for row in table.rows]


def words_of(miss: MissView) -> tuple[str, str]:
    gold, got = ("".join(piece.text for piece in side) for side in (miss.gold, miss.got))
    return gold, got


def test_every_measure_has_a_name_and_a_meaning() -> None:
    assert set(words("measure")) == set(MEASURES)
    shown = {name for names in words("headline_groups").values() for name in names}
    assert shown <= set(words("means"))
    spent = {"cost", "calls", "input_tokens", "cached_input_tokens", "output_tokens", "seconds"}
    assert set(MEASURES) - shown == spent


# ---- the verdict -------------------------------------------------------------------------------------------------


def test_the_verdict_without_misses() -> None:
    page = page_of(run(*many()))
    assert (page.verdict, page.tone) == ("The gate lets this change pass", "good")
    assert page.reasons == ["No escape: not one of the accepted values is wrong."]
    assert section(page.chapters[0], "misses").nothing == "No miss: every scored field is right."


def test_escapes_come_before_all_else() -> None:
    page = page_of(run(*many(), *missed()))
    assert page.verdict == "3 escapes: wrong values that nobody would look at"
    first = page.chapters[0].sections[0]
    assert (first.title, first.loud, len(first.misses)) == ("Escapes", True, 3)


def test_a_blocked_change_says_why() -> None:
    check = GateCheck("nonzero_cells", "rules", 0.9, 1.0, 0.01, False, "10 points below")
    page = page_of(run(*many(), gate=GateResult(False, [check], ["the baseline was lowered"])))
    assert (page.verdict, page.tone) == ("The gate blocks this change", "bad")
    assert page.reasons[1:] == ["Refused: the baseline was lowered", "Non-zero cells right (rules): 10 points below"]
    assert column(section(page, "gate").tables[0], "Result") == ["blocks"]


def test_a_run_without_a_gate() -> None:
    assert page_of(run(*many(), gate=None)).verdict == "No gate was asked: a run for information"


def test_a_run_of_nothing() -> None:
    page = page_of(run(gate=None))
    assert (page.chapters, page.tone) == ([], "warn")


# ---- what is mixed with what -------------------------------------------------------------------------------------


def test_engines_and_origins_have_chapters_of_their_own() -> None:
    reports = [case("a"), case("a", engine="model"), case("g", origin="generated", set="generated")]
    chapters = page_of(run(*reports, engines=[RULES, SCRIPTED])).chapters
    assert [chapter.title for chapter in chapters] == [
        "Labelled by hand: rules",
        "Scripted server: model, replayed recordings",
        "Generated reports: rules",
    ]
    assert [bool(chapter.warning) for chapter in chapters] == [False, True, True]
    assert "say nothing of any model's quality" in chapters[1].warning


def test_hard_reports_do_not_count() -> None:
    wrong = cell(*TRIPLE, gold="3", got="4", excerpt=excerpt())
    page = page_of(run(case("easy"), case("hard", wrong, hard=True, why_hard="folded page")))
    assert page.tone == "good"
    assert page.chapters[0].cards[0].value == "0"
    assert column(section(page.chapters[0], "hard").tables[0], "Why it is hard") == ["folded page"]
    assert [miss.report for miss in page.chapters[0].sections[-1].misses] == []
    assert page.chapters[0].sections[-1].notes == ["1 escape above, not repeated here."]


def test_sets_that_were_not_scored_are_named() -> None:
    page = page_of(run(case()))
    table = section(page, "sets").tables[0]
    assert column(table, "Set") == ["eval/gold", "../shared"]
    assert column(table, "Scored") == ["yes", "not scored"]
    assert column(table, "Why not")[1] == "the folder is not there"
    assert ("Sets not scored", "../shared") in [(fact.name, fact.value) for fact in page.facts]


def test_waivers_are_shown_and_ended_ones_told() -> None:
    page = page_of(run(case(), waivers=[waiver(), waiver("/year", "2026-01-01", expired=True)]))
    table = section(page, "waivers").tables[0]
    assert column(table, "State") == ["in force", "ended: no longer holds"]
    assert ("Waivers in force", "1") in [(fact.name, fact.value) for fact in page.facts]


# ---- figures -----------------------------------------------------------------------------------------------------


def test_a_perfect_headline_is_given_the_exact_bound_over_reports() -> None:
    found = headline("nonzero_cells", many(18))
    assert (found.value, found.bound, found.reports) == (1, lower_bound(18, 18), 18)
    assert interval_text(found) == "at least 84.7%"
    escapes = headline("reports_with_escape", many(18))
    assert (escapes.value, escapes.bound) == (0, upper_bound(0, 18))


def test_a_headline_with_misses_has_an_interval_over_reports() -> None:
    wrong = cell(*TRIPLE, gold="3", got="4", flagged_by=["row_sum"])
    found = headline("reports_cells_right", [*many(9), case("w", wrong)])
    assert (found.value, found.bound) == (0.9, None)
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((0.7, 1.0), abs=0.01)


def test_what_is_not_scored_is_not_shown_as_zero() -> None:
    page = page_of(run(case(lists={})))
    shown = [row[0].text for table in section(page.chapters[0], "headlines").tables for row in table.rows]
    assert "Issues: recall" not in shown
    assert "Year" in shown


def test_slices_add_up() -> None:
    page = page_of(run(*many(18)))
    for table in section(page.chapters[0], "slices").tables:
        assert sum(map(int, column(table, "Reports"))) == 18


def test_the_worst_field_comes_first_with_its_label() -> None:
    wrong = cell(*TRIPLE, gold="3", got="4", flagged_by=["row_sum"])
    other = cell("review_litigation", "review", "upheld", gold="2", got=None)
    found = worst_section([case("a", wrong, other), case("b", wrong), case("c")], "c1").tables[0]
    assert [row[0].key if hasattr(row[0], "key") else row[0].text for row in found.rows] == [
        "applications · granted · total",
        "review_litigation · review · upheld",
    ]
    assert found.rows[0][0].label == "（一）予以公开 · 总计"
    assert column(found, "Misses") == ["2", "1"]
    assert column(found, "Of") == ["3", "3"]
    assert column(found, "Escapes") == ["0", "1"]


def test_findings_are_counted_over_reports() -> None:
    page = page_of(run(*many(2), *missed()[1:2]))
    table = section(page.chapters[0], "findings").tables[0]
    told = {row[0].text: [one.text for one in row[1:6]] for row in table.rows}
    assert told == {"row_sum": ["3", "2", "1", "0", "0"], "column_sum": ["0", "1", "0", "1", "0"]}


# ---- misses ------------------------------------------------------------------------------------------------------


def test_a_miss_shows_gold_got_and_the_source_around_it() -> None:
    wrong = cell(*TRIPLE, gold="3", got="4", flagged_by=["row_sum"], excerpt=excerpt())
    miss = miss_section([case("a", wrong)], "c1").misses[0]
    assert words_of(miss) == ("3", "4")
    assert miss.quote is not None
    assert (miss.quote.before, miss.quote.quote, miss.quote.after) == ("（一）予以公开 │ ", "4", " │ 0 │ 1")
    assert (miss.quote.place, miss.label) == ("line 41", "（一）予以公开 · 总计")


@pytest.mark.parametrize(
    ("gold", "got", "states", "shown"),
    [
        (None, "0", {"gold_state": "blank"}, ("no number: the cell is blank", "0")),
        ("2", None, {"got_state": "missing"}, ("2", "no number: no such row, column or table")),
        ("2", None, {}, ("2", "nothing")),
    ],
)
def test_no_number_is_said_in_words(
    gold: str | None, got: str | None, states: dict[str, str], shown: tuple[str, str]
) -> None:
    wrong = cell(*TRIPLE, gold=gold, got=got, flagged_by=["row_sum"], **states)
    assert words_of(miss_section([case("a", wrong)], "c1").misses[0]) == shown


def test_texts_are_marked_where_they_differ() -> None:
    item = FieldScore("/narrative/issues/i1", "item", "match", "wrong", "目录更新偏慢", "目录更新慢", flagged_by=["x"])
    miss = miss_section([case("a", item)], "c1").misses[0]
    assert [piece.text for piece in miss.gold if piece.marked] == ["偏"]


def test_a_report_that_is_no_record_is_one_line() -> None:
    found = miss_section([missed()[3]], "c1")
    assert found.misses == []
    assert found.notes == [
        "eval/gold/broken_2020@rules: No record: not_a_report. All its 200 fields count as left out."
    ]


def test_a_page_is_not_flooded() -> None:
    wrong = [cell("t", "r", str(at), gold="1", got="2", flagged_by=["row_sum"]) for at in range(MOST + 5)]
    found = miss_section([case("a", *wrong)], "c1")
    assert len(found.misses) == MOST
    assert found.notes == ["5 more are in report.json."]


# ---- against the baseline ----------------------------------------------------------------------------------------


def changed(before: CaseResult, after: CaseResult) -> Section:
    return section(page_of(run(after), compared((before, after))), "compared")


def test_two_equal_runs_do_not_differ() -> None:
    found = changed(case(), case())
    assert found.nothing == "No difference: on the same reports, every field came out as before."
    assert (found.misses, found.loud) == ([], False)


def test_one_cell_that_differs_is_named() -> None:
    right, wrong = (
        cell(*TRIPLE, gold="3", got=got, flagged_by=flags) for got, flags in (("3", []), ("4", ["row_sum"]))
    )
    found = changed(case("a", right), case("a", replace(wrong, excerpt=excerpt())))
    (miss,) = found.misses
    assert (miss.tag, miss.pointer, words_of(miss)) == ("lost", "/tables/applications/granted/total", ("3", "4"))
    assert "".join(piece.text for piece in miss.was) == "3"
    assert found.loud
    assert found.notes[0].startswith("1 report in both runs: 0 fields gained, 1 lost")


def test_without_a_baseline_it_says_so() -> None:
    assert section(page_of(run(case())), "compared").nothing.startswith("No earlier run was given")
