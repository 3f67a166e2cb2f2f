"""How much a test does: little in `make check`, much in `make stress`."""

from __future__ import annotations

import os

STRESS = os.environ.get("EXTRACTOR_TESTS") == "stress"


def scaled(short: int, long: int) -> int:
    """``short`` in `make check`, ``long`` in `make stress`."""
    return long if STRESS else short
