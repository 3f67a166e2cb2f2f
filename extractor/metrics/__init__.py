"""What the figures of a report's text count, told by cue words beside them: data that asking and checking share."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of the record's claims: cue words (one of each group), words that speak against it, its units.

    ``denied_by``: a pattern of what must be denied to say that there was none; "" where it cannot be.
    """

    key: str
    cues: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...]
    units: tuple[str, ...]
    denied_by: str = ""

    def is_spoken_of(self, words: str) -> bool:
        """Whether the words beside a figure speak of this metric.

        >>> metrics()["reviews"].is_spoken_of("发生行政复议3件"), metrics()["reviews"].is_spoken_of("收到申请3件")
        (True, False)
        """
        return all(any(cue in words for cue in group) for group in self.cues)

    def is_denied(self, words: str) -> bool:
        """Whether the words speak of another metric."""
        return any(word in words for word in self.unless)


@lru_cache(maxsize=1)
def metrics() -> dict[str, Metric]:
    """Every metric of the contract by its key."""
    raw = tomllib.loads(resources.files(__package__).joinpath("metrics.toml").read_text("utf-8"))
    return {
        key: Metric(
            key, tuple(map(tuple, one["cues"])), tuple(one["unless"]), tuple(one["units"]), one.get("denied_by", "")
        )
        for key, one in raw.items()
    }
