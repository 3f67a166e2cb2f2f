"""A report among those of its body: its figures kept in step with its record, and what the years say of each other.

Whoever changes a record calls ``save_standing``. Where figures, body or year changed, every report of the body is
compared anew in the same transaction; one that is contradicted now, or is no longer, gets its new place in the queue.
No event is added to its log: nobody did anything to it, and its version stays (docs/decisions/0010).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from extractor.forms import Form
from extractor.forms.figures import figures_of
from extractor.record import Finding, Record
from extractor.review.checking import Current, corrected, current, summary_of
from extractor.store import figures
from extractor.store.events import events_of
from extractor.store.figures import Told
from extractor.store.readings import Reading, reading_of
from extractor.store.reports import FindingRow, row_of, save_summary, tell_untouched
from extractor.store.state import ReviewState, replay
from extractor.verify.between_years import Contradiction, Stated, codes, contradictions

_MOST = 60
"""Reports of one body. With more its name means many bodies (我局, 镇人民政府), and nothing can be compared."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A report as its log leaves it: what was read, what people made of that, and the two put together."""

    reading: Reading
    state: ReviewState
    now: Current | None


def save_standing(
    connection: Connection, report: int, made: Standing, who: str | None, at: int, forms: Sequence[Form] = ()
) -> Current | None:
    """Write what follows from a report's log: its row, its figures, and what comparing tells; the report as it stands.

    ``who``: the person who acted, None for a machine. ``at``: microseconds since 1970.
    """
    was = figures.standing_of(connection, report)
    save_summary(connection, report, summary_of(made.reading, made.state, made.now), who, at)
    changed = figures.keep(connection, report, stated_figures(made.now.record if made.now else None, made.state))
    stands = figures.standing_of(connection, report)
    if not changed and was == stands:
        return made.now
    told = compare(connection, [was.body, stands.body], at, also=report)
    place_again(connection, told.keys() - {report}, forms)
    if report not in told or made.reading.record is None:
        return made.now
    now = current(made.reading.record, made.state, forms, told_by_others(connection, report))
    save_summary(connection, report, summary_of(made.reading, made.state, now), who, at)
    return now


def compare(
    connection: Connection, bodies: Iterable[int | None], at: int, also: int | None = None
) -> dict[int, list[Told]]:
    """Compare every report of these bodies with its neighbours; what is told now, of those of which it has changed.

    ``also``: a report that may have been one of theirs.
    """
    wanted = [one for one in dict.fromkeys(bodies) if one is not None]
    figures.hold(connection, wanted)
    sheets = [sheet for body in wanted for sheet in _groups(connection, body)]
    news = {also: list[Told]()} if also is not None else {}
    for sheet, group in sheets:
        news[sheet.report] = [_told(one) for one in contradictions(sheet, group)]
    before = figures.told_of_all(connection, list(news))
    changed = {report: told for report, told in news.items() if told != before.get(report, [])}
    figures.tell(connection, changed, at)
    return changed


def compare_again(connection: Connection, bodies: Iterable[int | None], at: int, also: int | None = None) -> None:
    """Compare these bodies' reports anew after names were joined or parted, or a report (``also``) was linked."""
    place_again(connection, compare(connection, bodies, at, also))


def compare_waiting(connection: Connection, reports: Sequence[int], at: int) -> int:
    """Compare reports that wait for it, and the others of their bodies that do; how many wait no more.

    Of those that were kept before there were figures, these are told, too.
    """
    told = figures.with_figures(connection, reports)
    bodies = figures.bodies_of(connection, reports)
    figures.hold(connection, bodies)
    late = sorted(set(reports) - told)
    for report in late:
        figure_again(connection, report, at)
    told |= figures.waiting_in(connection, bodies)
    compare_again(connection, figures.shared(connection, bodies), at)
    figures.compared(connection, told)
    return len(told.union(late))


def figure_again(connection: Connection, report: int, at: int) -> None:
    """Tell the figures of a report that was kept before there were any, and compare its body."""
    body = figures.standing_of(connection, report).body
    figures.hold(connection, [body])
    row_of(connection, report, lock=True)
    state = replay(events_of(connection, report))
    reading = reading_of(connection, state.reading) if state.reading is not None else None
    record = corrected(reading.record, state.corrections) if reading and reading.record else None
    figures.keep(connection, report, stated_figures(record, state))
    compare_again(connection, [body], at, report)


def place_again(connection: Connection, reports: Collection[int], forms: Sequence[Form] = ()) -> None:
    """Put reports where they belong in the queue after something else is told of them; logs and versions stay."""
    told = figures.told_of_all(connection, reports)
    rows = {one: [FindingRow(said.code, "warning") for said in told.get(one, [])] for one in reports}
    for report in sorted(set(reports) - tell_untouched(connection, rows, codes())):
        _place_worked_on(connection, report, forms)


def _place_worked_on(connection: Connection, report: int, forms: Sequence[Form]) -> None:
    row = row_of(connection, report, lock=True)
    state = replay(events_of(connection, report))
    if state.reading is None:
        return
    reading = reading_of(connection, state.reading)
    told = told_by_others(connection, report)
    now = current(reading.record, state, forms, told) if reading.record else None
    save_summary(connection, report, summary_of(reading, state, now), None, row.changed_at)


def told_by_others(connection: Connection, report: int, until: int | None = None) -> list[Contradiction]:
    """What reports of other years tell of a report, or told at a moment (microseconds since 1970)."""
    return [
        Contradiction(Finding(one.code, "warning", "unknown", one.paths, one.message, one.message_en), one.report)
        for one in figures.told_of(connection, report, until)
    ]


def _told(one: Contradiction) -> Told:
    found = one.finding
    return Told(found.code, list(found.paths), found.message, found.message_en, one.report)


def stated_figures(record: Record | None, state: ReviewState) -> dict[str, int] | None:
    """The figures of a report that can be compared; one that was rejected or could not be read cannot."""
    if record is None or state.standing == "rejected":
        return None
    return figures_of(record.tables, {path: one.state for path, one in record.evidence.items()})


def _groups(connection: Connection, body: int) -> list[tuple[Stated, list[Stated]]]:
    """Each report of a body with those that it is compared with: of the same scope, and counting."""
    found = figures.sheets_of(connection, body, _MOST + 1)
    if len(found) > _MOST:
        return [(Stated(one.report, one.year, {}), []) for one in found]
    stated = [(Stated(one.report, one.year, one.figures), one.scope) for one in found]
    return [(one, [other for other, its in stated if its == scope]) for one, scope in stated]
