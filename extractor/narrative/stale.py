"""Sentences left over from an earlier year's report (2022年本机关…未收费 in a report on 2024)."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.draft import Draft
from extractor.finding import make
from extractor.narrative.dates import YEAR, year_of
from extractor.narrative.prose import Span
from extractor.narrative.wordings import pattern

MOST = 5
"""Findings of this sort in one report; more would say nothing new."""

SHORTEST_STATEMENT = 8
"""Characters of a line that can state something of a year."""

LONGEST_QUOTE = 40
_LOOK = 60


def find_stale_years(draft: Draft, lines: Sequence[Span]) -> None:
    """Report clauses of ``lines`` that open with an earlier year and then state something of the body itself.

    Comparisons, decisions and documents of earlier years, assessments and plans do not count (identity.toml).
    """
    if draft.year is None:
        return
    document = draft.document
    found = 0
    for line in lines:
        if line.end - line.start < SHORTEST_STATEMENT:
            continue
        for match in YEAR.finditer(document.folded, *line):
            year = year_of(match[1])
            if (
                year
                and year < draft.year
                and found < MOST
                and _is_own(document.folded, match.start(), match.end(), line)
            ):
                _report(draft, Span(match.start(), line.end))
                found += 1


def _is_own(folded: str, start: int, end: int, line: Span) -> bool:
    """The year opens its clause, the body's own statement follows, and nothing in it looks back."""
    before = folded[line.start : start].rstrip()
    if before and before[-1] not in "。;,:)、":
        return False
    stop = folded.find("。", end, line.end)
    clause = folded[end : min(stop if stop >= 0 else line.end, end + _LOOK)]
    return bool(pattern("identity", "own_statement").match(clause)) and not pattern("identity", "looks_back").search(
        clause
    )


def _report(draft: Draft, span: Span) -> None:
    text = draft.document.text
    stop = text.find("。", *span)
    end = min(stop if stop >= 0 else span.end, span.start + LONGEST_QUOTE)
    pointers, quote = ["/year", *draft.narrative.pointers_at(span.start)], "".join(text[span.start : end].split())
    draft.findings.append(make("stale_year", pointers, cause="source", year=draft.year, quote=quote))
