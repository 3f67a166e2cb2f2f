"""A page of a report with the evidence marked on it: green accepted, amber to review, red where an error names it.

For `extractor show --page` and for review pages. Boxes are ``evidence[…].source.bbox``: points from the top left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from extractor.errors import PageError
from extractor.load.detect import Kind, binary_kind, is_zip
from extractor.load.mail.message import attached_report
from extractor.record import Record
from extractor.settings import load_settings

Box = tuple[float, float, float, float]

_POINTS = 72
_DPI = 144
_COLOURS = {"accepted": (22, 140, 60), "review": (225, 140, 0), "error": (205, 25, 35)}
"""Of a mark, the gravest last: it is drawn over the others."""

_FILL, _WIDTH = 38, 2
_LEGEND_POINTS, _MARGIN = 10, 4


@dataclass(frozen=True, slots=True)
class Mark:
    """What is drawn for the evidence of one or more paths at one place."""

    kind: str
    box: Box


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as a PNG file, and its size in points."""

    png: bytes
    width: float
    height: float


def page_picture(data: bytes, page: int, label: str) -> Picture:
    """Page ``page`` (from 1) of the file ``data``, without marks; ``label`` names it.

    Raises:
        PageError, InputError: as ``draw_page``.
    """
    image, dpi = _rendered(data, page, label)
    return Picture(_png(image), image.width * _POINTS / dpi, image.height * _POINTS / dpi)


def draw_page(data: bytes, record: Record, page: int, label: str) -> bytes:
    """PNG bytes of page ``page`` (from 1) of the file ``data`` that ``record`` was read from; ``label`` names it.

    Raises:
        PageError: the file has no pages that can be drawn, or not that one.
        InputError: it cannot be read.
    """
    image, dpi = _rendered(data, page, label)
    scale = dpi / _POINTS
    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    marked = marks(record, page)
    for mark in marked:
        left, top, right, bottom = (value * scale for value in mark.box)
        colour = _COLOURS[mark.kind]
        pen.rectangle(
            (left, top, max(left, right), max(top, bottom)),
            (*colour, _FILL),
            (*colour, 255),
            max(1, round(_WIDTH * scale / 2)),
        )
    _draw_legend(pen, marked, scale)
    return _png(Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB"))


def _png(image: Image.Image) -> bytes:
    written = BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def marks(record: Record, page: int) -> list[Mark]:
    """The marks of a page, each place once with the gravest thing said of it; the gravest last."""
    wrong = {path for finding in record.findings if finding.severity == "error" for path in finding.paths}
    order = list(_COLOURS)
    found: dict[Box, str] = {}
    for path, evidence in record.evidence.items():
        box = evidence.source.bbox
        if evidence.source.page != page or box is None:
            continue
        kind = "error" if not wrong.isdisjoint(_above(path)) else "accepted"
        if kind == "accepted" and evidence.verdict != "accepted":
            kind = "review"
        found[box] = max(found.get(box, kind), kind, key=order.index)
    return sorted((Mark(kind, box) for box, kind in found.items()), key=lambda mark: order.index(mark.kind))


def _above(path: str) -> Iterator[str]:
    """``path`` and every pointer that holds it."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _rendered(data: bytes, page: int, label: str) -> tuple[Image.Image, float]:
    """The page as a picture, and its pixels an inch."""
    data, kind = _unwrapped(data, label)
    if kind is Kind.PDF:
        return _pdf_page(data, page, label)
    if kind and kind.value.startswith("image/"):
        from extractor.load.scan.decode import pages_of  # noqa: PLC0415 (needs what the extra [ocr] installs)

        frame = next(islice(pages_of(data, label), page - 1, None), None)
        if frame is None:
            raise _no_such_page(label, page)
        return Image.fromarray(frame[0]), frame[1]
    raise PageError(
        f"{label} has no pages that can be drawn: a PDF or a picture was expected",
        f"{label} 没有可以绘制的页面：应为 PDF 或图片",
    )


def _unwrapped(data: bytes, label: str) -> tuple[bytes, Kind | None]:
    """The file itself, or what is attached to it where it is a mail, and which kind that is; None for no page's."""
    kind = None if is_zip(data) else binary_kind(data, label)
    while kind is Kind.MAIL and (attached := attached_report(data, label)):
        data = attached
        kind = None if is_zip(data) else binary_kind(data, label)
    return data, kind


def _pdf_page(data: bytes, page: int, label: str) -> tuple[Image.Image, float]:
    try:
        document = pypdfium2.PdfDocument(data)
        if not 1 <= page <= len(document):
            raise _no_such_page(label, page, len(document))
        width, height = document[page - 1].get_size()
        inches = max(width, 1) * max(height, 1) / _POINTS**2
        dpi = min(float(_DPI), (load_settings().max_picture_pixels / inches) ** 0.5)
        return document[page - 1].render(scale=dpi / _POINTS).to_pil(), dpi
    except pypdfium2.PdfiumError as error:
        raise PageError(
            f"{label}: page {page} cannot be drawn ({error})", f"{label}：第 {page} 页无法绘制（{error}）"
        ) from None


def _no_such_page(label: str, page: int, pages: int | None = None) -> PageError:
    last = f" 1 to {pages}" if pages else ""
    last_zh = f" 1 至 {pages} 页" if pages else "已有的页"
    return PageError(
        f"{label} has no page {page}: one of its pages{last} was expected", f"{label} 没有第 {page} 页：应为{last_zh}"
    )


def _draw_legend(pen: ImageDraw.ImageDraw, marked: list[Mark], scale: float) -> None:
    """How many marks of each kind, in the top left corner."""
    font = ImageFont.load_default(_LEGEND_POINTS * scale)
    margin, line = _MARGIN * scale, _LEGEND_POINTS * 1.4 * scale
    lines = [(kind, f"{kind} {sum(mark.kind == kind for mark in marked)}") for kind in _COLOURS]
    width = max(pen.textlength(text, font) for _, text in lines) + line + 2 * margin
    pen.rectangle(
        (margin, margin, margin + width, 2 * margin + line * len(lines)), (255, 255, 255, 225), (90, 90, 90, 255)
    )
    for index, (kind, text) in enumerate(lines):
        top = 1.5 * margin + index * line
        side = line * 0.6
        pen.rectangle((2 * margin, top + side * 0.3, 2 * margin + side, top + side * 1.3), (*_COLOURS[kind], 255))
        pen.text((2 * margin + line, top), text, fill=(20, 20, 20, 255), font=font)
