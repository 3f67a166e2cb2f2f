"""Tables whose tags are missing, crossed or closed twice: read as a browser lays them out (HTML Standard, 13.2.6.4)."""

import pytest

from tests.load.reading import check_spans, grids, page, texts

A, B = "<tr><td>项</td><td>数</td></tr>", "<tr><td>甲</td><td>1</td></tr>"
TWO = [["项", "数"], ["甲", "1"]]
THREE = [*TWO, ["乙", "2"]]

SOUPS = {
    "a cell after the end of a row": f"<table>{A}<td>甲</td><td>1</td></tr></table>",
    "a cell after the end of a row, capitals": "<TABLE><TD>项</TD><TD>数</TD></TR><TD>甲</TD><TD>1</TD></TR></TABLE>",
    "a cell after the end of a row and a remark": f"<table>{A} <!-- 行 -->\n<td>甲</td><td>1</td></tr></table>",
    "the first row without a tag": f"<table><td>项</td><td>数</td></tr>{B}</table>",
    "no row tags in a group": f"<table><tbody><td>项</td><td>数</td></tr>{B}</tbody></table>",
    "no end tags": "<table><tr><td>项<td>数<tr><td>甲<td>1</table>",
    "open paragraphs": "<table><tr><td><p>项<td><p>数<tr><td><p>甲<td><p>1</table>",
    "open blocks": f"<table><tr><td><div>项</td><td><div>数</td></tr>{B}</table>",
    "open words": f"<table><tr><td><span>项</td><td><b>数</td></tr>{B}</table>",
    "a table in a table": f"<table><table>{A}{B}</table></table>",
    "a table in a row": f"<table><tr><table>{A}{B}</table></tr></table>",
    "a table in a paragraph": f"<p><table>{A}{B}</table></p>",
    "a table in bold": f"<p><b><table>{A}{B}</table></b></p>",
    "closed twice": f"<table>{A}{B}</table></table></table>",
    "rows in a block": f"<table><div>{A}{B}</div></table>",
    "each row in a block": f"<table><div>{A}</div><div>{B}</div></table>",
    "rows in a paragraph": f"<table><p>{A}</p>{B}</table>",
    "rows in a form": f"<table><form>{A}{B}</form></table>",
    "cells in blocks": f"<table><tr><div><td>项</td></div><div><td>数</td></div></tr>{B}</table>",
    "a row in a cell": f"<table><tr><td>项</td><td>数{B}</td></tr></table>",
    "a group in a cell": f"<table><tr><td>项</td><td>数<tbody>{B}</table>",
    "header cells closed as cells": "<table><tr><th>项</td><th>数</td></tr><tr><td>甲</th><td>1</th></tr></table>",
    "an open caption": f"<table><caption>{A}{B}</table>",
    "an open head": "<table><thead><tr><th>项<th>数<tbody><tr><td>甲<td>1</table>",
    "rows opened twice": f"<table><tr>{A}</tr><tr>{B}</tr></table>",
    "ends of blocks in cells": f"<div><table><tr><td></div>项</td><td>数</p></td></tr>{B}</table></div>",
    "the body ends in it": f"<table>{A}</body></html>{B}</table>",
    "a break between rows": f"<table>{A}<br>{B}</table>",
    "a paragraph ends in it": f"<p><table>{A}</p>{B}</table>",
    "never closed": f"<table>{A}{B}",
}


@pytest.mark.parametrize("case", SOUPS)
def test_rows_are_rows(case: str) -> None:
    document = page(f"<p>前文</p>{SOUPS[case]}")
    assert [[row for row in table if row] for table in grids(document)] == [TWO]
    assert texts(document) == ["前文"]
    check_spans(document)


def test_cells_after_every_row() -> None:
    document = page(f"<table>{A}<td>甲</td><td>1</td></tr><td>乙</td><td>2</td></tr></table>")
    assert grids(document) == [THREE]


def test_rows_after_the_end_of_their_table_keep_every_word() -> None:
    document = page(f"<table>{A}</table>{B}<p>后文</p>")
    assert grids(document) == [[["项", "数"]]]
    assert texts(document) == ["甲", "1", "后文"]


def test_rows_that_end_before_remarks_that_never_do() -> None:
    assert page(f"<p>前文</p><table>{'</tr> <!-- ' * 20_000}{A}</table>").text == "前文"
