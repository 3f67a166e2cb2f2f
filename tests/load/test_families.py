"""PDFs of many families: every cell is right or named by a finding; none is wrong in silence.

python -m tests.load.families    counts what became of each family's cells
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.conversions import SOFFICE
from tests.load.conversions import WITHOUT as WITHOUT_OFFICE
from tests.load.families.browser import CHROMIUM
from tests.load.families.browser import WITHOUT as WITHOUT_BROWSER
from tests.load.families.reports import FAMILIES, as_json, counted
from tests.scale import STRESS, scaled

COUNT = scaled(1, 12)
SEED = 4_100
LOOSE = {"drawn_level", "drawn_three", "drawn_none", "drawn_none_labelled", "drawn_none_small"} | {
    "browser_level",
    "browser_bare",
    "browser_bare_left",
    "browser_upright_labels",
    "office_columns",
}
"""Families of which cells may stay unread, each with a finding: nothing rules where cells end, or the browser cuts a
cell but not the text in it, or sets a label in upright lines of one letter."""

SHORT = {"browser_furniture", "browser_filled", "browser_bare", "browser_small_pages", "office_slip", "office_columns"}
"""The prints of other programs that `make check` tries; starting those programs takes long."""

CHOSEN = [name for name in FAMILIES if STRESS or name.startswith("drawn") or name in SHORT]


@pytest.mark.parametrize("family", CHOSEN)
def test_no_cell_is_wrong_in_silence(family: str, tmp_path: Path) -> None:
    if family.startswith("browser") and CHROMIUM is None:
        pytest.skip(WITHOUT_BROWSER)
    if family.startswith("office") and SOFFICE is None:
        pytest.skip(WITHOUT_OFFICE)
    count = counted(FAMILIES[family](range(SEED, SEED + COUNT), tmp_path))
    misses = [as_json(miss) for _, miss in count.misses]
    assert count.silent == 0, [miss for miss in misses if "SILENT" in miss][:5]
    assert family in LOOSE or count.wrong == 0, misses[:5]
    assert count.refused == 0
