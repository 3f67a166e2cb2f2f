"""Rows of a job on both databases: claimed once, given back by the dead, never lost, never done twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from extractor.bulk import jobs, runs
from extractor.bulk.adding import add, compare, found_in, in_batches, listed_in
from extractor.bulk.jobs import Added, Ended, Job, New, Terms
from extractor.bulk.ledger import averages_of, calls_of, note_calls
from extractor.bulk.runs import Run
from extractor.errors import JobError
from extractor.llm.money import Attempt, Tokens
from extractor.store import Store
from extractor.store.job_tables import job_run, job_source

TERMS = Terms("1.0", "rules", "key1")


@pytest.fixture
def job(store: Store) -> Job:
    with store.writing() as connection:
        return jobs.open_job(connection, "bulk", TERMS)


def filled(store: Store, job: Job, count: int = 10) -> None:
    with store.writing() as connection:
        add(connection, job, [New(f"{number:03}.txt", f"/in/{number:03}.txt", 10, 1) for number in range(count)])


def begun(store: Store, job: Job, key: str = "key1") -> Run:
    with store.writing() as connection:
        return runs.start_run(connection, job.id, key)


def states(store: Store, job: Job) -> dict[str, int]:
    with store.reading() as connection:
        return {str(state): count for state, count in jobs.counts(connection, job.id).items()}


def claimed(store: Store, run: Run, limit: int = 100) -> list[int]:
    with store.writing() as connection:
        return [one.id for one in jobs.claim(connection, run, limit)]


def make_elsewhere(connection: Connection, run: Run, *, alive_for: int) -> None:
    """As if the run were another machine's, whose lease ends so many microseconds from now."""
    until = runs.lease_clock_of(connection) + alive_for
    there = {"place": "another|other-start|pid", "process": "1:1", "alive_until": until}
    connection.execute(update(job_run).where(job_run.c.id == run.id).values(there))


def test_a_source_is_claimed_once_and_in_order(store: Store, job: Job) -> None:
    filled(store, job)
    one, other = begun(store, job), begun(store, job)
    first, second = claimed(store, one, 4), claimed(store, other)
    assert first == sorted(first)
    assert len(first) == 4
    assert len(second) == 6
    assert not set(first) & set(second)
    assert states(store, job) == {"running": 10}


def test_many_claim_at_once_and_none_twice(store: Store, job: Job) -> None:
    filled(store, job, 200)
    got: list[list[int]] = [[] for _ in range(4)]

    def work(mine: list[int]) -> None:
        run = begun(store, job)
        while some := claimed(store, run, 7):
            mine += some

    threads = [threading.Thread(target=work, args=(mine,)) for mine in got]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = [one for mine in got for one in mine]
    assert len(every) == len(set(every)) == 200


def test_only_what_a_run_holds_is_finished(store: Store, job: Job) -> None:
    filled(store, job, 3)
    mine, other = begun(store, job), begun(store, job)
    (first, second) = claimed(store, mine, 2)
    (third,) = claimed(store, other)
    with store.writing() as connection:
        ours = jobs.finish(connection, mine, [Ended(one, "done", b"h" * 32, 1, 2) for one in (first, second, third)])
    assert ours == {first, second}
    assert states(store, job) == {"done": 2, "running": 1}
    with store.writing() as connection:
        assert jobs.finish(connection, mine, [Ended(first, "failed")]) == set()
        assert runs.sums_of(connection, job.id)["done"] == 2


def test_the_sources_of_a_process_that_is_gone_come_back_at_once(store: Store, job: Job) -> None:
    filled(store, job, 2)
    run = begun(store, job)
    claimed(store, run)
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    with store.writing() as connection:
        there = update(job_run).where(job_run.c.id == run.id)
        connection.execute(there.values(process=f"{int(gone.stdout)}:1"))
        assert runs.return_lost(connection, job.id) == 2
    assert states(store, job) == {"pending": 2}


@pytest.mark.parametrize(("alive_for", "returned"), [(10_000_000, 0), (-1, 2)])
def test_another_machines_sources_come_back_when_its_lease_is_over(
    store: Store, job: Job, alive_for: int, returned: int
) -> None:
    filled(store, job, 2)
    run = begun(store, job)
    held = claimed(store, run)
    with store.writing() as connection:
        make_elsewhere(connection, run, alive_for=alive_for)
        assert runs.return_lost(connection, job.id) == returned
        assert runs.renew(connection, run) is (returned == 0)
        assert jobs.held(connection, run, held) == (set() if returned else set(held))


def test_a_run_that_others_ended_claims_nothing(store: Store, job: Job) -> None:
    """As a claim does that waited while the store was away: nobody would give back what it took."""
    filled(store, job)
    run = begun(store, job)
    with store.writing() as connection:
        make_elsewhere(connection, run, alive_for=-1)
        runs.return_lost(connection, job.id)
    assert claimed(store, run) == []
    assert states(store, job) == {"pending": 10}


def test_what_was_given_back_in_a_commit_that_seemed_to_fail_is_known(store: Store, job: Job) -> None:
    filled(store, job)
    run, other = begun(store, job), begun(store, job)
    mine = claimed(store, run, 4)
    with store.writing() as connection:
        jobs.give_back(connection, run, mine[:2])
        assert jobs.settled_by(connection, run, mine) == set(mine[:2])
    again = claimed(store, other, 2)
    assert again == mine[:2]
    with store.reading() as connection:
        assert jobs.settled_by(connection, run, mine) == set()


@pytest.mark.parametrize("seconds", [2**33, 2**34 + 5, -(2**33)])
def test_a_file_of_any_time_is_kept(store: Store, job: Job, tmp_path: Path, seconds: int) -> None:
    path = tmp_path / "odd.txt"
    path.write_text("x")
    os.utime(path, (seconds, seconds))
    for added in (Added(new=1), Added(known=1)):
        with store.writing() as connection:
            assert add(connection, job, list(found_in([path]))) == added


def test_a_pipe_in_a_manifest_fails_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "list.csv").write_text("path\npipe.txt\n")
    [one] = listed_in(tmp_path / "list.csv")
    assert one.state == "failed" and one.error is not None
    assert "a pipe or device: a regular file was expected" in one.error["message_en"]


def test_a_manifest_from_a_pipe_is_read_whole(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    rows = "path\n" + "".join(f"{number}.txt\n" for number in range(50))
    writing = threading.Thread(target=(tmp_path / "pipe").write_text, args=(rows,))
    writing.start()
    assert len(list(listed_in(tmp_path / "pipe"))) == 50
    writing.join()


def test_rows_without_a_file_fail_and_are_not_retried(store: Store, job: Job, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("url\nhttp://x/1\nhttp://x/2\n")
    with store.writing() as connection:
        assert add(connection, job, list(listed_in(tmp_path / "list.csv"))) == Added(new=2, failed=2)
        assert jobs.retry_failed(connection, job.id) == 0
    assert states(store, job) == {"failed": 2}


def test_a_renewed_lease_lasts(store: Store, job: Job) -> None:
    run = begun(store, job)
    with store.writing() as connection:
        make_elsewhere(connection, run, alive_for=1)
        assert runs.renew(connection, run)
        assert runs.return_lost(connection, job.id) == 0


def test_a_deferred_run_outlives_its_process(store: Store, job: Job) -> None:
    filled(store, job, 1)
    with store.writing() as connection:
        run = runs.start_run(connection, job.id, "key1", "deferred", lease=10**12)
        jobs.claim(connection, run, 1)
        connection.execute(update(job_run).values(process="1:1"))
        assert runs.return_lost(connection, job.id) == 0


def test_what_ended_its_run_is_claimed_alone_and_last(store: Store, job: Job) -> None:
    filled(store, job, 5)
    run = begun(store, job)
    lost = claimed(store, run, 2)
    with store.writing() as connection:
        make_elsewhere(connection, run, alive_for=-1)
    again = begun(store, job)
    assert len(claimed(store, again)) == 3
    with store.writing() as connection:
        assert [one.id for one in jobs.claim_suspect(connection, again)] == lost[:1]
        assert [one.id for one in jobs.claim_suspect(connection, again)] == lost[1:]


def test_what_was_tried_often_is_claimed_only_where_no_other_suspect_is_held(store: Store, job: Job) -> None:
    filled(store, job, 2)
    run = begun(store, job)
    with store.writing() as connection:
        connection.execute(update(job_source).where(job_source.c.name == "000.txt").values(tries=3))
        connection.execute(update(job_source).where(job_source.c.name == "001.txt").values(tries=2))
        assert [one.name for one in jobs.claim_suspect(connection, run, is_alone=False)] == ["001.txt"]
        assert jobs.claim_suspect(connection, run, is_alone=False) == []
        assert [one.name for one in jobs.claim_suspect(connection, run)] == ["000.txt"]


def test_what_ends_every_run_fails_after_some_tries(store: Store, job: Job) -> None:
    filled(store, job, 1)
    for number in range(runs.MOST_TRIES):
        run = begun(store, job)
        with store.writing() as connection:
            some = jobs.claim_suspect(connection, run) if number else jobs.claim(connection, run, 1)
            assert len(some) == 1
            make_elsewhere(connection, run, alive_for=-1)
    begun(store, job)
    assert states(store, job) == {"failed": 1}
    with store.reading() as connection:
        (failure,) = jobs.sources_of(connection, job.id, "failed")
    assert failure.error is not None
    assert failure.error["code"] == "poison"


def test_a_worker_that_died_counts_as_a_try_and_an_ordered_end_does_not(store: Store, job: Job) -> None:
    filled(store, job, 2)
    run = begun(store, job)
    first, second = claimed(store, run)
    with store.writing() as connection:
        jobs.give_back(connection, run, [first], tried=True)
        runs.end_run(connection, run, "stopped")
        assert jobs.source_with(connection, first).tries == 1
        assert jobs.source_with(connection, second).tries == 0
    assert states(store, job) == {"pending": 2}


def test_failures_are_listed_and_retried(store: Store, job: Job) -> None:
    filled(store, job, 3)
    run = begun(store, job)
    some = claimed(store, run)
    codes = ("damaged_file", "time_limit", "damaged_file")
    with store.writing() as connection:
        ended = [Ended(one, "failed", error={"code": code}) for one, code in zip(some, codes, strict=True)]
        jobs.finish(connection, run, ended)
        listed = jobs.sources_of(connection, job.id, "failed")
        assert [(one.error or {})["code"] for one in listed] == list(codes)
        assert [one.name for one in jobs.sources_of(connection, job.id, "failed", after="000.txt", limit=1)] == [
            "001.txt"
        ]
        assert jobs.retry_failed(connection, job.id, "time_limit") == 1
        assert jobs.retry_failed(connection, job.id, "time%") == 0
        assert jobs.retry_failed(connection, job.id) == 2
    assert states(store, job) == {"pending": 3}


def test_what_was_done_under_other_terms_is_put_back_on_request(store: Store, job: Job) -> None:
    filled(store, job, 2)
    for key in ("key1", "key2"):
        run = begun(store, job, key)
        with store.writing() as connection:
            jobs.finish(connection, run, [Ended(one.id, "done") for one in jobs.claim(connection, run, 1)])
    with store.writing() as connection:
        assert jobs.retry_outdated(connection, job.id, "key2") == 1
    assert states(store, job) == {"pending": 1, "done": 1}


def test_contents_are_known_by_their_hash_and_the_terms(store: Store, job: Job) -> None:
    filled(store, job, 2)
    run = begun(store, job)
    one, other = claimed(store, run)
    with store.writing() as connection:
        jobs.finish(connection, run, [Ended(one, "done", b"a" * 32, 5, 6), Ended(other, "failed", b"b" * 32)])
        known = jobs.done_already(connection, "key1", [b"a" * 32, b"b" * 32])
        assert {sha: (found.report, found.reading) for sha, found in known.items()} == {b"a" * 32: (5, 6)}
        assert jobs.done_already(connection, "key2", [b"a" * 32]) == {}


def test_only_what_is_new_or_changed_is_added(store: Store, job: Job) -> None:
    filled(store, job, 3)
    run = begun(store, job)
    with store.writing() as connection:
        jobs.finish(connection, run, [Ended(one.id, "done") for one in jobs.claim(connection, run, 2)])
        changed = [New(f"{number:03}.txt", f"/in/{number:03}.txt", 11, 1) for number in range(4)]
        assert compare(connection, job, changed) == Added(new=1, changed=2, known=1)
        assert add(connection, job, changed) == Added(new=1, changed=2, known=1)
        assert add(connection, job, changed) == Added(known=4)
        newer = replace(job, terms=replace(TERMS, key="key2"))
        again = [one.id for one in jobs.claim(connection, run, 10)]
        jobs.finish(connection, run, [Ended(one, "done") for one in again])
        assert add(connection, newer, changed) == Added(changed=4)


def test_files_of_the_same_name_get_as_much_of_their_path_as_tells_them_apart(
    store: Store, job: Job, tmp_path: Path
) -> None:
    for folder in ("one/2024", "two/2024"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.txt").write_text(folder)
    arguments = [tmp_path / "one", tmp_path / "two", tmp_path / "one/2024/a.txt"]
    for _ in range(2):
        with store.writing() as connection:
            for batch in in_batches(found_in(arguments), 1):
                add(connection, job, batch)
            found = jobs.sources_of(connection, job.id)
        assert [one.name for one in found] == ["2024/a.txt", "a.txt", "two/2024/a.txt"]


def test_names_of_any_bytes_are_kept(store: Store, job: Job, tmp_path: Path) -> None:
    path = tmp_path / "in" / "\udcff年报\n.txt"
    path.parent.mkdir()
    path.write_text("x")
    with store.writing() as connection:
        add(connection, job, list(found_in([path.parent])))
        (found,) = jobs.sources_of(connection, job.id)
    assert Path(found.path).read_text() == "x"
    assert found.name == "\\xff年报\n.txt"


MANIFEST = """path,url,body,region,level,year
2024/a.txt,https://a.example/1.html,松江口镇人民政府,松江市,township,2024
,https://a.example/2.html,,,,
missing.txt,,,,,
"""


def test_a_manifest_tells_of_files(tmp_path: Path) -> None:
    (tmp_path / "2024").mkdir()
    (tmp_path / "2024/a.txt").write_text("x")
    (tmp_path / "list.csv").write_text(MANIFEST, encoding="utf-8-sig")
    first, second, third = listed_in(tmp_path / "list.csv")
    assert (first.name, first.size, first.state) == ("2024/a.txt", 1, "pending")
    assert first.told is not None
    assert first.told["url"] == "https://a.example/1.html"
    assert first.told["level"] == "township"
    assert second.state == "failed"
    assert (second.error or {})["code"] == "not_fetched"
    assert (third.name, third.state) == ("missing.txt", "pending")


@pytest.mark.parametrize("content", [b"name,year\na,2024\n", b"", b"path\n\xff\xfe\n"])
def test_a_manifest_that_is_none_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(JobError, match=r"list\.csv"):
        list(listed_in(path))


def test_a_job_that_is_not_there_says_which_are(store: Store, job: Job) -> None:
    with store.reading() as connection, pytest.raises(JobError, match="'other'; jobs: bulk"):
        jobs.job_named(connection, "other")


def test_the_ledger_adds_up(store: Store, job: Job) -> None:
    filled(store, job, 1)
    run = begun(store, job)
    (source,) = claimed(store, run)
    paid = Attempt("t", "table", "m", Tokens(100, 40, 10), Decimal("0.000000375"), "answered")
    attempts = [replace(paid, outcome="rate_limited", tokens=Tokens(), cost=Decimal(0)), paid]
    with store.writing() as connection:
        note_calls(connection, run, {source: attempts})
        sums = runs.sums_of(connection, job.id)
        assert (sums["calls"], sums["wasted"], sums["tokens_in"], sums["cost"]) == (2, 1, 100, 375_000)
        told = calls_of(connection, source)
        assert [(one.outcome, one.cost) for one in told] == [("rate_limited", 0), ("answered", Decimal("0.000000375"))]
        assert averages_of(connection, "m")["table"].tokens_out == 10
