"""Taking in what was read: a new report, or a new reading of one that people have worked on. Nothing of theirs is lost.

A correction is carried over where it still fits: the new reading says the same as the person, or the source's cell and
the machine's reading of it are as they were. Anything else is a conflict: the person's value stands, the machine's is
shown beside it, and the report is in the queue again. An accepted report was confirmed in every field, so a new reading
that differs in one conflicts with what was accepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from extractor.forms import Form
from extractor.record import Evidence, Record
from extractor.review.checking import corrected, current
from extractor.review.comparing import Standing, save_standing, told_by_others
from extractor.review.fields import LISTS, entry_at
from extractor.review.people import Person, permit
from extractor.review.second import comparable, differences
from extractor.store import Store, figures
from extractor.store.contents import put
from extractor.store.events import Event, append, events_of
from extractor.store.packing import digest_of
from extractor.store.readings import Reader, Reading, add_failure, add_reading, failure_digest, newest, reading_of
from extractor.store.reports import report_with, row_of
from extractor.store.state import Conflict, Entry, ReviewState, replay


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file and what became of it: a record with the text its offsets point into, or a failed object."""

    name: str
    data: bytes
    media_type: str
    record: Record | None = None
    text: str = ""
    failure: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What the store made of an arrival: ``new``, ``same`` (nothing to do) or ``again`` (read anew)."""

    report: int
    what: Literal["new", "same", "again"]
    conflicts: int = 0


def take_in(store: Store, person: Person, arrival: Arrival, reader: Reader, *, forms: Sequence[Form] = ()) -> Taken:
    """Keep a file and its reading, and put the report into the queue; all or nothing.

    The same bytes are one report, whatever they are called. The same reading by the same version is kept once.
    """
    permit(person, "import")
    with store.writing() as connection:
        return take_in_on(connection, arrival, reader, store.clock(), forms)


def take_in_on(connection: Connection, arrival: Arrival, reader: Reader, now: int, forms: Sequence[Form] = ()) -> Taken:
    """``take_in`` in a transaction that is open already; ``now`` in microseconds since 1970."""
    named = arrival.record.organisation if arrival.record else None
    figures.hold(connection, [figures.body_named(connection, named)])  # before the report, by everybody
    report, _ = report_with(connection, arrival.data, arrival.name, arrival.media_type, now)
    row = row_of(connection, report, lock=True)
    if _is_known(connection, report, arrival, reader):
        return Taken(report, "same")
    last = reading_of(connection, row.reading_id) if row.reading_id is not None else None
    new = _keep(connection, report, arrival, reader, now)
    conflicts = _enter(connection, report, last, new, forms)
    return Taken(report, "again" if last else "new", conflicts)


def _is_known(connection: Connection, report: int, arrival: Arrival, reader: Reader) -> bool:
    """Whether the newest reading of the report is this one."""
    digest = digest_of(arrival.record) if arrival.record else failure_digest(arrival.failure or {"error": {}})
    return newest(connection, report) == (reader, digest)


def _keep(connection: Connection, report: int, arrival: Arrival, reader: Reader, now: int) -> Reading:
    if arrival.record is None:
        failure = arrival.failure or {"error": {}}
        return reading_of(connection, add_failure(connection, report, reader, failure, now))
    text_id = put(connection, arrival.text.encode("utf-8", "surrogatepass"))
    return reading_of(connection, add_reading(connection, report, reader, arrival.record, text_id, now))


def _enter(connection: Connection, report: int, last: Reading | None, new: Reading, forms: Sequence[Form]) -> int:
    """Write the reading into the log and the report into the queue; how many conflicts there are."""
    events = events_of(connection, report)
    state = replay(events)
    told: dict[str, Any] = {"reading": new.id, "version": new.version, "engine": new.engine}
    if new.record is None and last is not None and last.record is not None:
        return len(
            state.conflicts
        )  # what was read before is worth more than a failure; the failure is kept as a reading
    if new.record is not None and last is not None and last.record is not None:
        told["conflicts"] = conflicts_with(state, last.record, new.record)
        told["moved"] = _moved(state, new.record)
    at = max([new.at, *(one.at for one in events[-1:])])
    event = Event(report, 0, state.version + 1, at, f"extractor {new.version} {new.engine}", "read", None, told)
    after, others = replay([*events, event]), told_by_others(connection, report)
    now = current(new.record, after, forms, others) if new.record else None
    if after.standing in ("accepted", "disputed") and (after.conflicts or (now and now.open_errors)):
        event.data["reopened"] = True
        after = replay([*events, event])
        now = current(new.record, after, forms, others) if new.record else None
    append(connection, event)
    save_standing(connection, report, Standing(new, after, now), None, at, forms)
    return len(after.conflicts)


def conflicts_with(state: ReviewState, old: Record, new: Record) -> dict[str, dict[str, Any]]:
    """Where people's work and a new reading disagree: path → what is kept, what was read, who said it."""
    told = {}
    for path, correction in state.corrections.items():
        kept, read = correction.entry, entry_at(new, path)
        if not _fits(path, kept, old, new, state.conflicts.get(path)):
            told[path] = _conflict(kept, read, correction.who)
    if state.standing == "accepted" and state.decided_by is not None:
        stood = corrected(old, state.corrections)
        for path, (kept, read) in differences(stood, new).items():
            if path not in state.corrections:
                told[path] = _conflict(kept, read, state.decided_by)
    return told


def _fits(path: str, kept: Entry, old: Record, new: Record, known: Conflict | None) -> bool:
    """Whether a person's entry may stand unasked beside a new reading."""
    was, read = entry_at(old, path), entry_at(new, path)
    if comparable(path, kept) == comparable(path, read):
        return True
    if known is not None or comparable(path, was) != comparable(path, read):
        return False
    return was == read if path in LISTS else is_same_place(old.evidence.get(path), new.evidence.get(path))


def _moved(state: ReviewState, new: Record) -> dict[str, dict[str, Any]]:
    """Passages that a person and the new reading cut alike: they stand where the new reading has them."""
    lists = {
        path: (correction.entry, entry_at(new, path)) for path, correction in state.corrections.items() if path in LISTS
    }
    return {
        path: read.to_plain()
        for path, (kept, read) in lists.items()
        if kept != read and comparable(path, kept) == comparable(path, read)
    }


def is_same_place(one: Evidence | None, other: Evidence | None) -> bool:
    """Whether two readings took a value from the same cell of the source: the same words at the same place."""
    if one is None or other is None:
        return one is other
    cells = [(e.source.table, e.source.row, e.source.column, e.source.page) for e in (one, other)]
    if one.raw != other.raw or cells[0] != cells[1]:
        return False
    return cells[0][0] is not None or one.source.start == other.source.start


def _conflict(kept: Entry, read: Entry, who: str) -> dict[str, Any]:
    return {"kept": kept.to_plain(), "read": read.to_plain(), "by": who}
