"""Whole reports, printed by LibreOffice and scanned: every cell of the record is right, or a finding names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.conversions import SOFFICE, WITHOUT
from tests.load.scanned import ALL, DEFECTS, MATRIX, SCANNERS, Prints, scored
from tests.load.scanning import needs_ocr
from tests.scale import STRESS

pytestmark = [needs_ocr, pytest.mark.skipif(SOFFICE is None, reason=WITHOUT)]


@pytest.fixture(scope="session")
def prints(tmp_path_factory: pytest.TempPathFactory) -> Prints:
    return Prints(tmp_path_factory.mktemp("prints"))


def test_a_scanned_report_is_read_like_a_written_one(prints: Prints, tmp_path: Path) -> None:
    found = scored(prints["903"], SCANNERS["all"], tmp_path / "scan.pdf")
    assert (found.cells_right, found.unflagged_wrong) == (found.cells, 0)
    assert found.states_right == found.states
    assert (found.form_right, found.year_right, found.organisation_right) == (1, 1, 1)


@pytest.mark.skipif(not STRESS, reason="only in make stress")
@pytest.mark.parametrize(("report", "scanner"), MATRIX, ids=[", ".join(each) for each in MATRIX])
def test_however_it_was_scanned(prints: Prints, tmp_path: Path, report: str, scanner: str) -> None:
    used = ALL[scanner]
    found = scored(prints[report], used, tmp_path / ("scan.pdf" if used.tilt else "scan.tif"))
    assert found.unflagged_wrong == 0
    if scanner not in DEFECTS:
        assert found.cells_right >= found.cells * (1 if used.dpi >= 300 else 0.995)
