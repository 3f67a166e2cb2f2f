"""Part one for the desk: its sentences, and passages of the overview cut anew as the reader cuts them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor.document import Document
from extractor.draft import Spot
from extractor.forms import Form, builtin_forms
from extractor.llm.clauses import clauses_of
from extractor.narrative import read_topic
from extractor.numbering import line_ordinal
from extractor.record import Passage, Record, Topic

_ENDS = "。！？；!?;"
_BEHIND_HEADING = " \t\r\n\u3000。：；:;*"
_MARKS = 4
"""Characters of a mark, as of Markdown, that is no sentence."""
_REACH = 200
"""Characters that may part a heading from what it heads."""


def form_of(record: Record, forms: Sequence[Form] = ()) -> Form | None:
    """The form that a record names."""
    return next((one for one in (*forms, *builtin_forms()) if one.id == record.form), None)


def sentences_of(document: Document, start: int, end: int) -> list[Spot]:
    """``start:end`` cut at line breaks, ordinals and the ends of sentences: topics are no finer."""
    found: list[Spot] = []
    for spot in clauses_of(document, start, end):
        if found and _goes_on(document, found[-1], spot):
            found[-1] = Spot(found[-1].start, spot.end)
        else:
            found.append(spot)
    return found


def _goes_on(document: Document, before: Spot, spot: Spot) -> bool:
    text = document.text
    if "\n" in text[before.end : spot.start]:
        return False
    if before.end - before.start <= _MARKS and not any(map(str.isalnum, text[before.start : before.end])):
        return True
    return text[before.end - 1] not in _ENDS and not line_ordinal(text, document.folded, spot.start, spot.end)


def begins_at(document: Document, item: Passage) -> int:
    """Where a passage begins, its heading included."""
    heading = item.heading if isinstance(item, Topic) else ""
    before = document.text[max(0, item.start - _REACH) : item.start].rstrip(_BEHIND_HEADING)
    if not heading or not before.endswith(heading):
        return item.start
    return max(0, item.start - _REACH) + len(before) - len(heading)


def recut_topic(document: Document, record: Record, spots: Sequence[Spot], was: Passage | None) -> Topic:
    """These sentences as one topic; where it begins as a known one did, it is that one, cut anew."""
    made = read_topic(document, form_of(record), spots[0].start, spots[-1].end, was.id if was else "")
    if isinstance(was, Topic) and was.heading == made.heading:
        is_same = begins_at(document, was) == begins_at(document, made)
        made.topic = was.topic if is_same else made.topic
    return made


def topics_by_path(record: Record) -> Iterator[tuple[str, str]]:
    """What each passage of the overview speaks of."""
    for item in record.narrative.overview:
        yield f"/narrative/overview/{item.id}", item.topic
