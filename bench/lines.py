"""A line of the result: what was measured, its limit, and whether it holds."""

from __future__ import annotations


def tell(what: str, measured: float, limit: float, unit: str, *, at_least: bool = False) -> None:
    """One line of the result; ``at_least``: the limit is the least that is asked for, not the most."""
    holds = measured >= limit if at_least else measured <= limit
    limits = f"(at least {limit:g}{unit})" if at_least else f"(limit {limit:g}{unit})"
    verdict = "ok" if holds else "under" if at_least else "over"
    print(f"{what:66} {measured:8.2f}{unit:3} {limits} {verdict}", flush=True)
