"""A second reading of lines the engine has read: larger, softer, with more white around them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from extractor.load.scan.engine import SURE, recognise
from extractor.load.scan.marks import mark_of
from extractor.load.scan.picture import Gray

_LARGER = 1.5
_SOFTER = 0.8
_WHITE = 0.18
"""White around a line, in its heights."""

_WIDE = 320
"""Pixels that a line is padded to: what the engine was trained on."""


def read_again(crops: Sequence[Gray]) -> str | None:
    """What the lines say at another setting; None where one of them cannot be read so."""
    if len(crops) == 1 and (mark := mark_of(crops[0], crops[0].shape[0])):
        return mark
    texts = recognise([_seen_anew(crop) for crop in crops], _WIDE)
    return "".join(text.text for text in texts) if all(text.mean >= SURE for text in texts) else None


def _seen_anew(crop: Gray) -> Gray:
    framed = np.pad(crop, max(1, round(_WHITE * crop.shape[0])), constant_values=255)
    larger = cv2.resize(framed, None, fx=_LARGER, fy=_LARGER, interpolation=cv2.INTER_LANCZOS4)
    return cv2.GaussianBlur(larger, (0, 0), _SOFTER)
