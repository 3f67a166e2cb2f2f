"""Draws the README's picture: ``python docs/images/draw.py`` writes show.svg beside this file.

It is an excerpt of what ``extractor show`` prints for one of the samples. The picture names no outside font, so that
looking at it calls nobody.
"""

from __future__ import annotations

import io
import re
from html import unescape
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console, Group
from rich.text import Text

from extractor import Record, load_document
from extractor.forms import builtin_forms
from extractor.pipeline import read_report, settle
from extractor.show.findings import findings
from extractor.show.marks import Marks
from extractor.show.narrative import header
from extractor.show.tables import tables
from extractor.show.words import Wording

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parent.parent / "samples" / "dongli_subdistrict_2023.txt"
TABLE = "applications"
WIDTH = 100
COLUMN = 12.2
TEXT = re.compile(r"<text([^>]*textLength=[^>]*)>(.*?)</text>")


def main() -> None:
    """Read the sample, print the excerpt, export it."""
    document = load_document(SAMPLE)
    record = settle(read_report(document, builtin_forms()), {})
    console = Console(record=True, width=WIDTH, file=io.StringIO(), markup=False, highlight=False, force_terminal=True)
    console.print(Text(f"$ extractor show samples/{SAMPLE.name}", style="bold"))
    console.print(excerpt(record, document.text))
    svg = re.sub(r"@font-face \{.*?\}", "", console.export_svg(title="extractor show"), flags=re.DOTALL)
    (HERE / "show.svg").write_text(TEXT.sub(widened, svg), "utf-8")


def widened(found: re.Match[str]) -> str:
    """A piece of text with the length it takes: rich counts characters, and a Chinese one is two columns wide."""
    attributes, text = found.groups()
    length = f'textLength="{COLUMN * cell_len(unescape(text)):.1f}"'
    attributes = re.sub(r'textLength="[^"]*"', length, attributes)
    return f"<text{attributes}>{text}</text>"


def excerpt(record: Record, text: str) -> Group:
    """Header, the longest table and the findings."""
    words, marks = Wording("zh"), Marks(record)
    form = next(form for form in builtin_forms() if form.id == record.form)
    record.tables = {TABLE: record.tables[TABLE]}
    return Group(header(record, marks, words), tables(record, form, marks, words, WIDTH), findings(record, text, words))


if __name__ == "__main__":
    main()
