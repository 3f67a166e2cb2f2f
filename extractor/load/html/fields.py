"""Fields of a page's forms: in a table, what stands in a field is what its cell says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from extractor.load.tree import Element

_FIELDS = ("input", "textarea", "select")
_SOURCES = (b"<input", b"<textarea", b"<select")
_TEXT_TYPES = frozenset({"", "text", "number", "tel", "url", "email"})
_PRESSED = frozenset({"submit", "button", "image", "reset", "password"})
_ANCESTORS = 30
_MOST_OPTIONS = 1_000
_FIGURE = re.compile(r"\s{0,9}[-+]?\d")
_LINK = re.compile(r"\s{0,9}(?:[a-z]{2,9}:|\.{0,2}/|www\.|\S{1,80}\.(?:s?html?|jsp|aspx?|php)\b)", re.IGNORECASE)


def fill_fields(root: Element, page: bytes) -> None:
    """Make the fields of tables the text that a browser shows in them (HTML Standard, 4.10.5 to 4.10.11).

    A row with a button is for searching or signing in; its fields stay what they are, and so do those of no table.
    """
    small = page.lower()
    if not any(source in small for source in _SOURCES):
        return
    fields = [(field, row) for field in root.iter(*_FIELDS) if (row := _row_of(field)) is not None]
    asking = set(_rows_with_buttons(root)) if fields else set()
    for field, row in fields:
        text = _shown(field) if row not in asking else None
        if text is not None:
            for inner in list(field):
                field.remove(inner)
            field.tag, field.text = "span", text


def _shown(field: Element) -> str | None:
    """What a field shows; None for one that shows no text."""
    if field.tag == "input":
        return field.get("value", "") if _type(field) in _TEXT_TYPES else None
    if field.tag == "textarea":
        return None if "<" in (field.text or "") else field.text or ""  # a script of the page makes a page of markup
    options = list(islice(field.iter("option"), _MOST_OPTIONS))
    chosen = next((option for option in options if option.get("selected") is not None), None)
    if chosen is None and not _is_menu(field, options):
        chosen = next((option for option in options if option.get("disabled") is None), None)
        if chosen is not None and not _FIGURE.match(chosen.text or ""):
            chosen = None  # words are the head of a menu, a figure is the value of a cell
    return None if chosen is None else chosen.text or ""


def _is_menu(field: Element, options: Sequence[Element]) -> bool:
    """Whether a choice shows several options at once, or leads to other pages."""
    listed = field.get("multiple") is not None or field.get("size", "1").strip() not in ("", "0", "1")
    return listed or field.get("onchange") is not None or any(_LINK.match(o.get("value", "")) for o in options)


def _type(field: Element) -> str:
    return field.get("type", "").strip().lower()


def _rows_with_buttons(root: Element) -> Iterator[Element]:
    for button in root.iter("button", "input"):
        if (button.tag == "button" or _type(button) in _PRESSED) and (row := _row_of(button)) is not None:
            yield row


def _row_of(field: Element) -> Element | None:
    """The row of the table that a field is in; None for one in no cell."""
    for above in islice(field.iterancestors(), _ANCESTORS):
        if above.tag == "tr":
            return above
    return None
