"""Exact one-sided bounds on a share (Clopper-Pearson), from the binomial distribution itself."""

from __future__ import annotations

from math import exp, lgamma, log


def _at_most(hits: int, of: int, share: float) -> float:
    """The chance of at most ``hits`` among ``of``, each with the chance ``share``."""
    if share <= 0.0 or share >= 1.0:
        return 1.0 if share <= 0.0 or hits >= of else 0.0
    ways = (lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) for k in range(hits + 1))
    return sum(exp(way + k * log(share) + (of - k) * log(1 - share)) for k, way in enumerate(ways))


def upper_bound(hits: int, of: int, level: float = 0.95) -> float:
    """The largest share under which so few hits are no less likely than 1 - ``level``.

    >>> round(upper_bound(0, 200), 5)
    0.01487
    """
    low, high = hits / of, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(hits, of, middle) > 1 - level else (low, middle)
    return high


def lower_bound(hits: int, of: int, level: float = 0.95) -> float:
    """The smallest share under which so many hits are no less likely than 1 - ``level``."""
    return 1 - upper_bound(of - hits, of, level)
