"""Labels beside and over values, in the shapes sources give them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from extractor.document import Document, Paragraph
from extractor.draft import Draft, Sections
from extractor.record import Evidence, Place
from extractor.verify import verify
from extractor.verify.labels import LabelJudge
from extractor.verify.order import misplaced
from extractor.verify.vocabulary import vocabulary_of
from tests.verify.factory import Map, form_of, report_of, tabbed
from tests.verify.planting import COLUMNS, cells, move

ROWS = vocabulary_of(form_of("2021")).tables["applications"].row_judge
GRANTED, REASON = "granted", "other_reason"


def mismatches(draft: Draft) -> list[list[str]]:
    return [finding.paths for finding in verify(draft).findings if finding.code == "label_mismatch"]


SAYS = [
    (GRANTED, "（一）予以公开", "confirms"),
    (GRANTED, "(一) 予以公开", "confirms"),
    (GRANTED, "三、本年度办理结果（一）予以公开", "confirms"),
    (GRANTED, "（二）部分公开", "contradicts"),
    (GRANTED, "本年度办理结果", "silent"),
    (GRANTED, "年", "silent"),
    ("denied_prohibited_by_law", "2.其他法律行政止公开", "confirms"),
    ("denied_prohibited_by_law", "2.其他", "silent"),
    ("denied_prohibited_by_law", "3.其他", "contradicts"),
    ("unavailable_not_held", "法提供", "silent"),
    (REASON, "3. 其他", "confirms"),
    (REASON, "3、其它", "confirms"),
    (REASON, "2.其他法律行政法规禁止公开", "contradicts"),
    ("other_uncorrected", "（六）其他处理", "silent"),
    ("other_uncorrected", "政府信息公开申请", "silent"),
    ("other_uncorrected", "逾期不补正", "confirms"),
    ("total_processed", "（七）总计", "confirms"),
    ("total_processed", "四、结转下年度继续办理", "contradicts"),
    ("partially_granted", "形，不计其他情形）", "confirms"),
    ("not_processed_repeat", "4.无正当理由大量反复申请", "contradicts"),
    ("no_such_row", "（一）予以公开", "silent"),
]


@pytest.mark.parametrize(("row", "words", "said"), SAYS)
def test_a_label_confirms_contradicts_or_says_nothing(row: str, words: str, said: str) -> None:
    assert ROWS.decide(row, (words,))[0] == said


def test_of_equal_labels_the_group_over_them_decides() -> None:
    judge = LabelJudge({"a": (["合计"], ["甲类", "合计"]), "b": (["合计"], ["乙类", "合计"])})
    assert [judge.decide(key, ("合计", "乙类"))[0] for key in "ab"] == ["contradicts", "confirms"]
    assert judge.decide("a", ("合计",))[0] == "confirms"


def relabelled(change: Callable[[str], str], layout: str = "grid") -> Draft:
    """A faultless draft of a source whose words (not its figures) are other ones of the same length."""
    draft = report_of(layout=layout).draft  # type: ignore[arg-type]
    document = draft.document
    text = change(document.text)
    assert len(text) == len(document.text)
    document.text = text
    for table in document.tables:
        for cell in (cell for row in table.rows for cell in row):
            cell.text = text[cell.start : cell.end]
    return draft


CHANGES = [
    lambda text: text.replace("（", "(").replace("）", ")"),
    lambda text: text.replace("1.属于国家秘密", "１．属于国家秘密"),
    lambda text: text.replace("行政法规禁止", "行政法舰禁止"),
    lambda text: text.replace("3.其他\t", "    \t").replace("3.其他\n", "    \n"),
    lambda text: text.replace("商业企业", "商\n企业"[:4]),
    lambda text: text.replace("结果维持", "    "),
    lambda text: text.replace("自然人", "   ").replace("总计", "  "),
    lambda text: text.replace("（一）予以公开", "（１）予以公開"),
    lambda text: text.replace("规章", "規章"),
]


@pytest.mark.parametrize("layout", ["grid", "rows", "stream", "lines"])
@pytest.mark.parametrize("change", CHANGES)
def test_typos_and_lost_words_are_no_mismatch(change: Callable[[str], str], layout: str) -> None:
    assert mismatches(relabelled(change, layout)) == []


def test_columns_told_by_order_are_right_where_converters_dropped_spans() -> None:
    """Labels of differing depth push the values to the right, so the header stands over other columns."""
    draft = report_of(layout="grid").draft
    table = draft.document.tables[1]
    for row in table.rows[3:]:
        for at, cell in enumerate(row):
            cell.column, cell.colspan = at, 1
    for pointer, evidence in draft.evidence.items():
        if pointer.startswith("/tables/applications/"):
            place = evidence.source
            [place.column] = [cell.column for cell in table.rows[place.row or 0] if cell.start == place.start]
    assert mismatches(draft) == []
    left, right = (f"/tables/applications/granted/{column}" for column in COLUMNS[:2])
    move(draft, {left: right, right: left})
    assert sorted(path for paths in mismatches(draft) for path in paths) == sorted([left, right])


def test_a_header_in_another_order_is_no_mismatch_but_counting_it_off_is() -> None:
    """总计 printed first: the header over a column counts, not its number."""
    text = "\t".join(["总计", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"])
    line = "（一）予以公开\t7\t1\t2\t0\t3\t0\t1"
    assert mismatches(one_row(text, line, ("total", *COLUMNS[:6]))) == []
    paths = mismatches(one_row(text, line, COLUMNS))
    assert {path for group in paths for path in group} == {f"/tables/applications/granted/{c}" for c in COLUMNS}


def one_row(header: str, line: str, columns: tuple[str, ...]) -> Draft:
    places = {f"/tables/applications/granted/{column}": (1, at) for at, column in enumerate(columns, 1)}
    return tabbed("2021", [f"\t{header}", line], places)


@pytest.mark.parametrize(("columns", "right"), [((1, 2), True), ((2, 3), False)])
def test_a_merged_cell_written_twice_does_not_push_a_blank_aside(columns: tuple[int, int], right: bool) -> None:
    heads, line = "信息内容\t上一年项目数量\t本年增/减\t本年增/减", "行政事业性收费\t4\t3\t3"
    stem = "/tables/proactive_disclosure/fees"
    places = {f"{stem}/items_last_year": (1, columns[0]), f"{stem}/change": (1, columns[1])}
    draft = tabbed("2019", [heads, line], places)
    draft.document.tables[0].layout = "rows"
    if not right:
        draft.document.tables[0].rows[1][1].text = ""
    assert (mismatches(draft) == []) is right


def test_rows_without_labels_are_held_to_their_place() -> None:
    draft = relabelled(lambda text: text.replace("2.重复申请", "      ").replace("3.要求提供公开出版物", " " * 11))
    assert mismatches(draft) == []
    left, right = (cells("applications", f"not_processed_{row}", draft) for row in ("repeat", "publication"))
    move(draft, {**dict(zip(left, right, strict=True)), **dict(zip(right, left, strict=True))})
    assert {path for paths in mismatches(draft) for path in paths} == {*left, *right}


def test_labels_after_their_figures_are_taken_as_such() -> None:
    lines = ["12", "行政许可", "34", "行政处罚", "56", "行政强制"]
    keys = ["licences", "penalties", "coercive_measures"]
    assert mismatches(listed(lines, keys)) == []
    assert mismatches(listed(lines, [keys[1], keys[0], keys[2]])) != []


def listed(lines: list[str], keys: list[str]) -> Draft:
    text = "主动公开政府信息情况如下所列\n" + "\n".join(lines)
    blocks, start = [], len(text) - len("\n".join(lines))
    draft = Draft(Document("a", "", "", text, [], Map()), form_of("2021"), Sections((0, 0), []))
    draft.tables = {"proactive_disclosure": {key: {} for key in keys}}
    rows = iter(keys)
    for line in lines:
        if line.isdigit():
            row = next(rows)
            draft.tables["proactive_disclosure"][row]["decisions"] = int(line)
            pointer = f"/tables/proactive_disclosure/{row}/decisions"
            draft.evidence[pointer] = Evidence(line, source=Place(start, start + len(line)))
        blocks.append(Paragraph(start, start + len(line)))
        start += len(line) + 1
    draft.document.blocks = list(blocks)
    return draft


def test_a_group_row_beside_some_of_its_items_may_be_the_one_that_is_not_there() -> None:
    draft = report_of().draft
    table = draft.tables["applications"]
    table["other_processing"] = table.pop("other_uncorrected")
    for column in COLUMNS:
        old = f"/tables/applications/other_uncorrected/{column}"
        draft.evidence[f"/tables/applications/other_processing/{column}"] = draft.evidence.pop(old)
    paths = {path for group in mismatches(draft) for path in group}
    assert {"/tables/applications/other_processing/total", "/tables/applications/other_uncorrected/total"} <= paths


@pytest.mark.parametrize(
    ("places", "wrong"),
    [
        ([0, 1, 2], set()),
        ([1, 0, 2], {0, 1}),
        ([2, 0, 1], {0, 1, 2}),
        ([6, 1, 2, 3, 4, 5, 0], {0, 6}),
        ([0, 5, 6], set()),
        ([0, 0], {0, 1}),
    ],
)
def test_members_on_the_wrong_side_of_another_are_misplaced(places: list[int], wrong: set[int]) -> None:
    assert misplaced(places) == wrong
