"""How an RTF file's groups nest (RTF 1.9.1, "RTF Syntax"): whether the outermost ends, and how deep they go."""

from __future__ import annotations

import re

_BRACE = re.compile(rb"\\[{}\\]|[{}]")


def deepest_group(data: bytes) -> int | None:
    r"""How many groups are open at most in the one that begins the file; None where that is never closed.

    What stands after it does not count.

    >>> deepest_group(rb"{\rtf1 a {\b b} \} c}"), deepest_group(rb"{\rtf1 a {\b b}")
    (2, None)
    """
    depth = deepest = 0
    for found in _BRACE.finditer(data):
        if len(found[0]) == 1:
            depth += 1 if found[0] == b"{" else -1
            deepest = max(deepest, depth)
            if depth <= 0:
                return deepest
    return None
