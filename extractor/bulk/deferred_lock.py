"""One process at a time works on the batches of a job: a locked file beside SQLite, an advisory lock on a server.

A server gives a lock up when the connection that took it ends, be it by a restart of the server: whoever goes on for
long makes sure of it before each visit to the provider.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedWriter
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from extractor.bulk.jobs import Job
from extractor.errors import JobError
from extractor.store import Store
from extractor.store.failures import told


class _Lock(Protocol):
    def take(self) -> bool: ...

    def is_held(self) -> bool: ...

    def give_up(self) -> None: ...


@contextmanager
def locked(store: Store, job: Job) -> Iterator[Callable[[], None]]:
    """This job's batches for this process alone, however it ends; what is given makes sure that it still has them.

    Raises:
        JobError: another process has them.
        StoreError: the store cannot be asked.
    """
    lock: _Lock = _FileLock(store, job.id) if store.is_sqlite else _ServerLock(store, job.id)

    def hold() -> None:
        if not lock.is_held() and not lock.take():
            raise JobError(
                f"another process is submitting or collecting for the job {job.name!r}",
                f"另一个进程正在提交或收取任务 {job.name}",
            )

    try:
        hold()
        yield hold
    finally:
        lock.give_up()


class _FileLock:
    def __init__(self, store: Store, job: int) -> None:
        self._path = Path(f"{store.url.database}.deferred-{job}.lock")
        self._file: BufferedWriter | None = None

    def take(self) -> bool:
        file = self._path.open("wb")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def is_held(self) -> bool:
        return self._file is not None

    def give_up(self) -> None:
        if self._file is not None:
            self._file.close()


class _ServerLock:
    """Held by a connection of its own; the server gives it up when that ends."""

    def __init__(self, store: Store, job: int) -> None:
        self._store = store
        self._job = {"job": job}
        self._connection: Connection | None = None

    def take(self) -> bool:
        with told(self._store.url):
            connection = self._store.engine.connect()
            try:
                held = connection.execute(text("SELECT pg_try_advisory_lock(7340, :job)"), self._job).scalar_one()
                connection.commit()
            except BaseException:
                connection.close()
                raise
        if not held:
            connection.close()
            return False
        self._connection = connection
        return True

    def is_held(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
            self._connection.commit()
        except SQLAlchemyError:
            self._end(is_broken=True)
            return False
        return True

    def give_up(self) -> None:
        if self._connection is None:
            return
        try:
            self._connection.execute(text("SELECT pg_advisory_unlock(7340, :job)"), self._job)
            self._connection.commit()
        except SQLAlchemyError:
            self._end(is_broken=True)
        else:
            self._end(is_broken=False)

    def _end(self, *, is_broken: bool) -> None:
        """Close the connection; a broken one is not used again, lest it still hold the lock."""
        connection, self._connection = self._connection, None
        with suppress(SQLAlchemyError):
            if connection is not None and is_broken:
                connection.invalidate()
        with suppress(SQLAlchemyError):
            if connection is not None:
                connection.close()
