"""What may happen to a job from outside: a full disk, a database that is gone, a clock that is set."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests import postgres

HOUR = 3_600.0
_PAGE = 4_096


class SmallDisk:
    """A file system of a few megabytes, which can be filled up and emptied again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, leave: int = 0) -> None:
        """Leave so many bytes of room."""
        with self._filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(b"x" * _PAGE) == _PAGE:
                pass
        os.truncate(self._filler, max(0, self._filler.stat().st_size - leave))

    def make_room(self) -> None:
        """Take away what fills it."""
        self._filler.unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """A disk of its own, mounted at a folder; skips the test where this user may not mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=777", "small", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False) if shutil.which("mount") else None
    if mounted is None or mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip() if mounted else 'no mount'}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@contextmanager
def database_on(folder: Path, name: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database whose files lie below a folder."""
    place = folder / "tables"
    place.mkdir()
    owner = (Path(postgres.server()) / "data").stat()
    os.chown(place, owner.st_uid, owner.st_gid)
    postgres.administer(f"CREATE TABLESPACE {name} LOCATION '{place}'")
    postgres.administer(f'CREATE DATABASE "{name}" TABLESPACE {name}')
    try:
        yield f"postgresql://tests@/{name}?host={postgres.server()}"
    finally:
        postgres.administer(f'DROP DATABASE "{name}" WITH (FORCE)')
        postgres.administer(f"DROP TABLESPACE {name}")


def database_of(address: str) -> str:
    """The name of the database that an address tells of."""
    return urlsplit(address).path.lstrip("/")


def take_away(address: str, process: subprocess.Popen[str], seconds: float) -> None:
    """A server is stopped, a file locked by another process, for so long; the process stands still till it is."""
    if address.startswith("postgresql"):
        process.send_signal(signal.SIGSTOP)
        postgres.stop()
        process.send_signal(signal.SIGCONT)
        time.sleep(seconds)
        postgres.start()
        return
    with contextlib.closing(sqlite3.connect(file_of(address), timeout=0, isolation_level=None)) as other:
        _lock(other, process)
        time.sleep(seconds)
        other.execute("ROLLBACK")


def _lock(other: sqlite3.Connection, process: subprocess.Popen[str]) -> None:
    """Lock the file, between two of the process's own writes: it stands still while that is tried."""
    for _ in range(1_000):
        process.send_signal(signal.SIGSTOP)
        try:
            other.execute("BEGIN EXCLUSIVE")
            return
        except sqlite3.OperationalError:  # it writes just now
            pass
        finally:
            process.send_signal(signal.SIGCONT)
        time.sleep(0.005)
    raise AssertionError("the store was never free")


def file_of(address: str) -> str:
    """The file of a SQLite store."""
    return address.removeprefix("sqlite:///")


class ServersClock:
    """The clock that a PostgreSQL database tells all who use it: a function of its own stands before the real one."""

    def __init__(self, address: str) -> None:
        self._name = database_of(address)
        self._do("CREATE TABLE clock_set (by interval)")
        self._do("INSERT INTO clock_set VALUES ('0')")
        self._do(
            "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS "
            "'SELECT pg_catalog.clock_timestamp() + by FROM public.clock_set'"
        )
        self._do(f'ALTER DATABASE "{self._name}" SET search_path = public, pg_catalog')

    def set(self, seconds: float) -> None:
        """Set it so many seconds from the right time."""
        self._do("UPDATE clock_set SET by = %s * interval '1 second'", seconds)

    def _do(self, command: str, *values: float) -> None:
        with psycopg.connect(host=postgres.server(), user="tests", dbname=self._name, autocommit=True) as connection:
            connection.execute(command.encode(), values or None)


class ThisClock:
    """The wall clock as this process, and those that it forks, are told it; time since the start goes on as ever."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._by = 0.0
        right, right_ns = time.time, time.time_ns
        monkeypatch.setattr(time, "time", lambda: right() + self._by)
        monkeypatch.setattr(time, "time_ns", lambda: right_ns() + int(self._by * 1e9))

    def set(self, seconds: float) -> None:
        """Set it so many seconds from the right time."""
        self._by = seconds
