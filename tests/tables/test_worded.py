"""Words in a value cell of a table that has a line for every cell."""

import pytest

from tests.tables.test_read import FIRST_2021, codes, read, row

HEAD = "自然人\n商业企业\n科研机构\n社会公益组织\n法律服务机构\n其他\n总计\n"
REPEAT = "/tables/applications/not_processed_repeat"


def lines(values: str) -> str:
    """Two rows of table two and three of table three, a line a cell; ``values`` are the cells of the middle one."""
    first = FIRST_2021.replace("\t", "\n") + "规章\n1\n2\n3\n行政规范性文件\n4\n5\n6\n"
    above = "1.信访举报投诉类申请\n1\n0\n0\n0\n0\n0\n1\n"
    below = "3.要求提供公开出版物\n0\n3\n0\n0\n0\n0\n3\n"
    middle = "".join(f"{cell}\n" for cell in values.split())
    return f"{first}\n{HEAD}{above}2.重复申请\n{middle}{below}"


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        ("0 另行统计 4 0 0 0 4", [0, None, 4, 0, 0, 0, 4]),
        ("5 0 0 0 0 尚在核对 5", [5, 0, 0, 0, 0, None, 5]),
        ("5 另行统计 0 0 尚在核对 0 5", [5, None, 0, 0, None, 0, 5]),
        ("详见附表 0 4 0 0 0 4", [None, 0, 4, 0, 0, 0, 4]),
    ],
)
def test_words_that_make_a_row_whole_are_a_cell_of_it(values: str, numbers: list[int | None]) -> None:
    draft = read(lines(values))
    assert row(draft, "not_processed_repeat") == numbers
    assert row(draft, "not_processed_petition")[0] == 1
    assert row(draft, "not_processed_publication")[1] == 3
    assert codes(draft) == []
    worded = [evidence for path, evidence in draft.evidence.items() if path.startswith(REPEAT)]
    assert [one.state == "text" for one in worded] == [number is None for number in numbers]


@pytest.mark.parametrize("values", ["0 另行统计 4 0 0 4", "0 另行统计 4 0 0 0 0 4", "0 0 0 2.重复的申请 0 0 0"])
def test_words_that_do_not_make_a_row_whole_are_no_cell(values: str) -> None:
    draft = read(lines(values))
    assert row(draft, "not_processed_repeat")[1] is None
    assert codes(draft) != []
