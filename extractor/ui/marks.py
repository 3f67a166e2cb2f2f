"""Text that is not ours, where Streamlit would read Markdown."""

from __future__ import annotations

_SIGNS = frozenset(r"\`*_{}[]()#+-.!|~<>$:")


def bare(text: str) -> str:
    """Text that Markdown leaves as it is.

    >>> bare("![x](http://a)")
    '\\\\!\\\\[x\\\\]\\\\(http\\\\://a\\\\)'
    """
    return "".join(f"\\{char}" if char in _SIGNS else char for char in text)
