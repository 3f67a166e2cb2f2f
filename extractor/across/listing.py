"""The register as people look at it: bodies with their names and reports, and what level and region may be settled."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from extractor.across.names import parts_of
from extractor.across.register import counted, names_of, names_of_all
from extractor.narrative.bodies import level_of
from extractor.record import Level
from extractor.store.bodies import bodies_like, canonical, folded_name
from extractor.store.reports import JOINED
from extractor.store.tables import body, report


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which bodies; None: any. ``words``: part of one of their names; ``level``: "" for those without one."""

    words: str | None = None
    level: str | None = None


@dataclass(slots=True)
class Listed:
    """A body of the register. ``years``: report year → reports that count; ``aliases``: id → its other names."""

    id: int
    name: str
    level: str | None
    region: str | None
    settled_by: str | None
    settled_at: int | None
    aliases: dict[int, str] = field(default_factory=dict)
    years: Counter[int | None] = field(default_factory=Counter)

    @property
    def reports(self) -> int:
        """How many of its reports count."""
        return self.years.total()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A body without a level or region, and what name and reports say of it; None: nothing, or not the same."""

    body: int
    name: str
    level: Level | None
    region: str | None
    has_level: bool
    has_region: bool


def listed(connection: Connection, wanted: Wanted, *, after: Listed | None = None, limit: int = 50) -> list[Listed]:
    """A page of the register by name, from ``after`` on; without names that have neither reports nor other names."""
    query = select(*_COLUMNS).where(body.c.same_as.is_(None), _is_used()).order_by(body.c.name, body.c.id).limit(limit)
    if wanted.words is not None:
        found = bodies_like(connection, wanted.words)
        if found is None:
            return []
        named = select(canonical()).where(body.c.id.in_(found))
        query = query.where(body.c.id.in_(named.correlate(None)))
    if wanted.level is not None:
        query = query.where(body.c.level == wanted.level if wanted.level else body.c.level.is_(None))
    if after is not None:
        query = query.where(or_(body.c.name > after.name, and_(body.c.name == after.name, body.c.id > after.id)))
    return _with_names(connection, [Listed(*row) for row in connection.execute(query)])


def body_of(connection: Connection, number: int) -> Listed | None:
    """The body that a name stands for."""
    row = connection.execute(select(canonical()).where(body.c.id == number)).first()
    if row is None:
        return None
    return _with_names(connection, [Listed(*connection.execute(select(*_COLUMNS).where(body.c.id == row[0])).one())])[0]


def bodies_of(connection: Connection, numbers: Iterable[int]) -> dict[int, Listed]:
    """Bodies by id."""
    query = select(*_COLUMNS).where(body.c.id.in_(list(numbers)))
    return {one.id: one for one in _with_names(connection, [Listed(*row) for row in connection.execute(query)])}


def body_count(connection: Connection) -> int:
    """How many bodies the register lists."""
    query = select(func.count()).select_from(body).where(body.c.same_as.is_(None), _is_used())
    return int(connection.execute(query).scalar_one())


def reports_of(connection: Connection, number: int, limit: int = 200) -> list[tuple[int, int | None, str, str, bool]]:
    """A body's reports, the newest year first: id, year, state, the file's name, and whether it counts."""
    query = select(report.c.id, report.c.year, report.c.state, report.c.name, counted()).select_from(JOINED)
    query = query.where(report.c.body_id.in_(names_of(number))).order_by(report.c.year.desc(), report.c.id).limit(limit)
    return [tuple(row) for row in connection.execute(query)]


def proposals(connection: Connection, *, after: str = "", limit: int = 50) -> list[Proposal]:
    """Bodies without a level or a region, by name from ``after`` on, with what can be said of them."""
    lacking = or_(body.c.level.is_(None), body.c.region.is_(None))
    query = select(*_COLUMNS).where(body.c.same_as.is_(None), _is_used(), lacking, body.c.name > after)
    rows = [Listed(*row) for row in connection.execute(query.order_by(body.c.name).limit(limit))]
    said = _said(connection, [one.id for one in rows])
    return [_proposal(one, *said.get(one.id, (Counter(), Counter()))) for one in rows]


_COLUMNS = tuple(body.c[name] for name in ("id", "name", "level", "region", "settled_by", "settled_at"))


def _is_used() -> ColumnElement[bool]:
    other = aliased(body)
    return or_(
        exists(select(report.c.id).where(report.c.body_id == body.c.id)),
        exists(select(other.c.id).where(other.c.same_as == body.c.id)),
    )


def _with_names(connection: Connection, rows: list[Listed]) -> list[Listed]:
    by_id = {one.id: one for one in rows}
    others = select(body.c.id, body.c.same_as, body.c.name).where(body.c.same_as.in_(by_id)).order_by(body.c.name)
    for number, root, name in connection.execute(others):
        by_id[root].aliases[number] = name
    names = [number for one in rows for number in (one.id, *one.aliases)]
    query = select(canonical(), report.c.year, func.count()).select_from(JOINED)
    query = query.where(report.c.body_id.in_(names), counted()).group_by(canonical(), report.c.year)
    for root, year, count in connection.execute(query):
        by_id[root].years[year] = count
    return rows


def _said(connection: Connection, roots: list[int]) -> dict[int, tuple[Counter[str], Counter[str]]]:
    """What the reports of bodies say their level and region is, and how many do."""
    own = select(canonical(), report.c.level, report.c.region, func.count()).select_from(JOINED)
    own = own.where(report.c.body_id.in_(names_of_all(roots)))
    found: dict[int, tuple[Counter[str], Counter[str]]] = defaultdict(lambda: (Counter(), Counter()))
    for root, level, region, count in connection.execute(own.group_by(canonical(), report.c.level, report.c.region)):
        found[root][0][level or ""] += count
        found[root][1][region or ""] += count
    return found


def _proposal(one: Listed, levels: Counter[str], regions: Counter[str]) -> Proposal:
    level: Level | None = level_of(folded_name(one.name), "")
    told = _most(levels)
    if told not in (None, level):  # a city of county rank is known by its reports only
        level = cast("Level", told) if level == "other" or (level, told) == ("city", "county") else None
    has = (one.level is not None, one.region is not None)
    return Proposal(one.id, one.name, level, _region(one.name, _most(regions)), *has)


def _most(counts: Counter[str]) -> str | None:
    """What most of those say that say anything."""
    return max((word for word in counts if word), key=lambda word: counts[word], default=None)


def _region(name: str, told: str | None) -> str | None:
    """The fuller of what the name and the reports say, where one holds the other."""
    named = "".join(place for rank, place in parts_of(name).places if rank != "town")
    if not named or not told:
        return named or told
    if named in told or told in named:
        return max(named, told, key=len)
    return None
