"""A driver's complaint as one of the store's errors: which database, what is wrong, what to do."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from extractor.errors import (
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreGoneError,
    StoreMissingError,
    StoreReadOnlyError,
)
from extractor.store.address import shown, without_secrets

_SQLITE = {
    "SQLITE_BUSY": StoreBusyError,
    "SQLITE_LOCKED": StoreBusyError,
    "SQLITE_READONLY": StoreReadOnlyError,
    "SQLITE_PERM": StoreReadOnlyError,
    "SQLITE_AUTH": StoreReadOnlyError,
    "SQLITE_CORRUPT": StoreDamagedError,
    "SQLITE_NOTADB": StoreDamagedError,
    "SQLITE_CANTOPEN": StoreGoneError,
    "SQLITE_IOERR": StoreGoneError,
    "SQLITE_FULL": StoreFullError,
    "SQLITE_IOERR_WRITE": StoreFullError,
    "SQLITE_IOERR_SHMSIZE": StoreFullError,
}
"""By SQLite's result code, else by its first two words. IOERR_WRITE is what a quota or a limit of file sizes gives."""

_POSTGRES = {
    "55P03": StoreBusyError,
    "40P01": StoreBusyError,
    "40001": StoreBusyError,
    "57014": StoreBusyError,
    "25006": StoreReadOnlyError,
    "42501": StoreReadOnlyError,
    "3D000": StoreMissingError,
    "42P01": StoreMissingError,
    "XX001": StoreDamagedError,
    "XX002": StoreDamagedError,
    "58P01": StoreDamagedError,
    "53100": StoreFullError,
}
"""By SQLSTATE; classes 08, 28, 53 and 57 mean that the server cannot be worked with."""

_NO_DATABASE = re.compile(r'database "[^"]*" does not exist')

_WORDS: dict[type[StoreError], tuple[str, str]] = {
    StoreBusyError: ("is held by others; try again", "正被他人占用，请稍后再试"),
    StoreReadOnlyError: ("takes no changes: it may only be read", "只能读取，不能修改"),
    StoreDamagedError: ("is damaged, or is no store", "已损坏，或不是本程序的数据库"),
    StoreFullError: (
        "has no room left: make room where it lies, or raise the quota",
        "所在位置已无空间：请清理磁盘或提高配额",
    ),
    StoreGoneError: ("cannot be reached", "无法访问"),
    StoreMissingError: (
        "does not exist or was never set up: make the database if it is a server's, then run `extractor db upgrade`",
        "不存在或尚未建立：如在服务器上，请先建好空数据库，再运行 extractor db upgrade",
    ),
    StoreError: ("failed", "出错"),
}


@contextmanager
def told(url: URL) -> Iterator[None]:
    """Turn what a driver raises inside into one of the store's errors; a broken uniqueness goes through as it is.

    Raises:
        StoreError: one of its kinds.
    """
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise _error(url, _kind(error), str(error.orig)) from None
    except PoolTimeoutError as error:
        raise _error(url, StoreBusyError, str(error)) from None
    except PendingRollbackError as error:
        raise _error(url, StoreGoneError, str(error)) from None
    except sqlite3.Error as error:
        raise _error(url, _sqlite_kind(error), str(error)) from None


def _kind(error: DBAPIError) -> type[StoreError]:
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_kind(error.orig)
    state = getattr(error.orig, "sqlstate", None) or ""
    if known := _POSTGRES.get(state):
        return known
    if _NO_DATABASE.search(str(error.orig)):  # a connection that was refused carries no state
        return StoreMissingError
    lost = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return StoreGoneError if state[:2] in ("08", "28", "53", "57") or (lost and not state) else StoreError


def _sqlite_kind(error: BaseException) -> type[StoreError]:
    whole = getattr(error, "sqlite_errorname", None) or ""
    name = whole if whole in _SQLITE else "_".join(whole.split("_")[:2])
    if not name and isinstance(error, sqlite3.ProgrammingError):
        return StoreGoneError
    return _SQLITE.get(name, StoreError)


def _error(url: URL, kind: type[StoreError], message: str) -> StoreError:
    en, zh = _WORDS[kind]
    said = without_secrets(message, url)
    return kind(f"the store {shown(url)} {en} ({said})", f"数据库 {shown(url)} {zh}（{said}）")
