"""A second report in the same file: where it begins, if there is one.

It is told by its parts, which follow once more, each with its own words, behind those of the first. A list of titles
before or after the report has nothing between them; annexes repeat the titles of tables and no others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extractor.document import Document
from extractor.sections.headings import Heading
from extractor.sections.titles import ALIAS, Line

FEWEST_REPEATED = 4
"""Parts that must stand twice: the three with tables stand twice in a report with annexes."""

FEWEST_REPEATED_AFTER_TITLE = 2
"""… where a title that names another body or year stands between them."""

LONGEST_TITLE_LINE = 90
_TITLE = re.compile(
    r"[\s#*《]*(?P<body>[^。;!?>|]{0,60}?)(?:政府信息公开|政务公开|信息公开)[^。;!?>|]{0,24}?(?:报告|年报)"
    r"(?P<behind>\([^()]{1,16}\))?[\s#*》]*"
)
_YEAR = re.compile(r"(20\d\d)\s?年(?:度)?")
_NO_LETTER = re.compile(r"[\W_]+|关于")


def further_report(document: Document, lines: list[Line], headings: Sequence[Heading]) -> int | None:
    """Where a second report begins, or None; ``headings`` are the candidates, in order, with the empty ones marked."""
    filled = [heading for heading in headings if not heading.empty]
    for at in range(1, len(filled)):
        if filled[at].index <= filled[at - 1].index and (start := _begins(document, lines, filled, at)) is not None:
            return start
    return None


def _begins(document: Document, lines: list[Line], filled: list[Heading], at: int) -> int | None:
    """Where the report begins whose first part's heading may be ``filled[at]``."""
    before, behind = _parts(filled[:at]), _parts(filled[at:])
    repeated = before & behind
    if len(repeated) < FEWEST_REPEATED_AFTER_TITLE or not _in_order(filled[at:]):
        return None
    titles = _titles(document, lines, filled[at - 1].last_line + 1, filled[at].line)
    own = _titles(document, lines, 0, filled[0].line)
    if any(_names_another(one, other) for _, one in titles[:1] for _, other in own[-1:]):
        return titles[0][0]
    if len(repeated) < FEWEST_REPEATED:
        return None
    return titles[0][0] if titles else filled[at].start


def _parts(headings: Sequence[Heading]) -> set[int]:
    """The parts named by headings in full; there are none where fewer than two are."""
    full = {heading.index for heading in headings if heading.likeness >= ALIAS}
    return full if len(full) > 1 else set()


def _in_order(headings: Sequence[Heading]) -> bool:
    """The first two full headings are of rising parts."""
    full = [heading.index for heading in headings if heading.likeness >= ALIAS][:2]
    return all(one < other for one, other in pairwise(full))


def _titles(document: Document, lines: list[Line], first: int, last: int) -> list[tuple[int, re.Match[str]]]:
    """The lines ``first:last`` that are titles of reports: where each begins, and what it says."""
    found = []
    for line in lines[first:last]:
        match = _TITLE.fullmatch(document.folded, line.start, min(line.end, line.start + LONGEST_TITLE_LINE))
        if match and line.end - line.start <= LONGEST_TITLE_LINE:
            found.append((line.start, match))
    return found


def _names_another(one: re.Match[str], other: re.Match[str]) -> bool:
    """Two titles name different years, or bodies of which neither is the end of the other."""
    years = [_YEAR.search(match[0]) for match in (one, other)]
    if all(years) and len({year[1] for year in years if year}) > 1:
        return True
    a, b = (_NO_LETTER.sub("", _YEAR.sub("", match["body"])) for match in (one, other))
    return bool(a and b) and not a.endswith(b) and not b.endswith(a)
