"""Small files to load, and what was read of them in few words."""

from __future__ import annotations

from extractor.document import Document, Table
from extractor.load import load_bytes


def page(body: str, name: str = "a.html") -> Document:
    """The document of a page with this body."""
    return load_bytes(f"<!DOCTYPE html><html><body>{body}</body></html>".encode(), name)


def texts(document: Document) -> list[str]:
    """The text of each paragraph."""
    return [document.text[block.start : block.end] for block in document.paragraphs]


def grid(table: Table) -> list[list[str]]:
    """The texts of a table's cells."""
    return [[cell.text for cell in row] for row in table.rows]


def grids(document: Document) -> list[list[list[str]]]:
    """The texts of the cells of each table."""
    return [grid(table) for table in document.tables]


def lattice(table: Table) -> list[list[str]]:
    """The table laid out: the text of the cell that covers each place, "·" where none does, "!" where two do."""
    cells = [cell for row in table.rows for cell in row]
    width = max(cell.column + cell.colspan for cell in cells)
    height = max(cell.row + cell.rowspan for cell in cells)
    places = [["·"] * width for _ in range(height)]
    for cell in cells:
        for row in range(cell.row, cell.row + cell.rowspan):
            for column in range(cell.column, cell.column + cell.colspan):
                places[row][column] = cell.text if places[row][column] == "·" else "!"
    return places


def aside(document: Document, kind: str) -> list[str]:
    """What was set aside as ``kind``."""
    return [each.text for each in document.set_aside if each.kind == kind]


def check_spans(document: Document) -> None:
    """Every cell's text is the document's at its offsets, in order; no two cells cover one place."""
    for table in document.tables:
        assert not any("!" in row for row in lattice(table))
        reached = table.start
        for number, row in enumerate(table.rows):
            for cell in row:
                assert cell.row == number
                assert reached <= cell.start <= cell.end <= table.end
                assert document.text[cell.start : cell.end] == cell.text
                reached = cell.end
    starts = [block.start for block in document.blocks]
    assert starts == sorted(starts)
    assert all(block.end <= following for block, following in zip(document.blocks, starts[1:], strict=False))
