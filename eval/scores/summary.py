"""A summary against its report: coverage, density and compression, and whether the report has its figures.

Grusky, Naaman and Artzi 2018 (Newsroom: A Dataset of 1.3 Million Summaries with Diverse Extractive Strategies, NAACL),
section 3: extractive fragments are found greedily, the longest first at each place. Chinese is written without spaces,
so characters stand in for words; white space does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from eval.metrics import squeezed
from eval.result import SummaryScore
from extractor.document import Document
from extractor.record import Record
from extractor.text import fold

_NUMERAL = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def score_summary(record: Record | None, document: Document | None) -> SummaryScore:
    """The scores of a record's summary; nothing where there is none."""
    if record is None or document is None or not record.narrative.summary.text.strip():
        return SummaryScore()
    summary = record.narrative.summary
    score = against(summary.text, document.text)
    score.method = summary.method
    return score


def against(summary: str, report: str) -> SummaryScore:
    """A summary's scores against the text it sums up.

    >>> one = against("全年公开5条。", "本局全年公开5条，办结3件。")
    >>> one.characters, round(one.coverage, 3), round(one.density, 3), one.grounded
    (7, 1.0, 5.286, 1)
    """
    bare, source = squeezed(summary), squeezed(report)
    lengths = [len(one) for one in fragments(bare, source)]
    known = set(_numerals(report))
    numerals = _numerals(summary)
    return SummaryScore(
        characters=len(bare),
        coverage=sum(lengths) / len(bare) if bare else None,
        density=sum(length**2 for length in lengths) / len(bare) if bare else None,
        compression=len(source) / len(bare) if bare else None,
        numerals=len(numerals),
        grounded=sum(one in known for one in numerals),
    )


def fragments(summary: str, report: str) -> Iterator[str]:
    """The shared fragments: at each place of the summary the longest piece that the report has, then on behind it.

    >>> list(fragments("abxcd", "zcdzab"))
    ['ab', 'cd']
    """
    at = 0
    while at < len(summary):
        end = at
        while end < len(summary) and summary[at : end + 1] in report:
            end += 1
        if end > at:
            yield summary[at:end]
        at = max(end, at + 1)


def _numerals(text: str) -> list[Decimal]:
    return [Decimal(one.replace(",", "")) for one in _NUMERAL.findall(fold(text))]
