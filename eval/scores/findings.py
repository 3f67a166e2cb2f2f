"""Findings: those that must be raised, errors that nobody expected, and the record's status where the gold has it."""

from __future__ import annotations

from collections.abc import Iterator

from eval.result import FieldScore, FindingsScore
from eval.scores.cells import outcome_of
from eval.scores.compared import Compared
from extractor.gold import Gold
from extractor.record import Record

_METRIC = "raised"


def findings_of(gold: Gold, record: Record | None) -> FindingsScore:
    """Codes expected and raised; an error that is neither expected nor allowed is a false alarm."""
    found = record.findings if record else []
    raised = {finding.code for finding in found}
    errors = {finding.code for finding in found if finding.severity == "error"}
    excused = {*gold.expected_findings, *gold.allowed_findings}
    warnings = {finding.code for finding in found if finding.severity == "warning"}
    return FindingsScore(
        expected=sorted(gold.expected_findings),
        raised=sorted(raised),
        missed=sorted(set(gold.expected_findings) - raised),
        false_alarms=sorted(errors - excused),
        warnings=sorted(warnings - errors - excused),
    )


def score_findings(compared: Compared) -> Iterator[FieldScore]:
    """A field for every code that is expected, for every false alarm, and for the status."""
    codes = findings_of(compared.gold, compared.record)
    for code in codes.expected:
        got = None if code in codes.missed else code
        yield FieldScore(f"/findings/{code}", "finding", _METRIC, outcome_of(got == code, code, got), code, got)
    for code in codes.false_alarms:
        yield FieldScore(f"/findings/{code}", "finding", _METRIC, "spurious", None, code)
    if compared.gold.expected_status is not None:
        due, got = compared.gold.expected_status, compared.record.status if compared.record else None
        yield FieldScore("/status", "finding", "same", outcome_of(due == got, due, got), due, got)
