"""Every numeral of a source table is in the record, or in a finding about the right cells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractor.document import Cell, Paragraph, Table
from extractor.draft import Draft
from extractor.finding import Words, make
from extractor.record import Finding
from extractor.verify import verify
from extractor.verify.strays import numerals_in
from tests.verify.factory import Layout, report_of, tabbed
from tests.verify.planting import cells as cells_of
from tests.verify.planting import lose

NUMERALS = [
    ("1.属于国家秘密", []),
    ("1．属于国家秘密", []),
    ("3、补正后申请内容仍不明确", []),
    ("（三）不予公开 1.属于国家秘密", []),
    ("2其他法律行政法规禁止公开", []),
    ("第二十条第（一）项", []),
    ("本年(2023)制发件数", []),
    ("2024年1月1日至12月31日", []),
    ("第20条第1项", []),
    ("〔2021〕30号", []),
    ("本年收费金额（单位：万元）", []),
    ("本年收费金额（单位：0万元）", ["0"]),
    ("规章5", ["5"]),
    ("1.属于国家秘密0", ["0"]),
    ("22（其中修订16件）", ["22", "16"]),
    ("1,113", ["1,113"]),
    ("385.50万元", ["385.50"]),
    ("12件", ["12"]),
    ("１２", ["１２"]),
    ("2023", ["2023"]),
]


@pytest.mark.parametrize(("text", "numerals"), NUMERALS)
def test_ordinals_years_and_articles_are_no_figures(text: str, numerals: list[str]) -> None:
    assert [text[start:end] for start, end in numerals_in(text)] == numerals


def strays(draft: Draft) -> list[Finding]:
    return [finding for finding in verify(draft).findings if finding.code == "unmatched_number"]


@pytest.mark.parametrize("layout", ["grid", "rows"])
def test_a_lost_cell_is_named_alone(layout: Layout) -> None:
    draft = report_of(layout=layout).draft
    pointer = "/tables/applications/granted/total"
    lose(draft, pointer)
    [finding] = strays(draft)
    assert finding.paths == [pointer]
    assert "予以公开" in finding.message


def test_a_lost_row_is_named_by_its_label() -> None:
    draft = report_of().draft
    lost = cells_of("applications", "not_processed_repeat", draft)
    for pointer in lost:
        lose(draft, pointer)
    assert [finding.paths for finding in strays(draft)] == [lost]


def test_a_table_nobody_read_is_one_finding() -> None:
    draft = report_of().draft
    for row in draft.tables["review_litigation"]:
        for pointer in cells_of("review_litigation", row, draft):
            lose(draft, pointer)
    found = [finding for finding in verify(draft).findings if finding.severity == "error"]
    assert [(finding.code, len(finding.paths)) for finding in found] == [("unmatched_number", 15), ("missing_table", 1)]


def with_line(line: str) -> Draft:
    """A faultless draft of a report with one more line at the end of the part with the first table."""
    report = report_of(layout="lines")
    start = len(report.document.text)
    report.document.text += line + "\n"
    report.document.blocks.append(Paragraph(start, start + len(line)))
    parts = report.draft.sections.parts
    parts[1] = replace(parts[1], end=start + len(line) + 1)
    return report.draft


@pytest.mark.parametrize("line", ["其他主动公开文件 41 0 42", "41 0 42", "行政许可：41", "2.重复申请0410002"])
def test_lines_of_figures_nobody_read_are_reported(line: str) -> None:
    [finding] = strays(with_line(line))
    assert "41" in finding.message


def test_what_a_reader_reported_as_a_row_of_no_name_is_reported_where_its_label_is_the_forms() -> None:
    draft = with_line("行政许可 4100041")
    table = Words("第二部分表", "part two")
    draft.findings.append(
        make("unmatched_row", ["/tables/proactive_disclosure/?"], table=table, label="?", figures="4100041")
    )
    assert len(strays(draft)) == 1


@pytest.mark.parametrize("line", ["- 4 -", "12", "本年度共公开信息41条，办结42件。", "联系电话：见首页"])
def test_page_numbers_and_sentences_are_no_tables(line: str) -> None:
    assert strays(with_line(line)) == []


def test_what_a_reader_reported_is_not_reported_again() -> None:
    draft = with_line("其他主动公开文件 41 0 42")
    table, paths = Words("第二部分表", "part two"), ["/tables/proactive_disclosure/x"]
    draft.findings.append(make("unmatched_row", paths, table=table, label="其他主动公开文件", figures="41 0 42"))
    assert verify(draft).findings == []


@pytest.mark.parametrize(("copies", "lost"), [("12\t12", 0), ("12\t13", 1)])
def test_a_merged_cell_that_a_converter_repeats_is_accounted_for(copies: str, lost: int) -> None:
    header = "信息内容\t本年处理决定数量\t本年处理决定数量\t本年处理决定数量"
    pointer = "/tables/proactive_disclosure/penalties/decisions"
    draft = tabbed("2021", [header, f"行政处罚\t12\t{copies}"], {pointer: (1, 1)})
    assert len(strays(draft)) == lost


@pytest.mark.parametrize(("width", "height"), [(1_000, 50), (1, 50_000), (50_000, 1)])
def test_a_huge_table_nobody_read_is_one_finding(width: int, height: int) -> None:
    draft = report_of().draft
    start = len(draft.document.text)
    cells = [[Cell("7", 0, 0, row, column) for column in range(width)] for row in range(height)]
    for at, cell in enumerate(cell for row in cells for cell in row):
        cell.start, cell.end = start + 2 * at, start + 2 * at + 1
    draft.document.text += "7\t" * (width * height)
    draft.document.blocks.append(Table(start, len(draft.document.text), "grid", cells))
    parts = draft.sections.parts
    parts[1] = replace(parts[1], end=len(draft.document.text))
    assert len(strays(draft)) == 1
