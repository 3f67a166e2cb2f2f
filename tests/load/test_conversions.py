"""Word files printed by LibreOffice: a print says what its source says, cell by cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.conversions import SOFFICE, WITHOUT, compared, generated, samples
from tests.scale import scaled

pytestmark = pytest.mark.skipif(SOFFICE is None, reason=WITHOUT)
COUNT = scaled(6, 200)


def test_generated_reports_lose_nothing_in_print(tmp_path: Path) -> None:
    wrong = 0
    for report in generated(COUNT, 31_000, tmp_path):
        score, misses = compared(report)
        assert score.unflagged_wrong == 0, (report.path.name, misses[:3])
        wrong += any(miss.pointer.startswith("/tables/") for miss in misses)
    assert wrong <= COUNT // 100


def test_samples_lose_nothing_in_print(tmp_path: Path) -> None:
    reports = samples(tmp_path)
    assert len(reports) >= 3
    for report in reports:
        assert compared(report)[1] == [], report.path.name
