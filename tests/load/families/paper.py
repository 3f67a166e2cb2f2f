"""Word files set on other paper, in other type, in columns: what LibreOffice prints them on."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass

_SECTION = re.compile(r"<w:sectPr\b[^>]*?(?:/>|>.*?</w:sectPr>)", re.DOTALL)
_TABLE_COLUMNS = re.compile(r'w:gridCol w:w="(\d+)"')
_TEXT_WIDTH = 8_400
"""Twentieths of a point that ``conversions.fitted`` makes tables wide."""


@dataclass(frozen=True)
class Paper:
    """Page size, margins and type; lengths in twentieths of a point, ``size`` in half points."""

    width: int = 11_906
    height: int = 16_838
    margin: int = 1_440
    size: int = 21
    columns: int = 1
    head: bool = False
    whole_rows: bool = False
    font: str = "Noto Sans CJK SC"


SHEETS = {
    "a4_large": Paper(size=28),
    "a4_small": Paper(size=14),
    "a5": Paper(8_391, 11_906, 700, 18),
    "landscape": Paper(16_838, 11_906, 1_200),
    "letter": Paper(12_240, 15_840, 1_800, 24),
    "slip": Paper(11_906, 6_800, 900, 20),
    "narrow": Paper(7_200, 12_240, 600, 21),
    "columns": Paper(16_838, 11_906, 800, 16, columns=2),
    "repeated_head": Paper(11_906, 8_400, 1_000, 20, head=True),
    "whole_rows": Paper(11_906, 8_400, 1_000, 24, whole_rows=True),
    "serif": Paper(size=22, font="Liberation Serif"),
}


def set_on(data: bytes, sheet: Paper) -> bytes:
    """A Word file on such a page."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                content = _set(content.decode(), sheet).encode()
            target.writestr(name, content)
    return packed.getvalue()


def _set(xml: str, sheet: Paper) -> str:
    room = sheet.width - 2 * sheet.margin
    room = (room - 400) // sheet.columns if sheet.columns > 1 else room
    scale = min(room / _TEXT_WIDTH, 1.6)
    xml = _TABLE_COLUMNS.sub(lambda found: f'w:gridCol w:w="{int(int(found[1]) * scale)}"', xml)
    type_ = f'<w:rFonts w:ascii="{sheet.font}" w:eastAsia="Noto Sans CJK SC"/><w:sz w:val="{sheet.size}"/>'
    xml = xml.replace("<w:r><w:t", f"<w:r><w:rPr>{type_}</w:rPr><w:t")
    row = ("<w:cantSplit/>" if sheet.whole_rows else "") + ("<w:tblHeader/>" if sheet.head else "")
    if sheet.whole_rows:
        xml = xml.replace("<w:tr>", "<w:tr><w:trPr><w:cantSplit/></w:trPr>")
    if row and sheet.head:
        xml = re.sub(r"(<w:tbl>.*?)<w:tr>", r"\1<w:tr><w:trPr><w:tblHeader/></w:trPr>", xml, flags=re.DOTALL)
    return _SECTION.sub(lambda _: _section(sheet), xml)


def _section(sheet: Paper) -> str:
    turned = ' w:orient="landscape"' if sheet.width > sheet.height else ""
    edges = " ".join(f'w:{side}="{sheet.margin}"' for side in ("top", "bottom", "left", "right"))
    return (
        f'<w:sectPr><w:pgSz w:w="{sheet.width}" w:h="{sheet.height}"{turned}/>'
        f'<w:pgMar {edges} w:header="400" w:footer="400" w:gutter="0"/>'
        f'<w:cols w:num="{sheet.columns}" w:space="400"/></w:sectPr>'
    )
