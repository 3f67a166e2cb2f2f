"""A report's parts: which candidates are the headings, and where each part ends."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from extractor.document import Document, Table
from extractor.draft import Section, Sections
from extractor.forms import Part
from extractor.numbering import NESTED_STYLES, TOP_STYLES, leading
from extractor.sections.further import further_report
from extractor.sections.headings import ALIKE, LONGEST_TITLE, SENTENCE, Heading, headings_of
from extractor.sections.titles import CANONICAL, Line, Titles, lines_of, titles_of
from extractor.text import fold, squash

SHORTEST_LIST = 3
"""Titles in a row, nothing between, that make a mere list of titles."""

SHORTEST_PART = 3
"""Characters between two headings inside a paragraph that make them more than a list of titles."""

_APPENDIX = re.compile(r"附(?:件|表|录|图)\s?[一二三四五六\d]{0,2}(?:[:、.\s]|$|[一-鿿]{2,30}$)")
_ENOUGH = 1.5
"""What a candidate must score: a long title without a number does, a short one needs the report's own numbering."""

_PREAMBLE = re.compile(
    r"统计(?:期限|时限|时间)|编制(?:说明|本|此|而成|并|发布|完成)|联系(?:电话|地址|人)|电话:|电子版|现(?:将|予|就|向|公布|发布)"
)


def find_sections(document: Document, parts: Sequence[Part]) -> Sections:
    """The form's parts in the report's order, none overlapping; a part that cannot be found is not in the result.

    ``Section.start:end`` is what follows the heading up to the next one (or an unknown part); a heading that was
    lost has ``heading_start == heading_end == start``. Of two reports in one file the first is taken, and
    ``Sections.further`` says where the second begins.
    """
    titles = titles_of(tuple(parts))
    lines = lines_of(document)
    headings = _marked_empty(document, lines, headings_of(document, lines, titles))
    further = further_report(document, lines, headings)
    if further is None:
        return _sections(document, titles, lines, headings)
    lines = [line for line in lines if line.start < further]
    headings = [heading for heading in headings if heading.start < further]
    return replace(_sections(document.before(further), titles, lines, headings), further=further)


def _sections(document: Document, titles: Titles, lines: list[Line], headings: list[Heading]) -> Sections:
    """The parts of a document that holds one report."""
    before_list = _without_closing_list(document, headings)
    chosen = _chosen(before_list)
    chosen += _glued(document.folded, titles, chosen) if len(chosen) < len(titles.parts) else []
    chosen.sort(key=lambda heading: heading.start)
    chosen += _lost(document, lines, titles, chosen)
    chosen.sort(key=lambda heading: heading.start)
    ends = _unknown_parts(document, lines, titles, chosen) + _appendix(document, lines, chosen)
    ends += [heading.start for heading in headings[len(before_list) :]]
    sections = _cut(document, titles, chosen, ends)
    return _with_overview(document, lines, titles, sections)


# ---- choice ------------------------------------------------------------------------------------------------------
def _marked_empty(document: Document, lines: list[Line], headings: list[Heading]) -> list[Heading]:
    """Which candidates have nothing between them and the next candidate, or the end of the text."""
    ends = [*(heading.start for heading in headings), len(document.text)][1:]
    tables = document.tables
    marks = sorted([picture.start for picture in document.pictures] + [table.start for table in tables])
    inside = [table.start for table in tables]
    return [
        replace(heading, empty=True)
        if heading.alone
        and _next_line(lines, heading) >= end
        and bisect_left(marks, heading.end) == bisect_right(marks, end)
        and not _within(tables, inside, heading)
        else heading
        for heading, end in zip(headings, ends, strict=True)
    ]


def _next_line(lines: list[Line], heading: Heading) -> int:
    following = heading.last_line + 1
    return lines[following].start if following < len(lines) else lines[-1].end + 1


def _within(tables: list[Table], starts: list[int], heading: Heading) -> bool:
    """The heading is a row of a table that goes on after it."""
    at = bisect_right(starts, heading.start) - 1
    return at >= 0 and tables[at].end > heading.end


def _without_closing_list(document: Document, headings: list[Heading]) -> list[Heading]:
    """``headings`` without a list of bare titles at the very end, where tables were pictures that got lost."""
    at = len(headings)
    while at and headings[at - 1].empty:
        at -= 1
    ends_text = at < len(headings) and not document.text[headings[-1].end :].strip()
    return headings[:at] if len(headings) - at >= SHORTEST_LIST and ends_text else headings


def _chosen(headings: list[Heading]) -> list[Heading]:
    """The best chain in the form's order, then strong candidates for parts that the chain leaves out.

    Out of order a title that is only much alike is an item of a list (三、依申请公开办理不规范).
    """
    style = _usual_style(headings)
    scored = [(heading, _score(heading, style)) for heading in headings]
    scored = [(heading, score) for heading, score in scored if score >= _ENOUGH or heading.empty]
    chain = _best_chain(scored)
    have = {heading.index for heading in chain}
    for heading, score in sorted(scored, key=lambda item: -item[1]):
        if heading.index not in have and score >= CANONICAL and heading.likeness > ALIKE and not heading.empty:
            chain.append(heading)
            have.add(heading.index)
    return sorted(chain, key=lambda heading: heading.start)


def _usual_style(headings: list[Heading]) -> str | None:
    """How this report numbers its parts: the commonest style over headings that read as the form prints them."""
    plain = [heading for heading in headings if heading.likeness >= CANONICAL and heading.alone] or headings
    counts = Counter(heading.style for heading in plain)
    order = {style: -i for i, style in enumerate((*TOP_STYLES, "arabic", None))}
    return max(counts, key=lambda style: (counts[style], order.get(style, -9)), default=None)


def _score(heading: Heading, usual: str | None) -> float:
    score = heading.likeness + (1.0 if heading.level else 0.0)
    score += 0.0 if heading.number is None else 2.0 if heading.number == heading.index + 1 else -0.5
    if heading.style == usual:
        score += 2.0
    elif usual == "arabic" and heading.style == "cn" and heading.number == heading.index + 1:
        pass  # 一、二、3、4、五、六: the form's own numbering, given up in between
    elif heading.style in NESTED_STYLES:
        score -= 4.0
    elif not heading.level:
        score -= 1.5
    return score - (3.0 if heading.empty else 0.0)


def _best_chain(scored: list[tuple[Heading, float]]) -> list[Heading]:
    """The chain of rising parts with the highest sum; of equals the later one (a list of titles comes first)."""
    ends: dict[int, tuple[float, int]] = {}
    before: list[int] = []
    for i, (heading, score) in enumerate(scored):
        total, link = max((ends[index] for index in ends if index < heading.index), default=(0.0, -1))
        before.append(link)
        ends[heading.index] = max(ends.get(heading.index, (0.0, -1)), (total + max(score, 0.1), i))
    at = max(ends.values(), default=(0.0, -1))[1]
    chain: list[Heading] = []
    while at >= 0:
        chain.append(scored[at][0])
        at = before[at]
    return chain[::-1]


# ---- what is no plain heading ------------------------------------------------------------------------------------
def _glued(folded: str, titles: Titles, chosen: list[Heading]) -> list[Heading]:
    """Numbered headings inside paragraphs, right after a stop or a space, for parts that no line names."""
    have = {heading.index for heading in chosen}
    found: dict[int, Heading] = {}
    matches = list(_inline_headings(titles.parts).finditer(folded))
    for match, following in zip(matches, [*matches, None][1:], strict=True):
        if following and following.start() - match.end() < SHORTEST_PART:
            continue  # a list of titles
        index, likeness = titles.exact[squash(match["title"])]
        if index not in have and _number_of(match["number"]) == titles.parts[index].number:
            found[index] = Heading(-1, -1, match.start(), match.end(), index, likeness, "cn", index + 1, alone=False)
    return list(found.values())


@lru_cache(maxsize=16)
def _inline_headings(parts: tuple[Part, ...]) -> re.Pattern[str]:
    wordings = sorted((fold(words) for part in parts for words in (part.title, *part.aliases)), key=len, reverse=True)
    title = "|".join(re.escape(words) for words in wordings)
    return re.compile(rf"(?<=[。;!? *])(?P<number>[一二三四五六七八九十]{{1,2}})、\s?(?P<title>{title})[\s:。*]+")


def _number_of(words: str) -> int | None:
    ordinal = leading(f"{words}、", f"{words}、", 0, len(words) + 1)
    return ordinal.number if ordinal else None


def _lost(document: Document, lines: list[Line], titles: Titles, chosen: list[Heading]) -> list[Heading]:
    """Parts without a heading whose beginning a heading inside them gives away (``Part.cues``)."""
    have = {heading.index for heading in chosen}
    found: list[Heading] = []
    for index in sorted(set(titles.cues.values()) - have):
        after = max((heading.end for heading in chosen if heading.index < index), default=0)
        before = min((heading.start for heading in chosen if heading.index > index), default=len(document.text))
        for number, line in enumerate(lines):
            if after <= line.start < before and _cue(document.folded, titles, line) == index:
                found.append(Heading(number, number, line.start, line.start, index, ALIKE, None, None))
                break
    return found


def _cue(folded: str, titles: Titles, line: Line) -> int | None:
    """The part that ``line`` gives away as a heading inside it."""
    short = line.end - line.words <= LONGEST_TITLE
    return titles.cues.get(squash(folded[line.words : line.end])) if short else None


def _unknown_parts(document: Document, lines: list[Line], titles: Titles, chosen: list[Heading]) -> list[int]:
    """Where parts begin that the form does not know (七、附件): the next number in the report's own style."""
    starts: list[int] = []
    for heading, following in zip(chosen, [*chosen, None][1:], strict=True):
        if heading.style in (*TOP_STYLES, "arabic") and heading.line >= 0:
            limit = following.number if following and following.style == heading.style else None
            last = following.line if following and following.line >= 0 else len(lines)
            starts += _unknown_after(document.folded, titles, heading, lines[heading.last_line + 1 : last], limit)
    return starts


def _unknown_after(folded: str, titles: Titles, heading: Heading, lines: list[Line], limit: int | None) -> list[int]:
    starts: list[int] = []
    current = heading.number or 0
    for line in lines:
        ordinal = line.ordinal
        if ordinal is None or ordinal.style != heading.style or ordinal.number is None:
            continue
        if ordinal.number <= current:
            return starts  # a list inside the part that numbers as the parts do
        if ordinal.number != current + 1 or not _is_bare(folded, line):
            continue
        current = ordinal.number
        if limit is not None and current >= limit:
            return []
        if _cue(folded, titles, line) != heading.index:
            starts.append(line.start)
    return starts


def _appendix(document: Document, lines: list[Line], chosen: list[Heading]) -> list[int]:
    """Where appendices begin behind the last part (附表1 …)."""
    behind = lines[chosen[-1].last_line + 1 :] if chosen and chosen[-1].line >= 0 else []
    found = (line.start for line in behind if _APPENDIX.match(document.folded, line.start, line.end))
    return list(islice(found, 1))


def _is_bare(folded: str, line: Line) -> bool:
    return line.end - line.words <= LONGEST_TITLE and not SENTENCE.search(folded, line.words, line.end)


# ---- result ------------------------------------------------------------------------------------------------------
def _cut(document: Document, titles: Titles, chosen: list[Heading], unknown: list[int]) -> Sections:
    stops = sorted([heading.start for heading in chosen] + unknown + [len(document.text)])
    parts = []
    for heading in chosen:
        key = titles.parts[heading.index].key
        end = stops[bisect_right(stops, heading.start)]
        parts.append(Section(key, heading.start, heading.end, heading.end, max(heading.end, end)))
    return Sections((0, parts[0].heading_start if parts else len(document.text)), parts)


def _with_overview(document: Document, lines: list[Line], titles: Titles, sections: Sections) -> Sections:
    """``sections`` with the first part from the text's start, where its heading is lost and it has sentences."""
    if not titles.parts or sections.get(titles.parts[0].key) or not sections.parts:
        return sections
    end = sections.parts[0].heading_start
    body = [line for line in lines if line.end <= end and _is_body(document.folded, line)]
    if not body:
        return sections
    start = body[0].start
    first = Section(titles.parts[0].key, start, start, start, end)
    return Sections((0, start), [first, *sections.parts])


def _is_body(folded: str, line: Line) -> bool:
    """A sentence of the report's own text: no heading, no title, none of the preamble's sentences."""
    return "。" in folded[line.start : line.end] and not _PREAMBLE.search(folded, line.start, line.end)
