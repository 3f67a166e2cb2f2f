"""A job with a model behind it: its ledger, its budgets, an endpoint that goes away, and answers paid for once."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extractor.bulk import jobs, runs
from extractor.bulk.ledger import calls_of, money
from extractor.settings import load_settings
from tests import faulty_server as faults
from tests.bulk.running import Bench
from tests.faulty_server import FaultyServer
from tests.llm.asked import KEY, report
from tests.llm.test_extract import SEEDS, serve
from tests.stores import ON_A_FILE, ON_A_SERVER

PRICES = {"EXTRACTOR_PRICE_INPUT": "1", "EXTRACTOR_PRICE_OUTPUT": "2"}


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "in"
    folder.mkdir()
    made = [(folder / f"{seed}.txt", report(seed).data) for seed in SEEDS]
    for path, data in made:
        path.write_bytes(data)
    return [path for path, _ in made]


def configure(bench: Bench, monkeypatch: pytest.MonkeyPatch, server: FaultyServer, **more: str) -> None:
    told = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.url, "EXTRACTOR_MODEL": "test-model"}
    told |= {"EXTRACTOR_CACHE_DIR": str(bench.folder / "cache"), "EXTRACTOR_SECONDS_OF_WAITING": "1"}
    told |= {"EXTRACTOR_CALLS_PER_SECOND_AT_FIRST": "100"}
    for name, value in {**told, **PRICES, **more}.items():
        monkeypatch.setenv(name, value)
    load_settings.cache_clear()


def totals(bench: Bench) -> dict[str, int]:
    store = bench.store()
    with store.reading() as connection:
        sums = runs.sums_of(connection, jobs.job_named(connection, "bulk").id)
    store.close()
    return sums


def test_calls_are_in_the_ledger_and_not_in_records(
    bench: Bench, paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(paths) as server:
        configure(bench, monkeypatch, server)
        assert bench.run(paths[0].parent, engine="model") == 0
        asked = len(server.requests) + len(server.probes)
        assert bench.run(paths[0].parent, engine="model") == 0
        assert len(server.requests) + len(server.probes) == asked
    assert bench.states() == {"done": len(SEEDS)}
    sums = totals(bench)
    assert 0 < sums["calls"] <= asked
    store = bench.store()
    with store.reading() as connection:
        calls = [one for key in range(1, len(SEEDS) + 1) for one in calls_of(connection, key)]
    store.close()
    assert len(calls) == sums["calls"]
    assert sum((one.cost for one in calls), Decimal(0)) == money(sums["cost"]) > 0
    assert all("usage" not in one for one in bench.exported())
    assert {one["narrative"]["summary"]["method"] for one in bench.exported()} == {"model"}
    _, out, _ = bench.command("status", "--calls")
    assert [json.loads(line)["kind"] for line in out.splitlines()].count("summary") == len(SEEDS)


def spent(bench: Bench, name: str) -> Any:
    sums = totals(bench)
    return money(sums["cost"]) if name == "budget" else sums["tokens_in"] + sums["tokens_out"]


@ON_A_SERVER
@pytest.mark.parametrize(("name", "most"), [("budget", Decimal("0.05")), ("tokens", 100_000)])
def test_a_budget_ends_a_run_before_it_is_passed(
    bench: Bench, paths: list[Path], monkeypatch: pytest.MonkeyPatch, name: str, most: Any
) -> None:
    with serve(paths) as server:
        configure(bench, monkeypatch, server, EXTRACTOR_MODEL_REPEATS="0", EXTRACTOR_MODEL_REASKS="0")
        expected = bench_export(bench, paths, "whole")
        server.usage = {"prompt_tokens": 9_000, "completion_tokens": 1_000, "total_tokens": 10_000}
        monkeypatch.setenv("EXTRACTOR_CACHE_DIR", str(bench.folder / "other"))
        load_settings.cache_clear()
        bench.other_store(monkeypatch)
        assert bench.run(paths[0].parent, engine="model", **{name: most}) == 3
        assert spent(bench, name) <= most
        states = bench.states()
        assert states["pending"] + states.get("done", 0) == len(SEEDS)
        assert "running" not in states
        while bench.run(engine="model", **{name: most * 4}) == 3:
            pass
        assert bench.states() == {"done": len(SEEDS)}
    assert bench.export("resumed") == expected


def bench_export(bench: Bench, paths: list[Path], name: str) -> dict[str, bytes]:
    """The export of a job that nothing happened to."""
    assert bench.run(paths[0].parent, engine="model") == 0
    return bench.export(name)


@ON_A_FILE
def test_an_endpoint_that_is_gone_ends_a_run_that_goes_on_later(
    bench: Bench, paths: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(paths) as server:
        configure(bench, monkeypatch, server, EXTRACTOR_MODEL_REPEATS="1")
        server.always = faults.resets
        assert bench.run(paths[0].parent, engine="model") == 3
        assert "to go on: extractor bulk run" in capsys.readouterr().err
        assert bench.states() == {"pending": len(SEEDS)}
        server.always = faults.honest
        assert bench.run(engine="model") == 0
    assert bench.states() == {"done": len(SEEDS)}


@ON_A_FILE
def test_a_key_that_is_refused_ends_a_run(
    bench: Bench, paths: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(paths, always=faults.status(401)) as server:
        configure(bench, monkeypatch, server)
        assert bench.run(paths[0].parent, engine="model") == 3
    told = capsys.readouterr().err
    assert "to go on" in told
    assert KEY not in told
    assert bench.states() == {"pending": len(SEEDS)}
