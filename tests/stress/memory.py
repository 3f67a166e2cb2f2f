"""What memory a worker needs: `python -m tests.stress.memory pdfs|scans --count N` reads N reports in one process.

Prints the megabytes held after a first round and at the end, and the most that was ever held.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import resource
import tempfile
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

import psutil

from extractor import extract_report
from tests.load.families.reports import drawn
from tests.load.scanning import Scanner, image_pdf, scans

MEGABYTE = 1 << 20
LOOKS = ("plain", "cut", "none", "mark_tiles", "fills", "widgets", "dots", "turned")


def pdfs(folder: Path, each: int) -> list[Path]:
    """Drawn reports of many looks."""
    return [report.path for look in LOOKS for report in drawn(look, range(900, 900 + each), folder)]


def scanned(folder: Path, each: int) -> list[Path]:
    """Drawn reports as pictures, at two resolutions."""
    paths = []
    for number, report in enumerate(drawn("plain", range(900, 900 + each), folder)):
        dpi = (200, 300)[number % 2]
        report.path.write_bytes(image_pdf(scans(report.path, Scanner(dpi)), dpi))
        paths.append(report.path)
    return paths


def held(paths: Sequence[Path], warm: int, count: int) -> dict[str, float]:
    """Megabytes: after ``warm`` reports, after ``count`` more, and the most in between."""
    process = psutil.Process()
    for path in islice(cycle(paths), warm):
        asyncio.run(extract_report(path))
    gc.collect()
    before = process.memory_info().rss
    for path in islice(cycle(paths), count):
        asyncio.run(extract_report(path))
    gc.collect()
    most = most_held()
    after = process.memory_info().rss
    return {name: round(size / MEGABYTE) for name, size in (("before", before), ("after", after), ("most", most))}


def most_held() -> int:
    """The most memory that this process ever held, in bytes. ``ru_maxrss`` would count what its parent held."""
    try:
        told = Path("/proc/self/status").read_text("utf-8")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return int(next(line.split()[1] for line in told.splitlines() if line.startswith("VmHWM:"))) * 1024


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress.memory", description=__doc__)
    parser.add_argument("kind", choices=("pdfs", "scans"))
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--warm", type=int, default=8)
    parser.add_argument("--each", type=int, default=2, help="reports of each look, or scans in all")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = {"pdfs": pdfs, "scans": scanned}[options.kind](Path(folder), options.each)
        print(json.dumps(held(paths, options.warm, options.count)))


if __name__ == "__main__":
    main()
