"""Word files of the official form filled in, one a report: alone, in an archive, or in a folder.

Each is made on its own and written at once, so memory stays flat. The same reports give the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from extractor.errors import OutputError
from extractor.export.filled import body_of, safe, title_of
from extractor.export.reports import Exported
from extractor.output import unwritable, whole
from extractor.record import Record

_BODY, _FOOT, _TITLE = "@@body@@", "@@foot@@", "@@title@@"
_PLACES = {"word/document.xml": _BODY, "word/footer1.xml": _FOOT, "docProps/core.xml": _TITLE}
_PARAGRAPH = re.compile(r"<w:p>(?:(?!</w:p>).){0,400}?@@body@@.{0,200}?</w:p>", re.DOTALL)
_DATES = re.compile(r"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:(created|modified)>")
"""Those of the library's empty document."""
_FIXED = (1980, 1, 1, 0, 0, 0)
_OUT_OF_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')
_LONGEST_NAME = 60
_STATES = {
    "clean": "机器识读，无疑问，未经人工复核",
    "open": "待复核",
    "accepted": "已复核通过",
    "rejected": "已退回",
    "parked": "已搁置",
    "disputed": "两次复核不一致",
}


def write_archive(reports: Iterable[Exported], file: IO[bytes]) -> int:
    """A .zip with a Word file for each report that could be read; how many there are."""
    count = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for one in reports:
            if one.record is not None:
                archive.writestr(zipfile.ZipInfo(name_of(one), _FIXED), document_of(one, one.record))
                count += 1
    return count


def write_folder(reports: Iterable[Exported], folder: Path) -> int:
    """A Word file for each report into a folder, each whole or not at all; how many there are.

    Raises:
        OutputError: the folder cannot be written to.
    """
    count = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in reports:
            if one.record is not None:
                with whole(folder / name_of(one)) as file:
                    file.write(document_of(one, one.record))
                count += 1
    except OSError as error:
        raise OutputError(*unwritable(folder, error)) from None
    return count


def write_one(reports: Iterable[Exported], file: IO[bytes]) -> int:
    """The Word file of the one report.

    Raises:
        OutputError: there is none that could be read, or more than one.
    """
    found = None
    for one in reports:
        if one.record is None:
            continue
        if found is not None:
            raise OutputError(
                "a .docx holds one report: choose one, or write to a folder or a .zip",
                "一个 .docx 只放一份报告：请只选一份，或写到文件夹或 .zip",
            )
        found = document_of(one, one.record)
    if found is None:
        raise OutputError("there is no such report to write", "没有可写的报告")
    file.write(found)
    return 1


def name_of(one: Exported) -> str:
    """The name of a report's file: its number, body and year; nothing in it leads out of a folder."""
    told = "_".join(str(part) for part in (one.row.id, one.row.organisation, one.row.year) if part)
    return f"{_OUT_OF_NAMES.sub('', told)[:_LONGEST_NAME].strip('. ')}.docx"


def document_of(one: Exported, record: Record) -> bytes:
    """The bytes of a report's Word file."""
    file = record.source
    standing = _STATES.get(one.row.state, one.row.state)
    foot = f"由 {file.name} 填写（报告 {one.row.id}，第 {one.row.version} 版，{standing}）"
    filled = {
        "word/document.xml": body_of(record),
        "word/footer1.xml": safe(foot),
        "docProps/core.xml": safe(title_of(record)),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, before, after in _skeleton():
            text = before + filled[name].encode() + after if name in filled else before
            package.writestr(zipfile.ZipInfo(name, _FIXED), text, zipfile.ZIP_DEFLATED)
    return made.getvalue()


@lru_cache(maxsize=1)
def _skeleton() -> list[tuple[str, bytes, bytes]]:
    """The parts of an empty document with the form's styles, each cut where a report's own text goes."""
    with zipfile.ZipFile(io.BytesIO(_empty())) as package:
        return [(name, *_cut(name, package.read(name))) for name in package.namelist()]


def _cut(name: str, data: bytes) -> tuple[bytes, bytes]:
    if name not in _PLACES:
        return data, b""
    text = _PARAGRAPH.sub(_BODY, _DATES.sub("", data.decode()))
    before, after = text.split(_PLACES[name])
    return before.encode(), after.encode()


def _empty() -> bytes:
    """An empty document: A4, the styles of an official document, marks where text goes."""
    import docx  # noqa: PLC0415 (slow to load)
    from docx.shared import Cm  # noqa: PLC0415

    made = docx.Document()
    section: Any = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.5)
    _style(made)
    made.add_paragraph(_BODY)
    section.footer.paragraphs[0].add_run(_FOOT)
    made.core_properties.title, made.core_properties.author = _TITLE, ""
    made.core_properties.comments = ""
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


_STYLES: dict[str, tuple[str, float, bool]] = {
    "Normal": ("仿宋", 14, False),
    "Title": ("宋体", 18, True),
    "Subtitle": ("楷体", 10.5, False),
    "Heading 1": ("黑体", 15, False),
    "Heading 2": ("楷体", 14, True),
    "Footer": ("宋体", 9, False),
    "Cell": ("宋体", 9, False),
}
"""Typeface for Chinese, size in points, bold: as GB/T 9704 has them for official documents, tables smaller."""
_CENTRED = ("Title", "Subtitle", "Footer")


def _style(made: Any) -> None:
    """Set the styles: black, their typeface for Chinese, and a running text that is indented by two characters."""
    from docx.enum.style import WD_STYLE_TYPE  # noqa: PLC0415

    made.styles.add_style("Cell", WD_STYLE_TYPE.PARAGRAPH)
    for name, (face, size, bold) in _STYLES.items():
        style = made.styles[name]
        _set_font(style, face, size, bold)
        _set_paragraph(style, name, size)


def _set_font(style: Any, face: str, size: float, bold: bool) -> None:
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Pt, RGBColor  # noqa: PLC0415

    style.font.name, style.font.size, style.font.bold, style.font.italic = "Times New Roman", Pt(size), bold, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    fonts.set(qn("w:eastAsia"), face)


def _set_paragraph(style: Any, name: str, size: float) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Pt  # noqa: PLC0415

    layout = style.paragraph_format
    layout.space_before, layout.space_after = (
        Pt(size if name == "Title" else 0),
        Pt(size / 2 if name in _CENTRED else 0),
    )
    layout.line_spacing = 1.0 if name in ("Cell", "Footer") else 1.5
    layout.first_line_indent = Pt(0) if name in ("Cell", *_CENTRED) else Pt(2 * size)
    if name in _CENTRED:
        layout.alignment = WD_ALIGN_PARAGRAPH.CENTER
    border = style.element.pPr.find(qn("w:pBdr"))
    if border is not None:
        style.element.pPr.remove(border)
