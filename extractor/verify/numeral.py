"""What a cell's words say as a number, read a second time and strictly, apart from the table reader's own parser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from extractor.record import Number
from extractor.text import canonical, chinese_number, decimal, fold, unmarked, visible
from extractor.verify.vocabulary import Kind

LONGEST = 400
"""Longer words than these are no number."""

_NUMERAL = re.compile(r"\d(?:[,'、٬]?\d)*(?:\.\d+)?")
_GROUPS = re.compile(r"\d+(?:[,'、٬]\d{3})*(?:\.\d+)?\Z")
_GROUP_MARKS = str.maketrans("", "", ",'、٬")
_MARK = re.compile(r"(?<=\d)\s*(?:[①-⑳¹²³⁰⁴-⁹*＊※]|\[注?\d{1,2}\]|［注?\d{1,2}］)+\s*\Z")
_NOTE = re.compile(r"[(\[].*|其中.*|注[:：].*|含.*", re.DOTALL)
_UNIT_IN_BRACKETS = re.compile(r"(?<=\d)\s*\(([亿万千]?元|[件条项])\)\s*\Z")
_PARTED = re.compile(r"(?<=\d)\s+(?=\d)|(?<=\d)\s*\.\s*(?=\d)")
_LESS = re.compile(r"(?:-|减少?|下降|负|↓)\s*:?\s*\Z")
_BEFORE = re.compile(r"(?:[+\-↑↓￥¥]|增加?|增长|减少?|上升|下降|负|共计?|约|计)?\s*:?\s*\Z")
_UNIT = re.compile(
    r"\s*(?P<scale>亿|万|千)?(?P<unit>元(?:人民币)?|[余多]?(?:件次|人次|件|条|项|个|次|份|宗|起|人|部|例|笔|家))?\s*[;,。、.]?\s*\Z"
)
_CHINESE = re.compile(r"\s*([〇零一二两三四五六七八九十百千万亿]{1,16})\s*")
_CLOSING = re.compile(r"(?<=[^\d,.\s+-])[\d,.\s+-]{1,80}\Z")
_LETTER = re.compile(r"[^\W\d_]")
_SCALES = {"亿": Decimal(100_000_000), "万": Decimal(10_000), "千": Decimal(1_000)}
_YUAN_IN_10K = Decimal("0.0001")
NO_NUMBER_MARKS = re.compile(r"[-/\\~*.·×xX]{1,4}|无|没有|暂无|空|无数据|不适用|不涉及|未涉及|未发生|[nN]/?[aA]|[nN]il")
"""Marks that say "no number here", folded and without spaces."""


@dataclass(frozen=True, slots=True)
class Written:
    """A number as written: ``unit`` is its scale and 元 (万元, 元, 万, "" for none), ``note`` what follows in brackets.

    ``parted`` marks digits that a space had split, which only a cell of their own makes one number.
    """

    number: Decimal
    unit: str = ""
    note: str = ""
    parted: bool = False


@lru_cache(maxsize=4_000)
def written(raw: str) -> Written | None:
    """The one number that ``raw`` says; None where it says none, or more than one outside a remark.

    >>> written("1，113").number, written("251000元").unit, written("减 4").number, written("22（其中修订16件）").note
    (Decimal('1113'), '元', Decimal('-4'), '(其中修订16件)')
    >>> written("3 件 5 件"), written("1.属于国家秘密"), written("")
    (None, None, None)
    """
    if len(raw) > LONGEST:
        return None
    folded = _UNIT_IN_BRACKETS.sub(r"\1", fold(_MARK.sub("", visible(unmarked(raw)))))
    noted = _NOTE.search(folded)
    note = noted[0].strip() if noted and noted.start() else ""
    main = folded[: noted.start()] if noted and noted.start() else folded.strip("()[] ")
    whole = _PARTED.sub(lambda m: "." if "." in m[0] else "", main)
    found = _NUMERAL.search(whole)
    if found is None:
        return _in_chinese(main, note)
    before, after = whole[: found.start()], _UNIT.match(whole, found.end())
    number = decimal(found[0].translate(_GROUP_MARKS)) if _GROUPS.match(found[0]) else None
    if number is None or after is None or not _BEFORE.match(before.lstrip()):
        return None
    unit = (after["scale"] or "") + ("元" if (after["unit"] or "").startswith("元") else "")
    return Written(-number if _LESS.search(before) else number, unit, note, whole != main)


def _in_chinese(main: str, note: str) -> Written | None:
    match = _CHINESE.match(main)
    after = _UNIT.match(main, match.end()) if match else None
    number = chinese_number(match[1]) if match and after else None
    return Written(Decimal(number), "", note) if number is not None else None


def value_of(said: Written, kind: Kind, unit: str = "") -> Number:
    """The number in the record's unit (amounts in 万元); ``unit`` is the header's, for a cell that has none.

    >>> value_of(Written(Decimal(251000), "元"), "amount"), value_of(Written(Decimal("1.2"), "万"), "count")
    (Decimal('25.1'), 12000)
    """
    unit = said.unit or unit
    scale = _SCALES.get(unit[:1], Decimal(1))
    if kind == "amount" and unit:
        scale = scale * _YUAN_IN_10K
    return canonical(said.number * scale)


def is_no_number(raw: str) -> bool:
    """Whether the words mark a cell that has no number (``/``, ``—``, 不适用)."""
    return len(raw) <= LONGEST and NO_NUMBER_MARKS.fullmatch("".join(fold(unmarked(raw)).split())) is not None


def is_words(text: str) -> bool:
    """Whether a cell holds words that could label others: two letters at least, no number and no mark for none.

    >>> is_words("3.其他"), is_words("12件"), is_words("不适用"), is_words("计"), is_words("")
    (True, False, False, False, False)
    """
    return len(text) > LONGEST or (len(text) > 1 and _is_words(text))


@lru_cache(maxsize=4_000)
def _is_words(text: str) -> bool:
    letters = _LETTER.findall(fold(text))
    return len(letters) > 1 and not is_no_number(text) and written(text) is None


def without_figures(line: str) -> str:
    """A line of words without the figures that close it.

    >>> without_figures("行政许可 3 16")
    '行政许可'
    """
    return _CLOSING.sub("", line).strip()
