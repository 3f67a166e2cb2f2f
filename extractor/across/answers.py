"""The log of the register: each answer of a person, and what follows from all of them.

``replay`` makes the register of now, and that of any moment, from the answers alone. An answer taken back counts as if
it had never been given; it stays in the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, or_, select, text

from extractor.store.events import decoded, encoded
from extractor.store.register_tables import settling

Kind = Literal["merge", "apart", "separate", "level", "region", "link", "undo"]
LinkKind = Literal["copy", "earlier", "consolidated", "misfiled", "apart"]
"""What a report is to another one of the same body and year; ``apart``: both stand."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer about a body or a report, and another one. ``at``: microseconds since 1970."""

    id: int
    at: int
    who: str
    kind: Kind
    body: int | None = None
    other_body: int | None = None
    report: int | None = None
    other_report: int | None = None
    undoes: int | None = None
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def bodies(self) -> tuple[int, ...]:
        """The bodies that it names."""
        return tuple(number for number in (self.body, self.other_body) if number is not None)

    @property
    def reports(self) -> tuple[int, ...]:
        """The reports that it names."""
        return tuple(number for number in (self.report, self.other_report) if number is not None)

    @property
    def ties(self) -> bool:
        """Whether it says (or takes back) which names a body has."""
        return (self.data.get("kind") if self.kind == "undo" else self.kind) in ("merge", "separate")


@dataclass(slots=True)
class Settled:
    """A body as people left it. ``same_as``: the body that it is another name of, never more than one step away."""

    same_as: int | None = None
    level: str | None = None
    region: str | None = None
    by: str | None = None
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """What a report is to another one, and who said so."""

    report: int
    other: int
    kind: LinkKind
    by: str
    at: int


@dataclass(slots=True)
class Standing:
    """The register as it follows from answers; what no answer names is not in it."""

    bodies: dict[int, Settled] = field(default_factory=dict)
    apart: set[frozenset[int]] = field(default_factory=set)
    links: dict[frozenset[int], Link] = field(default_factory=dict)
    aliases: dict[int, set[int]] = field(default_factory=dict)

    def root(self, body: int) -> int:
        """The body that a name stands for."""
        found = self.bodies.get(body)
        return found.same_as if found and found.same_as is not None else body

    def names(self, body: int) -> set[int]:
        """Every name of the body that a name stands for."""
        root = self.root(body)
        return {root} | self.aliases.get(root, set())

    def are_apart(self, one: int, other: int) -> bool:
        """Whether somebody said of any of their names that they are two."""
        others = self.names(other)
        return any(frozenset((mine, theirs)) in self.apart for mine in self.names(one) for theirs in others)


# ---- the log -----------------------------------------------------------------------------------------------------


def lock(connection: Connection) -> None:
    """One answer after another: each is given on what the ones before left. SQLite has one writer as it is."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("LOCK TABLE settling IN SHARE ROW EXCLUSIVE MODE"))


def add(connection: Connection, answer: Answer) -> None:
    """Append an answer; ``answer.id`` is given by the store."""
    connection.execute(
        insert(settling),
        {
            "at": answer.at,
            "who": answer.who,
            "kind": answer.kind,
            "body_id": answer.body,
            "other_body_id": answer.other_body,
            "report_id": answer.report,
            "other_report_id": answer.other_report,
            "undoes": answer.undoes,
            "data": encoded(answer.data),
        },
    )


def answers(connection: Connection, *, limit: int | None = None, before: int | None = None) -> list[Answer]:
    """All answers in the order they were given; with ``limit`` the last ones, up to the one numbered ``before``."""
    if limit is None:
        return [_answer(row) for row in connection.execute(select(settling).order_by(settling.c.id))]
    query = select(settling).order_by(settling.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(settling.c.id < before)
    return [_answer(row) for row in connection.execute(query)]


def last_standing(connection: Connection, who: str) -> Answer | None:
    """The last answer of a person that is not taken back; None where there is none."""
    back = settling.alias()
    query = select(settling).where(settling.c.who == who, settling.c.kind != "undo")
    standing = query.where(~select(back.c.id).where(back.c.undoes == settling.c.id).exists())
    row = connection.execute(standing.order_by(settling.c.id.desc()).limit(1)).first()
    return _answer(row) if row else None


def taken_back(connection: Connection, given: Iterable[Answer]) -> set[int]:
    """The numbers of those of some answers that count no more."""
    wanted = [one.id for one in given]
    found = connection.execute(select(settling.c.undoes).where(settling.c.undoes.in_(wanted))).scalars()
    return {number for number in found if number is not None}


def answer_of(connection: Connection, number: int) -> Answer | None:
    """The answer of that number."""
    row = connection.execute(select(settling).where(settling.c.id == number)).first()
    return _answer(row) if row else None


def answers_about(connection: Connection, bodies: Iterable[int]) -> list[Answer]:
    """The answers that bear on bodies: those that name them, or what these were ever made one with."""
    known: set[int] = set()
    found: dict[int, Answer] = {}
    new = set(bodies)
    while new:
        known |= new
        wanted = or_(settling.c.body_id.in_(new), settling.c.other_body_id.in_(new))
        rows = [_answer(row) for row in connection.execute(select(settling).where(wanted))]
        found |= {one.id: one for one in rows}
        new = {number for one in rows if one.ties for number in one.bodies} - known
    return [found[number] for number in sorted(found)]


def answers_on(connection: Connection, reports: Iterable[int]) -> list[Answer]:
    """The answers that name one of some reports."""
    wanted = list(reports)
    query = select(settling).where(or_(settling.c.report_id.in_(wanted), settling.c.other_report_id.in_(wanted)))
    return [_answer(row) for row in connection.execute(query.order_by(settling.c.id))]


def _answer(row: Row[Any]) -> Answer:
    both = (row.body_id, row.other_body_id, row.report_id, row.other_report_id)
    return Answer(row.id, row.at, row.who, row.kind, *both, row.undoes, decoded(row.data))


# ---- what follows ------------------------------------------------------------------------------------------------


def replay(given: Iterable[Answer]) -> Standing:
    """The register after some answers, in order."""
    given = list(given)
    taken_back = {one.undoes for one in given if one.undoes is not None}
    standing = Standing()
    for one in given:
        if one.id not in taken_back and one.kind != "undo":
            _APPLY[one.kind](standing, one)
    return standing


def _merge(standing: Standing, one: Answer) -> None:
    """All names of the first body become names of the second; what the second lacks it takes over."""
    gone, kept = (standing.root(number) for number in one.bodies)
    if gone == kept:
        return
    moved = standing.names(gone)
    for number in moved:
        _touched(standing, number, one).same_as = kept
    standing.aliases.setdefault(kept, set()).update(moved)
    standing.aliases.pop(gone, None)
    old, new = standing.bodies[gone], _touched(standing, kept, one)
    new.level, new.region = new.level or old.level, new.region or old.region


def _apart(standing: Standing, one: Answer) -> None:
    standing.apart.add(frozenset(one.bodies))


def _separate(standing: Standing, one: Answer) -> None:
    """A name is a body of its own again, and not to be taken for the other any more."""
    number = one.bodies[0]
    root = standing.root(number)
    if root != number:
        _touched(standing, number, one).same_as = None
        standing.aliases[root].discard(number)
        standing.apart.add(frozenset((number, root)))


def _level(standing: Standing, one: Answer) -> None:
    _touched(standing, standing.root(one.bodies[0]), one).level = one.data["new"]


def _region(standing: Standing, one: Answer) -> None:
    _touched(standing, standing.root(one.bodies[0]), one).region = one.data["new"]


def _link(standing: Standing, one: Answer) -> None:
    report, other = one.reports
    standing.links[frozenset(one.reports)] = Link(report, other, one.data["kind"], one.who, one.at)


_APPLY = {"merge": _merge, "apart": _apart, "separate": _separate, "level": _level, "region": _region, "link": _link}


def _touched(standing: Standing, number: int, one: Answer) -> Settled:
    found = standing.bodies.setdefault(number, Settled())
    found.by, found.at = one.who, one.at
    return found
