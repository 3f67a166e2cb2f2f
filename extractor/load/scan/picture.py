"""What the modules of a scan share: a grey picture."""

from __future__ import annotations

from typing import Any

Gray = Any
"""A grey picture or a mask: an array of bytes of shape (height, width); 255 is white, or set."""

Pixels = tuple[int, int, int, int]
"""(left, top, right, bottom) in pixels, half open."""
