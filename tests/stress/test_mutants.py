"""Damaged files of every format through the command's own way: a whole, valid object each, in time, that tells no lie.

python -m tests.stress.mutants    writes one of them, or counts what becomes of many
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.conversions import SOFFICE, WITHOUT
from tests.load.scanning import OCR as ENGINE
from tests.scale import scaled
from tests.stress.mutants import exit_status, faults_of, mutants
from tests.stress.originals import MAKERS, OCR, OFFICE

COUNTS = {
    **dict.fromkeys(MAKERS, scaled(4, 120)),
    **{"html": scaled(8, 200), "docx": scaled(8, 250), "pdf": scaled(4, 220)},
    **dict.fromkeys(OCR, scaled(1, 30)),
    **dict.fromkeys(OFFICE, scaled(0, 25)),
    "odt": scaled(1, 25),
}


def test_there_are_enough() -> None:
    assert sum(COUNTS.values()) >= scaled(60, 2_000)


@pytest.mark.parametrize("kind", [kind for kind, count in COUNTS.items() if count])
def test_no_damaged_file_does_harm(kind: str, tmp_path: Path) -> None:
    if kind in OFFICE and SOFFICE is None:
        pytest.skip(WITHOUT)
    if kind in OCR and not ENGINE:
        pytest.skip("the extra [ocr] is not installed")
    files = mutants(kind, range(COUNTS[kind]), tmp_path)
    assert faults_of(files) == []


def test_the_exit_status_and_the_files_tell_of_each(tmp_path: Path) -> None:
    files = [
        path
        for kind in ("txt utf-8", "html", "docx", "zip", "eml")
        for path in mutants(kind, range(scaled(2, 20)), tmp_path / kind)
    ]
    assert exit_status(files, tmp_path / "out") == []
