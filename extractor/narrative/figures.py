"""Numbers with a unit in running text: 1,225条, 三件, 1.2万条, 100余条."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from extractor.narrative.prose import Span
from extractor.narrative.wordings import pattern, wordings
from extractor.numbering import cardinal
from extractor.record import Number
from extractor.text import canonical, chinese_number, decimal

_CARDINAL = re.compile("[十百千]")
_TEN_THOUSAND = Decimal(10_000)


class Figure(NamedTuple):
    """A number as counted (万 multiplied out), the place of its digits, its unit, and the end of the whole."""

    value: Number
    span: Span
    unit: str
    exact: bool
    end: int


@lru_cache(maxsize=1)
def _numbers() -> re.Pattern[str]:
    units = wordings("claims")["units"]
    return re.compile(
        rf"(?<![第\d.,])(?P<n>\d{{1,9}}(?:[,\s]\d{{3}}){{0,3}}(?:\.\d{{1,6}})?|[零〇一二两三四五六七八九十百千]{{1,9}})"
        rf"\s?(?P<w>万(?!元))?(?P<about>余|多|来)?\s?(?P<unit>{units})(?P<behind>[余多])?(?!以[上内])"
    )


def figures_in(folded: str, start: int, end: int) -> list[Figure]:
    """The figures within ``start:end``, in order."""
    found = (_figure(folded, match) for match in _numbers().finditer(folded, start, end))
    return [figure for figure in found if figure]


def _figure(folded: str, match: re.Match[str]) -> Figure | None:
    value = _value(match["n"])
    if value is None:
        return None
    value *= _TEN_THOUSAND if match["w"] else 1
    before = folded[max(0, match.start() - 2) : match.start()]
    exact = not match["about"] and not match["behind"] and not pattern("claims", "approximate").search(before)
    unit = ("" if exact else "余") + match["unit"]
    return Figure(canonical(value), Span(match.start("n"), match.end("n")), unit, exact, match.end())


def _value(words: str) -> Decimal | None:
    if words[0].isdigit():
        return decimal("".join(words.replace(",", "").split()))
    if len(words) > 1 and not _CARDINAL.search(words):
        return None  # 一两件, 三四条
    number = 0 if words in ("零", "〇") else cardinal(words) or chinese_number(words)
    return None if number is None else Decimal(number)
