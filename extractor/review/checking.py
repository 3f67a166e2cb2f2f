"""A record with what people said put in: checked again, its findings open or settled, and what the queue needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from extractor.forms import Form, builtin_forms
from extractor.record import Evidence, Finding, Record
from extractor.review.fields import copy_of, put
from extractor.store.readings import Reading
from extractor.store.reports import FieldRow, FindingRow, Summary
from extractor.store.state import Correction, ReviewState, Settlement
from extractor.verify.again import verify_again
from extractor.verify.between_years import Contradiction

CONFLICT = "reading_conflict"
"""The queue's code for a person's entry that a later reading disagrees with."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A finding, and how a person answered it (None: open). ``other``: the report of another year that it is about."""

    finding: Finding
    settlement: Settlement | None
    other: int | None = None

    @property
    def is_open_error(self) -> bool:
        """Whether it stands in the way of accepting."""
        return self.settlement is None and self.finding.severity == "error"


@dataclass(frozen=True, slots=True)
class Current:
    """A report as it stands: the record with corrections, and its findings."""

    record: Record
    findings: list[Checked]

    @property
    def open_errors(self) -> list[Finding]:
        """What stands in the way of accepting."""
        return [one.finding for one in self.findings if one.is_open_error]


def current(
    machine: Record, state: ReviewState, forms: Sequence[Form] = (), told: Sequence[Contradiction] = ()
) -> Current:
    """The machine's record with a review's corrections, checked again; ``machine`` is left as it is.

    ``told``: what reports of other years tell of it.
    """
    record = corrected(machine, state.corrections)
    form = next((one for one in (*forms, *builtin_forms()) if one.id == record.form), None)
    findings = verify_again(record, form, state.corrections) if state.corrections else machine.findings
    found = [Checked(finding, _settlement(finding, state)) for finding in findings]
    found += [Checked(one.finding, _settlement(one.finding, state), one.report) for one in told]
    record.findings = [_as_settled(one) for one in found]
    codes = {finding.code for finding in machine.findings}
    _judge(record, found, codes, is_accepted=state.standing == "accepted")
    return Current(record, found)


def corrected(machine: Record, corrections: Mapping[str, Correction]) -> Record:
    """A copy of the machine's record with people's entries put in."""
    record = copy_of(machine)
    for path, correction in corrections.items():
        put(record, path, correction.entry)
    return record


def key_of(finding: Finding) -> str:
    """What a finding is settled by: its code and the paths it names."""
    return " ".join([finding.code, *finding.paths])


def summary_of(reading: Reading, state: ReviewState, now: Current | None) -> Summary:
    """What the queue needs to know; ``now`` is None for a reading that failed."""
    if now is None:
        standing = "failed" if state.standing == "new" else _standing(state, "failed")
        return Summary(standing, reading.id, state.version)
    record, is_done = now.record, state.standing in ("accepted", "rejected")
    doubtful = {} if is_done else {path: one for path, one in record.evidence.items() if one.verdict != "accepted"}
    conflicts = tuple(FindingRow(CONFLICT, "error") for _ in state.conflicts)
    return Summary(
        _standing(state, record.status),
        reading.id,
        state.version,
        record.form,
        record.year,
        record.title,
        record.organisation,
        record.body.level,
        record.body.region,
        doubt=int(1000 * sum(1 - one.confidence for one in doubtful.values())),
        conflicts=len(conflicts),
        edits=len(state.corrections),
        findings=(*(_row(one) for one in now.findings), *conflicts),
        fields=_fields(doubtful, record),
    )


def _settlement(finding: Finding, state: ReviewState) -> Settlement | None:
    """The answer to a finding, as long as it says what was answered."""
    known = state.settled.get(key_of(finding))
    return known if known and known.message == finding.message else None


def _as_settled(one: Checked) -> Finding:
    """A settled finding asks for nothing any more: it warns, and names the source where that is at fault."""
    if one.settlement is None:
        return one.finding
    cause = "source" if one.settlement.outcome == "source_wrong" else one.finding.cause
    severity = "warning" if one.finding.severity == "error" else one.finding.severity
    return replace(one.finding, severity=severity, cause=cause, repair=None)


def _judge(record: Record, findings: Sequence[Checked], told: set[str], *, is_accepted: bool) -> None:
    """Verdicts and status anew: what was ``told`` and is gone accuses no field; who accepts has looked at them all."""
    accused: dict[str, list[str]] = {}
    for one in findings:
        if one.is_open_error:
            for path in one.finding.paths:
                accused.setdefault(path, []).append(one.finding.code)
    gone = told - {one.finding.code for one in findings if one.settlement is None}
    for path, evidence in record.evidence.items():
        fresh = _evidence(path, evidence, accused, gone, is_accepted)
        if fresh is not evidence:
            record.evidence[path] = fresh
    clean = not accused and all(one.verdict == "accepted" for one in record.evidence.values())
    open_errors = any(one.is_open_error for one in findings)
    record.status = "accepted" if clean and not open_errors else "needs_review"


def _evidence(
    path: str, evidence: Evidence, accused: Mapping[str, list[str]], gone: set[str], is_accepted: bool
) -> Evidence:
    if is_accepted:
        return evidence if evidence.verdict == "accepted" else replace(evidence, verdict="accepted")
    row = path.rpartition("/")[0]
    codes = accused.get(path) or accused.get(row) or accused.get(row.rpartition("/")[0]) or []
    if evidence.verdict == "accepted":
        return replace(evidence, verdict="review", reasons=codes, confidence=0.5) if codes else evidence
    left = [reason for reason in evidence.reasons if reason not in gone]
    if codes or left or not evidence.reasons:
        return replace(evidence, reasons=list(dict.fromkeys([*left, *codes])))
    return replace(evidence, verdict="accepted", reasons=[], confidence=0.95)


def _standing(state: ReviewState, status: str) -> str:
    """The queue's word for it: what nobody has touched is ``clean`` where the machine has no doubt."""
    if state.standing == "new":
        return "clean" if status == "accepted" else "open"
    return state.standing


def _row(one: Checked) -> FindingRow:
    return FindingRow(one.finding.code, one.finding.severity, one.settlement is not None)


def _fields(doubtful: Mapping[str, Evidence], record: Record) -> tuple[FieldRow, ...]:
    """Fields under review; a table all of whose cells are is one row."""
    whole = [
        f"/tables/{table}"
        for table, rows in record.tables.items()
        if rows and all(f"/tables/{table}/{row}/{column}" in doubtful for row in rows for column in rows[row])
    ]
    single = [path for path in doubtful if not path.startswith(tuple(f"{stem}/" for stem in whole))]
    return (*(FieldRow(path, "review") for path in whole), *(FieldRow(p, doubtful[p].verdict) for p in single))
