"""Pages of a PDF → grey pictures (pypdfium2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pypdfium2

from extractor.errors import LimitError
from extractor.load.scan.picture import Gray
from extractor.settings import load_settings

_DPI = 300
_LEAST = 120
"""Pixels an inch under which print is not read well: a page too large for them is refused."""

_POINTS = 72


def page_pictures(data: bytes, numbers: Iterable[int], label: str) -> Iterator[tuple[int, Gray, float]]:
    """Each page of ``numbers`` (from 1) that can be drawn: its number, its picture, and pixels an inch.

    Raises:
        LimitError: a page would have more pixels than ``Settings.max_picture_pixels``.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:  # pdfminer mends more than PDFium does: no page of this file can be drawn
        return
    try:
        for number in numbers:
            try:
                page = document[number - 1]
                dpi = _resolution(page.get_size(), label)
                yield number, _drawn(page, dpi), dpi
                page.close()
            except pypdfium2.PdfiumError:
                continue
    finally:
        document.close()


def _drawn(page: pypdfium2.PdfPage, dpi: float) -> Gray:
    bitmap = page.render(scale=dpi / _POINTS, grayscale=True)
    image = np.array(bitmap.to_numpy())
    bitmap.close()
    return image[:, :, 0] if image.ndim == 3 else image


def _resolution(size: tuple[float, float], label: str) -> float:
    """Pixels an inch at which a page of ``size`` (points) is drawn."""
    inches = max(size[0], 1) * max(size[1], 1) / _POINTS**2
    limit = load_settings().max_picture_pixels
    dpi: float = min(float(_DPI), (limit / inches) ** 0.5)
    if dpi < _LEAST:
        raise LimitError(
            f"{label} has too large a page: at most {limit:,} pixels were expected (EXTRACTOR_MAX_PICTURE_PIXELS)",
            f"{label} 有页面过大：应不超过 {limit:,} 像素（设置 EXTRACTOR_MAX_PICTURE_PIXELS）",
        )
    return dpi
