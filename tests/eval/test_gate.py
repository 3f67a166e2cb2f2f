"""The gate: what blocks, what passes, what is waived, and what may become the baseline."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from eval.baseline import GATED, Baseline, Figure, lowered, raised, read_baseline
from eval.changes import Change, NoBaseError
from eval.engines import ENGINES
from eval.gate import judge, refusals_of_change
from eval.measures import MEASURES
from eval.result import CaseResult, FieldScore, FindingsScore, GoldSet, RunResult, Waiver
from eval.waivers import read_waivers
from extractor.errors import GoldError
from tests.eval.results import TRIPLE, case, cell, matched, run, value

SET = "eval/gold"
GOOD = run(case("one"), case("two"), case("three"))
BASE = raised(None, GOOD)
WRONG = cell(*TRIPLE, gold="3", got="4")
FLAGGED = replace(WRONG, flagged_by=["row_sum"], verdict="review")
LOST = FieldScore("/narrative/issues/i3", "item", "passages", "omitted", "回访不够及时")


def with_changed(*fields: FieldScore, **more: object) -> RunResult:
    """The good run with the second report changed."""
    return run(case("one"), case("two", *fields, **more), case("three"))


def failed(done: RunResult, *waivers: Waiver) -> list[str]:
    """The measures that block."""
    gate = judge(done, BASE, waivers)
    blocking = [check.name for check in gate.checks if not check.passed and not check.waived]
    assert gate.passed == (not blocking and not gate.refusals)
    return blocking


def test_a_run_passes_by_its_own_baseline() -> None:
    gate = judge(GOOD, BASE)
    assert gate.passed
    assert {check.name for check in gate.checks} >= {"escapes", "nonzero_cells", "reports_cells_right", "year"}


@pytest.mark.parametrize(
    ("changed", "more", "blocks"),
    [
        ([WRONG], {}, {"escapes", "cells", "reports_cells_right"}),
        ([FLAGGED], {}, {"cells", "reports_cells_right", "review_load"}),
        ([cell("applications", "granted", "natural_person", gold=None, got="0")], {}, {"escapes", "cells_spurious"}),
        ([value("year", "2023", "2022")], {}, {"escapes", "year"}),
        ([LOST], {"lists": {"issues": matched("issues", 3, 2)}}, {"escapes", "issues_recall", "issues_soft_f1"}),
        ([], {"status": "needs_review"}, {"straight_through"}),
    ],
)
def test_each_fall_blocks(changed: list[FieldScore], more: dict[str, object], blocks: set[str]) -> None:
    assert blocks <= set(failed(with_changed(*changed, **more)))


def test_a_rise_passes() -> None:
    worse = raised(None, with_changed(FLAGGED))
    assert judge(GOOD, worse).passed


def test_a_measure_that_is_no_longer_scored_blocks() -> None:
    unscored = replace(value("published", "2024-01-20", None), outcome="unscored")
    done = run(*(case(name, unscored) for name in ("one", "two", "three")))
    assert failed(done) == ["published"]


def test_no_baseline_blocks() -> None:
    assert not judge(GOOD, None).passed


def test_an_escape_blocks_whatever_the_baseline() -> None:
    done = with_changed(WRONG)
    gate = judge(done, raised(None, done))
    assert [check.name for check in gate.checks if not check.passed] == ["escapes"]
    assert f"two{WRONG.pointer}" in gate.checks[0].message


def test_an_escape_in_a_further_set_blocks_though_it_has_no_baseline() -> None:
    done = run(case("one"), case("two"), case("three"), case("new", WRONG, set="more"))
    done.sets.append(GoldSet("more", "labelled", scored=True, cases=1))
    assert [check.name for check in judge(done, BASE).checks if not check.passed] == ["escapes"]


@pytest.mark.parametrize("more", [{"hard": True, "why_hard": "a folded page"}, {"origin": "generated"}])
def test_hard_gold_and_generated_reports_do_not_gate(more: dict[str, object]) -> None:
    done = run(case("one"), case("two"), case("three"), case("shown", WRONG, **more))
    assert judge(done, BASE).passed


def test_a_report_that_gated_and_is_gone_blocks() -> None:
    gate = judge(run(case("one"), case("two")), BASE)
    assert not gate.passed
    assert "three" in gate.refusals[0]


def test_a_set_that_is_not_there_does_not_block() -> None:
    done = run(case("one"), case("two"), case("three"), case("real", set="shared"))
    done.sets.append(GoldSet("shared", "labelled", scored=True, cases=1))
    base = raised(None, done)
    absent = replace(GOOD, sets=[*GOOD.sets, GoldSet("shared", "labelled", scored=False, why="not there")])
    assert judge(absent, base).passed


def test_the_band_counts_only_where_the_set_holds_other_reports() -> None:
    """Over the same reports a fall is real; with a new report the figure may move within the band."""
    base = Baseline({"rules": {SET: replace(BASE.engines["rules"][SET])}})
    figures = base.engines["rules"][SET].figures
    base.engines["rules"][SET].figures = figures | {"cells": Figure(1.0, 0.01)}

    def check(done: RunResult) -> bool:
        return next(one.passed for one in judge(done, base).checks if one.name == "cells")

    assert not check(with_changed(FLAGGED))
    assert check(run(case("one"), case("two"), case("three"), case("four", FLAGGED)))


def test_counts_may_grow_with_the_reports() -> None:
    """One false alarm in three reports: as many in three, two in six."""
    alarm = FindingsScore(raised=["row_sum"], false_alarms=["row_sum"])
    base = raised(None, run(case("one", findings=alarm), case("two"), case("three")))

    def check(*names: str, alarms: int) -> bool:
        done = run(*(case(name, findings=alarm) for name in names[:alarms]), *(case(name) for name in names[alarms:]))
        return next(one.passed for one in judge(done, base).checks if one.name == "false_alarms")

    assert check("one", "two", "three", alarms=1)
    assert not check("one", "two", "three", alarms=2)
    assert check("one", "two", "three", "four", "five", "six", alarms=2)
    assert not check("one", "two", "three", "four", alarms=2)


# ---- waivers -----------------------------------------------------------------------------------------------------


def waiver(field: str, *, expired: bool = False) -> Waiver:
    return Waiver(field, "the loader is being rewritten", "2026-12-31", expired=expired)


@pytest.mark.parametrize("field", ["straight_through", f"{SET}/straight_through"])
def test_a_waived_measure_passes_and_says_so(field: str) -> None:
    done = with_changed(status="needs_review")
    assert failed(done) == ["straight_through"]
    assert failed(done, waiver(field)) == []
    checks = judge(done, BASE, [waiver(field)]).checks
    assert [one.name for one in checks if one.waived] == ["straight_through"]


def test_a_waived_field_is_left_out_of_the_counts() -> None:
    assert failed(with_changed(WRONG), waiver(f"two{WRONG.pointer}")) == []
    assert "escapes" in failed(with_changed(WRONG), waiver(f"one{WRONG.pointer}"))


def test_a_waiver_that_ended_fails_the_gate() -> None:
    gate = judge(GOOD, BASE, [waiver("cells", expired=True)])
    assert not gate.passed
    assert "cells" in gate.refusals[0]
    assert "straight_through" in failed(with_changed(status="needs_review"), waiver("straight_through", expired=True))


def test_waivers_are_read_with_their_day(tmp_path: Path) -> None:
    path = tmp_path / "waivers.toml"
    assert read_waivers(path) == []
    path.write_text('[[waiver]]\nfield = "cells"\nreason = "known, being mended"\nuntil = 2026-12-31\n', "utf-8")
    assert [one.expired for one in read_waivers(path, date(2026, 12, 31))] == [False]
    assert [one.expired for one in read_waivers(path, date(2027, 1, 1))] == [True]


@pytest.mark.parametrize(
    "content",
    [
        '[[waiver]]\nfield = "cells"\nuntil = 2026-12-31\n',
        '[[waiver]]\nfield = "cells"\nreason = "known, being mended"\n',
        '[[waiver]]\nreason = "known, being mended"\nuntil = 2026-12-31\n',
        '[[waiver]]\nfield = "cells"\nreason = "known, being mended"\nuntil = "soon"\n',
        '[[waiver]]\nfield = "cells"\nreason = "short"\nuntil = 2026-12-31\n',
        "[[waivers]]\n",
        "nonsense",
    ],
)
def test_a_waiver_without_field_reason_or_day_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "waivers.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(GoldError, match=r"waivers\.toml"):
        read_waivers(path)


# ---- the baseline and the change ---------------------------------------------------------------------------------


def test_a_baseline_is_written_and_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    assert read_baseline(path) is None
    path.write_text(BASE.to_json(), "utf-8")
    assert read_baseline(path) == BASE


def test_sets_that_were_not_scored_keep_their_figures() -> None:
    other = run(case("real", set="shared"), sets=[GoldSet("shared", "labelled", scored=True, cases=1)])
    both = raised(BASE, other)
    assert both.engines["rules"].keys() == {SET, "shared"}
    assert both.of("rules", SET) == BASE.of("rules", SET)


@pytest.mark.parametrize(
    ("done", "falls"),
    [
        (GOOD, []),
        (with_changed(FLAGGED), ["cells ", "reports_cells_right ", "review_load "]),
        (run(case("one"), case("two")), ["report three dropped"]),
    ],
)
def test_what_a_new_baseline_lowers_is_told(done: RunResult, falls: list[str]) -> None:
    told = list(lowered(BASE, raised(BASE, done)))
    assert bool(told) == bool(falls)
    assert all(any(fall in one for one in told) for fall in falls)
    assert list(lowered(raised(BASE, done), BASE)) == [] or not falls


def test_every_engine_has_measures_that_gate() -> None:
    assert set(GATED) == set(ENGINES)
    for names in GATED.values():
        assert {"escapes", "nonzero_cells", "reports_cells_right"} <= set(names) <= set(MEASURES)


Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """A repository with a baseline and an extractor, on its main branch; runs git in it."""

    def run_git(*words: str) -> str:
        named = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *named, *words], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    run_git("init", "-q", "-b", "main")
    put(tmp_path, BASE)
    (tmp_path / "extractor").mkdir()
    (tmp_path / "extractor" / "a.py").write_text("1\n")
    run_git("add", ".")
    run_git("commit", "-q", "-m", "base")
    return run_git


def put(root: Path, baseline: Baseline) -> None:
    """Write a baseline where a project has its own."""
    (root / "eval").mkdir(exist_ok=True)
    (root / "eval" / "baseline.json").write_text(baseline.to_json(), "utf-8")


LOW = raised(BASE, with_changed(FLAGGED))


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize(
    ("low", "touched", "refused"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_a_change_may_not_lower_the_baseline_and_alter_the_extractor(
    tmp_path: Path, git: Git, committed: bool, low: bool, touched: bool, refused: bool
) -> None:
    git("checkout", "-q", "-b", "change")
    new = LOW if low else BASE
    put(tmp_path, new)
    (tmp_path / "notes.txt").write_text("x")
    if touched:
        (tmp_path / "extractor" / "b.py").write_text("2\n")
    if committed:
        git("add", ".")
        git("commit", "-q", "-m", "change")
    refusals, unseen = refusals_of_change(new, Change(tmp_path))
    assert (bool(refusals), unseen) == (refused, [])
    if refused:
        assert "cells" in refusals[0]
        assert "extractor/b.py" in refusals[0]


def test_the_base_is_the_merge_base_not_the_tip_of_main(tmp_path: Path, git: Git) -> None:
    first = git("rev-parse", "HEAD")
    git("checkout", "-q", "-b", "change")
    (tmp_path / "b.txt").write_text("x")
    git("add", ".")
    git("commit", "-q", "-m", "change")
    git("checkout", "-q", "main")
    (tmp_path / "extractor" / "a.py").write_text("9\n")
    git("commit", "-q", "-am", "main moves on")
    git("checkout", "-q", "change")
    change = Change(tmp_path)
    assert (change.base, change.files, change.extractor) == (first, ["b.txt"], [])


def test_on_main_the_base_is_the_commit_before(tmp_path: Path, git: Git) -> None:
    first = git("rev-parse", "HEAD")
    assert Change(tmp_path).base == first
    (tmp_path / "extractor" / "a.py").write_text("2\n")
    assert (Change(tmp_path).base, Change(tmp_path).extractor) == (first, ["extractor/a.py"])
    git("commit", "-q", "-am", "second")
    assert (Change(tmp_path).base, Change(tmp_path).extractor) == (first, ["extractor/a.py"])


def test_another_base_can_be_named(tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    first = git("rev-parse", "HEAD")
    git("commit", "-q", "--allow-empty", "-m", "second")
    git("commit", "-q", "--allow-empty", "-m", "third")
    monkeypatch.setenv("EVAL_BASE", first)
    assert Change(tmp_path).base == first
    monkeypatch.setenv("EVAL_BASE", "no-such-branch")
    with pytest.raises(NoBaseError, match="no-such-branch"):
        _ = Change(tmp_path).base


def test_without_git_that_is_said_and_nothing_is_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, BASE)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    refusals, unseen = refusals_of_change(LOW, Change(tmp_path))
    assert refusals == []
    assert "not looked at" in unseen[0]
    monkeypatch.setenv("PATH", "")
    assert "git cannot be run" in refusals_of_change(LOW, Change(tmp_path))[1][0]


def test_a_first_baseline_is_no_lowering(tmp_path: Path, git: Git) -> None:
    git("rm", "-q", "eval/baseline.json")
    git("commit", "-q", "-m", "no baseline yet")
    put(tmp_path, LOW)
    (tmp_path / "extractor" / "a.py").write_text("2\n")
    assert refusals_of_change(LOW, Change(tmp_path)) == ([], [])


def test_case_results_without_a_set_are_not_gated() -> None:
    assert judge(run(CaseResult("x", "elsewhere", "labelled", "rules", "x.txt", "00")), Baseline()).checks == []
