"""What people settle about bodies and reports: one answer of the log each, and what follows from it, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from sqlalchemy import Connection, and_, delete, insert, select, update

from extractor.across.answers import (
    Answer,
    Link,
    LinkKind,
    Settled,
    Standing,
    add,
    answer_of,
    answers_about,
    answers_on,
    lock,
    replay,
)
from extractor.across.register import counted
from extractor.across.suggesting import close_answered
from extractor.errors import CorrectionError, StateError
from extractor.record import Level
from extractor.review.comparing import compare_again
from extractor.review.people import Person, permit
from extractor.store import Store
from extractor.store.bodies import body_id, canonical
from extractor.store.register_tables import report_link, settling
from extractor.store.reports import JOINED
from extractor.store.tables import body, report
from extractor.text import printable

Field = Literal["level", "region"]

_LONGEST_REGION, _LONGEST_NAME = 60, 100


@dataclass(frozen=True, slots=True)
class Value:
    """A level or a region for a body, given over the one that the person saw."""

    body: int
    field: Field
    new: str | None
    seen: str | None = None


# ---- bodies ------------------------------------------------------------------------------------------------------


def merge(store: Store, person: Person, one: int, into: int) -> None:
    """Say that a body, with all its names, is another one.

    Raises:
        StateError: they are one body already.
    """
    permit(person, "register")
    with store.writing() as connection:
        before = _locked(connection, (one, into))
        if before.root(one) == before.root(into):
            raise _by(before, one, "one body already", "已认定为同一机关")
        _append(connection, Answer(0, store.clock(), person.name, "merge", before.root(one), before.root(into)))


def set_apart(store: Store, person: Person, one: int, other: int) -> None:
    """Say that two bodies are not the same; they are not suggested again.

    Raises:
        StateError: somebody said so before, or said that they are one.
    """
    permit(person, "register")
    with store.writing() as connection:
        before = _locked(connection, (one, other))
        if before.root(one) == before.root(other):
            raise _by(before, one, "one body already", "已认定为同一机关")
        if before.are_apart(one, other):
            raise StateError("they were told apart already", "已认定为不同机关")
        _append(connection, Answer(0, store.clock(), person.name, "apart", before.root(one), before.root(other)))


def separate(store: Store, person: Person, name: int) -> None:
    """Say that a name is no other name of its body, but a body of its own.

    Raises:
        StateError: it is one.
    """
    permit(person, "register")
    with store.writing() as connection:
        before = _locked(connection, (name,))
        if before.root(name) == name:
            raise StateError("it is a body of its own already", "已是单独的机关")
        _append(connection, Answer(0, store.clock(), person.name, "separate", name, before.root(name)))


def rename(store: Store, person: Person, one: int, name: str) -> int:
    """Call a body by another name, made known if it is new; the old one stays as another name. The id of the new one.

    Raises:
        CorrectionError: it is no name.
        StateError: the body is called so.
    """
    permit(person, "register")
    with store.writing() as connection:
        new = body_id(connection, _cleaned(name, _LONGEST_NAME))
        before = _locked(connection, (one, new))
        if before.root(one) == new:
            raise StateError("it is called so already", "已是这个名称")
        root = before.root(new)
        if root not in (new, before.root(one)):
            raise StateError(
                "it is another body's other name: say that the two are one", "该名称属于另一机关：请先合并"
            )
        if root != new:
            add(connection, Answer(0, store.clock(), person.name, "separate", new, root))
        _append(connection, Answer(0, store.clock(), person.name, "merge", before.root(one), new))
        return new


def set_values(store: Store, person: Person, values: Sequence[Value]) -> None:
    """Settle levels and regions, all of them or none.

    Raises:
        CorrectionError: one cannot stand there.
        StateError: somebody settled one otherwise since it was seen.
    """
    permit(person, "register")
    with store.writing() as connection:
        before = _locked(connection, {one.body for one in values})
        for one in values:
            known = before.bodies.get(before.root(one.body), Settled())
            if getattr(known, one.field) != one.seen:
                raise _by(before, one.body, "settled since you saw it", "在您查看之后已被认定")
            data = {"old": one.seen, "new": _checked(one)}
            root = before.root(one.body)
            add(connection, Answer(0, store.clock(), person.name, one.field, root, data=data))
        _follow(connection, {before.root(one.body) for one in values})


def _checked(one: Value) -> str | None:
    if one.new is None or not one.new.strip():
        return None
    if one.field == "level":
        if one.new not in get_args(Level):
            raise CorrectionError(f"no level: {printable(one.new)}", f"没有这一层级：{printable(one.new)}")
        return one.new
    return _cleaned(one.new, _LONGEST_REGION)


def _cleaned(words: str, longest: int) -> str:
    cleaned = words.strip()
    if not cleaned or len(cleaned) > longest or printable(cleaned) != cleaned:
        raise CorrectionError(
            f"1 to {longest} letters, without control characters", f"须为 1 至 {longest} 个字，不含控制字符"
        )
    return cleaned


# ---- reports -----------------------------------------------------------------------------------------------------


def link(store: Store, person: Person, one: int, other: int, kind: LinkKind) -> None:
    """Say what a report is to another one of the same body and year; ``apart``: nothing, both stand.

    Raises:
        StateError: somebody said so before; they are not of one body and year; or the other one does not count itself.
    """
    permit(person, "register")
    if kind not in get_args(LinkKind):
        raise CorrectionError(f"no link: {printable(kind)}", f"没有这一关系：{printable(kind)}")
    with store.writing() as connection:
        lock(connection)
        known = replay(answers_on(connection, (one, other))).links.get(frozenset((one, other)))
        if known is not None:
            raise StateError(f"{known.by} has said: {known.kind}", f"{known.by} 已认定（{known.kind}）")
        if one == other or len(_of_one_body_and_year(connection, (one, other))) != 1:
            raise StateError("they are not of one body and year", "不是同一机关同一年度的报告")
        if kind != "apart" and not _counts(connection, other):
            raise StateError(f"report {other} itself does not count", f"报告 {other} 本身不计入")
        _append(
            connection,
            Answer(0, store.clock(), person.name, "link", report=one, other_report=other, data={"kind": kind}),
        )


def _of_one_body_and_year(connection: Connection, reports: Iterable[int]) -> set[tuple[int, int]]:
    wanted = list(reports)
    query = select(canonical(), report.c.year).select_from(JOINED).where(report.c.id.in_(wanted))
    rows = [tuple(row) for row in connection.execute(query)]
    return set(rows) if len(rows) == len(wanted) and all(None not in row for row in rows) else set()


def _counts(connection: Connection, number: int) -> bool:
    query = select(report.c.id).select_from(JOINED).where(report.c.id == number, counted())
    return connection.execute(query).first() is not None


# ---- taking back -------------------------------------------------------------------------------------------------


def undo(store: Store, person: Person, number: int) -> None:
    """Take an answer back, anybody's: what followed from it follows no more. It stays in the log.

    Raises:
        StateError: there is none of that number, or it is taken back.
    """
    permit(person, "register")
    with store.writing() as connection:
        lock(connection)
        one = answer_of(connection, number)
        if one is None or one.kind == "undo":
            raise StateError(f"there is no answer {number}", f"没有编号为 {number} 的认定")
        if is_taken_back(connection, number):
            raise StateError("it is taken back already", "已经撤销")
        back = replace(one, id=0, kind="undo", undoes=number, data={"kind": one.kind})
        _append(connection, replace(back, at=store.clock(), who=person.name))


def is_taken_back(connection: Connection, number: int) -> bool:
    """Whether an answer counts no more."""
    found = connection.execute(select(settling.c.id).where(settling.c.undoes == number)).first()
    return found is not None


# ---- saving ------------------------------------------------------------------------------------------------------


def _locked(connection: Connection, bodies: Iterable[int]) -> Standing:
    """What is settled about some bodies, kept so for this transaction.

    Raises:
        StateError: one is not there.
    """
    wanted = set(bodies)
    lock(connection)
    there = set(connection.execute(select(body.c.id).where(body.c.id.in_(wanted))).scalars())
    if there != wanted:
        gone = min(wanted - there)
        raise StateError(f"there is no body {gone}", f"没有编号为 {gone} 的机关")
    return replay(answers_about(connection, wanted))


def _append(connection: Connection, answer: Answer) -> None:
    add(connection, answer)
    _follow(connection, set(answer.bodies))
    _follow_links(connection, answer.reports)
    compare_again(connection, _compared_by(connection, answer), answer.at, answer.report)


def _compared_by(connection: Connection, answer: Answer) -> list[int]:
    """The bodies whose reports may say something else of each other now."""
    named = select(canonical()).where(body.c.id.in_(answer.bodies))
    reported = select(canonical()).select_from(JOINED).where(report.c.id.in_(answer.reports), body.c.id.is_not(None))
    return list(connection.execute(named.union(reported)).scalars())


def _follow(connection: Connection, bodies: set[int]) -> None:
    """Write what follows from the log into the rows of the bodies that it ties to these."""
    given = answers_about(connection, bodies) if bodies else []
    tied = bodies.union(*(one.bodies for one in given if one.ties))
    standing = replay(given)
    for number in sorted(tied):
        found = standing.bodies.get(number, Settled())
        values = {"same_as": found.same_as, "level": found.level, "region": found.region}
        by = {"settled_by": found.by, "settled_at": found.at}
        connection.execute(update(body).where(body.c.id == number).values(values | by))
    if tied:
        close_answered(connection, tied)


def _follow_links(connection: Connection, reports: Sequence[int]) -> None:
    if not reports:
        return
    pair = frozenset(reports)
    found: Link | None = replay(answers_on(connection, reports)).links.get(pair)
    both = and_(report_link.c.report_id.in_(pair), report_link.c.other_id.in_(pair))
    connection.execute(delete(report_link).where(both))
    if found is not None:
        values = {"report_id": found.report, "other_id": found.other, "kind": found.kind}
        connection.execute(insert(report_link).values(values | {"who": found.by, "at": found.at}))


def _by(before: Standing, number: int, en: str, zh: str) -> StateError:
    """Says who was quicker."""
    who = before.bodies.get(number, before.bodies.get(before.root(number), Settled())).by
    return StateError(f"{en} ({who})" if who else en, f"{zh}（{who}）" if who else zh)
