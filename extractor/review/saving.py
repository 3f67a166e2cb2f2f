"""Saving one step of a review: whoever comes second is told, whoever saves twice is saved once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from extractor.errors import ClaimedError, StaleEditError, StateError
from extractor.forms import Form
from extractor.review.checking import current, summary_of
from extractor.review.opening import Opened, opened
from extractor.review.people import Person
from extractor.settings import load_settings
from extractor.store import Store, queue
from extractor.store.events import FIRST, Event, Kind, append, event_with
from extractor.store.queue import Claim, hold
from extractor.store.reports import row_of, save_summary
from extractor.store.rounds import change, round_of
from extractor.store.state import replay

_MINUTE = 60_000_000
_ENDING = frozenset({"accept", "reject", "park", "adjudicate"})
"""Steps after which nobody is at work on the report."""


@dataclass(frozen=True, slots=True)
class On:
    """What a person has before them: a report, its version, and the round. ``token`` names the save, once for all."""

    report: int
    version: int
    round: int = FIRST
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be added to the log."""

    kind: Kind
    path: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who adds to the log, and when (microseconds since 1970)."""

    who: str
    at: int
    token: str | None = None


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

    ``then``: what else is written with it.

    Raises:
        StaleEditError: another step was saved since ``on.version``; ``mine`` is the step, ``theirs`` the report now.
        ClaimedError: somebody else is at work on it.
    """
    with store.writing() as connection:
        if on.token and event_with(connection, on.token):  # the answer to the first save was lost on its way
            return opened(connection, on.report, on.round, forms=forms)
        before = opened(connection, on.report, on.round, forms=forms, lock=True)
        now = store.clock()
        if before.version != on.version:
            raise _stale(connection, before, on, make)
        _keep_claim(before, person, now)
        step = make(connection, before)
        after = add(connection, before, step, Stamp(person.name, now, on.token), forms)
        if step.kind in _ENDING:
            let_go(connection, before)
        else:
            renew(connection, before, Claim(person.name, now, now + claim_length()))
        if then is not None:
            then(connection, after)
        return _refreshed(connection, after)


def add(connection: Connection, before: Opened, step: Step, stamp: Stamp, forms: Sequence[Form] = ()) -> Opened:
    """Append a step to a round that is locked, and bring the queue up to date; the report as it stands then."""
    report, seq = before.row.id, before.version + 1
    at = max([stamp.at, *(one.at for one in before.events[-1:])])  # a clock set back must not turn the log around
    event = Event(report, before.round, seq, at, stamp.who, step.kind, step.path, step.data, stamp.token)
    append(connection, event)
    state = replay([*before.events, event])
    found = current(before.reading.record, state, forms) if before.reading.record else None
    if before.round == FIRST:
        acted = None if step.kind == "dispute" else stamp.who
        save_summary(connection, report, summary_of(before.reading, state, found), acted, stamp.at)
    return replace(before, version=seq, state=state, now=found, events=[*before.events, event])


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
