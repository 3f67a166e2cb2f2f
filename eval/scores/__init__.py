"""One report scored: each field against the gold, by the metric that its form declares for it.

A record that does not exist (the file failed) has every field omitted. What the gold does not label is not scored.
"""

from __future__ import annotations

from collections import Counter

from eval.cases import Case
from eval.reading import Reading
from eval.result import CaseResult, FieldScore, ListScore, Spending
from eval.scores.cells import score_cells
from eval.scores.claims import score_claims
from eval.scores.compared import Compared
from eval.scores.findings import findings_of, score_findings
from eval.scores.identity import score_identity
from eval.scores.links import score_links
from eval.scores.lists import score_items
from eval.scores.summary import score_summary
from extractor.document import Document
from extractor.forms import Form, builtin_forms

__all__ = ["score_case"]


def score_case(case: Case, reading: Reading) -> CaseResult:
    """The scores of one report as one engine read it."""
    record, gold = reading.record, case.gold
    fields, lists = _scores(Compared(gold, record, reading.document, _form_of(case)))
    return CaseResult(
        id=case.id,
        set=case.set,
        origin=gold.origin,
        engine=reading.engine,
        source=gold.source,
        sha256=gold.sha256,
        form=gold.form,
        format=case.path.suffix.lstrip(".").lower(),
        layout=gold.layout or _layout(reading.document),
        level=record.body.level if record else None,
        year=gold.year,
        hard=bool(gold.hard),
        why_hard=gold.hard,
        status=record.status if record else "failed",
        failure=reading.failure,
        fields=fields,
        lists=lists,
        findings=findings_of(gold, record),
        summary=score_summary(record, reading.document),
        spending=_spending(reading),
    )


def _scores(compared: Compared) -> tuple[list[FieldScore], dict[str, ListScore]]:
    items, pairs, item_lists = score_items(compared)
    links, link_list = score_links(compared, pairs)
    claims, claim_list = score_claims(compared)
    fields = [
        *score_identity(compared),
        *score_cells(compared),
        *items,
        *links,
        *claims,
        *score_findings(compared),
    ]
    return fields, {one.name: one for one in (*item_lists, claim_list, link_list)}


def _form_of(case: Case) -> Form:
    """The form whose metrics apply: the gold's; where it fits none, the newest one's."""
    forms = builtin_forms()
    return next((form for form in forms if form.id == case.gold.form), forms[0])


def _layout(document: Document | None) -> str:
    """How far the geometry of most of the tables can be trusted (``extractor.document.Layout``)."""
    kinds = Counter(table.layout for table in document.tables) if document else Counter()
    return kinds.most_common(1)[0][0] if kinds else "none"


def _spending(reading: Reading) -> Spending:
    if reading.record is None:
        return Spending(seconds=reading.seconds)
    usage = reading.record.usage
    return Spending(
        usage.calls,
        usage.input_tokens,
        usage.cached_input_tokens,
        usage.output_tokens,
        usage.cost,
        usage.currency,
        reading.seconds,
    )
