"""What the words beside a figure say of it, apart from what it counts: whose it is, which year's, whole or part."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=\s?年)")


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    raw = tomllib.loads(resources.files(__package__).joinpath("scope.toml").read_text("utf-8"))
    return {key: re.compile(pattern, re.IGNORECASE) for key, pattern in raw.items()}


def said_of(key: str, words: str) -> str:
    """The words of one sort (a key of ``scope.toml``) that stand in ``words``; "" where none do.

    >>> said_of("wider", "全县各单位公开信息"), said_of("part", "收到申请")
    ('全县', '')
    """
    found = _patterns()[key].search(words)
    return found[0] if found else ""


def years_in(words: str) -> set[int]:
    """The years that words name in figures.

    >>> sorted(years_in("2021年收到申请，2020年结转"))
    [2020, 2021]
    """
    return {int(year) for year in _YEAR.findall(words)}
