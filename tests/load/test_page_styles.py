"""What a page's styles make of its elements: tables, lines of their own, words set apart."""

import pytest

from extractor.document import Document
from extractor.load import load_bytes
from tests.load.reading import check_spans, grids, page, texts


def styled(sheet: str, body: str) -> Document:
    return load_bytes(f"<html><head><style>{sheet}</style></head><body>{body}</body></html>".encode(), "a.html")


TABLE = [["项", "数"], ["甲", "1"], ["乙", "2"]]
BLOCKS = "".join(f'<div class="z-r"><div class="z-c">{a}</div><div class="z-c">{b}</div></div>' for a, b in TABLE)
WORDS = "".join(f"<li><span>{a}</span><span>{b}</span></li>" for a, b in TABLE)
LINKED = "".join(f'<li><a href="#">{a}</a><span>{b}</span></li>' for a, b in TABLE)

SHEETS = {
    "blocks": (".z{display:table}.z-r{display:table-row}.z-c{display:table-cell}", f'<div class="z">{BLOCKS}</div>'),
    "capitals, blanks and remarks": (
        "<!-- /* 表 */ .z {DISPLAY : table}\n.z-r\n{ display: table-row }.z-c{display:table-cell!important} -->",
        f'<div class="z">{BLOCKS}</div>',
    ),
    "one selector in another": (
        "ul.z{display:table}.z li{display:table-row}.z > li span{display:table-cell}",
        f'<ul class="z">{WORDS}</ul>',
    ),
    "boxes side by side": ("#z>li{display:flex}", f'<ul id="z">{WORDS}</ul>'),
}


@pytest.mark.parametrize("case", SHEETS)
def test_tables(case: str) -> None:
    document = styled(*SHEETS[case])
    assert grids(document) == [TABLE]
    check_spans(document)


LINES = {
    "floating": ("li span{float:left;width:50%}", WORDS),
    "blocks": (".z span{display:block}", f'<ul class="z">{WORDS}</ul>'),
    "boxes with links": ("li{display:flex}", LINKED),
}


@pytest.mark.parametrize("case", LINES)
def test_words_in_lines_of_their_own(case: str) -> None:
    sheet, body = LINES[case]
    document = styled(sheet, body)
    assert not grids(document)
    assert "甲1" not in document.text.replace("\n", " ")


def test_a_later_rule_takes_back_an_earlier_one() -> None:
    document = styled(".z{display:table-cell}.z{display:inline}", '<p>共<span class="z">12</span>条</p>')
    assert texts(document) == ["共12条"]


@pytest.mark.parametrize(
    "sheet", ["@media print{.z{display:table-cell}}", ".z:hover{display:block}", ".z[a]{float:left}"]
)
def test_rules_that_do_not_hold(sheet: str) -> None:
    assert texts(styled(sheet, '<p>共<span class="z">12</span>条</p>')) == ["共12条"]


def test_figures_with_a_width_of_their_own_are_not_run_together() -> None:
    box = '<span style="display:inline-block;width:60px">{}</span>'
    assert texts(page(f"<p>甲{box.format(1)}{box.format(2)}</p>")) == ["甲 1 2"]
    assert texts(page('<p>共<span style="display:inline-block">12</span>条</p>')) == ["共12条"]
