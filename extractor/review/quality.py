"""How the work goes: reports a reviewer and day, what they cost in time and keys, and what asking models cost.

Each figure is summed by the database, from the log or from sums kept beside it. How well it is done is told by
``agreement``, by ``auditing``, and by the newest run of the eval (``quality_of_reading``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from extractor.review.people import Person, permit
from extractor.store import Store
from extractor.store.efforts import HOUR
from extractor.store.people_tables import tally
from extractor.store.readings import BILLION
from extractor.store.tables import reading

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND


@dataclass(frozen=True, slots=True)
class Span:
    """From ``since`` until before ``until`` (microseconds since 1970, None: open); ``offset``: local time from UTC.

    Work is summed by hours: a span that does not begin with one is told from the next.
    """

    since: int | None = None
    until: int | None = None
    offset: timedelta = timedelta()

    def holds(self, at: ColumnElement[int]) -> ColumnElement[bool]:
        """The condition that a moment lies in it."""
        ends = [at >= self.since] if self.since is not None else []
        ends += [at < self.until] if self.until is not None else []
        return and_(True, *ends)


@dataclass(frozen=True, slots=True)
class Throughput:
    """What one reviewer did on one day; ``day`` and ``reviewer`` are None in sums over them.

    ``reports``: accepted or rejected; ``again``: second reviews and audits handed in; ``steps``: of any kind;
    ``seconds``: at work, pauses over ten minutes left out; ``presses``: keys and clicks in ``counted`` of the reports;
    ``closed``: findings that a counted step closed, ``by_one`` of them by a single key.
    """

    reviewer: str | None
    day: date | None
    reports: int
    again: int
    steps: int
    seconds: float
    presses: int
    counted: int
    closed: int
    by_one: int

    @property
    def done(self) -> int:
        """Reports done, whether for the first time or again."""
        return self.reports + self.again

    @property
    def seconds_each(self) -> float | None:
        """Seconds a report."""
        return self.seconds / self.done if self.done > 0 else None

    @property
    def presses_each(self) -> float | None:
        """Keys and clicks a report."""
        return self.presses / self.counted if self.counted > 0 else None

    @property
    def one_key_share(self) -> float | None:
        """Share of the findings that one key settled."""
        return self.by_one / self.closed if self.closed else None


@dataclass(frozen=True, slots=True)
class Spent:
    """What one engine's readings cost, in one currency; ``cost`` is exact."""

    engine: str
    currency: str
    readings: int
    calls: int
    input_tokens: int
    output_tokens: int
    cost: Decimal

    @property
    def cost_each(self) -> Decimal:
        """Cost of a reading in which a model was asked."""
        return self.cost / self.readings


def throughput(store: Store, lead: Person, span: Span) -> list[Throughput]:
    """What each reviewer did on each day, the newest day first."""
    permit(lead, "measure")
    with store.reading() as connection:
        rows = connection.execute(_throughput(span)).all()
    found = [_made(row) for row in rows]
    return sorted(found, key=lambda one: (-(one.day or date.min).toordinal(), one.reviewer or ""))


def by_reviewer(days: Iterable[Throughput]) -> list[Throughput]:
    """The sums of each reviewer over the days, by name."""
    return _summed(days, lambda one: (one.reviewer, None))


def by_day(days: Iterable[Throughput]) -> list[Throughput]:
    """The sums of each day over the reviewers, the oldest first."""
    return _summed(days, lambda one: (None, one.day))


def in_all(days: Iterable[Throughput]) -> Throughput:
    """The sum of everything."""
    return next(iter(_summed(days, lambda _: (None, None))), Throughput(None, None, *[0] * 8))


def spending(store: Store, lead: Person, span: Span) -> list[Spent]:
    """What asking models cost, by engine and currency."""
    permit(lead, "measure")
    keys = (reading.c.engine, reading.c.currency)
    sums = [func.sum(reading.c[name]) for name in ("calls", "input_tokens", "output_tokens", "cost")]
    wanted = select(*keys, func.count(), *sums).where(reading.c.calls.is_not(None), span.holds(reading.c.at))
    with store.reading() as connection:
        rows = connection.execute(wanted.group_by(*keys).order_by(*keys)).all()
    return [_spent(*row) for row in rows]


def _spent(engine: str, currency: str, *sums: Any) -> Spent:
    readings, calls, tokens_in, tokens_out, cost = map(int, sums)
    return Spent(engine, currency, readings, calls, tokens_in, tokens_out, Decimal(cost) / BILLION)


def _throughput(span: Span) -> Select[Any]:
    """One row a reviewer and day."""
    at = tally.c.hour * HOUR
    day = ((at + int(span.offset.total_seconds()) * _SECOND) // _DAY).label("day")
    sums = [func.sum(tally.c[name]).label(name) for name in _KEPT]
    return select(tally.c.who, day, *sums).where(span.holds(at)).group_by(tally.c.who, day)


_KEPT = ("reports", "again", "steps", "took", "presses", "counted", "closed", "by_one")


def _made(row: Any) -> Throughput:
    reports, again, steps, took, presses, counted, closed, by_one = map(int, row[2:])
    day = datetime.fromtimestamp(int(row.day) * _DAY / _SECOND, UTC).date()
    return Throughput(row.who, day, reports, again, steps, took / 1000, presses, counted, closed, by_one)


Key = tuple[str | None, date | None]


def _summed(days: Iterable[Throughput], key: Callable[[Throughput], Key]) -> list[Throughput]:
    sums: dict[Key, list[float]] = {}
    for one in days:
        some = sums.setdefault(key(one), [0.0] * len(_SUMMED))
        for place, name in enumerate(_SUMMED):
            some[place] += getattr(one, name)
    ordered: list[Any] = sorted(sums, key=lambda one: (one[0] or "", one[1] or date.min))
    return [_sum_of(one, dict(zip(_SUMMED, sums[one], strict=True))) for one in ordered]


_SUMMED = ("reports", "again", "steps", "seconds", "presses", "counted", "closed", "by_one")


def _sum_of(key: Key, sums: dict[str, float]) -> Throughput:
    whole: dict[str, Any] = {name: value if name == "seconds" else int(value) for name, value in sums.items()}
    return Throughput(*key, **whole)
