"""PDFs that cannot be read, or not wholly: each says so in one clear error, or as a picture nobody read."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader

from extractor.errors import (
    DamagedFileError,
    EmptyFileError,
    EncryptedFileError,
    InputError,
    LimitError,
    OcrMissingError,
)
from extractor.load import load_bytes, scan
from extractor.settings import load_settings
from tests.load.drawing import Drawing
from tests.load.reading import texts


def whole(**options: Any) -> bytes:
    """A PDF with one line of text."""
    return Drawing(**options).text(70, 80, "一、总体情况").data()


def object_file(*objects: str, streams: dict[int, bytes] | None = None) -> bytes:
    """A PDF of these objects, numbered from 1, the first its catalog; ``streams`` gives some of them a stream."""
    pieces, offsets = [b"%PDF-1.4\n"], []
    for number, content in enumerate(objects, start=1):
        offsets.append(sum(map(len, pieces)))
        pieces.append(f"{number} 0 obj\n{content}\n".encode())
        if streams and number in streams:
            pieces.append(b"stream\n" + streams[number] + b"\nendstream\n")
        pieces.append(b"endobj\n")
    start = sum(map(len, pieces))
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    pieces.append(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode())
    pieces.append(f"trailer\n<< /Root 1 0 R /Size {len(objects) + 1} >>\nstartxref\n{start}\n%%EOF\n".encode())
    return b"".join(pieces)


def page_with(stream: bytes, entries: str = "") -> bytes:
    """A PDF of one page with this content."""
    return object_file(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        f"<< /Length {len(stream)} {entries} >>",
        streams={4: stream},
    )


CYCLE = "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (lambda: whole(encrypt=StandardEncryption("secret", "owner")), EncryptedFileError),
        (lambda: b"%PDF-1.4\n", DamagedFileError),
        (lambda: whole()[:300], (DamagedFileError, EmptyFileError)),
        (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40, DamagedFileError),
        (lambda: Drawing().data(), EmptyFileError),
        (
            lambda: object_file("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"),
            EmptyFileError,
        ),
        (lambda: object_file("<< /Type /Catalog /Pages 2 0 R >>", CYCLE), EmptyFileError),
        (lambda: page_with(b"q " * 2_000), EmptyFileError),
    ],
    ids=[
        "password",
        "head only",
        "cut",
        "junk",
        "nothing drawn",
        "no pages",
        "pages in a circle",
        "nothing painted",
    ],
)
def test_each_bad_file_has_its_error(data: Callable[[], bytes], error: type[InputError]) -> None:
    with pytest.raises(error) as raised:
        load_bytes(data(), "a.pdf")
    assert raised.value.zh.startswith("a.pdf") and raised.value.en.startswith("a.pdf")


def test_a_file_that_opens_without_a_password_is_read() -> None:
    drawing = Drawing(encrypt=StandardEncryption("", "owner"))
    drawing.canvas.setFont("Helvetica", 12)  # the canvas writes other fonts' names wrong when it encrypts
    drawing.canvas.drawString(70, 700, "Annual report 2023")
    assert texts(drawing.document()) == ["Annual report 2023"]


def test_a_cut_file_keeps_what_can_be_read() -> None:
    data = whole()
    assert texts(load_bytes(data[: data.rindex(b"xref")], "a.pdf")) == ["一、总体情况"]


@contextmanager
def limited(name: str, value: int) -> Iterator[None]:
    """A limit of the settings set for a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(f"EXTRACTOR_{name}", str(value))
        load_settings.cache_clear()
        yield
    load_settings.cache_clear()


def three_pages() -> bytes:
    return Drawing().text(70, 80, "页").page().text(70, 80, "页").page().text(70, 80, "页").data()


@pytest.mark.parametrize(
    ("setting", "value", "data"),
    [
        ("MAX_PDF_PAGES", 2, three_pages()),
        ("MAX_TEXT_CHARACTERS", 5, whole()),
        ("MAX_UNPACKED_BYTES", 100_000, page_with(zlib.compress(b"0 " * 100_000), "/Filter /FlateDecode")),
    ],
)
def test_each_limit_is_named(setting: str, value: int, data: bytes) -> None:
    with limited(setting, value), pytest.raises(LimitError, match=f"EXTRACTOR_{setting}"):
        load_bytes(data, "a.pdf")


def scanned(drawing: Drawing) -> Drawing:
    """A page that is one picture."""
    drawing.canvas.drawImage(ImageReader(Image.new("L", (600, 850), 220)), 0, 0, 595, 842)
    return drawing


@pytest.mark.skipif(scan.is_installed(), reason="the extra [ocr] is installed")
def test_a_scan_without_an_engine_says_what_to_install() -> None:
    with pytest.raises(OcrMissingError, match=r"pip install"):
        scanned(Drawing()).document()


def test_a_page_that_nobody_could_read_is_a_picture() -> None:
    drawing = scanned(Drawing().text(70, 80, "一、总体情况").page()).page().text(70, 80, "六、其他需要报告的事项")
    document = drawing.document()
    assert [picture.name for picture in document.pictures] == ["page 2"]
    assert texts(document) == ["一、总体情况", "六、其他需要报告的事项"]
    assert document.pages == 3
