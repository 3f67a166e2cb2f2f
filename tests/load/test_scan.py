"""Scanned pages and picture files: what is read of them, and where it stands."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache

import docx
import numpy as np
import pytest
from docx.shared import Inches
from PIL import Image, ImageDraw

from extractor.document import Document
from extractor.errors import DamagedFileError, EmptyFileError, InputError, LimitError, OcrMissingError
from extractor.load import load_bytes, scan
from extractor.load.sheet.sheet import GridCell, Sheet
from tests.load.reading import grids
from tests.load.scanning import Scanner, drawn, needs_font, needs_ocr, tiff

pytestmark = [needs_ocr, needs_font]

LINES = ("柳溪县档案馆2023年政府信息公开工作年度报告", "一、总体情况", "全年主动公开政府信息318条（含转载7条）。")
TABLE = (
    ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"),
    ("1", "0", "7", "", "8"),
    ("14", "/", "2091", "4", "2109"),
    ("0", "0", "0", "1", "1"),
)


@lru_cache(maxsize=1)
def page() -> Image.Image:
    return drawn(LINES, TABLE)


def read(image: Image.Image, dpi: int = 200) -> Sheet:
    sheet: Sheet = scan.picture_reader("").read_picture(np.asarray(image), 1, dpi)
    return sheet


def cells(sheet: Sheet) -> Iterator[GridCell]:
    return (cell for grid in sheet.grids for cell in grid.cells)


def texts(sheet: Sheet) -> list[str]:
    return ["".join(line.text for line in cell.lines) for cell in cells(sheet)]


PLAIN = [text for row in TABLE for text in row]
SCANNERS = {
    "upright": Scanner(),
    "tilted": Scanner(tilt=0.8),
    "lying and worn": Scanner(turns=1, tilt=-0.8, noise=12, quality=60),
    "upside down": Scanner(turns=2),
    "faint under a shadow": Scanner(ink=0.35, shadow=0.4, noise=4, tilt=4),
}


@pytest.mark.parametrize("scanner", SCANNERS.values(), ids=SCANNERS)
def test_every_cell_is_read_however_the_page_was_scanned(scanner: Scanner) -> None:
    sheet = read(scanner.scanned(page()))
    assert texts(sheet) == PLAIN
    assert not any(cell.unreadable for cell in cells(sheet))
    assert sorted((line.text for line in sheet.lines), key=LINES.index) == list(LINES)


def test_a_box_leads_back_to_the_page_as_shown() -> None:
    scanner = Scanner(turns=1, tilt=2.0)
    shown = scanner.scanned(page())
    sheet = read(shown)
    [cell] = [cell for cell in cells(sheet) if cell.lines and cell.lines[0].text == "2091"]
    left, top, right, bottom = (round(side * 200 / 72) for side in sheet.shown(cell.lines[0].box))
    assert bottom - top > right - left  # the print lies on its side
    upright = np.rot90(np.asarray(shown)[top - 4 : bottom + 4, left - 4 : right + 4], 3)
    assert scan.picture_reader("").read_again([np.ascontiguousarray(upright)]) == "2091"


def test_print_nobody_can_read_is_neither_blank_nor_a_number() -> None:
    marred = page().copy()
    draw = ImageDraw.Draw(marred)
    [blank] = [cell for cell in cells(read(page())) if not cell.lines]
    left, top, _, bottom = (round(side * 200 / 72) for side in blank.box)
    for step in range(0, 60, 4):
        draw.line((left + 60 + step, top + 16, left + 130 - step, bottom - 16), 0, 2)
    marked = [cell for cell in cells(read(marred)) if (cell.row, cell.column) == (1, 3)]
    assert marked[0].unreadable or marked[0].lines[0].confidence is not None
    assert not blank.unreadable


FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")


def small(form: str) -> bytes:
    file = io.BytesIO()
    drawn(LINES[:1], (("总计", "3"), ("其他", "5")), 110).crop((60, 60, 900, 330)).save(file, form)
    return file.getvalue()


@pytest.mark.parametrize("form", FORMATS)
def test_pictures_of_each_format_are_read(form: str) -> None:
    document = load_bytes(small(form), f"a.{form.lower()}")
    assert document.text.startswith(LINES[0])
    assert grids(document) == [[["总计", "3"], ["其他", "5"]]]
    assert document.media_type == f"image/{form.lower()}"


def test_frames_of_a_tiff_are_pages() -> None:
    document = load_bytes(tiff([page(), Scanner(turns=3).scanned(page())], 200), "a.tif")
    assert document.pages == 2 and document.recognition is not None
    last = document.tables[-1].rows[-1][0]
    assert document.locate(last.start).page == 2
    assert document.recognition.second_reading(last.start, last.end) == last.text
    assert (document.recognition.confidence(last.start, last.end) or 0) > 0.9


def test_a_picture_is_turned_as_its_camera_says() -> None:
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 8  # the row that is first is the left side (EXIF 2.32, 4.6.4 A)
    Scanner(turns=3).scanned(page()).save(file, "JPEG", exif=exif)
    assert load_bytes(file.getvalue(), "a.jpg").text.startswith(LINES[0])


def truncated(data: bytes) -> bytes:
    return data[: len(data) // 2]


def bomb() -> bytes:
    file = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(file, "PNG")
    return file.getvalue()


def white() -> bytes:
    file = io.BytesIO()
    Image.new("L", (600, 400), 255).save(file, "PNG")
    return file.getvalue()


BAD = {
    "cut": (lambda: truncated(small("PNG")), DamagedFileError),
    "cut jpeg": (lambda: truncated(small("JPEG")), DamagedFileError),
    "no picture at all": (lambda: b"\x89PNG\r\n\x1a\n" + b"x" * 400, DamagedFileError),
    "too many pixels": (bomb, LimitError),
    "white": (white, EmptyFileError),
}


@pytest.mark.parametrize(("data", "error"), BAD.values(), ids=BAD)
def test_bad_pictures_are_errors_in_both_languages(data: object, error: type[InputError]) -> None:
    with pytest.raises(error) as caught:
        load_bytes(data(), "图.png")  # type: ignore[operator]
    assert "图.png" in caught.value.zh and "图.png" in caught.value.en


def test_without_the_engine_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "_MODULES", ("no_such_engine",))
    with pytest.raises(OcrMissingError) as caught:
        load_bytes(small("PNG"), "a.png")
    assert caught.value.code == "ocr_missing"
    assert 'pip install "extractor[ocr]"' in caught.value.en and 'pip install "extractor[ocr]"' in caught.value.zh


def test_nothing_of_the_engine_is_loaded_before_a_picture_is_read() -> None:
    code = (
        "import sys, extractor, extractor.load; print(sorted({'cv2', 'onnxruntime', 'rapidocr'} & sys.modules.keys()))"
    )
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert shown.stdout.strip() == "[]"


def test_a_table_that_is_a_picture_is_read_in_its_place() -> None:
    document = with_picture(("某局2023年政府信息公开工作年度报告", "公开工作平稳有序。" * 60), ("五、存在的主要问题",))
    assert [row[0] for row in grids(document)[0]] == [row[0] for row in TABLE]
    assert document.text.index("平稳有序") < document.tables[0].start < document.text.index("五、")
    assert document.pictures == []
    assert document.recognition is not None and document.recognition.confidence(0, 2) is None
    cell = document.tables[0].rows[2][2]
    assert cell.text == "2091" and (document.recognition.confidence(cell.start, cell.end) or 0) > 0.9


def with_picture(before: tuple[str, ...], after: tuple[str, ...]) -> Document:
    word, file, target = docx.Document(), io.BytesIO(), io.BytesIO()
    page().crop((150, 150, 1504, 800)).save(file, "PNG")
    for text in before:
        word.add_paragraph(text)
    word.add_picture(io.BytesIO(file.getvalue()), width=Inches(6))
    for text in after:
        word.add_paragraph(text)
    word.save(target)
    return load_bytes(target.getvalue(), "a.docx")
