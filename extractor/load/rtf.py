"""Whether an RTF file is all there: its outermost group ends (RTF 1.9.1, "RTF Syntax")."""

from __future__ import annotations

import re

_BRACE = re.compile(rb"\\[{}\\]|[{}]")


def is_whole(data: bytes) -> bool:
    r"""Whether the group that begins the file is closed again; what stands after it does not count.

    >>> is_whole(rb"{\rtf1 a {\b b} \} c}"), is_whole(rb"{\rtf1 a {\b b}")
    (True, False)
    """
    depth = 0
    for found in _BRACE.finditer(data):
        if len(found[0]) == 1:
            depth += 1 if found[0] == b"{" else -1
            if depth <= 0:
                return True
    return False
