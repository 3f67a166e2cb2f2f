"""A scanned report against what the OCR engine alone needs for the same pages."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from tests.load.conversions import generated
from tests.load.scanning import Scanner, image_pdf, scans

REPORTS = 2
MEGABYTE = 1024 * 1024


def scanned(folder: Path, dpi: int) -> list[tuple[Path, list[Image.Image]]]:
    """``REPORTS`` generated reports as PDFs of pictures, each with its pages."""
    made = []
    for report in generated(REPORTS, 0, folder):
        pictures = scans(report.path, Scanner(dpi))
        report.path.write_bytes(image_pdf(pictures, dpi))
        made.append((report.path, pictures))
    return made


def ratio(extract: Callable[[Path], object], folder: Path, dpi: int) -> tuple[float, float]:
    """Processor time of a scanned report by that of rapidocr over its pages, the median; and seconds a page."""
    from rapidocr import RapidOCR  # noqa: PLC0415 (an extra: its bench is left out without it)

    engine = RapidOCR(params={"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": 1})
    ratios, seconds = [], []
    for path, pictures in scanned(folder, dpi):
        extract(path)  # once before the clock runs: the engine is loaded
        ours = spent(partial(extract, path))
        alone = spent(partial(list, map(engine, [np.asarray(page.convert("RGB")) for page in pictures])))
        ratios.append(ours / alone)
        seconds.append(ours / len(pictures))
    return statistics.median(ratios), statistics.median(seconds)


def spent(call: Callable[[], object]) -> float:
    """Seconds of processor time."""
    start = time.process_time()
    call()
    return time.process_time() - start


def memory() -> float:
    """Megabytes that this process holds."""
    return float(psutil.Process().memory_info().rss) / MEGABYTE
