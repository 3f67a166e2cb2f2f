"""The queue: which reports are wanted, in which order, how many, and who takes the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, false, func, or_, select, update

from extractor.store.bodies import bodies_called, is_called
from extractor.store.reports import COLUMNS, JOINED, ReportRow, made
from extractor.store.tables import finding, report

_MANY = 2_000


@dataclass(frozen=True, slots=True)
class Filter:
    """Which reports; None: any. ``body``: part of any of its names; ``reviewer``: who acted last; ``finding``: open."""

    state: str | None = None
    form: str | None = None
    year: int | None = None
    body: str | None = None
    region: str | None = None
    level: str | None = None
    finding: str | None = None
    reviewer: str | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Who takes a report, now and until when (microseconds since 1970)."""

    who: str
    now: int
    until: int


def page(connection: Connection, wanted: Filter, *, after: ReportRow | None = None, limit: int = 50) -> list[ReportRow]:
    """The reports from ``after`` on: those first whose review is expected to mend most, the oldest of equals first."""
    query = _filtered(connection, select(report.c.id), wanted, first_only=True)
    if after is not None:
        behind = and_(report.c.benefit == after.benefit, report.c.id > after.id)
        query = query.where(or_(report.c.benefit < after.benefit, behind))
    first = _ordered(query).limit(limit)  # by indexes alone; only these few rows are then looked at whole
    rows = connection.execute(_ordered(select(*COLUMNS).select_from(JOINED).where(report.c.id.in_(first))))
    return [made(row) for row in rows]


def counts(connection: Connection, wanted: Filter) -> dict[str, int]:
    """How many reports, by state."""
    query = _filtered(connection, select(report.c.state, func.count()).select_from(report), wanted)
    return {row[0]: row[1] for row in connection.execute(query.group_by(report.c.state))}


def finding_counts(connection: Connection, wanted: Filter) -> dict[str, int]:
    """How many reports have an open finding of each code."""
    ids = _filtered(connection, select(report.c.id), wanted)
    query = select(finding.c.code, func.count(finding.c.report_id.distinct())).where(finding.c.settled.is_(False))
    rows = connection.execute(query.where(finding.c.report_id.in_(ids)).group_by(finding.c.code))
    return {row[0]: row[1] for row in rows}


def choices(connection: Connection, name: str, limit: int = 500) -> list[Any]:
    """The values that a column of the queue (``form``, ``year``, ``region``, ``reviewer``, ``format``) has."""
    column = report.c[name]
    query = select(column).where(column.is_not(None)).distinct().order_by(column).limit(limit)
    return list(connection.execute(query).scalars())


def claim_next(connection: Connection, wanted: Filter, claim: Claim) -> int | None:
    """Take the first report that nobody else has; its id, None where there is none."""
    free = or_(report.c.claimed_until.is_(None), report.c.claimed_until <= claim.now, report.c.claimed_by == claim.who)
    query = _ordered(_filtered(connection, select(report.c.id), wanted, first_only=True).where(free)).limit(1)
    found = connection.execute(query.with_for_update(skip_locked=True)).scalar()
    if found is not None:
        hold(connection, found, claim)
    return found


def hold(connection: Connection, report_id: int, claim: Claim) -> None:
    """Note who holds a report."""
    values = {"claimed_by": claim.who, "claimed_until": claim.until}
    connection.execute(update(report).where(report.c.id == report_id).values(values))


def let_go(connection: Connection, report_id: int) -> None:
    """Note that nobody holds a report."""
    connection.execute(update(report).where(report.c.id == report_id).values(claimed_by=None, claimed_until=None))


def identifiers(connection: Connection, wanted: Filter) -> list[int]:
    """The ids of all reports that are wanted, by age: for an export."""
    query = _filtered(connection, select(report.c.id), wanted).order_by(report.c.id)
    return list(connection.execute(query).scalars())


def _ordered(query: Select[Any]) -> Select[Any]:
    return query.order_by(report.c.benefit.desc(), report.c.id)


def _filtered(connection: Connection, query: Select[Any], wanted: Filter, *, first_only: bool = False) -> Select[Any]:
    """The reports that are wanted; ``first_only``: of many, just the first are looked at."""
    for name in ("state", "form", "year", "region", "level", "reviewer", "format"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(report.c[name] == value)
    if wanted.finding is not None:
        named = select(finding.c.report_id).where(finding.c.code == wanted.finding, finding.c.settled.is_(False))
        if _are_many(connection, named):
            query = query.where(named.where(finding.c.report_id == report.c.id).exists())
        else:
            query = query.where(report.c.id.in_(named))
    if wanted.body is not None:
        bodies = bodies_called(connection, wanted.body)
        if bodies is None:
            return query.where(false())
        if first_only and _are_many(connection, bodies):
            query = query.where(is_called(report.c.body_id, wanted.body))
        else:
            query = query.where(report.c.body_id.in_(bodies))
    return query


def _are_many(connection: Connection, ids: Select[Any]) -> bool:
    """Whether so many are named that looking each report up among them is less work than looking up each of them."""
    found = connection.execute(select(func.count()).select_from(ids.limit(_MANY).subquery())).scalar_one()
    return int(found) == _MANY
