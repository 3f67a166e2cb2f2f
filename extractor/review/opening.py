"""A report as a reviewer opens it: what the machine read, what people made of it, and what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from extractor.errors import NoReportError, NotPermittedError
from extractor.forms import Form
from extractor.record import Record
from extractor.review.checking import Current, current
from extractor.review.comparing import told_by_others
from extractor.review.people import Person, permit
from extractor.store import Store
from extractor.store.contents import get
from extractor.store.events import FIRST, Event, events_of
from extractor.store.readings import Reading, reading_of, text_of
from extractor.store.reports import ReportRow, names_of, row_of
from extractor.store.rounds import Round, round_of, rounds
from extractor.store.state import ReviewState, replay


@dataclass(frozen=True, slots=True)
class Opened:
    """One round of one report. ``version`` must come back with each save; ``now`` is None where reading failed."""

    row: ReportRow
    round: int
    version: int
    state: ReviewState
    reading: Reading
    now: Current | None
    text: str
    further: Round | None = None
    events: list[Event] = field(default_factory=list, repr=False)

    @property
    def machine(self) -> Record:
        """What the machine read.

        Raises:
            NoReportError: nothing; the reading failed.
        """
        if self.reading.record is None:
            raise unreadable(self.row.id)
        return self.reading.record

    @property
    def record(self) -> Record:
        """The record as it stands.

        Raises:
            NoReportError: there is none; the reading failed.
        """
        if self.now is None:
            raise unreadable(self.row.id)
        return self.now.record


def open_report(
    store: Store, person: Person, report: int, round_number: int = FIRST, *, forms: Sequence[Form] = ()
) -> Opened:
    """A report as it stands.

    Raises:
        NoReportError: there is none.
        NotPermittedError: the person is reviewing it a second time and must not see what the first made of it.
    """
    permit(person, "view")
    with store.reading() as connection:
        _keep_blind(connection, person, report, round_number)
        return opened(connection, report, round_number, forms=forms)


def opened(
    connection: Connection, report: int, round_number: int = FIRST, *, forms: Sequence[Form] = (), lock: bool = False
) -> Opened:
    """A round of a report within a transaction."""
    row = row_of(connection, report, lock=lock)
    further = round_of(connection, report, round_number) if round_number != FIRST else None
    events = events_of(connection, report, round_number)
    return _as_of(connection, row, events, further, forms)


def opened_at(store: Store, person: Person, report: int, until: int, round_number: int = FIRST) -> Opened:
    """A report as it stood at a moment (microseconds since 1970), made from its events.

    Raises:
        NoReportError: it was not there yet.
    """
    permit(person, "view")
    with store.reading() as connection:
        _keep_blind(connection, person, report, round_number)
        row = row_of(connection, report)
        further = round_of(connection, report, round_number) if round_number != FIRST else None
        events = [one for one in events_of(connection, report, round_number) if one.at <= until]
        return _as_of(connection, row, events, further, until=until)


def history(store: Store, person: Person, report: int, round_number: int = FIRST) -> list[Event]:
    """Everything that happened to a report, in order."""
    permit(person, "view")
    with store.reading() as connection:
        _keep_blind(connection, person, report, round_number)
        row_of(connection, report)
        return events_of(connection, report, round_number)


def original(store: Store, person: Person, report: int) -> tuple[str, bytes]:
    """The name and the bytes of the file as it came in."""
    permit(person, "view")
    with store.reading() as connection:
        row = row_of(connection, report)
        return row.name, get(connection, row.content_id)


def names(store: Store, person: Person, report: int) -> list[str]:
    """Every name the same bytes came in under."""
    permit(person, "view")
    with store.reading() as connection:
        return names_of(connection, report)


def unreadable(report: int) -> NoReportError:
    """There is a file, but no record of it."""
    return NoReportError(f"report {report} could not be read: it has no record", f"报告 {report} 未能识读，没有记录")


def _as_of(
    connection: Connection,
    row: ReportRow,
    events: list[Event],
    further: Round | None,
    forms: Sequence[Form] = (),
    until: int | None = None,
) -> Opened:
    state = replay(events)
    if state.reading is None:
        raise NoReportError(f"report {row.id} was not there then", f"当时还没有报告 {row.id}")
    found = reading_of(connection, state.reading)
    number = further.round if further else FIRST
    told = told_by_others(connection, row.id, until) if number == FIRST else []  # a further review is blind
    now = current(found.record, state, forms, told) if found.record else None
    return Opened(row, number, state.version, state, found, now, text_of(connection, found), further, events)


def _keep_blind(connection: Connection, person: Person, report: int, round_number: int) -> None:
    if round_number != FIRST:
        return
    if any(one.reviewer == person.name for one in rounds(connection, report=report, state="open")):
        raise NotPermittedError(
            f"{person.name} is reviewing report {report} a second time and may not see the first review",
            f"{person.name} 正在二次复核报告 {report}，不能查看首次复核",
        )
