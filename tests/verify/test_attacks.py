"""Wrong readings planted into what was read from reports of every layout of the generator: none passes."""

from __future__ import annotations

import pickle
from decimal import Decimal
from functools import lru_cache
from random import Random
from typing import Any

import pytest

from extractor.draft import Draft
from extractor.forms import builtin_forms
from extractor.load import load_bytes
from extractor.pipeline import read_report
from extractor.record import Finding
from extractor.verify import verify
from tests.generator import LAYOUTS, generate
from tests.scale import scaled
from tests.verify.attacks import ATTACKS
from tests.verify.factory import form_of
from tests.verify.planting import FAULTS, Plant, value

SEEDS = range(510, 510 + scaled(1, 10))
PLANTS: dict[str, Plant] = {**ATTACKS, **FAULTS}
WHOLE = scaled(0, 1) == 1
"""Every fault in every report; else every second one, the others in the report on the other form."""

OF_A_WHOLE_TABLE = {"read_by_the_other_form"}
"""Faults that make a whole table wrong: where its headers are broken by lines, only some of its rows can be told."""

TELLING = {"missing_cell", "missing_row"}
"""Warnings that name a cell of which nothing was read; it is for review then."""


@lru_cache(maxsize=2)
def faultless(layout: str, form_id: str, seed: int) -> bytes | None:
    """A pickled draft without a wrong cell or an error; None where the report cannot be read so."""
    made = generate(seed, form=form_id, layout=layout, messy=0.3)
    draft = read_report(load_bytes(made.data, made.name), builtin_forms())
    draft.document.source_map = None  # type: ignore[assignment]
    faults = [one for one in [*draft.findings, *verify(draft).findings] if one.severity == "error"]
    if faults or draft.form is None or draft.form.id != form_id or not is_true(draft, made.truth["tables"]):
        return None
    draft.form = None  # put back by ``passing``: a copy of it would be another form to every cache
    return pickle.dumps(draft)


def is_true(draft: Draft, truth: dict[str, Any]) -> bool:
    return all(
        draft.tables.get(table, {}).get(row, {}).get(column) == (Decimal(str(number)) if number is not None else None)
        for table, rows in truth.items()
        for row, columns in rows.items()
        for column, number in columns.items()
    )


def spoken_of(findings: list[Finding]) -> set[str]:
    return {path for one in findings if one.severity == "error" or one.code in TELLING for path in one.paths}


def passing(pickled: bytes, form_id: str, plant: Plant, seed: int) -> set[str]:
    """The cells that a fault makes wrong and of which no finding speaks."""
    draft: Draft = pickle.loads(pickled)  # noqa: S301 (made above)
    draft.form = form_of(form_id)
    before = {pointer: value(draft, pointer) for pointer in draft.evidence if pointer.startswith("/tables/")}
    try:
        touched = plant(draft, Random(seed))
    except (IndexError, ValueError, AssertionError):
        return set()
    wrong = {pointer for pointer in touched if pointer not in before or value(draft, pointer) != before[pointer]}
    paths = spoken_of([*draft.findings, *verify(draft).findings])
    unseen = {pointer for pointer in wrong if pointer not in paths and pointer.rsplit("/", 2)[0] not in paths}
    return set() if plant.__name__ in OF_A_WHOLE_TABLE and unseen < wrong else unseen


def share(layout: str, form_id: str) -> list[tuple[str, Plant]]:
    plants = list(PLANTS.items())
    return plants if WHOLE else plants[(LAYOUTS.index(layout) + (form_id == "2019")) % 2 :: 2]


@pytest.mark.parametrize("form_id", ["2021", "2019"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_wrong_reading_passes(layout: str, form_id: str) -> None:
    for seed in SEEDS:
        pickled = faultless(layout, form_id, seed)
        if pickled is not None:
            unseen = {
                name: found
                for name, plant in share(layout, form_id)
                if (found := passing(pickled, form_id, plant, seed))
            }
            assert unseen == {}, seed


def test_most_reports_are_read_without_fault() -> None:
    """Else the test above would prove nothing."""
    reports = [faultless(layout, form_id, SEEDS[0]) for layout in LAYOUTS for form_id in ("2021", "2019")]
    assert sum(report is not None for report in reports) >= 0.9 * len(reports)
