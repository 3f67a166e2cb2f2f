"""What names of bodies are compared by: the chain of places they begin with, and the office behind it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from extractor.narrative.bodies import LONGEST_NAME, region_of
from extractor.store.bodies import folded_name

Rank = Literal["province", "city", "county", "town"]

_LONGEST = 2 * LONGEST_NAME
"""Letters of a name that are compared; what is longer is no name."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A name taken apart. ``place``: the last of ``places``, "" where it names none; ``office``: "" for a government.

    ``places`` holds a name at most for each rank, from the province down.
    """

    places: tuple[tuple[Rank, str], ...]
    office: str

    @property
    def place(self) -> str:
        """The smallest place that the name states."""
        return self.places[-1][1] if self.places else ""

    def within(self, region: str | None) -> Parts:
        """The same name with the places of ``region`` added that it does not state itself and that lie around it."""
        if not region:
            return self
        own, around = dict(self.places), dict(parts_of(region).places)
        return Parts(_ordered(around | own), self.office)


def parts_of(name: str) -> Parts:
    """A name taken apart, in the form that its spellings share.

    >>> parts_of("湖北省松江市北河縣人民政府辦公室")
    Parts(places=(('province', '湖北省'), ('city', '松江市'), ('county', '北河县')), office='政府办')
    >>> parts_of("松江口镇人民政府").places, parts_of("北河县人力资源和社会保障局").office
    ((('town', '松江口镇'),), '人力资源社会保障局')
    """
    folded = _wording("scope").sub("", folded_name(name[:_LONGEST]))
    region = region_of(folded) or ""
    office = _shortened(folded[len(region) :])
    places = _chain(region)
    if office and _wording("town").search(office):
        places, office = {**places, "town": office}, ""
    return Parts(_ordered(places), _wording("joining").sub("", office))


def contradict(one: Parts, other: Parts) -> bool:
    """Whether the same place is said to lie in different ones: 甲市城关镇 is not 乙市城关镇.

    The last places are left out: 广水市 alone looks like a city, in 随州市广水市 it is of a county's rank.
    """
    around = dict(other.places[:-1])
    return any(around.get(rank, name) != name for rank, name in one.places[:-1])


def extends(one: Parts, other: Parts) -> bool:
    """Whether ``one`` names every place that ``other`` names."""
    return {name for _, name in other.places} <= {name for _, name in one.places}


def _shortened(office: str) -> str:
    for long, short in _endings():
        if long.search(office):
            return long.sub(short, office, count=1)
    return office


def _chain(region: str) -> dict[Rank, str]:
    places: dict[Rank, str] = {}
    for unit in _wording("units").findall(region):
        rank = next(rank for rank, ending in _ranks() if ending.search(unit))
        places["county" if rank in places else rank] = unit
    return places


def _ordered(places: dict[Rank, str]) -> tuple[tuple[Rank, str], ...]:
    ranks: tuple[Rank, ...] = ("province", "city", "county", "town")
    return tuple((rank, places[rank]) for rank in ranks if rank in places)


@lru_cache(maxsize=1)
def _wordings() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("names.toml").read_text("utf-8"))


@lru_cache(maxsize=8)
def _wording(name: str) -> re.Pattern[str]:
    told = _wordings()
    patterns = {
        "scope": told["scope"],
        "town": told["units"]["town"],
        "units": told["units"]["pattern"],
        "joining": told["joining"]["pattern"],
    }
    return re.compile(patterns[name])


@lru_cache(maxsize=1)
def _endings() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(one["long"]), one["short"]) for one in _wordings()["endings"]]


@lru_cache(maxsize=1)
def _ranks() -> list[tuple[Rank, re.Pattern[str]]]:
    return [(rank, re.compile(ending)) for rank, ending in _wordings()["units"]["ranks"].items()]
