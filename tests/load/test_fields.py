"""Fields of a page's forms: in a table, what stands in a field is what its cell says."""

import pytest

from tests.load.reading import check_spans, grids, page, texts

CELLS = {
    "a field": ('<input type="text" readonly value="7">', "7"),
    "a field without a type": ("<input value=7>", "7"),
    "an empty field": ('<input placeholder="请填写">', ""),
    "a number": ('<input type=number value="7"> 件', "7 件"),
    "in a paragraph": ('<p><b><input value="7"></b></p>', "7"),
    "several lines": ("<textarea rows=2> 7 </textarea>", "7"),
    "a choice": ("<select><option>5<option selected>7</select>", "7"),
    "a choice that nobody made": ("<select><option>7<option>5</select>", "7"),
    "a choice whose first option cannot be had": ("<select><option disabled>5<option>7</select>", "7"),
    "a list of options": ("<select multiple><option>5<option>6</select>7", "7"),
    "a menu of links": ("<select onchange='go()'><option>5<option>6</select>7", "7"),
    "a menu of addresses": ("<select><option value='/a/'>5<option value='b.html'>6</select>7", "7"),
    "a hidden field": ('<input type="hidden" value="5">7', "7"),
    "a box to tick": ('<input type="checkbox" value="5" checked>7', "7"),
    "a field that is not shown": ('<input style="display:none" value="5">7', "7"),
}


@pytest.mark.parametrize("case", CELLS)
def test_cells(case: str) -> None:
    source, expected = CELLS[case]
    document = page(f"<form><table><tr><td>甲</td><td>{source}</td></tr><tr><td>乙</td><td>1</td></tr></table></form>")
    check_spans(document)
    assert grids(document) == [[["甲", expected], ["乙", "1"]]]


@pytest.mark.parametrize("button", ['<input type="submit" value="搜索">', "<button>搜索</button>"])
def test_a_row_with_a_button_is_for_searching(button: str) -> None:
    document = page(f'<table><tr><td><input value="请输入关键字">{button}</td></tr></table><p>一、总体情况</p>')
    assert texts(document) == ["一、总体情况"]


def test_a_field_of_no_table_is_no_text() -> None:
    document = page('<p>一、总体情况<input value="请输入"></p>')
    assert texts(document) == ["一、总体情况"]
