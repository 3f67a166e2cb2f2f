"""Part five walked piece by piece: which pieces are headings and lead-ins, which make up an issue or a measure.

An item begins with its ordinal and goes on until the next ordinal of its list, a heading, or a sentence that turns to
something else; lists inside it belong to it. Sentences without an ordinal become entries of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from extractor.document import Document
from extractor.narrative import cues
from extractor.narrative.cues import Kind
from extractor.narrative.pieces import Piece
from extractor.narrative.prose import Span, bare
from extractor.numbering import Ordinal

LONGEST_TITLE_LINE = 30
"""Characters of a line that can be the title of the lines after it."""


MOST_BODY_PIECES = 40
"""How many sentences an item's body can have before the next ordinal."""


@dataclass(slots=True)
class Entry:
    """A stretch of one kind; ``listed`` where an ordinal leads it, ``led`` where a colon or 如 announced it.

    ``titled``: a short title sentence and what follows it, without an ordinal.
    """

    start: int
    end: int
    kind: Kind | None
    listed: bool
    led: bool = False
    line: int = -1
    last_line: int = -1
    group: int = 0
    titled: bool = False


@dataclass(slots=True)
class _List:
    """A list that is running: the style of its ordinals, the last number, and how many lines its items had."""

    style: str
    kind: Kind | None
    last: int | None
    group: int
    most_lines: int = 1
    inside: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Outline:
    """What part five holds: entries in order, vague statements kept aside, and clauses that fit nowhere."""

    entries: list[Entry] = field(default_factory=list)
    vague: list[Span] = field(default_factory=list)
    unmatched: list[Span] = field(default_factory=list)


def outline_of(document: Document, pieces: Sequence[Piece], year: int | None) -> Outline:
    """The outline of the pieces of part five; ``year`` is the report's, where it is known."""
    walk = _Walk(document, pieces, year)
    for at in range(len(pieces)):
        walk.take(at)
    walk.close()
    _settle_kinds(document, walk.outline)
    return walk.outline


def _settle_kinds(document: Document, outline: Outline) -> None:
    """Lists that nothing announced are what most of their items are by their own words; without a sign, issues."""
    groups: dict[int, list[Entry]] = {}
    for entry in outline.entries:
        if entry.kind is None:
            groups.setdefault(entry.group, []).append(entry)
    for entries in groups.values():
        leanings = [cues.leaning(document.folded, entry.start, entry.end) for entry in entries]
        kind: Kind = "measure" if leanings.count("measure") > leanings.count("issue") else "issue"
        for entry in entries:
            entry.kind = kind


def _counts_on(ordinal: Ordinal, before: _List) -> bool:
    """The ordinal is the next number of a list that was interrupted."""
    number, last = ordinal.number, before.last
    return ordinal.style == before.style and number is not None and last is not None and number == last + 1 > 1


def _is_sibling(ordinal: Ordinal, running: _List) -> bool:
    """The ordinal is the next of the running list, in its style, or in another that counts on where it stopped."""
    number, last = ordinal.number, running.last
    if ordinal.style == running.style:
        return number is None or last is None or number != 1
    return number is not None and last is not None and number == last + 1 > 1 and ordinal.style not in running.inside


class _Walk:
    """The state of the walk: the kind announced last, the running list, the list it interrupted, the open entry."""

    def __init__(self, document: Document, pieces: Sequence[Piece], year: int | None) -> None:
        self.folded = document.folded
        self.text = document.text
        self.pieces = pieces
        self.year = year
        self.headings = [self._heading(piece) for piece in pieces]
        kinds = [one.kind for one in self.headings if one and one.kind]
        self.in_pairs = [kind for kind, _ in groupby(kinds)].count("issue") > 1
        self.outline = Outline()
        self.kind: Kind | None = None
        self.running: _List | None = None
        self.interrupted: _List | None = None
        self.entry: Entry | None = None
        self.groups = 0

    def take(self, at: int) -> None:
        """Account for piece ``at``."""
        piece, headed = self.pieces[at], self.headings[at]
        if headed is not None:
            rest = self._without_stops(Span(headed.end, piece.end))
            self._turn(headed.kind, keep=rest.start < rest.end)
            self._free(at, rest, led=True)
        elif self._is_theme(at):
            self._turn(None, keep=False)
        elif piece.ordinal is not None:
            self._listed(piece, piece.ordinal)
        elif self._continues(at):
            self._extend(piece)
        else:
            self._free(at, Span(piece.start, piece.end), led=False)

    def close(self) -> None:
        """End the open entry."""
        if self.entry is not None and self.running is not None:
            lines = self.entry.last_line - self.entry.line + 1
            self.running.most_lines = max(self.running.most_lines, lines)
        self.entry = None

    # ---- headings and lists --------------------------------------------------------------------------------------
    def _heading(self, piece: Piece) -> cues.Headed | None:
        if piece.ordinal is not None and piece.ordinal.style == "named":
            return None
        if piece.opens_line or piece.ordinal is not None:
            headed = cues.heading_at(self.folded, piece.start, piece.end)
            if headed is not None:
                return headed
        return cues.label_at(self.folded, piece.start, piece.end)

    def _is_theme(self, at: int) -> bool:
        """What a pair of 存在问题：… and 改进措施：… stands under: a short heading or numbered title of its own."""
        piece, following = self.pieces[at], self.headings[at + 1] if at + 1 < len(self.pieces) else None
        if following is None or following.kind != "issue" or not (self.in_pairs or self.kind is None):
            return False
        if piece.ordinal is None:
            own = piece.opens_line and self.text[piece.end - 1] not in "。；;！!：:"
        else:
            own = self.running is None or not _is_sibling(piece.ordinal, self.running)
        return own and self._is_title(piece)

    def _turn(self, kind: Kind | None, *, keep: bool) -> None:
        """A heading or lead-in of ``kind``: what ran is over, or (``keep``) its next number may take it up again."""
        self.close()
        if keep:
            self.interrupted = self.running or self.interrupted
        else:
            self.interrupted = None
        self.kind, self.running = kind, None

    def _listed(self, piece: Piece, ordinal: Ordinal) -> None:
        running, interrupted = self.running, self.interrupted
        if ordinal.style == "named":
            self._begin_list(piece, ordinal, self._named_kind(piece))
        elif running is None and interrupted is not None and _counts_on(ordinal, interrupted):
            self.running, self.interrupted = interrupted, None
            self._next_item(piece, ordinal, interrupted)
        elif running is None:
            self._begin_list(piece, ordinal, self.kind)
        elif _is_sibling(ordinal, running):
            self._next_item(piece, ordinal, running)
        elif ordinal.style == running.style:
            self._begin_list(piece, ordinal, self._kind_after_restart(piece))
        else:
            running.inside.add(ordinal.style)
            self._extend(piece)

    def _named_kind(self, piece: Piece) -> Kind:
        """问题一：…  措施一：…"""
        return "issue" if cues.kind_of_lead(self.folded, piece.mark, piece.start) == "issue" else "measure"

    def _kind_after_restart(self, piece: Piece) -> Kind | None:
        """The list's style begins at one again: a list of measures after one of issues, where its words say so."""
        is_measure = self.kind == "issue" and cues.leaning(self.folded, piece.start, piece.end) == "measure"
        return "measure" if is_measure else self.kind

    def _begin_list(self, piece: Piece, ordinal: Ordinal, kind: Kind | None) -> None:
        self.close()
        self.running = _List(ordinal.style, kind, ordinal.number, self._group())
        self._open(piece, self.running)

    def _next_item(self, piece: Piece, ordinal: Ordinal, running: _List) -> None:
        self.close()
        running.last = ordinal.number
        running.inside.clear()
        self._open(piece, running)

    def _open(self, piece: Piece, running: _List) -> None:
        self.kind = running.kind
        self.entry = Entry(piece.start, piece.end, running.kind, True, False, piece.line, piece.line, running.group)
        self.outline.entries.append(self.entry)

    def _group(self) -> int:
        self.groups += 1
        return self.groups

    # ---- what belongs to the open entry --------------------------------------------------------------------------
    def _extend(self, piece: Piece) -> None:
        if self.entry is None:
            self.outline.unmatched.append(Span(piece.mark, piece.end))
            return
        self.entry.end = max(self.entry.end, piece.end)
        self.entry.last_line = piece.line

    def _continues(self, at: int) -> bool:
        """Whether an unnumbered piece goes on with the open entry."""
        piece, entry, running = self.pieces[at], self.entry, self.running
        if entry is None or running is None or self._turns_away(piece, entry) or self._restarts_behind(at, running):
            return False
        if not piece.opens_line or self._is_sandwiched(at, running):
            return True
        if entry.last_line - entry.line + 1 < running.most_lines or self.text[entry.end - 1] not in "。；;！!":
            return True
        return entry.line == entry.last_line and self._is_title(entry)

    def _restarts_behind(self, at: int, running: _List) -> bool:
        """The list's style begins at one again right behind the piece, which so leads over to another list."""
        following = self.pieces[at + 1].ordinal if at + 1 < len(self.pieces) else None
        if following is None or following.style != running.style:
            return False
        if following.number is None:
            return self.folded[self.pieces[at].end - 1] == ":"
        return following.number == 1 and running.last is not None

    def _turns_away(self, piece: Piece, entry: Entry) -> bool:
        """A sentence on measures after an issue, one that announces issues after a measure, a closing remark."""
        if piece.opens_line and cues.closes(self.folded, piece.start, piece.end):
            return True
        if entry.kind == "measure":
            announces = cues.kind_of_lead(self.folded, piece.start, piece.end) == "issue"
            return announces and self.folded[piece.end - 1] == ":"
        return self._opens_measures(Span(piece.start, piece.end))

    def _opens_measures(self, span: Span) -> bool:
        return cues.opens_measures(self.folded, *span) or cues.plans(self.folded, *span, self.year)

    def _is_sandwiched(self, at: int, running: _List) -> bool:
        """The next ordinal of the running list's style is the list's next one."""
        for number in range(at + 1, min(at + 1 + MOST_BODY_PIECES, len(self.pieces))):
            piece = self.pieces[number]
            if piece.ordinal is not None and piece.ordinal.style == running.style:
                return running.last is None or piece.ordinal.number == running.last + 1
            if piece.opens_line and self.headings[number] is not None:
                return False
        return False

    def _is_title(self, entry: Entry | Piece) -> bool:
        return entry.end - entry.start <= LONGEST_TITLE_LINE and "，" not in self.text[entry.start : entry.end]

    # ---- sentences without an ordinal ----------------------------------------------------------------------------
    def _free(self, at: int, span: Span, *, led: bool) -> None:
        """A sentence on its own: lead-in, issue, measure, or a clause that fits nowhere."""
        behind = self._after_lead(self._without_stops(span))
        led = led or behind.start > span.start
        words = bare(self.text, *behind)
        if words.start >= words.end or cues.says_nothing(self.folded, *words) or self._is_lead_in(at, words):
            return
        if cues.closes(self.folded, *words):
            self.outline.unmatched.append(words)
            return
        if self.kind != "measure" and cues.tells_of_solved(self.folded, *words):
            self.outline.unmatched.append(words)
            return
        kind = self.kind or cues.leaning(self.folded, *words)
        if self.kind != "measure" and not led and self._opens_measures(words):
            kind = "measure"
            self._turn("measure", keep=True)
        if kind is None:
            self.outline.unmatched.append(words)
            return
        self.close()
        line = self.pieces[at].line
        whole = led and kind == "issue" and self.in_pairs
        entry = Entry(words.start, words.end, kind, whole, led, line, line, self._group(), titled=whole)
        self.outline.entries.append(entry)

    def _without_stops(self, span: Span) -> Span:
        start = span.start
        while start < span.end and (self.folded[start].isspace() or self.folded[start] in ":。;,.*"):
            start += 1
        return Span(start, span.end)

    def _after_lead(self, span: Span) -> Span:
        """``span`` behind the colon of a lead-in (主要存在以下问题：…), whose kind is taken."""
        colon = self.folded.find(":", span.start, span.end)
        while colon >= 0 and cues.leads_in(self.folded, span.start, colon):
            self._lead_over(Span(span.start, colon))
            span = Span(colon + 1, span.end)
            colon = self.folded.find(":", span.start, span.end)
        return span

    def _lead_over(self, words: Span) -> None:
        """A lead-in whose words do not say to what leaves the kind open, once there are issues."""
        kind = cues.kind_of_lead(self.folded, *words)
        left_open = self.kind == "issue" and self.outline.entries
        self._turn(kind or (None if left_open else self.kind), keep=kind == "measure")
        self._leave_out(words)

    def _is_lead_in(self, at: int, words: Span) -> bool:
        """A sentence that only leads over: praise, a vague problem, or what stands before a list."""
        if cues.is_vague_problem(self.folded, *words):
            self._turn("issue", keep=False)
            self.outline.vague.append(words)
            self._leave_out(Span(words.start, cues.behind_turn(self.folded, *words)))
            return True
        if self._leads_to_list(at):
            self._lead_over(words)
            return True
        if self.kind == "measure" or not cues.praises(self.folded, *words) or cues.contrasts(self.folded, *words):
            return False
        if cues.leaning(self.folded, *words) is not None:
            return False
        self._leave_out(words)
        return True

    def _leave_out(self, words: Span) -> None:
        """Leave ``words`` out of the items, but for the clauses that are no lead-in: those are reported."""
        self.outline.unmatched += [Span(*clause) for clause in cues.unaccounted(self.folded, *words)]

    def _leads_to_list(self, at: int) -> bool:
        """A list begins right behind piece ``at``."""
        following = self.pieces[at + 1] if at + 1 < len(self.pieces) else None
        if following is None or following.ordinal is None or following.ordinal.number not in (None, 1):
            return False
        return self.headings[at + 1] is None
