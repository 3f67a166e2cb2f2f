"""Numbers as a browser or a word processor draws them before the items of a list (ECMA-376 Part 1, 17.18.59)."""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "十", "百", "千")
_LEGAL_UNITS = ("", "拾", "佰", "仟")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_LARGEST = 9_999


def ordinal(number: int, style: str) -> str:
    """``number`` in the numerals that WordprocessingML calls ``style``; plain digits where they do not go so far.

    >>> [ordinal(n, "chineseCountingThousand") for n in (1, 10, 12, 20, 105)]
    ['一', '十', '十二', '二十', '一百零五']
    >>> ordinal(3, "decimalEnclosedCircle"), ordinal(4, "lowerRoman"), ordinal(27, "upperLetter")
    ('③', 'iv', 'AA')
    """
    draw = _STYLES.get(style)
    return draw(number) if draw and 0 < number <= _LARGEST else str(number)


def _chinese(number: int, digits: str = _DIGITS, units: tuple[str, ...] = _UNITS) -> str:
    written, gap = "", False
    for power in range(3, -1, -1):
        digit = number // 10**power % 10
        if not digit:
            gap = bool(written)
            continue
        written += ("零" if gap else "") + digits[digit] + units[power]
        gap = False
    return written[1:] if digits is _DIGITS and written.startswith("一十") else written


def _legal(number: int) -> str:
    return _chinese(number, _LEGAL_DIGITS, _LEGAL_UNITS)


def _digital(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        written += letters * (number // value)
        number %= value
    return written


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _full_width(number: int) -> str:
    return "".join(chr(ord("０") + int(digit)) for digit in str(number))


def _run(first: str, length: int) -> Callable[[int], str]:
    """Numerals that Unicode holds as one character each, ``length`` of them from ``first``."""
    return lambda number: chr(ord(first) + number - 1) if number <= length else str(number)


def _cycle(characters: str) -> Callable[[int], str]:
    return lambda number: characters[(number - 1) % len(characters)]


_STYLES: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(("chineseCounting", "chineseCountingThousand", "taiwaneseCounting"), _chinese),
    **dict.fromkeys(("taiwaneseCountingThousand", "japaneseCounting", "koreanCounting"), _chinese),
    **dict.fromkeys(("ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand"), _digital),
    **dict.fromkeys(("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"), _legal),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _run("①", 20)),
    **dict.fromkeys(("decimalFullWidth", "decimalFullWidth2"), _full_width),
    "decimalZero": "{:02}".format,
    "decimalEnclosedParen": _run("⑴", 20),
    "decimalEnclosedFullstop": _run("⒈", 20),
    "ideographEnclosedCircle": _run("㊀", 10),
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
}
