"""Reports written as Word files and printed to PDF by LibreOffice, with the truth about each.

python -m tests.load.conversions --count 20 --seed 7      what the PDFs got right, and each miss
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from docx import Document as WordFile

from extractor import extract_report, load_document
from extractor.document import Document, Table
from tests.generator import generate, score
from tests.generator.scoring import Miss, Score

SOFFICE = shutil.which("soffice")
WITHOUT = "LibreOffice (soffice) is not installed: apt-get install libreoffice-writer"
LAYOUTS = ("docx_merged", "docx_cell_paragraphs", "docx_repeated", "docx_empty", "docx_in_pieces", "docx_nested")
"""Layouts whose tables are ruled when printed."""

KINDS = (".docx", ".html", ".md", ".txt")
OWN = Path(__file__).resolve().parents[2] / "eval" / "gold"
_SECONDS_EACH = 60


@dataclass(frozen=True)
class Printed:
    """A report as PDF, and the truth about what it says."""

    path: Path
    truth: dict[str, Any]
    source: Path


def printed(sources: Sequence[Path], folder: Path, to: str = "pdf") -> list[Path]:
    """``sources`` converted by LibreOffice into ``folder``, in their order."""
    with tempfile.TemporaryDirectory() as profile:
        command = [str(SOFFICE), "--headless", f"-env:UserInstallation=file://{profile}", "--convert-to", to]
        subprocess.run(
            [*command, "--outdir", str(folder), *map(str, sources)],
            check=True,
            capture_output=True,
            timeout=_SECONDS_EACH * (1 + len(sources)),
        )
    return [folder / f"{source.stem}.{to}" for source in sources]


def fitted(data: bytes, seed: int) -> bytes:
    """A Word file whose tables fit its page: all columns alike, or the first ones, which hold labels, wider."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                content = _COLUMNS.sub(lambda found: _columns(found[0], seed), content.decode()).encode()
            target.writestr(name, content)
    return packed.getvalue()


_COLUMNS = re.compile(r'(?:<w:gridCol w:w="\d+"/>)+')
_TEXT_WIDTH = 8_400
"""Twentieths of a point that a table can be wide."""


def _columns(drawn: str, seed: int) -> str:
    count = drawn.count("<")
    weights = [1.0] * count
    if seed % 2 and 3 < count < 12:
        weights[: count - 7 if count > 8 else 1] = [1 + seed % 3] * (count - 7 if count > 8 else 1)
    unit = _TEXT_WIDTH / sum(weights)
    return "".join(f'<w:gridCol w:w="{int(weight * unit)}"/>' for weight in weights)


def generated(
    count: int, seed: int, folder: Path, layouts: Sequence[str] = LAYOUTS, messy: float = 0.5
) -> list[Printed]:
    """``count`` generated reports, printed."""
    sources, truths = [], []
    for number in range(count):
        report = generate(seed + number, layout=layouts[number % len(layouts)], messy=messy)
        source = folder / report.name
        source.write_bytes(fitted(report.data, seed + number))
        sources.append(source)
        truths.append(report.truth)
    return [Printed(*each) for each in zip(printed(sources, folder), truths, sources, strict=True)]


def samples(folder: Path, to: str = "pdf", kinds: Sequence[str] = (".docx",)) -> list[Printed]:
    """The project's own samples of these kinds that have tables as Word files, converted by LibreOffice."""
    sources, truths = [], []
    for label in sorted(OWN.glob("*/record.json")):
        truth = json.loads(label.read_text("utf-8"), parse_float=Decimal)
        source = label.parent / truth["source"]
        document = load_document(source) if source.suffix in kinds else None
        if document is not None and document.tables:
            sources.append(folder / f"{label.parent.name}.docx")  # their names are alike
            sources[-1].write_bytes(source.read_bytes() if source.suffix == ".docx" else as_word(document))
            truths.append(truth)
    return [Printed(*each) for each in zip(printed(sources, folder, to), truths, sources, strict=True)]


def as_word(document: Document) -> bytes:
    """A document's paragraphs and tables as a Word file."""
    file, packed = WordFile(), io.BytesIO()
    for block in document.blocks:
        if isinstance(block, Table):
            _put_table(file, block)
        else:
            file.add_paragraph(document.text[block.start : block.end])
    file.add_paragraph()  # LibreOffice writes no .doc whose table is the last thing in it
    file.save(packed)
    return packed.getvalue()


def _put_table(file: Any, table: Table) -> None:
    cells = [cell for row in table.rows for cell in row]
    put = file.add_table(len(table.rows), max(cell.column + cell.colspan for cell in cells), style="Table Grid")
    for cell in cells:
        last = put.cell(cell.row + cell.rowspan - 1, cell.column + cell.colspan - 1)
        put.cell(cell.row, cell.column).merge(last).text = cell.text


def of(path: Path, truth: dict[str, Any]) -> Score:
    """What is read of a file against the truth."""
    return score(asyncio.run(extract_report(path)).to_dict(), truth)


def compared(report: Printed) -> tuple[Score, list[Miss]]:
    """What was read of a print against the truth, and the misses that its source has not."""
    result = of(report.path, report.truth)
    if not result.misses:
        return result, []
    known = {(miss.pointer, str(miss.expected)) for miss in of(report.source, report.truth).misses}
    return result, [miss for miss in result.misses if (miss.pointer, str(miss.expected)) not in known]


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--layout", action="append")
    parser.add_argument("--messy", type=float, default=0.5)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        total = Score()
        layouts = options.layout or LAYOUTS
        for report in generated(options.count, options.seed, folder, layouts, options.messy):
            result, misses = compared(report)
            total += result
            for miss in misses[:6]:
                print(
                    report.path.name,
                    miss.pointer,
                    str(miss.expected)[:90],
                    "|",
                    str(miss.got)[:90],
                    miss.raw,
                    miss.flagged,
                )
        print({name: value for name, value in vars(total).items() if name != "misses"})


if __name__ == "__main__":
    main()
