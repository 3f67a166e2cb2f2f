"""Whole reports, printed by LibreOffice and scanned: every cell of the record is right, or a finding names it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

import extractor
from tests.generator.making import generate
from tests.generator.scoring import Score, score
from tests.load.scanning import Scanner, fitted, image_pdf, needs_ocr, needs_office, printed, scans, tiff
from tests.scale import STRESS

pytestmark = [needs_ocr, needs_office]

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
SEEDS = (900, 901, 905)


@pytest.fixture(scope="session")
def pdf_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """The PDF of the generated report with a seed, printed once."""
    known: dict[int, Path] = {}

    def pdf(seed: int) -> Path:
        if seed not in known:
            word = generate(seed, layout="docx_merged", messy=0.0).data
            known[seed] = printed(fitted(word), tmp_path_factory.mktemp(f"report{seed}"))
        return known[seed]

    return pdf


def scored(pdf: Path, seed: int, scanner: Scanner, target: Path) -> Score:
    """How the record of a scanned report compares with the truth."""
    write = image_pdf if target.suffix == ".pdf" else tiff
    target.write_bytes(write(scans(pdf, scanner), scanner.dpi))
    record = asyncio.run(extractor.extract_report(target)).to_dict()
    return score(record, generate(seed, layout="docx_merged", messy=0.0).truth)


def test_a_scanned_report_is_read_like_a_written_one(pdf_of: Callable[[int], Path], tmp_path: Path) -> None:
    found = scored(pdf_of(903), 903, SCANNERS["all"], tmp_path / "scan.pdf")
    assert (found.cells_right, found.unflagged_wrong) == (found.cells, 0)
    assert found.states_right == found.states
    assert (found.form_right, found.year_right, found.organisation_right) == (1, 1, 1)


@pytest.mark.skipif(not STRESS, reason="only in make stress")
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scanner", SCANNERS.values(), ids=SCANNERS)
def test_however_it_was_scanned(pdf_of: Callable[[int], Path], tmp_path: Path, seed: int, scanner: Scanner) -> None:
    found = scored(pdf_of(seed), seed, scanner, tmp_path / ("scan.pdf" if seed % 2 else "scan.tif"))
    assert found.unflagged_wrong == 0
    assert found.cells_right >= found.cells * (1 if scanner.dpi >= 300 else 0.995)
