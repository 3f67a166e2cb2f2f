"""Groups 15 to 21: tables drawn, broken, merged, cut, pictured or spoilt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from extractor.errors import InputError
from tests.generator import docx_layouts, html_layouts
from tests.generator import text_tables as drawings
from tests.generator.shapes import Grid, GridCell
from tests.generator.traditional import traditional
from tests.generator.wording import APPLICANTS, FULL_ROWS, OUTCOMES
from tests.messy.reading import assert_narrative, assert_no_silent_error, assert_read, different, read
from tests.messy.report import (
    BODY,
    DRAWINGS,
    TABLES,
    Report,
    applications_grid,
    figures,
    item_grid,
    made,
    paged,
    swap,
    worded,
    written,
)
from tests.messy.tables import (
    annotated,
    line_of,
    numbers,
    pictured,
    traditional_report,
    two_pages,
    upright_review,
    with_empty_column,
    with_empty_row_over_values,
    with_empty_rows,
    with_short_trailing_row,
    with_trailing_row,
)

Write = Callable[..., str | bytes]
LINES = "label and values on one line"
TAB_CELLS = "one cell a line after a tab"
PARAGRAPHS = "every value a paragraph"
FILES: dict[str, Write] = {"page": paged, "word": worded}


# ---- 15: drawings ------------------------------------------------------------------------------------------------
MORE_DRAWINGS = {
    **DRAWINGS,
    "rows of tabs, merged cells repeated": drawings.tab_rows("repeat", "repeat"),
    "rows of tabs, padded at the right": drawings.tab_rows("drop", "empty", "trailing"),
    "pipes without outer ones": drawings.pipes(outer=False, rule="none"),
    "pipes with a rule": drawings.pipes(outer=True, rule="plain"),
    "every value a line": drawings.paragraphs("\n"),
    "every cell a line, blank ones too": drawings.cell_lines,
    "label on one line, values on the next": drawings.spaced_lines(" ", numbers_below=True),
    "group on a line of its own": drawings.spaced_lines(" ", group_lines=True),
    "aligned with spaces": drawings.aligned,
    "commas": drawings.comma_rows,
    "a drawn box": drawings.boxed("┼", "─", "│"),
}


@pytest.mark.parametrize("drawing", MORE_DRAWINGS.values(), ids=MORE_DRAWINGS)
def test_group_15_drawings(drawing: drawings.TableText) -> None:
    assert_read(read(written(Report(), drawing)))


@pytest.mark.parametrize("drawing", DRAWINGS)
@pytest.mark.parametrize(("form", "collapsed"), [("2021", True), ("2019", False)], ids=["collapsed", "2019"])
def test_group_15_drawings_of_tables_with_one_row_for_other_processing(
    form: str, collapsed: bool, drawing: str
) -> None:
    report = Report(form=form, collapsed=collapsed)
    reading = read(written(report, drawing))
    assert_read(reading, report)
    rows = reading.record.tables["applications"]
    assert "other_processing" in rows
    assert "other_reason" not in rows


SHIFTED = {
    "label in the first column, blanks after it": lambda line: line.lstrip("\t").replace("\t", "\t\t", 1),
    "label in the first column, blanks at the end": lambda line: line.lstrip("\t") + "\t\t",
    "label in the first column, nothing else": lambda line: line.lstrip("\t"),
    "label in the second column": lambda line: "\t" + line.lstrip("\t"),
}


@pytest.mark.parametrize("shift", SHIFTED.values(), ids=SHIFTED)
def test_group_15_a_row_shifted_left(shift: Callable[[str], str]) -> None:
    text = written(drawing="rows of tabs, merged cells empty")
    line = line_of(text, "3.其他\t")
    assert_read(read(swap(text, line, shift(line))))


def test_group_15_every_row_shifted_left() -> None:
    text = re.sub(r"(?m)^\t+(?=\S.*\d$)", "", written())
    assert_read(read(text))


TAB, GAP = "\t", "\n\n"
LABELLESS: dict[str, Callable[[str, str, str], str]] = {
    "rows of tabs": lambda text, row, label: swap(text, f"{label}\t{numbers(row, TAB)}", f"\t{numbers(row, TAB)}"),
    "pipes": lambda text, row, label: swap(text, f"| {label} | {numbers(row, ' | ')}", f"|  | {numbers(row, ' | ')}"),
    LINES: lambda text, row, label: swap(text, f"{label} {numbers(row)}", numbers(row)),
    PARAGRAPHS: lambda text, row, label: swap(text, f"{label}{GAP}{numbers(row, GAP)}", numbers(row, GAP)),
    TAB_CELLS: lambda text, row, label: swap(text, f"\t{label}\n\t", "\t\n\t"),
}  # fmt: skip
BARE_ROWS = {
    "denied_process_information": "6.属于四类过程性信息",
    "other_reason": "3.其他",
    "not_processed_repeat": "2.重复申请",
}


@pytest.mark.parametrize(("drawing", "row"), list(zip([*LABELLESS, LINES], [*BARE_ROWS, *BARE_ROWS], strict=True)))
def test_group_15_seven_numbers_without_a_label(row: str, drawing: str) -> None:
    label = BARE_ROWS[row]
    reading = read(LABELLESS[drawing](written(drawing=drawing), row, label))
    assert_read(reading)
    assert "label_by_position" in reading.evidence(f"applications/{row}/total").reasons


@pytest.mark.parametrize("drawing", [LINES, "rows of tabs"])
def test_group_15_numbers_without_labels_that_fit_two_rows_are_left_out(drawing: str) -> None:
    """Of two neighbours one row is left, and it has no label: it is neither."""
    rows = {"denied_internal_affairs": "5.属于三类内部事务信息", "denied_process_information": "6.属于四类过程性信息"}
    text = written(drawing=drawing)
    for row, label in rows.items():
        text = LABELLESS[drawing](text, row, label)
    left = numbers("denied_process_information", " " if drawing == LINES else "\t")
    text = swap(text, line_of(text, left) + "\n", "")
    reading = read(text)
    for row in rows:
        assert set(reading.row(f"applications/{row}")) == {None}
        assert reading.names(f"applications/{row}/total")
    assert "unmatched_row" in reading.codes
    assert_no_silent_error(reading)


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_group_15_a_local_row_is_reported_not_forced_in(drawing: str) -> None:
    """其他主动公开文件 stands in some first tables; it is no row of the form."""
    local = (GridCell("其他主动公开文件", "label"), GridCell("9"), GridCell("2"), GridCell("41"))

    def with_local(grid: Grid) -> Grid:
        return replace(grid, rows=(*grid.rows[:4], local, *grid.rows[4:])) if grid.name == TABLES[0] else grid

    reading = read(written(drawing=drawing, change=with_local))
    assert different(reading.values, figures()) == {}
    assert "unmatched_row" in reading.errors
    assert set(reading.errors) <= {"unmatched_row", "unmatched_number"}
    assert "其他主动公开文件" in reading.findings("unmatched_row")[0].message
    assert all(number in reading.findings("unmatched_row")[0].message for number in ("9", "2", "41"))
    assert_narrative(reading)


def test_group_15_a_blank_local_row_has_nothing_to_report() -> None:
    local = (GridCell("其他主动公开文件", "label"), GridCell(""), GridCell(""), GridCell(""))
    grids = {
        "change": lambda grid: replace(grid, rows=(*grid.rows[:4], local, *grid.rows[4:])) if grid.width == 4 else grid
    }
    assert_read(read(written(made(**grids))))


# ---- 16: words broken or set vertically --------------------------------------------------------------------------
BROKEN = {
    "商业企业": "商业\n企业",
    "科研机构": "科研\n机构",
    "社会公益组织": "社会公益\n组织",
    "结果维持": "结果\n维持",
    "其他结果": "其他\n结果",
    "尚未审结": "尚未\n审结",
    "总计": "总\n计",
    "自然人": "自\n然\n人",
    "本年制发件数": "本年\n制发\n件数",
    "三、本年度办理结果": "三、本年度\n办理结果",
    "5.要求行政机关确认或重新出具已获取信息": "5.要求行政机关确认或重新\n出具已获取信息",
}


@pytest.mark.parametrize("drawing", [TAB_CELLS, "rows of tabs", "pipes"])
def test_group_16_words_broken_by_lines_in_text(drawing: str) -> None:
    assert_read(read(written(drawing=drawing, labels=BROKEN)))


@pytest.mark.parametrize("write", FILES.values(), ids=FILES)
def test_group_16_words_broken_by_lines_in_files(write: Write) -> None:
    assert_read(read(write(labels=BROKEN)))


@pytest.mark.parametrize("drawing", ["every value a line", "every value a paragraph"])
def test_group_16_words_broken_by_lines_where_every_value_is_a_line(drawing: str) -> None:
    """A converter that gives each line of a cell a paragraph: 商业 and 企业 are two."""
    text = written(drawing=MORE_DRAWINGS[drawing])
    gap = "\n\n" if drawing.endswith("paragraph") else "\n"
    for whole in ("商业企业", "科研机构", "结果维持", "结果纠正", "其他结果", "尚未审结"):
        text = text.replace(f"\n{whole}\n", f"\n{whole[:2]}{gap}{whole[2:]}\n")
    assert_read(read(text.replace("\n总计\n", f"\n总{gap}计\n")))


@pytest.mark.parametrize("drawing", [LINES, PARAGRAPHS])
def test_group_16_an_ordinal_on_a_line_of_its_own(drawing: str) -> None:
    """1. / 属于国家秘密."""
    gap = "\n" if drawing == LINES else "\n\n"
    assert_read(read(swap(written(drawing=drawing), "1.属于国家秘密", f"1.{gap}属于国家秘密")))


UPRIGHT = {words: "\n".join(words) for words in [w for _, w in OUTCOMES] + [w for _, w in APPLICANTS]}


@pytest.mark.parametrize("write", FILES.values(), ids=FILES)
def test_group_16_headers_set_vertically_in_one_cell(write: Write) -> None:
    assert_read(read(write(labels=UPRIGHT)))


VERTICAL = {
    "spaces": (" ", "行政复议 行政诉讼\n未经复议直接起诉 复议后起诉"),
    "tabs": ("\t", "行政复议\t\t\t\t\t行政诉讼\n\t\t\t\t\t未经复议直接起诉\t\t\t\t\t复议后起诉"),
}


@pytest.mark.parametrize(("mark", "groups"), VERTICAL.values(), ids=VERTICAL)
def test_group_16_headers_set_vertically_line_by_line(mark: str, groups: str) -> None:
    """结 结 其 尚 总 / 果 果 他 未 计 / 维 纠 结 审 / 持 正 果 结."""
    drawing = LINES if mark == " " else "rows of tabs, merged cells empty"
    reading = read(written(drawing=drawing, tables={"review_litigation": upright_review(mark, groups) + "\n"}))
    assert_read(reading)


GROUP = "三、本年度办理结果"


@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["lines", "paragraphs"])
@pytest.mark.parametrize("letters", ["三、本年度办理结果", "本年度办理结果"], ids=["numbered", "bare"])
def test_group_16_a_group_set_vertically_between_its_rows(letters: str, gap: str) -> None:
    """三 / 本 / 年 / 度 / 办 / 理 / 结 / 果, a letter on a line after each row."""
    text = swap(written(drawing=LINES), f"{GROUP} （一）", "（一）")
    start = text.index("（一）予以公开")
    rows = text[start:].split("\n")
    mixed = [piece for row, letter in zip(rows, letters, strict=False) for piece in (row, letter)]
    assert_read(read(text[:start] + "\n".join(mixed).replace("\n", gap) + gap + "\n".join(rows[len(letters) :])))


@pytest.mark.parametrize("letters", ["三、本年度办理结果", "本年度办理结果"], ids=["numbered", "bare"])
def test_group_16_a_group_set_vertically_in_the_first_column(letters: str) -> None:
    text = swap(written(drawing="rows of tabs, merged cells empty"), f"{GROUP}\t", "\t")
    start = text.index("\t（一）予以公开")
    rows = text[start:].split("\n")
    mixed = [f"{letter}{row}" for row, letter in zip(rows, letters, strict=False)]
    assert_read(read(text[:start] + "\n".join([*mixed, *rows[len(letters) :]])))


@pytest.mark.parametrize("write", FILES.values(), ids=FILES)
def test_group_16_a_group_set_vertically_in_its_cell(write: Write) -> None:
    assert_read(read(write(labels={GROUP: "\n".join(GROUP), "（三）不予公开": "（三\n）不\n予公\n开"})))


# ---- 17: how labels are written ----------------------------------------------------------------------------------
STATUTORY = sorted({words for row in FULL_ROWS for words in row.path})


def every(change: Callable[[str], str], words: Iterable[str] = STATUTORY) -> dict[str, str]:
    """Labels as ``change`` makes them, those it leaves alone left out."""
    return {one: change(one) for one in words if change(one) != one}


def point(mark: str) -> dict[str, str]:
    return every(lambda words: re.sub(r"^(\d)\.", rf"\g<1>{mark}", words))


TYPOS = {
    "2.其他法律行政法规禁止公开": "2.其他法律行政止公开",
    "现行有效件数": "现行有效件",
    "本年制发件数": "本年发件数",
    "4.保护第三方合法权益": "4.保护第三方合权益",
    "1.信访举报投诉类申请": "1.信访举报投拆类申请",
    "四、结转下年度继续办理": "四、结转下年度继续力理",
    "行政规范性文件": "行政规范性文",
    "未经复议直接起诉": "未经复议直接起拆",
}
HABITS = {
    "half-width brackets": every(lambda words: words.replace("（", "(").replace("）", ")")),
    "brackets of two widths": every(lambda words: words.replace("（", "(", 1)),
    "half-width brackets and a space": every(lambda words: re.sub(r"^（(.)）", r"(\1) ", words)),
    "1、": point("、"),
    "1．": point("．"),
    "1. ": point(". "),
    "1 .": point(" ."),
    "no ordinals": every(lambda words: re.sub(r"^\d\.", "", words)),
    "inner spaces": every(" ".join, ["规章", "行政许可", "总计", "自然人", "商业企业", "结果维持", "2.重复申请"]),
    "wide inner spaces": every("　".join, ["规章", "行政处罚", "总计", "其他", "尚未审结"]),
    "other quotes": every(lambda words: words.replace("“", "\"").replace("”", "\"")),
    "no quotes": every(lambda words: words.replace("“", "").replace("”", "")),
    "short": {"（二）部分公开（区分处理的，只计这一情形，不计其他情形）": "（二）部分公开"},
    "typos": TYPOS,
    "headers with a year": {
        "本年制发件数": "本年(2023)制发件数",
        "本年废止件数": "本年(2023)废止件数",
        "本年处理决定数量": "本年（2023）处理决定数量",
        "本年收费金额": "本年（2023年）收费金额",
    },
    "headers with this year": {"本年制发件数": "2024年制发件数", "本年废止件数": "2024年废止件数"},
}  # fmt: skip


@pytest.mark.parametrize("labels", HABITS.values(), ids=HABITS)
def test_group_17_labels_in_text(labels: dict[str, str]) -> None:
    assert labels
    assert_read(read(written(labels=labels)))


@pytest.mark.parametrize(
    "habit", ["half-width brackets and a space", "1. ", "1、", "inner spaces", "typos", "headers with a year"]
)
def test_group_17_labels_on_lines_of_their_own(habit: str) -> None:
    assert_read(read(written(drawing="every value a paragraph", labels=HABITS[habit])))


@pytest.mark.parametrize("write", [written, paged], ids=["text", "page"])
def test_group_17_ordinals_without_a_point(write: Write) -> None:
    assert_read(read(write(labels=point(""))))


@pytest.mark.parametrize(
    "habit", ["half-width brackets", "1．", "no ordinals", "wide inner spaces", "typos", "headers with a year"]
)
def test_group_17_labels_in_a_page(habit: str) -> None:
    assert_read(read(paged(labels=HABITS[habit])))


def test_group_17_labels_in_a_word_file() -> None:
    assert_read(
        read(
            worded(
                labels={**HABITS["half-width brackets and a space"], **HABITS["typos"], **HABITS["headers with a year"]}
            )
        )
    )


@pytest.mark.parametrize(
    ("written_as", "row"),
    [("其他法律行政止公开", "denied_prohibited_by_law"), ("其他", "other_reason"), ("总计", "total_processed")],
)
def test_group_17_short_and_misspelt_words_are_not_confused(written_as: str, row: str) -> None:
    """其他 is a column, an item of （六） and the beginning of others; 总计 a column and a row."""
    label = {
        "denied_prohibited_by_law": "2.其他法律行政法规禁止公开",
        "other_reason": "3.其他",
        "total_processed": "（七）总计",
    }
    assert_read(read(paged(labels={label[row]: written_as})))


# ---- 18: merged cells, empty columns and rows --------------------------------------------------------------------
PAGES: dict[str, drawings.TableText] = {
    "rowspan and colspan": html_layouts.clean_table,
    "header cells": html_layouts.head_table,
    "as Word exports it": html_layouts.word_table,
    "merged cells repeated": html_layouts.plain_table("repeat", "repeat"),
    "merged cells empty": html_layouts.plain_table("empty", "empty"),
    "merged cells left out": html_layouts.plain_table("drop", "empty"),
    "inside a layout table": html_layouts.nested_table,
    "of div elements": html_layouts.div_table,
}
WORD = {
    "gridSpan and vMerge": docx_layouts.merged,
    "paragraphs in cells": docx_layouts.merged_in_paragraphs,
    "merged cells repeated": docx_layouts.unmerged("repeat", "repeat"),
    "merged cells empty": docx_layouts.unmerged("empty", "empty"),
    "merged cells left out": docx_layouts.unmerged("drop", "empty"),
    "inside another table": docx_layouts.in_layout_table,
}


@pytest.mark.parametrize("table", PAGES.values(), ids=PAGES)
def test_group_18_merged_cells_of_a_page(table: drawings.TableText) -> None:
    assert_read(read(paged(Report(), table)))


@pytest.mark.parametrize("table", WORD.values(), ids=WORD)
def test_group_18_merged_cells_of_word(table: docx_layouts.TableXml) -> None:
    assert_read(read(worded(Report(), table)))


@pytest.mark.parametrize(("form", "collapsed"), [("2021", True), ("2019", False)], ids=["collapsed", "2019"])
@pytest.mark.parametrize("write", FILES.values(), ids=FILES)
def test_group_18_merged_cells_of_other_tables(form: str, collapsed: bool, write: Write) -> None:
    report = Report(form=form, collapsed=collapsed)
    assert_read(read(write(report)), report)


EXTRA = {
    "a column at the right": with_empty_column(0),
    "rows after the header and between rows": with_empty_rows,
    "a trailing row": with_trailing_row,
    "a trailing row of one cell": with_short_trailing_row,
}


@pytest.mark.parametrize("change", EXTRA.values(), ids=EXTRA)
@pytest.mark.parametrize("drawing", ["rows of tabs, merged cells empty", TAB_CELLS])
def test_group_18_empty_columns_and_rows_in_text(change: Callable[[Grid], Grid], drawing: str) -> None:
    assert_read(read(written(drawing=MORE_DRAWINGS[drawing], change=change)))


@pytest.mark.parametrize(("change", "write"), list(zip(EXTRA.values(), [*FILES.values()] * 2, strict=True)), ids=EXTRA)
def test_group_18_empty_columns_and_rows_in_files(change: Callable[[Grid], Grid], write: Write) -> None:
    assert_read(read(write(change=change)))


@pytest.mark.parametrize("write", [written, paged, worded], ids=["text", "page", "word"])
def test_group_18_an_empty_row_between_header_and_the_one_line_of_values(write: Write) -> None:
    assert_read(read(write(change=with_empty_row_over_values)))


def test_group_18_an_empty_column_between_values() -> None:
    """Only the applications table has one; header and values leave it empty alike."""

    def change(grid: Grid) -> Grid:
        if grid.name != "applications":
            return grid
        head = [(*grid.rows[0],), (*grid.rows[1][:-1], GridCell("", "header", 2), grid.rows[1][-1]), grid.rows[2]]
        head[0] = (grid.rows[0][0], replace(grid.rows[0][1], colspan=8))
        body = [(*row[:-1], GridCell(""), row[-1]) for row in grid.rows[3:]]
        return replace(grid, rows=(*head, *body), width=grid.width + 1)

    for write in FILES.values():
        assert_read(read(write(change=change)))


# ---- 19: cut by a page break -------------------------------------------------------------------------------------


def test_group_19_a_group_label_cut_in_two() -> None:
    """（四）无 at the foot of a page, 法提供 at the head of the next."""
    text = written(drawing="rows of tabs, merged cells empty")
    text = swap(text, "（四）无法提供\t1.", "（四）无\t1.")
    assert_read(read(swap(text, "\t\t2.没有现成信息", "\t法提供\t2.没有现成信息")))


CUTS = {
    "a group's label on two lines": ("（四）无法提供 1.本机关", "（四）无\n法提供 1.本机关"),
    "with a page number between": ("（四）无法提供 1.本机关", "（四）无\n- 3 -\n法提供 1.本机关"),
    "a row's label before its numbers": ("2.没有现成信息需要另行制作 ", "2.没有现成信息需\n要另行制作 "),
    "a row's label around its numbers": (
        f"2.没有现成信息需要另行制作 {numbers('unavailable_requires_creation')}",
        f"2.没有现成信息需 {numbers('unavailable_requires_creation')}\n要另行制作",
    ),
    "the label after its numbers": (
        f"2.没有现成信息需要另行制作 {numbers('unavailable_requires_creation')}",
        f"{numbers('unavailable_requires_creation')}\n2.没有现成信息需要另行制作",
    ),
    "numbers on the next page": (
        f"2.没有现成信息需要另行制作 {numbers('unavailable_requires_creation')}",
        f"2.没有现成信息需要另行制作\n- 3 -\n{numbers('unavailable_requires_creation')}",
    ),
}


@pytest.mark.parametrize(("old", "new"), CUTS.values(), ids=CUTS)
def test_group_19_rows_and_labels_cut(old: str, new: str) -> None:
    assert_read(read(swap(written(drawing=LINES), old, new)))


HEAD = applications_grid(Report()).rows[:3]
LABELS_AFTER = {
    "one row of two": ["行政强制 8"],
    "the last row but one": [f"（七）总计 {numbers('total_processed')}"],
    "documents": ["规章 0 0 0", "行政规范性文件 4 1 23"],
    "sanctions": ["行政处罚 57", "行政强制 8"],
    "every row": [],
}


@pytest.mark.parametrize("rows", LABELS_AFTER.values(), ids=LABELS_AFTER)
@pytest.mark.parametrize("drawing", [LINES, PARAGRAPHS])
def test_group_19_labels_after_their_numbers_give_no_row_its_neighbour_s(rows: list[str], drawing: str) -> None:
    """Read right, or named: a label is not silently given the numbers that follow it."""
    text = written(drawing=drawing)
    gap = "\n" if drawing == LINES else "\n\n"
    for row in rows or [line for line in written(drawing=LINES).split("\n") if re.search(r"\D \d[\d. ]*$", line)]:
        label, values = _parted(row)
        old = row if drawing == LINES else gap.join([*label.split(" "), *values.split(" ")])
        new = f"{values}\n{label}" if drawing == LINES else gap.join([*values.split(" "), *label.split(" ")])
        text = swap(text, old, new)
    assert_no_silent_error(read(text))


def _parted(row: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.*?) ([\d. ]+)", row)
    assert match is not None
    return match[1], match[2]


NEXT_PAGE: dict[str, tuple[tuple[GridCell, ...], ...]] = {
    "no header": (),
    "the whole header": HEAD,
    "a header of the first table": item_grid(Report(), 0).rows[1:2],
    "the topmost header row alone": (tuple(replace(cell, rowspan=1) for cell in HEAD[0]),),
}
WRONG = {"a header of the first table"}


@pytest.mark.parametrize("head", NEXT_PAGE)
@pytest.mark.parametrize(("drawing", "cut"), [("rows of tabs, merged cells empty", 10), ("pipes", 18)])
def test_group_19_the_header_on_the_next_page(head: str, cut: int, drawing: str) -> None:
    reading = read(two_pages(Report(), NEXT_PAGE[head], DRAWINGS[drawing], cut))
    assert_no_silent_error(reading)
    assert_narrative(reading)
    if head not in WRONG:
        assert_read(reading)


@pytest.mark.parametrize("drawing", ["rows of tabs, merged cells empty", "pipes"])
def test_group_19_a_part_of_the_header_on_the_next_page(drawing: str) -> None:
    """商业企业 … 其他 alone over their own columns: the row over which 自然人 and 总计 stood is left behind."""
    head = ((*(GridCell("") for _ in range(4)), *HEAD[2], GridCell("")),)
    assert_read(read(two_pages(Report(), head, DRAWINGS[drawing])))


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_group_19_a_table_of_word_in_two_pieces(form: str) -> None:
    assert_read(read(worded(Report(form=form), docx_layouts.in_pieces)), Report(form=form))


# ---- 20: pictures ------------------------------------------------------------------------------------------------


PICTURES: dict[str, Callable[[str], str | bytes]] = {
    "in a page": lambda table: paged(tables={table: '<p><img src="/images/W0213.png" width="640"></p>'}),
    "in Markdown": lambda table: written(tables={table: "![](media/image1.png)"}),
    "gone from the text": lambda table: written(tables={table: ""}),
    "in Word": pictured,
}


@pytest.mark.parametrize(
    ("name", "table"),
    [*((name, "applications") for name in PICTURES), ("in a page", TABLES[0]), ("in Word", TABLES[2])],
)
def test_group_20_a_table_as_a_picture_is_missing_not_zero(name: str, table: str) -> None:
    reading = read(PICTURES[name](table))
    lost = [place for place in figures() if place.startswith(table)]
    assert {reading.value(place) for place in reading.values if place.startswith(table)} == {None}
    assert reading.states(table) == {"missing"}
    assert different({place: reading.values[place] for place in figures()}, {**figures(), **dict.fromkeys(lost)}) == {}
    assert reading.named("missing_table") == {f"/tables/{table}"}
    assert reading.findings("missing_table")[0].severity == "error"
    assert reading.record.status == "needs_review"
    assert_narrative(reading)


@pytest.mark.parametrize("name", ["in a page", "in Word"])
def test_group_20_the_finding_names_the_picture(name: str) -> None:
    reading = read(PICTURES[name]("applications"))
    assert reading.document.pictures != []
    assert reading.document.pictures[0].name in reading.findings("missing_table")[0].message


def test_group_20_all_tables_are_pictures() -> None:
    reading = read(paged(tables=dict.fromkeys(TABLES, '<img src="a.jpg" alt="统计表">')))
    assert set(reading.values.values()) <= {None}
    assert reading.record.form is None
    assert reading.named("missing_table") == {f"/tables/{table}" for table in TABLES}
    assert_narrative(reading)


# ---- 21: other letters, spoilt letters, spam ---------------------------------------------------------------------
@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("write", [written, paged, worded], ids=["text", "page", "word"])
def test_group_21_traditional_characters(form: str, write: Write) -> None:
    plain = write(form=form) if write is not worded else None
    data = traditional(plain) if isinstance(plain, str) else worded(traditional_report(form))
    reading = read(data)
    assert different(reading.values, figures(form)) == {}
    assert (reading.record.form, reading.record.year, reading.codes) == (form, 2024, [])
    assert traditional(reading.record.organisation or "") == traditional(BODY)
    assert reading.record.title == traditional(Report().title)
    assert reading.issues == [traditional(one) for one in ("栏目更新不够及时", "政策解读形式单一")]
    assert reading.improvements == [traditional(one) for one in ("每月核对一次栏目更新情况", "请文化站绘制图解")]


@pytest.mark.parametrize(
    "pattern",
    [
        "<ruby>{}<rt>{}</rt></ruby>",
        "<ruby>{}<rp>(</rp><rt>{}</rt><rp>)</rp></ruby>",
        "<ruby><rb>{}</rb><rt>{}</rt></ruby>",
    ],
)
def test_group_21_pinyin_over_the_words_of_a_page(pattern: str) -> None:
    reading = read(annotated(paged(), pattern))
    assert_read(reading)
    assert "zhāng" not in reading.document.text


@pytest.mark.parametrize("pattern", ["{}({})", "{}（{}）", "{1}{0}"])
@pytest.mark.parametrize("drawing", ["rows of tabs", "every value a paragraph"])
def test_group_21_pinyin_in_the_text_puts_no_number_in_a_wrong_place(pattern: str, drawing: str) -> None:
    reading = read(annotated(written(drawing=drawing), pattern))
    assert_no_silent_error(reading)
    assert reading.record.year == 2024


IN_TURN: list[Write] = [written, paged, written, paged]
SPOILT = {
    "UTF-8 read as GBK": lambda text: text.encode().decode("gb18030", "replace"),
    "UTF-8 read as Latin-1": lambda text: text.encode().decode("latin-1"),
    "GBK read as Latin-1": lambda text: text.encode("gb18030").decode("latin-1"),
    "question marks": lambda text: re.sub(r"[一-鿿]", "?", text),
}


@pytest.mark.parametrize(("spoil", "write"), list(zip(SPOILT.values(), IN_TURN, strict=True)), ids=SPOILT)
def test_group_21_a_report_of_mojibake_becomes_no_record_of_zeros(spoil: Callable[[str], str], write: Write) -> None:
    text = write()
    assert isinstance(text, str)
    try:
        reading = read(spoil(text))
    except InputError as error:
        assert error.code in ("not_a_report", "not_text", "unsupported", "encoding")
    else:
        assert_no_silent_error(reading)


def test_group_21_some_letters_spoilt() -> None:
    """Letters lost inside labels: read or reported; a digit that was spoilt is no number."""
    text = written()
    for old, new in (
        ("5.属于三类内部事务信息", "5.属于三类内\ufffd事务信息"),
        ("（二）部分公开（区分", "（二）部分公\ufffd（区分"),
        ("行政强制", "行政\ufffd制"),
        ("行政许可\t316", "行政许可\t3\ufffd6"),
    ):
        text = swap(text, old, new)
    reading = read(text)
    place = "proactive_disclosure/licences/decisions"
    assert reading.value(place) is None
    assert reading.evidence(place).state in ("text", "unreadable")
    assert reading.names(place)
    assert_no_silent_error(reading)
    assert_narrative(reading)


SPAM = {
    "in the overview": ("在便民大厅设了查阅角", "在澳门新葡京注册送彩金"),
    "in the title": ("年度报告\n", "年度报告_时时彩平台官网\n"),
    "in part five": ("政策解读形式单一", "百家乐投注平台单一"),
    "in part six": ("没有收取信息处理费", "没有收取老虎机处理费"),
}


@pytest.mark.parametrize(("old", "new"), SPAM.values(), ids=SPAM)
def test_group_21_spam_in_place_of_words(old: str, new: str) -> None:
    reading = read(swap(written(), old, new))
    assert "suspected_tampering" in reading.codes
    assert reading.findings("suspected_tampering")[0].severity == "warning"
    assert different(reading.values, figures()) == {}


@pytest.mark.parametrize(("words", "drawing"), [("澳门新葡京", "rows of tabs"), ("（一）时时彩平台", LINES)])
def test_group_21_spam_in_place_of_a_label(words: str, drawing: str) -> None:
    reading = read(swap(written(drawing=drawing), "（一）予以公开", words))
    assert "suspected_tampering" in reading.codes
    assert_no_silent_error(reading)


def test_group_21_spam_hidden_in_a_page() -> None:
    hidden = '<div style="display:none">时时彩开奖直播 百家乐注册送彩金</div>'
    reading = read(paged(before=hidden))
    assert "suspected_tampering" in reading.codes
    assert_read(reading, codes=["suspected_tampering"])
    assert "百家乐" not in reading.document.text
