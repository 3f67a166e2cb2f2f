"""A job on one machine: what is new is read, once, whatever happens meanwhile; its export is always the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import zipfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from extractor.bulk.reading import Manner, Task, ToRead, work
from extractor.bulk.runs import runs_of
from extractor.bulk.supply import Supply
from extractor.bulk.watch import Watching
from extractor.review.work import queue_page
from extractor.settings import load_settings
from extractor.store.events import events_of
from extractor.store.queue import Filter
from extractor.store.readings import reading_of, text_of
from extractor.store.reports import names_of
from extractor.store.tables import field
from tests.bulk.running import COMMAND, ROOT, Bench, Undisturbed, report, reports, undisturbed_job
from tests.stores import LEAD, ON_A_FILE, ON_A_SERVER


def test_a_folder_is_read_once(bench: Bench, tmp_path: Path) -> None:
    folder = reports(tmp_path / "in", 12)
    assert bench.run(folder) == 0
    assert bench.states() == {"done": 12}
    (folder / "late.txt").write_bytes(report(1))
    (folder / "000/0003.txt").write_bytes(report(2))
    before = bench.store()
    assert bench.run(folder) == 0
    assert bench.states() == {"done": 13}
    with before.reading() as connection:
        assert [one.sums["done"] for one in runs_of(connection, 1)] == [2, 12]
    before.close()


def test_reports_can_be_reviewed(bench: Bench, tmp_path: Path) -> None:
    folder = reports(tmp_path / "in", 3)
    (folder / "empty.txt").write_bytes(b"")
    assert bench.run(folder) == 1
    store = bench.store()
    rows = queue_page(store, LEAD, Filter())
    assert sorted(row.name for row in rows) == ["000/0000.txt", "000/0001.txt", "000/0002.txt", "empty.txt"]
    assert {row.state for row in rows} <= {"clean", "open", "failed"}
    store.close()


def test_what_bulk_keeps_is_what_importing_keeps(bench: Bench, tmp_path: Path) -> None:
    folder = reports(tmp_path / "in", 4)
    (folder / "empty.txt").write_bytes(b"")
    assert bench.run(folder) == 1
    kept = rows_of(bench)
    bench.environment["EXTRACTOR_DATABASE_URL"] = bench.address = str(tmp_path / "imported.db")
    assert bench.command("run", "--job", "none")[0] == 2
    call = [*COMMAND[:-1], "import", str(folder), "--engine", "rules"]
    env = {**os.environ, **bench.environment, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(call, env=env, capture_output=True, check=False).returncode == 1
    assert rows_of(bench) == kept


def rows_of(bench: Bench) -> list[tuple[Any, ...]]:
    """What a store holds, without times and numbers of rows."""
    store = bench.store()
    told = []
    with store.reading() as connection:
        for row in sorted(queue_page(store, LEAD, Filter()), key=lambda row: row.name):
            found = reading_of(connection, row.reading_id or 0)
            doubts = connection.execute(select(field.c.path).where(field.c.report_id == row.id)).scalars().all()
            events = [(one.seq, one.who, one.kind, one.data["version"]) for one in events_of(connection, row.id)]
            plain = {key: value for key, value in asdict(row).items() if not key.endswith(("id", "_at", "until"))}
            shown = found.record.to_json() if found.record else found.failure
            text = text_of(connection, found)
            told.append((plain, shown, found.digest, text, sorted(doubts), events, names_of(connection, row.id)))
    store.close()
    return told


def test_the_same_bytes_are_read_once(bench: Bench, tmp_path: Path) -> None:
    folder = reports(tmp_path / "in", 3)
    for name in ("z.txt", "a.txt", "b.txt"):
        (folder / name).write_bytes(report(100))
    assert bench.run(folder) == 0
    assert bench.states() == {"done": 3, "skipped": 3}
    names = [one["source"]["name"] for one in bench.exported()]
    assert names == ["000/0000.txt", "000/0001.txt", "000/0002.txt"]
    assert [set(row[-1]) for row in rows_of(bench)] == [
        {"000/0000.txt", "z.txt", "a.txt", "b.txt"},
        {"000/0001.txt"},
        {"000/0002.txt"},
    ]
    (folder / "000/00.txt").write_bytes(report(101))
    assert bench.run(folder) == 0
    assert [one["source"]["name"] for one in bench.exported()] == ["000/00.txt", "000/0000.txt", "000/0002.txt"]


def test_very_many_copies_are_claimed_some_at_a_time(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("extractor.bulk.supply._MOST_COPIES", 20)
    monkeypatch.setattr("extractor.bulk.supply._CLAIMED", 8)
    held: list[int] = []
    fill = Supply.fill

    def noted(supply: Supply, *, may_read: bool = True) -> None:
        fill(supply, may_read=may_read)
        held.append(len(supply.hand))

    monkeypatch.setattr(Supply, "fill", noted)
    (tmp_path / "in").mkdir()
    for number in range(300):
        (tmp_path / "in" / f"{number:03}.txt").write_bytes(report(100))
    assert bench.run(tmp_path / "in") == 0
    assert bench.states() == {"done": 1, "skipped": 299}
    assert max(held) < 60
    told = capsys.readouterr().err
    assert "300 of 300" in told and ", 0.0 a second" not in told


@ON_A_FILE
@pytest.mark.parametrize(
    "rows",
    [b"title\nx\n", b'path\n"a.txt\nb.txt\n', b"path\n" + b"a.txt\n" * 500 + b"\xff\n"],
    ids=["columns", "stray quote", "another encoding far below"],
)
def test_a_wrong_manifest_is_told_before_anything_is_begun(bench: Bench, tmp_path: Path, rows: bytes) -> None:
    (tmp_path / "list.csv").write_bytes(rows)
    status, _, told = bench.command("run", "--manifest", tmp_path / "list.csv", "--engine", "rules")
    assert status == 2, told
    assert str(tmp_path / "list.csv") in told and "to go on" not in told
    status, _, told = bench.command("run")
    assert status == 2 and "there is no job 'bulk'" in told


def test_failures_of_a_manifest_count_and_hints_name_the_job(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("url\nhttp://x/1\n")
    status, _, told = bench.command("run", "--manifest", tmp_path / "list.csv", "--job", "of 2023", "--engine", "rules")
    assert status == 1
    assert "1 of 1" in told and "1 failed" in told
    assert "extractor bulk status --failed --job 'of 2023'" in told


@pytest.mark.parametrize("name", ["", " ", "a\nb", "\udcff", "x" * 201])
def test_a_name_of_a_job_can_be_read(bench: Bench, tmp_path: Path, name: str) -> None:
    status, _, told = bench.command("run", tmp_path, "--job", name)
    assert status == 2
    assert "a job's name has 1 to 200 characters" in " ".join(told.replace("│", "").split())


def test_failures_are_rows_and_are_retried(bench: Bench, tmp_path: Path) -> None:
    folder = reports(tmp_path / "in", 2)
    (folder / "empty.txt").write_bytes(b"")
    (folder / "letter.txt").write_text("关于召开会议的通知。" * 20)
    assert bench.run(folder) == 1
    assert bench.states() == {"done": 2, "failed": 2}
    status, out, _ = bench.command("status", "--failed")
    assert status == 0
    assert [json.loads(line)["error"]["code"] for line in out.splitlines()] == ["empty_file", "not_a_report"]
    closed = bench.start("status", "--failed", within='"$@" >&-')
    assert "standard output is closed" in closed.communicate(timeout=60)[1]
    assert closed.returncode == 2
    assert bench.run(folder) == 0
    assert bench.command("retry", "--code", "empty_file")[0] == 0
    assert bench.states() == {"done": 2, "failed": 1, "pending": 1}
    (folder / "empty.txt").write_bytes(report(3))
    assert bench.run() == 0
    assert bench.states() == {"done": 3, "failed": 1}
    failed = [one for one in bench.exported() if one["status"] == "failed"]
    assert [(one["source"]["name"], one["error"]["code"]) for one in failed] == [("letter.txt", "not_a_report")]


def archive(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in members.items():
            packed.writestr(name, data)


def test_members_of_archives_are_sources(bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = reports(tmp_path / "in", 2)
    members = {f"2024/{number}.txt": report(number) for number in range(1, 9)}
    archive(folder / "more.zip", members | {"empty.txt": b""})
    assert bench.run(folder) == 1
    assert "11 of 11" in capsys.readouterr().err
    assert bench.states() == {"done": 10, "failed": 1, "opened": 1}
    assert bench.run(folder) == 0
    names = [one["source"]["name"] for one in bench.exported()]
    assert "more.zip!/2024/3.txt" in names
    assert len(names) == 11
    assert bench.command("retry")[0] == 0
    assert bench.run() == 1
    archive(
        folder / "more.zip", {f"2024/{number}.txt": report(number) for number in range(1, 9)} | {"empty.txt": report(9)}
    )
    capsys.readouterr()
    assert bench.run(folder) == 0
    assert "11 of 11" in capsys.readouterr().err
    assert bench.states() == {"done": 11, "opened": 1}


def test_a_broken_archive_fails_and_others_go_on(bench: Bench, tmp_path: Path) -> None:
    folder = reports(tmp_path / "in", 2)
    archive(folder / "whole.zip", {"a.txt": report(1)})
    (folder / "cut.zip").write_bytes((folder / "whole.zip").read_bytes()[:200])
    assert bench.run(folder) == 1
    assert bench.states() == {"done": 3, "failed": 1, "opened": 1}


def test_the_export_is_the_same_however_it_came_about(bench: Bench, tmp_path: Path) -> None:
    folder = reports(tmp_path / "in", 12)
    (folder / "empty.txt").write_bytes(b"")
    (folder / "again.txt").write_bytes(report(100))
    assert bench.run(folder, workers=1) == 1
    first = bench.export("first")
    other = Path(str(tmp_path / "other.db"))
    bench.environment["EXTRACTOR_DATABASE_URL"] = str(other)
    for number in (7, 3, 11):
        bench.command("run", folder / f"{number // 10:03}" / f"{number:04}.txt", "--engine", "rules")
    bench.command("run", folder, "--engine", "rules", "--jobs", "3")
    status, _, _ = bench.command("export", "--out", tmp_path / "second")
    assert status == 0
    second = {path.name: path.read_bytes() for path in (tmp_path / "second").glob("part-*")}
    assert list(second) == list(first)
    names = [json.loads(line)["source"]["name"] for line in second["part-000001.jsonl"].splitlines()]
    assert names == sorted(names)
    assert b'"usage"' not in first["part-000001.jsonl"]


@pytest.mark.parametrize("kind_", ["csv", "parquet"])
def test_other_formats(bench: Bench, tmp_path: Path, kind_: str) -> None:
    bench.run(reports(tmp_path / "in", 3))
    assert list(bench.export("out", kind_)) == [f"part-000001.{kind_}"]


def test_another_version_reads_again_and_the_same_does_not(bench: Bench, tmp_path: Path) -> None:
    folder = reports(tmp_path / "in", 2)
    assert bench.run(folder) == 0
    form = tmp_path / "own.toml"
    builtin = Path(__file__).parents[2] / "extractor/forms/2021.toml"
    form.write_text(builtin.read_text("utf-8").replace('id = "2021"', 'id = "own"', 1), "utf-8")
    status, _, told = bench.command("run", folder, "--engine", "rules", "--form", form)
    assert status == 0, told
    assert {one["form"] for one in bench.exported()} == {"own"}


def test_a_watched_run_tells_when_each_source_begins_and_ends(bench: Bench, tmp_path: Path) -> None:
    folder = reports(tmp_path / "in", 3)
    (folder / "again.txt").write_bytes(report(100))
    (folder / "empty.txt").write_bytes(b"")
    archive(folder / "more.zip", {f"{number}.txt": report(number) for number in (1, 2)})
    assert bench.run(folder, watching=Watching(log=str(tmp_path / "log"))) == 1
    events = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    begun = [one["report"] for one in events if one["event"] == "report_started"]
    ended = {one["report"]: one for one in events if one["event"] == "report_ended"}
    assert sorted(begun) == sorted(ended)
    assert len(begun) == len(ended) == 8
    assert Counter(one["outcome"] for one in ended.values()) == {"done": 5, "failed": 1, "skipped": 1, "opened": 1}
    assert all(one["seconds"] >= 0 for one in ended.values())


# ---- what may happen meanwhile ----


def wait_for(bench: Bench, done: int, process: subprocess.Popen[str]) -> None:
    """Wait until so many are done."""
    for _ in range(600):
        try:
            if bench.states().get("done", 0) >= done:
                return
        except Exception:  # noqa: BLE001, S110 (no job yet)
            pass
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    raise AssertionError("nothing was done")


def children(process: subprocess.Popen[str]) -> list[int]:
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(one) for one in found]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return undisturbed_job(tmp_path_factory.mktemp("undisturbed"), 300, 20)


def test_a_killed_runner_loses_nothing(bench: Bench, undisturbed: Undisturbed) -> None:
    folder, expected = undisturbed.folder, undisturbed.export
    for done in (30, 150):
        process = bench.start("run", folder, "--engine", "rules", "--jobs", "2")
        wait_for(bench, done, process)
        process.kill()
        process.communicate()
    status, _, told = bench.command("run", "--engine", "rules", "--jobs", "2")
    assert status == 0, told
    assert bench.command("run", folder, "--engine", "rules")[0] == 0
    assert bench.states() == {"done": 300}
    assert bench.export() == expected


@ON_A_SERVER
def test_killed_workers_lose_nothing(bench: Bench, undisturbed: Undisturbed) -> None:
    folder, expected = undisturbed.folder, undisturbed.export
    process = bench.start("run", folder, "--engine", "rules", "--jobs", "2")
    for done in (20, 80, 140):
        wait_for(bench, done, process)
        os.kill(children(process)[-1], signal.SIGKILL)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 0, told
    assert bench.export() == expected


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_in_order(bench: Bench, undisturbed: Undisturbed, number: signal.Signals) -> None:
    folder, expected = undisturbed.folder, undisturbed.export
    process = bench.start("run", folder, "--engine", "rules", "--jobs", "2")
    wait_for(bench, 30, process)
    process.send_signal(number)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 128 + number, told
    assert "to go on: extractor bulk run" in told
    states = bench.states()
    assert "running" not in states
    assert 0 < states["done"] < 300
    assert bench.command("run", folder, "--engine", "rules")[0] == 0
    assert bench.export() == expected


def test_two_runners_on_one_job(bench: Bench, undisturbed: Undisturbed) -> None:
    folder, expected = undisturbed.folder, undisturbed.export
    both = [bench.start("run", folder, "--engine", "rules", "--jobs", "1") for _ in range(2)]
    for process in both:
        _, told = process.communicate(timeout=120)
        assert process.returncode == 0, told
    assert bench.command("run", "--engine", "rules")[0] == 0
    states = bench.states()
    assert states.get("done", 0) + states.get("skipped", 0) == 300
    assert states.get("failed", 0) == 0
    assert bench.export() == expected


def deadly(task: Task, manner: Manner) -> Any:
    """Reads all but one file, which ends whoever reads it."""
    if isinstance(task, ToRead) and "0003" in task.name:
        os.kill(os.getpid(), signal.SIGKILL)
    return work(task, manner)


@ON_A_FILE
def test_what_ends_its_worker_is_tried_some_times_and_fails(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extractor.bulk.supply.work", deadly)
    assert bench.run(reports(tmp_path / "in", 8)) == 1
    assert bench.states() == {"done": 7, "failed": 1}
    (failed,) = [one for one in bench.exported() if one["status"] == "failed"]
    assert (failed["source"]["name"], failed["error"]["code"]) == ("000/0003.txt", "poison")


def slow(task: Task, manner: Manner) -> Any:
    """Reads all but one file, which takes for ever."""
    if isinstance(task, ToRead) and "0003" in task.name:
        time.sleep(60)
    return work(task, manner)


@ON_A_FILE
def test_what_takes_too_long_fails(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.bulk.supply.work", slow)
    monkeypatch.setenv("EXTRACTOR_SECONDS_PER_DOCUMENT", "8")
    load_settings.cache_clear()
    assert bench.run(reports(tmp_path / "in", 6)) == 1
    (failed,) = [one for one in bench.exported() if one["status"] == "failed"]
    assert failed["error"]["code"] == "time_limit"
