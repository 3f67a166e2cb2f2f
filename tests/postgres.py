"""A PostgreSQL server of the tests' own: started once a process when first wanted, ended with it, however it ends."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
import pytest

_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/bin")
_UNTIL_TOLD = '"$0" "$@" & server=$!; read -r _; kill -INT $server; wait $server'
"""The server ends when this process ends and its pipe closes, also where it is killed."""


def program(name: str) -> str | None:
    """Where one of PostgreSQL's programs lies."""
    found = shutil.which(name)
    folders = [folder for place in _PLACES for folder in sorted(Path("/").glob(place.lstrip("/")), reverse=True)]
    return found or next((str(folder / name) for folder in folders if (folder / name).exists()), None)


@lru_cache(maxsize=1)
def server() -> str:
    """The folder of the server's socket; skips the test where none can be started, and says why."""
    initdb, postgres = program("initdb"), program("postgres")
    if initdb is None or postgres is None:
        pytest.skip("PostgreSQL is not installed (.ci/packages)")
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="extractor-postgres-"))
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    become = _as(account)
    data = folder / "data"
    setup = [initdb, "-D", str(data), "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    made = subprocess.run(setup, capture_output=True, text=True, cwd=folder, check=False, **become)
    if made.returncode:
        pytest.skip(f"initdb failed: {made.stderr.strip().splitlines()[-1:]}")
    _start(folder, postgres)
    return str(folder)


def stop() -> None:
    """Stop the server: every connection ends, and none can be made until ``start``."""
    lock = Path(server()) / "data" / "postmaster.pid"
    os.kill(int(lock.read_text().splitlines()[0]), signal.SIGINT)
    while lock.exists():
        time.sleep(0.01)


def start() -> None:
    """Start the server again after ``stop``."""
    _start(Path(server()), program("postgres") or "")


def _start(folder: Path, postgres: str) -> None:
    run = [postgres, "-D", str(folder / "data"), "-k", str(folder), "-h", "", "-c", "max_connections=200"]
    run += ["-c", "fsync=off", "-c", "shared_buffers=64MB"]
    until_told = ["/bin/sh", "-c", _UNTIL_TOLD, *run]
    with (folder / "log").open("w") as log:
        subprocess.Popen(until_told, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=folder, **_as(_account()))
    _wait(folder)


def _as(account: pwd.struct_passwd | None) -> Any:
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def _account() -> pwd.struct_passwd | None:
    """The account that the server runs as where this is root, whom it refuses."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("root may not run PostgreSQL, and there is no account 'postgres'")


def _wait(folder: Path) -> None:
    for _ in range(300):
        if _answers(folder):
            return
        time.sleep(0.05)
    pytest.skip(f"PostgreSQL did not start: {(folder / 'log').read_text()[-300:]}")


def _answers(folder: Path) -> bool:
    try:
        psycopg.connect(host=str(folder), user="tests", dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def database(name: str, template: str = "template1") -> str:
    """The address of a new, empty database, or of a copy of ``template``."""
    administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"postgresql://tests@/{name}?host={server()}"


def administer(command: str) -> None:
    """Run one command on the server."""
    with psycopg.connect(host=server(), user="tests", dbname="postgres", autocommit=True) as connection:
        connection.execute(command.encode())


@lru_cache(maxsize=8)
def template(name: str, fill: Callable[[str], None]) -> str:
    """A database filled once, to be copied."""
    fill(database(name))
    return name


def cut(name: str) -> None:
    """End every connection to a database."""
    with psycopg.connect(host=server(), user="tests", dbname="postgres", autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
