"""Who reports on which year: title, body, year, period and day of signing, with the conflicts between them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from extractor.draft import Draft
from extractor.finding import Words, make
from extractor.forms import builtin_forms
from extractor.narrative.bodies import level_of
from extractor.narrative.closing import Closing, closing_of
from extractor.narrative.dates import YEAR, Stated, period_apart, periods, year_of
from extractor.narrative.organisation import Organisation, organisation_of
from extractor.narrative.prose import Span, note
from extractor.narrative.title import Title, title_of
from extractor.narrative.wordings import pattern, wordings
from extractor.record import Body
from extractor.text import fold

PERIOD_CUE_REACH = 60
"""How far before a period the word for it may stand."""

PERIOD_REACH = 60
"""How far around its last day a period is looked for, outside the preamble."""


@dataclass(frozen=True, slots=True)
class _YearStated:
    """A year, where it is stated, and the name of that place (identity.toml)."""

    year: int
    span: Span
    place: str

    @property
    def pointer(self) -> str:
        """What the place fills."""
        return {"period": "/period", "signature": "/published"}.get(self.place, "/year")


def read_identity(draft: Draft) -> None:
    """Fill title, organisation, body, year, period and published of ``draft``, and say where they disagree."""
    document = draft.document
    form = draft.form or builtin_forms()[0]
    title = title_of(document, form, draft.sections.preamble[1])
    closing = _closing(draft)
    text = _text_years(draft)
    stated = _period(draft, title.year if title and title.year else text[0].year if text else None)
    _fill_title(draft, title)
    _fill_organisation(draft, organisation_of(draft, title, closing))
    _fill_dates(draft, stated, closing)
    _fill_year(draft, _years(draft, title, stated, text))
    _report_further(draft)


def _closing(draft: Draft) -> Closing:
    """The signature at the end of the last part, or else at the end of the text."""
    document, parts = draft.document, draft.sections.parts
    start, end = (parts[-1].start, parts[-1].end) if parts else (0, len(document.text))
    closing = closing_of(document, start, end)
    return closing if closing.body or closing.day else closing_of(document, start, len(document.text))


# ---- what is filled ----------------------------------------------------------------------------------------------
def _fill_title(draft: Draft, title: Title | None) -> None:
    if title:
        draft.title = title.words
        note(draft, "/title", title.span)


def _fill_organisation(draft: Draft, organisation: Organisation | None) -> None:
    if organisation is None:
        return
    draft.organisation = organisation.name
    draft.body = Body(level_of(fold(organisation.name), draft.document.folded), organisation.region)
    for pointer in ("/organisation", "/body/level"):
        note(draft, pointer, organisation.span)
    if organisation.doubt:
        name, reason = organisation.name, organisation.doubt
        finding = make("organisation_uncertain", ["/organisation"], cause="source", name=name, reason=reason)
        draft.findings.append(finding)


def _fill_dates(draft: Draft, stated: Stated | None, closing: Closing) -> None:
    if stated:
        draft.period = stated.period
        note(draft, "/period", stated.span)
    if closing.day and closing.day_span:
        draft.published = closing.day
        note(draft, "/published", closing.day_span)


def _fill_year(draft: Draft, years: list[_YearStated]) -> None:
    """The year most places state; of equals the one of the more trusted place."""
    if not years:
        return
    counts = [sum(other.year == one.year for other in years) for one in years]
    best = years[max(range(len(years)), key=lambda i: (counts[i], -i))]
    draft.year = best.year
    note(draft, "/year", best.span)
    against = [one for one in years if one.year != best.year]
    if draft.published and draft.published.year < best.year:
        source = draft.evidence["/published"].source
        against.append(_YearStated(draft.published.year, Span(source.start or 0, source.end or 0), "signature"))
    if against:
        _report_conflict(draft, [best, *against])


def _report_conflict(draft: Draft, years: list[_YearStated]) -> None:
    text, places = draft.document.text, wordings("identity")["places"]
    quotes = [(places[one.place], "".join(text[one.span.start : one.span.end].split())) for one in years]
    words = Words(
        "，".join(f"{place['zh']}写“{quote}”" for place, quote in quotes),
        ", ".join(f"{place['en']} says “{quote}”" for place, quote in quotes),
    )
    pointers = list(dict.fromkeys(["/year", *(one.pointer for one in years)]))
    draft.findings.append(make("year_conflict", pointers, cause="source", stated=words, year=years[0].year))


def _report_further(draft: Draft) -> None:
    """Say that the file goes on with another report."""
    if draft.sections.further is not None:
        pointers = ["/source", "/title", "/organisation", "/year"]
        draft.findings.append(make("several_reports", pointers, cause="source", title=draft.title or "-"))


# ---- what is looked for ------------------------------------------------------------------------------------------
def _period(draft: Draft, year: int | None) -> Stated | None:
    """The period the report says its figures are of: first in the preamble, then anywhere."""
    folded = draft.document.folded
    start, end = draft.sections.preamble
    anchors = pattern("identity", "period_anchor").finditer(folded, end)
    around = ((max(end, match.start() - PERIOD_REACH), match.end() + PERIOD_REACH) for match in anchors)
    for a, b in ((start, end), *around):
        for stated in periods(folded, a, b, year):
            if _is_report_period(folded, stated):
                return stated
    return period_apart(folded, start, end)


def _is_report_period(folded: str, stated: Stated) -> bool:
    """A period with a cue before it, or a whole year."""
    begin, close = stated.period.start, stated.period.end
    if (begin.month, begin.day, close.month, close.day) == (1, 1, 12, 31) and begin.year == close.year:
        return True
    before = folded[max(0, stated.span.start - PERIOD_CUE_REACH) : stated.span.start]
    return pattern("identity", "period_cue").search(before.rpartition("。")[2]) is not None


def _years(draft: Draft, title: Title | None, stated: Stated | None, text: list[_YearStated]) -> list[_YearStated]:
    """Every place that states the reporting year, the most trusted first.

    The text has a voice where no other place speaks, where others disagree, or where it never speaks of their year.
    """
    years = [_YearStated(title.year, title.year_span, "title")] if title and title.year and title.year_span else []
    years += _opening(draft, "named_year", *draft.sections.preamble, "preamble")[:1]
    if stated:
        years += [_YearStated(year, stated.span, "period") for year in sorted(set(stated.years))]
    spoken = {one.year for one in text}
    heard = {one.year for one in years}
    if text and (len(heard) != 1 or (len(years) == 1 and not heard & spoken)):
        years.append(text[0])
    return years


def _text_years(draft: Draft) -> list[_YearStated]:
    """The years that clauses of the overview open with, the commonest first."""
    overview = draft.sections.parts[0] if draft.sections.parts else None
    start, end = (overview.start, overview.end) if overview else draft.sections.preamble
    found = _opening(draft, "text_year", start, end, "text")
    counts = Counter(one.year for one in found)
    return sorted(found, key=lambda one: (-counts[one.year], one.span.start))


def _opening(draft: Draft, key: str, start: int, end: int, place: str) -> list[_YearStated]:
    found = []
    for match in _pattern(key).finditer(draft.document.folded, start, end):
        year = year_of(match["year"])
        if year:
            found.append(_YearStated(year, Span(match.start("year"), match.end("year")), place))
    return found


@lru_cache(maxsize=4)
def _pattern(key: str) -> re.Pattern[str]:
    year = YEAR.pattern.replace("((?:", "(?P<year>(?:", 1)
    return re.compile(wordings("identity")[key].replace("{year}", year), re.MULTILINE)
