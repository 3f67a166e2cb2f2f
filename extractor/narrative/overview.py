"""Part one by topic: its numbered or headed passages, each with the form's key for what it speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractor.document import Document
from extractor.draft import Draft
from extractor.forms import Form, builtin_forms
from extractor.narrative.prose import Span, lines_in, note
from extractor.narrative.unbroken import joined_lines
from extractor.numbering import Ordinal, leading
from extractor.record import Topic
from extractor.text import trimmed

LONGEST_HEADING = 40

_HEADING = re.compile(rf"[^。:;,\s]{{2,{LONGEST_HEADING}}}(?=[。:\s]|$)|[^。:;\d]{{2,{LONGEST_HEADING}}}(?=[。:])")
_FIRST_CLAUSE = re.compile(r"[^,。:;]{0,40}")
_STOPS = re.compile(r"[\s。:;*]*")


@dataclass(frozen=True, slots=True)
class _Passage:
    """The lines of one topic, and the heading that leads them (empty where there is none)."""

    heading: Span
    body: Span


def read_overview(draft: Draft) -> None:
    """Fill the overview: every line of part one is in one topic, in order."""
    form = draft.form or builtin_forms()[0]
    part = draft.sections.get(form.parts[0].key) if form.parts else None
    if part is None:
        return
    document = draft.document
    lines = lines_in(document, part.start, part.end)
    for number, passage in enumerate(_passages(document, joined_lines(document, lines), form), 1):
        draft.narrative.overview.append(_made(document, passage, form, f"o{number}"))
        note(draft, f"/narrative/overview/o{number}", passage.body)


def read_topic(document: Document, form: Form | None, start: int, end: int, name: str = "") -> Topic:
    """``start:end``, which begins a line or a sentence, as one topic: heading, words and what it speaks of."""
    form = form or builtin_forms()[0]
    first, *rest = joined_lines(document, lines_in(document, start, end)) or [Span(start, end)]
    ordinal = leading(document.text, document.folded, *first)
    begins = _begins(document, first, ordinal, ordinal.style if ordinal else None, form)
    passage = _headed(document, first, ordinal) if begins else _Passage(Span(first.start, first.start), first)
    for line in rest:
        passage = _longer(document, passage, line)
    return _made(document, passage, form, name)


def _made(document: Document, passage: _Passage, form: Form, name: str) -> Topic:
    body, heading = passage.body, document.text[passage.heading.start : passage.heading.end].strip()
    topic = _topic(document, passage, form)
    return Topic(name, document.text[body.start : body.end], *body, topic=topic, heading=heading)


def _passages(document: Document, lines: Sequence[Span], form: Form) -> list[_Passage]:
    """The lines grouped under the ordinals of the outermost style, or under headings that name a topic."""
    ordinals = [leading(document.text, document.folded, *line) for line in lines]
    style = next((ordinal.style for ordinal in ordinals if ordinal), None)
    passages: list[_Passage] = []
    for line, ordinal in zip(lines, ordinals, strict=True):
        if _begins(document, line, ordinal, style, form):
            passages.append(_headed(document, line, ordinal))
        elif passages and passages[-1].heading.start < passages[-1].heading.end:
            passages[-1] = _longer(document, passages[-1], line)
        else:
            passages.append(_Passage(Span(line.start, line.start), line))
    return passages


def _begins(document: Document, line: Span, ordinal: Ordinal | None, style: str | None, form: Form) -> bool:
    if ordinal is not None:
        return ordinal.style == style
    short = line.end - line.start <= LONGEST_HEADING and document.text[line.end - 1] not in "。；"
    return short and style is None and _named_topic(form, document.folded[line.start : line.end]) is not None


def _headed(document: Document, line: Span, ordinal: Ordinal | None) -> _Passage:
    start = ordinal.end if ordinal else line.start
    match = _HEADING.match(document.folded, start, line.end)
    if match is None:
        return _Passage(Span(start, start), Span(start, line.end))
    behind = _STOPS.match(document.folded, match.end(), line.end).end()  # type: ignore[union-attr]
    heading = Span(match.start(), match.end())
    return _Passage(heading, Span(behind, line.end) if behind < line.end else heading)


def _longer(document: Document, passage: _Passage, line: Span) -> _Passage:
    """``passage`` with one more line; a heading alone is no body once there is one."""
    start = line.start if passage.body == passage.heading else passage.body.start
    return _Passage(passage.heading, Span(*trimmed(document.text, start, line.end)))


def _topic(document: Document, passage: _Passage, form: Form) -> str:
    heading, body = passage.heading, passage.body
    words = document.folded[heading.start : heading.end]
    if not words:
        words = _FIRST_CLAUSE.match(document.folded, body.start, body.end)[0]  # type: ignore[index]
    return _named_topic(form, words) or "other"


def _named_topic(form: Form, words: str) -> str | None:
    """The first topic of the form whose cue stands in ``words``."""
    return next((topic.key for topic in form.topics if any(cue in words for cue in topic.cues)), None)
