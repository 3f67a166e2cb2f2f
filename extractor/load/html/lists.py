"""Lists of a page: the numbers that a browser draws before their items."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.load.html.cells import number
from extractor.load.ordinals import ordinal
from extractor.load.tree import Element

_STYLES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


@dataclass(slots=True)
class OpenList:
    """An open list: ``number`` its next item has, ``style`` of the numbers ("" for none)."""

    number: int
    style: str

    def marker(self, item: Element) -> str:
        """The number a browser draws before the next item: the reader sees it, the file does not hold it."""
        if not self.style:
            return ""
        own = number(item.get("value"), self.number)
        self.number = own + 1
        return ordinal(own, _STYLES.get(self.style, "decimal")) + ". "


def list_of(element: Element) -> OpenList:
    """The list that ``element`` begins."""
    numbered = element.tag == "ol" and "none" not in element.get("style", "")
    return OpenList(number(element.get("start"), 1), element.get("type", "1") if numbered else "")
