"""How runs end where an endpoint does not answer: told, resumable, with every call in the ledger."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from extractor.bulk.answering import _MOST_SETBACKS
from tests import faulty_server as faults
from tests.bulk.running import Bench
from tests.bulk.test_asking import configure, paths, totals
from tests.faulty_server import Fault, Turn
from tests.llm.test_extract import SEEDS, serve

__all__ = ["paths"]
PROBE = 1
"""The call that finds out how the endpoint takes schemas."""


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
        configure(bench, monkeypatch, server, EXTRACTOR_SECONDS_OF_WAITING="0.2", EXTRACTOR_MODEL_REPEATS="0")
        assert bench.run(paths[0].parent, engine="model") == 3
        calls = len(server.requests)
        assert totals(bench)["calls"] == calls + PROBE
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
