"""Figures and denials of the text that a model took for claims: confirmed by the words beside them, or not.

=====================  =============================================================================================
what speaks against    says
=====================  =============================================================================================
``metric``             no word beside the figure speaks of the metric: the claim is dropped
``other_metric``       they speak of another metric too
``unit``               the figure has a unit that the metric is not counted in: dropped
``year``               the sentence names another year before the figure, or the report's year is not known
``scope``              they cover more than the body, and the claim does not say so, or the other way round
``part``               the figure is one of several parts (其中…)
``compared``           it is a comparison, a share or a plan
``denied_in_part``     the denial is of something narrower (没有收到超出一定数量的申请)
=====================  =============================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.draft import Draft, Pointed, PointedClaim
from extractor.metrics import Metric, metrics
from extractor.metrics.scope import said_of, years_in
from extractor.record import Claim
from extractor.verify.pointed_cells import meets
from extractor.verify.verdicts import Judgement

_REACH = 60
_SENTENCE_REACH = 300
_CLAUSE_END = re.compile("[。;,、\n]")
_WRAPPED = re.compile(r"(?<=[^\n]{16})(?<![。;:!?])\n(?=[^\s(])")
_SENTENCE_ENDS = "。;\n"
_FIGURE = re.compile(r"\d(?:[\d,]*\d)?(?:\.\d+)?")
_DROPPED = frozenset({"metric", "unit"})
_WIDE_LEVELS = frozenset({"state", "province", "city", "county"})
_CHANNELS = ("items_disclosed_website", "items_disclosed_social_media")
_SURE = 0.95


def claim_judgement(draft: Draft, pointed: Pointed, pointer: str) -> Judgement:
    """The judgement on a claim that no rule read."""
    claim = next(one for one in draft.narrative.claims if pointer.endswith(f"/{one.id}"))
    place = draft.evidence[pointer].source
    named = [one for one in pointed.claims or () if (one.spot.start, one.spot.end) == (place.start, place.end)]
    against = list(dict.fromkeys(fault for one in named for fault in _faults(draft, one, claim)))
    if not named or _DROPPED.intersection(against):
        return Judgement("rejected", ("unsupported", *against), 0.0)
    return Judgement("review", ("unsupported", *against), 0.5) if against else Judgement("accepted", ("label",), _SURE)


def is_cued(draft: Draft, claim: PointedClaim) -> bool:
    """Whether the words beside the anchor speak of the metric, and of no other."""
    metric, near = metrics()[claim.metric], _near(draft, claim)
    return metric.is_spoken_of(near) and not metric.is_denied(near)


def _faults(draft: Draft, claim: PointedClaim, read: Claim) -> Iterator[str]:
    metric, near, before = metrics()[claim.metric], _near(draft, claim), _sentence_before(draft, claim)
    clause = f"{before}{near}"
    if not _speaks(metric, near, clause):
        yield "metric"
    elif metric.is_denied(near):
        yield "other_metric"
    if _is_denial(draft, claim) and not (metric.denied_by and re.search(f"[未没无]有?{metric.denied_by}", near)):
        yield "metric"
    if (read.unit or "").lstrip("余") not in metric.units:
        yield "unit"
    if draft.year is None or years_in(before) - {draft.year} or said_of("other_year", clause):
        yield "year"
    if bool(said_of("wider", clause)) is not (claim.scope == "wider") or _is_whose(draft, clause):
        yield "scope"
    if said_of("part", before) and claim.metric not in _CHANNELS:
        yield "part"
    if said_of("compared", near) or said_of("planned", clause):
        yield "compared"
    if read.value == 0 and said_of("denied_in_part", near):
        yield "denied_in_part"


def _is_denial(draft: Draft, claim: PointedClaim) -> bool:
    """Whether the anchor is no figure but words that deny that there was any."""
    return any(char in "未没无" for char in draft.document.folded[claim.spot.start : claim.spot.end])


def _is_whose(draft: Draft, words: str) -> bool:
    """Whether 全县 may be the body itself or all bodies of the county: its level does not tell."""
    return bool(said_of("wider", words)) and draft.body.level in _WIDE_LEVELS


def _speaks(metric: Metric, near: str, clause: str) -> bool:
    """Whether a cue stands beside the figure itself, and the others at least in its sentence."""
    return any(cue in near for group in metric.cues for cue in group) and metric.is_spoken_of(clause)


def _near(draft: Draft, claim: PointedClaim) -> str:
    """The words of the anchor's clause, from the figure before it to the one behind it.

    Where they speak of no metric at all (…申请，共12件), the clauses before are taken in, up to a figure.
    """
    sentence, behind = _sentence_before(draft, claim), _behind(draft, claim)
    edges = [0, *(match.end() for match in _CLAUSE_END.finditer(sentence))]
    figures = [match.end() for match in _FIGURE.finditer(sentence)]
    last = figures[-1] if figures else 0
    for edge in reversed(edges):
        near = sentence[max(edge, last) :] + behind
        if edge <= last or any(one.is_spoken_of(near) for one in metrics().values()):
            return near
    return sentence[last:] + behind


def _behind(draft: Draft, claim: PointedClaim) -> str:
    """The anchor, and the words behind it up to the end of its clause or the next figure."""
    folded, spot = draft.document.folded, claim.spot
    words = _WRAPPED.sub("", folded[spot.end : spot.end + _REACH])
    ends = [match.start() for match in (_CLAUSE_END.search(words), _FIGURE.search(words)) if match]
    return folded[spot.start : spot.end] + words[: min(ends, default=len(words))]


def _sentence_before(draft: Draft, claim: PointedClaim) -> str:
    """What the sentence says before the anchor; a line that breaks off for want of room goes on in the next."""
    start = claim.spot.start
    words = _WRAPPED.sub("", draft.document.folded[max(0, start - _SENTENCE_REACH) : start])
    return words[max(words.rfind(stop) for stop in _SENTENCE_ENDS) + 1 :]


def of_other_metrics(draft: Draft, pointed: Pointed) -> Iterator[tuple[Claim, str]]:
    """Claims read by rule whose figure a model points to as another metric's, in words that bear it out."""
    for claim in draft.narrative.claims:
        evidence = draft.evidence[f"/narrative/claims/{claim.id}"]
        start, end = evidence.source.start, evidence.source.end
        if evidence.method == "model" or start is None or end is None:
            continue
        named = [one for one in pointed.claims or () if meets(one.spot, start, end)]
        if any(one.metric == claim.metric for one in named):
            evidence.reasons.append("model_agrees")
        elif named and all(is_cued(draft, one) for one in named):
            yield claim, ", ".join(one.metric for one in named)
