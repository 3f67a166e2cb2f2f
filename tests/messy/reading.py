"""A report as the product reads it, from bytes to record, with every value held to its evidence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from extractor.document import Document
from extractor.forms import builtin_forms
from extractor.load import load_bytes
from extractor.pipeline import read_report, settle
from extractor.record import Evidence, Finding, Number, Passage, Record
from tests.messy.report import BODY, IMPROVEMENTS, ISSUES, MATTER, OVERVIEW, Report, figures


@dataclass(frozen=True)
class Reading:
    """A report as the product reads it."""

    document: Document
    record: Record

    @property
    def codes(self) -> list[str]:
        """The codes of the findings, each once, in order."""
        return list(dict.fromkeys(finding.code for finding in self.record.findings))

    @property
    def errors(self) -> list[str]:
        """The codes of the findings that are errors."""
        return list(dict.fromkeys(one.code for one in self.record.findings if one.severity == "error"))

    def findings(self, code: str) -> list[Finding]:
        """The findings with a code."""
        return [finding for finding in self.record.findings if finding.code == code]

    def named(self, *codes: str) -> set[str]:
        """All paths that findings with one of the codes (any, if none is given) name."""
        return {path for one in self.record.findings if not codes or one.code in codes for path in one.paths}

    def names(self, place: str) -> bool:
        """Whether a finding names the cell ``table/row/column``, or its row."""
        row = place.rpartition("/")[0]
        return bool({f"/tables/{place}", f"/tables/{row}"} & self.named())

    def value(self, place: str) -> Number | None:
        """The number at ``table/row/column``."""
        table, row, column = place.split("/")
        return self.record.tables[table][row][column]

    def row(self, place: str) -> list[Number | None]:
        """The numbers of ``table/row``."""
        table, row = place.split("/")
        return list(self.record.tables[table][row].values())

    def evidence(self, place: str) -> Evidence:
        """The evidence of ``table/row/column``."""
        return self.record.evidence[f"/tables/{place}"]

    def states(self, prefix: str) -> set[str]:
        """The states of the cells under ``table`` or ``table/row``, or of one cell."""
        start = f"/tables/{prefix}"
        return {
            one.state for path, one in self.record.evidence.items() if path == start or path.startswith(f"{start}/")
        }

    @property
    def values(self) -> dict[str, Number | None]:
        """Every cell as ``table/row/column`` → number."""
        return {
            f"{table}/{row}/{column}": number
            for table, rows in self.record.tables.items()
            for row, columns in rows.items()
            for column, number in columns.items()
        }

    @property
    def issues(self) -> list[str]:
        """The words of the issues."""
        return [one.text for one in self.record.narrative.issues]

    @property
    def improvements(self) -> list[str]:
        """The words of the improvements."""
        return [one.text for one in self.record.narrative.improvements]

    @property
    def matters(self) -> list[str]:
        """The words of the other matters."""
        return [one.text for one in self.record.narrative.other_matters]

    @property
    def overview(self) -> list[str]:
        """The words of the overview's topics."""
        return [one.text for one in self.record.narrative.overview]

    @property
    def set_aside(self) -> list[str]:
        """The text of the file that is not the report's."""
        return [one.text for one in self.document.set_aside]


@lru_cache(maxsize=16)
def read(file: str | bytes, name: str = "report.txt") -> Reading:
    """The record of a file; every value in it is held to its evidence."""
    document = load_bytes(file.encode() if isinstance(file, str) else file, name)
    record = settle(read_report(document, builtin_forms()), {})
    _hold_to_evidence(document, record)
    return Reading(document, record)


def _hold_to_evidence(document: Document, record: Record) -> None:
    for path, one in record.evidence.items():
        assert one.source.start is None or one.raw == document.text[one.source.start : one.source.end], path
        if path.startswith("/tables/"):
            table, row, column = path.split("/")[2:]
            assert (record.tables[table][row][column] is not None) == (one.state == "number"), path
            assert one.state in ("missing", "blank") or one.source.start is not None, path
    narrative = record.narrative
    passages: list[Passage] = [
        *narrative.overview,
        *narrative.issues,
        *narrative.improvements,
        *narrative.other_matters,
    ]
    assert [one.text for one in passages] == [document.text[one.start : one.end] for one in passages]
    cells = {
        f"/tables/{t}/{r}/{c}" for t, rows in record.tables.items() for r, columns in rows.items() for c in columns
    }
    assert cells <= record.evidence.keys()
    doubted = any(one.verdict != "accepted" for one in record.evidence.values())
    erroneous = any(one.severity == "error" for one in record.findings)
    assert record.status == ("needs_review" if doubted or erroneous else "accepted")


def assert_read(
    reading: Reading,
    report: Report | None = None,
    *,
    but: Mapping[str, Number | None] | None = None,
    codes: Collection[str] = (),
) -> None:
    """The record says what the report says (its tables ``but`` for some cells), with no findings but these."""
    report = report or Report()
    assert different(reading.values, {**report.values, **(but or {})}) == {}
    assert reading.codes == list(codes)
    assert (reading.record.form, reading.record.organisation, reading.record.year) == (report.form, BODY, 2024)
    assert_narrative(reading)


def assert_narrative(reading: Reading) -> None:
    """The parts of running text are those of a report by default."""
    assert (reading.overview, reading.matters) == ([OVERVIEW], [MATTER])
    assert (reading.issues, reading.improvements) == (list(ISSUES), list(IMPROVEMENTS))
    period = reading.record.period
    assert period is not None
    assert (period.start, period.end) == (date(2024, 1, 1), date(2024, 12, 31))


def different(
    found: Mapping[str, Number | None], wanted: Mapping[str, Number | None]
) -> dict[str, tuple[object, object]]:
    """The cells that are not as wanted: what was found and what was wanted."""
    absent = "not there"
    return {
        place: (found.get(place, absent), wanted.get(place, absent))
        for place in {**found, **wanted}
        if found.get(place, absent) != wanted.get(place, absent)
    }


def assert_no_silent_error(reading: Reading, wanted: Mapping[str, Number] | None = None) -> None:
    """What is wrong or absent is named, itself, its row or its table; nothing is a 0 that the report does not say."""
    tables = {path.rpartition("/")[2] for path in reading.named("missing_table")}
    wrong = different(reading.values, wanted or figures())
    silent = {place: pair for place, pair in wrong.items() if not reading.names(place)}
    assert {place: pair for place, pair in silent.items() if place.partition("/")[0] not in tables} == {}
