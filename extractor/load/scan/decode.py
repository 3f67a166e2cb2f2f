"""A picture file → its pages as grey pictures with their resolution."""

from __future__ import annotations

import ctypes
import struct
import warnings
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from io import BytesIO

import numpy as np
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from extractor.errors import DamagedFileError, InputError, LimitError
from extractor.load.scan.picture import Gray
from extractor.settings import load_settings

_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF")
_MOVING = ("GIF", "WEBP", "MPO", "PNG")
"""Formats whose further frames are no pages."""

_FAULTS = (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError, struct.error)
"""What Pillow raises on files that break the format's rules."""

_LONG_SIDE = 11.69
"""Inches of the long side of A4: what a picture of unknown resolution is taken to show."""

_PLAUSIBLE = 5.0, 24.0
"""Inches between which the long side of a page lies; else the resolution that the file states is wrong."""


def pages_of(data: bytes, label: str) -> Iterator[tuple[Gray, float]]:
    """Each page as a grey picture, turned as its EXIF entry says, and its pixels an inch.

    Raises:
        DamagedFileError: no picture, or cut or broken.
        LimitError: more pixels than ``Settings.max_picture_pixels`` or more pages than ``Settings.max_pdf_pages``.
    """
    _silence_libtiff()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(BytesIO(data), formats=_FORMATS) as file:
                yield from _frames(file, label)
        except Image.DecompressionBombError:
            raise _too_large(label) from None
        except UnidentifiedImageError:
            raise _damaged(label) from None
        except _FAULTS as error:
            if isinstance(error, InputError):
                raise
            raise _damaged(label) from None


@lru_cache(maxsize=1)
def _silence_libtiff() -> None:
    """Keep libtiff from writing what it thinks of a broken file to the process's standard error.

    Pillow has no switch for it. Where Pillow is linked in another way, libtiff goes on writing.
    """
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(import_module("PIL._imaging").__file__)
        library.TIFFSetErrorHandler(None)
        library.TIFFSetWarningHandler(None)


def _frames(file: Image.Image, label: str) -> Iterator[tuple[Gray, float]]:
    limit = load_settings().max_pdf_pages
    for number, frame in enumerate(ImageSequence.Iterator(file)):
        if number >= limit:
            raise LimitError(
                f"{label} has too many pages: at most {limit:,} were expected (EXTRACTOR_MAX_PDF_PAGES)",
                f"{label} 页数过多：应不超过 {limit:,} 页（设置 EXTRACTOR_MAX_PDF_PAGES）",
            )
        yield _page(frame, label)
        if file.format in _MOVING:
            return


def _page(frame: Image.Image, label: str) -> tuple[Gray, float]:
    width, height = frame.size
    if width * height > load_settings().max_picture_pixels:
        raise _too_large(label)
    dpi = _resolution(frame)
    return np.asarray(_gray(ImageOps.exif_transpose(frame))), dpi


def _gray(image: Image.Image) -> Image.Image:
    """``image`` as shades of grey (0 to 255), on white where it is transparent."""
    if image.mode.startswith("I") or image.mode == "F":
        levels = np.asarray(image, dtype=np.float64)
        top = max(float(levels.max()), 1.0)
        return Image.fromarray((levels / top * 255).clip(0, 255).astype(np.uint8))
    if image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        solid = image.convert("RGBA")
        white = Image.new("RGBA", solid.size, "white")
        white.alpha_composite(solid)
        return white.convert("L")
    return image.convert("L")


def _resolution(image: Image.Image) -> float:
    """Pixels an inch, as the file states where that is plausible for a page."""
    longest = max(image.size)
    stated = image.info.get("dpi", (0, 0))[0]
    dpi = float(stated) if isinstance(stated, int | float) or hasattr(stated, "__float__") else 0.0
    if dpi > 0 and _PLAUSIBLE[0] <= longest / dpi <= _PLAUSIBLE[1]:
        return dpi
    return max(longest / _LONG_SIDE, 1.0)


def _damaged(label: str) -> DamagedFileError:
    return DamagedFileError(
        f"{label} is cut or broken: a whole picture was expected", f"{label} 已损坏或不完整：应为完整的图片"
    )


def _too_large(label: str) -> LimitError:
    limit = load_settings().max_picture_pixels
    return LimitError(
        f"{label} is too large: at most {limit:,} pixels were expected (EXTRACTOR_MAX_PICTURE_PIXELS)",
        f"{label} 过大：应不超过 {limit:,} 像素（设置 EXTRACTOR_MAX_PICTURE_PIXELS）",
    )
