"""How runs end where an endpoint does not answer: told, resumable, with every call in the ledger."""

from __future__ import annotations

import json
import threading
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, update

from extractor.bulk.answering import _MOST_SETBACKS
from extractor.bulk.runner import _GRACE as GRACE
from extractor.bulk.runner import Runner
from extractor.bulk.runs import Run
from extractor.bulk.settling import Outcome, Written, write
from extractor.bulk.status import retry, status
from extractor.bulk.watch import Watching
from extractor.bulk.watch_metrics import metrics_at
from extractor.errors import SettingsError
from extractor.forms import builtin_forms
from extractor.load import load_document
from extractor.pipeline import ask_about, read_report
from extractor.store.job_tables import job_source
from tests import faulty_server as faults
from tests.bulk.running import Bench, report, reports
from tests.bulk.test_asking import configure, paths, totals
from tests.faulty_server import Fault, Turn
from tests.llm.test_extract import SEEDS, serve
from tests.stores import ON_A_FILE, ON_A_SERVER

__all__ = ["paths"]
PROBE = 1
"""The call that finds out how the endpoint takes schemas."""


@ON_A_FILE
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (faults.damaged_json, "the endpoint's reply is damaged"),
        (faults.status(429), "a longer pause than is waited for"),
        (faults.status(429, retry_after="3600"), "a longer pause than is waited for"),
        (faults.status(404), "the endpoint has no such model"),
    ],
    ids=["damaged", "refused", "closed for an hour", "no such model"],
)
def test_an_endpoint_that_never_answers_ends_a_run(
    bench: Bench,
    paths: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fault: Fault,
    told: str,
) -> None:
    with serve(paths, always=fault) as server:
        server.faulty_probes = True
        configure(bench, monkeypatch, server, EXTRACTOR_SECONDS_OF_WAITING="0.2", EXTRACTOR_MODEL_REPEATS="0")
        assert bench.run(paths[0].parent, engine="model") == 3
        calls = len(server.requests)
        assert totals(bench)["calls"] == calls + len(server.probes)
        assert calls <= 40 * _MOST_SETBACKS * len(SEEDS)
        said = capsys.readouterr().err
        assert told in said and "to go on: extractor bulk run --job bulk" in said
        assert bench.states() == {"pending": len(SEEDS)}
        server.always = faults.honest
        assert bench.run(engine="model") == 0
    assert bench.states() == {"done": len(SEEDS)}


def test_calls_of_reports_that_go_back_when_a_run_ends_are_in_the_ledger(
    bench: Bench,
    paths: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("extractor.bulk.runner._GRACE", 0.5)
    with serve(paths) as server:
        configure(bench, monkeypatch, server)
        ended = threading.Event()

        def answers_some(turn: Turn) -> None:
            if len(server.requests) < 8:
                faults.honest(turn)
            else:
                ended.wait(30)

        server.always = answers_some
        monkeypatch.setattr(
            "extractor.bulk.runner.Runner._stop_if_asked",
            lambda runner: runner._stop("stopped") if len(server.requests) >= 12 and not runner.ending else None,
        )
        assert bench.run(paths[0].parent, engine="model") == 3
        ended.set()
        assert totals(bench)["calls"] == len(server.requests) + PROBE
        assert len(server.requests) >= 12
    assert bench.states().get("running", 0) == 0


@ON_A_FILE
def test_calls_of_reports_that_were_being_written_are_in_the_ledger(
    bench: Bench, paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(connection: Connection, run: Run, outcomes: Sequence[Outcome], *more: Any) -> Written:
        if any(one.attempts for one in outcomes):
            raise KeyboardInterrupt
        return write(connection, run, outcomes, *more)

    monkeypatch.setattr("extractor.bulk.runner.write", ended)
    with serve(paths) as server:
        configure(bench, monkeypatch, server)
        with pytest.raises(KeyboardInterrupt):
            bench.run(paths[0].parent, engine="model")
        assert totals(bench)["calls"] == len(server.requests) + len(server.probes)


@ON_A_FILE
def test_stopping_while_an_archive_is_opened_for_members_that_wait_takes_no_grace(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with zipfile.ZipFile(folder / "a.zip", "w") as packed:
        for seed in range(3):
            packed.writestr(f"{seed}.txt", report(seed))
    assert bench.run(folder) == 0
    store = bench.store()
    with store.writing() as connection:
        members = update(job_source).where(job_source.c.parent_id.is_not(None))
        connection.execute(members.values(state="pending", run_id=None, sha256=None))
    store.close()

    def stop_once_it_is_being_opened(runner: Runner) -> None:
        if not runner.ending:
            runner.supply.fill()
            runner._stop("stopped")

    monkeypatch.setattr("extractor.bulk.runner.Runner._stop_if_asked", stop_once_it_is_being_opened)
    begun = time.monotonic()
    assert bench.run() == 3
    assert time.monotonic() - begun < GRACE / 2
    assert bench.states() == {"pending": 3, "opened": 1}


@ON_A_FILE
@pytest.mark.parametrize(("then", "unanswered"), [(faults.honest, 0), (faults.status(400), len(SEEDS))])
def test_an_endpoint_that_refuses_every_question_ends_a_run_and_the_next_one_goes_on(
    bench: Bench,
    paths: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    then: Fault,
    unanswered: int,
) -> None:
    monkeypatch.setattr("extractor.bulk.answering._MOST_IN_VAIN", len(SEEDS))
    with serve(paths, always=faults.status(400)) as server:
        configure(bench, monkeypatch, server)
        assert bench.run(paths[0].parent, engine="model") == 3
        assert "the endpoint does not accept the request" in capsys.readouterr().err
        assert bench.states() == {"pending": len(SEEDS)}
        server.always = then
        assert bench.run(engine="model") == 0
        assert totals(bench)["calls"] == len(server.requests) + len(server.probes)
    assert bench.states() == {"done": len(SEEDS)}
    said = capsys.readouterr().err
    told = f"{unanswered} done without an answer to some question: the endpoint does not accept the request"
    assert told in said if unanswered else "without an answer" not in said


@ON_A_FILE
def test_a_model_whose_answers_are_never_valid_ends_a_run(
    bench: Bench,
    paths: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("extractor.bulk.answering._MOST_IN_VAIN", len(SEEDS))
    with serve(paths, always=lambda turn: turn.say('{"something": "else"}')) as server:
        configure(bench, monkeypatch, server)
        assert bench.run(paths[0].parent, engine="model") == 3
        assert totals(bench)["calls"] == len(server.requests) + PROBE
    told = capsys.readouterr().err
    assert "the model's answers were not valid" in told and "to go on" in told
    assert bench.states()["pending"] >= 1


@ON_A_FILE
def test_too_few_reports_to_tell_who_is_refused_are_done_and_told(
    bench: Bench,
    paths: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with serve(paths, always=faults.status(400)) as server:
        configure(bench, monkeypatch, server)
        assert bench.run(paths[0].parent, engine="model") == 0
    assert bench.states() == {"done": len(SEEDS)}
    told = f"{len(SEEDS)} done without an answer to some question: the endpoint does not accept the request"
    assert told in capsys.readouterr().err


@ON_A_SERVER
def test_a_report_that_alone_is_refused_is_done_without_its_answers_until_it_is_asked_about_again(
    bench: Bench,
    paths: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("extractor.bulk.answering._MOST_IN_VAIN", 2)
    tag = tag_of(paths[0])

    def refuses_one(turn: Turn) -> None:
        (faults.status(400) if tag in json.dumps(turn.body, ensure_ascii=False) else faults.honest)(turn)

    with serve(paths, always=refuses_one) as server:
        configure(bench, monkeypatch, server)
        assert bench.run(paths[0].parent, engine="model") == 0
        assert bench.states() == {"done": len(SEEDS)}
        told = capsys.readouterr().err
        assert "1 done without an answer to some question" in told
        assert "to ask about them again: extractor bulk retry --unanswered --job bulk" in told
        assert "model_silent" in json.dumps(bench.exported("before"))
        server.always = faults.honest
        server.requests.clear()
        assert retry("bulk", unanswered=True) == 0
        assert bench.states() == {"done": len(SEEDS) - 1, "pending": 1}
        assert bench.run(engine="model") == 0
    assert bench.states() == {"done": len(SEEDS)}
    assert server.requests and all(tag in json.dumps(one, ensure_ascii=False) for one in server.requests)
    assert "model_silent" not in json.dumps(bench.exported("after"))
    assert retry("bulk", unanswered=True) == 0
    assert bench.states() == {"done": len(SEEDS)}


@ON_A_FILE
def test_a_call_that_cannot_be_watched_leaves_no_run_under_way(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with metrics_at(0) as taken, pytest.raises(SettingsError, match="cannot be served"):
        bench.run(reports(tmp_path / "in", 1), watching=Watching(metrics_port=taken.port))
    assert status("bulk") == 0
    assert "under way" not in capsys.readouterr().err.partition("run 1")[2]


@ON_A_FILE
def test_a_report_that_alone_never_gets_through_does_not_keep_its_job_open(
    bench: Bench,
    paths: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tag = tag_of(paths[0])

    def damages_one(turn: Turn) -> None:
        (faults.damaged_json if tag in json.dumps(turn.body, ensure_ascii=False) else faults.honest)(turn)

    with serve(paths, always=damages_one) as server:
        configure(bench, monkeypatch, server, EXTRACTOR_SECONDS_OF_WAITING="0.2", EXTRACTOR_MODEL_REPEATS="0")
        assert bench.run(paths[0].parent, engine="model") == 0
        assert totals(bench)["calls"] == len(server.requests) + len(server.probes)
    assert bench.states() == {"done": len(SEEDS)}
    assert "1 done without an answer to some question: the endpoint's reply is damaged" in capsys.readouterr().err


def tag_of(path: Path) -> str:
    """What the questions about a report say of it."""
    return str(ask_about(read_report(load_document(path), builtin_forms()), "model")[0].content["tag"])
