"""Rows whose cells could be told apart in more than one way: read where the source tells, else named in a finding."""

import pytest

from extractor.forms import builtin_forms
from tests.tables.test_read import COLUMNS, FIRST_2021, HEAD, codes, read, row

REVIEW = ("review", "litigation_direct", "litigation_after_review")
OUTCOMES = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
VALUES = ["2", "1", "0", "3", "6", "0", "4", "1", "0", "5", "5", "0", "0", "2", "7"]


def pipes(*rows: list[str]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows) + "\n"


def review(values: list[str], *, repeated: bool = False, more: tuple[str, ...] = ()) -> str:
    """The review table as pipes: merged cells empty or ``repeated``; ``more`` are headers of further columns."""

    def spread(words: str, width: int) -> list[str]:
        return [words] * width if repeated else [words, *[""] * (width - 1)]

    below = list(more) if repeated else [""] * len(more)
    groups = [*spread("行政复议", 5), *spread("行政诉讼", 10), *more]
    second = [*OUTCOMES, *spread("未经复议直接起诉", 5), *spread("复议后起诉", 5), *below]
    third = [*(OUTCOMES if repeated else [""] * 5), *OUTCOMES, *OUTCOMES, *below]
    return pipes(groups, second, third, values)


def reviewed(text: str) -> list[list[object]]:
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{text}")
    return [list(row(draft, name, "review_litigation")) for name in REVIEW]


READ = [[2, 1, 0, 3, 6], [0, 4, 1, 0, 5], [5, 0, 0, 2, 7]]


@pytest.mark.parametrize("repeated", [True, False])
def test_words_in_a_cell_beside_a_blank_in_the_line_of_values(repeated: bool) -> None:
    """Such words are the value of their place, not a label before the others."""
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{review(['见附件', '', *VALUES[2:]], repeated=repeated)}")
    assert row(draft, "review", "review_litigation") == [None, None, 0, 3, 6]
    states = [draft.evidence[f"/tables/review_litigation/review/{key}"].state for key in ("upheld", "corrected")]
    assert states == ["text", "blank"]


@pytest.mark.parametrize("repeated", [True, False])
@pytest.mark.parametrize("remark", ["无", "", "2件已调解"])
def test_remarks_beside_the_line_of_values(remark: str, repeated: bool) -> None:
    assert reviewed(review([*VALUES, remark], repeated=repeated, more=("备注",))) == READ


def test_remarks_where_no_place_tells() -> None:
    words = f"行政复议 行政诉讼 备注\n{' '.join(OUTCOMES)} 未经复议直接起诉 复议后起诉\n{' '.join(OUTCOMES * 2)}\n"
    assert reviewed(f"{words}{' '.join(VALUES)} 无\n") == READ


def test_blanks_where_merged_headers_stand_over_their_first_column() -> None:
    values = ["", "", "", "2", "2", *VALUES[5:], ""]
    text = review(values[:15], more=()).replace(" |\n", " |  |\n")
    assert reviewed(text) == [[None, None, None, 2, 2], *READ[1:]]


def test_words_of_the_header_cut_by_a_narrow_column_are_no_values() -> None:
    rows = [
        ["行政复议", *[""] * 4, "行政诉讼", *[""] * 9],
        [*OUTCOMES, "未经复议", *[""] * 4, "复议后起", *[""] * 4],
        [*[""] * 5, "直接起诉", *[""] * 4, "诉", *[""] * 4],
        [*[""] * 5, *OUTCOMES, *OUTCOMES],
        VALUES,
    ]
    assert reviewed(pipes(*rows)) == READ


def test_an_empty_row_over_the_line_of_values() -> None:
    *header, values = review(VALUES).splitlines(keepends=True)
    assert reviewed("".join([*header, pipes([""] * 15), values])) == READ


def test_a_line_of_values_that_lost_a_blank_at_its_front_is_not_read() -> None:
    """Filled up at its end, it would give every value to the column before its own."""
    rows = [cells.split(" | ") for cells in review(VALUES).replace("| ", "", 1).split("\n")[:3]]
    head = "\n".join("\t".join(cell.strip("| ") for cell in cells) for cells in rows)
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{head}\n" + "\t".join(["3", "0", "1", "4", *VALUES[5:], ""]) + "\n")
    assert {value for name in REVIEW for value in row(draft, name, "review_litigation")} == {None}
    assert codes(draft).count("undecided_columns") == 3


# ---- rows of the other tables ------------------------------------------------------------------------------------
def test_a_figure_parted_on_its_line_is_not_its_first_digits() -> None:
    draft = read("信息内容\n\n本年处理决定数量\n\n行政许可\n\n4 27\n\n行政处罚\n\n5\n\n行政强制\n\n6\n")
    assert row(draft, "licences", "proactive_disclosure") == [None]
    assert row(draft, "penalties", "proactive_disclosure") == [5]
    assert draft.findings[0].code == "undecided_columns"
    assert draft.findings[0].paths == ["/tables/proactive_disclosure/licences"]


def test_figures_before_their_labels_go_to_no_row() -> None:
    """Where figures stand right under a header, the label after them may be theirs; the next figures then are not."""
    draft = read(f"{FIRST_2021.replace(chr(9), ' ')}7 8 9\n规章\n4 5 6\n行政规范性文件\n")
    assert row(draft, "regulations", "proactive_disclosure") == [None] * 3
    assert row(draft, "normative_documents", "proactive_disclosure") == [None] * 3
    assert "unmatched_row" in codes(draft)


def test_a_row_without_a_label_is_told_by_the_rows_it_may_be() -> None:
    rows = (
        "\t1.属于国家秘密\t1\t0\t0\t0\t0\t0\t1\n\t\t2\t0\t0\t0\t0\t0\t2\n\t4.保护第三方合法权益\t3\t0\t0\t0\t0\t0\t3\n"
    )
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{HEAD}{rows}")
    found = next(finding for finding in draft.findings if finding.code == "unmatched_row")
    between = ("denied_state_secret", "denied_prohibited_by_law", "denied_safety_and_stability")
    assert found.paths == [f"/tables/applications/{name}" for name in between]


def test_only_the_lowest_header_row_over_rows_of_a_new_page() -> None:
    lowest = "|  |  |  |  | 商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他 |  |\n"
    rows = (
        "|  |  | 7.属于行政执法案卷 | 1 | 2 | 3 | 4 | 5 | 6 | 21 |\n| （七）总计 |  |  | 2 | 3 | 4 | 5 | 6 | 7 | 27 |\n"
    )
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{lowest}{rows}")
    assert row(draft, "denied_enforcement_files") == [1, 2, 3, 4, 5, 6, 21]
    assert row(draft, "total_processed") == [2, 3, 4, 5, 6, 7, 27]


def test_rows_filled_up_at_their_end_begin_right_after_their_labels() -> None:
    """A row with blanks at both ends begins where the rows that show it begin."""
    head = (
        HEAD.replace("\t\t申请人情况\n", "\t申请人情况\n").replace("\t\t自然人", "\t自然人").replace("\t\t\t", "\t\t")
    )
    rows = (
        "一、本年新收政府信息公开申请数量\t1\t2\t\t\t\t\t3\t\t\n二、上年结转政府信息公开申请数量\t\t4\t\t\t\t\t4\t\t\n"
    )
    rows += "三、本年度办理结果\t（一）予以公开\t\t6\t\t\t\t\t6\t\n"
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{head}{rows}")
    assert row(draft, "carried_over") == [None, 4, None, None, None, None, 4]
    assert row(draft, "granted") == [None, 6, None, None, None, None, 6]


def test_a_row_of_one_form_under_the_header_of_the_other() -> None:
    text = f"{FIRST_2021.replace('本年制发件数', '新制作数量').replace('本年废止件数', '新公开数量')}规章\t1\t2\t3\n"
    hybrid = "信息内容\t本年处理决定数量\t\t\n行政许可\t8\t\t\n其他对外管理服务事项\t9\t\t\n"
    draft = read(f"{text}第二十条第（五）项\n{hybrid}")
    values = draft.tables["proactive_disclosure"]["other_management_services"]
    assert (values["decisions"], values.get("items_last_year")) == (9, None)


# ---- labels without figures --------------------------------------------------------------------------------------
LABELS = [line.label for line in builtin_forms()[0].tables[1].rows.values() if not line.stands_for]


def test_a_label_without_figures_is_a_row_left_blank() -> None:
    head = "自然人 商业企业 科研机构 社会公益组织 法律服务机构 其他 总计\n"
    lines = "1.属于国家秘密 1 0 0 0 0 0 1\n2.其他法律行政法规禁止公开\n3.危及“三安全一稳定” 0 2 0 0 0 0 2\n"
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{head}{lines}")
    assert row(draft, "denied_prohibited_by_law") == [None] * 7
    places = [f"/tables/applications/denied_prohibited_by_law/{column}" for column in COLUMNS]
    assert {draft.evidence[place].state for place in places} == {"blank"}
    assert row(draft, "denied_safety_and_stability") == [0, 2, 0, 0, 0, 0, 2]


def test_a_label_is_no_blank_row_while_figures_are_without_one() -> None:
    head = "自然人 商业企业 科研机构 社会公益组织 法律服务机构 其他 总计\n"
    lines = "1.属于国家秘密\n2.其他法律行政法规禁止公开\n5.属于三类内部事务信息 0 2 0 0 0 0 2\n1 0 0 0 0 0 1\n"
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{head}{lines}8.属于行政查询事项 0 0 0 0 0 0 0\n")
    assert draft.evidence["/tables/applications/denied_state_secret/total"].state == "missing"


def test_a_form_of_labels_alone_is_a_blank_form() -> None:
    head = "三、收到和处理政府信息公开申请情况\n自然人 商业企业 科研机构 社会公益组织 法律服务机构 其他 总计\n"
    draft = read(head + "\n".join(LABELS) + "\n")
    assert draft.form is None  # without parts, any list of words could be one


def test_a_blank_row_whose_misspelled_label_runs_over_two_lines() -> None:
    rows = "|  | 1.信访投诉举报类 |  |  |  |  |  |  |  |\n|  | 申请 |  |  |  |  |  |  |  |\n"
    rows += "|  | 2.重复申请 | 1 | 0 | 0 | 0 | 0 | 0 | 1 |\n"
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{HEAD}{rows}")
    assert draft.evidence["/tables/applications/not_processed_petition/total"].state == "blank"


def test_words_in_place_of_the_first_value_are_no_header() -> None:
    """Where every cell has a line, the blank at the end is not to make up for them."""
    head = "\n".join(["行政复议", "行政诉讼", *OUTCOMES, "未经复议直接起诉", "复议后起诉", *OUTCOMES, *OUTCOMES])
    first = "信息内容\n本年制发件数\n本年废止件数\n现行有效件数\n规章\n1\n2\n3\n行政规范性文件\n4\n5\n6\n"
    draft = read(f"{first}信息内容\n本年处理决定数量\n行政许可\n7\n{head}\n待核实\n" + "1\n" * 14 + "\n")
    assert {value for name in REVIEW for value in row(draft, name, "review_litigation")} == {None}
    assert codes(draft).count("undecided_columns") == 3


def test_a_row_that_only_names_its_group_is_told_by_the_rows_it_may_be() -> None:
    rows = "三、本年度办理结果\t5.要求行政机关确认或重新出具已获取信息\t1\t0\t0\t0\t0\t0\t1\n"
    rows += "三、本年度办理结果\t\t2\t0\t0\t0\t0\t0\t2\n三、本年度办理结果\t（七）总计\t3\t0\t0\t0\t0\t0\t3\n"
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{HEAD}{rows}")
    found = next(finding for finding in draft.findings if finding.code == "unmatched_row")
    assert found.paths[-1] == "/tables/applications/other_processing"
    assert "/tables/applications/other_reason" in found.paths
