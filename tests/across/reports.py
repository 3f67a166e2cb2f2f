"""Reports for comparing: every figure of a report that a test does not name is 0."""

from __future__ import annotations

import random
from typing import Any

from extractor.forms.figures import figures_by_key
from extractor.record import Number
from extractor.review.intake import Arrival
from extractor.store import Store
from tests.records import tables
from tests.stores import arrival, taken


def cell(key: str) -> str:
    """The first cell of a figure, as a JSON Pointer."""
    return f"/tables/{figures_by_key()[key].sums[0][0]}"


def report_of(number: int, year: int, body: str, level: Any = "city", **figures: Number) -> Arrival:
    """A report of a body and year that states these figures, and 0 for all others."""
    made = tables(**{figures_by_key()[key].sums[0][0].replace("/", "__"): value for key, value in figures.items()})
    told = arrival(number, organisation=body, year=year, tables=made, findings=[])
    assert told.record is not None
    told.record.body.level, told.record.body.region = level, "松溪市"
    return told


def put(store: Store, number: int, year: int, body: str, level: Any = "city", **figures: Number) -> int:
    """Such a report in the store; its number there."""
    return taken(store, report_of(number, year, body, level, **figures)).report


_BODIES = {
    "松溪市水务局": "department",
    "松溪市教育局": "department",
    "松溪市林业局": "department",
    "松溪市人民政府": "city",
    "松溪县交通运输局": "department",
    "松溪县卫生健康局": "department",
    "安宁镇人民政府": "township",
    "平河街道办事处": "township",
}
_YEARS = range(2020, 2026)
_JUMP, _BROKEN, _ABSENT = ("松溪市水务局", 2024), ("松溪市水务局", 2023), ("松溪县卫生健康局", 2025)


def region() -> list[Arrival]:
    """Bodies of a region over six years: one figure jumps, two years disagree, one body has not reported."""
    dice = random.Random(4)
    return [
        report
        for at, (name, level) in enumerate(_BODIES.items())
        for report in _years_of(name, level, 100 * (at + 1), dice)
    ]


def _years_of(name: str, level: str, number: int, dice: random.Random) -> list[Arrival]:
    carried, made = 2, []
    for year in _YEARS:
        received = 640 if (name, year) == _JUMP else dice.randint(5, 60) * (1 + number // 100 % 3)
        over, forward = carried + 2 * ((name, year) == _BROKEN), dice.randint(0, 4)
        total = received + over - forward
        stated = {"new_received": received, "carried_over": over, "carried_forward": forward, "total_processed": total}
        stated |= {"granted": total // 2, "denied": total // 5, "documents_in_force": 20, "fees_10k_yuan": 12}
        carried = forward
        if (name, year) != _ABSENT:
            disputes = {"reviews": dice.randint(0, 5), "litigations": dice.randint(0, 3)}
            made.append(report_of(number + year - 2000, year, name, level, **stated, **disputes))
    return made
