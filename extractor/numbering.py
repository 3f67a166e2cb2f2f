"""Ordinals that lead headings and list items, in every style reports use.

    第一部分   一、   （一）   1.   （1）   ①   A.   一是   第一点，   其一   首先   一方面   一个是   问题一：   ●   ——

A digit right before words (``3其他方面``) is of the style ``bare``: an ordinal only where a sequence needs it.

Both readers work on folded text (``extractor.text.fold``). Numbers in circles and their like fold to bare digits or
not at all, so they are looked up in the text itself, where the same offset holds.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

TOP_STYLES = ("part", "cn")
"""Styles that number the parts of a report."""

NESTED_STYLES = ("cn_bracket", "arabic_bracket", "circled")
"""Styles that number what stands inside a part."""


class Ordinal(NamedTuple):
    """An ordinal at ``start:end`` (separators after it included); ``number`` is None where the style counts nothing."""

    style: str
    number: int | None
    start: int
    end: int


_CN = "[一二三四五六七八九十]{1,3}"
_SIGNS = "①-⓿❶-➓㈠-㈩"
_SIGN = re.compile(f"[{_SIGNS}]")
_LETTERS = "[A-Ha-h甲乙丙丁戊Ⅰ-Ⅻ壹贰叁肆伍]"
_AFTER = r"[\s、,:.*]*"
_MARKS = "•‣⁃·※§√→⇒■-⛿✀-❵➔-➿⬀-⯿\ue000-\uf8ff"
_BOUNDARY = r"(?<![^。;:,!?\s*#】\]|])"  # at the start of the text, or after a stop, a space or a mark

_INITIALS = f"一二三四五六七八九十第其首再最此另又存的主问不短措改整对举(\\d{_LETTERS[1:-1]}{_MARKS}-"

_LEADING = re.compile(
    rf"""(?:
      第\s?(?P<part>{_CN}|\d{{1,2}})\s?(?:部分|章|节|篇)
    | \(?\s?(?P<cn_bracket>{_CN})\s?\)
    | \(?\s?(?P<arabic_bracket>\d{{1,2}})\s?\)
    | \(?\s?(?P<letter>{_LETTERS})\s?[、.:)](?![A-Za-z\d])
    | (?P<cn>{_CN}|-(?=、))\s?[、.,:](?!\d)
    | (?P<arabic>\d{{1,2}})\s?(?:[、,:.](?!\d)|(?=[ \t]+[^\d\s]))
    | (?P<bare>\d)(?=[\u4e00-\u9fff])(?![年月日个件条名家次人万项类大期场篇份部种])
    ){_AFTER}""",
    re.VERBOSE,
)

_NAMED = "(?:问题|不足|短板|措施|改进|整改|对策|举措)(?:措施|情况)?"

_INLINE = re.compile(
    rf"""(?=[{_INITIALS}])(?:  # spares most letters the rest
      (?<![统之唯第不万逐单某每任同划专])(?P<is>{_CN})\s?是(?![否非])(?:在于)?[\s、,:]*
    | {_BOUNDARY}(?:
        (?P<is_>{_CN})(?:要|则|来|者)(?![素点求件旨自源])[\s、,:]*
      | \(?\s?(?P<cn_bracket>{_CN})\s?\){_AFTER}
      | \(?\s?(?P<arabic_bracket>\d{{1,2}})\){_AFTER}
      | \(?\s?(?P<letter>{_LETTERS})\s?[、.:)](?![A-Za-z\d]){_AFTER}
      | (?P<cn>{_CN})[、.:]{_AFTER}
      | (?P<arabic>\d{{1,2}})\s?(?:[、.:](?!\d)|(?=[ \t]+[^\d\s])){_AFTER}
      | 第(?P<nth>{_CN})
        (?:[,、:]|\s(?=[\u4e00-\u9fff])|是|[点项条类][,、:是]|(?:个(?:方面|问题|措施)|方面)[,是:]?){_AFTER}
      | (?P<one>另?{_CN})(?:点|个|项|条)(?:问题|原因|措施)?是{_AFTER}
      | 其(?P<which>{_CN})(?:[,、:]|是){_AFTER}
      | (?P<sequence>首先|其次|再次|再者|最后|此外|另外)(?:[,、:]|是)?{_AFTER}
      | (?P<side>一|另一|再一|又一)方面(?:[,、:]|是)?{_AFTER}
      | (?P<bullet>[{_MARKS}]|--?(?=\s?[\u4e00-\u9fff]))\s*
      | (?:存在)?的?(?:主要)?(?P<named>{_NAMED}(?:{_CN}|\d{{1,2}}))\s?[:、.]{_AFTER}
      ))""",
    re.VERBOSE,
)
_BULLET = re.compile(rf"[{_MARKS}]+\s*|[*+-]\s+|-{{1,2}}(?=[\u4e00-\u9fff])|[lnuvØü][ \t]+(?=[\u4e00-\u9fff])")
"""A mark of its own, a dash, or the letter that a symbol font left behind."""
_SEQUENCE = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "另一": 2, "再一": 3, "又一": 3}
_ROWS_OF_LETTERS = ("ABCDEFGH", "abcdefgh", "甲乙丙丁戊", "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ", "壹贰叁肆伍")
_LETTER = {letter: number for row in _ROWS_OF_LETTERS for number, letter in enumerate(row, 1)}
_SEPARATORS = re.compile(_AFTER)
_ALIASES = {"is_": "is"}


@lru_cache(maxsize=1)
def _cardinals() -> dict[str, int]:
    """一 … 九十九, and 1 … 99."""
    units = "一二三四五六七八九"
    tens = ["", "十", *(f"{unit}十" for unit in units[1:])]
    named = {ten + unit: 10 * i + j for i, ten in enumerate(tens) for j, unit in enumerate(["", *units]) if ten + unit}
    return named | {str(n): n for n in range(100)} | {f"0{n}": n for n in range(10)} | {"-": 1}


def cardinal(words: str) -> int | None:
    """The number up to 99 that a Chinese numeral or digits name.

    >>> cardinal("十二"), cardinal("三十"), cardinal("07"), cardinal("首先")
    (12, 30, 7, None)
    """
    return _cardinals().get(words)


def _number(words: str) -> int | None:
    return _cardinals().get(words) or _SEQUENCE.get(words) or _LETTER.get(words)


def _sign(text: str, at: int) -> Ordinal | None:
    """The number in a circle, in brackets or with its own stop that is one character (① ⑵ ⒊ ㈣ ❺)."""
    if at >= len(text) or not _SIGN.match(text, at):
        return None
    code = ord(text[at])
    if 0x3220 <= code <= 0x3229:
        return Ordinal("cn_bracket", code - 0x321F, at, at + 1)
    for first, last in ((0x2460, 0x2473), (0x2474, 0x2487), (0x2488, 0x249B), (0x24F5, 0x24FE), (0x2776, 0x277F)):
        if first <= code <= last:
            return Ordinal("arabic" if first == 0x2488 else "circled", code - first + 1, at, at + 1)
    return Ordinal("circled", None, at, at + 1)


def leading(text: str, folded: str, start: int, end: int) -> Ordinal | None:
    """The ordinal that ``text[start:end]`` begins with, as headings and items on lines of their own are numbered.

    >>> leading("（二）改进", "(二)改进", 0, 5)
    Ordinal(style='cn_bracket', number=2, start=0, end=3)
    """
    sign = _sign(text, start)
    if sign is not None:
        return sign._replace(end=_SEPARATORS.match(folded, sign.end, end).end())  # type: ignore[union-attr]
    match = _LEADING.match(folded, start, end)
    if match is None:
        return None
    style = match.lastgroup or ""
    return Ordinal(style, _number(match[style]), start, match.end())


def line_ordinal(text: str, folded: str, start: int, end: int) -> Ordinal | None:
    """The ordinal or bullet that leads the line ``text[start:end]`` as an item of a list."""
    found = leading(text, folded, start, end)
    if found is not None:
        return found
    match = _INLINE.match(folded, start, end)
    if match is not None:
        return _ordinal(match)
    match = _BULLET.match(folded, start, end)
    return Ordinal("bullet", None, start, match.end()) if match else None


def inline_ordinals(text: str, folded: str, start: int, end: int) -> list[Ordinal]:
    """Every ordinal within ``text[start:end]`` that could begin an item, in order; which do is the caller's choice.

    >>> [found.number for found in inline_ordinals("一是甲；二是乙", "一是甲;二是乙", 0, 7)]
    [1, 2]
    """
    found = [_ordinal(match) for match in _INLINE.finditer(folded, start, end)]
    signs = [_sign(text, match.start()) for match in _SIGN.finditer(text, start, end)]
    if not signs:
        return found
    ends = [_SEPARATORS.match(folded, sign.end, end).end() if sign else 0 for sign in signs]  # type: ignore[union-attr]
    found += [sign._replace(end=stop) for sign, stop in zip(signs, ends, strict=True) if sign]
    return sorted(found, key=lambda ordinal: ordinal.start)


def _ordinal(match: re.Match[str]) -> Ordinal:
    style = match.lastgroup or ""
    words = match[style]
    if style == "named":
        return Ordinal("named", _number(re.sub(r"^[^一二三四五六七八九十\d]+", "", words)), match.start(), match.end())
    return Ordinal(_ALIASES.get(style, style), _number(words), match.start(), match.end())
