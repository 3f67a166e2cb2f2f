"""The reports of an export, one after another, a transaction for a few: an export of all holds up nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

from extractor.record import Evidence, Number, Record
from extractor.review.opening import opened
from extractor.review.people import Person, permit
from extractor.store import Store
from extractor.store.queue import Filter, identifiers
from extractor.store.reports import ReportRow

CellTold = tuple[str, str, str, Number | None, Evidence]
_AT_ONCE = 200


class Reported(Protocol):
    """What the formats with columns ask of a report: what is told of it as a whole, and its cells."""

    @property
    def heading(self) -> dict[str, Any]:
        """Names and values, the same names for all."""

    def cells(self) -> Iterator[CellTold]:
        """Table, row, column, value and evidence of each cell."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One report: its row of the queue, and its record as it stands, or the object that says why there is none."""

    row: ReportRow
    record: Record | None
    failure: dict[str, Any] | None

    @property
    def heading(self) -> dict[str, Any]:
        """What every format tells of a report."""
        record, row = self.record, self.row
        return {
            "report": row.id,
            "file": row.name,
            "sha256": record.source.sha256 if record else None,
            "state": row.state,
            "form": row.form,
            "organisation": row.organisation,
            "level": row.level,
            "region": row.region,
            "year": row.year,
            "title": row.title,
            **dates_of(record),
            "open_errors": row.errors,
            "edits": row.edits,
            "reviewer": row.reviewer,
        }

    def cells(self) -> Iterator[CellTold]:
        """Table, row, column, value and evidence of each cell."""
        return cells_of(self.record)


def dates_of(record: Record | None) -> dict[str, str | None]:
    """The days that every format tells of a report, as ISO writes them."""
    period = record.period if record else None
    return {
        "period_start": period.start.isoformat() if period else None,
        "period_end": period.end.isoformat() if period else None,
        "published": record.published.isoformat() if record and record.published else None,
    }


def cells_of(record: Record | None) -> Iterator[CellTold]:
    """Table, row, column, value and evidence of each cell of a record."""
    for table, rows in (record.tables if record else {}).items():
        for row, columns in rows.items():
            for column, value in columns.items():
                known = record.evidence.get(f"/tables/{table}/{row}/{column}") if record else None
                yield table, row, column, value, known or Evidence(state="missing" if value is None else "number")


def exported(store: Store, person: Person, wanted: Filter) -> Iterator[Exported]:
    """The reports that are wanted, by age.

    Raises:
        NotPermittedError: the person may not export.
    """
    permit(person, "export")
    with store.reading() as connection:
        ids = identifiers(connection, wanted)
    return _read(store, ids)


def _read(store: Store, ids: list[int]) -> Iterator[Exported]:
    for first in range(0, len(ids), _AT_ONCE):
        with store.reading() as connection:
            some = [opened(connection, one) for one in ids[first : first + _AT_ONCE]]
        for one in some:
            yield _exported(one.row, one.now.record if one.now else None, one.reading.failure)


def _exported(row: ReportRow, record: Record | None, failure: dict[str, Any] | None) -> Exported:
    """A report with the address that its file was said to come from, where somebody said so."""
    if row.url and record:
        record = replace(record, source=replace(record.source, url=row.url))
    elif row.url and failure:
        failure = {**failure, "source": {**failure.get("source", {}), "url": row.url}}
    return Exported(row, record, failure)
