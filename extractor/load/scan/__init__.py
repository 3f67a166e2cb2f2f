"""Scans and pictures → ``Sheet`` and ``Document``, with rapidocr and OpenCV (the extra [ocr]).

picture → evened → straightened → rules and cells → lines of print → text

This module imports nothing of the extra: ``picture_reader`` loads it where a picture has to be read.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from extractor.errors import OcrMissingError

_MODULES = ("rapidocr", "onnxruntime", "cv2")
"""What the extra [ocr] installs."""


def is_installed() -> bool:
    """Whether pictures can be read."""
    return all(find_spec(module) for module in _MODULES)


def picture_reader(label: str) -> Any:
    """The module ``extractor.load.scan.reader``; ``label`` names in messages what needs it.

    Raises:
        OcrMissingError: the extra [ocr] is not installed; says which command installs it.
    """
    if not is_installed():
        raise OcrMissingError(
            f'{label} is a picture or a scan, which needs an OCR engine: pip install "extractor[ocr]" was expected',
            f'{label} 是图片或扫描件，需要文字识别引擎：应先运行 pip install "extractor[ocr]"',
        )
    return import_module("extractor.load.scan.reader")
