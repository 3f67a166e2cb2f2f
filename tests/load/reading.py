"""Small files to load, and what was read of them in few words."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

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
    """The table laid out: the text of the cell that covers each place, "·" where none does, "(two)" where two do."""
    cells = [cell for row in table.rows for cell in row]
    width = max(cell.column + cell.colspan for cell in cells)
    height = max(cell.row + cell.rowspan for cell in cells)
    places = [["·"] * width for _ in range(height)]
    for cell in cells:
        for row in range(cell.row, cell.row + cell.rowspan):
            for column in range(cell.column, cell.column + cell.colspan):
                places[row][column] = cell.text if places[row][column] == "·" else "(two)"
    return places


def aside(document: Document, kind: str) -> list[str]:
    """What was set aside as ``kind``."""
    return [each.text for each in document.set_aside if each.kind == kind]


def check_spans(document: Document) -> None:
    """Every cell's text is the document's at its offsets, in order; no two cells cover one place."""
    for table in document.tables:
        assert not any("(two)" in row for row in lattice(table))
        reached = table.start if table.layout == "grid" else 0
        for number, row in enumerate(table.rows):
            for cell in row:
                assert cell.row == number
                assert reached <= cell.start <= cell.end
                assert document.text[cell.start : cell.end] == cell.text
                reached = cell.end
        assert reached <= table.end or table.layout != "grid"
    starts = [block.start for block in document.blocks]
    assert starts == sorted(starts)
    assert all(block.end <= following for block, following in zip(document.blocks, starts[1:], strict=False))


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def docx_parts(body: str, **beside: str) -> dict[str, str]:
    """The parts of a Word file: ``beside`` gives more of them by the kind of their relationship (``styles``)."""
    relations = "".join(f'<Relationship Id="r{kind}" Type="{OFFICE}/{kind}" Target="{kind}.xml"/>' for kind in beside)
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    return {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}">{relations}</Relationships>',
        **{f"word/{kind}.xml": content for kind, content in beside.items()},
    }


def zipped(parts: dict[str, str] | dict[str, bytes]) -> bytes:
    """A zip of ``parts``."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def word(body: str, **beside: str) -> Document:
    """The document of a Word file with this body."""
    return load_bytes(zipped(docx_parts(body, **beside)), "a.docx")


def p(text: str, properties: str = "") -> str:
    """A paragraph of one run."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(text: str, properties: str = "") -> str:
    """A cell; line breaks in ``text`` part its paragraphs."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(map(p, text.split(chr(10))))}</w:tc>"


def tbl(*rows: str) -> str:
    """A table of rows, each the cells of one."""
    return f"<w:tbl><w:tblPr/>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"
