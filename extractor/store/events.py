"""The log: what machines read and people did, one event after another, never changed (the database refuses it)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, insert, select

from extractor.store.tables import event

Kind = Literal[
    "read",
    "start",
    "correct",
    "settle",
    "unsettle",
    "accept",
    "reject",
    "reopen",
    "park",
    "dispute",
    "adjudicate",
    "undo",
]

FIRST = 0
"""The round in which a report is reviewed first; second reviews and audits are rounds 1, 2, …"""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a report in a round; ``seq`` counts from 1 within it.

    ``at``: microseconds since 1970. ``token``: given by whoever saves, so that a repeated save is one event.
    """

    report: int
    round: int
    seq: int
    at: int
    who: str
    kind: Kind
    path: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    token: str | None = None


def append(connection: Connection, happened: Event) -> None:
    """Add an event.

    Raises:
        IntegrityError: the round has an event of that number, or the store one with that token.
    """
    connection.execute(
        insert(event),
        {
            "report_id": happened.report,
            "round": happened.round,
            "seq": happened.seq,
            "at": happened.at,
            "who": happened.who,
            "kind": happened.kind,
            "path": happened.path,
            "data": encoded(happened.data),
            "token": happened.token,
        },
    )


def events_of(connection: Connection, report: int, round_number: int = FIRST) -> list[Event]:
    """Everything that happened to a report in a round, in order."""
    wanted = select(event).where(event.c.report_id == report, event.c.round == round_number).order_by(event.c.seq)
    return [_event(row) for row in connection.execute(wanted)]


def event_with(connection: Connection, token: str) -> Event | None:
    """The event that was saved with a token."""
    row = connection.execute(select(event).where(event.c.token == token)).first()
    return _event(row) if row else None


def encoded(data: dict[str, Any]) -> str:
    """JSON with exact numbers."""
    return _encoder().encode(data).decode() if data else "{}"


def decoded(data: str) -> dict[str, Any]:
    """What was encoded; a fraction is a ``Decimal``."""
    plain: dict[str, Any] = json.loads(data, parse_float=Decimal)
    return plain


@lru_cache(maxsize=1)
def _encoder() -> msgspec.json.Encoder:
    return msgspec.json.Encoder(decimal_format="number")


def _event(row: Row[Any]) -> Event:
    return Event(row.report_id, row.round, row.seq, row.at, row.who, row.kind, row.path, decoded(row.data), row.token)
