"""The account of a job: a row for each call to a model, and the sums of the runs that made them.

Nothing of this is in records: the same report read from the same answers is the same record, whatever it cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, insert, select

from extractor.bulk.runs import Run, count_in, wall_clock_of
from extractor.store.job_tables import job_call

if TYPE_CHECKING:
    from extractor.llm.money import Attempt

UNIT = 10**12
"""Parts of a unit of money that costs are kept in: a price of a millionth for a thousand tokens is exact."""

_WASTED = "rate_limited"
_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Call:
    """One call in the ledger; ``waited`` before it and ``took`` in seconds, ``at`` in microseconds since 1970."""

    source: int
    question: str
    kind: str
    model: str
    outcome: str
    tokens_in: int
    tokens_cached: int
    tokens_out: int
    cost: Decimal
    waited: float
    took: float
    at: int


@dataclass(frozen=True, slots=True)
class OfKind:
    """What questions of one kind took on average, over all calls of a job that were answered."""

    kind: str
    calls: int
    tokens_in: float
    tokens_out: float
    seconds: float


def note_calls(connection: Connection, run: Run, attempts: Mapping[int, Sequence[Attempt]]) -> None:
    """Write the attempts made for each source, and add them to the run's sums."""
    now = wall_clock_of(connection)
    rows = [
        {"job_id": run.job, "run_id": run.id, "source_id": source, "at": now, **_told(one)}
        for source, some in attempts.items()
        for one in some
    ]
    if rows:
        connection.execute(insert(job_call), rows)
        count_in(connection, run, sums_of_calls(one for some in attempts.values() for one in some))


def sums_of_calls(attempts: Iterable[Attempt]) -> dict[str, int]:
    """Attempts as the sums of a run: ``wasted`` are those refused for coming too fast."""
    sums = dict.fromkeys(("calls", "wasted", "tokens_in", "tokens_cached", "tokens_out", "cost"), 0)
    for one in attempts:
        sums["calls"] += 1
        sums["wasted"] += one.outcome == _WASTED
        sums["tokens_in"] += one.tokens.into
        sums["tokens_cached"] += one.tokens.cached
        sums["tokens_out"] += one.tokens.out
        sums["cost"] += int(one.cost * UNIT)
    return sums


def calls_of(connection: Connection, source: int) -> list[Call]:
    """The calls made for a source, in order."""
    names = Call.__dataclass_fields__
    wanted = select(*(job_call.c.source_id.label("source") if name == "source" else job_call.c[name] for name in names))
    rows = connection.execute(wanted.where(job_call.c.source_id == source).order_by(job_call.c.id))
    return [
        Call(**{**row._mapping, "cost": money(row.cost), "waited": row.waited / _SECOND, "took": row.took / _SECOND})
        for row in rows
    ]


def averages_of(connection: Connection, model: str) -> dict[str, OfKind]:
    """What questions of each kind took when this model answered them, in any job; what a plan is made from."""
    columns = [func.avg(job_call.c[name]) for name in ("tokens_in", "tokens_out", "took")]
    wanted = select(job_call.c.kind, func.count(), *columns).group_by(job_call.c.kind)
    wanted = wanted.where(job_call.c.model == model, job_call.c.outcome == "answered")
    return {
        kind: OfKind(kind, count, float(into), float(out), float(took) / _SECOND)
        for kind, count, into, out, took in connection.execute(wanted)
    }


def money(parts: int) -> Decimal:
    """A sum of costs as an exact amount."""
    return Decimal(parts) / UNIT


def _told(one: Attempt) -> dict[str, object]:
    return {
        "question": one.question,
        "kind": one.kind,
        "model": one.model,
        "outcome": one.outcome,
        "tokens_in": one.tokens.into,
        "tokens_cached": one.tokens.cached,
        "tokens_out": one.tokens.out,
        "cost": int(one.cost * UNIT),
        "waited": int(one.waited * _SECOND),
        "took": int(one.took * _SECOND),
    }
