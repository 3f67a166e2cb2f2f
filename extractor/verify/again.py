"""Verification of a record that a person has corrected, without its document.

What follows from values alone (sums, bounds, figures of the text against tables, empty fields) is told anew. What came
from looking at the source stands, until a person has set every field that it names.
"""

from __future__ import annotations

from collections.abc import Collection

from extractor.document import Document, Position
from extractor.draft import Draft, Sections
from extractor.forms import Form
from extractor.record import Finding, Record
from extractor.verify.arithmetic import check_sums
from extractor.verify.completeness import completeness_findings
from extractor.verify.plausibility import plausibility_findings
from extractor.verify.readings import Readings

_EMPTY = frozenset({"blank_table", "missing_field"})
_FROM_VALUES = _EMPTY | {"blank_total", "blank_parts", "unlikely_value", "narrative_mismatch"}
_MISREAD = frozenset({"not_grounded", "label_mismatch"})


def verify_again(record: Record, form: Form | None, people: Collection[str]) -> list[Finding]:
    """The findings of a record whose fields ``people`` (pointers) were set by a person.

    ``record.findings`` are those of the machine's reading. ``form`` is the record's; without it (a user's own form that
    is not at hand) no finding is told anew.
    """
    retold = _FROM_VALUES | {identity.code for identity in form.identities} if form else frozenset[str]()
    standing = [
        finding
        for finding in record.findings
        if finding.code not in retold and not _is_answered(finding, record, people)
    ]
    if form is None:
        return standing
    readings = Readings(_draft(record, form, standing))
    doubted = {path for finding in standing if finding.code in _MISREAD for path in finding.paths}
    told = [*check_sums(readings, doubted).findings, *plausibility_findings(readings)]
    told += [finding for finding in completeness_findings(readings) if finding.code in _EMPTY]
    return [*standing, *_repairs_as_before(told, record.findings)]


def _is_answered(finding: Finding, record: Record, people: Collection[str]) -> bool:
    """Whether a person has set every field that the finding names."""
    named = [pointer for path in finding.paths for pointer in _fields_under(path, record)]
    return bool(named) and all(pointer in people for pointer in named)


def _fields_under(path: str, record: Record) -> list[str]:
    """The cells of a table or row of the record; any other path is itself a field."""
    keys = path.split("/")[2:] if path.startswith("/tables/") else []
    if not keys or len(keys) > 2:
        return [path]
    rows = record.tables.get(keys[0], {})
    return [
        f"/tables/{keys[0]}/{row}/{column}" for row in rows if row in (keys[1:] or rows) for column in rows[row]
    ] or [path]


def _repairs_as_before(told: list[Finding], before: list[Finding]) -> list[Finding]:
    """A repair that was taken back (two sure readings of the print agree) is not offered again."""
    plain = {(finding.code, *finding.paths) for finding in before if finding.repair is None}
    for finding in told:
        if (finding.code, *finding.paths) in plain:
            finding.repair = None
    return told


class _Nowhere:
    """The source map of no document."""

    def locate(self, offset: int) -> Position:
        return Position(byte=offset)


def _draft(record: Record, form: Form, findings: list[Finding]) -> Draft:
    source = record.source
    document = Document(source.name, source.sha256, source.media_type, "", [], _Nowhere(), pages=source.pages)
    return Draft(
        document,
        form,
        Sections((0, 0), []),
        title=record.title,
        organisation=record.organisation,
        body=record.body,
        year=record.year,
        period=record.period,
        published=record.published,
        tables=record.tables,
        narrative=record.narrative,
        evidence=record.evidence,
        findings=findings,
    )
