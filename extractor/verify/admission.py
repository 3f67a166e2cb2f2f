"""What of a model's answers is let into the record: accepted, for review, or rejected, with the reasons.

A model only points; what it points to was read by the same code as everything else, and stands in the draft marked
``model``. Here each pointing is held against what it cannot know to satisfy by luck:

=====================  =============================================================================================
reason                 says
=====================  =============================================================================================
``model_agrees``       the model pointed to the very place that the rule had read
``structure``          every place of the table was pointed to, once and in order: no other assignment is possible
``label``              the words beside the row are its label, and no other row's
``identity``           an identity of the form that covers the cell holds
``samples_agree``      every independent sample pointed to the same place
``samples_disagree``   a sample pointed elsewhere: for review
``shape``              a passage begins and ends where an item of part five can, and holds no other's ordinal
``wording``            a passage's own words are those of an issue, or of a measure
``unsupported``        none of the above suffices: for review; of a claim, what speaks against it follows
=====================  =============================================================================================

A cell is accepted on structure with a label or an identity, or on label and identity over a row of neighbours; a
passage of part five where samples agree, and shape and wording hold; a claim where the words beside it confirm metric,
unit, year and scope (``pointed_claims``). A body or a year that only a model read is for review. Values read by rule
are kept whatever a model says: where it points elsewhere the finding shows both, as an error unless label and identity
bear the rule's reading out. A claim that no word confirms is taken out again, with a finding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from extractor.draft import Draft, Pointed
from extractor.finding import Words, make
from extractor.metrics.placeholders import faults_of, filled
from extractor.record import Finding, Summary
from extractor.verify.pointed_cells import PointedTable, against_cells
from extractor.verify.pointed_claims import claim_judgement
from extractor.verify.pointed_words import against_words, word_judgement
from extractor.verify.readings import Readings
from extractor.verify.verdicts import Judgement

_CLAIMS = "/narrative/claims/"
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Admission:
    """What is added to what verification found: findings, and judgements on what a model had a part in.

    ``dropped``: pointers of claims that are to be taken out of the draft again.
    """

    findings: list[Finding]
    verdicts: dict[str, Judgement]
    dropped: list[str] = field(default_factory=list)


def admit(
    draft: Draft,
    pointed: Pointed,
    read: Collection[str],
    known: Mapping[str, Judgement],
    witnesses: tuple[Collection[str], Collection[str]],
) -> Admission:
    """Judge everything that answers point to.

    ``read``: the pointers read from them; ``known``: the verdicts of verification; ``witnesses``: the cells of which no
    label tells anything, and those that stand in an identity that holds.
    """
    readings = Readings(draft)
    silent, confirmed = witnesses
    verdicts: dict[str, Judgement] = {}
    for table in draft.form.tables if draft.form else ():
        cells = [pointer for pointer in read if pointer.startswith(f"/tables/{table.key}/")]
        if cells:
            verdicts |= PointedTable(readings, table, pointed, cells).judged(known, confirmed)
    findings = [*against_cells(readings, pointed, silent, confirmed), *against_words(draft, pointed)]
    verdicts |= {pointer: _word(draft, pointed, pointer, known) for pointer in read if pointer[:8] != "/tables/"}
    errors = {path for finding in findings if finding.severity == "error" for path in finding.paths}
    verdicts |= {path: Judgement("review", ("model_disagreement",), 0.5) for path in errors if path in draft.evidence}
    dropped = [p for p in read if p.startswith(_CLAIMS) and verdicts[p].verdict == "rejected"]
    findings += [*_dropped(draft, dropped), *_summary(draft, pointed, {**known, **verdicts})]
    return Admission(findings, verdicts, dropped)


def _word(draft: Draft, pointed: Pointed, pointer: str, known: Mapping[str, Judgement]) -> Judgement:
    """The judgement on anything but a cell; what verification doubts stays doubted."""
    judge = claim_judgement if pointer.startswith(_CLAIMS) else word_judgement
    found, doubt = judge(draft, pointed, pointer), known.get(pointer)
    return doubt if doubt and doubt.verdict != "accepted" and found.verdict == "accepted" else found


def _dropped(draft: Draft, pointers: Collection[str]) -> Iterator[Finding]:
    for claim in draft.narrative.claims:
        if f"{_CLAIMS}{claim.id}" in pointers:
            metric = Words(claim.metric, claim.metric.replace("_", " "))
            yield make("answer_rejected", [], answer=" ".join(claim.text.split())[:_SHOWN], taken=metric)


def _summary(draft: Draft, pointed: Pointed, known: Mapping[str, Judgement]) -> Iterator[Finding]:
    """Put a model's summary in place of the extractive one, if each of its placeholders fits; else say why not."""
    if pointed.sentences is None:
        return
    faults = [fault.message for fault in faults_of(pointed.sentences, pointed.slots)]
    if not faults:
        summary = filled(pointed.sentences, pointed.slots)
        faults = [f"{{{name}}}" for name in summary.used if _is_doubted(name, pointed, known)]
        if not faults:
            draft.narrative.summary = Summary(summary.text, "model")
            return
    yield make("summary_rejected", ["/narrative/summary"], faults="; ".join(faults[:3]))


def _is_doubted(name: str, pointed: Pointed, known: Mapping[str, Judgement]) -> bool:
    """Whether what fills a placeholder is a figure that a person has to look at first."""
    pointer = f"/tables/{name.replace('.', '/')}" if "." in name else f"{_CLAIMS}{name}"
    return pointed.slots[name].figure and pointer in known and known[pointer].verdict != "accepted"
