"""Many reports in one process, as a worker reads them: what one report needed is free again for the next."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.load.scanning import needs_ocr
from tests.scale import STRESS, scaled

ROOT = Path(__file__).resolve().parents[2]
GROWTH = 30
"""Megabytes by which a process may grow while it reads PDFs, once it has read some."""

MOST = 1_200
"""Megabytes that a worker may ever hold, the OCR engine included."""


def measured(kind: str, **options: int) -> dict[str, float]:
    """What ``tests.stress.memory`` says of a process of its own."""
    told = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "tests.stress.memory", kind, *told]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=3_000)
    found: dict[str, float] = json.loads(done.stdout)
    print(kind, found)
    return found


def test_memory_is_flat_over_many_pdfs() -> None:
    found = measured("pdfs", each=scaled(1, 6), warm=scaled(8, 60), count=scaled(16, 300))
    assert found["after"] - found["before"] < GROWTH
    assert found["most"] < MOST


@needs_ocr
@pytest.mark.skipif(not STRESS, reason="reading many scans takes minutes: part of `make stress`")
def test_memory_is_bounded_over_many_scans() -> None:
    found = measured("scans", each=6, warm=2, count=24)
    assert found["most"] < MOST
