"""What the loaders ask of the OCR engine: picture files, scanned pages of a PDF, tables that are pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from extractor.document import Document
from extractor.errors import EmptyFileError
from extractor.load.scan.again import read_again
from extractor.load.scan.decode import pages_of
from extractor.load.scan.page import has_table, read_picture
from extractor.load.scan.pdf_pages import page_pictures
from extractor.load.sheet.sheet import Sheet
from extractor.load.sheet.sheets import Named, assemble

__all__ = ["load_picture", "read_again", "read_picture", "read_pictures", "read_scanned_pages"]


def load_picture(data: bytes, name: str, sha256: str, media_type: str, label: str) -> Document:
    """The document that a picture file shows, each frame of a TIFF a page; ``label`` names it in messages.

    Raises:
        DamagedFileError, LimitError
        EmptyFileError: nothing on it can be read.
    """
    sheets = list(read_pictures(data, label))
    document = assemble(sheets, Named(name, sha256, media_type, label))
    if not document.text:
        raise EmptyFileError(
            f"{label} shows no text that can be read: a report was expected",
            f"{label} 上没有可辨认的文字：应为一份年度报告",
        )
    return document


def read_pictures(data: bytes, label: str, *, tables_only: bool = False) -> Iterator[Sheet]:
    """The sheets that a picture file shows; with ``tables_only`` those on which ruled tables are.

    Raises:
        DamagedFileError, LimitError
    """
    for number, (image, dpi) in enumerate(pages_of(data, label), start=1):
        if not tables_only or has_table(image):
            yield from read_picture(image, number, dpi)


def read_scanned_pages(data: bytes, numbers: Iterable[int], label: str) -> Iterator[Sheet]:
    """The sheets of a PDF's pages ``numbers`` (from 1), each drawn as a picture and read.

    Raises:
        LimitError: a page is too large to be drawn.
    """
    for number, image, dpi in page_pictures(data, numbers, label):
        yield from read_picture(image, number, dpi)
