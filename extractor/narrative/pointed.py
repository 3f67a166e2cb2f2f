"""What a model pointed to in the running text → values, read as rules read them; only where rules read none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from extractor.addressed import address_in
from extractor.document import Document
from extractor.draft import Draft, Pointed, PointedClaim, PointedItem, Spot
from extractor.narrative.bodies import level_of
from extractor.narrative.cues import Kind, leaning
from extractor.narrative.dates import year_of
from extractor.narrative.figures import Figure, figures_in
from extractor.narrative.items import unmatched
from extractor.narrative.links import SHARED, common_pairs, pairs_of
from extractor.narrative.prose import Span, note
from extractor.record import Body, Claim, Improvement, Number, Passage
from extractor.text import fold, trimmed

_FIGURE_REACH = 24
_STOPS = "。；;！？!?，,\n"
_FEE = "fees_charged_yuan"


def read_pointed(draft: Draft, pointed: Pointed) -> list[str]:
    """Fill what rules left open of body, year, items, links, topics and claims; the pointers that were filled."""
    filled = [*_organisation(draft, pointed.organisation), *_year(draft, pointed.year)]
    links = dict(pointed.links)
    filled += _items(draft, pointed.items[0] if pointed.items else [], links)
    filled += [pointer for claim in pointed.claims or () if (pointer := _claim(draft, claim))]
    _topics(draft, pointed.topics)
    _links(draft, links)
    _report_unsaid(draft, pointed.unsaid)
    for pointer in filled:
        draft.evidence[pointer].method = "model"
        draft.evidence[pointer].reasons += [f"prompt:{version}" for version in _versions(pointer, pointed)]
    return filled


def _versions(pointer: str, pointed: Pointed) -> list[str]:
    kinds = {"/organisation": "identity", "/body/level": "identity", "/year": "year"}
    kind = kinds.get(pointer, "claims" if pointer.startswith("/narrative/claims") else "clauses")
    return [pointed.versions[kind]] if kind in pointed.versions else []


def _organisation(draft: Draft, spot: Spot | None) -> list[str]:
    if spot is None or draft.organisation is not None:
        return []
    name = "".join(draft.document.text[spot.start : spot.end].split())
    draft.organisation = name
    draft.body = Body(level_of(name, draft.document.folded), draft.body.region)
    for pointer in ("/organisation", "/body/level"):
        note(draft, pointer, Span(spot.start, spot.end))
    return ["/organisation", "/body/level"]


def _year(draft: Draft, spot: Spot | None) -> list[str]:
    year = year_of(draft.document.folded[spot.start : spot.end]) if spot else None
    if spot is None or year is None or draft.year is not None:
        return []
    draft.year = year
    note(draft, "/year", Span(spot.start, spot.end))
    return ["/year"]


# ---- part five ---------------------------------------------------------------------------------------------------
def _items(draft: Draft, items: list[PointedItem], links: dict[str, list[str]]) -> list[str]:
    """Issues and improvements from stretches that none of those read by rule has any part of; ``links`` grows."""
    narrative = draft.narrative
    taken = [*narrative.issues, *narrative.improvements]
    items = [item for item in items if address_in(draft.document.folded[item.spot.start : item.spot.end]) is None]
    free = [item for item in items if not any(_overlap(item.spot, one) for one in taken)]
    issues: dict[int, str] = {}
    filled = []
    for number, item in enumerate(one for one in items if one.kind == "issue"):
        if item in free:
            issues[number] = f"i{len(narrative.issues) + 1}"
            narrative.issues.append(Passage(issues[number], *_cut(draft.document, item.spot)))
            filled.append(_worded(draft, f"/narrative/issues/{issues[number]}", item.spot, "issue"))
    for item in free:
        if item.kind == "improvement":
            name = f"m{len(narrative.improvements) + 1}"
            links[name] = [issues[one] for one in item.answers if one in issues]
            narrative.improvements.append(Improvement(name, *_cut(draft.document, item.spot)))
            filled.append(_worded(draft, f"/narrative/improvements/{name}", item.spot, "measure"))
    if filled:
        _drop_told(draft, items)
    return filled


def _overlap(spot: Spot, passage: Passage) -> bool:
    return spot.start < passage.end and passage.start < spot.end


def _cut(document: Document, spot: Spot) -> tuple[str, int, int]:
    return document.text[spot.start : spot.end], spot.start, spot.end


def _noted(draft: Draft, pointer: str, spot: Spot) -> str:
    note(draft, pointer, Span(spot.start, spot.end))
    return pointer


def _worded(draft: Draft, pointer: str, spot: Spot, kind: Kind) -> str:
    """Evidence of an item; it says so where its own words are those of its kind."""
    _noted(draft, pointer, spot)
    first = draft.document.folded.find("。", spot.start, spot.end)
    if leaning(draft.document.folded, spot.start, first if first >= 0 else spot.end) == kind:
        draft.evidence[pointer].reasons.append("wording")
    return pointer


def _drop_told(draft: Draft, items: list[PointedItem]) -> None:
    """A clause that no rule could place has its place now."""
    told = ["".join(draft.document.text[item.spot.start : item.spot.end].split()) for item in items]
    draft.findings = [
        finding
        for finding in draft.findings
        if finding.code != "unmatched_clause"
        or not any(words and words[:_FIGURE_REACH] in "".join(finding.message.split()) for words in told)
    ]


def _report_unsaid(draft: Draft, spots: list[Spot]) -> None:
    """Of the clauses that an answer calls neither issue nor measure those that no rule read either, as one finding."""
    narrative = draft.narrative
    taken = [*narrative.issues, *narrative.improvements]
    if any(finding.code == "unmatched_clause" for finding in draft.findings):
        return
    left = [spot for spot in spots if not any(_overlap(spot, one) for one in taken)]
    words = "".join(" ".join(draft.document.text[spot.start : spot.end].split()) for spot in left)
    if left:
        draft.findings.append(unmatched(words))


# ---- links and topics: taken where the words bear them out ----------------------------------------------------------
def _links(draft: Draft, links: Mapping[str, Sequence[str]]) -> None:
    """Which issues a measure answers, where no rule told: those it shares words with that not all of them have."""
    narrative = draft.narrative
    common = common_pairs([one.text for one in (*narrative.issues, *narrative.improvements)])
    issues = {issue.id: pairs_of(fold(issue.text)) - common for issue in narrative.issues}
    for measure in narrative.improvements:
        own = pairs_of(fold(measure.text))
        named = measure.answers or links.get(measure.id, [])
        if named is not measure.answers:
            measure.answers = [one for one in named if len(issues.get(one, set()) & own) >= SHARED]


def _topics(draft: Draft, topics: Mapping[str, str]) -> None:
    """The topic of a passage whose heading tells none, where the passage speaks of it and of no other as often."""
    for passage in draft.narrative.overview:
        named = topics.get(passage.id)
        if passage.topic == "other" and named is not None and draft.form is not None:
            words = fold(f"{passage.heading}\n{passage.text}")
            said = {topic.key: sum(words.count(cue) for cue in topic.cues) for topic in draft.form.topics}
            others = [count for key, count in said.items() if key != named]
            if said.get(named, 0) > max(others, default=0):
                passage.topic = named


# ---- claims ------------------------------------------------------------------------------------------------------
def _claim(draft: Draft, claim: PointedClaim) -> str | None:
    """A claim read at the figure or denial that was pointed to; None where rules read it, or no figure stands there."""
    spot, narrative, folded = claim.spot, draft.narrative, draft.document.folded
    if claim.year not in (None, draft.year) or _is_known(draft, claim):
        return None
    found = figures_in(folded, spot.start, min(len(folded), spot.end + _FIGURE_REACH))
    figure = found[0] if found and found[0].span.start == spot.start else None
    if figure is None and any(char.isdigit() for char in folded[spot.start : spot.end]):
        return None
    value, unit, end = _counted(figure, claim, spot)
    start = max(folded.rfind(stop, 0, spot.start) for stop in _STOPS) + 1
    span = Span(*trimmed(draft.document.text, start, max(end, spot.end)))
    name = f"c{len(narrative.claims) + 1}"
    words = draft.document.text[span.start : span.end]
    scope: Literal["own", "wider"] = "wider" if claim.scope == "wider" else "own"
    narrative.claims.append(Claim(name, words, *span, metric=claim.metric, value=value, unit=unit, scope=scope))
    return _noted(draft, f"/narrative/claims/{name}", spot)


def _counted(figure: Figure | None, claim: PointedClaim, spot: Spot) -> tuple[Number, str, int]:
    if figure is None:
        return 0, "元" if claim.metric == _FEE else "件", spot.end
    if figure.unit == "万元":
        return figure.value * 10_000, "元", figure.end
    return figure.value, figure.unit, figure.end


def _is_known(draft: Draft, claim: PointedClaim) -> bool:
    """Whether a claim was read at this place already."""
    spot = claim.spot
    for one in draft.narrative.claims:
        place = draft.evidence[f"/narrative/claims/{one.id}"].source
        if place.start is not None and place.end is not None and place.start < spot.end and spot.start < place.end:
            return True
    return False
