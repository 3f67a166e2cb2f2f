"""Questions on the running text: body and year, clauses of part five, links, topics, claims, the summary."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from extractor.draft import Draft, Spot
from extractor.llm.anchors import Anchors, Line, chunks_of, marked, tag_of, text_lines
from extractor.llm.clauses import clauses_of
from extractor.llm.slots import slots_of
from extractor.metrics import metrics
from extractor.text import is_blank

_LONGEST_CHUNK = 6_000
_IDENTITY_HEAD, _IDENTITY_TAIL = 500, 200
_SHOWN = 60
"""Characters of a passage that tell its topic."""

_MOST_LINES = 200
_LONGEST_LINE = 600
_RUN = re.compile(r"[\u3400-\u9fff]+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?:二[〇○0零][一二三四五六七八九〇○零]{2})(?=年)")
_DOUBTS: Mapping[str, tuple[str, ...]] = {
    "organisation": ("organisation_uncertain",),
    "year": ("year_conflict",),
}
_PART_FIVE = "issues_improvements"


@dataclass(frozen=True, slots=True)
class Shown:
    """A question's id, kind and content, and what its anchors stand for."""

    id: str
    kind: str
    content: dict[str, Any]
    anchors: Anchors


@lru_cache(maxsize=1)
def _wordings() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("asked.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def _edges() -> re.Pattern[str]:
    words = sorted(_wordings()["name_edges"], key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


@lru_cache(maxsize=1)
def _claimed() -> re.Pattern[str]:
    """A figure with its unit, or the words that deny that there was any."""
    units = _wordings()["figure_units"]
    figure = (
        rf"(?<![\d.,第])(?:\d[\d,]*(?:\.\d+)?|[零〇一二两三四五六七八九十百千]{{1,9}})(?=\s?万?[余多]?\s?(?:{units}))"
    )
    return re.compile(f"{figure}|(?:{_wordings()['denials']})")


def is_doubtful(draft: Draft, name: str) -> bool:
    """Whether rules read no ``organisation`` or ``year``, or reported a doubt about it."""
    codes = _DOUBTS[name]
    return getattr(draft, name) is None or any(finding.code in codes for finding in draft.findings)


def lacks_items(draft: Draft) -> bool:
    """Whether rules left a clause of part five over, or read nothing in a part that says something."""
    part = draft.sections.get(_PART_FIVE)
    if part is None:
        return False
    if any(finding.code == "unmatched_clause" for finding in draft.findings):
        return True
    words = "".join(draft.document.text[part.start : part.end].split())
    return not (draft.narrative.issues or draft.narrative.improvements) and len(words) > 12


def lacks_links(draft: Draft) -> bool:
    """Whether there are issues, and improvements of which it is not known which they answer."""
    return bool(draft.narrative.issues) and any(not one.answers for one in draft.narrative.improvements)


def _shown(question: str, kind: str, anchors: Anchors, text: str, **more: Any) -> Shown:
    content = {"tag": anchors.tag, "text": text, "anchors": len(anchors.spots), **more}
    return Shown(question, kind, content, anchors)


# ---- who and when ------------------------------------------------------------------------------------------------
def identity(draft: Draft) -> Iterator[Shown]:
    """Which character runs name the reporting body."""
    document, anchors = draft.document, Anchors(tag_of(draft.document))
    lines = [
        marked(document.text, line.start, line.end, _runs(document.folded, line), anchors)
        for start, end in _opening(draft)
        for line in text_lines(document.text, start, end)
    ]
    if anchors.spots:
        yield _shown("identity", "identity", anchors, "\n".join(lines))


def _opening(draft: Draft) -> list[tuple[int, int]]:
    """The report's beginning and its end."""
    size = len(draft.document.text)
    head = min(size, max(draft.sections.preamble[1], 1), _IDENTITY_HEAD)
    return [(0, head), (max(head, size - _IDENTITY_TAIL), size)]


def _runs(folded: str, line: Line) -> list[Spot]:
    """The runs of Chinese letters on a line, cut before and after words that stand beside names."""
    spots: list[Spot] = []
    for run in _RUN.finditer(folded, line.start, line.end):
        at = run.start()
        for edge in _edges().finditer(folded, run.start(), run.end()):
            spots += [Spot(at, edge.start())] if at < edge.start() else []
            at = edge.end()
        spots += [Spot(at, run.end())] if at < run.end() else []
    return [spot for spot in spots if spot.end - spot.start > 1]


def year(draft: Draft) -> Iterator[Shown]:
    """Which numeral states the year that is reported on."""
    document, anchors = draft.document, Anchors(tag_of(draft.document))
    lines = []
    for start, end in _opening(draft):
        for line in text_lines(document.text, start, end):
            spots = [Spot(m.start(), m.end()) for m in _YEAR.finditer(document.folded, line.start, line.end)]
            if spots:
                lines.append(marked(document.text, line.start, line.end, spots, anchors))
    if anchors.spots:
        yield _shown("year", "year", anchors, "\n".join(lines))


# ---- part five ---------------------------------------------------------------------------------------------------
def clauses(draft: Draft) -> Iterator[Shown]:
    """Which clause of part five is part of which issue or improvement; long parts in several questions."""
    part = draft.sections.get(_PART_FIVE)
    if part is None:
        return
    text = draft.document.text
    spots = clauses_of(draft.document, part.start, part.end)
    chunks = chunks_of(text[part.start : part.end], _LONGEST_CHUNK) if spots else []
    for number, (start, end) in enumerate(chunks, 1):
        own = [spot for spot in spots if part.start + start <= spot.start < part.start + end]
        anchors = Anchors(tag_of(draft.document))
        lines = [f"{anchors.mark(spot)} {_flat(text, spot)}" for spot in own]
        if own:
            yield _shown(f"clauses/{number}", "clauses", anchors, "\n".join(lines))


def _flat(text: str, spot: Spot) -> str:
    return " ".join(text[spot.start : spot.end].split())


def links(draft: Draft) -> Iterator[Shown]:
    """Which improvement answers which issues."""
    issues, improvements = draft.narrative.issues, draft.narrative.improvements
    anchors = Anchors(tag_of(draft.document))
    lines = [f"问题 {at}：{' '.join(one.text.split())}" for at, one in enumerate(issues, 1)]
    lines += [f"改进 {at}：{' '.join(one.text.split())}" for at, one in enumerate(improvements, 1)]
    content: dict[str, Any] = {"issues": len(issues), "improvements": len(improvements)}
    yield _shown("links", "links", anchors, "\n".join(lines), **content)


# ---- part one, claims, summary -----------------------------------------------------------------------------------
def topics(draft: Draft) -> Iterator[Shown]:
    """What each passage of the overview speaks of."""
    passages = draft.narrative.overview
    if not passages or draft.form is None or not draft.form.topics:
        return
    anchors = Anchors(tag_of(draft.document))
    lines = [
        f"{anchors.mark(spot)} {one.heading}：{_flat(draft.document.text, spot)[:_SHOWN]}"
        for one in passages
        for spot in [Spot(one.start, one.end)]
    ]
    keys = list(dict.fromkeys([*(topic.key for topic in draft.form.topics), "other"]))
    yield _shown("topics", "topics", anchors, "\n".join(lines), topics=keys)


def claims(draft: Draft, *, everything: bool) -> Iterator[Shown]:
    """What the figures and denials of the text count; without ``everything`` only on lines where rules read none.

    Other lines are other anchors, so the questions have other ids.
    """
    document = draft.document
    lines = [line for line in _lines_of_claims(draft) if everything or not _is_read(draft, line)]
    text = "\n".join(document.text[line.start : line.end] for line in lines)
    chunks = chunks_of(text, _LONGEST_CHUNK) if lines else []
    at, number = 0, 0
    for start, end in chunks:
        anchors, shown = Anchors(tag_of(document)), []
        while number < len(lines) and start <= at < end:
            line = lines[number]
            spots = [Spot(m.start(), m.end()) for m in _claimed().finditer(document.folded, line.start, line.end)]
            shown.append(marked(document.text, line.start, line.end, spots, anchors))
            at, number = at + line.end - line.start + 1, number + 1
        if anchors.spots:
            name = f"claims/{'' if everything else 'open/'}{chunks.index((start, end)) + 1}"
            yield _shown(name, "claims", anchors, "\n".join(shown), metrics=list(metrics()), year=draft.year)


def _lines_of_claims(draft: Draft) -> list[Line]:
    """The lines with a figure or a denial and the words of a metric; no headings, no lines of tables."""
    document, found = draft.document, []
    inside = [(table.start, table.end) for table in document.tables]
    for line in text_lines(document.text, draft.sections.preamble[1], len(document.text)):
        if any(start <= line.start < end for start, end in inside) or line.end - line.start > _LONGEST_LINE * 4:
            continue
        words = document.folded[line.start : line.end]
        if _claimed().search(words) and any(one.is_spoken_of(words) for one in metrics().values()):
            found.append(line)
    return found[:_MOST_LINES]


def _is_read(draft: Draft, line: Line) -> bool:
    """Whether rules read a claim on the line."""
    return any(line.start <= claim.start < line.end for claim in draft.narrative.claims)


def summary(draft: Draft) -> Iterator[Shown]:
    """Three to five sentences, with placeholders where figures, dates and names go."""
    slots = slots_of(draft)
    anchors = Anchors(tag_of(draft.document))
    passages: Sequence[str] = [
        *(f"总体：{one.heading}" for one in draft.narrative.overview if not is_blank(one.heading)),
        *(f"问题：{one.text}" for one in draft.narrative.issues),
        *(f"改进：{one.text}" for one in draft.narrative.improvements),
    ]
    if not slots or not (passages or draft.narrative.claims):
        return
    lines = [
        f"{{{name}}} = {slot.words}（{' + '.join('/'.join(group) for group in slot.cues) or '名称'}，{slot.scope}）"
        for name, slot in slots.items()
    ]
    text = "\n".join([*lines, *(" ".join(one.split()) for one in passages)])
    content = {
        name: {
            "cues": [list(group) for group in slot.cues],
            "unless": list(slot.unless),
            "scope": slot.scope,
            "figure": slot.figure,
        }
        for name, slot in slots.items()
    }
    yield _shown("summary", "summary", anchors, text, placeholders=content, language="中文")
