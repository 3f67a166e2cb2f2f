"""Groups 22 to 24: issues and improvements in every sort of list, and what stands after them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.messy.reading import Reading, different, read
from tests.messy.report import BODY, HEADINGS, MATTER, OVERVIEW, Report, figures, paged, worded, written

Write = Callable[..., str | bytes]

LATE, DULL, FEW = "山区各村的公开栏更换不及时", "惠农政策的解读形式单一", "镇里懂档案的人手不足"
WEEKLY, DRAWN, TRAINED = "由驻村干部每周更换一次", "请中学美术老师画成连环画", "选两名干部到县档案馆跟班学习"
ISSUES, MEASURES = [LATE, DULL, FEW], [WEEKLY, DRAWN, TRAINED]
OPEN, SHUT = "存在的主要问题", "改进情况"


def lists(part_five: str, write: Write = written, **parts: str) -> Reading:
    """A report with this part five; all else must be read as if it were another."""
    reading = read(write(part_five=part_five, **parts))
    assert different(reading.values, figures()) == {}
    assert (reading.overview, reading.record.organisation, reading.record.year) == ([OVERVIEW], BODY, 2024)
    assert parts or reading.matters == [MATTER]
    return reading


def marked(marks: list[str], items: list[str], mark: str = "；") -> str:
    return mark.join(f"{mark}{item}" for mark, item in zip(marks, items, strict=True)) + "。"


# ---- 22: lists ---------------------------------------------------------------------------------------------------
STYLES = {
    "一是": ["一是", "二是", "三是"],
    "一是，": ["一是，", "二是，", "三是，"],
    "（一）": ["（一）", "（二）", "（三）"],
    "(一)": ["(一)", "(二)", "(三)"],
    "1.": ["1.", "2.", "3."],
    "1、": ["1、", "2、", "3、"],
    "1．": ["1．", "2．", "3．"],
    "（1）": ["（1）", "（2）", "（3）"],
    "①": ["①", "②", "③"],
    "第一，": ["第一，", "第二，", "第三，"],
    "二是 without 一是": ["", "二是", "三是"],
}


@pytest.mark.parametrize("marks", STYLES.values(), ids=STYLES)
def test_group_22_a_paragraph_each(marks: list[str]) -> None:
    reading = lists(
        f"{OPEN}\n{marked(marks, ISSUES, f'。{chr(10)}')}\n{SHUT}\n{marked(marks, MEASURES, f'。{chr(10)}')}"
    )
    assert (reading.issues, reading.improvements, reading.codes) == (ISSUES, MEASURES, [])


@pytest.mark.parametrize("marks", STYLES.values(), ids=STYLES)
def test_group_22_in_one_sentence(marks: list[str]) -> None:
    reading = lists(
        f"主要存在以下问题：{marked(marks, ISSUES)}\n针对上述问题，将采取以下措施：{marked(marks, MEASURES)}"
    )
    assert (reading.issues, reading.improvements, reading.codes) == (ISSUES, MEASURES, [])


@pytest.mark.parametrize(
    ("style", "write"), [("一是", paged), ("（一）", worded), ("1.", paged), ("二是 without 一是", worded)]
)
def test_group_22_in_files(style: str, write: Write) -> None:
    marks = STYLES[style]
    reading = lists(f"{OPEN}\n{marked(marks, ISSUES, f'。{chr(10)}')}\n{SHUT}\n{marked(marks, MEASURES)}", write)
    assert (reading.issues, reading.improvements, reading.codes) == (ISSUES, MEASURES, [])


def test_group_22_numbers_that_word_and_a_page_count_themselves() -> None:
    items = "".join(f"<li>{item}。</li>" for item in ISSUES)
    page = paged(
        part_five=f"{OPEN}\n<ol>{items}</ol>\n{SHUT}\n" + "\n".join(f"{n}.{one}。" for n, one in enumerate(MEASURES, 1))
    )
    reading = read(page)
    assert (reading.issues, reading.improvements, reading.codes) == (ISSUES, MEASURES, [])


TITLED = {
    "on the line": ["公开栏更换不及时。{}，村民看到的多是旧内容。", "解读方式老套。{}，老人看不懂。"],
    "a sentence and two": ["公开栏更换不及时。{}。村民看到的多是旧内容。", "解读方式老套。{}。老人看不懂。"],
    "with a comma": ["公开栏更换，不及时。{}，村民看到的多是旧内容。", "解读方式，太老套。{}，老人看不懂。"],
}


@pytest.mark.parametrize("items", TITLED.values(), ids=TITLED)
def test_group_22_a_title_sentence_belongs_to_its_item(items: list[str]) -> None:
    issues = [item.format(words).removesuffix("。") for item, words in zip(items, ISSUES, strict=False)]
    measures = [f"换得勤些。{WEEKLY}", f"画得清楚些。{DRAWN}，贴到各村"]
    lines = [f"（{n}）{one}。" for n, one in zip("一二", issues, strict=True)]
    plans = [f"（{n}）{one}。" for n, one in zip("一二", measures, strict=True)]
    reading = lists("\n".join(["存在的主要问题", *lines, "改进情况", *plans]))
    assert (reading.issues, reading.improvements, reading.codes) == (issues, measures, [])


def test_group_22_a_title_on_a_line_of_its_own_belongs_to_its_item() -> None:
    items = [f"公开栏更换不及时\n{LATE}，村民看到的多是旧内容", f"解读方式老套\n{DULL}，老人看不懂"]
    reading = lists(f"{OPEN}\n（一）{items[0]}。\n（二）{items[1]}。\n{SHUT}\n（一）{WEEKLY}。\n（二）{DRAWN}。")
    assert (reading.issues, reading.improvements) == (items, [WEEKLY, DRAWN])


NESTED = {
    "一是 in （一）": ("（一）", "（二）", "一是{}；二是{}"),
    "一是 in 1.": ("1.", "2.", "一是{}；二是{}"),
    "① in （一）": ("（一）", "（二）", "①{}；②{}"),
    "1. in （一）, a line each": ("（一）", "（二）", "\n1.{}。\n2.{}"),
}


@pytest.mark.parametrize(("first", "second", "inner"), NESTED.values(), ids=NESTED)
def test_group_22_a_list_inside_an_item(first: str, second: str, inner: str) -> None:
    joint = "" if inner.startswith("\n") else "。"
    issues = [
        f"公开栏更换不及时{joint}{inner.format(LATE, FEW)}",
        f"解读方式老套{joint}{inner.format(DULL, '配音也少')}",
    ]
    reading = lists(
        f"{OPEN}\n{first}{issues[0]}。\n{second}{issues[1]}。\n{SHUT}\n{first}{WEEKLY}。\n{second}{DRAWN}。"
    )
    assert (reading.issues, reading.improvements, reading.codes) == (issues, [WEEKLY, DRAWN], [])


def test_group_22_a_list_under_a_numbered_heading() -> None:
    """（一） is the heading, 一是 are the items."""
    reading = lists(f"（一）{OPEN}\n{marked(STYLES['一是'], ISSUES)}\n（二）{SHUT}\n{marked(STYLES['一是'], MEASURES)}")
    assert (reading.issues, reading.improvements, reading.codes) == (ISSUES, MEASURES, [])


def test_group_22_heading_and_list_on_one_line() -> None:
    reading = lists(f"（一）{OPEN}：{marked(STYLES['一是'], ISSUES)}（二）{SHUT}：{marked(STYLES['一是'], MEASURES)}")
    assert (reading.issues, reading.improvements, reading.codes) == (ISSUES, MEASURES, [])


def test_group_22_an_ordinal_inside_a_word_begins_nothing() -> None:
    """统一是, 第一是非, 三是 of a sum: no items."""
    issues = ["公开栏的格式不统一是村民反映最多的", DULL]
    reading = lists(f"{OPEN}\n一是{issues[0]}；二是{issues[1]}。\n{SHUT}\n{WEEKLY}。")
    assert (reading.issues, reading.improvements) == (issues, [WEEKLY])


def test_group_22_a_heading_of_further_shortcomings() -> None:
    reading = lists(f"（一）{OPEN}\n1.{LATE}。\n（二）其他不足\n1.{DULL}。\n（三）{SHUT}\n1.{WEEKLY}。")
    assert (reading.issues, reading.improvements) == ([LATE, DULL], [WEEKLY])


# ---- 23: problems and improvements together ----------------------------------------------------------------------
PROBLEMS, PLANS = marked(STYLES["一是"], ISSUES), marked(STYLES["一是"], MEASURES)
TURNS = [
    "针对存在问题，",
    "针对上述问题，下一步将做好以下工作：",
    "针对以上不足，我镇将",
    "下一步，",
    "2025年，我镇将从三个方面改进：",
    "改进措施：",
    "为此，我镇将采取以下措施：",
]


@pytest.mark.parametrize("turn", TURNS)
def test_group_23_one_paragraph_with_shared_ordinals(turn: str) -> None:
    reading = lists(f"{PROBLEMS}{turn}{PLANS}")
    assert (reading.issues, reading.improvements, reading.codes) == (ISSUES, MEASURES, [])


def test_group_23_one_paragraph_behind_a_vague_clause() -> None:
    reading = lists(f"我镇公开工作还存在一些不足，{PROBLEMS}{TURNS[0]}{PLANS}")
    assert (reading.issues, reading.improvements, reading.codes) == (ISSUES, MEASURES, [])


@pytest.mark.parametrize("write", [paged, worded], ids=["page", "word"])
def test_group_23_one_paragraph_with_shared_ordinals_in_files(write: Write) -> None:
    reading = lists(f"{PROBLEMS}{TURNS[0]}{PLANS}", write)
    assert (reading.issues, reading.improvements, reading.codes) == (ISSUES, MEASURES, [])


def test_group_23_each_problem_with_its_measure() -> None:
    reading = lists(f"（一）{LATE}。改进措施：{WEEKLY}。\n（二）{DULL}。改进措施：{DRAWN}。")
    assert (reading.issues, reading.improvements, reading.codes) == ([LATE, DULL], [WEEKLY, DRAWN], [])
    assert [one.answers for one in reading.record.narrative.improvements] == [["i1"], ["i2"]]


FIRST = {
    "headings": f"（一）{SHUT}\n1.{WEEKLY}。\n2.{DRAWN}。\n（二）{OPEN}\n1.{LATE}。\n2.{DULL}。",
    "headings without numbers": f"改进措施\n1.{WEEKLY}。\n2.{DRAWN}。\n存在问题\n1.{LATE}。\n2.{DULL}。",
    "lists in one sentence": f"改进情况：一是{WEEKLY}；二是{DRAWN}。\n存在的问题：一是{LATE}；二是{DULL}。",
    "last year's improvements": (
        f"（一）上年度问题的改进情况\n一是{WEEKLY}。\n二是{DRAWN}。\n（二）本年度存在的主要问题\n一是{LATE}。\n二是{DULL}。"
    ),
}


@pytest.mark.parametrize("part_five", FIRST.values(), ids=FIRST)
def test_group_23_improvements_first(part_five: str) -> None:
    reading = lists(part_five)
    assert (reading.issues, reading.improvements, reading.codes) == ([LATE, DULL], [WEEKLY, DRAWN], [])


UNNUMBERED = {
    "如 … 等": (
        "我镇公开工作还有一些不足，如公开内容有待充实、解读质量有待提高、人员力量有待加强等。",
        ["公开内容有待充实", "解读质量有待提高", "人员力量有待加强"],
    ),
    "如 … 等 in two sentences": (
        "与群众的期盼相比仍有差距。如答复用语有待规范、栏目更新有待加快等。",
        ["答复用语有待规范", "栏目更新有待加快"],
    ),
    "主要是": ("还存在一些问题，主要是更新不够及时、解读不够通俗。", ["更新不够及时", "解读不够通俗"]),
    "存在 … 等问题": ("我镇还存在更新不够及时、解读不够通俗等问题。", ["更新不够及时", "解读不够通俗"]),
    "semicolons": (f"主要存在以下问题：{LATE}；{DULL}；{FEW}。", ISSUES),
    "a sentence each": (f"{LATE}。{DULL}。", [LATE, DULL]),
}


@pytest.mark.parametrize(("text", "issues"), UNNUMBERED.values(), ids=UNNUMBERED)
def test_group_23_problems_without_numbers(text: str, issues: list[str]) -> None:
    reading = lists(f"{text}\n下一步，将采取以下措施：{PLANS}")
    assert (reading.issues, reading.improvements, reading.codes) == (issues, MEASURES, [])


SINGLE = {
    "under headings": f"（一）{OPEN}\n{LATE}。\n（二）{SHUT}\n{WEEKLY}。",
    "labels": f"存在问题：{LATE}。\n改进措施：{WEEKLY}。",
    "two lines": f"{LATE}。\n下一步，{WEEKLY}。",
    "one paragraph": f"{LATE}。针对上述问题，{WEEKLY}。",
    "behind praise": f"2024年公开工作有序推进，但{LATE}。下一步，{WEEKLY}。",
}


@pytest.mark.parametrize("part_five", SINGLE.values(), ids=SINGLE)
def test_group_23_a_single_problem_without_a_list(part_five: str) -> None:
    reading = lists(part_five)
    assert (reading.issues, reading.improvements, reading.codes) == ([LATE], [WEEKLY], [])


def test_group_23_problems_without_numbers_behind_a_vague_sentence_in_other_words() -> None:
    reading = lists(
        f"与村民的期盼相比仍有差距。如答复用语有待规范、栏目更新有待加快等。\n下一步，将采取以下措施：{PLANS}"
    )
    assert (reading.issues, reading.improvements) == (["答复用语有待规范", "栏目更新有待加快"], MEASURES)


UNUSUAL = {
    "alone": "石桥村的公开栏常年上锁。",
    "behind praise, two sentences": "2024年公开工作有序推进。但石桥村的公开栏常年上锁。",
    "behind praise": "2024年公开工作有序推进，但石桥村的公开栏常年上锁。",
}


@pytest.mark.parametrize("problem", UNUSUAL.values(), ids=UNUSUAL)
def test_group_23_a_problem_in_words_of_its_own_is_read_or_reported(problem: str) -> None:
    reading = lists(f"{problem}\n下一步，将采取以下措施：{PLANS}")
    quoted = "".join([*reading.issues, *(one.message for one in reading.findings("unmatched_clause"))])
    assert "石桥村的公开栏常年上锁" in quoted
    assert reading.improvements == MEASURES


def test_group_23_a_single_problem_with_its_reason() -> None:
    """A problem told in several clauses is one problem."""
    problem = "因原先负责档案的同志年中退休，新人接手较晚，查阅登记有一段时间不够规范"
    reading = lists(f"{problem}。\n下一步，我镇将{TRAINED}。")
    assert reading.issues == [problem]
    assert [one.removeprefix("我镇将") for one in reading.improvements] == [TRAINED]


@pytest.mark.parametrize("sort", ["如 … 等", "semicolons"])
def test_group_23_problems_without_numbers_under_a_heading(sort: str) -> None:
    text, issues = UNNUMBERED[sort]
    reading = lists(f"（一）{OPEN}\n{text}\n（二）{SHUT}\n{PLANS}")
    assert (reading.issues, reading.improvements, reading.codes) == (issues, MEASURES, [])


def test_group_23_a_clause_that_is_neither_is_reported() -> None:
    reading = lists(f"石桥村的桂花开了两回。\n（一）{OPEN}\n一是{LATE}。\n（二）{SHUT}\n一是{WEEKLY}。")
    assert (reading.issues, reading.improvements) == ([LATE], [WEEKLY])
    assert reading.codes == ["unmatched_clause"]
    assert "桂花" in reading.findings("unmatched_clause")[0].message


# ---- 24: nothing to say, other matters, signature ----------------------------------------------------------------
NOTHING = [
    "无",
    "无。",
    "　无",
    "暂无",
    "暂无。",
    "不存在问题。",
    "（一）存在的主要问题：无。\n（二）改进情况：无。",
    "存在问题\n无\n改进情况\n无",
]


@pytest.mark.parametrize("part_five", NOTHING)
def test_group_24_part_five_is_none(part_five: str) -> None:
    reading = lists(part_five)
    assert (reading.issues, reading.improvements, reading.codes) == ([], [], [])


@pytest.mark.parametrize("write", [paged, worded], ids=["page", "word"])
def test_group_24_parts_five_and_six_are_none_in_files(write: Write) -> None:
    reading = lists("无", write, part_six="无", after="2")
    assert (reading.issues, reading.improvements, reading.matters) == ([], [], [])
    assert "missing_section" not in reading.codes


@pytest.mark.parametrize("part_six", ["无", "无。", "无其他需要报告的事项。", "本年度没有其他需要报告的事项。"])
def test_group_24_part_six_is_none(part_six: str) -> None:
    reading = lists(PROBLEMS, part_six=part_six)
    assert (reading.issues, reading.matters, reading.codes) == (ISSUES, [], [])


FEE = "收费情况：2024年没有收取信息处理费"
BILLS = "建议提案：办理镇人大代表建议3件，全部答复"
OTHER = "其他：村民张贴栏新增两处"
MIXED = {
    "1.": f"1.{FEE}。\n2.{BILLS}。\n3.{OTHER}。",
    "（一）": f"（一）{FEE}。\n（二）{BILLS}。\n（三）{OTHER}。",
    "一是": f"一是{FEE}；二是{BILLS}；三是{OTHER}。",
    "a point left out": f"1.{FEE}。\n2.{BILLS}。\n3{OTHER}。",
    "no numbers": f"{FEE}。\n{BILLS}。\n{OTHER}。",
}


@pytest.mark.parametrize("part_six", MIXED.values(), ids=MIXED)
def test_group_24_fees_proposals_and_others(part_six: str) -> None:
    reading = lists(PROBLEMS, part_six=part_six)
    assert reading.matters == [FEE, BILLS, OTHER]
    assert (reading.issues, reading.codes) == (ISSUES, [])


@pytest.mark.parametrize("write", [paged, worded], ids=["page", "word"])
def test_group_24_fees_proposals_and_others_in_files(write: Write) -> None:
    reading = lists(PROBLEMS, write, part_six=MIXED["1."], after=f"{BODY}\n2025年1月16日")
    assert reading.matters == [FEE, BILLS, OTHER]
    assert reading.record.published == date(2025, 1, 16)


SIGNED = {
    "two lines": f"{BODY}\n2025年1月16日",
    "one line": f"{BODY}　2025年1月16日",
    "date alone": "2025年1月16日",
    "spaces and a seal": f"        {BODY}（盖章）\n        2025 年 1 月 16 日",
    "chinese digits": f"{BODY}\n二〇二五年一月十六日",
    "a page number after it": f"{BODY}\n2025年1月16日\n- 7 -",
    "a short name": "望溪镇\n2025年1月16日",
}


@pytest.mark.parametrize("after", SIGNED.values(), ids=SIGNED)
def test_group_24_signature_and_date_are_no_matter(after: str) -> None:
    reading = lists(PROBLEMS, part_six=MIXED["（一）"], after=after)
    assert reading.matters == [FEE, BILLS, OTHER]
    assert (reading.record.published, reading.codes) == (date(2025, 1, 16), [])


@pytest.mark.parametrize(("part_six", "matters"), [("无", []), (f"{MATTER}。", [MATTER])], ids=["none", "one"])
def test_group_24_signature_and_date_behind_little_or_nothing(part_six: str, matters: list[str]) -> None:
    reading = lists(PROBLEMS, part_six=part_six, after=SIGNED["two lines"])
    assert reading.matters == matters
    assert (reading.record.published, reading.codes) == (date(2025, 1, 16), [])


@pytest.mark.parametrize("after", [SIGNED["two lines"], SIGNED["date alone"]], ids=["body and date", "date"])
def test_group_24_signature_after_part_five(after: str) -> None:
    """Part six is not there: what closes the report is no measure."""
    reading = read(
        written(
            headings=(*HEADINGS[:5], None), part_five=f"{OPEN}\n{PROBLEMS}\n{SHUT}\n{PLANS}", part_six=None, after=after
        )
    )
    assert (reading.issues, reading.improvements) == (ISSUES, MEASURES)
    assert reading.record.published == date(2025, 1, 16)
    assert reading.codes == ["missing_section"]


def test_group_24_a_part_seven_is_no_matter_of_part_six() -> None:
    reading = lists(PROBLEMS, part_six=f"{MATTER}。\n七、附件\n附：望溪镇公开目录")
    assert reading.matters == [MATTER]
    assert reading.record.form == Report().form
