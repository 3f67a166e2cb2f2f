"""Bytes → text, with the way back to the byte.

The bytes decide, not what a page says of itself: a byte order mark, UTF-16 by its pattern, UTF-8, then GB18030 (which
holds GB2312 and GBK) or Big5, whichever makes plausible Chinese. A declared encoding is heard only where none of these
fits. Text that was spoilt before it was saved (mojibake, replacement characters) is left as written.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from extractor.text import fold

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_FAMILIES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "shift_jis": "cp932",
    "euc_jp": "euc_jp",
    "euc_kr": "cp949",
}
_COMMON = re.compile(
    "[的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进等部度"
    "家电力里如水化高自二理起小物现加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新内数正心反你明"
    "看原又利比或但质气第向道命此变条只没结解问意建月公无系很情者最立代想已通并提直题党程展五果料象员位常文总次品式活设及管特件长求老基资边流路级少"
    "山统接知较将组见计别手期根论运指几九区强放决被干做必先则任取据处队南给色光门即保治北造百规领七海口东导器压志世金增争济阶油思术交受联什认六共权"
    "收证改清己美再采转更单风切打教速花带安场身车例真务具万每目至达走积示议声报完类八离名确才科张信马节话整空元况今集温传土许步群广石记需段研界拉"
    "府乡镇街县市区局办申请息诉讼复财督]"
)
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_FOREIGN = re.compile("[^\x00-\x7f]+")
_BREAK = re.compile("\n")
_CRLF = re.compile("\r\n")
_THREE_BYTES = re.compile(rb"[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]")
_OTHER_BYTES = re.compile(
    rb"[\x00-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}"
    rb"|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
"""Characters of three bytes in UTF-8, and of other lengths (Unicode Standard, table 3-7)."""

_WRITTEN = re.compile("[\t\n\r -~·‘’“”—…\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]+")
"""What Chinese texts are written with."""

_HIGH_BYTES = bytes([0x00, 0x20, 0x30, *range(0x4E, 0xA0), 0xFF])
"""The high bytes of these characters in UTF-16."""

_ODD_SHARE = 0.05
_SAMPLE = 2_000
_BLOCK = 4_096

_PLAUSIBLE = 0.25
"""Share of very common characters above which text is taken for Chinese (real reports: 0.6 and more)."""

_CLEARLY_BETTER = 0.15
"""By how much another encoding's share must be higher to be preferred to GB18030."""

_BROKEN_SHARE = 0.3
"""Broken bytes for each character of three bytes up to which a text is still UTF-8. GBK read as UTF-8 has over 10."""


@dataclass(frozen=True)
class Decoded:
    """A text with ``\\n`` for every line break, and where its characters stand in the bytes it was decoded from.

    ``errors`` counts the bytes that no character could be made of; each is U+FFFD in ``text``. ``skipped`` is the
    length of the byte order mark.
    """

    text: str
    encoding: str
    errors: int = 0
    skipped: int = 0
    raw: str = field(default="", repr=False)

    def byte(self, offset: int) -> int:
        """The byte at which the character at ``offset`` of ``text`` begins."""
        position = offset + bisect_left(self._returns, offset)
        block = position // _BLOCK
        return self._blocks[block] + self._size(self.raw[block * _BLOCK : position])

    def line(self, offset: int) -> int:
        """The line (from 1) on which the character at ``offset`` of ``text`` stands."""
        return bisect_left(self._breaks, offset) + 1

    def begin(self, line: int) -> int:
        """The offset at which a line (from 1) of ``text`` begins; that of the last for one beyond it."""
        breaks = self._breaks
        return breaks[min(line - 2, len(breaks) - 1)] + 1 if line > 1 and breaks else 0

    @cached_property
    def _breaks(self) -> list[int]:
        """Offsets into ``text`` of every line break."""
        return [found.start() for found in _BREAK.finditer(self.text)]

    @cached_property
    def utf8(self) -> bytes:
        """``text`` in UTF-8."""
        return self.text.encode()

    @cached_property
    def _returns(self) -> list[int]:
        """Offsets into ``text`` of every ``\\n`` that was ``\\r\\n``."""
        return [found.start() - index for index, found in enumerate(_CRLF.finditer(self.raw))]

    @cached_property
    def _blocks(self) -> list[int]:
        """The byte at which every ``_BLOCK``-th character of ``raw`` begins."""
        sizes = [self.skipped]
        for start in range(0, len(self.raw), _BLOCK):
            sizes.append(sizes[-1] + self._size(self.raw[start : start + _BLOCK]))
        return sizes

    def _size(self, piece: str) -> int:
        return len(piece.encode(self.encoding, _on_error(self.encoding)))


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """``data`` as text. ``declared`` is the encoding that the file says it has, if it says any.

    >>> decode("公开".encode("gbk"), declared="utf-8").encoding
    'gb18030'
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding, len(mark))
    if b"\0" in data and (wide := _utf16(data)):
        return _decoded(data, wide)
    try:
        return _normalised(data.decode("utf-8"), "utf-8", 0, 0)
    except UnicodeDecodeError:
        return _not_utf8(data, declared)


def _decoded(data: bytes, encoding: str, skipped: int = 0) -> Decoded:
    """``data`` in ``encoding``; each byte that does not fit becomes one U+FFFD, so that offsets stay true."""
    try:
        return _normalised(data.decode(encoding), encoding, 0, skipped)
    except UnicodeDecodeError:
        raw = data.decode(encoding, _on_error(encoding))
    errors = len(_LONE_SURROGATES.findall(raw)) if _escapes(encoding) else raw.count("\ufffd")
    return _normalised(raw, encoding, errors, skipped)


def _normalised(raw: str, encoding: str, errors: int, skipped: int) -> Decoded:
    text = _LONE_SURROGATES.sub("\ufffd", raw) if errors else raw
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Decoded(text, encoding, errors, skipped, raw)


def _escapes(encoding: str) -> bool:
    """Whether broken bytes can be carried along as lone surrogates: not where a character is two or four bytes."""
    return not encoding.startswith(("utf-16", "utf-32"))


def _on_error(encoding: str) -> str:
    return "surrogateescape" if _escapes(encoding) else "replace"


def _utf16(data: bytes) -> str | None:
    """Which UTF-16 the bytes are: the one that makes Chinese or ASCII of nearly every pair, or None."""
    sample = data[: _SAMPLE * 2]
    for encoding, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if len(high.translate(None, _HIGH_BYTES)) > _ODD_SHARE * len(high):
            continue
        text = sample[: len(sample) // 2 * 2].decode(encoding, "replace")
        if len(_WRITTEN.sub("", text)) <= _ODD_SHARE * len(text) and text:
            return encoding
    return None


def _not_utf8(data: bytes, declared: str | None) -> Decoded:
    if _is_broken_utf8(data[: 2 * _SAMPLE]) and _is_broken_utf8(data):
        return _decoded(data, "utf-8")
    if encoding := _utf16(data):
        return _decoded(data, encoding)
    return _chinese(data) or _other(data, declared)


def _is_broken_utf8(data: bytes) -> bool:
    rest, good = _THREE_BYTES.subn(b" ", data)
    broken = len(_OTHER_BYTES.sub(b"", rest))
    return broken <= max(_BROKEN_SHARE * good, min(3, good))


def _chinese(data: bytes) -> Decoded | None:
    """GB18030, or Big5 where it makes clearly more sense; None where neither makes any."""
    mainland = _decoded(data, "gb18030")
    share = _common_share(mainland.text)
    if mainland.errors == 0 and share >= 2 * _PLAUSIBLE:
        return mainland
    mirror = _decoded(data, "big5hkscs")
    if _common_share(mirror.text) > max(share + _CLEARLY_BETTER, _PLAUSIBLE):
        return mirror
    foreign = sum(1 for char in mainland.text if char > "\x7f") - mainland.errors
    return mainland if mainland.errors <= _BROKEN_SHARE * foreign and share >= _PLAUSIBLE else None


def _common_share(text: str) -> float:
    """The share of very common Chinese characters among the first few hundred beyond ASCII."""
    runs, length = [], 0
    for found in islice(_FOREIGN.finditer(text), _SAMPLE):
        runs.append(found[0])
        length += len(found[0])
        if length > _SAMPLE // 2:
            break
    foreign = "".join(runs)[: _SAMPLE // 2]
    if not foreign:
        return 0.0
    share = 1 - len(_COMMON.sub("", foreign)) / len(foreign)
    if share >= 2 * _PLAUSIBLE:
        return share
    return 1 - len(_COMMON.sub("", fold(foreign))) / len(foreign)  # traditional characters made simplified


def _other(data: bytes, declared: str | None) -> Decoded:
    """What the file declares, or charset-normalizer's guess; GB18030 with replacements where neither helps."""
    for encoding in (_FAMILIES.get((declared or "").lower().replace("-", "_")), _guess(data)):
        if encoding is None:
            continue
        decoded = _decoded(data, encoding)
        if not decoded.errors:
            return decoded
    return _decoded(data, "gb18030")


def _guess(data: bytes) -> str | None:
    from charset_normalizer import from_bytes  # noqa: PLC0415 (slow to load, and few files need it)

    best = from_bytes(data[: 32 * _SAMPLE], cp_isolation=list(_FAMILIES.values())).best()
    return best.encoding if best else None
