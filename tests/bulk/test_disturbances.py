"""A job disturbed from outside ends in a clear message or goes on, and is in the end as if nothing had happened."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import func, select, update

from extractor.bulk import jobs, runs
from extractor.bulk.exporting import export
from extractor.draft import Question
from extractor.errors import OutputError
from extractor.forms import builtin_forms
from extractor.llm.attempts import seconds_to_wait
from extractor.load import load_document
from extractor.pipeline import ask_about, read_report
from extractor.settings import load_settings
from extractor.store import create_store
from extractor.store.job_tables import job_call, job_run
from extractor.store.tables import reading
from tests import faulty_server as faults
from tests import postgres
from tests.bulk.disturbing import (
    HOUR,
    ServersClock,
    ThisClock,
    database_on,
    file_of,
    small_disk,
    take_away,
)
from tests.bulk.running import KIND_OF, Bench, Undisturbed, generated, reports, undisturbed_job
from tests.faulty_server import FaultyServer
from tests.llm.asked import KEY
from tests.llm.test_extract import harmless
from tests.llm.truthful import Truthful
from tests.scale import STRESS, scaled
from tests.stores import ON_A_FILE, ON_A_SERVER, make_address, settings_for

REPORTS = scaled(150, 600)
DISTINCT = 20
GONE = scaled(4, 30)
"""Seconds that the database is gone for: results wait a second to be written, and a store is waited for another one."""

SILENT = scaled(2, 60)
"""Seconds that the endpoint is gone for."""

STOPPED = scaled(0, 70)
"""Seconds that a runner is stopped for; 0: its lease is ended by hand."""

ASKED = 8
"""Reports that a model is asked about."""


UNDER_STRESS = pytest.mark.skipif(not STRESS, reason="takes long: make stress")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return undisturbed_job(tmp_path_factory.mktemp("undisturbed"), REPORTS, DISTINCT)


def finish(bench: Bench, expected: dict[str, bytes]) -> None:
    """Resume; then every report is there once, and the export is that of the undisturbed job."""
    status, _, told = bench.command("run", "--engine", "rules", "--jobs", "2")
    assert status == 0, told
    states = bench.states()
    assert states.pop("done") + states.pop("skipped", 0) == REPORTS
    assert not any(states.values())
    assert bench.export() == expected


def wait_until_done(bench: Bench, count: int, process: subprocess.Popen[str]) -> None:
    """Wait until a job has sources, and so many of them are done."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(Exception):  # no job yet
            states = bench.states()
            if states and states.get("done", 0) >= count:
                return
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    raise AssertionError("nothing was done")


# ---- no room ----


@pytest.fixture
def room() -> int:
    """Bytes that a nearly full disk has left."""
    return 400_000


@pytest.fixture
def full(
    kind: str, room: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Bench, Callable[[], None]]]:
    """Runs on a store on a disk that has hardly any room left, and what makes room."""
    with contextlib.ExitStack() as stack:
        place = Path(postgres.server()) if kind == "postgresql" else tmp_path  # the server may not enter ours
        disk = stack.enter_context(small_disk(place / "disk", 48))
        address = f"sqlite:///{disk.folder}/store.db"
        if kind == "postgresql":
            address = stack.enter_context(database_on(disk.folder, f"full{os.getpid()}"))
        create_store(settings_for(address))
        disk.fill(leave=room)
        yield Bench(address, monkeypatch, tmp_path), disk.make_room
        load_settings.cache_clear()


@ON_A_FILE
def test_a_full_disk_ends_a_run_that_goes_on_when_there_is_room(
    full: tuple[Bench, Callable[[], None]], undisturbed: Undisturbed
) -> None:
    bench, make_room = full
    status, _, told = bench.command("run", undisturbed.folder, "--engine", "rules", "--jobs", "2")
    assert status == 3, told
    assert told.count("has no room left: make room where it lies") == 1
    assert file_of(bench.address).partition("?")[0] in told or "postgresql://" in told
    assert told.count("to go on: ") == 1
    assert "Traceback" not in told
    make_room()
    assert bench.command("run", undisturbed.folder, "--engine", "rules", "--jobs", "2")[0] == 0
    finish(bench, undisturbed.export)


@ON_A_FILE
@pytest.mark.parametrize("room", [0])
def test_a_disk_that_is_full_from_the_first_ends_a_run_before_its_job(
    full: tuple[Bench, Callable[[], None]], undisturbed: Undisturbed
) -> None:
    bench, make_room = full
    run = ("run", undisturbed.folder, "--engine", "rules", "--jobs", "2")
    status, _, told = bench.command(*run)
    assert status == 3, told
    assert "to go on: the same command" in told
    assert "has no room left: make room where it lies" in told
    make_room()
    assert bench.command(*run)[0] == 0
    assert bench.export() == undisturbed.export


@UNDER_STRESS
def test_a_limit_of_file_sizes_ends_a_run_that_goes_on_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: Undisturbed
) -> None:
    """A quota is told in the same way: writing breaks off, and there is room on the disk."""
    bench = Bench(make_address("sqlite", tmp_path), monkeypatch, tmp_path)
    most = Path(file_of(bench.address)).stat().st_size // 512 + 400
    command = f'ulimit -f {most}; trap "" XFSZ; exec "$@"'
    call = bench.start("run", undisturbed.folder, "--engine", "rules", "--jobs", "1", within=command)
    _, told = call.communicate(timeout=120)
    assert call.returncode == 3, told
    assert "has no room left" in told
    assert "to go on: extractor bulk run" in told
    finish(bench, undisturbed.export)


@pytest.mark.parametrize("format_", ["jsonl", "csv", "parquet"] if STRESS else ["parquet"])
def test_a_full_disk_ends_an_export_that_goes_on_when_there_is_room(
    format_: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: Undisturbed
) -> None:
    bench = Bench(make_address("sqlite", tmp_path), monkeypatch, tmp_path)
    assert bench.run(undisturbed.folder / "000") == 0
    expected = bench.export("elsewhere", format_)
    with small_disk(tmp_path / "disk", 4) as disk:
        out = disk.folder / "out"
        out.mkdir()
        disk.fill()
        with pytest.raises(OutputError, match=f"cannot write {out}: No space left on device; make room there"):
            export("bulk", format_, out)
        assert not [path for path in out.iterdir() if path.stat().st_size]
        disk.make_room()
        assert export("bulk", format_, out) == 0
        assert {path.name: path.read_bytes() for path in out.glob("part-*")} == expected


# ---- a database, an endpoint that is gone ----


def test_a_database_that_is_gone_for_a_while_is_waited_for(bench: Bench, undisturbed: Undisturbed) -> None:
    process = bench.start(
        "run", undisturbed.folder, "--engine", "rules", "--jobs", "1", EXTRACTOR_SECONDS_FOR_STORE="1"
    )
    wait_until_done(bench, 0, process)
    take_away(bench.address, process, GONE)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 0, told
    assert "trying again" in told
    assert "error:" not in told
    assert "Traceback" not in told
    finish(bench, undisturbed.export)


@dataclass(frozen=True, slots=True)
class Asking:
    """A folder with reports that a model is asked about, and what is right to answer."""

    folder: Path
    answers: dict[int, dict[str, Any]]
    questions: list[Question]

    def server(self) -> FaultyServer:
        """An endpoint that answers rightly."""
        server = FaultyServer(lambda question: self.answers[id(question)])
        server.expect(self.questions)
        return server


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Asking:
    folder = reports(tmp_path_factory.mktemp("asking") / "in", ASKED)
    answers, questions = {}, []
    for number, path in enumerate(sorted(folder.rglob("*.txt"))):
        truthful = Truthful(generated(KIND_OF + number).truth)
        for one in ask_about(read_report(load_document(path), builtin_forms())):
            answers[id(one)] = truthful._asked(one) or harmless(one)
            questions.append(one)
    return Asking(folder, answers, questions)


def use(bench: Bench, server: FaultyServer, monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    told = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.url, "EXTRACTOR_MODEL": "test-model"}
    told |= {"EXTRACTOR_CACHE_DIR": str(bench.folder / "cache"), "EXTRACTOR_MODEL_CALLS_AT_ONCE": "4", **more}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    load_settings.cache_clear()


@ON_A_FILE
def test_an_endpoint_that_is_gone_for_a_while_is_waited_for(
    bench: Bench, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    with asking.server() as server:
        use(bench, server, monkeypatch)
        away = threading.Event()

        def goes_away(turn: faults.Turn) -> None:
            if len(server.requests) == 10 and not away.is_set():
                away.set()
                server.always = faults.resets
                threading.Timer(SILENT, lambda: setattr(server, "always", faults.waits(0.02))).start()
            faults.waits(0.02)(turn)

        server.always = goes_away
        began = time.monotonic()
        assert bench.run(asking.folder, engine="hybrid") == 0
        assert away.is_set()
        assert time.monotonic() - began >= SILENT
    assert bench.states() == {"done": ASKED}
    assert answered(bench) == len(asking.questions)


def answered(bench: Bench) -> int:
    """How many calls that were answered are in the ledger, those left out that try the endpoint."""
    store = bench.store()
    with store.reading() as connection:
        told = select(func.count()).where(job_call.c.outcome == "answered", job_call.c.kind != "probe")
        found = connection.execute(told).scalar_one()
    store.close()
    return int(found)


# ---- clocks ----


def clock_of(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> ServersClock | ThisClock:
    """The clock that times in the store are from."""
    return ServersClock(bench.address) if bench.address.startswith("postgresql") else ThisClock(monkeypatch)


@contextlib.contextmanager
def jumping(clock: ServersClock | ThisClock) -> Iterator[None]:
    """A clock that is set forward and back all the time."""
    over = threading.Event()

    def jump() -> None:
        for by in (HOUR, -HOUR, 0.0, -2.0, 24 * HOUR, -24 * HOUR) * 1_000:
            clock.set(by)
            if over.wait(0.15):
                return

    thread = threading.Thread(target=jump)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@ON_A_SERVER
def test_a_clock_that_jumps_loses_nothing_and_doubles_nothing(
    bench: Bench, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extractor.bulk.runner._RENEWS", 0.1)
    with asking.server() as server:
        use(bench, server, monkeypatch)
        server.always = faults.waits(0.05)
        began = time.monotonic()
        with jumping(clock_of(bench, monkeypatch)):
            assert bench.run(asking.folder, engine="hybrid", workers=1) == 0
        assert time.monotonic() - began < HOUR / 10
    all_once(bench, asking, server)


def all_once(bench: Bench, asking: Asking, server: FaultyServer) -> None:
    """Every report was read once, every question asked and paid for once."""
    assert bench.states() == {"done": ASKED}
    assert answered(bench) == len(server.requests) == len(asking.questions)
    assert readings(bench) == ASKED


def readings(bench: Bench) -> int:
    """How many readings the store holds."""
    store = bench.store()
    with store.reading() as connection:
        found = connection.execute(select(func.count()).select_from(reading)).scalar_one()
    store.close()
    return int(found)


@ON_A_FILE
def test_a_run_that_others_take_for_dead_goes_on_anew_and_has_its_calls_in_the_ledger(
    bench: Bench, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the server's clock jumps forward: what the run holds, calls under way included, is given back."""
    monkeypatch.setattr("extractor.bulk.runner._RENEWS", 0.1)
    with asking.server() as server:
        use(bench, server, monkeypatch)
        store = bench.store()

        def loses_its_lease(turn: faults.Turn) -> None:
            if len(server.requests) == 5:
                with store.writing() as connection:
                    connection.execute(update(job_run).values(alive_until=0))
                    runs.return_lost(connection, 1)
            faults.waits(0.1)(turn)

        server.always = loses_its_lease
        assert bench.run(asking.folder, engine="hybrid") == 0
        store.close()
    all_once(bench, asking, server)


@UNDER_STRESS
def test_a_server_whose_clock_is_set_forward_has_two_runs_share_a_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: Undisturbed
) -> None:
    bench = Bench(make_address("postgresql", tmp_path), monkeypatch, tmp_path)
    clock = ServersClock(bench.address)
    one = bench.start("run", undisturbed.folder, "--engine", "rules", "--jobs", "1")
    wait_until_done(bench, 1, one)
    clock.set(HOUR)
    other = bench.start("run", undisturbed.folder, "--engine", "rules", "--jobs", "1")
    for process in (one, other):
        _, told = process.communicate(timeout=120)
        assert process.returncode == 0, told
    clock.set(-HOUR)
    finish(bench, undisturbed.export)
    assert readings(bench) == DISTINCT + (REPORTS - DISTINCT)


def test_how_long_to_wait_is_by_the_endpoints_clock() -> None:
    """A machine whose clock is years ahead, as this one's is then, would come at once; one that is behind, never."""
    told = {"retry-after": "Wed, 21 Oct 2015 07:28:30 GMT", "date": "Wed, 21 Oct 2015 07:28:00 GMT"}
    assert seconds_to_wait(told) == 30
    assert seconds_to_wait({**told, "date": "yesterday"}) is None


def test_leases_end_in_time_although_the_clock_was_set_back(bench: Bench, tmp_path: Path) -> None:
    """Another machine's run of before the clock was set back by a day would hold its sources for a day."""
    assert bench.run(reports(tmp_path / "in", 1)) == 0
    store = bench.store()
    with store.writing() as connection:
        run = runs.start_run(connection, 1, "key")
        granted = runs.lease_clock_of(connection) + int(24 * HOUR * 1e6)
        elsewhere = {"place": "another|start|pid", "process": "1:1", "alive_until": granted}
        connection.execute(update(job_run).where(job_run.c.id == run.id).values(elsewhere))
        assert runs.return_lost(connection, 1) == 0
        left = select(job_run.c.alive_until).where(job_run.c.id == run.id)
        assert connection.execute(left).scalar_one() <= runs.lease_clock_of(connection) + runs.LEASE
    store.close()


# ---- two runners ----


@ON_A_SERVER
def test_a_runner_that_was_stopped_past_its_lease_doubles_nothing(bench: Bench, undisturbed: Undisturbed) -> None:
    one = bench.start("run", undisturbed.folder, "--engine", "rules", "--jobs", "1")
    wait_until_done(bench, 20, one)
    stop_between_transactions(bench, one)
    try:
        end_lease(bench)
        status, _, told = bench.command("run", undisturbed.folder, "--engine", "rules", "--jobs", "2")
        assert status == 0, told
        assert bench.states().get("running", 0) == 0
    finally:
        one.send_signal(signal.SIGCONT)
    _, told = one.communicate(timeout=60)
    assert one.returncode == 0, told
    finish(bench, undisturbed.export)
    assert readings(bench) == REPORTS
    assert settled(bench) == REPORTS


def stop_between_transactions(bench: Bench, process: subprocess.Popen[str]) -> None:
    """Stop a runner where it holds no lock: a file that is locked would be waited for."""
    store = bench.store()
    while True:
        psutil.Process(process.pid).suspend()
        with contextlib.suppress(Exception), store.writing() as connection:
            connection.execute(select(job_run.c.id).with_for_update(nowait=True))
            break
        process.send_signal(signal.SIGCONT)
        time.sleep(0.01)
    store.close()


def end_lease(bench: Bench) -> None:
    """Wait until the lease of the only run is over, or end it by hand."""
    time.sleep(STOPPED)
    if not STOPPED:
        store = bench.store()
        with store.writing() as connection:
            connection.execute(update(job_run).values(alive_until=0))
        store.close()


def settled(bench: Bench) -> int:
    """How many sources all runs together have ended."""
    store = bench.store()
    with store.reading() as connection:
        sums = runs.sums_of(connection, jobs.job_named(connection, "bulk").id)
    store.close()
    return sums["done"] + sums["failed"] + sums["skipped"]
