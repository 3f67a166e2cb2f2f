"""A node of a cluster, without Ray: it keeps within its share, and tells what of it is spent, however its turn ends."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extractor.bulk import jobs
from extractor.bulk.adding import add, found_in
from extractor.bulk.cluster_node import Node, Turn
from extractor.bulk.ledger import money
from extractor.bulk.local import Call
from extractor.bulk.runner import Runner
from extractor.bulk.shares import Share
from extractor.bulk.terms import terms_of
from extractor.errors import InputError, StoreError
from extractor.run import Engine
from extractor.settings import load_settings
from tests import faulty_server as faults
from tests.bulk.running import Bench
from tests.bulk.test_asking import configure, paths, totals
from tests.llm.test_extract import SEEDS, serve

__all__ = ["paths"]

ONE_CALL = {"prompt_tokens": 9_000, "completion_tokens": 1_000, "total_tokens": 10_000}


def turn_of(bench: Bench, folder: Path, share: Share, engine: Engine = "model") -> Turn:
    """A turn of a node on a job with the files of a folder."""
    store, terms = bench.store(), terms_of(load_settings(), engine)
    with store.writing() as connection:
        add(connection, jobs.open_job(connection, "bulk", terms), list(found_in([folder])))
    store.close()
    return asyncio.run(Node(Call(engine=engine)).work(share))


@pytest.mark.parametrize("share", [Share(Decimal("0.05")), Share(tokens=100_000)])
def test_a_node_keeps_within_its_share(
    bench: Bench, paths: list[Path], monkeypatch: pytest.MonkeyPatch, share: Share
) -> None:
    with serve(paths) as server:
        configure(bench, monkeypatch, server, EXTRACTOR_BUDGET_PER_RUN="9", EXTRACTOR_TOKENS_PER_RUN="9000000")
        server.usage = ONE_CALL
        turn = turn_of(bench, paths[0].parent, share)
    assert turn.ending == "over_budget"
    assert 0 < turn.cost <= (share.budget or 1)
    assert 0 < turn.tokens <= (share.tokens or 10**6)


def test_a_lower_limit_of_the_nodes_own_stays(bench: Bench, paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(paths) as server:
        configure(bench, monkeypatch, server, EXTRACTOR_TOKENS_PER_RUN="100000")
        server.usage = ONE_CALL
        turn = turn_of(bench, paths[0].parent, Share(tokens=9_000_000))
    assert turn.ending == "over_budget"
    assert 0 < turn.tokens <= 100_000


def failing(work: Any) -> Any:
    def work_and_fail(runner: Runner) -> str:
        work(runner)
        raise StoreError("the store is gone", "数据库已断开")

    return work_and_fail


def taken_for_dead(work: Any) -> Any:
    def work_twice(runner: Runner) -> str:
        work(runner)
        runner._begin_anew()
        ending: str = work(runner)
        return ending

    return work_twice


@pytest.mark.parametrize(("working", "ending"), [(failing, "store"), (taken_for_dead, "finished")])
def test_what_is_spent_is_told_whatever_becomes_of_the_run(
    bench: Bench, paths: list[Path], monkeypatch: pytest.MonkeyPatch, working: Any, ending: str
) -> None:
    monkeypatch.setattr(Runner, "work", working(Runner.work))
    with serve(paths) as server:
        configure(bench, monkeypatch, server)
        turn = turn_of(bench, paths[0].parent, Share(Decimal(10)))
    sums = totals(bench)
    assert bench.states() == {"done": len(SEEDS)}
    assert turn.ending == ending
    assert turn.cost >= money(sums["cost"]) > 0
    assert turn.tokens >= sums["tokens_in"] + sums["tokens_out"]


def test_a_call_that_was_lost_counts_as_spent(bench: Bench, paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(paths, always=faults.damaged_json) as server:
        configure(bench, monkeypatch, server, EXTRACTOR_MODEL_REPEATS="0")
        turn = turn_of(bench, paths[0].parent, Share(Decimal("0.1")))
    assert turn.ending == "over_budget"
    assert any(turn.detail)
    assert 10 * money(totals(bench)["cost"]) < turn.cost <= Decimal("0.1")


def test_a_node_that_cannot_read_gives_back_what_it_held(
    bench: Bench, paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extractor.bulk.supply.Supply.collect", no_room)
    turn = turn_of(bench, paths[0].parent, Share(), "rules")
    assert (turn.ending, turn.detail[1]) == ("bad_input", "no room to unpack")
    assert bench.states() == {"pending": len(SEEDS)}


def no_room(*_: object) -> None:
    raise InputError("no room to unpack", "无处解压")
