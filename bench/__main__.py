"""``python -m bench``: each line tells what was measured, the limit, and whether it holds."""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import docx
import lxml.html
import pdfplumber
import psutil

from bench import answers, bulk, bulk_rate, calls, rates, scans, store
from bench.lines import tell
from bench.pages import page_of
from extractor import load_document
from extractor.forms import builtin_forms
from extractor.load.scan import is_installed
from extractor.pipeline import read_report, settle
from tests.generator import LAYOUTS, generate
from tests.load.conversions import SOFFICE, WITHOUT, generated

REPORTS_PER_KIND = 30
REPEATS = 5
STARTS = 9
PRINTED = 6
ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1024 * 1024
TEXT_SUFFIXES = (".txt", ".md")


def main() -> None:
    """Measure everything and print it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text, html, word = (written(folder, suffixes) for suffixes in (TEXT_SUFFIXES, (".html",), (".docx",)))
        for path in (*text, *html, *word):
            extract(path)  # once before the clock runs: caches, imports
        against_lxml("text report", [(path, page_of(load_document(path)).encode("utf-8")) for path in text], 8)
        against_lxml("HTML report", [(path, path.read_bytes()) for path in html], 10)
        against_python_docx(word)
        against_pdfplumber(folder)
        many(folder)
        against_rapidocr(folder)
    start_up()
    against_values()
    store.main(store.REPORTS)
    tell("asking a model: processor time of our own a call", calls.milliseconds_a_call(), 10, " ms")
    rates.short()
    bulk_rate.main()
    bulk.main()


def against_values() -> None:
    """What answers that point cost, against one that holds the record as values; over the real reports."""
    reports = sorted((ROOT.parent / "shared" / "reports").glob("*.txt"))
    print("\n".join(answers.lines(reports) if reports else ["bytes of answers: no real reports here"]))


def extract(path: Path) -> str:
    """One report, from the file to the line of JSON."""
    return settle(read_report(load_document(path), builtin_forms()), {}).to_json()


def written(folder: Path, suffixes: Sequence[str], count: int = REPORTS_PER_KIND, first_seed: int = 0) -> list[Path]:
    """``count`` generated reports of the layouts with these suffixes, as files."""
    layouts = [layout for layout in LAYOUTS if generate(1, layout=layout).name.endswith(tuple(suffixes))]
    paths = []
    for number in range(count):
        made = generate(first_seed + number, layout=layouts[number % len(layouts)])
        paths.append(folder / made.name)
        paths[-1].write_bytes(made.data)
    return paths


def seconds(call: Callable[[], object]) -> float:
    """Processor time, the best of a few runs: what else the machine does only ever adds."""
    taken = []
    for _ in range(REPEATS):
        start = time.process_time()
        call()
        taken.append(time.process_time() - start)
    return min(taken)


def against_lxml(what: str, reports: Iterable[tuple[Path, bytes]], limit: float) -> None:
    """Each report against lxml on the same report as HTML: parsing it and taking the text of its cells.

    Parsing alone is told too, without a limit: it depends on how much markup a page carries.
    """
    ours, ratios, parses = [], [], []
    for path, page in reports:
        ours.append(seconds(partial(extract, path)))
        ratios.append(ours[-1] / seconds(partial(texts_of, page)))
        parses.append(ours[-1] / seconds(partial(lxml.html.document_fromstring, page)))
    took = 1000 * statistics.median(ours)
    tell(f"{what} : lxml taking the text of its cells; {took:.2f} ms", statistics.median(ratios), limit, "×")
    print(f"    lxml parsing alone: {statistics.median(parses):.1f}×")


def texts_of(page: bytes) -> list[str]:
    """What lxml needs for the text of every paragraph and cell."""
    elements = lxml.html.document_fromstring(page).iter("p", "td", "th")
    return ["".join(map(str, element.itertext())) for element in elements]


def against_python_docx(paths: Iterable[Path]) -> None:
    """Each .docx against python-docx opening it and visiting its cells row by row."""
    ours, ratios = [], []
    for path in paths:
        reference = seconds(partial(visit, path))
        ours.append(seconds(partial(extract, path)))
        ratios.append(ours[-1] / reference)
    what = f".docx : python-docx visiting its cells; {1000 * statistics.median(ours):.1f} ms"
    tell(what, statistics.median(ratios), 1.5, "×")


def visit(path: Path) -> int:
    """What python-docx alone needs for the text of every cell."""
    return sum(len(cell.text) for table in docx.Document(str(path)).tables for row in table.rows for cell in row.cells)


def against_pdfplumber(folder: Path) -> None:
    """Each report printed to PDF against pdfplumber extracting the tables of the same pages."""
    paths = sorted((ROOT.parent / "shared" / "reports").glob("*.pdf"))
    if SOFFICE:
        paths += [report.path for report in generated(PRINTED, 0, folder)]
    if not paths:
        print(f"PDF report: not measured, for {WITHOUT}")
        return
    ours, ratios = [], []
    for path in paths:
        reference = seconds(partial(extract_tables, path))
        ours.append(seconds(partial(extract, path)))
        ratios.append(ours[-1] / reference)
    what = f"PDF report : pdfplumber's extract_tables; {1000 * statistics.median(ours):.0f} ms"
    tell(what, statistics.median(ratios), 1.3, "×")


def extract_tables(path: Path) -> int:
    """What pdfplumber needs for the tables of every page."""
    with pdfplumber.open(path) as file:
        return sum(len(page.extract_tables()) for page in file.pages)


def against_rapidocr(folder: Path) -> None:
    """Scanned reports against the OCR engine over the same pages, and the memory that a worker needs for them."""
    if not SOFFICE or not is_installed():
        print("scanned report: not measured, for LibreOffice or the extra [ocr] is not installed")
        return
    for dpi in (200, 300):
        ratio, page = scans.ratio(extract, folder, dpi)
        tell(f"scanned report, {dpi} dpi : rapidocr alone; {page:.1f} s a page", ratio, 1.2, "×")
    tell("memory of a process that reads scans", scans.memory(), 1_200, " MB")


def many(folder: Path) -> None:
    """A thousand reports against a hundred of them, and how memory grows meanwhile."""
    paths = written(folder, TEXT_SUFFIXES, 1_000, first_seed=10_000)
    process = psutil.Process()
    for path in paths[:100]:
        extract(path)
    gc.collect()
    before = process.memory_info().rss
    hundred = statistics.median(one_by_one(paths[start : start + 100]) for start in (0, 300, 600))
    thousand = one_by_one(paths)
    gc.collect()
    tell(f"1,000 reports : 100 reports; {1000 * thousand / 1000:.2f} ms a report", thousand / hundred, 10.5, "×")
    tell("memory growth over 1,000 reports", (process.memory_info().rss - before) / MEGABYTE, 50, " MB")


def one_by_one(paths: Sequence[Path]) -> float:
    """Seconds of processor time for all of ``paths``, one after another."""
    start = time.process_time()
    for path in paths:
        extract(path)
    return time.process_time() - start


def start_up() -> None:
    """Starting, against an interpreter that imports typer and ends; the runs take turns."""
    commands = {
        "typer": ["-c", "import typer"],
        "import extractor : import typer": ["-c", "import extractor"],
        "extractor --help : import typer": ["-m", "extractor.cli", "--help"],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(STARTS):
        for name, arguments in commands.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
            taken[name].append(time.perf_counter() - start)
    reference = statistics.median(taken.pop("typer"))
    for name, times in taken.items():
        tell(f"{name}; median {1000 * statistics.median(times):.0f} ms", statistics.median(times) / reference, 3, "×")


if __name__ == "__main__":
    main()
