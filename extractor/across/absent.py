"""Who has not reported: bodies known from reports of other years, and bodies that somebody's list names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Select, case, delete, func, select
from sqlalchemy.orm import aliased

from extractor.errors import CorrectionError
from extractor.narrative.bodies import level_of
from extractor.record import Level
from extractor.review.people import Person, permit
from extractor.store import Store
from extractor.store.bodies import canonical, folded_name
from extractor.store.contents import insert_new
from extractor.store.figure_tables import expected_body, figure
from extractor.store.statements import portions
from extractor.store.tables import body

Known = Literal["years", "list"]
"""Why a body ought to report: it did in another year, or a list names it."""

MOST_LISTED = 100_000
LARGEST_LIST = 20_000_000
"""Characters of a list."""
_LONGEST = 100

_HEADS = {
    "name": ("name", "body", "organisation", "organization", "机关", "机关名称", "单位", "单位名称", "名称"),
    "region": ("region", "地区", "行政区划", "区划", "所在地区"),
    "level": ("level", "层级", "级别", "行政层级"),
}
"""How a list may call its columns; without such a line the first is the name, then region and level."""
_LEVELS: dict[str, Level] = {
    **{level: level for level in get_args(Level)},
    **dict.fromkeys(("国家", "国家级", "中央"), "state"),
    **dict.fromkeys(("省", "省级"), "province"),
    **dict.fromkeys(("市", "市级", "地级"), "city"),
    **dict.fromkeys(("县", "县级", "区", "区级", "区县"), "county"),
    **dict.fromkeys(("乡", "镇", "乡镇", "乡镇街道", "街道", "乡级"), "township"),
    **dict.fromkeys(("部门",), "department"),
    **dict.fromkeys(("其他",), "other"),
}


@dataclass(frozen=True, slots=True)
class Expected:
    """A body of a list."""

    name: str
    region: str | None = None
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose absence is asked for: a year, and the bodies of a level or region, known from ``known``."""

    year: int
    known: Known = "years"
    level: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """A body without a report of the year. ``last``: the last other year that it reported on."""

    name: str
    level: str | None
    region: str | None
    body: int | None
    last: int | None


# ---- the list ----------------------------------------------------------------------------------------------------


def parse_list(text: str) -> list[Expected]:
    """The bodies of a list: CSV or tab-separated, a name a line, region and level beside it where they are known.

    Raises:
        CorrectionError: it is too long, names nobody, or has a level that there is not; names the line.
    """
    if len(text) > LARGEST_LIST:
        raise _too_long()
    mark = "\t" if "\t" in text.partition("\n")[0] else ","
    lines = csv.reader(io.StringIO(text.replace("\0", "").removeprefix("\ufeff"), newline=""), delimiter=mark)
    try:
        found = list(islice(_bodies(lines), MOST_LISTED + 1))
    except csv.Error as error:
        raise CorrectionError(f"this is no table: {error}", f"不是表格：{error}") from None
    if len(found) > MOST_LISTED:
        raise _too_long()
    if not found:
        raise CorrectionError("the list names no body", "名单中没有机关名称")
    return found


def _bodies(lines: Iterator[list[str]]) -> Iterator[Expected]:
    places: dict[str, int] | None = None
    for number, raw in enumerate(lines, 1):
        cells = [" ".join(cell.split()) for cell in raw]
        if places is None:
            if not any(cells):
                continue
            places = _places(cells)
            if places is not None:
                continue
            places = {"name": 0, "region": 1, "level": 2}
        name, region, level = (cells[at] if (at := places.get(key, -1)) in range(len(cells)) else "" for key in _HEADS)
        if name:
            yield Expected(name[:_LONGEST], region[:_LONGEST] or None, _level(level, name, number))


def _places(cells: Sequence[str]) -> dict[str, int] | None:
    """Where the columns stand, if the first line names them."""
    found = {key: at for key, names in _HEADS.items() for at, cell in enumerate(cells) if cell.lower() in names}
    return found if "name" in found else None


def _level(said: str, name: str, line: int) -> Level | None:
    if not said:
        return level_of(folded_name(name), "")
    known = _LEVELS.get(said.lower())
    if known is None:
        offered = ", ".join(get_args(Level))
        raise CorrectionError(
            f"line {line}: there is no level {said[:40]!r}; there are {offered}",
            f"第 {line} 行：没有“{said[:40]}”这一层级；可用：{'、'.join(dict.fromkeys(_LEVELS))}",
        )
    return known


def _too_long() -> CorrectionError:
    return CorrectionError(f"the list is longer than {MOST_LISTED:,} bodies", f"名单超过 {MOST_LISTED:,} 个机关")


def expect(store: Store, person: Person, bodies: Iterable[Expected], *, instead: bool = False) -> int:
    """Add bodies to those that ought to report, or put them ``instead`` of all; how many are listed then."""
    permit(person, "register")
    rows = {folded_name(one.name): one for one in bodies}
    with store.writing() as connection:
        if instead:
            connection.execute(delete(expected_body))
        added = {"added_by": person.name, "added_at": store.clock()}
        told = [
            {"folded": folded, "name": one.name, "level": one.level, "region": one.region, **added}
            for folded, one in rows.items()
            if folded
        ]
        for some in portions(told):
            insert_new(connection, expected_body, list(some))
        return int(connection.execute(select(func.count()).select_from(expected_body)).scalar_one())


def expected_count(store: Store, person: Person) -> int:
    """How many bodies are listed."""
    permit(person, "view")
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(expected_body)).scalar_one())


# ---- who is absent -----------------------------------------------------------------------------------------------


def absent(store: Store, person: Person, asked: Asked, *, limit: int | None = 200, skip: int = 0) -> list[Absent]:
    """Bodies without a report of the year, by region and name."""
    permit(person, "view")
    found = _QUERIES[asked.known](asked).subquery()
    wanted = select(found.c.name, found.c.level, found.c.region, found.c.body)
    for name in ("level", "region"):
        if (value := getattr(asked, name)) is not None:
            wanted = wanted.where(found.c[name] == value)
    wanted = wanted.order_by(found.c.region.nulls_last(), found.c.name).limit(limit).offset(skip)
    with store.reading() as connection:
        rows = connection.execute(wanted).all()
        last = _last_years(connection, [row.body for row in rows if row.body is not None])
    return [Absent(row.name, row.level, row.region, row.body, last.get(row.body)) for row in rows]


def _last_years(connection: Connection, bodies: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in portions(bodies):
        wanted = select(canonical(), func.max(figure.c.year)).join_from(figure, body, body.c.id == figure.c.body_id)
        wanted = wanted.where(body.c.id.in_(some) | body.c.same_as.in_(some)).group_by(canonical())
        found |= {row[0]: row[1] for row in connection.execute(wanted)}
    return found


def absent_count(store: Store, person: Person, asked: Asked) -> tuple[int, int]:
    """How many bodies have not reported on the year, and how many are known at all."""
    permit(person, "view")
    counted = []
    with store.reading() as connection:
        for all_of_them in (False, True):
            found = _QUERIES[asked.known](asked, all_of_them=all_of_them).subquery()
            wanted = select(func.count()).select_from(found)
            for name in ("level", "region"):
                if (value := getattr(asked, name)) is not None:
                    wanted = wanted.where(found.c[name] == value)
            counted.append(int(connection.execute(wanted).scalar_one()))
    return counted[0], counted[1]


def _of_years(asked: Asked, *, all_of_them: bool = False) -> Select[Any]:
    """Bodies with a report of any year, but none of this one; ``all_of_them``: and the others."""
    root = aliased(body)
    here = case((figure.c.year == asked.year, 1), else_=0)
    columns = {"level": figure.c.level, "region": figure.c.region, "has": here}
    by_name = (
        select(figure.c.body_id, *(func.max(column).label(name) for name, column in columns.items()))
        .where(figure.c.body_id.is_not(None), figure.c.year.is_not(None))
        .group_by(figure.c.body_id)
        .subquery()
    )
    told = (
        select(canonical().label("id"), *(func.max(by_name.c[name]).label(name) for name in columns))
        .join_from(by_name, body, body.c.id == by_name.c.body_id)
        .group_by(canonical())
        .subquery()
    )
    level, region = func.coalesce(root.c.level, told.c.level), func.coalesce(root.c.region, told.c.region)
    shown = (root.c.name, level.label("level"), region.label("region"), root.c.id.label("body"))
    wanted = select(*shown).join_from(told, root, root.c.id == told.c.id)
    return wanted if all_of_them else wanted.where(told.c.has == 0)


def _of_list(asked: Asked, *, all_of_them: bool = False) -> Select[Any]:
    """Bodies of the list none of whose names stands on a report of this year; ``all_of_them``: and the others."""
    listed = expected_body.c
    reported = select(canonical()).join_from(figure, body, body.c.id == figure.c.body_id)
    has_reported = canonical().in_(reported.where(figure.c.year == asked.year))
    named = select(body.c.id).where(body.c.folded == listed.folded, has_reported).exists()
    known = select(func.min(canonical())).where(body.c.folded == listed.folded).scalar_subquery()
    if all_of_them:
        return select(listed.level, listed.region)
    return select(listed.name, listed.level, listed.region, known.label("body")).where(~named)


_QUERIES = {"years": _of_years, "list": _of_list}
