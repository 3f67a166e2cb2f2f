"""What a Word file says of its paragraphs outside of them: styles (headings, hidden text) and list numbers.

Numbers that Word counts itself stand in no paragraph, yet every reader sees them and the items of a list hang on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from extractor.load.ordinals import ordinal
from extractor.load.tree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = f"{W}val"
_OFF = frozenset({"0", "false", "off", "none"})
_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_TITLE = frozenset({"title", "标题"})
_CONTENTS = re.compile(r"toc\s*\d", re.IGNORECASE)
HIDING = ("vanish", "strike", "dstrike")
"""Switches of runs that take their text out of the report: hidden, struck out, struck out twice."""

RAISED = "superscript"
_PLACE = re.compile(r"%([1-9])")
_LEVELS = 9
_DEEPEST = 20
"""Styles a style is based on, at most: files make them based on themselves."""

_PRIVATE = re.compile("[\ue000-\uf8ff]")
_CLOSED = "、，,.．。)）:：]】 \u3000\u2003"


class InList(NamedTuple):
    """That a paragraph is an item of a list: which, and on what level (from 0)."""

    number_id: str
    level: int


@dataclass(slots=True)
class _Style:
    name: str = ""
    based_on: str = ""
    outline: int | None = None
    number_id: str | None = None
    level: int | None = None
    switches: dict[str, bool] = field(default_factory=dict)
    align: str | None = None


def is_on(element: Element | None) -> bool:
    """Whether a switch (``<w:vanish/>``) is there and not switched off."""
    return element is not None and element.get(VAL) not in _OFF


def settings_in(properties: Element | None) -> dict[str, Element]:
    """The elements of a ``w:…Pr`` by their names without namespace."""
    return {} if properties is None else {str(each.tag).rpartition("}")[2]: each for each in properties}


def setting(properties: dict[str, Element], name: str) -> str | None:
    """The ``w:val`` of one of ``settings_in``, or None."""
    found = properties.get(name)
    return None if found is None else found.get(VAL)


def value(parent: Element | None, name: str) -> str | None:
    """The ``w:val`` of the child ``w:name``, or None."""
    found = None if parent is None else parent.find(W + name)
    return None if found is None else found.get(VAL)


def whole(text: str | None) -> int | None:
    """``text`` as a whole number of up to twelve digits, or None."""
    return int(text) if text and len(text) < 13 and text.isascii() and text.isdigit() else None


class Look(NamedTuple):
    """What a style means: heading level (0 for none), of a table of contents, item of a list.

    ``hiding``: which of ``HIDING`` it switches on; ``raised``: ``superscript``, ``subscript`` or "".
    """

    heading: int = 0
    contents: bool = False
    hiding: frozenset[str] = frozenset()
    raised: str = ""
    in_list: InList | None = None


class Styles:
    """The styles of a file."""

    def __init__(self, root: Element | None) -> None:
        elements = () if root is None else root.iter(f"{W}style")
        self._elements = {str(element.get(f"{W}styleId", "")): element for element in elements}
        self._looks: dict[str | None, Look] = {None: Look()}

    def look(self, style_id: str | None) -> Look:
        """What the style of this id means; one that the file does not define means nothing."""
        if style_id not in self._looks:
            chain = list(self._chain(style_id))
            self._looks[style_id] = Look(
                heading=next((level for style in chain if (level := _heading(style)) is not None), 0),
                contents=any(_CONTENTS.fullmatch(style.name) for style in chain),
                hiding=frozenset(name for name in HIDING if _is_switched(chain, name)),
                raised=next((style.align for style in chain if style.align is not None), ""),
                in_list=_in_list(chain),
            )
        return self._looks[style_id]

    def _chain(self, style_id: str | None) -> Iterator[_Style]:
        """The style and those it is based on."""
        for _ in range(_DEEPEST):
            element = self._elements.get(style_id or "")
            if element is None:
                return
            style = _style(element)
            yield style
            style_id = style.based_on


def _is_switched(chain: list[_Style], name: str) -> bool:
    return next((style.switches[name] for style in chain if name in style.switches), False)


def _heading(style: _Style) -> int | None:
    if style.outline is not None:
        return style.outline + 1 if style.outline < _LEVELS else 0
    if found := _HEADING.fullmatch(style.name):
        return int(found[1])
    return 1 if style.name.lower() in _TITLE else None


def _in_list(chain: list[_Style]) -> InList | None:
    level = next((style.level for style in chain if style.level is not None), 0)
    number_id = next((style.number_id for style in chain if style.number_id is not None), "0")
    return InList(number_id, level) if number_id != "0" else None


def _style(element: Element) -> _Style:
    properties = element.find(f"{W}pPr")
    numbers = None if properties is None else properties.find(f"{W}numPr")
    run = settings_in(element.find(f"{W}rPr"))
    return _Style(
        name=value(element, "name") or "",
        based_on=value(element, "basedOn") or "",
        outline=whole(value(properties, "outlineLvl")),
        number_id=value(numbers, "numId"),
        level=whole(value(numbers, "ilvl")),
        switches={name: is_on(run[name]) for name in HIDING if name in run},
        align=setting(run, "vertAlign"),
    )


@dataclass(slots=True)
class _Level:
    """How items of one level are numbered; ``text`` as in the file: ``（%1）``."""

    start: int = 1
    style: str = "decimal"
    text: str = ""
    plain: bool = False
    close: bool = False
    restart: int | None = None


@dataclass(slots=True)
class _Use:
    """One use of a list. ``counts`` are shared by all uses of the same list; ``starts`` are still to be applied."""

    levels: dict[int, _Level]
    counts: dict[int, int]
    starts: dict[int, int]

    def level(self, index: int) -> _Level:
        return self.levels.get(index) or _Level()

    def count(self, index: int) -> None:
        """One more item on level ``index``; deeper levels begin again, unless they say otherwise."""
        start = self.starts.pop(index, None)
        if start is not None or index not in self.counts:
            self.counts[index] = self.level(index).start if start is None else start
        else:
            self.counts[index] += 1
        for deeper in [deeper for deeper in self.counts if deeper > index]:
            restart = self.level(deeper).restart
            if restart is None or index < restart:
                del self.counts[deeper]

    def drawn(self, index: int, *, plain: bool) -> str:
        """The number that level ``index`` has reached, in its numerals or in plain digits."""
        level = self.level(index)
        number = self.counts.get(index, level.start)
        return "" if level.style == "none" else ordinal(number, "decimal" if plain else level.style)


class Numbering:
    """The lists of a file, counting as they are asked."""

    def __init__(self, root: Element | None) -> None:
        self._uses: dict[str, _Use] = {}
        if root is None:
            return
        abstracts = {element.get(f"{W}abstractNumId"): element for element in root.iter(f"{W}abstractNum")}
        lists = {number: _levels(element) for number, element in abstracts.items()}
        styled = {value(element, "styleLink"): number for number, element in abstracts.items()}
        counts: dict[str | None, dict[int, int]] = {abstract: {} for abstract in lists}
        for element in root.iter(f"{W}num"):
            abstract = value(element, "abstractNumId")
            if link := value(abstracts.get(abstract), "numStyleLink"):
                abstract = styled.get(link, abstract)
            overrides = list(element.iter(f"{W}lvlOverride"))
            starts = {_index(each): whole(value(each, "startOverride")) for each in overrides}
            self._uses[str(element.get(f"{W}numId"))] = _Use(
                levels={**lists.get(abstract, {}), **_levels(element)},
                counts=counts.get(abstract, {}),
                starts={index: start for index, start in starts.items() if start is not None},
            )

    def marker(self, item: InList) -> str:
        """The number before the next item, with what parts it from the text; "" for bullets and unknown lists."""
        use = self._uses.get(item.number_id)
        if use is None or item.level >= _LEVELS:
            return ""
        use.count(item.level)
        level = use.level(item.level)
        if level.style == "bullet":
            return ""
        drawn = _PLACE.sub(lambda place: use.drawn(int(place[1]) - 1, plain=level.plain), level.text)
        text = _PRIVATE.sub("", drawn)
        return text if not text or level.close or text[-1] in _CLOSED else text + " "


def _levels(element: Element) -> dict[int, _Level]:
    return {_index(level): _level(level) for level in element.iter(f"{W}lvl")}


def _index(level: Element) -> int:
    return whole(level.get(f"{W}ilvl")) or 0


def _level(element: Element) -> _Level:
    start = whole(value(element, "start"))
    return _Level(
        start=1 if start is None else start,
        style=value(element, "numFmt") or "decimal",
        text=value(element, "lvlText") or "",
        plain=is_on(element.find(f"{W}isLgl")),
        close=value(element, "suff") == "nothing",
        restart=whole(value(element, "lvlRestart")),
    )
