"""Text as written against text as compared; numerals, Chinese numerals and units.

Two ways to compare, one rule each:

``fold``    keeps the length, so an offset into the folded text is an offset into the text: full-width forms become
            half-width, every kind of space a blank, traditional characters simplified ones.
``squash``  drops what labels differ by (spaces, brackets, quotes, stops) and is used on short labels only.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from importlib import resources

_INVISIBLE = (
    "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\ufeff"
)
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_BLANKS = _SPACES + _INVISIBLE + " \t\r\n\x0b\x0c"
_PUNCTUATION = {"〔": "[", "〕": "]", "【": "[", "】": "]", "“": '"', "”": '"', "＂": '"', "‘": "'", "’": "'"}
_DASHES = "‐‑‒–—―−－─━"
_RADICALS = "⺟⺠⺩⺫⺬⺮⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳⻱"
_RADICAL_FORMS_OF = "母民王目示竹虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟龟"
"""What fonts of printed pages give for characters, though Unicode has them for radicals only, and those characters."""

_GONE = dict.fromkeys(map(ord, _INVISIBLE))
_DROPPED = re.compile(r"[\s()\[\]<>《》\"'`,.:;、。·•_*#|/\\→=-]+")
_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
)
_MARKUP = re.compile(r"[*_`$~<&\\]")
_STRUCK = re.compile(r"~~[^~]+~~")
_BREAK = re.compile(r"<br\s{0,3}/?>|&nbsp;?|&#160;", re.IGNORECASE)
_COMMAND = re.compile(r"\\[A-Za-z]{1,12}\s?\{([^{}\\]*)\}|\{(,)\}")
_EMPHASIS = re.compile(r"(?<!\d)(\*{1,3}|_{1,3}|`{1,2}|\$)(?=\S)([^*_`$]+)\1(?!\d)")
_FEW_KINDS = 40
"""Replacing one kind of character after another is faster than looking up each, up to about as many kinds."""

_CHINESE_NUMERALS = frozenset("〇○零一二两三四五六七八九十百千万亿壹贰拾佰仟")


@lru_cache(maxsize=1)
def _simplified() -> dict[int, int]:
    """Traditional → simplified, one character for one (OpenCC's TSCharacters, Apache-2.0)."""
    source = resources.files("opencc").joinpath("dictionary/TSCharacters.txt").read_text("utf-8")
    pairs = (line.split("\t") for line in source.splitlines() if "\t" in line)
    return {ord(old): ord(new.split(" ")[0]) for old, new in pairs if len(old) == 1 and old != new.split(" ")[0][0]}


@lru_cache(maxsize=1)
def _fold_table() -> dict[int, int]:
    """What becomes what; nothing becomes anything that becomes something else."""
    table = dict(_simplified())
    for code in (*range(0xFF01, 0xFF5F), *range(0x2460, 0x2474), *range(0x2F00, 0x2FD6), *range(0xF900, 0xFAFF)):
        form = unicodedata.normalize("NFKC", chr(code))
        if len(form) == 1:
            table[code] = ord(form)
    table |= {ord(c): ord(" ") for c in _SPACES + _INVISIBLE}
    table |= {ord(c): ord("-") for c in _DASHES}
    table |= {ord(old): ord(new) for old, new in _PUNCTUATION.items()}
    table |= {ord(old): ord(new) for old, new in zip(_RADICALS, _RADICAL_FORMS_OF, strict=True)}
    return {old: table.get(new, new) for old, new in table.items() if old != new}


@lru_cache(maxsize=1)
def _folded() -> re.Pattern[str]:
    """A character that folding may change; those beyond the basic plane are so rare that any of them will do."""
    plane = "".join(chr(code) for code in _fold_table() if code <= 0xFFFF)
    return re.compile(f"[{re.escape(plane)}\U00010000-\U0010ffff]")


def fold(text: str) -> str:
    """``text`` with look-alikes made one, character for character (the length never changes).

    >>> fold("（１）資訊　公開")
    '(1)资讯 公开'
    """
    if text.isascii():
        return text
    table, next_of = _fold_table(), _folded().search
    found = next_of(text)
    for _ in range(_FEW_KINDS):
        if not found:
            return text
        code = ord(found[0])
        text = text.replace(found[0], chr(table.get(code, code)))
        found = next_of(text, found.end())
    return text.translate(table) if found else text


@lru_cache(maxsize=4_000)
def squash(text: str) -> str:
    """A label reduced to what carries meaning: folded, without spaces, brackets, quotes and stops.

    >>> squash("3．危及“三安全 一稳定”")
    '3危及三安全一稳定'
    """
    return _DROPPED.sub("", fold(text))


def visible(text: str) -> str:
    """``text`` without characters that take no room (zero-width joiners, direction marks, soft hyphens)."""
    return text.translate(_GONE) if not text.isascii() else text


def unmarked(text: str) -> str:
    """A short text without the markup that Markdown leaves in cells: emphasis, code, formulas, breaks, struck words.

    >>> unmarked("**37**"), unmarked("$1{,}205$"), unmarked("~~8~~ 9"), unmarked("5<br>"), unmarked("12*")
    ('37', '1,205', ' 9', '5 ', '12*')
    """
    if not _MARKUP.search(text):
        return text
    bare = _COMMAND.sub(r"\1\2", _BREAK.sub(" ", _STRUCK.sub("", text)))
    return _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", bare))


def is_blank(text: str) -> bool:
    """Nothing but white space (full-width and zero-width ones too)."""
    return not text.strip(_BLANKS)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The part of ``text[start:end]`` without white space at either end, as offsets."""
    while start < end and is_blank(text[start]):
        start += 1
    while end > start and is_blank(text[end - 1]):
        end -= 1
    return start, end


def printable(name: str) -> str:
    """A file's name as a message can carry it: line breaks, control and bidi marks and bytes that are no UTF-8 escaped.

    >>> printable("年报\\udcff\\n.txt")
    '年报\\\\xff\\\\n.txt'
    """
    return _OBEYED.sub(lambda found: _escape(found[0]), name)


def file_name(name: str) -> str:
    """A file's name as a record can carry it: as it is, but bytes that are no UTF-8 written out.

    >>> file_name("年报\\udcff\\n.txt")
    '年报\\\\xff\\n.txt'
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _escape(char: str) -> str:
    undecoded = "\udc80" <= char <= "\udcff"
    return f"\\x{ord(char) - 0xDC00:02x}" if undecoded else char.encode("unicode_escape").decode("ascii")


def canonical(value: Decimal) -> int | Decimal:
    """An ``int`` where the value is whole, else a ``Decimal`` without trailing zeros.

    >>> canonical(Decimal("385.00")), canonical(Decimal("7730.280"))
    (385, Decimal('7730.28'))
    """
    whole = value.to_integral_value()
    return int(whole) if whole == value else value.normalize()


def decimal(digits: str) -> Decimal | None:
    """The number written in plain digits (commas and spaces already gone), or None."""
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None


@lru_cache(maxsize=2_000)
def chinese_number(words: str) -> int | None:
    """The whole number that Chinese numerals name, positional or with units; None where they name none.

    >>> chinese_number("一千一百八十"), chinese_number("二〇二三"), chinese_number("三十二"), chinese_number("两万零五")
    (1180, 2023, 32, 20005)
    """
    from cn2an import cn2an  # costs a tenth of a second to load, and few reports need it

    if not words or not _CHINESE_NUMERALS.issuperset(words):
        return None
    try:
        return int(cn2an(words.replace("○", "〇"), "smart"))
    except ValueError:
        return None
