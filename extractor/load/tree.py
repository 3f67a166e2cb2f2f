"""A walk over a tree of elements with a stack of its own, since files nest as deep as they like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

Element = etree._Element

Close = Callable[[Any, Any], None]
Opened = tuple[Close, Any] | None
"""What to do when everything in an element is read, with what was saved for it; None for nothing to be read in it."""

Open = Callable[[Any, Element], Opened]


class TreeWalk:
    """Calls an opener for each element by its tag, and after what is in the element what the opener returned."""

    openers: dict[str, Open]
    limit: int

    def walk(self, root: Element) -> None:
        """Read ``root`` and everything in it, in document order."""
        stack: list[tuple[Iterator[Element], Element, Close, Any]] = [(iter((root,)), root, close_nothing, None)]
        openers = self.openers
        while stack:
            children, element, close, saved = stack[-1]
            for child in children:
                opened = openers[child.tag](self, child) if child.tag in openers else self.open_other(child)
                if opened is not None:
                    stack.append((iter(child), child, *opened))
                    break
                self.passed(child)
            else:
                stack.pop()
                close(self, saved)
                if stack:
                    self.passed(element)
            if len(stack) > self.limit:
                self.refuse_depth()

    def open_other(self, element: Element) -> Opened:
        """An element of no known tag: what it holds is read as if it were not there."""
        return close_nothing, None

    def passed(self, element: Element) -> None:
        """``element`` and all in it is read."""

    def refuse_depth(self) -> None:
        """Elements nest deeper than ``limit``."""


def close_nothing(_: Any, __: Any) -> None:
    """Nothing is left to do at an element's end."""
