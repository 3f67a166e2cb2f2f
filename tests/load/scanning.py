"""Reports as scanners leave them: a Word file printed by LibreOffice, drawn as pictures, turned, tilted, worn."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

OCR = all(find_spec(module) for module in ("rapidocr", "onnxruntime", "cv2"))
needs_ocr = pytest.mark.skipif(not OCR, reason="the extra [ocr] is not installed")
needs_font = pytest.mark.skipif(
    shutil.which("fc-match") is None, reason="no font of Chinese can be asked for (fc-match)"
)


@dataclass(frozen=True)
class Scanner:
    """How a page is scanned: degrees of tilt and quarter turns counter-clockwise; noise, ink, JPEG quality, blur.

    ``paper`` is the grey of the paper (255: white). ``shadow`` is how much darker its left side is, ``edges`` how much
    darker the corners of a photograph are than its middle, both 0 to 1. ``abreast`` pages lie side by side.
    ``unsteady`` is how much each page is turned, moved and nearer in its own way: 1 by about a degree and 2 %.
    ``marks`` are boxes of dirt, (grey, left, top, right, bottom) in shares of the page; so is what is ``kept`` of it.
    Ink spreads to a square of ``heavy`` pixels.
    """

    dpi: int = 200
    tilt: float = 0.0
    turns: int = 0
    noise: float = 0.0
    shadow: float = 0.0
    edges: float = 0.0
    paper: int = 255
    ink: float = 1.0
    quality: int | None = None
    blur: float = 0.0
    heavy: int = 1
    abreast: int = 1
    unsteady: float = 0.0
    marks: tuple[tuple[int, float, float, float, float], ...] = ()
    kept: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)

    def scanned(self, page: Image.Image, seed: int = 0) -> Image.Image:
        """``page`` as this scanner sees it."""
        page = self._marked(self._laid(page.convert("L"), np.random.default_rng(seed)))
        levels: Any = np.rot90(np.asarray(page, dtype=np.float32), self.turns)
        if self.heavy > 1:
            levels = np.asarray(
                Image.fromarray(levels.astype("uint8")).filter(ImageFilter.MinFilter(self.heavy)), np.float32
            )
        if self.blur:
            levels = np.asarray(
                Image.fromarray(levels.astype("uint8")).filter(ImageFilter.GaussianBlur(self.blur)), np.float32
            )
        levels = 255 - (255 - levels) * self.ink
        levels = levels * (self.paper / 255) * self._light(levels.shape)
        if self.noise:
            levels = levels + np.random.default_rng(seed).normal(0, self.noise, levels.shape)
        return _through_jpeg(Image.fromarray(levels.clip(0, 255).astype("uint8")), self.quality)

    def _laid(self, page: Image.Image, chance: np.random.Generator) -> Image.Image:
        """``page`` as it lies on the glass."""
        tilt, right, down, nearer = chance.uniform(-1, 1, 4) * self.unsteady
        if self.unsteady:
            width, height = (round(side * (1 + 0.02 * nearer)) for side in page.size)
            whole = Image.new("L", page.size, 255)
            whole.paste(page.resize((width, height)), (round(0.02 * right * width), round(0.02 * down * height)))
            page = whole
        if self.tilt or tilt:
            page = page.rotate(self.tilt + tilt, resample=Image.Resampling.BILINEAR, fillcolor=255)
        left, top, right, bottom = self.kept
        return page.crop(
            (int(left * page.width), int(top * page.height), int(right * page.width), int(bottom * page.height))
        )

    def _marked(self, page: Image.Image) -> Image.Image:
        draw = ImageDraw.Draw(page)
        for grey, left, top, right, bottom in self.marks:
            draw.rectangle((left * page.width, top * page.height, right * page.width, bottom * page.height), fill=grey)
        return page

    def _light(self, shape: tuple[int, ...]) -> Any:
        """How bright each pixel is lit, 0 to 1."""
        across = np.linspace(-1, 1, shape[1], dtype=np.float32)
        down = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
        return (1 - self.shadow * (1 - across) / 2) * (1 - self.edges * (across**2 + down**2) / 2)


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
    shown = list(_abreast(pages(pdf, scanner.dpi), scanner.abreast))
    return [scanner.scanned(page, seed) for seed, page in enumerate(shown)]


def _abreast(shown: Sequence[Image.Image], count: int) -> Iterator[Image.Image]:
    """Pages side by side, ``count`` on each picture."""
    width, height = shown[0].size
    for begin in range(0, len(shown), count):
        picture = Image.new("L", (width * count, height), 255)
        for place, page in enumerate(shown[begin : begin + count]):
            picture.paste(page, (width * place, 0))
        yield picture


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
