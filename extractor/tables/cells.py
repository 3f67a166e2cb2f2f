"""The text of one cell → what it says: a number with its unit and note, a blank, a mark for "none", or words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from extractor.record import Number, State
from extractor.text import canonical, chinese_number, fold, is_blank, visible

_NOT_APPLICABLE = re.compile(r"^(?:[-/\\~*.]{1,3}|无|无数据|不适用|不涉及|未涉及|没有|暂无|N/?A|n/?a|空)$")
_PLAIN = r"\d+(?:\.\d+)?"
_GROUPED = r"\d{1,3}(?:[,'、٬]\d{3})+(?:\.\d+)?"
_SPLIT = r"\d+(?:[ \n]\d+)+(?:\.\d+)?"
_SPACED_POINT = r"\d+ ?\. ?\d+"
_SIGN = r"[+-]|增加|增长|增|减少|减"
_UNIT = r"万元|亿元|元|万|亿|件|条|项|个|次|份|宗|起|人次|人"
_NOTE = r"\(.*\)|\[.*\]|其中.*|注.*"
_NUMBER = re.compile(
    rf"^(?P<sign>{_SIGN})?\s*(?P<digits>{_GROUPED}|{_PLAIN}|{_SPLIT}|{_SPACED_POINT})\s*(?P<unit>{_UNIT})?\s*[;,。]?\s*"
    rf"(?P<note>{_NOTE})?$",
    re.DOTALL,
)
_NOTE_MARK = re.compile(r"(?<=\d)\s*(?:[①-⑳⓪¹²³⁰⁴-⁹*＊※]|\[注?\d{1,2}\]|［注?\d{1,2}］)+\s*$")
_CHINESE = re.compile(rf"^(?P<digits>[〇零一二三四五六七八九十百千两]{{1,12}})\s*(?P<unit>{_UNIT})?$")
_TO_10K = {
    "万元": Decimal(1),
    "万": Decimal(1),
    "亿元": Decimal(10_000),
    "亿": Decimal(10_000),
    "元": Decimal("0.0001"),
}
_MYRIADS = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
_LONGEST = 400
_MOST_DIGITS = 12  # a longer figure is several run together, or no figure at all


@dataclass(frozen=True, slots=True)
class Reading:
    """One cell as read: ``number`` is bare of its unit, ``count`` is the number as a count or a signed change.

    ``rejoined`` marks digits that a space had parted.
    """

    state: State
    number: Decimal | None = None
    count: Number | None = None
    unit: str | None = None
    note: str | None = None
    rejoined: bool = False


@lru_cache(maxsize=50_000)
def read_cell(text: str) -> Reading:
    """What a cell says.

    >>> read_cell("1,113").number, read_cell("22（其中修订16件）").note, read_cell("减4").number
    (Decimal('1113'), '其中修订16件', Decimal('-4'))
    >>> read_cell("　").state, read_cell("—").state, read_cell("详见附件").state
    ('blank', 'not_applicable', 'text')
    """
    if is_blank(text):
        return Reading("blank")
    words = fold(_NOTE_MARK.sub("", visible(text))).strip()
    if _NOT_APPLICABLE.match(words):
        return Reading("not_applicable")
    if len(words) > _LONGEST:
        return Reading("text")
    match = _NUMBER.match(words)
    if match:
        return _number(match, text)
    match = _CHINESE.match(words)
    alone = len(words) == 1 and words not in "〇零"  # a letter of a word set vertically, or a dash
    spoken = chinese_number(match["digits"]) if match and not alone else None
    if match is None or spoken is None:
        return Reading("text")
    number = Decimal(spoken)
    return Reading("number", number, count(number, match["unit"]), match["unit"])


def _number(match: re.Match[str], text: str) -> Reading:
    digits = match["digits"]
    if sum(1 for char in digits.partition(".")[0] if char.isdigit()) > _MOST_DIGITS:
        return Reading("text")
    bare = re.sub(r"[,'、٬\s]", "", digits)
    sign = -1 if (match["sign"] or "+")[0] in "-减" else 1
    note = match["note"]
    if note:
        note = text.strip()[len(text.strip()) - len(note) :].strip("()（）[]【】〔〕 ")
    number, unit = sign * Decimal(bare), match["unit"]
    return Reading("number", number, count(number, unit), unit, note, bool(re.search(r"\s", digits)))


def amount_in_10k(number: Decimal, unit: str) -> Number:
    """An amount in 万元.

    >>> amount_in_10k(Decimal(251000), "元")
    Decimal('25.1')
    """
    return canonical(number * _TO_10K[unit])


def count(number: Decimal, unit: str | None) -> Number:
    """A count or signed change, with 万 and 亿 worked out.

    >>> count(Decimal("1.2"), "万"), count(Decimal(22), "件")
    (12000, 22)
    """
    return canonical(number * _MYRIADS.get(unit or "", Decimal(1)))


def is_amount_unit(unit: str | None) -> bool:
    """Whether a unit says how to read an amount of money."""
    return unit in _TO_10K
