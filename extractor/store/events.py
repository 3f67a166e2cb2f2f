"""The log: what machines read and people did, one event after another, never changed (the database refuses it)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, func, insert, select

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


@dataclass(frozen=True, slots=True)
class Effort:
    """What a person's step cost and brought about; kept beside the event, replaying it needs none of it.

    ``took``: milliseconds since what the person did before, None after a pause. ``presses``: keys and clicks since the
    step before, None where nobody counted them. ``closed``: open findings and conflicts that went away by it, below 0
    where some came. ``done``: 1 for accepting or rejecting, -1 for taking that back, otherwise 0.
    """

    took: int | None = None
    presses: int | None = None
    closed: int = 0
    done: int = 0


def append(connection: Connection, happened: Event, effort: Effort | None = None) -> None:
    """Add an event, and what it cost whoever acted.

    Raises:
        IntegrityError: the round has an event of that number, or the store one with that token.
    """
    connection.execute(insert(event), {**_row(happened), **(asdict(effort) if effort else {})})


def append_all(connection: Connection, happened: Sequence[Event]) -> None:
    """Add events of machines, many at once.

    Raises:
        IntegrityError: as ``append``.
    """
    connection.execute(insert(event), [_row(one) for one in happened])


def _row(happened: Event) -> dict[str, Any]:
    return {
        "report_id": happened.report,
        "round": happened.round,
        "seq": happened.seq,
        "at": happened.at,
        "who": happened.who,
        "kind": happened.kind,
        "path": happened.path,
        "data": encoded(happened.data),
        "token": happened.token,
    }


def last_act(connection: Connection, who: str) -> int | None:
    """When somebody last did a step of their own, in any report."""
    by_person = select(event.c.at).where(event.c.who == who, event.c.done.is_not(None))
    found = connection.execute(by_person.order_by(event.c.at.desc()).limit(1)).scalar()
    return int(found) if found is not None else None


def events_of(connection: Connection, report: int, round_number: int = FIRST) -> list[Event]:
    """Everything that happened to a report in a round, in order."""
    wanted = select(event).where(event.c.report_id == report, event.c.round == round_number).order_by(event.c.seq)
    return [_event(row) for row in connection.execute(wanted)]


def last_number(connection: Connection, report: int, round_number: int = FIRST) -> int:
    """The number of the last event of a round: its version; 0 where there is none."""
    wanted = select(func.max(event.c.seq)).where(event.c.report_id == report, event.c.round == round_number)
    return int(connection.execute(wanted).scalar() or 0)


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
