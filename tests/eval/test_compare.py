"""Two runs held against each other: nothing between equal ones, the very cell between unlike ones."""

from __future__ import annotations

import argparse
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from eval.compare import Comparison, add_arguments, compare, excerpt_line, main, text_of
from eval.result import CaseResult, Excerpt, FieldScore, RunResult
from eval.revision import ROOT, RevisionError, result_of, tree_of

CELL = "/tables/applications/granted/total"
AROUND = Excerpt(120, 121, "（一）予以公开\t3\t", "5", "\n（二）部分公开", line=41)


def cell(pointer: str = CELL, gold: str | None = "5", got: str | None = "5", **more: Any) -> FieldScore:
    table, row, column = pointer.split("/")[2:]
    outcome: Any = "right" if gold == got else "omitted" if got is None else "wrong"
    given: dict[str, Any] = {"table": table, "row": row, "column": column}
    given |= {"nonzero": True, "excerpt": AROUND, "verdict": "accepted"}
    return FieldScore(pointer, "cell", "number", outcome, gold, got, **given | more)


def item(id_: str, gold: str | None, got: str | None, name: str = "issues") -> FieldScore:
    outcome: Any = "right" if gold == got else "omitted" if got is None else "spurious" if gold is None else "wrong"
    return FieldScore(f"/narrative/{name}/{id_}", "item", "passages", outcome, gold, got, verdict="accepted")


def case(id_: str = "songjiang_town_2023", *fields: FieldScore, **more: Any) -> CaseResult:
    given: dict[str, Any] = {"set": "own", "origin": "labelled", "engine": "rules", "source": "source.txt"}
    given |= {"sha256": "0" * 64, "status": "accepted", "fields": list(fields)}
    return CaseResult(id_, **given | more)


def run(*cases: CaseResult) -> RunResult:
    return RunResult(cases=list(cases))


def compared(before: list[FieldScore], after: list[FieldScore]) -> Comparison:
    return compare(run(case("a", *before)), run(case("a", *after)))


def test_a_run_with_itself_shows_no_difference() -> None:
    whole = run(case("a", cell(), item("i1", "目录更新慢", "目录更新慢")), case("b", cell(got="6"), engine="model"))
    found = compare(whole, deepcopy(whole))
    assert not found.differs
    assert found.changes == found.losses == []
    assert found.turned == []
    assert found.paired == 2
    assert {one.p for one in found.shifts} == {1.0}
    assert all(one.before == one.after for one in found.shifts)
    assert text_of(found).endswith("no field differs\nNo difference.")


def test_time_and_money_alone_are_no_difference() -> None:
    before, after = run(case("a", cell())), run(case("a", cell()))
    after.cases[0].spending.seconds, after.cases[0].spending.cost = 9.0, "1.5"
    found = compare(before, after)
    assert not found.differs
    assert {one.name for one in found.shifts} == {"nonzero_cells", "reports_cells_right", "cost", "seconds"}


def test_one_cell_is_named_with_its_line() -> None:
    before = run(case("a", cell()), case("b", cell()))
    after = run(case("a", cell()), case("b", cell(got="6")))
    found = compare(before, after)
    (change,) = found.changes
    assert (change.report, change.pointer, change.kind) == ("own/b@rules", CELL, "lost")
    assert (change.gold, change.before, change.after, change.escape) == ("5", "5", "6", True)
    assert change.excerpt is not None
    text = text_of(found)
    assert f"lost ESCAPE: {CELL}: 5 -> 6 (gold 5)" in text
    assert "line 41: （一）予以公开 3 【5】 （二）部分公开" in text
    assert found.differs


def test_statistics_of_one_cell_by_hand() -> None:
    """One of two reports lost its only cell: 1.0 to 0.5. Each of the four ways to swap leaves one loss on one side."""
    before = run(case("a", cell()), case("b", cell()))
    after = run(case("a", cell()), case("b", cell(got="6")))
    shift = next(one for one in compare(before, after).shifts if one.name == "nonzero_cells")
    assert (shift.before, shift.after, shift.reports) == (1.0, 0.5, 2)
    assert shift.p == 1.0
    assert shift.interval is not None
    assert (shift.interval.low, shift.interval.high) == (-1.0, 0.0)


@pytest.mark.parametrize(
    ("before", "after", "due"),
    [
        ([cell(got="6")], [cell()], ["gained"]),
        ([cell()], [cell(got=None)], ["lost"]),
        ([cell(got="6")], [cell(got="7")], ["wrong otherwise"]),
        ([cell()], [cell(verdict="review")], ["to be looked at"]),
        ([cell(flagged_by=["row_sum"])], [cell()], ["to be looked at no more"]),
        ([cell()], [cell(gold="6", got="6")], ["labelled anew"]),
        ([cell(confidence=0.9)], [cell(confidence=0.8)], []),
    ],
    ids=lambda given: "" if not isinstance(given, list) or not given else str(given[0])[:14],
)
def test_kinds_of_changes(before: list[FieldScore], after: list[FieldScore], due: list[str]) -> None:
    assert [one.kind for one in compared(before, after).changes] == due


def test_a_wrong_value_that_nobody_looks_at_any_more_is_a_loss() -> None:
    found = compared([cell(got="6", verdict="review")], [cell(got="6")])
    assert [(one.kind, one.escape) for one in found.losses] == [("to be looked at no more", True)]


def test_lists_are_paired_by_words_not_by_number() -> None:
    """The first of three issues is lost, so that the others have other ids: one loss, not three."""
    due = ["目录更新慢", "解读少", "渠道单一"]
    before = [item(f"i{at}", words, words) for at, words in enumerate(due, 1)]
    after = [item("gold-1", due[0], None), item("i1", due[1], due[1]), item("i2", due[2], due[2])]
    (change,) = compared(before, after).changes
    assert (change.kind, change.gold, change.after) == ("lost", "目录更新慢", None)


def test_what_was_read_too_much_counts() -> None:
    assert [one.kind for one in compared([], [item("i4", None, "多出的一句")]).changes] == ["lost"]
    assert [one.kind for one in compared([item("i4", None, "多出的一句")], []).changes] == ["gained"]


def test_a_field_that_the_gold_says_nothing_of_is_no_change() -> None:
    unscored = FieldScore("/published", "value", "same", "unscored", None, "2024-01-02")
    other = FieldScore("/published", "value", "same", "unscored", None, "2024-01-03")
    assert compared([unscored], [other]).changes == []


def test_reports_of_one_run_alone_are_named_and_not_counted() -> None:
    before = run(case("a", cell()), case("b", cell(got="6")), case("d", cell(), sha256="1" * 64))
    after = run(case("a", cell()), case("c", cell()), case("a", cell(), engine="model"), case("d", cell(got="6")))
    found = compare(before, after)
    assert (found.only_before, found.only_after) == (["own/b@rules"], ["own/c@rules", "own/a@model"])
    assert found.resourced == ["own/d@rules"]
    assert (found.paired, found.changes, found.differs) == (1, [], True)


def test_engines_and_origins_are_never_mixed() -> None:
    cases = [case("a", cell()), case("b", cell(), origin="generated"), case("c", cell(), engine="model")]
    cases.append(case("d", cell(), hard=True))
    groups = {one.group for one in compare(run(*cases), run(*deepcopy(cases))).shifts}
    assert groups == {"rules, labelled", "rules, generated", "model, labelled", "rules, labelled, hard"}


def test_a_report_that_became_none_is_told() -> None:
    failed = case("a", cell(got=None), status="failed", failure="damaged_file")
    found = compare(run(case("a", cell())), run(failed))
    assert found.turned == [("own/a@rules", "accepted", "failed (damaged_file)")]


# ---- the command -------------------------------------------------------------------------------------------------


def called(*words: str) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return main(parser.parse_args(words))


def test_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    better, worse = tmp_path / "better" / "report.json", tmp_path / "worse.json"
    run(case("a", cell())).write(better)
    run(case("a", cell(got="6"))).write(worse)
    assert called(str(better), str(better.parent)) == 0
    assert called(str(better), str(worse), "--json", str(tmp_path / "out" / "c.json")) == 1
    assert CELL in (tmp_path / "out" / "c.json").read_text()
    assert called(str(worse), str(better), "--losses") == 0
    assert called(str(better), str(worse), "--losses") == 1
    assert called(str(better), "no-such-revision") == 2
    assert "neither a result file" in capsys.readouterr().err


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text('{"cases": 3}')
    with pytest.raises(ValueError, match="cases"):
        result_of(str(path))


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout: there are no revisions")
def test_a_tree_has_the_extractor_of_its_revision(tmp_path: Path) -> None:
    tree = tree_of("HEAD", tmp_path / "tree")
    assert (tree / "extractor" / "pipeline.py").is_file()
    assert not (tree / "extractor").is_symlink()
    assert (tree / "eval").resolve() == ROOT / "eval"
    with pytest.raises(RevisionError, match="no-such-revision"):
        tree_of("no-such-revision", tmp_path / "other")


def test_page_and_line_of_an_excerpt() -> None:
    assert excerpt_line(Excerpt(0, 1, "", "0", "", line=3, page=2)) == "line 3, page 2:  【0】 "
