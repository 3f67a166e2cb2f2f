"""Comparing names that are new with the others, and the suggestions that wait for a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import aliased

from extractor.across.answers import answers_about, lock, replay
from extractor.across.likeness import REAL, Known, Like, Named, Why, likenesses, near_places
from extractor.across.names import parts_of
from extractor.review.people import Person, permit
from extractor.store import Store
from extractor.store.contents import insert_new
from extractor.store.register_tables import likeness, settling
from extractor.store.statements import portions
from extractor.store.tables import body, report

_CUT, _COMPARED = 1, 2
"""How far a name is: cut into its parts, compared with the others. Other rules would go on with 3 and 4."""
_AT_ONCE = 1_000
_CUT_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two bodies that may be one: their ids, and the names that are alike. ``score`` in thousandths."""

    one: int
    other: int
    names: tuple[str, str]
    score: int
    why: Why
    like: tuple[int, int]


def waiting(connection: Connection) -> int:
    """How many names have not been compared with the others yet."""
    found = connection.execute(select(func.count()).select_from(body).where(body.c.compared < _COMPARED))
    return int(found.scalar_one())


def compare_some(store: Store, person: Person, limit: int = _AT_ONCE) -> int:
    """Compare up to ``limit`` names that are new with all others; how many were, 0 when every name is.

    Others may save meanwhile: the store is held only while what was found is written.
    """
    permit(person, "register")
    _cut_new(store)
    with store.reading() as connection:
        query = select(body.c.id, body.c.place, body.c.office).where(body.c.compared == _CUT)
        rows = connection.execute(query.order_by(body.c.place, body.c.id).limit(limit)).all()
        known = _known(connection, {row.place for row in rows}, {row.office for row in rows if not row.place})
    ids = {row.id for row in rows}
    new = [one for group in known.places.values() for one in group if one.id in ids]
    found = list(likenesses(new, known))
    if rows:
        with store.writing() as connection:
            lock(connection)
            _keep(connection, found)
            for some in portions(list(ids)):
                connection.execute(update(body).where(body.c.id.in_(some)).values(compared=_COMPARED))
    return len(rows)


def suggestions(connection: Connection, *, after: Suggestion | None = None, limit: int = 10) -> list[Suggestion]:
    """Pairs of bodies that nobody has answered, the likeliest first; each pair of bodies once."""
    one, other = aliased(body), aliased(body)
    roots = [func.coalesce(side.c.same_as, side.c.id) for side in (one, other)]
    query = (
        select(likeness, *(root.label(name) for root, name in zip(roots, ("root", "other_root"), strict=True)))
        .add_columns(one.c.name.label("name"), other.c.name.label("other_name"))
        .join(one, one.c.id == likeness.c.one_id)
        .join(other, other.c.id == likeness.c.other_id)
        .where(_is_open())
        .order_by(likeness.c.score.desc(), likeness.c.one_id, likeness.c.other_id)
    )
    if after is not None:
        query = query.where(_behind(after))
    return list(islice(_once(connection.execute(query.limit(8 * limit))), limit))


def suggestion_count(connection: Connection, most: int = 1_000) -> int:
    """How many suggestions are open, counted up to ``most``."""
    some = select(likeness.c.one_id).where(_is_open()).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def _is_open() -> ColumnElement[bool]:
    """Nobody has answered, and there are reports under both names (a mistaken one may have been corrected away)."""
    sides = (likeness.c.one_id, likeness.c.other_id)
    there = [select(report.c.id).where(report.c.body_id == side).exists() for side in sides]
    return and_(likeness.c.is_open.is_(True), *there)


def _once(rows: Iterable[Any]) -> Iterator[Suggestion]:
    seen = set()
    for row in rows:
        pair = (row.root, row.other_root)
        if frozenset(pair) not in seen:
            seen.add(frozenset(pair))
            names = (row.name, row.other_name)
            yield Suggestion(*pair, names, row.score, row.why, (row.one_id, row.other_id))


def _behind(after: Suggestion) -> ColumnElement[bool]:
    same = likeness.c.score == after.score
    further = or_(
        likeness.c.one_id > after.like[0],
        and_(likeness.c.one_id == after.like[0], likeness.c.other_id > after.like[1]),
    )
    return or_(likeness.c.score < after.score, and_(same, further))


def close_answered(connection: Connection, bodies: set[int]) -> None:
    """A suggestion is open while nobody has answered it, of any of the two bodies' names."""
    named = or_(likeness.c.one_id.in_(bodies), likeness.c.other_id.in_(bodies))
    rows = connection.execute(select(likeness).where(named)).all()
    standing = replay(answers_about(connection, {number for row in rows for number in (row.one_id, row.other_id)}))
    for row in rows:
        pair = (row.one_id, row.other_id)
        is_open = standing.root(pair[0]) != standing.root(pair[1]) and not standing.are_apart(*pair)
        if is_open != row.is_open:
            at = and_(likeness.c.one_id == pair[0], likeness.c.other_id == pair[1])
            connection.execute(update(likeness).where(at).values(is_open=is_open))


# ---- comparing ---------------------------------------------------------------------------------------------------


def _cut_new(store: Store) -> None:
    query = select(body.c.id, body.c.name).where(body.c.compared < _CUT).order_by(body.c.id).limit(_CUT_AT_ONCE)
    with store.reading() as connection:
        names = connection.execute(query).all()
    rows = [
        {"number": row.id, "cut_place": parts.place, "cut_office": parts.office}
        for row in names
        for parts in [parts_of(row.name)]
    ]
    if rows:
        values = {"place": bindparam("cut_place"), "office": bindparam("cut_office"), "compared": _CUT}
        with store.writing() as connection:
            connection.execute(update(body).where(body.c.id == bindparam("number")).values(values), rows)


def _known(connection: Connection, places: set[str], placeless: set[str]) -> Known:
    """All that names of ``places``, and names of no place with an office of ``placeless``, may be alike to."""
    counted = select(body.c.place, func.count()).where(body.c.place != "").group_by(body.c.place)
    sizes = {row[0]: row[1] for row in connection.execute(counted)}
    near = near_places(places, sizes)
    wanted = places.union(*near.values()) - {""}
    found = [
        *_named(connection, body.c.place, wanted),
        *_named(connection, body.c.office, placeless, body.c.place == ""),
    ]
    grouped: dict[str, list[Named]] = defaultdict(list)
    for one in found:
        grouped[one.parts.place].append(one)
    spread = func.count(body.c.place.distinct())
    offices = connection.execute(select(body.c.office, spread).group_by(body.c.office).having(spread >= REAL))
    return Known(grouped, {row[0]: row[1] for row in offices}, near)


def _named(
    connection: Connection, column: ColumnElement[Any], values: set[str], *also: ColumnElement[bool]
) -> Iterator[Named]:
    for some in portions(list(values)):
        rows = connection.execute(select(body.c.id, body.c.name).where(column.in_(some), *also)).all()
        seen = _seen(connection, [row.id for row in rows])
        for row in rows:
            parts = parts_of(row.name)
            years, region = seen.get(row.id, (frozenset(), None))
            yield Named(row.id, parts, parts.within(region), years)


def _seen(connection: Connection, ids: list[int]) -> dict[int, tuple[frozenset[int], str | None]]:
    """The years and the longest region that the reports under each name state."""
    years: dict[int, set[int]] = defaultdict(set)
    regions: dict[int, str] = {}
    for some in portions(list(ids)):
        query = select(report.c.body_id, report.c.year, report.c.region).where(report.c.body_id.in_(some)).distinct()
        for number, year, region in connection.execute(query):
            years[number] |= {year} if year is not None else set()
            regions[number] = max(regions.get(number, ""), region or "", key=len)
    return {number: (frozenset(some), regions[number] or None) for number, some in years.items()}


def _keep(connection: Connection, found: Iterable[Like]) -> None:
    rows = [
        {"one_id": one.one, "other_id": one.other, "score": one.score, "why": one.why, "is_open": True} for one in found
    ]
    for some in portions(rows):
        insert_new(connection, likeness, list(some))
        ids = {number for one in some for number in (one["one_id"], one["other_id"])}
        answered = select(settling.c.body_id).where(settling.c.body_id.in_(ids))
        others = select(settling.c.other_body_id).where(settling.c.other_body_id.in_(ids))
        close_answered(connection, set(connection.execute(answered.union(others)).scalars()))
