"""Part five in clauses: nothing is lost, ordinals and headings stand apart, pointed items are trimmed."""

from __future__ import annotations

import pytest

from extractor.llm.anchors import chunks_of, tag_of
from extractor.llm.clauses import bare_item, clauses_of
from tests.factories import document_of

TEXT = """（一）存在的主要问题
一是栏目更新不及时，如个别专题有待充实、图解偏少等；二是业务培训不够。
（二）改进措施
1.定期巡查栏目，发现缺项及时补齐。2.每季度开展培训。"""


def test_clauses_hold_every_character() -> None:
    document = document_of(TEXT)
    words = "".join(TEXT[spot.start : spot.end] for spot in clauses_of(document, 0, len(TEXT)))
    assert "".join(words.split()) == "".join(TEXT.split())


def test_clauses_begin_at_ordinals_and_after_stops() -> None:
    document = document_of(TEXT)
    found = [TEXT[spot.start : spot.end] for spot in clauses_of(document, 0, len(TEXT))]
    assert "图解偏少等；" in found
    assert "二是业务培训不够。" in found
    assert "2.每季度开展培训。" in found


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("一是栏目更新不及时；", "栏目更新不及时"),
        ("主要是公开意识不强。", "公开意识不强"),
        ("（三）信息公开面较窄，内容偏少；", "信息公开面较窄，内容偏少"),
        ("如专题有待充实等问题。", "专题有待充实"),
    ],
)
def test_items_are_trimmed(text: str, item: str) -> None:
    document = document_of(text)
    spot = bare_item(document, clauses_of(document, 0, len(text)))
    assert text[spot.start : spot.end] == item


def test_long_parts_are_cut_without_gaps() -> None:
    text = "公开内容有待细化。" * 900
    chunks = chunks_of(text, 1_000)
    assert [start for start, _ in chunks][1:] == [end for _, end in chunks][:-1]
    assert (chunks[0][0], chunks[-1][1]) == (0, len(text))
    assert all(text[end - 1] == "。" for _, end in chunks)


def test_the_tag_stands_nowhere_in_the_text() -> None:
    document = document_of(TEXT)
    known = tag_of(document)
    assert known not in TEXT
    assert tag_of(document_of(TEXT)) == known
