"""The OCR engine (rapidocr on onnxruntime): where print stands in a picture, and what a line of print says.

Loaded at the first picture and once per process; ``Settings.ocr_threads`` bounds its threads.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import cv2
import numpy as np
from rapidocr import RapidOCR

from extractor.load.scan.picture import Gray
from extractor.settings import load_settings

_HEIGHT = 48
"""Pixels of height that the recogniser takes a line at (PP-OCRv6)."""

_LONGEST = 2_000
"""Longest side, in pixels, at which print is looked for; the engine's own default."""

_WIDEST = 3_200
"""Widest line in pixels at the recogniser's height: what is longer is read squeezed."""

_BATCH_PIXELS = 1_920
"""Width of all lines of one batch together, at the recogniser's height: bounds its memory."""

_STEP = 32
"""Batches are as wide as a multiple of this: widths that repeat let the runtime reuse its memory."""

SURE = 0.5
"""Mean confidence under which what the engine says is no reading."""

_SLIGHT = frozenset(" ,.:;!?()[]<>\"'`-，。、：；！？（）〔〕【】《》〈〉“”‘’·…—－")
"""Characters that look alike in their forms: the engine wavers between them, and nothing hangs on it."""

Quad = Any
"""The four corners of a line of print: an array of shape (4, 2), clockwise from the top left, in pixels."""


class Text(NamedTuple):
    """What a line says; how sure the engine is of its least sure character, and on average (0 to 1)."""

    text: str
    confidence: float
    mean: float


def find_print(image: Gray, longest: int) -> list[Quad]:
    """Where lines of print stand in ``image``, part of a page whose longest side has ``longest`` pixels."""
    height, width = image.shape
    scale = min(1.0, _LONGEST / longest)
    sides = (max(32, round(width * scale / 32) * 32), max(32, round(height * scale / 32) * 32))
    small = cv2.resize(image, sides, interpolation=cv2.INTER_AREA)
    found = _detector()(cv2.cvtColor(small, cv2.COLOR_GRAY2BGR))
    ratio = np.array([width / sides[0], height / sides[1]])
    return [] if found.boxes is None else [box * ratio for box in found.boxes]


def recognise(crops: Sequence[Gray], narrowest: int = 96) -> list[Text]:
    """What each line says, in order; crops are grey and of any size.

    ``narrowest``: pixels that a crop is padded to; another value is another setting of the engine.
    """
    found = [Text("", 0.0, 0.0)] * len(crops)
    order = sorted(range(len(crops)), key=lambda index: _width(crops[index]))
    for batch in _batches(order, crops, narrowest):
        for index, text in zip(batch, _read_batch([crops[index] for index in batch], narrowest), strict=True):
            found[index] = text
    return found


def _width(crop: Gray) -> int:
    height, width = crop.shape
    return min(_WIDEST, max(1, math.ceil(_HEIGHT * int(width) / int(height))))


def _padded(width: int, narrowest: int) -> int:
    return math.ceil(max(width, narrowest) / _STEP) * _STEP


def _batches(order: Sequence[int], crops: Sequence[Gray], narrowest: int) -> Iterator[list[int]]:
    """Crops of like width together, the narrowest first."""
    batch: list[int] = []
    for index in order:
        width = _padded(_width(crops[index]), narrowest)
        if batch and (len(batch) + 1) * width > _BATCH_PIXELS:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _read_batch(crops: Sequence[Gray], narrowest: int) -> list[Text]:
    wide = _padded(_width(crops[-1]), narrowest)
    batch = np.zeros((len(crops), 3, _HEIGHT, wide), dtype=np.float32)
    for index, crop in enumerate(crops):
        width = _width(crop)
        line = cv2.resize(crop, (width, _HEIGHT), interpolation=_interpolation(crop))
        batch[index, :, :, :width] = line.astype(np.float32) / 127.5 - 1.0
    session, characters = _recogniser()
    return [_decoded(chances, characters) for chances in session(batch)]


def _interpolation(crop: Gray) -> int:
    return int(cv2.INTER_AREA if crop.shape[0] > _HEIGHT else cv2.INTER_CUBIC)


def _decoded(chances: Any, characters: Sequence[str]) -> Text:
    """The best path without repeats and blanks (CTC): ``chances`` is of shape (steps, characters)."""
    best = chances.argmax(axis=1)
    sure = chances.max(axis=1)
    kept = best != 0
    kept[1:] &= best[1:] != best[:-1]
    if not kept.any():
        return Text("", 0.0, 0.0)
    text = "".join(characters[index] for index in best[kept])
    chances = _highest(best, sure)[kept]
    telling = [chance for chance, character in zip(chances, text, strict=False) if character not in _SLIGHT]
    return Text(text, float(min(telling, default=chances.min())), float(chances.mean()))


def _highest(best: Any, sure: Any) -> Any:
    """For each step the highest chance of the run of equal characters it is in."""
    runs = np.cumsum(np.concatenate([[0], best[1:] != best[:-1]]))
    highest = np.zeros(runs[-1] + 1, dtype=sure.dtype)
    np.maximum.at(highest, runs, sure)
    return highest[runs]


@lru_cache(maxsize=1)
def _engine() -> Any:
    threads = load_settings().ocr_threads
    cv2.setNumThreads(threads)
    options = {
        "Global.log_level": "critical",
        "Det.limit_side_len": 32,  # part of a page is not blown up
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    return RapidOCR(params=options)


@lru_cache(maxsize=1)
def _detector() -> Any:
    return _engine()._load_det_model()


@lru_cache(maxsize=1)
def _recogniser() -> tuple[Any, Sequence[str]]:
    model = _engine()._load_rec_model()
    return model.session, model.postprocess_op.character
