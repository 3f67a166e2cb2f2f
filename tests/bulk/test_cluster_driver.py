"""Who sets the nodes of a cluster to work, without Ray: nodes are stand-ins that claim and finish in the store."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from extractor.bulk import cluster, jobs, runs
from extractor.bulk.adding import add
from extractor.bulk.cluster import Driver
from extractor.bulk.cluster_node import Introduced, Turn
from extractor.bulk.ending import Asked
from extractor.bulk.jobs import Ended, Job, New, Terms
from extractor.bulk.local import Call
from extractor.bulk.patience import Patient
from extractor.bulk.runs import Kind, Run
from extractor.bulk.shares import Share, Shares
from extractor.bulk.showing import Progress
from extractor.store import Store

TERMS = Terms("1.0", "rules", "the key")
LIMIT = 20.0
"""Seconds after which a driver that should have ended is taken to hang."""


class Remote:
    """A method of an actor: what it gives is there when it is asked for."""

    def __init__(self, method: Callable[..., Any]) -> None:
        self._method = method

    def remote(self, *given: Any) -> Any:
        """What stands for the result."""
        return partial(self._method, *given)


@dataclass
class Actor:
    """A node that has done all there is to claim by the time it is asked."""

    store: Store
    job: Job
    key: str = TERMS.key
    shares: list[Share] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.introduce, self.work, self.stop = Remote(self._introduce), Remote(self._work), Remote(lambda: None)

    def _introduce(self) -> Introduced:
        return Introduced("machine", self.key, self.store.url.render_as_string(hide_password=True).partition("@")[2])

    def _work(self, share: Share) -> Turn:
        self.shares.append(share)
        finish(self.store, self.job)
        return Turn("finished")


class Watched(Progress):
    """Tells of a driver that hangs."""

    until = 0.0

    def show(self) -> None:
        """It is still at it."""
        assert time.monotonic() < self.until, "the driver hangs"


def held(store: Store, job: Job, kind: Kind = "cluster", limit: int = 10_000) -> tuple[Run, list[int]]:
    """A run that holds pending sources."""
    lease = 45 * 24 * 3600 * 1_000_000 if kind == runs.DEFERRED else runs.LEASE
    with store.writing() as connection:
        run = runs.start_run(connection, job.id, TERMS.key, kind, lease=lease)
        return run, [one.id for one in jobs.claim(connection, run, limit)]


def finish(store: Store, job: Job) -> None:
    """All that is pending is done."""
    run, sources = held(store, job)
    with store.writing() as connection:
        jobs.finish(connection, run, [Ended(one, "done") for one in sources])
        runs.end_run(connection, run, "finished")


def files(*numbers: int) -> list[New]:
    return [New(f"{number}.txt", f"/in/{number}.txt") for number in numbers]


def states(store: Store, job: Job) -> dict[Any, int]:
    with store.reading() as connection:
        return dict(jobs.counts(connection, job.id))


@pytest.fixture
def job(store: Store, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job on a store, and a Ray that has every result at once."""
    failures = SimpleNamespace(RayError=OSError, GetTimeoutError=TimeoutError)
    ray = SimpleNamespace(
        get=lambda given, timeout=0: given(), wait=lambda turns, **_: (turns[:1], turns[1:]), exceptions=failures
    )
    monkeypatch.setitem(sys.modules, "ray", ray)
    monkeypatch.setattr(cluster, "_POLL", 0.01)
    with store.writing() as connection:
        return jobs.open_job(connection, "bulk", TERMS)


def driven(
    store: Store,
    job: Job,
    monkeypatch: pytest.MonkeyPatch,
    listed: Sequence[list[New]] | None,
    *keys: str,
    alive: Callable[[], dict[str, int]] | None = None,
) -> tuple[str, Driver]:
    """How a run ended, with a node for each of the keys that they read under; all of them ``alive``, unless given."""
    actors = {f"node{number}": Actor(store, job, key) for number, key in enumerate(keys or (TERMS.key,))}
    monkeypatch.setattr(cluster, "alive_nodes", alive or (lambda: dict.fromkeys(actors, 1)))
    monkeypatch.setattr(cluster, "actor_of", lambda _, name, __: actors[name])
    shown = Watched("en", is_silent=True)
    shown.until = time.monotonic() + LIMIT
    listing = None if listed is None else iter(listed)
    call, asked = Call(engine="rules"), Asked(lambda: None)
    driver = Driver(call, Patient(store), job, Shares(Share()), shown, asked, listing)
    return driver.work(), driver


def test_what_is_listed_last_is_read(store: Store, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.writing() as connection:
        add(connection, job, files(*range(20)))
    finish(store, job)
    ending, _ = driven(store, job, monkeypatch, [files(*range(20)), files(*range(20, 40))])
    assert ending == "finished"
    assert states(store, job) == {"done": 40}


@pytest.mark.parametrize("listed", [[], None])
def test_a_job_with_nothing_in_it_is_over(
    store: Store, job: Job, monkeypatch: pytest.MonkeyPatch, listed: list[list[New]] | None
) -> None:
    assert driven(store, job, monkeypatch, listed)[0] == "finished"


def test_what_waits_for_a_batch_is_not_waited_for(store: Store, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.writing() as connection:
        add(connection, job, files(1, 2, 3))
    held(store, job, runs.DEFERRED)
    ending, _ = driven(store, job, monkeypatch, [files(*range(1, 6))])
    assert ending == "finished"
    assert states(store, job) == {"done": 2, "running": 3}


def test_what_another_run_holds_is_waited_for(store: Store, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.writing() as connection:
        add(connection, job, files(1, 2, 3))
    run, sources = held(store, job, limit=2)

    def give_back(store_: Store, job_: Job) -> dict[Any, int]:
        counted = states(store_, job_)
        with store.writing() as connection:
            if "pending" not in counted:
                jobs.give_back(connection, run, sources)
        return counted

    monkeypatch.setattr(cluster, "_LOOK", 0.05)
    monkeypatch.setattr(cluster, "counts_now", lambda patient, one: give_back(patient.store, one))
    assert driven(store, job, monkeypatch, None)[0] == "finished"
    assert states(store, job) == {"done": 3}


def test_that_no_node_is_there_is_told_once(
    store: Store, job: Job, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    looks = iter([{}, {"head": 0}, {"head": 0}])
    monkeypatch.setattr(cluster, "_LOOK", 0.01)
    ending, _ = driven(store, job, monkeypatch, [files(1, 2)], alive=lambda: next(looks, {"head": 0, "node0": 1}))
    assert ending == "finished"
    assert capsys.readouterr().err.count("no node with a processor: one is waited for") == 1
    assert states(store, job) == {"done": 2}


def test_a_run_ends_when_every_node_is_left_out(
    store: Store, job: Job, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ending, driver = driven(store, job, monkeypatch, [files(1, 2)], "another key", "a third one")
    assert ending == "cluster"
    assert driver.detail is not None
    assert "no node of the cluster can work on the job: its program or settings" in driver.detail[1]
    assert capsys.readouterr().err.count("is left out") == 2
    assert states(store, job) == {"pending": 2}


def test_a_run_goes_on_with_the_nodes_that_are_not_left_out(
    store: Store, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending, _ = driven(store, job, monkeypatch, [files(1, 2)], "another key", TERMS.key)
    assert ending == "finished"
    assert states(store, job) == {"done": 2}
