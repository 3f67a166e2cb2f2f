"""Parts five and six: issues, improvements and what they answer, other matters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from extractor.addressed import address_in
from extractor.document import Cell, Document, Table
from extractor.draft import Draft, Section
from extractor.finding import make
from extractor.narrative import cues
from extractor.narrative.closing import closing_of
from extractor.narrative.cues import Kind
from extractor.narrative.links import pairs_of, plain_links
from extractor.narrative.outline import Entry, Outline, outline_of
from extractor.narrative.pieces import Piece, pieces_of
from extractor.narrative.problems import issues_of, measure_behind, measure_within, measures_of
from extractor.narrative.prose import Span, bare, lines_in, note
from extractor.narrative.unbroken import unbroken
from extractor.narrative.wordings import pattern
from extractor.record import Finding, Improvement, Passage

LONGEST_QUOTE = 60
"""Characters of a clause quoted in a finding."""

FEWEST_WITH_MEASURE = 2
"""Issues that must each have a measure behind them before it is told by its words alone."""

_NO_WORDS = re.compile(r"[\W\d_年月日]*\Z")


@dataclass(slots=True)
class _Item:
    span: Span
    kind: Kind
    group: int
    answers: list[_Item] = field(default_factory=list)
    id: str = ""


def read_items(draft: Draft) -> None:
    """Fill issues, improvements and other matters, verbatim, without ordinals and closing stops.

    Every clause of part five that is none of them, and no heading or lead-in, is left in a finding.
    """
    part = draft.sections.get("issues_improvements")
    if part:
        _read_part_five(draft, part)
    part = draft.sections.get("other_matters")
    if part:
        _read_other_matters(draft, part)


def _read_part_five(draft: Draft, part: Section) -> None:
    end = _end(draft, part)
    matched = unbroken(draft.document, _words_only(draft.document, part.start, end))
    document = matched.document
    outline = outline_of(document, pieces_of(document, matched.lines), draft.year)
    items = _items(document, outline)
    if not any(item.kind == "issue" for item in items):
        items += [_Item(span, "issue", 0) for span in outline.vague[:1] if cues.compares(document.folded, *span)]
    items, doubtful = _measures_apart(document, items)
    for item in items:
        item.span = matched.source(item.span)
    items += _in_tables(draft.document, part.start, end)
    items = [item for item in items if address_in(draft.document.folded[slice(*item.span)]) is None]
    items.sort(key=lambda item: item.span)
    _link(draft.document, items)
    _fill(draft, items)
    for span in [*outline.unmatched, *doubtful]:
        _report(draft, matched.source(span))


def _end(draft: Draft, part: Section) -> int:
    """Where the part's own words end: before a signature, where it is the report's last part."""
    is_last = part is draft.sections.parts[-1]
    return min(part.end, closing_of(draft.document, part.start, part.end).start) if is_last else part.end


def _words_only(document: Document, start: int, end: int) -> list[Span]:
    """The lines within ``start:end`` that hold words, not page numbers."""
    text = document.text
    return [line for line in lines_in(document, start, end) if not _NO_WORDS.match(text, line.start, line.end)]


# ---- items -------------------------------------------------------------------------------------------------------
def _items(document: Document, outline: Outline) -> list[_Item]:
    items: list[_Item] = []
    for entry in _with_titles(document, outline.entries):
        for part in _kinds_apart(document, entry):
            spans = [span for span in _spans(document, part) if span.start < span.end]
            told = [span for span in spans if not cues.says_nothing(document.folded, *span)]
            items += [_Item(span, part.kind or "issue", part.group) for span in told]
    return items


def _spans(document: Document, entry: Entry) -> list[Span]:
    if entry.listed:
        return [bare(document.text, entry.start, entry.end)]
    return issues_of(document, entry) if entry.kind == "issue" else measures_of(document, entry)


def _kinds_apart(document: Document, entry: Entry) -> list[Entry]:
    """The entry, or the issue and its measure where one sentence holds both."""
    at = measure_within(document, entry.start, entry.end) if entry.kind == "issue" else None
    if at is None:
        return [entry]
    return [replace(entry, end=at), replace(entry, start=at + 1, kind="measure", listed=False)]


def _measures_apart(document: Document, items: list[_Item]) -> tuple[list[_Item], list[Span]]:
    """Issues cut where each one's measure follows it, and no other measures are told; where only some have one, those
    stretches are in doubt.
    """
    if any(item.kind == "measure" for item in items):
        return items, []
    begun = [(item, measure_behind(document, *item.span)) for item in items]
    found = [(item, at) for item, at in begun if at is not None]
    if len(found) < len(items) or len(found) < FEWEST_WITH_MEASURE:
        return items, [bare(document.text, at, item.span.end) for item, at in found]
    apart: list[_Item] = []
    for item, at in found:
        apart.append(replace(item, span=bare(document.text, item.span.start, at)))
        apart.append(replace(item, span=bare(document.text, at, item.span.end), kind="measure"))
    return apart, []


def _with_titles(document: Document, entries: Sequence[Entry]) -> list[Entry]:
    """Entries with a short title sentence joined to the longer sentences after it."""
    joined: list[Entry] = []
    for entry in entries:
        before = joined[-1] if joined else None
        if before and not entry.listed and (_is_title_of(document, before, entry) or _goes_on(before, entry)):
            joined[-1] = replace(before, end=entry.end, listed=True, titled=True, last_line=entry.line)
        else:
            joined.append(entry)
    return joined


def _is_title_of(document: Document, title: Entry, body: Entry) -> bool:
    """A short sentence without a comma that a longer one of the same kind follows, on its line or on the next."""
    if title.listed or title.kind != body.kind or title.led or body.line - title.line > 1:
        return False
    words = document.text[title.start : title.end]
    short = len(words) <= 20 and "，" not in words and len(words) < body.end - body.start
    if title.line == body.line:
        return short
    return short and document.text[title.end : title.end + 1] not in "。；"


def _goes_on(before: Entry, entry: Entry) -> bool:
    """A further sentence on the line where a title and its body made an entry."""
    return before.titled and before.kind == entry.kind and before.last_line == entry.line


def _in_tables(document: Document, start: int, end: int) -> list[_Item]:
    """Items from tables whose header names columns of problems and measures; a row's measure answers its problem."""
    items: list[_Item] = []
    for table in document.tables:
        if start <= table.start < end:
            items += _in_table(document, table)
    return items


def _in_table(document: Document, table: Table) -> list[_Item]:
    kinds: dict[int, Kind] = {}
    items: list[_Item] = []
    for row in table.rows:
        headed = {cell.column: cues.heading_at(document.folded, cell.start, cell.end) for cell in row}
        named = {column: heading.kind for column, heading in headed.items() if heading and heading.kind}
        if named:
            kinds = named
            continue
        made = [
            _Item(span, kinds[cell.column], -1)
            for cell in row
            if cell.column in kinds
            for span in _in_cell(document, cell)
        ]
        issues = [item for item in made if item.kind == "issue"]
        measures = [item for item in made if item.kind == "measure"]
        for number, item in enumerate(measures):
            item.answers = [issues[number]] if len(issues) == len(measures) else issues
        items += made
    return items


def _in_cell(document: Document, cell: Cell) -> list[Span]:
    """The items of a cell's list, or the cell as one."""
    pieces = pieces_of(document, [Span(cell.start, cell.end)])
    listed = [piece for piece in pieces if piece.ordinal]
    if listed and listed[0].mark == cell.start:
        ends = [piece.mark for piece in listed[1:]] + [cell.end]
        spans = [bare(document.text, piece.start, end) for piece, end in zip(listed, ends, strict=True)]
    else:
        spans = [bare(document.text, cell.start, cell.end)]
    return [span for span in spans if span.start < span.end]


# ---- what an improvement answers ---------------------------------------------------------------------------------
def _link(document: Document, items: list[_Item]) -> None:
    """Which measures answer which issues: told by their order, by what a measure names, or by the words they share."""
    issues = [item for item in items if item.kind == "issue"]
    if _in_turn(items):
        current: _Item | None = None
        for item in items:
            if item.kind == "issue":
                current = item
            elif current and not item.answers:
                item.answers = [current]
        return
    for item in items:
        if item.kind == "measure" and not item.answers:
            item.answers = _addressed(document, item, issues)
    _link_by_words(document, issues, [item for item in items if item.kind == "measure"])


def _link_by_words(document: Document, issues: Sequence[_Item], measures: Sequence[_Item]) -> None:
    words = [[document.text[slice(*item.span)] for item in some] for some in (issues, measures)]
    for measure, at in zip(measures, plain_links(*words), strict=True):
        if at is not None and not measure.answers:
            measure.answers = [issues[at]]


def _in_turn(items: Sequence[_Item]) -> bool:
    """At least two issues, each followed by its own measures."""
    kinds = "".join("i" if item.kind == "issue" else "m" for item in items)
    return re.fullmatch(r"(?:im+){2,}", kinds) is not None


def _addressed(document: Document, measure: _Item, issues: Sequence[_Item]) -> list[_Item]:
    """The one issue whose words the measure takes up behind 针对."""
    match = pattern("cues", "addressed").search(document.folded, *measure.span)
    if match is None:
        return []
    named = pairs_of(match["named"])
    shares = [
        len(named & pairs_of(document.folded[issue.span.start : issue.span.end])) / len(named) for issue in issues
    ]
    near = [issue for issue, share in zip(issues, shares, strict=True) if share >= 0.6]
    return near if len(near) == 1 else []


# ---- the record --------------------------------------------------------------------------------------------------
def _fill(draft: Draft, items: Sequence[_Item]) -> None:
    text, narrative = draft.document.text, draft.narrative
    for number, item in enumerate((item for item in items if item.kind == "issue"), 1):
        item.id = f"i{number}"
        narrative.issues.append(Passage(item.id, text[item.span.start : item.span.end], *item.span))
        note(draft, f"/narrative/issues/{item.id}", item.span)
    for number, item in enumerate((item for item in items if item.kind == "measure"), 1):
        item.id = f"m{number}"
        answers = [issue.id for issue in item.answers]
        words = text[item.span.start : item.span.end]
        narrative.improvements.append(Improvement(item.id, words, *item.span, answers=answers))
        note(draft, f"/narrative/improvements/{item.id}", item.span)


def _report(draft: Draft, span: Span) -> None:
    words = " ".join(draft.document.text[span.start : span.end].split())
    draft.findings.append(unmatched(words))


def unmatched(words: str) -> Finding:
    """The finding on a clause of part five, or several, that no item holds."""
    quote = words if len(words) <= LONGEST_QUOTE else words[:LONGEST_QUOTE] + "…"
    return make("unmatched_clause", ["/narrative/issues"], quote=quote)


# ---- part six ----------------------------------------------------------------------------------------------------
def _read_other_matters(draft: Draft, part: Section) -> None:
    lines = _words_only(draft.document, part.start, _end(draft, part))
    matched = unbroken(draft.document, lines)
    document = matched.document
    spans = [bare(document.text, *span) for span in _matters(document, pieces_of(document, matched.lines))]
    told = [span for span in spans if span.start < span.end and not cues.says_nothing(document.folded, *span)]
    for number, span in enumerate(map(matched.source, told), 1):
        words = draft.document.text[span.start : span.end]
        draft.narrative.other_matters.append(Passage(f"t{number}", words, *span))
        note(draft, f"/narrative/other_matters/t{number}", span)


def _matters(document: Document, pieces: Sequence[Piece]) -> list[Span]:
    """One matter for each item of the part's outermost list, or for each line where it has none."""
    styles = [piece.ordinal.style for piece in pieces if piece.ordinal]
    matters: list[Span] = []
    listing = False
    for piece in pieces:
        if piece.ordinal and styles and piece.ordinal.style in (styles[0], "bare"):
            matters.append(Span(piece.start, piece.end))
            listing = True
        elif matters and (listing or not piece.opens_line):
            matters[-1] = Span(matters[-1].start, piece.end)
        else:
            matters.append(Span(piece.mark, piece.end))
    ends_lead = [document.text[span.end - 1] in "：:" for span in matters]
    return [span for span, lead in zip(matters, ends_lead, strict=True) if not lead]
