"""What pdfminer takes for granted of fonts: a character that the file does not tell must not be guessed.

A font names its glyphs by Unicode values (/ToUnicode), by glyph names, or not at all. Where pdfminer falls back on a
standard encoding that the font does not have, digits come out as other digits: those codes are made unknown here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pdfminer.cmapdb import CMap, CMapDB
from pdfminer.encodingdb import name2unicode
from pdfminer.pdffont import PDFCIDFont, PDFFont, PDFSimpleFont, PDFTrueTypeFont, PDFType3Font
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import PSLiteral

_SYMBOLIC = 4
"""Flag of a font with characters outside the standard Latin set (PDF 32000-1, table 123)."""

_SPACE = re.compile(rb"begincodespacerange\s*<\s*([0-9A-Fa-f]{2,8})")


class Fonts(PDFResourceManager):
    """Makes the fonts of a file; of each, only what the file tells of its characters is believed."""

    def get_font(self, objid: object, spec: Mapping[str, object]) -> PDFFont:
        """The font of this number or, without one, of this description."""
        known = objid in self._cached_fonts if objid else False
        font = super().get_font(objid, spec)
        if not known and isinstance(font, PDFSimpleFont):
            font.cid2unicode = _told(font, spec)
        elif not known and isinstance(font, PDFCIDFont) and "DescendantFonts" not in spec:
            _believe_own_codes(font, spec.get("Encoding"), "ToUnicode" in spec)
        return font


def _told(font: PDFSimpleFont, spec: Mapping[str, object]) -> dict[int, str]:
    """The characters of a simple font's codes, without those that only a standard encoding would tell."""
    encoding = resolve1(spec.get("Encoding"))
    if encoding is None:
        return {} if _has_own_codes(font, spec) else font.cid2unicode
    if not isinstance(encoding, dict):
        return font.cid2unicode
    differences = resolve1(encoding.get("Differences"))
    unknown = set(_unnamed(differences)) if isinstance(differences, list) else set()
    return {code: text for code, text in font.cid2unicode.items() if code not in unknown}


def _has_own_codes(font: PDFSimpleFont, spec: Mapping[str, object]) -> bool:
    """Whether a font without an encoding has codes that nothing but its embedded program explains."""
    if isinstance(font, PDFType3Font):
        return True
    descriptor = resolve1(spec.get("FontDescriptor"))
    if not isinstance(descriptor, dict):
        return False
    flags = resolve1(descriptor.get("Flags"))
    programs = ("FontFile2", "FontFile3") if isinstance(font, PDFTrueTypeFont) else ("FontFile3",)
    embedded = any(name in descriptor for name in programs)
    return embedded and isinstance(flags, int) and bool(flags & _SYMBOLIC)


def _unnamed(differences: Sequence[object]) -> Iterator[int]:
    """The codes to which an encoding gives names that mean nothing outside the font (/g27, /a5)."""
    code = 0
    for each in map(resolve1, differences):
        if isinstance(each, int):
            code = each
        elif isinstance(each, PSLiteral):
            if not _is_name(each.name):
                yield code
            code += 1


def _is_name(name: Any) -> bool:
    try:
        return bool(name2unicode(name))
    except (KeyError, ValueError):
        return False


def _believe_own_codes(font: PDFCIDFont, encoding: object, told: bool) -> None:
    """Cut the strings of a font as its embedded table of codes says, which pdfminer leaves unread.

    /ToUnicode names codes, so these stand for the glyphs themselves; where it is missing nothing tells the characters.
    """
    found = resolve1(encoding)
    if isinstance(found, PDFStream) and isinstance(font.cmap, CMap) and not font.cmap.code2cid:
        space = _SPACE.search(found.get_data())
        font.cmap = CMapDB.get_cmap("OneByteIdentityH" if space and len(space[1]) == 2 else "Identity-H")
        font.unicode_map = font.unicode_map if told else None
