"""A job on a cluster: two nodes on this machine, one of them killed in mid-job."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extractor.bulk import jobs, runs
from extractor.bulk.ledger import money
from extractor.errors import JobError
from tests.bulk.running import Bench, reports
from tests.scale import STRESS
from tests.stores import make_address
from tests.stress.test_bulk import Endpoint, answers_to

ray_cluster = pytest.importorskip("ray.cluster_utils", reason="Ray is not installed (extra [cluster])")
OBJECTS = 80 * 2**20
COUNT = 400


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bench:
    """Runs on an empty store that several machines could reach."""
    return Bench(make_address("postgresql", tmp_path), monkeypatch, tmp_path)


@contextmanager
def cluster(nodes: int, **head: Any) -> Iterator[tuple[Any, list[Any]]]:
    """A cluster of node processes with one processor each, beside one that only leads."""
    quiet = {"include_dashboard": False, "object_store_memory": OBJECTS}
    made = ray_cluster.Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **quiet, **head})
    try:
        yield made, [made.add_node(num_cpus=1, object_store_memory=OBJECTS) for _ in range(nodes)]
    finally:
        made.shutdown()


def test_a_node_works_as_one_machine_does(bench: Bench, tmp_path: Path) -> None:
    folder = reports(tmp_path / "reports", 20)
    with cluster(1) as (made, _):
        status, _, told = bench.command("run", folder, "--engine", "rules", "--cluster", made.address)
    assert status == 0, told
    assert "20 of 20" in told
    assert bench.states() == {"done": 20}
    assert [record["source"]["name"] for record in bench.exported()] == [f"{n // 10:03}/{n:04}.txt" for n in range(20)]


@pytest.mark.skipif(not STRESS, reason="make stress: nodes take a minute to be found dead")
def test_a_node_killed_in_mid_job_loses_and_doubles_nothing(bench: Bench, tmp_path: Path) -> None:
    folder = reports(tmp_path / "reports", COUNT, distinct=40)
    with cluster(2) as (made, (_, second)):
        running = bench.start("run", folder, "--engine", "rules", "--cluster", made.address)
        at_the_kill = _done_at_least(bench, COUNT // 8)
        made.remove_node(second, allow_graceful=False)
        _, told = running.communicate(timeout=240)
    assert running.returncode == 0, told
    assert at_the_kill < COUNT
    assert "does not answer" in told
    assert bench.states() == {"done": COUNT}
    assert len({record["source"]["sha256"] for record in bench.exported()}) == COUNT


ASKED, AT_ONCE, LATENCY, DYING = 200, 8, 0.1, 3.0
"""Reports that a model is asked about, calls of a node at once, and seconds: of a call, and of a killed node's end."""

PER_CALL = Decimal("0.00014")
"""What a call costs: the endpoint takes 100 tokens in and 20 out, at 1 and 2 a million."""


@pytest.mark.skipif(not STRESS, reason="make stress: nodes take a minute to be found dead")
def test_nodes_share_a_budget_and_one_killed_pays_for_nothing_twice(bench: Bench, tmp_path: Path) -> None:
    folder = reports(tmp_path / "in", ASKED)
    (tmp_path / "answers.json").write_text(json.dumps(answers := answers_to(folder)))
    endpoint = Endpoint(tmp_path, LATENCY)
    bench.environment |= {"OPENAI_API_KEY": "sk-none", "OPENAI_BASE_URL": endpoint.url, "EXTRACTOR_MODEL": "test-model"}
    bench.environment |= {"EXTRACTOR_PRICE_INPUT": "1", "EXTRACTOR_PRICE_OUTPUT": "2"}
    bench.environment |= {"EXTRACTOR_MODEL_CALLS_AT_ONCE": str(AT_ONCE), "EXTRACTOR_TOKENS_PER_MINUTE": "2000000"}
    bench.environment |= {"EXTRACTOR_CACHE_DIR": str(tmp_path / "cache")}
    asking = ("run", folder, "--engine", "hybrid", "--cluster")
    try:
        with pytest.MonkeyPatch.context() as patched:
            for name, value in bench.environment.items():
                patched.setenv(name, value)
            with cluster(2) as (made, (_, second)):
                short = bench.start(*asking, made.address, "--budget", "0.02")
                _, told = short.communicate(timeout=300)
                assert short.returncode == 3, told
                assert Decimal(0) < spent(bench) <= Decimal("0.02")
                assert len(endpoint.paid()) * PER_CALL <= Decimal("0.02")
                assert "running" not in bench.states()
                before = spent(bench)
                running = bench.start(*asking, made.address, "--budget", "2", "--tokens", "2000000")
                _done_at_least(bench, bench.states().get("done", 0) + ASKED // 8, seconds=300)
                made.remove_node(second, allow_graceful=False)
                time.sleep(DYING)
                begun = endpoint.begun()
                _, told = running.communicate(timeout=420)
        paid = endpoint.paid()
    finally:
        endpoint.kill()
    assert running.returncode == 0, told
    assert "does not answer" in told
    assert bench.states() == {"done": ASKED}
    assert len({record["source"]["sha256"] for record in bench.exported()}) == ASKED
    twice = {key for key, count in Counter(paid).items() if count > 1}
    assert set(paid) == set(answers)
    assert twice <= begun, "what was not under way at the kill was paid for twice"
    assert len(paid) - len(answers) <= 2 * AT_ONCE  # calls, and answers that had come and were not kept yet
    assert spent(bench) - before <= Decimal(2)


def spent(bench: Bench) -> Decimal:
    """What all runs of the job have paid, by their account."""
    store = bench.store()
    try:
        with store.reading() as connection:
            return money(runs.sums_of(connection, jobs.job_named(connection, "bulk").id)["cost"])
    finally:
        store.close()


def _done_at_least(bench: Bench, count: int, seconds: float = 120) -> int:
    """How many reports are done, as soon as it is so many."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(JobError):  # it is not there yet
            done = bench.states().get("done", 0)
            if done >= count:
                return done
        time.sleep(0.1)
    raise AssertionError(f"fewer than {count} were done within {seconds} seconds")


def test_without_a_cluster_it_says_so(bench: Bench, tmp_path: Path) -> None:
    status, _, told = bench.command("run", reports(tmp_path / "reports", 1), "--cluster", "127.0.0.1:1")
    assert status == 2
    assert "no Ray cluster at 127.0.0.1:1" in told
    assert "Traceback" not in told


def test_a_store_on_one_machine_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bench = Bench(make_address("sqlite", tmp_path), monkeypatch, tmp_path)
    status, _, told = bench.command("run", reports(tmp_path / "reports", 1), "--cluster", "auto")
    assert status == 2
    assert "set EXTRACTOR_DATABASE_URL to a PostgreSQL database" in told
