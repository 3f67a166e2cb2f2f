"""Whole reports, printed by LibreOffice and scanned, against the truth about them.

python -m tests.load.scanned                          every report with every scanner: a table, and each miss
python -m tests.load.scanned --scanner faint --report 905 --keep FOLDER
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

import extractor
from tests.generator import score
from tests.generator.scoring import Score
from tests.load.conversions import Printed, generated, samples
from tests.load.scanning import Scanner, image_pdf, scans, tiff

SCANNERS = {
    "plain": Scanner(),
    "300 dpi": Scanner(300),
    "150 dpi": Scanner(150),
    "tilted": Scanner(tilt=0.8),
    "tilted, 300 dpi": Scanner(300, tilt=0.8),
    "askew": Scanner(tilt=-1.5),
    "lying": Scanner(turns=1),
    "upside down": Scanner(turns=2, noise=4),
    "worn": Scanner(noise=12, quality=60),
    "all": Scanner(tilt=0.8, turns=1, noise=12, quality=60),
    "all, 300 dpi": Scanner(300, tilt=0.8, turns=1, noise=12, quality=60),
    "shadow": Scanner(shadow=0.5, noise=6, quality=60),
    "grey paper": Scanner(paper=170, noise=8, quality=70),
    "faint": Scanner(ink=0.35, noise=4, quality=70),
    "photographed": Scanner(tilt=0.6, shadow=0.3, edges=0.4, paper=225, noise=6, quality=70),
    "two abreast": Scanner(abreast=2, tilt=0.5, noise=4, quality=70),
    "blurred": Scanner(blur=1.2, noise=4, quality=75),
    "by hand": Scanner(unsteady=1.0, noise=4, quality=75),
}
"""What leaves every cell legible."""

DEFECTS = {
    "streaked": Scanner(marks=((90, 0.615, 0, 0.6165, 1),)),
    "white streak": Scanner(marks=((255, 0.70, 0, 0.703, 1),)),
    "folded": Scanner(marks=((120, 0, 0.33, 1, 0.332), (255, 0, 0.66, 1, 0.663)), tilt=0.3),
    "blotted": Scanner(marks=((40, 0.55, 0.42, 0.68, 0.47), (40, 0.35, 0.7, 0.5, 0.72))),
    "cut off below": Scanner(kept=(0, 0, 1, 0.86)),
    "cut off at the right": Scanner(kept=(0, 0, 0.82, 1)),
    "very worn": Scanner(150, tilt=-1.3, noise=25, quality=35),
    "far too small": Scanner(90, noise=6, quality=50),
    "heavy": Scanner(heavy=3, noise=4, quality=75),
    "out of focus": Scanner(blur=2.2, noise=4),
}
"""What takes something away: not every cell can be read, but what is wrong has a finding."""

ALL = SCANNERS | DEFECTS

MATRIX = (
    *(("yangang_education_bureau_2020", scanner) for scanner in ALL),
    *(("heritage_administration_2022", scanner) for scanner in ("plain", "all", "all, 300 dpi", "faint", "by hand")),
    *(("yunzhen_zone_2023", scanner) for scanner in ("plain", "all", "all, 300 dpi", "two abreast", "photographed")),
    *(("901", scanner) for scanner in ("all", "streaked", "askew", "very worn", "cut off below")),
    *(("905", scanner) for scanner in ("all, 300 dpi", "upside down", "150 dpi", "grey paper", "folded")),
)
"""What `make stress` runs: each scanner with the sample of the narrowest columns, and others with some of them."""

SAMPLES = ("heritage_administration_2022", "yangang_education_bureau_2020", "yunzhen_zone_2023")
"""Samples of both forms that are Word files."""

SEEDS = ("900", "901", "905")
"""Generated reports, by their seeds."""


class Prints:
    """Reports as PDF, by the seed of a generated one or the name of a sample; each is printed once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Printed] = {}

    def __getitem__(self, report: str) -> Printed:
        if report not in self._known:
            folder = self._folder / report
            folder.mkdir(parents=True, exist_ok=True)
            if report.isdigit():
                self._known[report] = generated(1, int(report), folder, layouts=("docx_merged",), messy=0.0)[0]
            else:
                self._known.update((each.path.stem, each) for each in samples(folder))
        return self._known[report]


def scored(report: Printed, scanner: Scanner, target: Path) -> Score:
    """How the record of a scanned report, written to ``target`` (.pdf or .tif), compares with the truth."""
    write = image_pdf if target.suffix == ".pdf" else tiff
    target.write_bytes(write(scans(report.path, scanner), scanner.dpi))
    return score(asyncio.run(extractor.extract_report(target)).to_dict(), report.truth)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--report", action="append", help="a seed, or the name of a sample")
    parser.add_argument("--scanner", action="append", choices=ALL)
    parser.add_argument("--keep", type=Path, help="a folder for the prints and scans; else they are deleted")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        prints = Prints(folder)
        print(f"{'scanner':<18}{'cells':>7}{'right':>7}{'wrong, no finding':>19}{'right, in doubt':>17}")
        for name in options.scanner or ALL:
            total = Score()
            for report in options.report or (*SAMPLES, *SEEDS):
                found = scored(prints[report], ALL[name], folder / _file_name(report, name))
                _print_misses(report, found)
                total += found
            counts = total.cells, total.cells_right, total.unflagged_wrong, total.flagged_right
            print("{:<18}{:>7}{:>7}{:>19}{:>17}".format(name, *counts), flush=True)


def _file_name(report: str, scanner: str) -> str:
    """Scanners that tilt leave PDFs, the others TIFFs."""
    return f"{report}, {scanner}{'.pdf' if ALL[scanner].tilt else '.tif'}"


def _print_misses(report: str, found: Score) -> None:
    for miss in found.misses:
        due, got = str(miss.expected)[:60], str(miss.got)[:60]
        print("   ", report, miss.pointer, f"{due!r} as {got!r}", miss.raw, flush=True)


if __name__ == "__main__":
    main()
