"""How the runs of a Word file look to its reader: hidden, struck out, white on white, raised as the mark of a note."""

from __future__ import annotations

from itertools import islice

from extractor.load.tree import Element
from extractor.load.word.styles import HIDING, RAISED, Styles, W, is_on, setting, settings_in, value, whole

_PAPER = frozenset({"FFFFFF", "ffffff"})
_TINY = 2
"""Half points up to which nobody can read a letter."""

_SHIFTED = 5
"""Half points from which a shifted letter is taken for raised: superscripts are by a third of their size."""

_MOST_RUNS = 200
"""Runs of a cell that are looked at for their colour."""


class RunLooks:
    """How the runs look; what a white run stands on is found once for each cell."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._cell: Element | None = None
        self._white_on_white = False

    def is_hidden(
        self, run: Element, properties: dict[str, Element], inherited: frozenset[str], *, in_table: bool
    ) -> bool:
        """Whether nobody is meant to read ``run``. ``inherited``: what the style of its paragraph switches on."""
        switched = inherited
        if style := setting(properties, "rStyle"):
            switched = switched | self._styles.look(style).hiding
        if any(is_on(properties[name]) if name in properties else name in switched for name in HIDING):
            return True
        size = whole(setting(properties, "sz"))
        if size is not None and size <= _TINY:
            return True
        white = setting(properties, "color") in _PAPER and not {"shd", "highlight"} & properties.keys()
        return white and (not in_table or self._is_white_on_white(run))

    def raised(self, properties: dict[str, Element]) -> str:
        """``superscript``, ``shifted`` for what is a little higher or lower than the line, or ""."""
        own = setting(properties, "vertAlign") or self._styles.look(setting(properties, "rStyle")).raised
        if own == RAISED:
            return own
        shift = whole(setting(properties, "position"))
        return "shifted" if own == "subscript" or (shift is not None and shift >= _SHIFTED) else ""

    def _is_white_on_white(self, run: Element) -> bool:
        """Whether a cell has no ground of its own and shows other text in another colour: both cannot be read on it.

        A style often gives cells a dark ground; then all that stands in them is white.
        """
        cell = next(run.iterancestors(f"{W}tc"), None)
        if cell is None or cell is self._cell:
            return cell is not None and self._white_on_white
        self._cell = cell
        ground = cell.find(f"{W}tcPr/{W}shd")
        self._white_on_white = ground is None and any(map(_is_dark, islice(cell.iter(f"{W}r"), _MOST_RUNS)))
        return self._white_on_white


def _is_dark(run: Element) -> bool:
    properties = settings_in(run.find(f"{W}rPr"))
    if setting(properties, "color") in _PAPER or any(is_on(properties.get(name)) for name in HIDING):
        return False
    return any((text.text or "").strip() for text in run.iter(f"{W}t"))


def chosen_entry(field_mark: Element) -> str:
    """The entry of a drop-down form field that is chosen: the field shows it, but has no result; "" for other fields.

    Office Open XML, part 1, 17.16.9: ``result`` counts from 0, and without one the ``default`` or the first is chosen.
    """
    entries = field_mark.find(f"{W}ffData/{W}ddList")
    if entries is None:
        return ""
    chosen = whole(value(entries, "result"))
    chosen = whole(value(entries, "default")) if chosen is None else chosen
    names = [entry.get(f"{W}val", "") for entry in entries.iter(f"{W}listEntry")]
    return names[chosen or 0] if (chosen or 0) < len(names) else ""
