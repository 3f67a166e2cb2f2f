"""Reporting bodies by name, and the index by which a part of a name finds them.

Chinese has no spaces to cut words at, and neither database cuts it without an extension that is not always there. So
every character and every pair of neighbours of a name is a row of ``gram``. A search reads the rows of its rarest gram
and keeps the names that hold all of what was asked: the same on both databases.

A body of the register may have several names (``body.same_as``). ``bodies_like`` finds names, ``bodies_called`` finds
bodies by any of their names.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, Select, func, literal, or_, select, union
from sqlalchemy.orm import aliased

from extractor.store.contents import insert_new
from extractor.store.statements import portions
from extractor.store.tables import body, gram
from extractor.text import squash

_LONGEST = 60
"""Characters of a search that count."""


def canonical() -> ColumnElement[int]:
    """The body of a name: itself, or the one it is another name of; where ``report`` is joined with ``body``.

    >>> print(canonical())
    coalesce(body.same_as, body.id)
    """
    return func.coalesce(body.c.same_as, body.c.id)


def body_id(connection: Connection, name: str) -> int:
    """The id of the body with this name, made known if it is new."""
    return body_ids(connection, [name])[name]


def body_ids(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """The ids of the bodies with these names, made known where they are new."""
    wanted = sorted(set(names))
    known = _ids(connection, wanted)
    new = [name for name in wanted if name not in known]
    if new:
        insert_new(connection, body, [{"name": name, "folded": folded_name(name)} for name in new])
        made = _ids(connection, new)
        pairs = [(made[name], sorted(grams(folded_name(name), singles=True))) for name in new]
        rows = [{"gram": one, "body_id": key} for key, some in pairs for one in some]
        if rows:
            insert_new(connection, gram, sorted(rows, key=lambda row: (row["gram"], row["body_id"])))
        known |= made
    return known


def _ids(connection: Connection, names: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in portions(names):
        wanted = select(body.c.name, body.c.id).where(body.c.name.in_(some))
        found |= {row.name: row.id for row in connection.execute(wanted)}
    return found


def folded_name(name: str) -> str:
    """A name as it is searched for: look-alikes made one, no spaces and brackets, small letters."""
    return squash(name).lower()


def grams(folded: str, *, singles: bool = False) -> set[str]:
    """The pairs of neighbours of a folded name; with ``singles`` its characters too.

    >>> sorted(grams("松江口镇"))
    ['口镇', '松江', '江口']
    """
    pairs = {folded[at : at + 2] for at in range(len(folded) - 1)}
    return pairs | set(folded) if singles or len(folded) == 1 else pairs


def bodies_like(connection: Connection, words: str) -> Select[tuple[int]] | None:
    """A query for the ids of the bodies whose name holds ``words``; None where there is nothing to search for."""
    folded = folded_name(words)[:_LONGEST]
    if not folded:
        return None
    rarest = _rarest(connection, grams(folded))
    found = select(body.c.id).join(gram, gram.c.body_id == body.c.id).where(gram.c.gram == rarest)
    return found.where(_holds(folded, body.c.folded)) if len(folded) > 2 else found


def bodies_called(connection: Connection, words: str) -> Select[tuple[int]] | None:
    """A query for the ids of every name of the bodies that have a name which holds ``words``; None as above."""
    found = bodies_like(connection, words)
    if found is None:
        return None
    other = aliased(body)
    roots = found.with_only_columns(func.coalesce(body.c.same_as, body.c.id).label("id"))
    every = union(roots, select(other.c.id).where(other.c.same_as.in_(roots))).subquery()
    return select(every.c.id)


def is_called(key: ColumnElement[int | None], words: str) -> ColumnElement[bool]:
    """Whether the body with the id ``key`` has a name that holds ``words``: to be asked of one body at a time."""
    own, first, other = aliased(body), aliased(body), aliased(body)
    folded = folded_name(words)[:_LONGEST]
    by_first = select(first.c.id).where(first.c.id == own.c.same_as, _holds(folded, first.c.folded))
    root = func.coalesce(own.c.same_as, own.c.id)
    by_other = select(other.c.id).where(other.c.same_as == root, _holds(folded, other.c.folded))
    called = or_(_holds(folded, own.c.folded), by_first.exists(), by_other.exists())
    return select(own.c.id).where(own.c.id == key, called).exists()


def names_like(connection: Connection, words: str, limit: int = 20) -> list[str]:
    """Names of bodies that hold ``words``, the shortest first: suggestions while somebody types."""
    found = bodies_like(connection, words)
    if found is None:
        return []
    wanted = select(body.c.name).where(body.c.id.in_(found)).order_by(func.length(body.c.name), body.c.name)
    return list(connection.execute(wanted.limit(limit)).scalars())


def _rarest(connection: Connection, wanted: set[str]) -> str:
    counted = select(gram.c.gram, func.count()).where(gram.c.gram.in_(wanted)).group_by(gram.c.gram)
    counts = {row[0]: row[1] for row in connection.execute(counted)}
    return min(sorted(wanted), key=lambda one: counts.get(one, 0))


def _holds(folded: str, name: ColumnElement[str]) -> ColumnElement[bool]:
    escaped = folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return name.like(literal(f"%{escaped}%"), escape="\\")
