"""Which issue a measure answers where the two share words: told by pairs of letters that say something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from extractor.narrative.wordings import wordings
from extractor.text import fold

SHARED = 2
"""Pairs of letters that a measure and the issue it answers have in common at least."""


def pairs_of(words: str) -> set[str]:
    """Every two letters that stand side by side in words."""
    return {words[i : i + 2] for i in range(len(words) - 1)}


def common_pairs(texts: Sequence[str]) -> set[str]:
    """Pairs of letters that say little: those of the wordings, and of most passages of this report."""
    found = Counter(pair for text in texts for pair in pairs_of(fold(text)))
    usual = {pair for pair, count in found.items() if count > max(2, len(texts) / 2)}
    return usual | set(wordings("cues")["common_pairs"].split())


def plain_links(issues: Sequence[str], measures: Sequence[str]) -> list[int | None]:
    """For each measure the position of the one issue that it plainly answers; None where none is plain.

    It shares words with that one and hardly any with another. Lists of equal length that correspond so, one to one, are
    taken to correspond throughout, unless a measure's words speak for another issue than the one at its place.

    >>> plain_links(["公示牌更换慢", "电话无人接听"], ["每月更换公示牌", "安排专人接听电话"])
    [0, 1]
    """
    common = common_pairs([*issues, *measures])
    named = [pairs_of(fold(issue)) - common for issue in issues]
    shared = [[len(one & pairs_of(fold(measure))) for one in named] for measure in measures]
    told = [_one_of(counts) for counts in shared]
    return list(range(len(measures))) if _correspond(shared, told) else told


def _one_of(counts: Sequence[int]) -> int | None:
    most = max(counts, default=0)
    others = sorted(counts)[:-1]
    return counts.index(most) if most >= SHARED and all(2 * other < most for other in others) else None


def _correspond(shared: Sequence[Sequence[int]], told: Sequence[int | None]) -> bool:
    """Whether two lists of equal length run side by side: most measures answer the one at their place, none another."""
    if not shared or len(shared) != len(shared[0]):
        return False
    in_place = [counts[at] == max(counts) for at, counts in enumerate(shared)]
    plain = sum(one == at for at, one in enumerate(told))
    return all(in_place) and 2 * plain > len(told)
