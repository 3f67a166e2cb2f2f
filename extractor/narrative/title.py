"""The report's title: found among the first lines, joined where a line break cut it, taken out of a covering notice."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from extractor.document import Document, Table
from extractor.forms import Form
from extractor.narrative.bodies import begins_name, is_body
from extractor.narrative.dates import YEAR, year_of
from extractor.narrative.prose import Span, lines_in
from extractor.narrative.wordings import pattern

FIRST_LINES = 40
LONGEST_TITLE = 90
LONGEST_FRAGMENT = 40
MOST_FRAGMENTS = 4

_STOPS = re.compile(r"[。;!?>|]")
_BREAKS = re.compile(r"[:,。;/>|]")
_LABEL = re.compile(r"^.*:")
_NOTICE = re.compile(r"关于(?:印发|公布|发布|公开|报送)?(.+?)的(?:通知|公告|函|通告)$")
_LINKING = re.compile(r"^关于|关于$|的$|\([^()]*\)(?![一-鿿])|\(\)|^\([^()]*\)|^[-_、]+|[-_、]+$")
_HAN = re.compile(r"[一-鿿]")
_TITLE_YEAR = re.compile(YEAR.pattern.removesuffix("年") + "(?:年度?)?")
_YEAR_LINE = re.compile(rf"\(?\s?{YEAR.pattern}\s?度?\s?\)?")


@dataclass(frozen=True, slots=True)
class Title:
    """A title as written, without line breaks and layout spaces; the body and the year it names.

    ``wrapped``: it stands inside the title of a covering notice.
    """

    words: str
    span: Span
    body: str | None
    year: int | None
    year_span: Span | None
    wrapped: bool = False


@dataclass(frozen=True, slots=True)
class _Fragment:
    """A line, or several joined: as written and folded, without spaces, with the offset of each character."""

    text: str
    folded: str
    offsets: tuple[int, ...]


def title_of(document: Document, form: Form, end: int) -> Title | None:
    """The best candidate among the first lines before ``end``: one that names a year and a body, no covering notice."""
    lines = _first_lines(document, end)
    tails = _tails(form)
    best: tuple[int, Title] | None = None
    for at, line in enumerate(lines):
        if line.end - line.start <= LONGEST_TITLE and tails.search(document.folded, line.start, line.end):
            title = _title_ending_at(document, lines, at, form)
            title = _with_year_below(document, title, lines[at + 1 : at + 2]) if title else None
            rank = _rank(title) if title else 0
            if title and (best is None or rank > best[0]):
                best = (rank, title)
    return best[1] if best else _glued(document, lines, form)


def _glued(document: Document, lines: list[Span], form: Form) -> Title | None:
    """A title that lost its line break, at the beginning of a paragraph and set off by a space or mark."""
    for line in lines[:MOST_FRAGMENTS]:
        match = _leading_name(form).match(document.folded, line.start, min(line.end, line.start + LONGEST_TITLE))
        if match:
            return _made(_unwrapped(_fragment(document, Span(line.start, match.end()))), form)
    return None


@lru_cache(maxsize=16)
def _leading_name(form: Form) -> re.Pattern[str]:
    names = "|".join(sorted((re.escape(name) for name in form.titles.names), key=len, reverse=True))
    return re.compile(rf"[^。;:!?,]{{0,60}}?(?:{names})(?=[\s*》])")


def _rank(title: Title) -> int:
    return (2 if title.year else 0) + (2 if title.body else 0) - (1 if title.wrapped else 0)


def _first_lines(document: Document, end: int) -> list[Span]:
    lines = lines_in(document, 0, end)[:FIRST_LINES]
    single = [
        Span(row[0].start, row[0].end)
        for block in document.blocks[:FIRST_LINES]
        if isinstance(block, Table) and block.start < end
        for row in block.rows[:MOST_FRAGMENTS]
        if len(row) == 1
    ]
    return sorted([*lines, *single]) if single else lines


def _fragment(document: Document, line: Span) -> _Fragment:
    text, folded = document.text, document.folded
    kept = [at for at in range(line.start, line.end) if not folded[at].isspace()]
    return _Fragment("".join(text[at] for at in kept), "".join(folded[at] for at in kept), tuple(kept))


@lru_cache(maxsize=16)
def _tails(form: Form) -> re.Pattern[str]:
    return re.compile("|".join(sorted({r"\s*".join(map(re.escape, name[-2:])) for name in form.titles.names})))


@lru_cache(maxsize=16)
def _name(form: Form) -> re.Pattern[str]:
    """How the report names itself: its names' first letters … their last ones (工作的年度报告, 工作2025年度报告)."""
    heads = "|".join(sorted({re.escape(name[:4]) for name in form.titles.names}))
    tails = "|".join(sorted({re.escape(name[-2:]) for name in form.titles.names}))
    return re.compile(rf"(?:{heads}).{{0,24}}?(?:{tails})(?:\([^()]{{1,16}}\))?$")


def _title_ending_at(document: Document, lines: list[Span], at: int, form: Form) -> Title | None:
    """The title that ends on line ``at``, with the lines before it that belong to it."""
    joined = _unwrapped(_fragment(document, lines[at]))
    for first in range(at, max(-1, at - MOST_FRAGMENTS), -1):
        if first < at:
            above = _fragment_above(document, lines[first])
            if above is None:
                return None
            joined = _join(above, joined)
        if _STOPS.search(joined.folded) or len(joined.folded) > LONGEST_TITLE:
            return None
        title = _made(joined, form)
        if title:
            return _with_lines_above(document, lines[max(0, first - MOST_FRAGMENTS) : first], joined, title, form)
    return None


def _fragment_above(document: Document, line: Span) -> _Fragment | None:
    """A line that can be the beginning of a title: short, without stops."""
    if line.end - line.start > LONGEST_FRAGMENT or _BREAKS.search(document.folded, line.start, line.end):
        return None
    return _unwrapped(_fragment(document, line))


def _with_lines_above(document: Document, lines: list[Span], joined: _Fragment, title: Title, form: Form) -> Title:
    """``title`` with those of the ``lines`` above that hold its year, its body or the beginning of that body's name."""
    for line in reversed(lines):
        above = _fragment_above(document, line)
        if above is None or not _belongs_above(above.folded, title):
            break
        longer = _join(above, joined)
        if len(longer.folded) > LONGEST_TITLE or (whole := _made(longer, form)) is None:
            break
        joined, title = longer, whole
    return title


def _with_year_below(document: Document, title: Title, below: list[Span]) -> Title:
    """``title`` with the line below it where that is nothing but the year it lacks: （2024年度）."""
    match = _YEAR_LINE.fullmatch(document.folded, *below[0]) if below and title.year is None else None
    if match is None:
        return title
    words = title.words + _fragment(document, below[0]).text
    span = Span(title.span.start, below[0].end)
    return replace(title, words=words, span=span, year=year_of(match[1]), year_span=Span(*match.span(1)))


def _belongs_above(line: str, title: Title) -> bool:
    words = _TITLE_YEAR.sub("", line).strip("()-")
    if words != line and title.year is not None:
        return False
    if not words:
        return words != line
    return begins_name(words, title.body) if title.body else is_body(words)


def _made(joined: _Fragment, form: Form) -> Title | None:
    notice = _NOTICE.search(joined.folded)
    if notice:
        joined = _unwrapped(_part(joined, notice.start(1), notice.end(1)))
    label = _LABEL.match(joined.folded)
    joined = _unwrapped(_part(joined, label.end(), len(joined.folded))) if label else joined
    match = _name(form).search(joined.folded)
    if match is None:
        return None
    year = _TITLE_YEAR.search(joined.folded)
    span = Span(joined.offsets[0], joined.offsets[-1] + 1)
    body = _body(joined.folded[: match.start()])
    if year is None:
        return Title(joined.text, span, body, None, None, notice is not None)
    place = Span(joined.offsets[year.start(1)], joined.offsets[year.end(1) - 1] + 1)
    return Title(joined.text, span, body, year_of(year[1]), place, notice is not None)


def _body(before: str) -> str | None:
    """What the title names before the report's own name, without year and linking words."""
    words = _TITLE_YEAR.sub("", before)
    words = pattern("bodies", "joined_topic").sub("", words)
    words = _LINKING.sub("", words)
    return words if _HAN.search(words) else None


def _unwrapped(fragment: _Fragment) -> _Fragment:
    inner = fragment.folded.strip("#*《<》>\"'")
    start = fragment.folded.find(inner)
    return fragment if inner == fragment.folded else _part(fragment, start, start + len(inner))


def _part(fragment: _Fragment, start: int, end: int) -> _Fragment:
    return _Fragment(fragment.text[start:end], fragment.folded[start:end], fragment.offsets[start:end])


def _join(one: _Fragment, other: _Fragment) -> _Fragment:
    return _Fragment(one.text + other.text, one.folded + other.folded, one.offsets + other.offsets)
