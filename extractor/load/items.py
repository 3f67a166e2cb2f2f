"""What a loader of structured files finds, one thing after another in reading order."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.document import Cell, Layout


@dataclass(slots=True)
class Line:
    """One line of running text; ``zone`` is the container it stands in, ``linked`` how much of it is links (HTML)."""

    text: str
    heading: int = 0
    origin: int = 0
    zone: int = 0
    linked: int = 0


@dataclass(slots=True)
class Verbatim:
    """Text whose own line breaks and drawn tables count (``<pre>``)."""

    text: str
    origin: int = 0
    zone: int = 0


@dataclass(slots=True)
class Image:
    """A picture among the text; ``data`` is its file where that is at hand, ``source`` where in the file it is."""

    name: str
    zone: int = 0
    origin: int = 0
    source: str = ""
    data: bytes = b""


@dataclass(slots=True)
class Grid:
    """A table; ``rows`` and ``layout`` as in ``document.Table``."""

    rows: list[list[Cell]]
    zone: int = 0
    layout: Layout = "grid"


Item = Line | Verbatim | Image | Grid
"""What a loader finds, in reading order."""
