"""Whole runs over a few reports: engines, failures, replayed answers, and what may become the baseline."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from eval.__main__ import COMMANDS, main
from eval.baseline import read_baseline
from eval.cases import ROOT, Case, Cases, find_cases
from eval.changes import Change
from eval.engines import ENGINES, opened, read_all
from eval.result import CaseResult, GoldSet, RunResult
from eval.run import OUT, accepted, judged, score
from eval.scores import score_case
from eval.script import Script
from extractor.errors import RecordingError
from extractor.forms import builtin_forms
from extractor.llm.answers import answer_type
from extractor.llm.cache import key_of
from extractor.llm.prompts import load_prompt
from extractor.llm.recordings import write_recording
from extractor.llm.wire import strict_schema
from extractor.load import load_document
from extractor.pipeline import ask_about, read_report
from extractor.review.quality_of_reading import FOLDER
from tests.eval.results import TRIPLE, case, cell
from tests.eval.results import run as result
from tests.faulty_server import FaultyServer

FEW = ("lanjiang_water_department_2023", "county_archives_2024")


def few() -> Cases:
    """Two of the project's reports."""
    found = [case for case in find_cases().cases if case.set == "own" and case.id in FEW]
    return Cases(found, [GoldSet("own", "labelled", scored=True, cases=len(found))])


@pytest.fixture(scope="module")
def done() -> RunResult:
    return score(few(), ENGINES)


def of(run: RunResult, engine: str) -> list[CaseResult]:
    return [one for one in run.cases if one.engine == engine]


def test_each_engine_scores_each_report(done: RunResult) -> None:
    assert [engine.name for engine in done.engines] == list(ENGINES)
    assert all(sorted(one.id for one in of(done, name)) == sorted(FEW) for name in ENGINES)
    assert not [one.failure for one in done.cases if one.failure]


def test_rules_read_the_reports_without_a_call(done: RunResult) -> None:
    for one in of(done, "rules"):
        assert [miss.pointer for miss in one.misses if miss.kind != "link"] == []
        assert one.spending.calls == 0
        assert one.spending.seconds > 0


def test_a_script_is_asked_over_the_wire_and_named_as_one(done: RunResult) -> None:
    for engine in done.engines:
        assert engine.scripted == (engine.name != "rules")
        assert ("no model's quality" in engine.label) == engine.scripted
    for name in ("model", "misled", "unaided"):
        assert all(one.spending.calls >= 5 and one.spending.input_tokens > 0 for one in of(done, name))


def test_nothing_wrong_escapes_from_a_model_that_errs(done: RunResult) -> None:
    assert [field.pointer for one in done.cases for field in one.escapes] == []
    unaided = [field for one in of(done, "unaided") for field in one.cells]
    assert any(field.is_miss for field in unaided)
    assert any(field.method == "model" and field.outcome == "right" for field in unaided)


def test_two_runs_over_the_same_reports_are_alike(done: RunResult) -> None:
    again = score(few(), ENGINES)
    assert [untimed(one) for one in again.cases] == [untimed(one) for one in done.cases]


def untimed(one: CaseResult) -> CaseResult:
    return replace(one, spending=replace(one.spending, seconds=0.0))


def test_versions_tell_what_was_run(done: RunResult) -> None:
    assert {"extractor", "python", "form 2021", "form 2019", "prompt clauses"} <= done.versions.keys()


def read(name: str, *cases: Case) -> list[CaseResult]:
    with opened(name) as engine:
        return [score_case(one, reading) for one, reading in read_all([engine], cases)]


@pytest.mark.parametrize("content", [b"", b"\x00\x01", "今日天气晴，宜出行。".encode()])
def test_a_file_that_becomes_no_record_is_a_failure_of_that_report(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.txt").write_bytes(content)
    [first, second] = few().cases
    results = read("rules", replace(first, path=tmp_path / "bad.txt"), second)
    assert [bool(one.failure) for one in results] == [True, False]
    assert results[0].status == "failed"
    assert {field.outcome for field in results[0].cells if field.gold} == {"omitted"}
    assert results[0].escapes == []


def test_a_script_that_is_not_heard_ends_the_run() -> None:
    """Else the figures would be those of the rules, under a model's name."""
    with FaultyServer() as server:
        script = Script(server, 0.0)
    with opened("model") as engine, pytest.raises(RecordingError, match="no answer"):
        list(read_all([replace(engine, answerer=script)], few().cases))


def recorded(folder: Path, one: Case) -> None:
    """Right answers to every question on a case, as ``make record`` keeps a model's."""
    questions = ask_about(read_report(load_document(one.path), builtin_forms()), "model")
    with FaultyServer() as server:
        script = Script(server, 0.0)
    for question in questions:
        content = script._content(one.gold, question) or {"topics": ["other"] * question.content["anchors"]}
        if question.kind == "summary":
            content = {"sentences": ["{organisation}推进了政府信息公开工作。"] * 3}
        version, schema = load_prompt(question.kind).version, strict_schema(answer_type(question))
        write_recording(folder, question, key_of(question, "a-model", version, schema), content)


def test_recorded_answers_are_replayed(tmp_path: Path) -> None:
    [one, _] = few().cases
    recorded(tmp_path, one)
    with opened("model", tmp_path) as engine:
        assert not engine.used.scripted
        [(_, reading)] = read_all([engine], [one])
    assert [miss.pointer for miss in score_case(one, reading).misses if miss.kind == "cell"] == []


def test_a_recording_that_is_stale_ends_the_run(tmp_path: Path) -> None:
    [one, _] = few().cases
    recorded(tmp_path, one)
    path = next(tmp_path.glob("*year*"))
    kept = json.loads(path.read_text("utf-8"))
    kept["key"]["prompt"] = "another"
    path.write_text(json.dumps(kept), "utf-8")
    with opened("model", tmp_path) as engine, pytest.raises(RecordingError, match="stale"):
        list(read_all([engine], [one]))


# ---- accepting ---------------------------------------------------------------------------------------------------

WRONG = cell(*TRIPLE, gold="3", got="4")
FLAGGED = replace(WRONG, flagged_by=["row_sum"], verdict="review")
GOOD = result(case("one"), case("two"))


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Change:
    """A change that git knows nothing of."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return Change(tmp_path)


def test_figures_are_accepted_and_then_demanded(tmp_path: Path, nowhere: Change) -> None:
    path = tmp_path / "baseline.json"
    assert accepted(result(case("one", FLAGGED), case("two")), path, nowhere).passed
    assert accepted(GOOD, path, nowhere).passed
    baseline = read_baseline(path)
    assert judged(GOOD, baseline, nowhere).passed
    assert not judged(result(case("one", FLAGGED), case("two")), baseline, nowhere).passed


@pytest.mark.parametrize("wrong", [WRONG, FLAGGED], ids=["an escape", "a fall that git cannot judge"])
def test_what_may_not_be_accepted_leaves_the_baseline_as_it_is(tmp_path: Path, nowhere: Change, wrong: object) -> None:
    path = tmp_path / "baseline.json"
    accepted(GOOD, path, nowhere)
    before = path.read_bytes()
    gate = accepted(result(case("one", wrong), case("two")), path, nowhere)  # type: ignore[arg-type]
    assert not gate.passed
    assert "stays as it is" in gate.refusals[-1]
    assert path.read_bytes() == before


# ---- the command -------------------------------------------------------------------------------------------------


def test_the_whole_command_over_the_gold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--engine", "rules", "--out", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} >= {"report.json", "report.md", "report.html"}
    run = RunResult.read(tmp_path / "report.json")
    assert [one.name for one in run.sets[:2]] == ["own", "shared"]
    assert run.gate is not None
    assert run.gate.passed
    assert "own" in capsys.readouterr().out


def test_a_faulty_call_has_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--gold", str(tmp_path / "gone"), "--out", str(tmp_path)]) == 2
    assert "gone" in capsys.readouterr().err


def test_every_command_has_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    told = capsys.readouterr().out
    assert all(name in told for name in COMMANDS)


def test_the_report_is_where_the_quality_page_looks_and_not_among_the_records_of_the_demo() -> None:
    assert OUT == ROOT / FOLDER
    [folder] = re.findall(r"^\t@\S+extractor show (\S+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert not OUT.is_relative_to(ROOT / folder)
