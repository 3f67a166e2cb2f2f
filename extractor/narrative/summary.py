"""An extractive summary: the report's own sentences on results, problems and measures, never its preamble."""

from __future__ import annotations

from collections.abc import Iterator

from extractor.draft import Draft
from extractor.narrative.prose import Span, bare, lines_in
from extractor.numbering import leading
from extractor.record import Passage, Summary
from extractor.text import is_blank

MOST_SENTENCES = 5
FEWEST_SENTENCES = 3
LONGEST_SENTENCE = 160
"""Characters; a longer sentence is no summary."""

_RESULTS = ("items_disclosed", "applications_received", "applications_processed", "items_disclosed_website")


def summarise(draft: Draft) -> None:
    """Fill the summary with three to five sentences: two on figures, two problems, one measure, as far as there are."""
    narrative = draft.narrative
    spans = _on_figures(draft)
    spans += [_first_sentence(draft, issue) for issue in narrative.issues[:2]]
    spans += [_first_sentence(draft, measure) for measure in narrative.improvements[:1]]
    for span in _overview(draft):
        if len(spans) >= FEWEST_SENTENCES:
            break
        if span not in spans:
            spans.append(span)
    words = [_words(draft, span) for span in sorted(spans)[:MOST_SENTENCES]]
    draft.narrative.summary = Summary("".join(dict.fromkeys(word for word in words if word)), "extractive")


def _on_figures(draft: Draft) -> list[Span]:
    """Two sentences with claims of the body itself, the most telling first."""
    own = [claim for claim in draft.narrative.claims if claim.scope == "own"]
    spans: list[Span] = []
    for claim in (claim for metric in _RESULTS for claim in own if claim.metric == metric):
        if len(spans) < 2 and not any(span.start <= claim.start < span.end for span in spans):
            spans.append(_sentence_around(draft, claim))
    return spans


def _sentence_around(draft: Draft, passage: Passage) -> Span:
    """The sentence that the passage lies in, within its line."""
    folded = draft.document.folded
    lines = lines_in(draft.document, passage.start, passage.end)
    at = lines[0].start if lines else passage.start
    start = max(folded.rfind("。", 0, at), folded.rfind("\n", 0, at)) + 1
    ends = [end for end in (folded.find("。", at), folded.find("\n", passage.end)) if end >= 0]
    return _without_ordinal(draft, Span(start, min(ends, default=len(folded))))


def _first_sentence(draft: Draft, passage: Passage) -> Span:
    stop = draft.document.folded.find("。", passage.start, passage.end)
    return Span(passage.start, stop if stop >= 0 else passage.end)


def _without_ordinal(draft: Draft, span: Span) -> Span:
    text, folded = draft.document.text, draft.document.folded
    start = span.start
    while start < span.end and is_blank(text[start]):
        start += 1
    ordinal = leading(text, folded, start, span.end)
    return bare(text, ordinal.end if ordinal else start, span.end)


def _overview(draft: Draft) -> Iterator[Span]:
    """The first sentence of each passage of the overview."""
    for topic in draft.narrative.overview:
        yield _first_sentence(draft, topic)


def _words(draft: Draft, span: Span) -> str:
    words = draft.document.text[span.start : span.end].replace("\n", "").strip()
    return f"{words}。" if 0 < len(words) <= LONGEST_SENTENCE else ""
