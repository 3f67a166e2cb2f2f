"""What a report's events add up to. The state of now and the state of any earlier moment are made the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from extractor.store.events import Event

Standing = Literal["new", "open", "accepted", "rejected", "parked", "disputed"]
"""``new``: nobody has done anything yet; ``disputed``: two reviews differ."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands at a path: a cell's value and state, or another field's value (``state`` is None then)."""

    value: Any
    state: str | None = None

    def to_plain(self) -> dict[str, Any]:
        """For an event's data."""
        return {"value": self.value, "state": self.state}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Entry:
        """From an event's data."""
        return cls(plain["value"], plain["state"])


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person put at a path, and what stood there before."""

    entry: Entry
    old: Entry
    who: str
    at: int
    seq: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A person's entry (``kept``, it stands) that a later reading of the machine disagrees with (``read``)."""

    kept: Entry
    read: Entry
    reading: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """A finding that a person has answered; it holds while the finding says the same (``message``)."""

    outcome: str
    note: str
    who: str
    at: int
    message: str


@dataclass(slots=True)
class ReviewState:
    """Where one round of one report stands; ``version`` is the number of its last event."""

    version: int = 0
    reading: int | None = None
    standing: Standing = "new"
    corrections: dict[str, Correction] = field(default_factory=dict)
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    settled: dict[str, Settlement] = field(default_factory=dict)
    question: str | None = None
    reason: str | None = None
    decided_by: str | None = None
    last: Event | None = None


def replay(events: Iterable[Event], *, until: int | None = None) -> ReviewState:
    """The state after these events; ``until`` leaves out what happened later (microseconds since 1970)."""
    happened = [one for one in events if until is None or one.at <= until]
    undone = {one.data["undoes"] for one in happened if one.kind == "undo"}
    state = ReviewState()
    for one in happened:
        if one.kind != "undo" and one.seq not in undone:
            _STEPS[one.kind](state, one)
            state.last = one
        state.version = one.seq
    return state


def _read(state: ReviewState, event: Event) -> None:
    state.reading = event.data["reading"]
    if "conflicts" in event.data:  # said in full by each reading: an old one may have been answered by it
        state.conflicts = {}
    for path, found in event.data.get("conflicts", {}).items():
        kept, read = Entry.from_plain(found["kept"]), Entry.from_plain(found["read"])
        state.conflicts[path] = Conflict(kept, read, event.data["reading"])
        if path not in state.corrections:
            old = Entry.from_plain(found.get("old", found["kept"]))
            state.corrections[path] = Correction(kept, old, found["by"], event.at, event.seq)
    for path, plain in event.data.get("moved", {}).items():
        state.corrections[path] = replace(state.corrections[path], entry=Entry.from_plain(plain))
    if event.data.get("reopened"):
        state.standing = "open"


def _correct(state: ReviewState, event: Event) -> None:
    path, data = event.path or "", event.data
    old = state.corrections[path].old if path in state.corrections else Entry.from_plain(data["old"])
    entry = Entry.from_plain(data["new"])
    state.corrections[path] = Correction(entry, old, event.who, event.at, event.seq, data.get("why", ""))
    state.conflicts.pop(path, None)
    state.standing = "open"


def _settle(state: ReviewState, event: Event) -> None:
    data = event.data
    state.settled[event.path or ""] = Settlement(data["outcome"], data["note"], event.who, event.at, data["message"])
    state.standing = "open" if state.standing == "new" else state.standing


def _unsettle(state: ReviewState, event: Event) -> None:
    state.settled.pop(event.path or "", None)
    state.standing = "open"


def _decide(standing: Standing) -> Callable[[ReviewState, Event], None]:
    def decide(state: ReviewState, event: Event) -> None:
        state.standing, state.decided_by = standing, event.who
        state.reason = event.data.get("why") or None
        state.question = event.data.get("question")

    return decide


def _adjudicate(state: ReviewState, event: Event) -> None:
    for path, chosen in event.data["values"].items():
        old = state.corrections[path].old if path in state.corrections else Entry.from_plain(chosen["old"])
        entry, why = Entry.from_plain(chosen), event.data.get("why", "")
        state.corrections[path] = Correction(entry, old, event.who, event.at, event.seq, why)
        state.conflicts.pop(path, None)
    state.standing, state.decided_by = "accepted", event.who


_STEPS: dict[str, Callable[[ReviewState, Event], None]] = {
    "read": _read,
    "start": _read,
    "correct": _correct,
    "settle": _settle,
    "unsettle": _unsettle,
    "accept": _decide("accepted"),
    "reject": _decide("rejected"),
    "reopen": _decide("open"),
    "park": _decide("parked"),
    "dispute": _decide("disputed"),
    "adjudicate": _adjudicate,
}
