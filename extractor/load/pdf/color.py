"""Colours of a PDF → how light they look on white paper."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

WHITE = 0.97
"""From here on paint cannot be seen on paper."""

PALE = 0.6
"""From here on print is a watermark's rather than a report's."""

_INKS = frozenset({"Separation", "DeviceN"})
_RED, _GREEN, _BLUE = 0.3, 0.59, 0.11


@lru_cache(maxsize=4_000)
def lightness(color: Any, space: str, alpha: float = 1.0) -> float:
    """How light paint is, from 0 (black) to 1 (white); patterns and unknown spaces count as black.

    >>> lightness(0.9, "DeviceGray"), lightness((0, 0, 0, 0), "DeviceCMYK"), lightness(1.0, "Separation")
    (0.9, 1.0, 0.0)
    """
    numbers = color if isinstance(color, tuple | list) else (color,)
    shares = [float(number) for number in numbers if isinstance(number, int | float)]
    if not shares or len(shares) != len(numbers) or space in ("Pattern", "Indexed", "Lab"):
        return 0.0
    return 1.0 - alpha * (1.0 - _light(shares, space))


def _light(shares: list[float], space: str) -> float:
    if space in _INKS:
        return 1.0 - min(max(shares), 1.0)
    if len(shares) == 4:
        cyan, magenta, yellow, black = shares
        return max(1.0 - min(_RED * cyan + _GREEN * magenta + _BLUE * yellow + black, 1.0), 0.0)
    if len(shares) == 3:
        red, green, blue = shares
        return _RED * red + _GREEN * green + _BLUE * blue
    return shares[0]
