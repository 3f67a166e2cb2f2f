"""Where the store is: an address from the settings, and how it is spoken of without its password."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from extractor.errors import StoreError
from extractor.settings import Settings

_FILE = "extractor/store.db"
_POSTGRES = ("postgres", "postgresql", "postgresql+psycopg")


def address_of(settings: Settings) -> URL:
    """The store's address: ``EXTRACTOR_DATABASE_URL``, else a SQLite file in the user's data folder.

    Raises:
        StoreError: it is no address of a SQLite or PostgreSQL database.
    """
    given = settings.database_url.get_secret_value().strip()
    if not given:
        folder = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
        return URL.create("sqlite", database=str(Path(folder) / _FILE))
    return parsed(given)


def parsed(given: str) -> URL:
    """An address as written; a bare path is a SQLite file.

    >>> parsed("postgres://u:p@db/reports").drivername, parsed("reviews.db").database
    ('postgresql+psycopg', 'reviews.db')
    """
    if "://" not in given:
        return URL.create("sqlite", database=given)
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        raise _unusable(given.partition("://")[0]) from None
    if url.drivername in _POSTGRES:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database not in (None, "", ":memory:"):
        return url
    raise _unusable(url.drivername)


def shown(url: URL) -> str:
    """An address as it may be told: without user, password and options.

    >>> shown(parsed("postgresql://me:secret@db.example:5433/reports?password=secret"))
    'postgresql://db.example:5433/reports'
    """
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{url.host or ''}{port}/{url.database or ''}"


def without_secrets(message: str, url: URL) -> str:
    """A driver's message, its first line, with every secret of the address struck out."""
    line = " ".join(message.split("\n", maxsplit=1)[0].split())
    secrets = [str(url.password or ""), *(str(value) for key, value in url.query.items() if "pass" in key)]
    for secret in filter(None, secrets):
        line = line.replace(secret, "***")
    return line


def _unusable(scheme: str) -> StoreError:
    scheme = scheme[:20]
    return StoreError(
        f"EXTRACTOR_DATABASE_URL begins with {scheme}://: it must be sqlite:///FILE or postgresql://HOST/DATABASE",
        f"EXTRACTOR_DATABASE_URL 以 {scheme}:// 开头，应为 sqlite:///文件 或 postgresql://主机/数据库",
    )
