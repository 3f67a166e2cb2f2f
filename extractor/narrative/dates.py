"""Years, days and periods as reports write them: 2024年, 二〇二四年, 20 24年, 2024.1.13, 202411日至20241231日."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import NamedTuple

from extractor.narrative.prose import Span
from extractor.numbering import cardinal
from extractor.record import Period

_CN = "〇○零OoΟ一二三四五六七八九"
_VALUE = {sign: i for i, signs in enumerate(["〇○零OoΟ", *"一二三四五六七八九"]) for sign in signs}
_Y = rf"(?:2\s?0\s?\d\s?\d|二[{_CN}]{{3}})"
_FIRST_Y = rf"(?:2(?<![\d.]2)\s?0\s?\d\s?\d|二[{_CN}]{{3}})"  # begins with a letter: twice as fast to search for
_N = r"(?:\d\s?\d?|[元一二三四五六七八九十]{1,3})"

YEAR = re.compile(rf"({_FIRST_Y})\s?年")
"""A year in running text (on folded text)."""

_TO = r"\s{0,3}(?:零时|0时|0:00|00:00)?\s{0,3}[起开]?始?\s{0,3},?\s{0,3}(?:至|到|-{1,6}|~|一)\s{0,3}"
_RANGE = re.compile(
    rf"(?:(?P<y1>{_Y})\s{{0,3}}年度?\s{{0,3}})?(?P<m1>{_N})\s{{0,3}}月\s{{0,3}}(?:(?P<d1>{_N})\s{{0,3}}[日号])?{_TO}"
    rf"(?:(?P<y2>{_Y})\s{{0,3}}年度?\s{{0,3}})?(?P<m2>{_N})\s{{0,3}}月\s{{0,3}}(?:(?P<d2>{_N})\s{{0,3}}[日号])?"
    rf"|(?P<y3>20\d\d)[./-](?P<m3>\d{{1,2}})[./-](?P<d3>\d{{1,2}}){_TO}"
    rf"(?:(?P<y4>20\d\d)[./-])?(?P<m4>\d{{1,2}})[./-](?P<d4>\d{{1,2}})(?!\d)"
    rf"|(?P<y5>20\d\d)(?P<m5>\d)(?P<d5>\d)日{_TO}(?P<y6>20\d\d)?(?P<m6>\d\d)(?P<d6>\d\d)日"
)
"""A period; the last form is what is left of 2024年1月1日 where a converter dropped 年 and 月 with their spaces."""

_DAY = re.compile(
    rf"(?P<y>{_Y})\s?年\s?(?P<m>{_N})\s?月\s?(?P<d>{_N})\s?[日号]"
    r"|(?P<y_>20\d\d)\s?[./-]\s?(?P<m_>\d{1,2})\s?[./-]\s?(?P<d_>\d{1,2})(?!\d)"
)


_APART = re.compile(r"(?:截至|截止到?|至)(?P<last>[^。;,自]{6,20}?日)[^。;]{0,12}?自(?P<first>[^。;,]{6,20}?日)起")


class Stated(NamedTuple):
    """A period with the place it stands at; ``years`` are those written (none, one or two)."""

    period: Period
    years: tuple[int, ...]
    span: Span


def year_of(words: str) -> int | None:
    """The year that digits or Chinese digits name.

    >>> year_of("2 024"), year_of("二〇二三"), year_of("二零一九")
    (2024, 2023, 2019)
    """
    digits = [_VALUE[sign] if sign in _VALUE else int(sign) for sign in words if not sign.isspace()]
    return int("".join(map(str, digits))) if len(digits) == 4 else None


def day_in(folded: str, start: int, end: int) -> tuple[date, Span] | None:
    """The last date within ``start:end`` with its place."""
    found = None
    for match in _DAY.finditer(folded, start, end):
        parts = [match["y"] or match["y_"], match["m"] or match["m_"], match["d"] or match["d_"]]
        day = _date(year_of(parts[0]), _ordinal(parts[1]), _ordinal(parts[2]))
        found = (day, Span(match.start(), match.end())) if day else found
    return found


def periods(folded: str, start: int, end: int, year: int | None) -> list[Stated]:
    """The periods stated within ``start:end``; one that names no year is taken to be of ``year``."""
    stated = (_stated(match, year) for match in _RANGE.finditer(folded, start, end))
    return [one for one in stated if one]


def period_apart(folded: str, start: int, end: int) -> Stated | None:
    """A period whose days stand apart, the last one first (数据截至2025年12月31日，自2025年1月1日起算)."""
    match = _APART.search(folded, start, end)
    if match is None:
        return None
    last, first = day_in(folded, *match.span("last")), day_in(folded, *match.span("first"))
    if last is None or first is None or first[0] > last[0]:
        return None
    return Stated(
        Period(first[0], last[0]), (first[0].year, last[0].year), Span(match.start("last"), match.end("first"))
    )


def _stated(match: re.Match[str], year: int | None) -> Stated | None:
    first = next(i for i in (1, 3, 5) if match[f"m{i}"])
    years = tuple(y for words in (match[f"y{first}"], match[f"y{first + 1}"]) if words and (y := year_of(words)))
    begin_year = year_of(match[f"y{first}"]) if match[f"y{first}"] else (years[0] if years else year)
    end_year = year_of(match[f"y{first + 1}"]) if match[f"y{first + 1}"] else begin_year
    month, last = _ordinal(match[f"m{first}"]), _ordinal(match[f"m{first + 1}"])
    begin = _date(begin_year, month, _ordinal(match[f"d{first}"]) or 1)
    day = _ordinal(match[f"d{first + 1}"]) or (monthrange(end_year, last)[1] if end_year and last and last < 13 else 31)
    close = _date(end_year, last, day)
    if begin is None or close is None or close < begin:
        return None
    return Stated(Period(begin, close), years, Span(match.start(), match.end()))


def _ordinal(words: str | None) -> int | None:
    if not words:
        return None
    words = "".join(words.split())
    return 1 if words == "元" else cardinal(words)


def _date(year: int | None, month: int | None, day: int | None) -> date | None:
    try:
        return date(year, month, day) if year and month and day else None
    except ValueError:
        return None
