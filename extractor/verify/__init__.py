"""Verification: a second look at a draft that shares no reading with the first; it changes nothing.

``verify`` runs, in this order: ``presence`` (every value stands in the source as its evidence says), ``crosscheck``
(labels beside and over it speak of its row and column), ``arithmetic`` (the form's identities; ``parity`` finds the
wrong cell), ``recognition`` (what an OCR engine read and no identity confirms is read again), ``accounting`` (every
numeral of a source table is accounted for; ``strays`` finds those that are not), ``completeness``, ``plausibility``,
``tampering``; ``verdicts`` sums up.
"""

from __future__ import annotations

from dataclasses import dataclass

from extractor.draft import Draft
from extractor.record import Finding
from extractor.verify.accounting import unaccounted
from extractor.verify.arithmetic import check_sums
from extractor.verify.completeness import completeness_findings
from extractor.verify.crosscheck import check_labels
from extractor.verify.plausibility import plausibility_findings
from extractor.verify.presence import presence_findings
from extractor.verify.readings import Readings
from extractor.verify.recognition import check_recognition, drop_sure_repairs
from extractor.verify.tampering import tampering_findings
from extractor.verify.verdicts import ACCEPTED, Judgement, judge

__all__ = ["ACCEPTED", "Judgement", "Verification", "verify"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What a second look found.

    ``findings`` are new ones, to stand after those of the readers. ``verdicts`` holds only the pointers whose judgement
    is not ``ACCEPTED``; every other pointer of the evidence has that. ``silent``: no label told the cell;
    ``confirmed``: an identity that it stands in holds.
    """

    findings: list[Finding]
    verdicts: dict[str, Judgement]
    silent: frozenset[str] = frozenset()
    confirmed: frozenset[str] = frozenset()

    def judgement(self, pointer: str) -> Judgement:
        """The judgement on one pointer of the evidence."""
        return self.verdicts.get(pointer, ACCEPTED)


def verify(draft: Draft) -> Verification:
    """Check a draft against its document and its form; the draft is left as it is."""
    readings = Readings(draft)
    misread = presence_findings(readings)
    labels = check_labels(readings)
    misread += labels.findings
    sums = check_sums(readings, {path for finding in misread for path in finding.paths})
    recognised = check_recognition(readings, sums.confirmed)
    drop_sure_repairs(sums.findings, recognised)
    findings = [
        *misread,
        *sums.findings,
        *recognised.findings,
        *unaccounted(readings),
        *completeness_findings(readings),
        *plausibility_findings(readings),
        *tampering_findings(readings),
    ]
    findings = _without_reported(findings, draft.findings)
    verdicts = judge(readings, [*draft.findings, *findings], labels.silent, sums.confirmed)
    return Verification(findings, recognised.applied(verdicts), frozenset(labels.silent), frozenset(sums.confirmed))


def _without_reported(findings: list[Finding], reported: list[Finding]) -> list[Finding]:
    """The findings that no reader has raised already about the same paths."""
    known = {(finding.code, tuple(finding.paths)) for finding in reported}
    return [finding for finding in findings if (finding.code, tuple(finding.paths)) not in known]
