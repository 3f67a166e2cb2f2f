"""One body over the years, and bodies of one year beside each other: what they state, and where that stands out.

Everything here is shown, nothing is decided: a figure far above last year's may be right. Figures are told as they
stand (corrections in), of reports that stand for their body and year (``extractor.across.register.counted``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select
from sqlalchemy.orm import aliased

from extractor.across.register import counted, names_of
from extractor.forms.figures import MILLION, Figure, exact, figures, figures_by_key
from extractor.review.people import Person, permit
from extractor.store import Store
from extractor.store.bodies import bodies_called, bodies_like, canonical
from extractor.store.figure_tables import figure
from extractor.store.figures import Told, told_of_all, waiting
from extractor.store.register_tables import report_link
from extractor.store.statements import portions
from extractor.store.tables import body, report

Mark = Literal["contradicted", "up", "down"]
Number = int | Decimal

TIMES = 10
"""A figure this many times last year's, or that part of it, stands out."""
LEAST = 20 * MILLION
"""Smaller differences mean nothing: 2 applications after 20 are no news."""

_root = aliased(body)
PLACED = figure.join(report, report.c.id == figure.c.report_id).join(body, body.c.id == figure.c.body_id)
"""Reports with their figures, and the body by the name that they give it."""
_names = select(body.c.id, _root.c.level, _root.c.region).join(_root, _root.c.id == canonical())
_settled = _names.where(_root.c.level.is_not(None) | _root.c.region.is_not(None)).subquery("settled")
SHEETS = figure.outerjoin(_settled, _settled.c.id == figure.c.body_id)
"""Figures, with what somebody settled of the body beside what the report says of it."""
LEVEL = func.coalesce(_settled.c.level, figure.c.level)
REGION = func.coalesce(_settled.c.region, figure.c.region)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which reports; None: any. ``name``: part of a body's name."""

    year: int | None = None
    form: str | None = None
    level: str | None = None
    region: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """The figure that bodies are ordered by, the largest first."""

    by: str = "new_received"
    rising: bool = False


@dataclass(frozen=True, slots=True)
class OfYear:
    """A report of a body, with its figures; ``stands``: no copy, earlier version, or consolidated one.

    ``told``: what its reports of other years say against it.
    """

    report: int
    year: int
    form: str | None
    state: str
    stands: bool
    values: dict[str, Number]
    marks: dict[str, Mark] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OfBody:
    """A body's report of a year, and of its headline figures what the year before stated."""

    report: int
    body: int
    name: str
    form: str | None
    level: str | None
    region: str | None
    values: dict[str, Number]
    before: dict[str, Number] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)


def headlines() -> list[Figure]:
    """The figures that people compare by."""
    return [one for one in figures() if one.headline]


def left_over(store: Store, person: Person) -> int:
    """How many reports of an older store are still to be compared."""
    permit(person, "view")
    with store.reading() as connection:
        return waiting(connection)


# ---- one body ----------------------------------------------------------------------------------------------------


def bodies_named(store: Store, person: Person, words: str, limit: int = 50) -> list[tuple[int, str]]:
    """Bodies with a name that holds ``words`` and figures to compare, the shortest name first: id and name."""
    permit(person, "view")
    with store.reading() as connection:
        found = bodies_like(connection, words)
        if found is None:
            return []
        has_any = select(figure.c.report_id).where(figure.c.body_id == body.c.id)
        joined = body.join(_root, _root.c.id == canonical())
        wanted = select(_root.c.id, _root.c.name).select_from(joined).where(body.c.id.in_(found), has_any.exists())
        rows = connection.execute(wanted.order_by(func.length(_root.c.name), _root.c.name).limit(limit * 4))
        return list(dict.fromkeys((row.id, row.name) for row in rows))[:limit]


def over_years(store: Store, person: Person, body_id: int, limit: int = 60) -> list[OfYear]:
    """The reports of a body, the oldest first; of one year the one that stands for it first."""
    permit(person, "view")
    with store.reading() as connection:
        stands = counted().label("stands")
        wanted = select(report.c.id, report.c.year, report.c.form, report.c.state, stands, *_columns())
        wanted = wanted.select_from(PLACED).where(report.c.body_id.in_(names_of(body_id)), report.c.year.is_not(None))
        rows = connection.execute(wanted.order_by(report.c.year, stands.desc(), report.c.id).limit(limit)).all()
        told = told_of_all(connection, [row.id for row in rows])
    return _beside(rows, told)


def name_of(store: Store, person: Person, body_id: int) -> str | None:
    """A body's name."""
    permit(person, "view")
    with store.reading() as connection:
        return connection.execute(select(body.c.name).where(body.c.id == body_id)).scalar()


def _beside(rows: Sequence[Row[Any]], told: Mapping[int, list[Told]]) -> list[OfYear]:
    found: list[OfYear] = []
    standing: dict[int, Mapping[str, int]] = {}
    for row in rows:
        stated = _stated(row)
        if row.stands:
            standing.setdefault(row.year, stated)
        marks = {**_jumps(stated, standing.get(row.year - 1, {})), **_contradicted(told.get(row.id, []))}
        values = {key: exact(value) for key, value in stated.items()}
        found.append(
            OfYear(row.id, row.year, row.form, row.state, bool(row.stands), values, marks, told.get(row.id, []))
        )
    return found


def _contradicted(told: Iterable[Told]) -> dict[str, Mark]:
    paths = {path for one in told for path in one.paths}
    return {one.key: "contradicted" for one in headlines() if f"/tables/{one.sums[0][0]}" in paths}


def _jumps(now: Mapping[str, int], before: Mapping[str, int]) -> dict[str, Mark]:
    found: dict[str, Mark] = {}
    for key in now.keys() & before.keys():
        one, other = now[key], before[key]
        if abs(one - other) < LEAST or min(one, other) < 0:
            continue
        if one >= TIMES * other > 0:
            found[key] = "up"
        elif other >= TIMES * one:
            found[key] = "down"
    return found


# ---- bodies of a year --------------------------------------------------------------------------------------------


def of_year(
    store: Store, person: Person, wanted: Wanted, ranked: Ranked, *, limit: int | None = 50, skip: int = 0
) -> list[OfBody]:
    """The bodies of a year by a figure; those that do not state it last.

    Raises:
        KeyError: there is no such figure.
    """
    permit(person, "view")
    column = figure.c[figures_by_key()[ranked.by].key]
    order = column.asc() if ranked.rising else column.desc()
    with store.reading() as connection:
        ids = filtered(connection, select(figure.c.report_id), wanted).order_by(order.nulls_last(), figure.c.report_id)
        places = {one: at for at, one in enumerate(connection.execute(ids.limit(limit).offset(skip)).scalars())}
        rows = sorted(_whole(connection, list(places)), key=lambda row: places[row.id])
        before = _year_before(connection, rows, wanted.year)
    return [_of_body(row, before.get(row.body, {})) for row in rows]


def _whole(connection: Connection, reports: Sequence[int]) -> list[Row[Any]]:
    """Reports with the names of their bodies and their figures: only those that are shown are looked at whole."""
    joined = SHEETS.join(body, body.c.id == figure.c.body_id).join(_root, _root.c.id == canonical())
    columns = (figure.c.report_id.label("id"), _root.c.id.label("body"), _root.c.name, figure.c.form)
    wanted = select(*columns, LEVEL.label("level"), REGION.label("region"), *_columns()).select_from(joined)
    return [row for some in portions(reports) for row in connection.execute(wanted.where(figure.c.report_id.in_(some)))]


def count_of_year(store: Store, person: Person, wanted: Wanted) -> int:
    """How many bodies reported."""
    permit(person, "view")
    with store.reading() as connection:
        return int(connection.execute(filtered(connection, select(func.count()), wanted)).scalar_one())


def filtered(connection: Connection, query: Select[Any], wanted: Wanted) -> Select[Any]:
    """Of ``figure`` the reports that are wanted, one for a body and year; with ``settled`` where that is asked for."""
    needs = wanted.level or wanted.region or _settled in query.get_final_froms()
    query = query.select_from(SHEETS if needs else figure)
    query = query.where(
        figure.c.year.is_not(None), figure.c.body_id.is_not(None), figure.c.report_id.not_in(_left_out())
    )
    told: list[tuple[ColumnElement[Any], Any]] = [(figure.c.year, wanted.year), (figure.c.form, wanted.form)]
    for column, value in [*told, (LEVEL, wanted.level), (REGION, wanted.region)]:
        query = query if value is None else query.where(column == value)
    if wanted.name and wanted.name.strip():
        found = bodies_called(connection, wanted.name)
        query = query.where(figure.c.body_id.in_(found) if found is not None else figure.c.body_id.is_(None))
    return query


def _left_out() -> Select[tuple[int]]:
    """Copies, earlier versions and the like, of all bodies: what ``counted`` asks of one report, asked once of all."""
    linked = select(report_link.c.report_id).where(report_link.c.kind != "apart")
    joined = report.outerjoin(body, body.c.id == report.c.body_id)
    return select(report.c.id).select_from(joined).where(report.c.id.in_(linked), ~counted())


def choices(store: Store, person: Person) -> dict[str, list[Any]]:
    """The years (latest first), forms and regions that there are reports of."""
    permit(person, "view")
    with store.reading() as connection:
        found = {
            name: list(connection.execute(select(column).where(column.is_not(None)).distinct().limit(500)).scalars())
            for name, column in (("year", report.c.year), ("form", report.c.form), ("region", report.c.region))
        }
        settled = select(body.c.region).where(body.c.region.is_not(None)).distinct().limit(500)
        found["region"] += [one for one in connection.execute(settled).scalars() if one not in found["region"]]
    return {name: sorted(values, reverse=name == "year") for name, values in found.items()}


def _of_body(row: Row[Any], before: Mapping[str, int]) -> OfBody:
    stated = _stated(row)
    values, earlier = ({key: exact(value) for key, value in some.items()} for some in (stated, before))
    known = (row.id, row.body, row.name, row.form, row.level, row.region)
    return OfBody(*known, values, earlier, _jumps(stated, before))


def _year_before(connection: Connection, rows: Sequence[Row[Any]], year: int | None) -> dict[int, dict[str, int]]:
    """The figures of the year before by body."""
    found: dict[int, dict[str, int]] = {}
    bodies = [row.body for row in rows] if year is not None else []
    for some in portions(bodies):
        names = select(body.c.id).where(body.c.id.in_(some) | body.c.same_as.in_(some))
        wanted = select(canonical().label("body"), *_columns()).select_from(PLACED).where(counted())
        wanted = wanted.where(report.c.year == (year or 0) - 1, report.c.body_id.in_(names)).order_by(report.c.id)
        for row in connection.execute(wanted):
            found.setdefault(row.body, _stated(row))
    return found


def _columns() -> list[ColumnElement[Any]]:
    return [figure.c[one.key] for one in headlines()]


def _stated(row: Row[Any]) -> dict[str, int]:
    values = row._mapping
    return {one.key: values[one.key] for one in headlines() if values[one.key] is not None}
