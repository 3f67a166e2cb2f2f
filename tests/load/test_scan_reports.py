"""Whole reports, printed by LibreOffice and scanned: every cell of the record is right, or a finding names it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

import extractor
from tests.generator import score
from tests.generator.scoring import Score
from tests.load.conversions import SOFFICE, WITHOUT, Printed, generated, samples
from tests.load.scanning import Scanner, image_pdf, needs_ocr, scans, tiff
from tests.scale import STRESS

pytestmark = [needs_ocr, pytest.mark.skipif(SOFFICE is None, reason=WITHOUT)]

SCANNERS = {
    "plain": Scanner(),
    "tilted": Scanner(tilt=0.8),
    "lying": Scanner(turns=1),
    "worn": Scanner(noise=12, quality=60),
    "all": Scanner(tilt=0.8, turns=1, noise=12, quality=60),
    "all, 300 dpi": Scanner(300, tilt=0.8, turns=1, noise=12, quality=60),
    "tilted, 300 dpi": Scanner(300, tilt=0.8),
    "shadow": Scanner(shadow=0.5, noise=6, quality=60),
    "faint": Scanner(ink=0.35, noise=4, quality=70),
    "very worn": Scanner(150, tilt=-1.3, noise=25, quality=35),
}
REPORTS = ("900", "901", "905", "heritage_administration_2022", "yangang_education_bureau_2020", "yunzhen_zone_2023")
"""Seeds of generated reports, and samples of both forms."""


@pytest.fixture(scope="session")
def print_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Printed]:
    """The PDF of a generated report (by its seed) or of a sample (by its name), printed once."""
    known: dict[str, Printed] = {}

    def made(report: str) -> Printed:
        if report not in known:
            folder = tmp_path_factory.mktemp(report)
            if report.isdigit():
                known[report] = generated(1, int(report), folder, layouts=("docx_merged",), messy=0.0)[0]
            else:
                known.update((each.path.stem, each) for each in samples(folder))
        return known[report]

    return made


def scored(report: Printed, scanner: Scanner, target: Path) -> Score:
    """How the record of a scanned report compares with the truth."""
    write = image_pdf if target.suffix == ".pdf" else tiff
    target.write_bytes(write(scans(report.path, scanner), scanner.dpi))
    return score(asyncio.run(extractor.extract_report(target)).to_dict(), report.truth)


def test_a_scanned_report_is_read_like_a_written_one(print_of: Callable[[str], Printed], tmp_path: Path) -> None:
    found = scored(print_of("903"), SCANNERS["all"], tmp_path / "scan.pdf")
    assert (found.cells_right, found.unflagged_wrong) == (found.cells, 0)
    assert found.states_right == found.states
    assert (found.form_right, found.year_right, found.organisation_right) == (1, 1, 1)


@pytest.mark.skipif(not STRESS, reason="only in make stress")
@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("scanner", SCANNERS.values(), ids=SCANNERS)
def test_however_it_was_scanned(
    print_of: Callable[[str], Printed], tmp_path: Path, report: str, scanner: Scanner
) -> None:
    found = scored(print_of(report), scanner, tmp_path / ("scan.pdf" if scanner.tilt else "scan.tif"))
    assert found.unflagged_wrong == 0
    assert found.cells_right >= found.cells * (1 if scanner.dpi >= 300 else 0.995)
