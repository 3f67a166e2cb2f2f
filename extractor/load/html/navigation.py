"""Which of a page's lines and tables are the page's own and not the report's: menus, paths, buttons, catalogue data.

Decided by structure (element, class words, share of links) and by content together. Where the report stands is told by
the mass of running text and tables; in doubt a thing is kept.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from importlib import resources

from extractor.document import SetAside
from extractor.load.flow import FULL_STOP
from extractor.load.html.page import Zone
from extractor.load.items import Grid, Image, Item, Line, Verbatim
from extractor.text import squash

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_DIGITS = re.compile(r"\d+")
_PAGES = re.compile(r"(?:[\[(（【]?\d{1,2}[\])）】]?\s{0,4}){1,20}+")
_FIGURES = re.compile(r"[\s\d,，.．/%-]*")
_LONGEST_LABEL = 16
_CORE = 0.6
"""Share of its parent's mass that makes a container the one to look into."""

_LINKED = 0.6
"""Share of links from which a container of several links is a menu."""

_FEW_LINKS = 3
_LONG_LINE = 80
"""A line with more characters than this that is no link is running text."""

_LARGE_TABLE = 12
"""A table with as many filled cells is one of the report's, unless it is catalogue data."""

_CATALOGUE = 3
_CATALOGUE_CELLS = 40
_CATALOGUE_MASS = 800
"""Labels that make a block catalogue data, and its size at most in cells and characters."""

_SMALL_SHARE = 0.1
_SMALL = 300
"""A container with more running text than this (of the page's, or in characters) is not told by its name alone."""


class Verdict(Enum):
    """How far a container is from being the report's."""

    INSIDE = 0
    OUTSIDE = 1
    LIKELY = 2
    FURNITURE = 3


@dataclass(frozen=True)
class Wordings:
    """``navigation.toml``, compiled."""

    sure_tags: frozenset[str]
    sure_words: frozenset[str]
    likely_tags: frozenset[str]
    likely_words: frozenset[str]
    always: re.Pattern[str]
    outside: re.Pattern[str]
    title: re.Pattern[str]
    labels: frozenset[str]


@dataclass(slots=True)
class Mass:
    """What a container holds, its inner ones included: characters that are no links, links and their characters."""

    text: int = 0
    linked: int = 0
    links: int = 0
    labels: int = 0
    large: bool = False

    def add(self, other: Mass) -> None:
        """Hold what ``other`` holds, too."""
        self.text += other.text
        self.linked += other.linked
        self.links += other.links
        self.labels += other.labels
        self.large = self.large or other.large


@lru_cache(maxsize=1)
def wordings() -> Wordings:
    """The wordings of page furniture."""
    raw = tomllib.loads(resources.files(__package__).joinpath("navigation.toml").read_text("utf-8"))
    texts = raw["texts"]
    return Wordings(
        sure_tags=frozenset(raw["sure"]["tags"]),
        sure_words=frozenset(raw["sure"]["words"]),
        likely_tags=frozenset(raw["likely"]["tags"]),
        likely_words=frozenset(raw["likely"]["words"]),
        always=re.compile("|".join(f"(?:{text})" for text in texts["always"])),
        outside=re.compile("|".join(f"(?:{text})" for text in texts["outside"])),
        title=re.compile(raw["title"]["words"]),
        labels=frozenset(squash(label) for label in raw["catalogue"]["labels"]),
    )


def sift(items: list[Item], zones: list[Zone]) -> tuple[list[Item], list[SetAside]]:
    """``items`` without the page's own furniture, and that furniture."""
    catalogues: set[int] = set()
    verdicts = _verdicts(zones, _masses(items, zones, catalogues))
    kept: list[Item] = []
    aside: list[SetAside] = []
    for item in items:
        if id(item) in catalogues or _is_furniture(item, verdicts[item.zone]):
            aside.append(SetAside("navigation", _text(item), zones[item.zone].position))
        else:
            kept.append(item)
    pager = _pager(kept)
    aside += [SetAside("navigation", _text(item), zones[item.zone].position) for item in pager]
    return kept[: len(kept) - len(pager)], aside


def _pager(items: list[Item]) -> list[Item]:
    """The lines after the report that count its pages (1, or 1 2 3), where it does not end with figures."""
    begin = len(items)
    while begin and isinstance(line := items[begin - 1], Line) and _PAGES.fullmatch(line.text.strip()):
        begin -= 1
    last = items[begin - 1] if begin else None
    lines = items[begin:] if isinstance(last, Line) and not _FIGURES.fullmatch(last.text) else []
    pages = [int(page) for line in lines for page in _DIGITS.findall(_text(line))]
    return lines if pages and pages == list(range(1, len(pages) + 1)) else []


def _masses(items: list[Item], zones: list[Zone], catalogues: set[int]) -> list[Mass]:
    """What each container holds, inner containers included (a container comes before those in it).

    ``catalogues`` gets the ``id`` of each table that is catalogue data.
    """
    masses = [Mass() for _ in zones]
    for item in items:
        if _weigh(item, masses[item.zone]):
            catalogues.add(id(item))
    for index in range(len(zones) - 1, 0, -1):
        masses[zones[index].parent].add(masses[index])
    return masses


def _weigh(item: Item, mass: Mass) -> bool:
    """Add an item to what its container holds; whether it is catalogue data."""
    if isinstance(item, Line):
        mass.text += len(item.text) - item.linked
        if item.linked:
            mass.linked += item.linked
            mass.links += 1
        mass.labels += _is_label(item.text)
    elif isinstance(item, Grid):
        filled = [cell.text for row in item.rows for cell in row if cell.text]
        catalogue, labels = _catalogue(filled, sum(map(len, item.rows)))
        mass.text += sum(map(len, filled))
        mass.large = mass.large or (not catalogue and len(filled) >= _LARGE_TABLE)
        mass.labels += labels
        return catalogue
    elif isinstance(item, Verbatim):
        mass.text += len(item.text)
    return False


def _verdicts(zones: list[Zone], masses: list[Mass]) -> list[Verdict]:
    path = _path_to_core(zones, masses)
    core = path[-1]
    verdicts: list[Verdict] = []
    for index, (zone, mass) in enumerate(zip(zones, masses, strict=True)):
        if index == core:
            verdict = Verdict.INSIDE
        elif index in path:
            verdict = Verdict.OUTSIDE
        else:
            above = verdicts[zone.parent]
            follows = index > core and zone.parent == zones[core].parent
            verdict = _verdict(zone, mass, masses[0], above, follows=follows)
        verdicts.append(verdict)
    return verdicts


def _path_to_core(zones: list[Zone], masses: list[Mass]) -> list[int]:
    """From the page down to the innermost container that holds most of what its parent holds."""
    path = [0]
    for index, zone in enumerate(zones):
        if zone.parent == path[-1] and masses[index].text >= _CORE * masses[zone.parent].text > 0:
            path.append(index)
    return path


def _verdict(zone: Zone, mass: Mass, page: Mass, above: Verdict, *, follows: bool) -> Verdict:
    """The verdict on a container that does not hold the report; ``follows``: it comes right after the one that does."""
    if above is Verdict.FURNITURE or mass.large:
        return above
    if mass.links >= _FEW_LINKS and mass.linked >= _LINKED * (mass.linked + mass.text):
        return Verdict.FURNITURE
    if mass.labels >= _CATALOGUE and mass.text + mass.linked < _CATALOGUE_MASS:
        return Verdict.FURNITURE
    if mass.text > max(_SMALL, _SMALL_SHARE * page.text):
        return above
    named = _named(zone.tag, zone.words)
    if named is Verdict.LIKELY and (above is Verdict.INSIDE or follows):
        return above
    return max(above, named, key=lambda verdict: verdict.value)


@lru_cache(maxsize=2_000)
def _named(tag: str, words: str) -> Verdict:
    known = wordings()
    names = {word.lower() for word in _WORD.findall(words)}
    if tag in known.sure_tags or not names.isdisjoint(known.sure_words):
        return Verdict.FURNITURE
    if tag in known.likely_tags or not names.isdisjoint(known.likely_words):
        return Verdict.LIKELY
    return Verdict.INSIDE


def _is_furniture(item: Item, verdict: Verdict) -> bool:
    if isinstance(item, Line):
        return _is_furniture_line(item, verdict)
    if isinstance(item, Grid):
        return verdict is Verdict.FURNITURE
    return verdict in (Verdict.FURNITURE, Verdict.LIKELY) and isinstance(item, Image)


def _is_furniture_line(line: Line, verdict: Verdict) -> bool:
    known, text = wordings(), line.text.strip()
    if verdict is Verdict.INSIDE:
        return text[-1:] != FULL_STOP and known.always.fullmatch(text) is not None
    if line.linked >= _LINKED * len(line.text):
        return not line.heading
    if known.outside.match(text) or known.always.fullmatch(text):
        return True
    if verdict is Verdict.LIKELY and (line.heading or known.title.search(text)):
        return False
    return verdict is not Verdict.OUTSIDE and len(line.text) <= _LONG_LINE


def _catalogue(filled: list[str], cells: int) -> tuple[bool, int]:
    """Whether a table is catalogue data, and how many labels of such data it has, by the texts of its ``cells``."""
    if cells > _CATALOGUE_CELLS:
        return False, 0
    labels = sum(map(_is_label, filled))
    enough = labels >= _CATALOGUE or (len(filled) > 3 and labels == len(filled) // 2)
    return enough and labels * 4 >= len(filled), labels


def _is_label(text: str) -> bool:
    """Whether a text is, or begins with, a label of catalogue data."""
    head = text[:_LONGEST_LABEL].replace("：", ":").partition(":")[0]
    if len(head) == _LONGEST_LABEL < len(text) or text[-1:] == FULL_STOP:
        return False
    return squash(head) in wordings().labels


def _text(item: Item) -> str:
    if isinstance(item, Grid):
        return "\n".join("\t".join(cell.text for cell in row) for row in item.rows)
    return item.name if isinstance(item, Image) else item.text
