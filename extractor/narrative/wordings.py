"""The wordings beside this file, read once: names of bodies, cues of part five, words of claims."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources
from typing import Any


@lru_cache(maxsize=8)
def wordings(name: str) -> dict[str, Any]:
    """The tables of ``<name>.toml``."""
    return tomllib.loads(resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


def any_of(words: list[str]) -> str:
    """A pattern of these literal words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


@lru_cache(maxsize=64)
def pattern(name: str, key: str) -> re.Pattern[str]:
    """The pattern that ``<name>.toml`` holds under ``key``, compiled."""
    return re.compile(wordings(name)[key], re.MULTILINE)
