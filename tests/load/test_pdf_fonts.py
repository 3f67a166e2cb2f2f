"""PDFs whose text layer does not tell its characters, or tells others: no figure of theirs is believed."""

from __future__ import annotations

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader

from extractor.document import Document
from extractor.load import load_bytes
from extractor.load.pdf.legible import better_read, common_letters, is_garbled
from extractor.load.sheet.sheet import Grid, GridCell, Line, Sheet
from tests.load.drawing import Drawing
from tests.load.reading import texts
from tests.load.test_pdf_bad import object_file

RULES = "50 700 m 350 700 l S 50 660 m 350 660 l S 50 620 m 350 620 l S 50 620 m 50 700 l S 200 620 m 200 700 l S "
RULES += "350 620 m 350 700 l S "
WORDS = "BT /F1 12 Tf 60 675 Td (Granted) Tj ET BT /F1 12 Tf 60 635 Td (Denied) Tj ET "
FIGURES = "BT /F2 12 Tf 260 675 Td (12) Tj ET BT /F1 12 Tf 260 635 Td (7) Tj ET "
EMBEDDED = "/FontDescriptor << /Type /FontDescriptor /FontName /A /Flags 4 /FontFile2 5 0 R >>"
WIDTHS = "/FirstChar 48 /LastChar 57 /Widths [500 500 500 500 500 500 500 500 500 500]"


def table_in(font: str) -> Document:
    """A table of two rows; the figure 12 of the first is printed in ``font``."""
    content = (RULES + WORDS + FIGURES).encode()
    return load_bytes(
        object_file(
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << "
            f"/F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> /F2 << {font} >> >> >> >>",
            f"<< /Length {len(content)} >>",
            "<< /Length 4 /Length1 4 >>",
            streams={4: content, 5: b"true"},
        ),
        "a.pdf",
    )


@pytest.mark.parametrize(
    "font",
    [
        f"/Type /Font /Subtype /TrueType /BaseFont /ABCDEF+A {WIDTHS} {EMBEDDED}",
        f"/Type /Font /Subtype /TrueType /BaseFont /A {WIDTHS} {EMBEDDED} /Encoding << /Differences [49 /g7 /g3] >>",
        f"/Type /Font /Subtype /Type3 {WIDTHS} /FontBBox [0 0 1 1] /FontMatrix [0.001 0 0 0.001 0 0] "
        "/CharProcs << >> /Encoding << /Differences [48 /a0 /a1 /a2 /a3] >>",
        "/Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [<< /Type /Font "
        "/Subtype /CIDFontType0 /BaseFont /A /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) >> >>]",
    ],
    ids=["codes of its own", "names of its own", "drawn glyphs", "glyph numbers"],
)
def test_a_figure_that_the_font_does_not_tell_is_an_engine_s_or_unreadable(font: str) -> None:
    document = table_in(font)
    [[_, first], [_, second]] = document.tables[0].rows
    assert document.recognition is not None
    by_engine = document.recognition.confidence(first.start, first.end) is not None
    assert by_engine or document.recognition.unreadable(first.start)
    assert by_engine or not any(char.isdigit() for char in first.text)
    assert second.text == "7"
    assert not document.recognition.unreadable(second.start)


@pytest.mark.parametrize(
    "font",
    [
        f"/Type /Font /Subtype /TrueType /BaseFont /A {WIDTHS} {EMBEDDED} /Encoding /WinAnsiEncoding",
        f"/Type /Font /Subtype /TrueType /BaseFont /A {WIDTHS} {EMBEDDED} /Encoding << /Differences [49 /one /two] >>",
        f"/Type /Font /Subtype /TrueType /BaseFont /A {WIDTHS}",
    ],
)
def test_a_figure_that_the_font_tells_is_read(font: str) -> None:
    assert [[cell.text for cell in row] for row in table_in(font).tables[0].rows] == [
        ["Granted", "12"],
        ["Denied", "7"],
    ]


def covered(drawing: Drawing, *, masked: bool = False) -> Drawing:
    """A picture over the upper half of the page; a ``masked`` one lets through what lies below."""
    picture = Image.new("RGBA" if masked else "L", (300, 200), (200, 0, 0, 60) if masked else 255)
    drawing.canvas.drawImage(ImageReader(picture), 0, 421, 595, 421, mask="auto" if masked else None)
    return drawing


def test_text_under_a_picture_is_no_text() -> None:
    drawing = covered(Drawing().text(70, 80, "收到申请 8 件")).text(70, 500, "六、其他需要报告的事项")
    assert texts(drawing.document()) == ["六、其他需要报告的事项"]


def test_a_seal_covers_nothing() -> None:
    drawing = covered(Drawing().text(70, 80, "收到申请 8 件"), masked=True).text(70, 500, "六、其他需要报告的事项")
    assert texts(drawing.document()) == ["收到申请 8 件", "六、其他需要报告的事项"]


@pytest.mark.parametrize(
    ("letters", "garbled"),
    [
        ("本机关依法公开政府信息，今年共收到申请若干件。" * 6, False),
        ("本機關依法公開政府資訊，今年共收到申請若干件，均於期限內答覆。" * 6, False),
        ("ËûÊÇÖÐ¹úÈË" * 20, True),
        ("".join(chr(0x4E00 + 97 * step % 20_000) for step in range(200)), True),
        ("0 1 2 3" * 50, False),
        ("Annual", False),
    ],
)
def test_letters_that_nobody_uses_are_no_text(letters: str, garbled: bool) -> None:
    assert is_garbled(letters) is garbled


def test_common_letters_are_those_of_both_scripts() -> None:
    assert {*"政府信息公开", *"資訊公開"} <= common_letters()
    assert "鱻" not in common_letters()


def test_an_engine_that_saw_nothing_in_a_cell_leaves_it_in_doubt() -> None:
    box = (10.0, 10.0, 50.0, 30.0)
    told = Sheet(1, 100, 100, grids=[Grid(box, [GridCell(0, 0, box, [Line("\ufffd\ufffd", box)])])])
    blind = Sheet(1, 100, 100, grids=[Grid(box, [GridCell(0, 0, box)])])
    seen = Sheet(1, 100, 100, grids=[Grid(box, [GridCell(0, 0, box, [Line("12", box, 0.9)])])])
    assert better_read(told, blind).grids[0].cells[0].unreadable
    assert not better_read(told, seen).grids[0].cells[0].unreadable
    assert better_read(told, Sheet(1, 100, 100)) is told
