"""The text of one cell → what it says: a number with its unit and note, a blank, a mark for "none", or words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from extractor.record import Number, State
from extractor.text import canonical, chinese_number, fold, is_blank, unmarked, visible

_NOT_APPLICABLE = re.compile(r"^(?:[-/\\~*.]{1,3}|无|无数据|不适用|不涉及|未涉及|没有|暂无|未发生|N/?A|n/?a|空)$")
_PLAIN = r"\d+(?:\.\d+)?|0\."
_GROUPED = r"\d{1,3}(?:(?:[,'、٬]|\s,|,\s)\d{3})+(?:\.\d+)?"  # engines set a space beside a comma, narrow cells a break
_SPLIT = r"\d+(?:[ \n]\d+)+(?:\.\d+)?"
_SPACED_POINT = r"\d+ ?\. ?\d+"
_LESS = r"减少|减|下降|↓"
_SIGN = rf"[+-]|(?:{_LESS}|增加|增长|增|上升|↑|共计|共)\s*:?"
_UNIT = r"(?P<scale>[亿万千])?(?P<unit>元|件次|人次|[件条项个次份宗起人例笔部家])?(?:(?<=元)人民币)?"
_UNIT_IN_BRACKETS = re.compile(r"(?<=\d)\s*\(([亿万千]?元|[件条项])\)$")
_NOTE = r"\(.*\)|\[.*\]|其中.*|注.*"
_NUMBER = re.compile(
    rf"^(?P<sign>{_SIGN})?\s*(?P<digits>{_GROUPED}|{_PLAIN}|{_SPLIT}|{_SPACED_POINT})\s*{_UNIT}\s*[;,。]?\s*"
    rf"(?P<note>{_NOTE})?$",
    re.DOTALL,
)
_NOTE_MARK = re.compile(r"(?<=\d)\s*(?:[①-⑳⓪¹²³⁰⁴-⁹*＊※]|\[注?\d{1,2}\]|［注?\d{1,2}］)+\s*$")
_MARK_ALONE = re.compile(r"[①-⑳⓪]")  # a mark that no number stands before, though folded it looks like one
_LESSENED = re.compile(rf"\W*(?:{_LESS})\W*")
_CHINESE = re.compile(rf"^(?P<digits>[〇零一二三四五六七八九十百千两]{{1,12}})\s*{_UNIT}$")
_TO_10K = {
    "万元": Decimal(1),
    "万": Decimal(1),
    "亿元": Decimal(10_000),
    "亿": Decimal(10_000),
    "千元": Decimal("0.1"),
    "千": Decimal("0.1"),
    "元": Decimal("0.0001"),
}
_MYRIADS = {"千": Decimal(1_000), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
_LONGEST = 400
_FIGURES = re.compile(r"\d|[〇零一二两三四五六七八九十百千万亿]+(?:$|[元件条项个次份宗起人例笔部家])")
_MOST_DIGITS = 12  # a longer figure is several run together, or no figure at all


@dataclass(frozen=True, slots=True)
class Reading:
    """One cell as read: ``number`` is bare of its unit, ``count`` is the number as a count or a signed change.

    ``rejoined`` marks digits that may be several figures: parted by a space, or beginning with a 0.
    """

    state: State
    number: Decimal | None = None
    count: Number | None = None
    unit: str | None = None
    note: str | None = None
    rejoined: bool = False


@lru_cache(maxsize=10_000)
def read_cell(text: str) -> Reading:
    """What a cell says.

    >>> read_cell("1,113").number, read_cell("22（其中修订16件）").note, read_cell("减4").number
    (Decimal('1113'), '其中修订16件', Decimal('-4'))
    >>> read_cell("　").state, read_cell("—").state, read_cell("详见附件").state
    ('blank', 'not_applicable', 'text')
    """
    if is_blank(text):
        return Reading("blank")
    if len(text) > _LONGEST:
        return Reading("text")
    marked = _NOTE_MARK.sub("", visible(unmarked(text))).strip()
    words = _UNIT_IN_BRACKETS.sub(r"\1", fold(marked)).strip()
    if _NOT_APPLICABLE.match(words):
        return Reading("not_applicable")
    match = _NUMBER.match(words)
    if match and not _MARK_ALONE.match(marked):
        return _number(match, marked)
    match = _CHINESE.match(words)
    alone = len(words) == 1 and words not in "〇零"  # a letter of a word set vertically, or a dash
    spoken = chinese_number(match["digits"]) if match and not alone else None
    if match is None or spoken is None:
        return Reading("text")
    number, unit = Decimal(spoken), _unit(match)
    return Reading("number", number, count(number, unit), unit)


def _number(match: re.Match[str], text: str) -> Reading:
    digits, note = match["digits"], match["note"]
    if sum(1 for char in digits.partition(".")[0] if char.isdigit()) > _MOST_DIGITS:
        return Reading("text")
    if note and _LESSENED.fullmatch(note):
        return Reading("text")  # 8（减）: a sign, or a remark
    bare = re.sub(r"[,'、٬\s]", "", digits)
    sign = -1 if re.match(rf"-|{_LESS}", match["sign"] or "") else 1
    if note:
        note = text[len(text) - len(note) :].strip("()（）[]【】〔〕 ")
    number, unit = sign * Decimal(bare), _unit(match)
    return Reading("number", number, count(number, unit), unit, note, bool(re.search(r"\s|^0\d", digits)))


def _unit(match: re.Match[str]) -> str | None:
    """The unit as far as it changes the number: its scale and 元, or the scale alone; any other as it is."""
    scale, unit = match["scale"] or "", match["unit"] or ""
    return (scale + "元" if unit == "元" else scale or unit) or None


def holds_figure(text: str) -> bool:
    """Whether words where a number belongs speak of one.

    >>> holds_figure("约300"), holds_figure("三"), holds_figure("两件"), holds_figure("统一公布")
    (True, True, True, False)
    """
    return bool(_FIGURES.search(fold(text).strip()))


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
