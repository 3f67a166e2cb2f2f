"""Two reports of one body and year: another file of the same, a later version, another scope, or a wrong year or body.

Suggested here by rule, settled by a person (``extractor.across.settling.link``). In the order of trust:

============  =====================================================================================================
copy          every cell and every passage says the same
consolidated  title, names or text of one say that it covers more than the body itself, and no figure contradicts;
              or most of its figures are larger, none smaller
misfiled      most cells differ, and year or body of one is in doubt
earlier       at most half of the cells differ: the one published, revised or taken in first
============  =====================================================================================================
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import combinations
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from extractor.across.answers import LinkKind
from extractor.across.register import counted, names_of_all
from extractor.record import Number, Record
from extractor.review.fields import LISTS, entry_at
from extractor.review.opening import Opened, open_report
from extractor.review.people import Person
from extractor.review.second import differences
from extractor.store import Store
from extractor.store.bodies import canonical
from extractor.store.register_tables import report_link
from extractor.store.reports import JOINED
from extractor.store.tables import body, report
from extractor.text import fold, squash

Scope = Literal["consolidated", "own"]

_HALF = 0.5
_FEW = 5
_READ = 20_000
"""Letters of a report in which it would say what its figures cover."""
_IDENTITY = frozenset({"/year", "/organisation", "/period"})


class Group(NamedTuple):
    """A body and year with several reports that count."""

    body: int
    year: int
    name: str
    reports: tuple[int, ...]


class Cell(NamedTuple):
    """A cell in which two reports differ; None: no number."""

    path: str
    one: Number | None
    other: Number | None


@dataclass(frozen=True, slots=True)
class Suggested:
    """What ``report`` may be to ``other``; ``kind`` None: the rules cannot tell. ``why`` names the rule."""

    kind: LinkKind | None
    report: int
    other: int
    why: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Two reports beside each other: cells that differ, lists of passages that differ, and what rules suggest."""

    one: Opened
    other: Opened
    cells: list[Cell]
    passages: list[str]
    scopes: tuple[Scope | None, Scope | None]
    suggested: Suggested


class Also(NamedTuple):
    """Another report of the same body and year. ``kind``: what it is to the one asked about, None while unsettled."""

    report: int
    name: str
    state: str
    kind: LinkKind | None
    is_first: bool


# ---- which -------------------------------------------------------------------------------------------------------


def groups(connection: Connection, *, after: Group | None = None, limit: int = 20) -> list[Group]:
    """Bodies and years of which several reports count and nobody has said of each pair how it stands."""
    found: list[Group] = []
    while len(found) < limit:
        rows = connection.execute(_several(after).limit(limit)).all()
        made = _groups(connection, [(row.body, row.year) for row in rows])
        found += [one for one in made if _pairs(connection, one.reports)]
        if len(rows) < limit:
            break
        after = made[-1]
    return found[:limit]


def group_of(connection: Connection, number: int) -> Group | None:
    """The group of a report, where a pair of it is open."""
    query = select(canonical(), report.c.year).select_from(JOINED).where(report.c.id == number)
    row = connection.execute(query).first()
    if row is None or None in tuple(row):
        return None
    [found] = _groups(connection, [(row[0], row[1])])
    return found if _pairs(connection, found.reports) else None


def group_count(connection: Connection) -> int:
    """How many bodies and years have several reports that count."""
    return int(connection.execute(select(func.count()).select_from(_several(None).subquery())).scalar_one())


def open_pairs(connection: Connection, number: int, year: int) -> list[tuple[int, int]]:
    """Pairs of a body's reports of a year that count and that nobody has answered; accepted ones first, then by age."""
    return _pairs(connection, _groups(connection, [(number, year)])[0].reports)


def _pairs(connection: Connection, ids: Sequence[int]) -> list[tuple[int, int]]:
    both = and_(report_link.c.report_id.in_(ids), report_link.c.other_id.in_(ids))
    told = connection.execute(select(report_link.c.report_id, report_link.c.other_id).where(both))
    settled = {frozenset(row) for row in told}
    return [pair for pair in combinations(ids, 2) if frozenset(pair) not in settled]


def also(connection: Connection, number: int) -> list[Also]:
    """The other reports of the same body and year, and what people said they are to this one."""
    return also_of(connection, [number]).get(number, [])


def also_of(connection: Connection, numbers: Collection[int]) -> dict[int, list[Also]]:
    """Of each of these reports the others of its body and year; a report that stands alone is left out."""
    place = (canonical().label("body"), report.c.year)
    own = select(report.c.id, *place).select_from(JOINED).where(report.c.id.in_(numbers))
    places = {row.id: (row.body, row.year) for row in connection.execute(own) if None not in row[1:]}
    bodies, years = ({one[at] for one in places.values()} for at in (0, 1))
    query = select(report.c.id, report.c.name, report.c.state, *place).select_from(JOINED).order_by(report.c.id)
    query = query.where(report.c.body_id.in_(names_of_all(bodies)), report.c.year.in_(years))
    beside = defaultdict(list)
    for row in connection.execute(query) if places else ():
        beside[row.body, row.year].append(row)
    links = _links(connection, [number for number, one in places.items() if len(beside[one]) > 1])
    return {
        number: [
            Also(*other[:3], *links.get((number, other.id), (None, False)))
            for other in beside[place]
            if other.id != number
        ]
        for number, place in places.items()
        if len(beside[place]) > 1
    }


def _links(connection: Connection, numbers: Collection[int]) -> dict[tuple[int, int], tuple[LinkKind, bool]]:
    """Report and other report → what the first of the two is to the second, and whether the other one is the first."""
    some = or_(report_link.c.report_id.in_(numbers), report_link.c.other_id.in_(numbers))
    rows = connection.execute(select(report_link).where(some)).all() if numbers else []
    own = {(row.report_id, row.other_id): (row.kind, False) for row in rows}
    return own | {(row.other_id, row.report_id): (row.kind, True) for row in rows}


def _several(after: Group | None) -> Any:
    columns = (canonical(), report.c.year)
    query = select(columns[0].label("body"), columns[1].label("year")).select_from(JOINED)
    query = query.where(report.c.year.is_not(None), report.c.body_id.is_not(None), counted())
    if after is not None:
        query = query.where(or_(columns[0] > after.body, and_(columns[0] == after.body, columns[1] > after.year)))
    return query.group_by(*columns).having(func.count() > 1).order_by(*columns)


def _groups(connection: Connection, wanted: Sequence[tuple[int, int]]) -> list[Group]:
    """The reports that count of each body and year, accepted ones first, then by age."""
    numbers = {number for number, _ in wanted}
    named = connection.execute(select(body.c.id, body.c.name).where(body.c.id.in_(numbers)))
    names = {row.id: row.name for row in named}
    query = select(canonical().label("body"), report.c.year, report.c.id).select_from(JOINED)
    query = query.where(report.c.body_id.in_(names_of_all(numbers)), counted())
    ids = defaultdict(list)
    for row in connection.execute(query.order_by((report.c.state != "accepted"), report.c.id)):
        ids[row.body, row.year].append(row.id)
    return [Group(*one, names.get(one[0], ""), tuple(ids[one])) for one in wanted]


# ---- what --------------------------------------------------------------------------------------------------------


def compare(store: Store, person: Person, one: int, other: int) -> Compared:
    """Two reports beside each other, as they stand with people's corrections.

    Raises:
        NoReportError: one is not there, or could not be read.
        NotPermittedError: the person is reviewing one a second time, blind.
    """
    pair = open_report(store, person, one), open_report(store, person, other)
    found = differences(pair[0].record, pair[1].record)
    numbers = {
        path: (mine.value, theirs.value) for path, (mine, theirs) in found.items() if path.startswith("/tables/")
    }
    cells = [Cell(path, *both) for path, both in numbers.items() if both[0] != both[1]]
    passages = [path for path in LISTS if _words(pair[0].record, path) != _words(pair[1].record, path)]
    scopes = scope_of(pair[0]), scope_of(pair[1])
    return Compared(*pair, cells, passages, scopes, _suggested(pair, cells, passages, scopes))


def scope_of(of: Opened) -> Scope | None:
    """Whether a report says that it covers more than the body itself, or the body alone; None where it says neither."""
    named = fold(" ".join(filter(None, (of.record.title, of.record.organisation, of.row.name))))
    for words, patterns in ((named, "named"), (fold(of.text[:_READ]), "said")):
        found = [scope for scope in ("own", "consolidated") if _pattern(patterns, scope).search(words)]
        if len(found) == 1:
            return "own" if found[0] == "own" else "consolidated"
    return None


def _suggested(
    pair: tuple[Opened, Opened], cells: list[Cell], passages: list[str], scopes: tuple[Scope | None, Scope | None]
) -> Suggested:
    one, other = pair
    ids = one.row.id, other.row.id
    if not cells and not passages:
        return Suggested("copy", *_second_first(ids), "same")
    share = len(cells) / max(1, _filled(one.record), _filled(other.record))
    wider = _wider(cells, scopes, share)
    if wider is not None:
        return Suggested("consolidated", *(ids if wider == 0 else ids[::-1]), "scope")
    if share > _HALF:
        doubtful = [it.row.id for it in pair if _is_doubtful(it)]
        if len(doubtful) == 1:
            return Suggested("misfiled", *(ids if doubtful[0] == ids[0] else ids[::-1]), "identity")
        return Suggested(None, *ids, "differ")
    first, why = _first(pair)
    return Suggested("earlier", *(ids if first == 0 else ids[::-1]), why)


def _second_first(ids: tuple[int, int]) -> tuple[int, int]:
    return ids[1], ids[0]


def _filled(record: Record) -> int:
    return sum(1 for _ in _values(record))


def _values(record: Record) -> Iterator[Number]:
    for rows in record.tables.values():
        for columns in rows.values():
            yield from (value for value in columns.values() if value)


def _wider(cells: list[Cell], scopes: tuple[Scope | None, Scope | None], share: float) -> int | None:
    """Which of the two covers more: 0 the first, 1 the second, None neither."""
    both = [(cell.one or 0, cell.other or 0) for cell in cells]
    larger = {0: all(mine >= theirs for mine, theirs in both), 1: all(mine <= theirs for mine, theirs in both)}
    says = [at for at in (0, 1) if scopes[at] == "consolidated" and scopes[1 - at] != "consolidated"]
    says = says or [1 - at for at in (0, 1) if scopes[at] == "own" and scopes[1 - at] is None]
    if len(says) == 1 and larger[says[0]]:
        return says[0]
    by_size = [at for at in (0, 1) if larger[at] and not larger[1 - at]]
    return by_size[0] if by_size and len(cells) >= _FEW and share > _HALF and not says else None


def _is_doubtful(of: Opened) -> bool:
    found = of.now.findings if of.now else []
    return any(one.settlement is None and _IDENTITY & set(one.finding.paths) for one in found)


def _first(pair: tuple[Opened, Opened]) -> tuple[int, str]:
    """Which one is the earlier version, and by what."""
    dates = [one.record.published for one in pair]
    if dates[0] and dates[1] and dates[0] != dates[1]:
        return int(dates[0] > dates[1]), "published"
    revised = [bool(_pattern("named", "later").search(fold(f"{one.record.title} {one.row.name}"))) for one in pair]
    if revised[0] != revised[1]:
        return int(revised[0]), "revised"
    return int(pair[0].row.id > pair[1].row.id), "taken_in"


def _words(record: Record, path: str) -> tuple[str, ...]:
    return tuple(squash(item["text"]) for item in entry_at(record, path).value)


@lru_cache(maxsize=8)
def _pattern(group: str, name: str) -> re.Pattern[str]:
    told = tomllib.loads(resources.files(__package__).joinpath("versions.toml").read_text("utf-8"))
    return re.compile(told[group][name])
