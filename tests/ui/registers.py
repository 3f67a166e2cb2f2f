"""A register for the browser: names of one body, levels to settle, versions of one report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from extractor.record import Body, Number
from extractor.review.intake import Arrival
from tests.stores import arrival

CELL = "/tables/applications/new_received/natural_person"
BODIES = (
    ("松江市北河县教育局", 2021),
    ("北河县教育局", 2022),
    ("北河縣教育局", 2023),
    ("松江市人力资源和社会保障局", 2021),
    ("松江市人社局", 2022),
    ("北河县人民政府办公室", 2022),
    ("松江市北河县平安镇人民政府", 2022),
    ("平安镇人民政府", 2023),
)


def register_arrivals() -> list[Arrival]:
    """Reports of a few bodies under several names; the water bureau's came in three times."""
    place = Body("department", "松江市北河县")
    reports = [arrival(at, organisation=name, year=year, body=place) for at, (name, year) in enumerate(BODIES, 1)]
    return [
        *reports,
        _water(len(BODIES) + 1, date(2024, 1, 18), "water_2023.txt"),
        _water(len(BODIES) + 2, date(2024, 1, 18), "water_2023.docx"),
        _water(len(BODIES) + 3, date(2024, 3, 2), "water_2023_revised.txt", {CELL: 77}),
    ]


def _water(number: int, published: date, name: str, cells: dict[str, Number] | None = None) -> Arrival:
    place = Body("department", "松江市")
    made = arrival(number, cells, organisation="松江市水务局", year=2023, body=place, published=published)
    return replace(made, name=name)
