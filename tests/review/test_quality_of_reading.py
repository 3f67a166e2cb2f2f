"""The eval's newest run, as a folder holds it: shown where it is there, and said to be absent where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.result import GateCheck, GateResult, GoldSet, RunResult
from extractor.errors import NotPermittedError, SettingsError
from extractor.review.quality_of_reading import folder_of, newest_run
from extractor.settings import Settings
from tests.stores import ANN, LEAD


def settings(folder: Path | str) -> Settings:
    return Settings(_env_file=None, eval_results=str(folder))  # type: ignore[call-arg]


def test_what_the_eval_writes_is_read(tmp_path: Path) -> None:
    checks = [
        GateCheck("cells", "rules", 0.5, 1.0, 0.0, False, "set own"),
        GateCheck("escapes", "model", 0, 0, 0, True),
    ]
    sets = [GoldSet("own", "labelled", True, 18), GoldSet("far", "labelled", False, 3, "not there")]
    run = RunResult(sets=sets, gate=GateResult(False, checks, ["the baseline stays as it is"]), started="2026-01-02")
    run.write(tmp_path / "report.json")
    found = newest_run(settings(tmp_path), LEAD)
    assert found is not None
    assert found.gate is not None
    assert (found.started, found.reports, found.gate.passed) == ("2026-01-02", 18, False)
    [cells] = found.figures("rules")
    assert (cells.name, cells.value, cells.baseline, cells.passed) == ("cells", 0.5, 1.0, False)


def test_no_run_is_said_to_be_none(tmp_path: Path) -> None:
    assert newest_run(settings(tmp_path), LEAD) is None
    assert newest_run(settings(tmp_path / "nowhere"), LEAD) is None
    assert folder_of(settings("")) == Path("build/eval")


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"gate": 7}', b"\xff\xfe", b'{"sets": [{"cases": 1}]}'])
def test_what_is_no_run_is_told_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "report.json").write_bytes(content)
    with pytest.raises(SettingsError, match="EXTRACTOR_EVAL_RESULTS"):
        newest_run(settings(tmp_path), LEAD)


def test_a_run_without_a_gate_has_no_figures(tmp_path: Path) -> None:
    RunResult().write(tmp_path / "report.json")
    found = newest_run(settings(tmp_path), LEAD)
    assert found is not None
    assert found.figures("rules") == []


def test_only_leads_see_it(tmp_path: Path) -> None:
    with pytest.raises(NotPermittedError):
        newest_run(settings(tmp_path), ANN)
