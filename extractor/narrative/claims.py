"""Figures stated in the running text, as claims that the tables can be held against.

A claim is a number with its unit that counts one of the contract's metrics for this body and year, or a clause that
says there was none (未收到申请). No claims: comparisons with other years, shares, plans, parts of a total
(其中自然人3件), other years' figures. A number that is only approximate (100余条) is kept for items, which no table
counts, with 余 in its unit, and left out elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from extractor.draft import Draft
from extractor.narrative.claim_rules import Denial, Rule, denials, own_scope, rules_for, triggers
from extractor.narrative.dates import YEAR, year_of
from extractor.narrative.figures import Figure, figures_in
from extractor.narrative.prose import Span, lines_in, note
from extractor.narrative.stale import find_stale_years
from extractor.narrative.unbroken import Unbroken, unbroken
from extractor.narrative.wordings import pattern, wordings
from extractor.record import Claim, Number
from extractor.text import canonical, trimmed

ITEMS = "items_disclosed"
CARRIED_OVER = "applications_carried_over"

SHORTEST_LINE = 6
"""Characters of a line that can claim anything."""

SHORTEST_HEADING = 2
LONGEST_HEADING = 25
"""Characters of a line that can be a heading over the next."""

_SENTENCE_EDGES = "。;!?"
_EDGE = re.compile(f"[{_SENTENCE_EDGES}]")
_CLAUSE = re.compile(r"[^,]+")
_LINK = re.compile(r"[\s、和及与(]*")
_DENYING = re.compile(r"[未没无不免零0]")
_SELDOM = frozenset("个项次部笔")
_BLANK_LINES = 3
_BEFORE, _BEHIND = 80, 26
_AFTER_DENIAL = 6


@dataclass(frozen=True, slots=True)
class _Stated:
    metric: str
    value: Number
    unit: str | None
    span: Span
    proof: Span
    wider: bool


def read_claims(draft: Draft) -> None:
    """Fill the claims, each with evidence at its numeral (or its denial), and report years left over from before."""
    document = draft.document
    lines = lines_in(document, draft.sections.preamble[1], len(document.text), SHORTEST_HEADING)
    matched = unbroken(document, lines)
    stated = [one for line in _lines(matched) for one in _in_line(draft, line)]
    number = 0
    cells = _cells(draft) if stated else set()
    for one in stated:
        proof = matched.source(one.proof)
        if proof.start not in cells:
            number += 1
            _add(draft, f"c{number}", one, matched.source(one.span), proof)
    find_stale_years(draft, lines)


def _cells(draft: Draft) -> set[int | None]:
    """Where figures stand that were read as cells of tables, some of them in lines of text."""
    return {evidence.source.start for pointer, evidence in draft.evidence.items() if pointer.startswith("/tables/")}


def _add(draft: Draft, name: str, stated: _Stated, span: Span, proof: Span) -> None:
    scope: Literal["own", "wider"] = "wider" if stated.wider else "own"
    words = draft.document.text[span.start : span.end]
    claim = Claim(name, words, *span, metric=stated.metric, value=stated.value, unit=stated.unit, scope=scope)
    draft.narrative.claims.append(claim)
    note(draft, f"/narrative/claims/{name}", proof)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as it is matched: ``folded[start:end]``; ``context`` is it with a heading right before it, ``before``
    the whole line before.
    """

    folded: str
    start: int
    end: int
    context: str
    before: str


def _lines(matched: Unbroken) -> Iterator[_Line]:
    """The lines that can claim anything."""
    trigger, folded = triggers(), matched.document.folded
    heading = last = Span(0, 0)
    for line in matched.lines:
        above, last = last, line
        if line.end - line.start <= LONGEST_HEADING:
            heading = line
        if line.end - line.start >= SHORTEST_LINE and trigger.search(folded, *line):
            start = heading.start if heading.end + _BLANK_LINES >= line.start else line.start
            yield _Line(folded, *line, folded[start : line.end], folded[above.start : above.end])


def _in_line(draft: Draft, line: _Line) -> Iterator[_Stated]:
    """The claims of the line's sentences that hold a figure with a unit or a denial."""
    trigger, folded, done = triggers(), line.folded, line.start
    match = trigger.search(folded, line.start, line.end)
    while match:
        start = max(done, *[folded.rfind(edge, done, match.start()) + 1 for edge in _SENTENCE_EDGES])
        edge = _EDGE.search(folded, match.end() - 1, line.end)
        done = edge.start() if edge else line.end
        yield from _Reader(draft, line, Span(start, done)).stated()
        match = trigger.search(folded, done, line.end)


@lru_cache(maxsize=1)
def _marks() -> re.Pattern[str]:
    """What clauses say of the figures after them: the year, whose they are, that parts follow, the channel."""
    words = wordings("claims")
    groups = {
        "year": rf"{YEAR.pattern}(?!.{{0,8}}?(?:{words['other_year']}))",
        "past": words["past"],
        "present": words["present"],
        "own": words["scope"]["own_subject"],
        "wider": words["scope"]["wider"],
        "parts": words["sub_count"],
        "several": words["several_channels"],
        "website": words["website"],
        "social_media": words["social_media"],
    }
    return re.compile("|".join(f"(?P<{name}>{source})" for name, source in groups.items()))


@dataclass(slots=True)
class _Said:
    """What the sentence has said so far: the year, whether parts are listed, whose figures follow, the channels.

    ``past``: an earlier year is spoken of without its number (去年).
    """

    year: int | None = None
    past: bool = False
    parts: bool = False
    wider: bool = False
    channels: set[str] = field(default_factory=set)

    @property
    def channel(self) -> str:
        """The sort of channel named since the last figure: website, social_media, several, or none."""
        if "several" in self.channels or len(self.channels) > 1:
            return "several"
        return next(iter(self.channels), "")


@lru_cache(maxsize=1)
def _of_the_year() -> re.Pattern[str]:
    return re.compile(wordings("claims")["of_the_year"].replace("{year}", YEAR.pattern))


class _Reader:
    """Reads one sentence from left to right: its marks change what is said of the figures and denials after them."""

    def __init__(self, draft: Draft, line: _Line, sentence: Span) -> None:
        self.folded = line.folded
        self.year, self.level = draft.year, draft.body.level
        self.sentence, self.line = sentence, line
        self.said = _Said()
        self.marks = _marks().finditer(self.folded, *self.sentence)
        self.ahead: re.Match[str] | None = None
        self.begun = False
        self.counted_to = self.sentence.start
        self.sum_to = self._sum_over_years()

    def _sum_over_years(self) -> int:
        """Where a sum over several years gives way to this year's part of it (…，其中2024年…); else the beginning."""
        match = _of_the_year().search(self.folded, *self.sentence)
        own = match and (match[1] is None or self.year in (None, year_of(match[1])))
        return match.start() if match and own else self.sentence.start

    def stated(self) -> Iterator[_Stated]:
        """Denials and figures, in the order of the sentence's clauses."""
        figures = iter(figures_in(self.folded, *self.sentence))
        figure = next(figures, None)
        last = self.sentence.start
        for match in _CLAUSE.finditer(self.folded, *self.sentence):
            denies = _DENYING.search(self.folded, *match.span())
            if not denies and (figure is None or figure.span.start >= match.end()):
                continue
            clause = Span(*trimmed(self.folded, *match.span()))
            if denies:
                yield from self._denied(clause)
            while figure and figure.span.start < clause.end:
                yield from self._counted(clause, figure, last)
                last, figure = figure.end, next(figures, None)

    def _advance(self, to: int) -> None:
        """Take the marks before ``to``; a channel named before the last figure was that figure's."""
        if not self.begun:
            self.begun, self.ahead = True, next(self.marks, None)
        while self.ahead and self.ahead.start() < to:
            self._take(self.ahead)
            self.ahead = next(self.marks, None)

    def _take(self, mark: re.Match[str]) -> None:
        kind = mark.lastgroup
        if kind == "parts":
            self.said.parts = self.said.parts or mark.start() != self.sum_to
        elif kind in ("past", "present"):
            self.said.past, self.said.year = kind == "past", None
        elif kind == "year":
            self.said.past, self.said.year = False, year_of(mark[0].rstrip("年").rstrip()) or self.said.year
        elif kind in ("own", "wider"):
            self.said.wider = kind == "wider" and not own_scope(self.level).match(mark[0])
        elif kind and mark.start() >= self.counted_to:
            self.said.channels.add(kind)

    def _has(self, key: str, span: Span) -> bool:
        return pattern("claims", key).search(self.folded, *span) is not None

    def _counts(self, clause: Span, metric: str) -> bool:
        """What is read is of this year (or carried over from the last), and no plan nor a sum over years."""
        if self.said.past and metric != CARRIED_OVER:
            return False
        if self.year is not None and self.said.year not in (None, self.year):
            return False
        return not self._has("planned", clause) and not self._has("cumulative", clause)

    # ---- figures -------------------------------------------------------------------------------------------------
    def _counted(self, clause: Span, figure: Figure, last: int) -> Iterator[_Stated]:
        start = _LINK.match(self.folded, max(clause.start, last), figure.span.start).end()  # type: ignore[union-attr]
        around = self._around(Span(start, figure.span.start), figure, clause)
        fitting = self._fitting(figure, *around)
        channel = ""
        if fitting:
            self._advance(figure.span.start)
            channel = self.said.channel
        self.said.channels.clear()
        self.counted_to = figure.span.start
        words = "#".join(around)
        rule = next((rule for rule in fitting if self._in_context(rule.context, words, channel)), None)
        if rule is None or (rule.metrics[0] == ITEMS and figure.span.start < self.sum_to):
            return
        if self._is_whole(rule, channel) and self._counts(clause, rule.metrics[0]):
            yield from self._claimed(rule, figure, Span(start, figure.end), channel)

    def _claimed(self, rule: Rule, figure: Figure, span: Span, channel: str) -> Iterator[_Stated]:
        metrics = rule.metrics
        if rule.together and figure.value and "各" not in self.folded[span.start : span.end]:
            return  # one figure for reviews and litigation together says neither
        if metrics[0] == ITEMS and channel in ("website", "social_media"):
            metrics = (f"{ITEMS}_{channel}",)
        value, unit = figure.value, figure.unit
        if unit == "万元":
            value, unit = canonical(Decimal(value) * 10_000), "元"
        for metric in metrics:
            yield _Stated(metric, value, unit, span, figure.span, self.said.wider)

    def _around(self, lead: Span, figure: Figure, clause: Span) -> tuple[str, str]:
        """What leads up to the figure, and what follows its unit."""
        before = self.folded[max(lead.start, lead.end - _BEFORE) : lead.end].rstrip()
        return before, self.folded[figure.end : min(clause.end, figure.end + _BEHIND)]

    def _fitting(self, figure: Figure, before: str, after: str) -> list[Rule]:
        """The rules that the words around the figure fit; a comparison fits none."""
        unit = figure.unit.lstrip("余")
        if unit in _SELDOM and not pattern("claims", "counted_so").search(before + after):
            return []
        words = f"{before}#{after}"
        fitting = [
            rule
            for rule in rules_for(unit)
            if rule.needs in words
            and (figure.exact or rule.metrics[0] == ITEMS)
            and rule.before.search(before)
            and (rule.after is None or rule.after.match(after))
            and (rule.unless is None or not rule.unless.search(words))
        ]
        return [] if fitting and pattern("claims", "compared").search(before) else fitting

    def _is_whole(self, rule: Rule, channel: str) -> bool:
        """No part of a total (其中…), but for channels, which have metrics of their own, and what is carried over."""
        if not self.said.parts:
            return True
        return (rule.metrics[0] == ITEMS and channel != "") or rule.metrics[0].startswith("applications_carried")

    def _in_context(self, context: str, around: str, channel: str) -> bool:
        if context == "channel_here":
            return channel != ""
        if context == "applies_here":
            return "申请" in around and pattern("claims", "part_of_applications").search(around) is None
        if context == "applies":
            return "申请" in self.line.context
        if context == "applied_before":
            return "申请" in self.line.before
        return not context or self._spoken_of(context)

    def _spoken_of(self, key: str) -> bool:
        return pattern("claims", key).search(self.line.context) is not None

    # ---- nothing at all ------------------------------------------------------------------------------------------
    def _denied(self, clause: Span) -> Iterator[_Stated]:
        for denial in denials():
            needed = self.folded.find(denial.needs, *clause) >= 0
            match = denial.said.search(self.folded, *clause) if needed else None
            if match and not self._means_something_else(denial, match, clause):
                self._advance(match.end())
                if not self._counts(clause, denial.metric):
                    continue
                unit = "元" if denial.metric == "fees_charged_yuan" else "件"
                span, proof = Span(clause.start, match.end()), Span(*match.span())
                yield _Stated(denial.metric, 0, unit, span, proof, self.said.wider)

    def _means_something_else(self, denial: Denial, match: re.Match[str], clause: Span) -> bool:
        mid = match.groupdict().get("mid") or ""
        words = mid + self.folded[match.end() : min(clause.end, match.end() + _AFTER_DENIAL)]
        if denial.blocked and denial.blocked.search(words):
            return True
        if denial.metric == "fees_charged_yuan":
            return "处理费" not in match[0] and not self._spoken_of("about_disclosure")
        return False
