"""The figures of reports, and the log of what reports of one body told of each other (docs/across.md).

What another report says is no event of a report: nobody did anything to it, and whoever works on it must not be told
that it changed. So it is a log of its own. Its last entry holds now, and an earlier one held then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from extractor.store.bodies import canonical
from extractor.store.figure_tables import comparison, figure, uncompared
from extractor.store.register_tables import report_link
from extractor.store.statements import portions
from extractor.store.tables import body, report

_OUT = ("copy", "earlier", "misfiled")
"""What a report can be to another one of its body and year, so that it does not stand for that year."""
_WIDER = "consolidated"

_PLACE = ("body_id", "year", "form", "level", "region")
KEYS = tuple(column.name for column in figure.c if column.name not in ("report_id", *_PLACE))
"""The figures, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a report stands among others: its body, under whichever of its names, and its year."""

    body: int | None
    year: int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report's figures in millionths; those that it does not state are left out. ``scope``: what it covers."""

    report: int
    year: int
    scope: str
    figures: dict[str, int]


@dataclass(frozen=True, slots=True)
class Told:
    """A finding about a report that another one (``report``) gives rise to."""

    code: str
    paths: list[str]
    message: str
    message_en: str
    report: int


_DECODER = msgspec.json.Decoder(list[Told])


def standing_of(connection: Connection, report_id: int) -> Standing:
    """Where a report stands now."""
    joined = report.outerjoin(body, report.c.body_id == body.c.id)
    wanted = select(canonical(), report.c.year).select_from(joined).where(report.c.id == report_id)
    row = connection.execute(wanted).first()
    return Standing(row[0], row[1]) if row else Standing(None, None)


def body_named(connection: Connection, name: str | None) -> int | None:
    """The body that has this name, where it is known."""
    return connection.execute(select(canonical()).where(body.c.name == name)).scalar()


def keep(connection: Connection, report_id: int, figures: Mapping[str, int] | None) -> bool:
    """Set a report's figures, beside what its row says of it; None: it cannot be compared.

    Whether its body is to be compared: a figure changed, or nobody has compared it yet.
    """
    waited = connection.execute(delete(uncompared).where(uncompared.c.report_id == report_id)).rowcount > 0
    known = connection.execute(select(figure).where(figure.c.report_id == report_id)).first()
    if figures is None:
        if known is not None:
            connection.execute(delete(figure).where(figure.c.report_id == report_id))
        return known is not None
    place = connection.execute(select(*(report.c[name] for name in _PLACE)).where(report.c.id == report_id)).one()
    values = {**place._mapping, **_columns(figures)}
    if known is None:
        connection.execute(insert(figure).values(report_id=report_id, **values))
        return True
    changed = {name for name, value in values.items() if known._mapping[name] != value}
    if changed:
        connection.execute(update(figure).where(figure.c.report_id == report_id).values(**values))
    return waited or not changed.isdisjoint(KEYS)


def keep_new(connection: Connection, stated: Mapping[int, Mapping[str, int]]) -> None:
    """The figures of reports that came in just now, by report; comparing them waits (``next_waiting``)."""
    for some in portions(sorted(stated)):
        wanted = select(report.c.id, *(report.c[name] for name in _PLACE)).where(report.c.id.in_(some))
        rows = [
            {"report_id": row.id, **{name: row._mapping[name] for name in _PLACE}, **_columns(stated[row.id])}
            for row in connection.execute(wanted)
        ]
        if rows:
            connection.execute(insert(figure), rows)
        connection.execute(insert(uncompared), [{"report_id": one} for one in some])


def _columns(stated: Mapping[str, int]) -> dict[str, int | None]:
    return {key: stated.get(key) for key in KEYS}


def bodies_of(connection: Connection, reports: Collection[int]) -> list[int]:
    """The bodies of reports."""
    joined = select(canonical()).join_from(report, body, body.c.id == report.c.body_id).distinct()
    found = [joined.where(report.c.id.in_(some)) for some in portions(sorted(reports))]
    return sorted({one for wanted in found for one in connection.execute(wanted).scalars()})


def shared(connection: Connection, bodies: Collection[int]) -> list[int]:
    """Those of the bodies with more than one report: nothing can contradict an only one."""
    wanted = select(canonical()).join_from(figure, body, body.c.id == figure.c.body_id)
    wanted = wanted.group_by(canonical()).having(func.count() > 1)
    found = [wanted.where(figure.c.body_id.in_(_names(some))) for some in portions(sorted(bodies))]
    return sorted({one for query in found for one in connection.execute(query).scalars()})


def with_figures(connection: Connection, reports: Collection[int]) -> set[int]:
    """Those of the reports whose figures are kept."""
    found = [select(figure.c.report_id).where(figure.c.report_id.in_(some)) for some in portions(sorted(reports))]
    return {one for wanted in found for one in connection.execute(wanted).scalars()}


def waiting_in(connection: Connection, bodies: Collection[int]) -> set[int]:
    """The reports of bodies whose figures are kept, and that wait to be compared."""
    waits = select(uncompared.c.report_id).join(figure, figure.c.report_id == uncompared.c.report_id)
    found = [waits.where(figure.c.body_id.in_(_names(some))) for some in portions(sorted(bodies))]
    return {one for wanted in found for one in connection.execute(wanted).scalars()}


def compared(connection: Connection, reports: Collection[int]) -> None:
    """These reports wait no more."""
    for some in portions(sorted(reports)):
        connection.execute(delete(uncompared).where(uncompared.c.report_id.in_(some)))


def _names(bodies: Sequence[int]) -> Select[tuple[int]]:
    return select(body.c.id).where(or_(body.c.id.in_(bodies), body.c.same_as.in_(bodies)))


def sheets_of(connection: Connection, body_id: int, limit: int) -> list[Sheet]:
    """The reports of a body that can be compared, under whichever name, the oldest year first."""
    rows = connection.execute(_sheets(), {"asked": body_id, "most": limit})
    return [_sheet(row._mapping) for row in rows]


@lru_cache(maxsize=1)
def _sheets() -> Select[Any]:
    """Made once: making it takes longer than running it, and it is run at every save."""
    asked = bindparam("asked", type_=BigInteger)
    names = select(body.c.id).where(or_(body.c.id == asked, body.c.same_as == asked))
    scope = case((_linked(names, (_WIDER,)), "wider"), else_="own")
    return (
        select(report.c.year, scope.label("scope"), figure)
        .join_from(report, figure, figure.c.report_id == report.c.id)
        .where(report.c.body_id.in_(names), report.c.year.is_not(None), ~_linked(names, _OUT))
        .order_by(report.c.year, report.c.id)
        .limit(bindparam("most", type_=Integer))
    )


def _linked(names: Select[tuple[int]], kinds: Collection[str]) -> ColumnElement[bool]:
    """Whether somebody said that a report is one of ``kinds`` to another of the same body and year."""
    other = aliased(report)
    linked = select(report_link.c.report_id).join(other, other.c.id == report_link.c.other_id)
    holds = and_(other.c.year == report.c.year, other.c.body_id.in_(names))
    return linked.where(report_link.c.report_id == report.c.id, report_link.c.kind.in_(kinds), holds).exists()


def hold(connection: Connection, bodies: Iterable[int | None]) -> None:
    """Let nobody else compare these bodies until this transaction ends. To be asked before a report is locked."""
    ids = sorted({one for one in bodies if one is not None})
    if ids and connection.dialect.name != "sqlite":  # SQLite has one writer as it is
        wanted = select(body.c.id).where(body.c.id.in_(ids)).order_by(body.c.id)
        connection.execute(wanted.with_for_update(key_share=True))


# ---- the log -----------------------------------------------------------------------------------------------------


def tell(connection: Connection, told: Mapping[int, list[Told]], at: int) -> None:
    """Add to the log what other reports tell of reports from now on."""
    rows = [{"report_id": key, "at": at, "data": msgspec.json.encode(told[key]).decode()} for key in sorted(told)]
    if rows:
        connection.execute(insert(comparison), rows)


def told_of(connection: Connection, report_id: int, until: int | None = None) -> list[Told]:
    """What other reports tell of a report, or told at a moment (microseconds since 1970)."""
    wanted = select(comparison.c.data).where(comparison.c.report_id == report_id)
    if until is not None:
        wanted = wanted.where(comparison.c.at <= until)
    data = connection.execute(wanted.order_by(comparison.c.id.desc()).limit(1)).scalar()
    return _DECODER.decode(data) if data else []


def told_of_all(connection: Connection, reports: Collection[int]) -> dict[int, list[Told]]:
    """What other reports tell of each of these now; those that none tells of are left out."""
    found: dict[int, list[Told]] = {}
    for some in portions(sorted(reports)):
        last = (
            select(func.max(comparison.c.id)).where(comparison.c.report_id.in_(some)).group_by(comparison.c.report_id)
        )
        rows = connection.execute(select(comparison.c.report_id, comparison.c.data).where(comparison.c.id.in_(last)))
        found |= {row.report_id: told for row in rows if (told := _DECODER.decode(row.data))}
    return found


# ---- what waits to be compared -----------------------------------------------------------------------------------


def waiting(connection: Connection) -> int:
    """How many reports are still to be compared: those of an older store, and many that came in at once."""
    return int(connection.execute(select(func.count()).select_from(uncompared)).scalar_one())


def next_waiting(connection: Connection, limit: int) -> list[int]:
    """The oldest of them."""
    wanted = select(uncompared.c.report_id).order_by(uncompared.c.report_id).limit(limit)
    return list(connection.execute(wanted).scalars())


def _sheet(row: Mapping[Any, Any]) -> Sheet:
    stated = {key: row[key] for key in KEYS if row[key] is not None}
    return Sheet(row["report_id"], row["year"], row["scope"], stated)
