"""Who signed in, and what leads said of their rights: the last word on a name holds, every word is kept."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from sqlalchemy import Connection, Row, func, insert, select, text

from extractor.store.contents import insert_new
from extractor.store.people_tables import account, ruling


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who signed in. ``claimed``: the role that the provider gave last; times in microseconds since 1970."""

    key: str
    name: str
    claimed: str | None
    first_at: int
    last_at: int


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a lead (``who``) said of somebody's rights. ``role`` None: the provider's claim counts again."""

    key: str
    name: str
    role: str | None
    blocked: bool
    at: int
    who: str
    why: str


def key_of_name(name: str) -> str:
    """What makes two spellings of a name one person: a block must not be got round by writing it in capitals.

    >>> key_of_name(" Ann@Example.org") == key_of_name("ａnn@example.ORG")
    True
    """
    return unicodedata.normalize("NFKC", name).strip().casefold()


def note_visit(connection: Connection, name: str, claimed: str | None, at: int) -> None:
    """Keep that somebody signed in, and which role the provider gave."""
    key = key_of_name(name)
    insert_new(connection, account, {"key": key, "name": name, "claimed": claimed, "first_at": at, "last_at": at})
    values = {"name": name, "claimed": claimed, "last_at": at}
    connection.execute(account.update().where(account.c.key == key).values(values))


def add_ruling(connection: Connection, said: Ruling) -> None:
    """Add a word to the history of a name."""
    names = list(Ruling.__dataclass_fields__)
    connection.execute(insert(ruling), {name: getattr(said, name) for name in names})


def ruling_of(connection: Connection, key: str) -> Ruling | None:
    """The word that holds; None where no lead has said any."""
    wanted = select(ruling).where(ruling.c.key == key).order_by(ruling.c.id.desc()).limit(1)
    row = connection.execute(wanted).first()
    return _ruling(row) if row else None


def rulings(connection: Connection, key: str | None = None, *, limit: int = 500) -> list[Ruling]:
    """Every word on a name, or on anybody; the newest first."""
    wanted = select(ruling).order_by(ruling.c.id.desc()).limit(limit)
    rows = connection.execute(wanted if key is None else wanted.where(ruling.c.key == key))
    return [_ruling(row) for row in rows]


def rulings_in_force(connection: Connection) -> dict[str, Ruling]:
    """The word that holds on each name, by its key."""
    last = select(func.max(ruling.c.id)).group_by(ruling.c.key)
    rows = connection.execute(select(ruling).where(ruling.c.id.in_(last)))
    return {row.key: _ruling(row) for row in rows}


def accounts(connection: Connection) -> list[Account]:
    """Everybody who ever signed in, by name."""
    rows = connection.execute(select(account).order_by(account.c.key))
    return [Account(row.key, row.name, row.claimed, row.first_at, row.last_at) for row in rows]


def hold_rulings(connection: Connection) -> None:
    """One at a time may change rights: two leads who block each other at once must not both succeed."""
    if connection.dialect.name != "sqlite":  # SQLite has one writer as it is
        connection.execute(text("LOCK TABLE ruling IN SHARE ROW EXCLUSIVE MODE"))


def _ruling(row: Row[tuple[object, ...]]) -> Ruling:
    return Ruling(row.key, row.name, row.role, bool(row.blocked), row.at, row.who, row.why)
