"""PDF → ``Document``: pages with a text layer through pdfminer, others through the OCR engine where it is installed."""

from __future__ import annotations

import logging
import struct
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import islice

from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.psexceptions import PSException

from extractor.document import Document
from extractor.errors import DamagedFileError, EmptyFileError, LimitError
from extractor.load import scan
from extractor.load.detect import Kind, encrypted
from extractor.load.pdf.device import Painted, Painter, TooLong
from extractor.load.pdf.fonts import Fonts
from extractor.load.pdf.interpreter import Interpreter, hidden_layers
from extractor.load.pdf.legible import better_read, is_scan, unknown_cells
from extractor.load.pdf.page import sheet_of
from extractor.load.pdf.streams import check_streams, mended
from extractor.load.sheet.sheet import Box, Sheet
from extractor.load.sheet.sheets import Named, assemble
from extractor.settings import load_settings

FAULTS = (
    PSException,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What pdfminer raises on files that break the format's rules."""


def load_pdf(data: bytes, name: str, sha256: str, label: str) -> Document:
    """The document that a PDF holds; ``label`` names it in messages.

    A page without a usable text layer is a scan. Where no OCR engine is installed, or it fails, the page becomes a
    ``Picture`` named "page N", and so does a picture among text that holds as much as a table.

    Raises:
        EncryptedFileError, DamagedFileError, EmptyFileError
        LimitError: too many pages, too much text, or a stream that unpacks to too much.
        OcrMissingError: no page has a text layer, and no OCR engine is installed.
    """
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    check_streams(data, label)
    sheets, scans = _sheets(data, label)
    if scans and not any(sheet.lines or sheet.grids for sheet in sheets):
        scan.picture_reader(label)
    if scan.is_installed():
        sheets = _with_pictures(data, sheets, scans, label)
    read = {sheet.number for sheet in sheets}
    document = assemble(sheets, Named(name, sha256, Kind.PDF.value, label), [n for n in scans if n not in read])
    if not document.text and not document.pictures:
        raise EmptyFileError(f"{label} holds no text: a report was expected", f"{label} 没有文字：应为一份年度报告")
    return document


def _sheets(data: bytes, label: str) -> tuple[list[Sheet], list[int]]:
    """The sheets of the pages that have a text layer, and the numbers of those that are scans."""
    sheets: list[Sheet] = []
    scans: list[int] = []
    for number, painted in enumerate(_pages(data, label), start=1):
        if painted is None or is_scan(painted):
            scans.append(number)
        else:
            sheets.append(sheet_of(painted, number))
    return sheets, scans


def _with_pictures(data: bytes, sheets: Sequence[Sheet], scans: Sequence[int], label: str) -> list[Sheet]:
    """``sheets`` and what the engine reads: scans, pictures, and tables with glyphs of which the file does not tell."""
    spare = {sheet.number: sheet for sheet in sheets if unknown_cells(sheet)}
    told = [sheet for sheet in sheets if sheet.number not in spare]
    if not scans and not spare and not any(sheet.pictures for sheet in told):
        return told
    found = _read_pictures(data, told, [*scans, *spare], label)
    found = [better_read(spare[sheet.number], sheet) if sheet.number in spare else sheet for sheet in found]
    left = spare.keys() - {sheet.number for sheet in found}
    return [*told, *found, *(spare[number] for number in left)]


def _read_pictures(data: bytes, sheets: Sequence[Sheet], scans: Sequence[int], label: str) -> list[Sheet]:
    """The sheets of scanned pages; what the engine reads in the pictures of other pages goes to their sheets."""
    partly = {sheet.number: sheet for sheet in sheets if sheet.pictures and not sheet.turn}
    found: list[Sheet] = []
    for read in scan.picture_reader(label).read_scanned_pages(data, sorted({*scans, *partly}), label):
        if read.number in partly:
            _take_pictures(partly[read.number], read)
        elif read.lines or read.grids:
            found.append(read)
    return found


def _take_pictures(sheet: Sheet, read: Sheet) -> None:
    """Move what an engine read inside the pictures of a page to its sheet; a picture without print goes."""
    for box in sheet.pictures:
        sheet.lines += [line for line in read.lines if _is_inside(line.box, box)]
        sheet.grids += [grid for grid in read.grids if _is_inside(grid.box, box)]
    sheet.pictures = []


def _is_inside(inner: Box, outer: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _pages(data: bytes, label: str) -> Iterator[Painted | None]:
    """What each page shows; None for a page that is too damaged."""
    budget = load_settings().max_text_characters
    manager = Fonts(caching=True)
    for page in _page_tree(data, label):
        painter = Painter(manager, budget)
        try:
            _interpreter(manager, painter, page).process_page(page)
        except TooLong:
            raise _too_long(label) from None
        except FAULTS:
            yield painter.painted if painter.painted.glyphs else None
        else:
            yield painter.painted
        budget -= len(painter.painted.glyphs) + len(painter.painted.hidden)


def _interpreter(manager: Fonts, painter: Painter, page: PDFPage) -> Interpreter:
    interpreter = Interpreter(manager, painter)
    interpreter.hidden_layers = hidden_layers(page.doc)
    return interpreter


def _page_tree(data: bytes, label: str) -> list[PDFPage]:
    """The pages; a file whose index is broken is mended first.

    Raises:
        EncryptedFileError, DamagedFileError, EmptyFileError
        LimitError: more than ``Settings.max_pdf_pages``.
    """
    limit = load_settings().max_pdf_pages
    try:
        pages = _listed(data, limit)
        pages = _listed(mended(data), limit) if pages is None else pages
    except (PDFPasswordIncorrect, PDFEncryptionError):
        raise encrypted(label) from None
    except FAULTS:
        raise damaged(label) from None
    if pages is None:
        raise damaged(label)
    if not pages:
        raise EmptyFileError(f"{label} has no pages: a report was expected", f"{label} 没有页面：应为一份年度报告")
    if len(pages) > limit:
        raise _too_many_pages(label)
    return pages


def _listed(data: bytes, limit: int) -> list[PDFPage] | None:
    """The pages of a file, up to one more than ``limit``; None where its index is broken."""
    try:
        document = PDFDocument(PDFParser(BytesIO(data)), password="")
        return list(islice(PDFPage.create_pages(document), limit + 1))
    except (PDFPasswordIncorrect, PDFEncryptionError):
        raise
    except FAULTS:
        return None


def damaged(label: str) -> DamagedFileError:
    """The error for a PDF whose structure is broken."""
    return DamagedFileError(
        f"{label} is cut or broken: a whole PDF was expected", f"{label} 已损坏或不完整：应为完整的 PDF 文件"
    )


def _too_many_pages(label: str) -> LimitError:
    limit = load_settings().max_pdf_pages
    return LimitError(
        f"{label} has too many pages: at most {limit:,} were expected (EXTRACTOR_MAX_PDF_PAGES)",
        f"{label} 页数过多：应不超过 {limit:,} 页（设置 EXTRACTOR_MAX_PDF_PAGES）",
    )


def _too_long(label: str) -> LimitError:
    limit = load_settings().max_text_characters
    return LimitError(
        f"{label} is too long: at most {limit:,} characters were expected (EXTRACTOR_MAX_TEXT_CHARACTERS)",
        f"{label} 过长：应不超过 {limit:,} 字（设置 EXTRACTOR_MAX_TEXT_CHARACTERS）",
    )
