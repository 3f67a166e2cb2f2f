"""Many PDFs in one process, as a worker reads them: what one report needed is free again for the next."""

from __future__ import annotations

import asyncio
import gc
from itertools import cycle, islice
from pathlib import Path

import psutil

from extractor import extract_report
from tests.load.families.reports import drawn
from tests.scale import scaled

MEGABYTE = 1 << 20
LOOKS = ("plain", "cut", "none", "mark_tiles", "fills", "widgets", "dots", "turned")
WARM, COUNT = scaled(8, 60), scaled(16, 300)
MOST = 30
"""Megabytes by which a process may grow while it reads ``COUNT`` reports, once it has read ``WARM`` of them."""


def read(paths: list[Path], count: int) -> None:
    for path in islice(cycle(paths), count):
        asyncio.run(extract_report(path))


def test_memory_is_flat_over_many_pdfs(tmp_path: Path) -> None:
    seeds = range(900, 900 + scaled(1, 6))
    paths = [report.path for look in LOOKS for report in drawn(look, seeds, tmp_path)]
    process = psutil.Process()
    read(paths, WARM)
    gc.collect()
    before = process.memory_info().rss
    read(paths, COUNT)
    gc.collect()
    assert (process.memory_info().rss - before) / MEGABYTE < MOST
