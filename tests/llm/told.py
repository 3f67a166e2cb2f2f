"""How well the guard holds over the narrative: reports of which no rule has read body, year, part five or claims.

What rules read is put aside, so that nothing stands in a model's way but admission. Part five is asked twice
(``samples``), as only agreement admits its passages. Of topics the rules' own reading is the truth.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from extractor.draft import Draft, Question
from extractor.forms import builtin_forms
from extractor.load import load_document
from extractor.pipeline import ask_about, read_report, settle
from extractor.record import Claim, Narrative, Record
from tests.generator import Generated
from tests.llm.truthful import MOST_FIGURES, Truthful, leads

KINDS = ("organisation", "year", "item", "topic", "claim", "summary figure")
SAMPLES = 2
_FIELDS = ("/organisation", "/body/level", "/year", "/narrative/claims")
_DOUBTS = frozenset({"organisation_uncertain", "year_conflict", "unmatched_clause"})
Counts = Counter[tuple[str, str]]
"""(kind, what) → how many; what is ``due``, ``right``, ``accepted`` (and right) or ``wrong`` (though accepted)."""


def told(report: Generated, rate: float) -> Counts:
    """What comes of the narrative of a report when only a model reads it, with ``rate`` of its anchors wrong.

    Every second report keeps the items that rules read, without their links.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / report.name
        path.write_bytes(report.data)
        draft = read_report(load_document(path, None), builtin_forms())
    known = _known(draft)
    _forget(draft, items=report.seed % 2 == 0)
    questions = ask_about(draft, samples=SAMPLES)
    answers = asyncio.run(Truthful({**report.truth, **known}, rate, report.seed).answer(questions))
    record = settle(draft, answers)
    counts = _counted(report.truth, known, record)
    for question in questions:
        if question.kind == "summary":
            counts += _figures(report.truth, question, record)
    return counts


def _known(draft: Draft) -> dict[str, Any]:
    """Topics as the rules read them, in the order in which they are asked for."""
    return {"topics": [passage.topic for passage in draft.narrative.overview]}


def _forget(draft: Draft, *, items: bool) -> None:
    """Take out what rules read of the narrative; the items only if ``items``, else just their links."""
    narrative = draft.narrative
    kept = Narrative(overview=narrative.overview, other_matters=narrative.other_matters, summary=narrative.summary)
    if not items:
        kept.issues, kept.improvements = narrative.issues, narrative.improvements
    for measure in kept.improvements:
        measure.answers = []
    for passage in kept.overview:
        passage.topic = "other"
    draft.narrative, draft.organisation, draft.year = kept, None, None
    fields = (
        _FIELDS if items else [one for one in _FIELDS if one not in ("/narrative/issues", "/narrative/improvements")]
    )
    draft.evidence = {p: one for p, one in draft.evidence.items() if not p.startswith(tuple(fields))}
    draft.findings = [finding for finding in draft.findings if finding.code not in _DOUBTS]


def _counted(truth: Mapping[str, Any], known: Mapping[str, Any], record: Record) -> Counts:
    counts: Counts = Counter()

    def count(kind: str, right: bool, accepted: bool) -> None:
        counts[kind, "right"] += right
        counts[kind, "accepted"] += right and accepted
        counts[kind, "wrong"] += accepted and not right

    names = {_bare(name) for name in truth["organisation"]["accepted"]}
    counts["organisation", "due"], counts["year", "due"] = bool(names), 1
    if record.organisation is not None:
        count("organisation", _bare(record.organisation) in names, _is_accepted(record, "/organisation"))
    if record.year is not None:
        count("year", record.year == truth["year"], _is_accepted(record, "/year"))
    _count_items(truth, record, counts, count)
    for due, passage in zip(known["topics"], record.narrative.overview, strict=True):
        counts["topic", "due"] += due != "other"
        if passage.topic != "other":
            count("topic", due in (passage.topic, "other"), True)
    counts["claim", "due"] = len(truth["claims"])
    for claim in record.narrative.claims:
        count("claim", _is_claimed(truth, claim), _is_accepted(record, f"/narrative/claims/{claim.id}"))
    return counts


def _count_items(truth: Mapping[str, Any], record: Record, counts: Counts, count: Any) -> None:
    for name in ("issues", "improvements"):
        due = {_bare(text) for text in truth["narrative"][name]}
        asked = [one for one in getattr(record.narrative, name) if _is_by_model(record, f"/narrative/{name}/{one.id}")]
        counts["item", "due"] += len(due) if asked or not getattr(record.narrative, name) else 0
        for one in asked:
            count("item", _bare(one.text) in due, _is_accepted(record, f"/narrative/{name}/{one.id}"))


def _is_accepted(record: Record, pointer: str) -> bool:
    return pointer in record.evidence and record.evidence[pointer].verdict == "accepted"


def _is_by_model(record: Record, pointer: str) -> bool:
    return pointer in record.evidence and record.evidence[pointer].method == "model"


def _is_claimed(truth: Mapping[str, Any], claim: Claim) -> bool:
    said = ((one["metrics"], one["value"], one["scope"]) for one in truth["claims"])
    return any(claim.metric in names and claim.value == value and claim.scope == scope for names, value, scope in said)


def _bare(text: str) -> str:
    return "".join(text.split()).strip("。；，、;,：:")


# ---- the summary -------------------------------------------------------------------------------------------------
def _figures(truth: Mapping[str, Any], question: Question, record: Record) -> Counts:
    """The figures of a model's summary, each against what the words before it stand for."""
    counts: Counts = Counter()
    summary = record.narrative.summary
    for name, words in list(leads(question).items())[:MOST_FIGURES]:
        due = _due(truth, record, name)
        counts["summary figure", "due"] += bool(due)
        if summary is not None and summary.method == "model" and due:
            for said in re.findall(rf"(?:本单位|，){re.escape(words)}(\d+(?:\.\d+)?)", summary.text):
                right = said in due
                counts["summary figure", "right"] += right
                counts["summary figure", "accepted"] += right
                counts["summary figure", "wrong"] += not right
    return counts


def _due(truth: Mapping[str, Any], record: Record, name: str) -> set[str]:
    """The values that may stand in place of a placeholder."""
    if "." in name:
        table, row, column = name.split(".")
        return {str(truth["tables"].get(table, {}).get(row, {}).get(column))}
    claim = next((one for one in record.narrative.claims if one.id == name), None)
    metric = claim.metric if claim else ""
    return {str(one["value"]) for one in truth["claims"] if metric in one["metrics"]}


def line(rate: float, kind: str, counts: Counts) -> str:
    """The figures of one kind at one rate."""
    due, right, accepted, wrong = (counts[kind, what] for what in ("due", "right", "accepted", "wrong"))
    shares = f"due {due:5}  right {right:5}  accepted of right {accepted:5}  wrong accepted {wrong}"
    return f"c  {rate:4.0%}  {kind:15} {shares}"
