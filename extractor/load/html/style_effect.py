"""What one style (``display: none; color: red``) does to an element, as far as a reader of its text sees it."""

from __future__ import annotations

import re
from functools import lru_cache

PARTS = {
    "table": "table",
    "table-row": "tr",
    "table-cell": "td",
    "table-row-group": "tbody",
    "table-header-group": "thead",
    "table-footer-group": "tfoot",
}
"""Parts of tables that styles draw, and their tags."""

WHITE_NAMES = frozenset({"white", "#fff", "#ffffff"})
BACKGROUND = "background"

_HIDES = re.compile(
    r"display:none|mso-hide:all|mso-element:(?:header|footer|comment-list)|opacity:0(?:\.0*)?(?:;|!|$)|"
    r"text-indent:-(?:\d{4,}|999)|clip:rect\((?:[01](?:px)?,?){4}\)|clip-path:inset\((?:50|100)%|transform:scale\(0"
)
_OFF_PAGE = re.compile(r"(?:left|top|right):-(?:999|\d{4,})")
_STRUCK = re.compile(r"text-decoration(?:-line)?:[^;]*line-through|text-line-through:(?!none)")
_TINY = re.compile(r"font-size:(?:(?:[01](?:\.\d*)?|\.\d+)(?:px|pt)|[01]|0?(?:\.0\d*)?(?:r?em|%))(?:;|!|$)")
_NO_ROOM = re.compile(r"(?:^|;)(?:max-)?(?:height|width):0(?:px|pt)?(?:;|!|$)")
_CUT = re.compile(r"(?:^|;)overflow:hidden")
_BLANKS = re.compile(r"visibility:(?:hidden|collapse)")
_COLOURLESS = re.compile(r"(?:^|;)color:(?:transparent|(?:rgb|hsl)a\([\d,.%]{1,20},0(?:\.0*)?\))")
_WHITE_NAME = r"(?:#f[ef]f[ef]f[ef]|#fff|white|rgb\(255,255,255\))(?:;|!|$)"
_WHITE = re.compile(rf"(?:^|;)color:{_WHITE_NAME}")
_WHITE_GROUND = re.compile(rf"background(?:-color)?:{_WHITE_NAME}")
_TABLE_PART = re.compile(r"display:(?:inline-)?(table(?:-row|-cell|-row-group|-header-group|-footer-group)?)(?:;|!|$)")
_ARRANGEMENTS = (
    ("flex", re.compile(r"display:(?:inline-)?(?:-webkit-)?(?:flex|box|grid)(?:;|!|$)")),
    ("block", re.compile(r"display:(?:block|list-item|flow-root)(?:;|!|$)|float:(?:left|right)(?:;|!|$)")),
    ("sup", re.compile(r"vertical-align:super|mso-special-character:(?:foot|end)note")),
    ("sub", re.compile(r"vertical-align:sub(?:;|!|$)|mso-text-raise:[1-9]")),
    ("apart", re.compile(r"^(?=.*display:inline-block(?:;|$))(?:.*;)?(?:min-)?width:[1-9]")),
)


@lru_cache(maxsize=2_000)
def effect(style: str) -> str:
    """What a style does to an element: the tag of a table part, one of these words, or "".

    ``hidden``: it is not there; ``blank``: it cannot be seen; ``struck``: it is struck out; ``tiny``, ``shut`` and
    ``white``: it cannot be seen unless what it holds is larger, it is part of a table, or stands on a dark ground;
    ``sup``, ``sub``: it stands higher or lower; ``block``: it stands on lines of its own; ``flex``: what it holds does;
    ``apart``: it has a width of its own.

    >>> effect("color:red; DISPLAY : none"), effect("display: table-cell"), effect("border:none"), effect("float: left")
    ('hidden', 'td', '', 'block')
    """
    plain = plain_style(style)
    arrangements = (does for does, pattern in _ARRANGEMENTS if pattern.search(plain))
    return _takes_away(plain) or _table_part(plain) or _dims(plain) or next(arrangements, "")


def _takes_away(plain: str) -> str:
    if _HIDES.search(plain) or (_OFF_PAGE.search(plain) and "position:" in plain):
        return "hidden"
    if _BLANKS.search(plain) or (_COLOURLESS.search(plain) and BACKGROUND not in plain):
        return "blank"
    return "struck" if _STRUCK.search(plain) else ""


def _table_part(plain: str) -> str:
    part = _TABLE_PART.search(plain)
    return PARTS[part[1]] if part else ""


def _dims(plain: str) -> str:
    if _TINY.search(plain):
        return "tiny"
    if _NO_ROOM.search(plain) and _CUT.search(plain):
        return "shut"
    white = _WHITE.search(plain) and (BACKGROUND not in plain or has_white_ground(plain))
    return "white" if white else ""


def plain_style(style: str) -> str:
    """A style in small letters without white space."""
    return "".join(style.lower().split())


def has_white_ground(plain: str) -> bool:
    """Whether a style (as of ``plain_style``) gives an element a white background."""
    return _WHITE_GROUND.search(plain) is not None
