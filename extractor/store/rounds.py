"""Second reviews and audits: further rounds of a report, each by somebody who has not reviewed it before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from extractor.errors import NoReportError
from extractor.store.queue import Claim
from extractor.store.tables import review_round

RoundKind = Literal["second", "audit"]
RoundState = Literal["open", "differs", "agrees", "settled"]


@dataclass(frozen=True, slots=True)
class Round:
    """A further round. ``reviewed_by`` accepted the report; ``reviewer`` looks at it again, blind.

    ``state``: ``open``, then ``agrees`` or ``differs``; ``settled`` once a lead has decided the differences.
    """

    report: int
    round: int
    kind: RoundKind
    state: RoundState
    reviewed_by: str | None
    reviewer: str | None
    claimed_by: str | None
    claimed_until: int | None
    drawn_at: int
    done_at: int | None


def draw(connection: Connection, report_id: int, kind: RoundKind, reviewed_by: str | None, at: int) -> int:
    """Add a round to a report; its number."""
    last = connection.execute(select(func.max(review_round.c.round)).where(review_round.c.report_id == report_id))
    number = (last.scalar() or 0) + 1
    values = {"report_id": report_id, "round": number, "kind": kind, "state": "open", "drawn_at": at}
    connection.execute(insert(review_round).values(**values, reviewed_by=reviewed_by))
    return number


def round_of(connection: Connection, report_id: int, number: int) -> Round:
    """One round.

    Raises:
        NoReportError: there is none.
    """
    query = select(review_round).where(review_round.c.report_id == report_id, review_round.c.round == number)
    row = connection.execute(query).first()
    if row is None:
        raise NoReportError(f"report {report_id} has no round {number}", f"报告 {report_id} 没有第 {number} 轮复核")
    return made(row)


def rounds(
    connection: Connection, *, report: int | None = None, kind: RoundKind | None = None, state: str | None = None
) -> list[Round]:
    """Rounds of a report, of a kind, in a state; the oldest first."""
    query = select(review_round).order_by(review_round.c.drawn_at, review_round.c.report_id, review_round.c.round)
    if report is not None:
        query = query.where(review_round.c.report_id == report)
    if kind is not None:
        query = query.where(review_round.c.kind == kind)
    if state is not None:
        query = query.where(review_round.c.state == state)
    return [made(row) for row in connection.execute(query)]


def next_round(connection: Connection, claim: Claim) -> Round | None:
    """Take the oldest open round of a report that somebody else reviewed."""
    table = review_round
    free = or_(table.c.claimed_until.is_(None), table.c.claimed_until <= claim.now, table.c.claimed_by == claim.who)
    other = or_(table.c.reviewed_by.is_(None), table.c.reviewed_by != claim.who)
    query = select(table).where(table.c.state == "open", free, other).order_by(table.c.drawn_at, table.c.report_id)
    row = connection.execute(query.limit(1).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    found = made(row)
    change(connection, found, claimed_by=claim.who, claimed_until=claim.until, reviewer=claim.who)
    return round_of(connection, found.report, found.round)


def change(connection: Connection, one: Round, **values: Any) -> None:
    """Write columns of a round."""
    where = (review_round.c.report_id == one.report, review_round.c.round == one.round)
    connection.execute(update(review_round).where(*where).values(**values))


def made(row: Row[Any]) -> Round:
    """A row of the table with names."""
    return Round(row.report_id, *(getattr(row, name) for name in list(Round.__dataclass_fields__)[1:]))
