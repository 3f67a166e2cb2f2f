"""PDFs damaged at random, and PDFs made to wear the reader out: a record or one clear error, in time."""

from __future__ import annotations

from random import Random

import pytest

from extractor.document import Document
from extractor.errors import InputError
from extractor.load import load_bytes
from tests.load.drawing import Drawing
from tests.load.reading import check_spans
from tests.load.test_pdf import EDGES, HEADER
from tests.load.test_pdf_bad import page_with
from tests.scale import scaled

MUTANTS = scaled(40, 1_000)


def report() -> bytes:
    """A small report over two pages; its streams are not packed, so that damage reaches what they say."""
    drawing = Drawing(pageCompression=0).text(200, 60, "青岭区水务局2023年政府信息公开工作年度报告")
    drawing.text(91, 100, "一、总体情况").table(140, [HEADER, ["规章", "1", "0", "12"]], EDGES)
    return drawing.page().table(60, [["行政规范性文件", "3", "0", "1,234"]], EDGES).data()


def mutant(data: bytes, random: Random) -> bytes:
    """``data`` with bits flipped, its end cut, or two parts swapped."""
    kind = random.randrange(3)
    if kind == 0:
        changed = bytearray(data)
        for _ in range(random.randint(1, 40)):
            changed[random.randrange(8, len(data))] ^= 1 << random.randrange(8)
        return bytes(changed)
    if kind == 1:
        return data[: random.randrange(8, len(data))]
    a, b, c, d = sorted(random.randrange(8, len(data)) for _ in range(4))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def read(data: bytes) -> Document | None:
    try:
        return load_bytes(data, "a.pdf")
    except InputError as error:
        assert error.zh.startswith("a.pdf")
        return None


def test_damaged_files_end_in_a_document_or_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.load.scan.is_installed", lambda: False)  # the engine has its own stress test
    data, found = report(), 0
    for seed in range(MUTANTS):
        document = read(mutant(data, Random(seed)))
        if document is not None:
            check_spans(document)
            found += 1
            for table in document.tables:
                for cell in (cell for row in table.rows for cell in row):
                    assert document.locate(cell.start).page
    assert found > MUTANTS // 10


FILLERS = {
    "rulings": b"10 10 m 500 10 l S ",
    "crossing rulings": b"".join(b"%d 10 m %d 800 l S 10 %d m 580 %d l S " % (x, x, x, x) for x in range(10, 500, 3)),
    "saved states": b"q ",
    "curves": b"10 10 m 20 20 30 30 40 40 c S ",
    "nested arrays": b"[ ",
    "numbers": b"1 ",
}


@pytest.mark.parametrize("filler", FILLERS.values(), ids=FILLERS)
def test_endless_content_ends(filler: bytes) -> None:
    read(page_with(filler * (scaled(60_000, 2_000_000) // len(filler))))
