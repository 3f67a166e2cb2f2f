"""Word files that LibreOffice converts: each says what its source says, cell by cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.conversions import KINDS, SOFFICE, WITHOUT, compared, generated, samples
from tests.scale import STRESS, scaled

pytestmark = pytest.mark.skipif(SOFFICE is None, reason=WITHOUT)
COUNT = scaled(6, 200)
IN_STRESS = pytest.mark.skipif(not STRESS, reason="starting LibreOffice takes seconds: part of `make stress`")


def test_generated_reports_lose_nothing_in_print(tmp_path: Path) -> None:
    wrong = 0
    for report in generated(COUNT, 31_000, tmp_path):
        score, misses = compared(report)
        assert score.unflagged_wrong == 0, (report.path.name, misses[:3])
        wrong += any(miss.pointer.startswith("/tables/") for miss in misses)
    assert wrong <= COUNT // 100


@pytest.mark.parametrize("to", ["pdf", "html", *(pytest.param(to, marks=IN_STRESS) for to in ("doc", "odt", "rtf"))])
def test_samples_lose_nothing(to: str, tmp_path: Path) -> None:
    reports = samples(tmp_path, to, KINDS if STRESS else (".docx",))
    assert len(reports) >= scaled(3, 15)
    assert {report.truth["form"] for report in reports} == {"2019", "2021"}
    for report in reports:
        assert report.path.suffix == f".{to}"
        assert compared(report)[1] == [], report.path.name
