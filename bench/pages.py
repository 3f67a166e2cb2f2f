"""A report as a plain, clean web page: what the speed of reading is measured against."""

from __future__ import annotations

from html import escape

from extractor.document import Cell, Document, Table


def page_of(document: Document) -> str:
    """The document's paragraphs and tables as HTML, nothing else on the page.

    >>> from types import SimpleNamespace
    >>> page_of(SimpleNamespace(blocks=[], text=""))
    '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body></body></html>'
    """
    body = "".join(
        _table(block) if isinstance(block, Table) else f"<p>{escape(document.text[block.start : block.end])}</p>\n"
        for block in document.blocks
    )
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{body}</body></html>'


def _table(table: Table) -> str:
    rows = ("".join(map(_cell, row)) for row in table.rows)
    return "<table>" + "".join(f"<tr>{row}</tr>\n" for row in rows) + "</table>\n"


def _cell(cell: Cell) -> str:
    spans = [("rowspan", cell.rowspan), ("colspan", cell.colspan)]
    attributes = "".join(f' {name}="{span}"' for name, span in spans if span > 1)
    return f"<td{attributes}>{escape(cell.text)}</td>"
