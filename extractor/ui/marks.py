"""Text that is not ours, where Streamlit would read Markdown."""

from __future__ import annotations

import re

_JOINER = "\u2060"
"""Is not seen and takes no room."""
_ADDRESS = re.compile(r"(:|www)(//|\.)", re.IGNORECASE)
_SIGNS = frozenset(r"\`*_{}[]()#+-.!|~<>$:")


def bare(text: str) -> str:
    """Text that Markdown leaves as it is, and in which it finds no address to make a link of.

    >>> bare("![x](a.b)")
    '\\\\!\\\\[x\\\\]\\\\(a\\\\.b\\\\)'
    >>> bare("http://a") == f"http\\\\:{_JOINER}//a"
    True
    """
    apart = _ADDRESS.sub(rf"\1{_JOINER}\2", text)
    return "".join(f"\\{char}" if char in _SIGNS else char for char in apart)
