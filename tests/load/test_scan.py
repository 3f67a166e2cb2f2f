"""Scanned pages and picture files: what is read of them, and where it stands."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from typing import cast

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
    [sheet] = scan.picture_reader("").read_picture(np.asarray(image), 1, dpi)
    return cast(Sheet, sheet)


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


WORDS = "公开政府信息" * 4


def two_pages() -> Image.Image:
    left, right = drawn((LINES[0], WORDS, WORDS), TABLE[:2]), drawn((WORDS, WORDS), TABLE[2:])
    both = Image.new("L", (left.width + right.width, left.height), 255)
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    return both


@pytest.mark.parametrize("scanner", [Scanner(), Scanner(tilt=1.0, noise=4), Scanner(turns=3)])
def test_pages_side_by_side_are_read_one_after_the_other(scanner: Scanner) -> None:
    shown = scanner.scanned(two_pages())
    sheets: list[Sheet] = scan.picture_reader("").read_picture(np.asarray(shown), 4, 200)
    assert [texts(sheet) for sheet in sheets] == [PLAIN[:10], PLAIN[10:]]
    assert {sheet.number for sheet in sheets} == {4}
    assert abs(sheets[0].width - sheets[1].width) < 1 and abs(sheets[0].width - 8.27 * 72) < 6
    [cell] = [cell for cell in cells(sheets[1]) if cell.lines and cell.lines[0].text == "2091"]
    left, top, right, bottom = (side * 200 / 72 for side in sheets[1].shown(cell.box))
    assert 0 <= left < right <= shown.width and 0 <= top < bottom <= shown.height
    assert (left if scanner.turns == 0 else top) > 0.5 * max(shown.size)


def test_a_wide_page_is_one_page() -> None:
    wide = drawn(LINES, TABLE).crop((0, 0, 1654, 1100))
    assert len(scan.picture_reader("").read_picture(np.asarray(wide), 1, 200)) == 1


def test_a_table_goes_on_though_the_next_page_lies_otherwise() -> None:
    first, second = (drawn((), [("总计", "3"), ("其他", "5")] * 3) for _ in range(2))
    moved = Image.new("L", second.size, 255)
    moved.paste(second.resize((round(0.97 * second.width), round(0.97 * second.height))), (70, -120))
    document = load_bytes(tiff([Scanner(tilt=0.9).scanned(first), Scanner(tilt=-1.1).scanned(moved)], 200), "a.tif")
    assert [len(table.rows) for table in document.tables] == [12]


STREAKS = {
    "dark": ((90, 0.615, 0.0, 0.617, 1.0),),
    "light": ((170, 0.3, 0.0, 0.302, 1.0), (170, 0.8, 0.0, 0.801, 1.0)),
    "across": ((90, 0.0, 0.35, 1.0, 0.3512),),
}


@pytest.mark.parametrize("marks", STREAKS.values(), ids=STREAKS)
def test_a_streak_is_no_rule(marks: tuple[tuple[int, float, float, float, float], ...]) -> None:
    sheet = read(Scanner(marks=marks, tilt=0.5, noise=4).scanned(page()))
    assert [(cell.row, cell.column) for cell in cells(sheet)] == [
        (row, column) for row in range(4) for column in range(5)
    ]


def test_the_rules_of_a_table_that_fills_its_picture_are_no_streaks() -> None:
    image = np.asarray(drawn((), TABLE, 200).crop((178, 188, 1477, 468)))
    assert np.array_equal(import_module("extractor.load.scan.streaks").without_streaks(image), image)


def test_the_side_of_a_cell_one_line_high_is_a_rule() -> None:
    rulings = import_module("extractor.load.scan.rulings")
    image = Image.new("L", (900, 560), 255)
    draw, height = ImageDraw.Draw(image), 42
    for row in range(9):
        draw.line((60, 60 + height * row, 800, 60 + height * row), 0, 2)
    draw.line((60, 60, 60, 60 + height * 8), 0, 2)
    draw.line((800, 60, 800, 60 + height * 8), 0, 2)
    draw.line((580, 60, 580, 60 + height * 3), 0, 2)
    draw.line((580, 60 + height * 7, 580, 60 + height * 8), 0, 2)
    draw.line((581, 66 + height * 5, 581, 54 + height * 6), 0, 3)  # a stroke of print, as long as a character is high
    [found] = rulings.find_rulings(rulings.find_rules(np.asarray(image), 30.0), 30.0)
    assert [sum(place.row == row for place in found.places) for row in range(8)] == [2, 2, 2, 1, 1, 1, 1, 2]


def test_a_broken_file_says_nothing_on_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    file = io.BytesIO()
    page().convert("1").save(file, "TIFF", compression="group4")
    broken = bytearray(file.getvalue())
    for at in range(20, len(broken) - 400, 37):
        broken[at] ^= 0x5A
    with suppress(InputError):
        load_bytes(bytes(broken), "a.tif")
    assert capfd.readouterr().err == ""


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
