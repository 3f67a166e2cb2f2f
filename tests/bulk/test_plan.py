"""A plan counts what a run would read, and what that would ask, before anything is read."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractor.bulk.local import Call
from extractor.bulk.plan import plan
from extractor.bulk.showing import duration
from extractor.settings import load_settings
from tests.bulk.running import Bench, report, reports


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A store that is not there yet."""
    yield Bench(str(tmp_path / "store.db"), monkeypatch, tmp_path)
    load_settings.cache_clear()


def planned(capsys: pytest.CaptureFixture[str], *paths: Path, engine: str = "rules") -> str:
    """What is said of a job."""
    capsys.readouterr()
    assert plan(Call(list(paths), engine=engine, workers=2)) == 0  # type: ignore[arg-type]
    return capsys.readouterr().err


def number(told: str, pattern: str) -> int:
    """A number in what is said."""
    found = re.search(pattern, told)
    assert found, told
    return int(found[1])


def test_what_is_read_and_what_is_known_twice(bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = reports(tmp_path / "in", 6)
    for name in ("again.txt", "once more.txt"):
        (folder / name).write_bytes(report(100))
    told = planned(capsys, folder)
    assert "8 files, " in told
    assert "2 to be read with the bytes of another" in told
    assert "6 files to read, about 6 reports" in told
    assert not Path(bench.address).exists()


def test_what_was_read_is_neither_read_again_nor_counted_as_a_duplicate(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = reports(tmp_path / "in", 3)
    (folder / "again.txt").write_bytes(report(100))
    assert bench.run(folder) == 0
    assert "0 files to read" in planned(capsys, folder)
    for name, seed in (("new.txt", 7), ("newer.txt", 8), ("known.txt", 101)):
        (folder / name).write_bytes(report(seed))
    told = planned(capsys, folder)
    assert "4 done or known, 0 changed since" in told
    assert "1 to be read with the bytes of another" in told
    assert "2 files to read, about 2 reports" in told


def test_a_file_that_is_named_twice_is_counted(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(report(1))
    assert plan(Call([path, path], engine="rules")) == 0


def test_what_waits_in_the_job_is_to_be_read(bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = reports(tmp_path / "in", 2)
    (folder / "empty.txt").write_bytes(b"")
    assert bench.run(folder) == 1
    assert bench.command("retry") == (0, "", "1 to be read again: extractor bulk run --job bulk\n")
    assert "1 files to read, about 1 reports" in planned(capsys, folder)


def test_members_of_archives_are_counted_and_some_of_them_read(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = reports(tmp_path / "in", 2)
    with zipfile.ZipFile(folder / "year.zip", "w") as packed:
        for seed in range(1, 13):
            packed.writestr(f"2024/{seed}.txt", report(seed))
    (folder / "cut.zip").write_bytes((folder / "year.zip").read_bytes()[:300])
    told = planned(capsys, folder)
    assert "4 files to read, about 15 reports; a sample of " in told
    assert number(told, r"sample of (\d+) was read") <= 2 + 5 + 1
    assert number(told, r"read, (\d+) of it cannot be") == 1


def test_calls_are_estimated_for_members_too(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXTRACTOR_MODEL", "test-model")
    load_settings.cache_clear()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "1.txt").write_bytes(report(1))
    one = number(planned(capsys, tmp_path / "in", engine="hybrid"), r"estimated (\d+) calls")
    with zipfile.ZipFile(tmp_path / "in" / "same.zip", "w") as packed:
        for name in "abcdefghi":
            packed.writestr(f"{name}.txt", report(1))
    assert one > 0
    assert number(planned(capsys, tmp_path / "in", engine="hybrid"), r"estimated (\d+) calls") == 10 * one


@pytest.mark.parametrize(("limit", "most"), [("REQUESTS", 1), ("TOKENS", 1_000)])
def test_limits_a_minute_are_in_the_estimated_time(
    limit: str,
    most: int,
    bench: Bench,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EXTRACTOR_MODEL", "test-model")
    monkeypatch.setenv(f"EXTRACTOR_{limit}_PER_MINUTE", str(most))
    load_settings.cache_clear()
    told = planned(capsys, reports(tmp_path / "in", 3), engine="hybrid")
    calls, into, out = (number(told, pattern) for pattern in (r"(\d+) calls", r"(\d+) tokens in", r"in, (\d+) out"))
    assert f"estimated time {duration(60 * (calls if limit == 'REQUESTS' else into + out) / most)} (hybrid)" in told
