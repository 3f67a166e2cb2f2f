"""Saving one step of a review: whoever comes second is told, whoever saves twice is saved once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from extractor.errors import ClaimedError, ReviewError, StaleEditError, StateError
from extractor.forms import Form
from extractor.review.checking import current
from extractor.review.comparing import Standing, save_standing, told_by_others
from extractor.review.opening import Opened, opened
from extractor.review.people import Person
from extractor.settings import load_settings
from extractor.store import Store, figures, queue
from extractor.store.efforts import add_effort
from extractor.store.events import FIRST, Effort, Event, Kind, append, event_with, last_act, last_number
from extractor.store.queue import Claim, hold
from extractor.store.reports import row_of
from extractor.store.rounds import change, round_of
from extractor.store.state import replay
from extractor.verify.between_years import Contradiction

_MINUTE = 60_000_000
_ENDING = frozenset({"accept", "reject", "park", "adjudicate"})
"""Steps after which nobody is at work on the report."""
_DONE = frozenset({"accept", "reject"})
PAUSE = 10 * _MINUTE
"""Who does nothing for longer was away: that time is nobody's work (microseconds)."""


@dataclass(frozen=True, slots=True)
class On:
    """What a person has before them: a report, its version, and the round. ``token`` names the save, once for all.

    ``presses``: keys and clicks that the step took, where the page counted them.
    """

    report: int
    version: int
    round: int = FIRST
    token: str | None = None
    presses: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be added to the log."""

    kind: Kind
    path: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who adds to the log, and when (microseconds since 1970); ``effort``: what it cost, where a person acted."""

    who: str
    at: int
    token: str | None = None
    effort: Effort | None = None


Then = Callable[[Connection, Opened], None]
"""What else is to be written with a step."""

Steps = Callable[[Connection, Opened], Step]
"""Makes the step of the report as it stands; refuses by raising."""


def save(
    store: Store,
    person: Person,
    on: On,
    make: Steps,
    *,
    then: Then | None = None,
    forms: Sequence[Form] = (),
) -> Opened:
    """Add a step to the log and bring the queue up to date, all or nothing; the report as it stands then.

    The report is read and checked before anybody is kept waiting, and again only where it changed meanwhile: ``make``
    may be called twice and only looks. ``then``: what else is written with it.

    Raises:
        StaleEditError: another step was saved since ``on.version``; ``mine`` is the step, ``theirs`` the report now.
        ClaimedError: somebody else is at work on it.
    """
    prepared = _prepared(store, person, on, make, forms) if on.round == FIRST else None
    with store.writing() as connection:
        if on.token and event_with(connection, on.token):  # the answer to the first save was lost on its way
            return opened(connection, on.report, on.round, forms=forms)
        figures.hold(connection, [figures.standing_of(connection, on.report).body])  # before the report, by everybody
        still = _still(connection, on, prepared)
        before = still.before if still else opened(connection, on.report, on.round, forms=forms, lock=True)
        now = still.stamp.at if still else store.clock()
        if before.version != on.version:
            raise _stale(connection, before, on, make)
        _keep_claim(before, person, now)
        step = still.step if still else make(connection, before)
        effort = Effort(_took(connection, before, person, now), on.presses)
        stamp = replace(still.stamp if still else Stamp(person.name, now, on.token), effort=effort)
        after = add(connection, before, step, stamp, forms, still.after if still else None)
        if step.kind in _ENDING:
            let_go(connection, before)
        else:
            renew(connection, before, Claim(person.name, now, now + claim_length()))
        if then is not None:
            then(connection, after)
        return _refreshed(connection, after)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A step made and checked before the report was locked, and the report with it; ``told``: by other reports."""

    before: Opened
    step: Step
    stamp: Stamp
    told: list[Contradiction]
    after: Opened


def _prepared(store: Store, person: Person, on: On, make: Steps, forms: Sequence[Form]) -> _Prepared | None:
    """The step on the report as it is now; None where it cannot be made: why not is told once the report is locked.

    Only of the first review: a step of a second one looks at the first, which nothing keeps as it is.
    """
    with store.reading() as connection:
        before = opened(connection, on.report, on.round, forms=forms)
        if before.version != on.version:
            return None
        try:
            step = make(connection, before)
        except ReviewError:
            return None
        told = told_by_others(connection, on.report)
    stamp = Stamp(person.name, store.clock(), on.token)
    return _Prepared(before, step, stamp, told, _with_step(before, step, stamp, told, forms))


def _still(connection: Connection, on: On, prepared: _Prepared | None) -> _Prepared | None:
    """What was prepared, on the report's row as it is now and locked; None where anything else has happened since."""
    if prepared is None:
        return None
    row = row_of(connection, on.report, lock=True)
    if last_number(connection, on.report, on.round) != prepared.before.version:
        return None
    if told_by_others(connection, on.report) != prepared.told:
        return None
    return replace(prepared, before=replace(prepared.before, row=row), after=replace(prepared.after, row=row))


def add(
    connection: Connection,
    before: Opened,
    step: Step,
    stamp: Stamp,
    forms: Sequence[Form] = (),
    after: Opened | None = None,
) -> Opened:
    """Append a step to a round that is locked, and bring the queue up to date; the report as it stands then.

    ``after``: the report with the step, where that was made before.
    """
    report = before.row.id
    if after is None:
        told = told_by_others(connection, report) if before.round == FIRST else []
        after = _with_step(before, step, stamp, told, forms)
    event = after.events[-1]
    effort = stamp.effort and replace(stamp.effort, closed=_closed(before, after), done=_done(step))
    append(connection, event, effort)
    if effort is not None:
        add_effort(connection, event, effort)
    if before.round == FIRST:
        acted = None if step.kind == "dispute" else stamp.who
        made = Standing(before.reading, after.state, after.now)
        after = replace(after, now=save_standing(connection, report, made, acted, event.at, forms))
    return after


def _with_step(
    before: Opened, step: Step, stamp: Stamp, told: Sequence[Contradiction], forms: Sequence[Form]
) -> Opened:
    """The report with one more step in its log, checked again; nothing is written."""
    at = max([stamp.at, *(one.at for one in before.events[-1:])])  # a clock set back must not turn the log around
    seq = before.version + 1
    event = Event(before.row.id, before.round, seq, at, stamp.who, step.kind, step.path, step.data, stamp.token)
    state = replay([*before.events, event])
    found = current(before.reading.record, state, forms, told) if before.reading.record else None
    return replace(before, version=seq, state=state, now=found, events=[*before.events, event])


def _took(connection: Connection, before: Opened, person: Person, now: int) -> int | None:
    """Milliseconds since the person's step before, or since they took the report; None where they were away."""
    held, since = before.further or before.row, [last_act(connection, person.name)]
    if held.claimed_by == person.name and held.claimed_until is not None:
        since.append(held.claimed_until - claim_length())
    waits = [now - at for at in since if at is not None and 0 <= now - at <= PAUSE]
    return max(waits) // 1000 if waits else None


def _closed(before: Opened, after: Opened) -> int:
    """How many findings and conflicts were open and are not any more."""
    return _open(before) - _open(after)


def _open(one: Opened) -> int:
    findings = one.now.findings if one.now else []
    return sum(1 for found in findings if found.settlement is None) + len(one.state.conflicts)


def _done(step: Step) -> int:
    if step.kind == "undo":
        return -int(step.data["kind"] in _DONE)
    return int(step.kind in _DONE)


def _refreshed(connection: Connection, after: Opened) -> Opened:
    further = round_of(connection, after.row.id, after.round) if after.further else None
    return replace(after, row=row_of(connection, after.row.id), further=further)


def let_go(connection: Connection, before: Opened) -> None:
    """A report that is done is nobody's any more."""
    if before.further is None:
        queue.let_go(connection, before.row.id)
    else:
        change(connection, before.further, claimed_by=None, claimed_until=None)


def renew(connection: Connection, before: Opened, claim: Claim) -> None:
    """Who works on a report keeps it."""
    if before.further is None:
        hold(connection, before.row.id, claim)
    else:
        change(connection, before.further, claimed_by=claim.who, claimed_until=claim.until, reviewer=claim.who)


def claim_length() -> int:
    """Microseconds that a claim lasts."""
    return load_settings().minutes_per_claim * _MINUTE


def holder(before: Opened, now: int) -> str | None:
    """Who holds a report now."""
    held = before.further or before.row
    return held.claimed_by if held.claimed_by and (held.claimed_until or 0) > now else None


def claimed(before: Opened, who: str) -> ClaimedError:
    """Somebody else is at work on a report; says who, and until when."""
    until = ((before.further or before.row).claimed_until or 0) / 1_000_000
    clock = datetime.fromtimestamp(until, UTC).strftime("%H:%M UTC")
    return ClaimedError(
        f"{who} is at work on report {before.row.id} until {clock}",
        f"{who} 正在处理报告 {before.row.id}（至 {clock}）",
    )


def wrong_state(en: str, zh: str) -> StateError:
    """The step makes no sense now."""
    return StateError(en, zh)


def _keep_claim(before: Opened, person: Person, now: int) -> None:
    other = holder(before, now)
    if other is not None and other != person.name:
        raise claimed(before, other)


def _stale(connection: Connection, before: Opened, on: On, make: Steps) -> StaleEditError:
    """Carries both versions; the step that is refused is told as far as it can still be made."""
    last = before.state.last
    who, kind = (last.who, last.kind) if last else ("?", "?")
    try:
        mine: object = make(connection, before)
    except Exception as error:  # noqa: BLE001 (it is refused anyway; why it cannot be made either is part of the answer)
        mine = error
    return StaleEditError(
        f"report {on.report} is at version {before.version} ({who}: {kind}), not {on.version} any more; "
        "nothing was saved",
        f"报告 {on.report} 已是第 {before.version} 版（{who}：{kind}），不再是第 {on.version} 版；这次修改没有保存",
        mine=mine,
        theirs=before,
    )
