"""Reports as scanners leave them: a Word file printed by LibreOffice, drawn as pictures, turned, tilted, worn."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

OCR = all(find_spec(module) for module in ("rapidocr", "onnxruntime", "cv2"))
needs_ocr = pytest.mark.skipif(not OCR, reason="the extra [ocr] is not installed")
needs_font = pytest.mark.skipif(
    shutil.which("fc-match") is None, reason="no font of Chinese can be asked for (fc-match)"
)


@dataclass(frozen=True)
class Scanner:
    """How a page is scanned: degrees of tilt and quarter turns counter-clockwise; noise, shadow, ink, JPEG quality."""

    dpi: int = 200
    tilt: float = 0.0
    turns: int = 0
    noise: float = 0.0
    shadow: float = 0.0
    ink: float = 1.0
    quality: int | None = None

    def scanned(self, page: Image.Image, seed: int = 0) -> Image.Image:
        """``page`` as this scanner sees it."""
        page = page.convert("L")
        if self.tilt:
            page = page.rotate(self.tilt, resample=Image.Resampling.BILINEAR, fillcolor=255)
        levels: Any = np.rot90(np.asarray(page, dtype=np.float32), self.turns)
        levels = 255 - (255 - levels) * self.ink
        levels = levels * np.linspace(1 - self.shadow, 1, levels.shape[1], dtype=np.float32)
        if self.noise:
            levels = levels + np.random.default_rng(seed).normal(0, self.noise, levels.shape)
        return _through_jpeg(Image.fromarray(levels.clip(0, 255).astype("uint8")), self.quality)


def _through_jpeg(page: Image.Image, quality: int | None) -> Image.Image:
    if quality is None:
        return page
    file = io.BytesIO()
    page.save(file, "JPEG", quality=quality)
    return Image.open(io.BytesIO(file.getvalue())).convert("L")


def pages(pdf: Path, dpi: int) -> list[Image.Image]:
    """The pages of a PDF as pictures."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=dpi / 72).to_pil() for page in document]


def scans(pdf: Path, scanner: Scanner) -> list[Image.Image]:
    """The pages of a PDF as ``scanner`` sees them."""
    return [scanner.scanned(page, seed) for seed, page in enumerate(pages(pdf, scanner.dpi))]


def tiff(pictures: Sequence[Image.Image], dpi: int) -> bytes:
    """Pictures as the pages of one TIFF."""
    file = io.BytesIO()
    first, *rest = pictures
    first.save(file, "TIFF", save_all=True, append_images=rest, dpi=(dpi, dpi), compression="tiff_lzw")
    return file.getvalue()


def image_pdf(pictures: Sequence[Image.Image], dpi: int) -> bytes:
    """Pictures as the pages of one PDF without text."""
    file = io.BytesIO()
    first, *rest = pictures
    first.save(file, "PDF", save_all=True, append_images=rest, resolution=dpi)
    return file.getvalue()


# ---- pages drawn here, without LibreOffice -----------------------------------------------------------------------


def font(points: float, dpi: int) -> ImageFont.FreeTypeFont:
    """A font with Chinese characters."""
    asked = subprocess.run(
        ["fc-match", "-f", "%{file}|%{index}", "Noto Sans CJK SC:lang=zh-cn"],
        check=True,
        capture_output=True,
        text=True,
    )
    file, index = asked.stdout.split("|")
    return ImageFont.truetype(file, round(points * dpi / 72), index=int(index))


def drawn(lines: Sequence[str], table: Sequence[Sequence[str]], dpi: int = 200) -> Image.Image:
    """A page with lines of text over a ruled table of equal columns."""
    page = Image.new("L", (round(8.27 * dpi), round(11.69 * dpi)), 255)
    draw, face = ImageDraw.Draw(page), font(11, dpi)
    left, top, height = round(0.9 * dpi), round(0.9 * dpi), round(0.34 * dpi)
    for line in lines:
        draw.text((left, top), line, 0, face)
        top += height
    rows = (top + 10 + height * number for number in range(len(table)))
    for row, y in zip(table, rows, strict=True):
        _draw_row(draw, face, row, (left, y, page.width - left, y + height))
    return page


def _draw_row(draw: ImageDraw.ImageDraw, face: Any, row: Sequence[str], box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    width = (right - left) / len(row)
    for number, text in enumerate(row):
        x = round(left + width * number)
        draw.rectangle((x, top, round(x + width), bottom), outline=0, width=2)
        draw.text((x + 12, top + 8), text, 0, face)
