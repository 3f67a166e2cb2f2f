"""PDFs whose text layer lies or says nothing: fonts without names for their characters, an older engine's reading."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO

import pypdfium2
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.load.families.galley import FONT

_DPI = 200
_WRONG = str.maketrans("0123456789", "1734569820")
"""What an older engine made of the figures."""

_SIMPLE = re.compile(rb"<<[^<>]{0,200}/Subtype ?/TrueType(?:[^<>]|<[^<]){0,4000}?/ToUnicode")
_UNSEEN = 3


def nameless(data: bytes) -> bytes:
    """The same file without a word about what characters its glyphs are."""
    return data.replace(b"/ToUnicode", b"/XoUnicode")


def nameless_figures(data: bytes) -> bytes:
    """The same, only for fonts of an alphabet: in Chinese reports these print the figures."""
    return _SIMPLE.sub(lambda found: found[0].replace(b"/ToUnicode", b"/XoUnicode"), data)


def _over(canvas: Canvas, picture: ImageReader, size: tuple[float, float], text: Callable[[int], None]) -> None:
    canvas.drawImage(picture, 0, 0, *size)
    text(_UNSEEN)


def _under(canvas: Canvas, picture: ImageReader, size: tuple[float, float], text: Callable[[int], None]) -> None:
    text(0)
    canvas.drawImage(picture, 0, 0, *size)


def _clear(canvas: Canvas, picture: ImageReader, size: tuple[float, float], text: Callable[[int], None]) -> None:
    canvas.drawImage(picture, 0, 0, *size)
    canvas.setFillAlpha(0)
    text(0)
    canvas.setFillAlpha(1)


def _layered(paint: Callable[..., None]) -> Callable[[bytes], bytes]:
    """Pages as pictures, with another engine's wrong reading where nobody sees it."""

    def change(data: bytes) -> bytes:
        written = BytesIO()
        canvas = Canvas(written)
        document = pypdfium2.PdfDocument(data)
        for page in document:
            size = page.get_size()
            canvas.setPageSize(size)
            picture = ImageReader(page.render(scale=_DPI / 72, grayscale=True).to_pil())
            lines = list(_lines(page))

            def text(mode: int, lines: list[tuple[float, float, float, str]] = lines) -> None:
                for x, y, height, words in lines:
                    canvas.setFont(FONT, height)
                    canvas.drawString(x, y, words.translate(_WRONG), mode=mode)

            paint(canvas, picture, size, text)
            canvas.showPage()
        canvas.save()
        return written.getvalue()

    return change


def _lines(page: pypdfium2.PdfPage) -> Iterator[tuple[float, float, float, str]]:
    """Left, bottom, height and words of each piece of text of a page."""
    text = page.get_textpage()
    for index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(index)
        words = text.get_text_bounded(left, bottom, right, top).strip()
        if words:
            yield left, bottom, max(top - bottom, 1.0), words


LAYERS: dict[str, Callable[[bytes], bytes]] = {
    "nameless": nameless,
    "nameless_figures": nameless_figures,
    "read_over": _layered(_over),
    "read_under": _layered(_under),
    "read_clear": _layered(_clear),
}
