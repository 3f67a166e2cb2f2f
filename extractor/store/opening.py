"""Opening a store: the engine, and the two ways to use it, reading and writing.

SQLite: write-ahead log, foreign keys, ``synchronous=FULL`` (what was acknowledged survives a power cut), one writer of
a process at a time. PostgreSQL: connections are tried before use, waiting for locks has a limit.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool

from extractor.errors import StoreError, StoreGoneError, StoreMissingError
from extractor.settings import Settings
from extractor.store.address import address_of, shown
from extractor.store.failures import told
from extractor.store.upgrading import check_version, upgrade

Clock = Callable[[], int]
"""Microseconds since 1970, UTC."""

_THREADS = 16
_WRITES = "writes"
PAGES_KEPT = 64 * 2**20
"""Bytes of a SQLite file that a connection keeps in memory at most: the queue's indexes."""


def wall_clock() -> int:
    """Now."""
    return time.time_ns() // 1000


class Store:
    """One open store. Many threads may use it; each use is one transaction."""

    def __init__(self, url: URL, engine: Engine, clock: Clock = wall_clock) -> None:
        self.url = url
        self.engine = engine
        self.clock = clock
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self._writer = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads: one state of the whole store, whatever others save meanwhile.

        Raises:
            StoreError: the store cannot be read.
        """
        with told(self.url), self.engine.connect() as connection, connection.begin():
            self._check_file()
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes; when the block ends, what was written is safe on disk.

        Raises:
            StoreError: it cannot be written to; nothing was changed.
        """
        with told(self.url), self._writer, self.engine.connect() as connection:
            self._check_file()
            with connection.execution_options(**{_WRITES: True}).begin():
                yield connection

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    def _check_file(self) -> None:
        """SQLite would go on writing into a file that was taken away, and lose it all."""
        if self.is_sqlite and not Path(str(self.url.database)).exists():
            place = shown(self.url)
            raise StoreGoneError(f"the store {place} was taken away", f"数据库文件 {place} 已不在原处")


def open_store(
    settings: Settings, *, create: bool = False, clock: Clock = wall_clock, cache: int = PAGES_KEPT
) -> Store:
    """The store that the settings name; ``create`` sets up a SQLite file that is not there yet.

    ``cache``: bytes of a SQLite file that each connection keeps in memory at most.

    Raises:
        StoreMissingError: there is none.
        StoreVersionError: it is older or newer than this program.
        StoreError: it cannot be opened.
    """
    url = address_of(settings)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        if not create:
            raise _missing(url)
        create_store(settings)
    store = Store(url, engine_of(url, settings.seconds_for_store, cache=cache), clock)
    try:
        try:
            _check_version_of(store)
        except StoreMissingError:
            if not (create and store.is_sqlite):
                raise
            create_store(settings)  # somebody else has just made the file, and its tables perhaps
            _check_version_of(store)
    except StoreError:
        store.close()
        raise
    return store


def _check_version_of(store: Store) -> None:
    with store.reading() as connection:
        check_version(connection, store.url)


def create_store(settings: Settings) -> URL:
    """Bring the store that the settings name to this program's version, set up where it is not there; its address.

    Raises:
        StoreError: it cannot be reached or written to, or is newer than this program.
    """
    url = address_of(settings)
    if url.get_backend_name() == "sqlite":
        _make_folder(url)
    engine = engine_of(url, settings.seconds_for_store, create=True)
    try:
        with told(url):
            _set_journal(engine, url)
            with engine.connect() as connection, connection.execution_options(**{_WRITES: True}).begin():
                upgrade(connection, url)
    finally:
        engine.dispose()
    return url


def engine_of(url: URL, seconds: float, *, create: bool = False, cache: int = PAGES_KEPT) -> Engine:
    """An engine that waits ``seconds`` for locks; no connection is made yet."""
    if url.get_backend_name() != "sqlite":
        options = f"-c lock_timeout={int(seconds * 1000)} -c timezone=UTC"
        arguments: dict[str, Any] = {"options": options, "connect_timeout": max(2, int(seconds))}
        return _postgres_engine(url, arguments, seconds)
    engine = create_engine(
        "sqlite://",
        creator=lambda: _connect(str(url.database), seconds, create, cache),
        pool_size=_THREADS,
        max_overflow=_THREADS * 4,
        pool_timeout=seconds,
        poolclass=QueuePool,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _postgres_engine(url: URL, arguments: dict[str, Any], seconds: float) -> Engine:
    try:
        return create_engine(
            url,
            connect_args=arguments,
            pool_pre_ping=True,
            pool_size=_THREADS,
            max_overflow=_THREADS * 4,
            pool_timeout=seconds,
        )
    except ImportError:
        raise StoreError(
            "PostgreSQL needs psycopg: pip install 'extractor[postgres]'",
            "使用 PostgreSQL 需要 psycopg：pip install 'extractor[postgres]'",
        ) from None


def _connect(path: str, seconds: float, create: bool, cache: int) -> sqlite3.Connection:
    """A connection that never makes a file unasked."""
    mode = "rwc" if create else "rw"
    address = f"{Path(path).absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(address, uri=True, timeout=seconds, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA cache_size=-{cache // 1024}")
    return connection


def _begin(connection: Connection) -> None:
    """A writer says so at once: two that begin as readers could not both become writers."""
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _set_journal(engine: Engine, url: URL) -> None:
    """The write-ahead log is a property of the file and set once: readers and the writer do not wait for each other."""
    if url.get_backend_name() == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode=WAL")
        finally:
            raw.close()


def _make_folder(url: URL) -> None:
    folder = Path(str(url.database)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"cannot make the folder {folder} for the store: {error.strerror}",
            f"无法为数据库建立文件夹 {folder}：{error.strerror}",
        ) from None


def _missing(url: URL) -> StoreMissingError:
    return StoreMissingError(
        f"there is no store at {shown(url)}: run `extractor db upgrade`",
        f"{shown(url)} 处没有数据库：请运行 extractor db upgrade",
    )
