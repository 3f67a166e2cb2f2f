"""Faults of our own reading: every one raises a finding that names the cells it made wrong."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from extractor.draft import Draft
from extractor.verify import Verification, verify
from tests.scale import scaled
from tests.verify.factory import LAYOUTS, Layout, Shown, Values, figures, form_of, report_of
from tests.verify.planting import FAULTS, value

SEEDS = scaled(8, 200)


def draft_for(fault: str, form_id: str, layout: Layout, seed: int) -> Draft:
    """A faultless draft in which the fault can be planted: with blanks, with an amount in 元."""
    rng = Random(seed)
    values = figures(rng, form_of(form_id), collapsed=seed % 3 == 0)
    shown = Shown()
    if fault == "blank_as_zero":
        blank_zeros(values)
    if fault == "unit_lost":
        in_yuan(values, shown)
    return report_of(form_id, layout, values=values, shown=shown).draft


def blank_zeros(values: Values) -> None:
    for columns in values["applications"].values():
        columns |= {column: None for column, number in columns.items() if number == 0}


def in_yuan(values: Values, shown: Shown) -> None:
    for row, columns in values["proactive_disclosure"].items():
        if "amount_10k_yuan" in columns:
            columns["amount_10k_yuan"] = Decimal("25.1")
            shown.texts[f"/tables/proactive_disclosure/{row}/amount_10k_yuan"] = "251000元"


def covered(pointer: str, paths: set[str]) -> bool:
    return pointer in paths or pointer.rsplit("/", 2)[0] in paths


def plantable(fault: str, draft: Draft) -> bool:
    if fault == "blank_as_zero":
        return any(evidence.state == "blank" for evidence in draft.evidence.values())
    return fault != "sign_lost" or any((value(draft, pointer) or 0) < 0 for pointer in draft.evidence)


def errors(verification: Verification) -> set[str]:
    return {path for f in verification.findings if f.severity == "error" for path in f.paths}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("form_id", ["2021", "2019"])
@pytest.mark.parametrize("fault", FAULTS)
def test_every_planted_fault_raises_a_finding_on_the_cells_it_made_wrong(
    fault: str, form_id: str, layout: Layout
) -> None:
    if fault == "sign_lost" and form_id == "2021":
        pytest.skip("the 2021 form has no signed column")
    for seed in range(SEEDS):
        draft = draft_for(fault, form_id, layout, seed)
        before = {pointer: value(draft, pointer) for pointer in draft.evidence}
        if not plantable(fault, draft):
            continue
        touched = FAULTS[fault](draft, Random(seed))
        wrong = {pointer for pointer in touched if value(draft, pointer) != before[pointer]}
        paths = errors(verify(draft))
        assert {pointer for pointer in wrong if not covered(pointer, paths)} == set(), (seed, sorted(wrong))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("form_id", ["2021", "2019"])
def test_a_faultless_reading_raises_nothing(form_id: str, layout: Layout) -> None:
    for seed in range(SEEDS):
        for fault in ("", "blank_as_zero", "unit_lost"):
            assert verify(draft_for(fault, form_id, layout, seed)).findings == []
