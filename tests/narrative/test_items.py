"""Part five in every list style, and part six: items verbatim, cut by offsets, every clause accounted for."""

from __future__ import annotations

import pytest

from extractor.narrative import read_items
from tests.factories import draft_of
from tests.narrative.part_five import A, B, C, X, Y, Z, answers, codes, issues, measures, part_five

ORDINALS = {
    "is": ["一是", "二是", "三是"],
    "is with comma": ["一是，", "二是，", "三是，"],
    "need": ["一要", "二要", "三要"],
    "chinese": ["一、", "二、", "三、"],
    "chinese brackets": ["（一）", "（二）", "（三）"],
    "half-width brackets": ["(一)", "(二)", "(三)"],
    "bracket sign": ["㈠", "㈡", "㈢"],
    "arabic stop": ["1.", "2.", "3."],
    "arabic full stop": ["1．", "2．", "3．"],
    "arabic comma": ["1、", "2、", "3、"],
    "arabic bracket": ["1）", "2）", "3）"],
    "arabic brackets": ["（1）", "（2）", "（3）"],
    "circled": ["①", "②", "③"],
    "nth": ["第一，", "第二，", "第三，"],
    "nth is": ["第一是", "第二是", "第三是"],
    "first next": ["首先，", "其次，", "再次，"],
    "first next last": ["首先是", "其次是", "最后是"],
    "which": ["其一，", "其二，", "其三，"],
    "full-width digits": ["１．", "２．", "３．"],
    "no first": ["", "二是", "三是"],
}
LINES_ONLY = {"bullet": ["●", "●", "●"], "dash": ["- ", "- ", "- "], "bare digit": ["1", "2", "3"]}


@pytest.mark.parametrize("marks", (ORDINALS | LINES_ONLY).values(), ids=(ORDINALS | LINES_ONLY).keys())
def test_items_on_lines(marks: list[str]) -> None:
    problems = [f"{mark}{text}。" for mark, text in zip(marks, (A, B, C), strict=True)]
    plans = [f"{mark}{text}。" for mark, text in zip(marks, (X, Y, Z), strict=True)]
    draft = part_five("存在问题\n" + "\n".join(problems) + "\n改进措施\n" + "\n".join(plans))
    assert issues(draft) == [A, B, C]
    assert measures(draft) == [X, Y, Z]
    assert not draft.findings


@pytest.mark.parametrize("marks", ORDINALS.values(), ids=ORDINALS.keys())
def test_items_in_one_paragraph(marks: list[str]) -> None:
    problems = "；".join(f"{mark}{text}" for mark, text in zip(marks, (A, B, C), strict=True))
    plans = "；".join(f"{mark}{text}" for mark, text in zip(marks, (X, Y, Z), strict=True))
    draft = part_five(f"主要存在以下问题：{problems}。针对上述问题，将采取以下措施：{plans}。")
    assert issues(draft) == [A, B, C]
    assert measures(draft) == [X, Y, Z]
    assert not draft.findings


@pytest.mark.parametrize(
    ("problem", "plan"),
    [
        ("（一）存在问题", "（二）改进措施"),
        ("(一)存在的主要问题", "(二)改进情况"),
        ("（一）主要问题。", "（二）具体解决办法和改进措施。"),
        ("1.存在的不足", "2.下一步工作打算"),
        ("1、存在的主要问题和不足：", "2、下一步改进措施："),
        ("存在主要问题", "改进情况"),
        ("存在的问题和困难：", "对策建议："),
        ("（一）2023年存在的问题", "（二）2024年工作计划"),
        ("**存在问题**", "**整改措施**"),
        ("（一）工作中存在的短板弱项", "（二）下一阶段努力方向"),
        ("一、目前存在的差距和不足", "二、今后工作安排"),
        ("（一）政府信息公开工作存在的主要问题及原因分析", "（二）整改情况"),
        ("● 存在的困难", "● 解决办法"),
        ("主要问题是：", "改进的措施有："),
    ],
)
def test_headings(problem: str, plan: str) -> None:
    draft = part_five(f"{problem}\n一是{A}。\n二是{B}。\n{plan}\n一是{X}。\n二是{Y}。")
    assert (issues(draft), measures(draft)) == ([A, B], [X, Y])
    assert not draft.findings


LEADS = [
    ("2023年，我局政府信息公开工作取得一定成绩，但仍存在一些问题：", "针对上述问题，下一步将重点做好以下工作："),
    ("过去一年，公开工作稳步推进，但对照群众期盼还有差距，主要表现在：", "下一步，我镇将从以下几个方面着手："),
    ("我街道在政府信息公开工作中还存在以下不足：", "为此，我们将采取如下措施："),
    ("存在的主要问题有：", "下一步打算："),
    ("虽然取得了一定成效，但还存在一些薄弱环节。", "对上述问题，我们将从两个方面进行改进。"),
    ("主要表现在以下两方面：", "在2024年的政府信息公开工作中，我街道将从以下方面进行改进："),
    ("对照上级要求，仍存在一定差距。", "针对存在的问题，今后将抓好以下工作："),
]


@pytest.mark.parametrize(("problem", "plan"), LEADS)
@pytest.mark.parametrize("newline", ["", "\n"])
def test_lead_ins(problem: str, plan: str, newline: str) -> None:
    body = f"{problem}{newline}一是{A}；二是{B}。{newline}{plan}{newline}一是{X}；二是{Y}。"
    draft = part_five(body)
    assert (issues(draft), measures(draft)) == ([A, B], [X, Y])
    assert not draft.findings


def test_measures_first() -> None:
    draft = part_five(f"（一）改进情况\n1.{X}。\n2.{Y}。\n（二）存在问题\n1.{A}。\n2.{B}。")
    assert (issues(draft), measures(draft)) == ([A, B], [X, Y])


def test_a_second_list_without_a_word_between_is_told_by_its_words() -> None:
    draft = part_five(f"存在问题：\n一是{A}；\n二是{B}。\n一是{X}；\n二是{Y}。")
    assert (issues(draft), measures(draft)) == ([A, B], [X, Y])


def test_lists_without_heading_or_lead_in() -> None:
    assert issues(part_five(f"一是{A}。二是{B}，群众反映较多。")) == [A, f"{B}，群众反映较多"]
    assert measures(part_five(f"（一）{X}。\n（二）加大培训力度。")) == [X, "加大培训力度"]


def test_a_title_sentence_stays_with_its_body() -> None:
    body = (
        "（一）存在问题\n（一）更新不及时。部分栏目三个月没有新内容，群众查不到最新政策。\n（二）解读不深。多为转发。"
    )
    draft = part_five(body + "\n改进措施\n（一）加快更新。每周核对一次栏目。\n（二）深化解读。")
    assert issues(draft) == ["更新不及时。部分栏目三个月没有新内容，群众查不到最新政策", "解读不深。多为转发"]
    assert measures(draft) == ["加快更新。每周核对一次栏目", "深化解读"]


def test_an_item_over_several_lines_keeps_its_line_breaks() -> None:
    first = "更新不及时\n部分栏目三个月没有新内容。\n群众查不到最新政策"
    second = "解读不深\n多为转发，原创很少。\n阅读量偏低"
    draft = part_five(f"存在问题\n（一）{first}。\n（二）{second}。\n改进措施\n（一）加快更新。\n（二）深化解读。")
    assert issues(draft) == [first, second]
    assert measures(draft) == ["加快更新", "深化解读"]
    for issue in draft.narrative.issues:
        assert draft.document.text[issue.start : issue.end] == issue.text


def test_a_list_inside_an_item_belongs_to_it() -> None:
    first = "队伍建设滞后。一是没有专人；二是培训少"
    second = "平台老化\n1.检索慢。\n2.栏目乱"
    draft = part_five(f"存在的问题\n（一）{first}。\n（二）{second}。\n下一步打算\n（一）{Z}。")
    assert issues(draft) == [first, second]
    assert measures(draft) == [Z]


def test_a_list_under_a_numbered_heading_is_the_list() -> None:
    draft = part_five(f"1.存在问题\n（1）{A}。\n（2）{B}。\n2.改进措施\n（1）{X}。\n（2）{Y}。")
    assert (issues(draft), measures(draft)) == ([A, B], [X, Y])
    draft = part_five(f"1.存在问题\n1.{A}。\n2.{B}。\n2.改进措施\n1.{X}。\n2.{Y}。")
    assert (issues(draft), measures(draft)) == ([A, B], [X, Y])


def test_repeated_and_mixed_ordinals() -> None:
    draft = part_five(f"存在问题\n（一）{A}。\n（二）{B}。\n（二）{C}。\n改进措施\n一是{X}。\n2.{Y}。\n三是{Z}。")
    assert (issues(draft), measures(draft)) == ([A, B, C], [X, Y, Z])


def test_one_side_and_the_other() -> None:
    draft = part_five(f"存在问题：一方面，{A}；另一方面，{B}。改进措施：一方面{X}，另一方面{Y}。")
    assert (issues(draft), measures(draft)) == ([A, B], [X, Y])


def test_first_next_besides() -> None:
    draft = part_five(f"存在问题\n首先，{A}。其次，{B}。此外，{C}。\n改进措施\n加强培训。")
    assert issues(draft) == [A, B, C]


# ---- without ordinals --------------------------------------------------------------------------------------------
UNNUMBERED = [
    (f"仍存在一定差距。如{A}、{B}、{C}等。", [A, B, C]),
    (
        "还存在一些问题，如信息公开内容不够全面，解读质量有待提高，人员流动较为频繁等。",
        ["信息公开内容不够全面", "解读质量有待提高", "人员流动较为频繁"],
    ),
    (f"主要存在以下问题：{A}；{B}；{C}。", [A, B, C]),
    (f"主要问题：{A}，{B}，{C}。", [A, B, C]),
    (f"还存在{A}、{B}等问题。", [A, B]),
    (f"我局信息公开工作主要存在{A}、{B}等不足。", [A, B]),
    (f"取得了一定成绩，但仍存在一些不足，主要是{A}、{B}。", [A, B]),
    (
        "仍存在一些短板和不足，如公开内容、创新方式、开放日活动方面有待提升。",
        ["公开内容、创新方式、开放日活动方面有待提升"],
    ),
    (f"主要表现为{A}，{B}。", [A, B]),
    (f"{A}。", [A]),
    (f"{A}。{B}。", [A, B]),
    ("由于工作人员均为兼职，存在信息公开不够及时的问题。", ["由于工作人员均为兼职，存在信息公开不够及时的问题"]),
    ("2023年工作有序开展，但公众参与度不高。", ["公众参与度不高"]),
    ("信息公开内容不全面、不及时。", ["信息公开内容不全面、不及时"]),
    (f"{A}、{B}。", [A, B]),
    ("专职人员缺乏、业务能力不足，影响了公开质量。", ["专职人员缺乏、业务能力不足，影响了公开质量"]),
    ("我镇公开工作与群众期望相比还有差距。", ["我镇公开工作与群众期望相比还有差距"]),
]


@pytest.mark.parametrize(("text", "expected"), UNNUMBERED)
def test_problems_without_ordinals(text: str, expected: list[str]) -> None:
    draft = part_five(f"{text}\n下一步，将采取以下措施：一是{X}；二是{Y}。")
    assert issues(draft) == expected
    assert measures(draft) == [X, Y]
    assert not draft.findings


@pytest.mark.parametrize(("text", "expected"), UNNUMBERED[:-1])
def test_problems_without_ordinals_under_a_heading(text: str, expected: list[str]) -> None:
    draft = part_five(f"（一）存在问题\n{text}\n（二）改进措施\n一是{X}；二是{Y}。")
    assert issues(draft) == expected
    assert measures(draft) == [X, Y]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"下一步将做好以下工作：{X}；{Y}；{Z}。", [X, Y, Z]),
        (f"改进措施：{X}；{Y}。", [X, Y]),
        (f"针对上述问题，{X}。", [X]),
        (f"下一步，我局将{X}。", [X]),
        (f"为此，我镇将{X}；{Y}。", [X, Y]),
        (f"下一步将{X}；{Y}。", [X, Y]),
        (f"针对上述问题，2024年，我局将{X}。", [X]),
        (f"在今后的政府信息公开工作中，柳溪镇将进一步{X}。", [f"进一步{X}"]),
        (f"今后，我街道将{X}。同时，{Y}。", [X, f"同时，{Y}"]),
        (f"（二）改进措施\n{X}。\n{Y}。", [X, Y]),
        (
            "（二）改进措施\n加强培训。每季度组织一次业务学习，邀请专家授课，提高经办人员的能力。",
            ["加强培训。每季度组织一次业务学习，邀请专家授课，提高经办人员的能力"],
        ),
    ],
)
def test_measures_without_ordinals(text: str, expected: list[str]) -> None:
    draft = part_five(f"（一）存在问题\n一是{A}；二是{B}。\n{text}")
    assert issues(draft) == [A, B]
    assert measures(draft) == expected


# ---- in turn -----------------------------------------------------------------------------------------------------
IN_TURN = [
    f"（一）{A}。改进措施：{X}。\n（二）{B}。改进措施：{Y}。",
    f"（一）{A}。\n改进措施：{X}。\n（二）{B}。\n改进措施：{Y}。",
    f"1.问题：{A}。措施：{X}。\n2.问题：{B}。措施：{Y}。",
    f"（一）存在问题：{A}；改进措施：{X}。（二）存在问题：{B}；改进措施：{Y}。",
    f"问题一：{A}。\n措施一：{X}。\n问题二：{B}。\n措施二：{Y}。",
    f"（一）{A}，下一步将{X}。\n（二）{B}，今后，我局将{Y}。",
    f"一是{A}，下一步将{X}。二是{B}，下一步将{Y}。",
    f"（一）主要问题是{A}。改进措施是{X}。\n（二）主要问题是{B}。改进措施是{Y}。",
    f"|序号|存在问题|改进措施|\n|1|{A}|{X}|\n|2|{B}|{Y}|",
]


@pytest.mark.parametrize("body", IN_TURN)
def test_each_problem_with_its_measure(body: str) -> None:
    draft = part_five(body)
    assert (issues(draft), measures(draft)) == ([A, B], [X, Y])
    assert [measure.answers for measure in draft.narrative.improvements] == [["i1"], ["i2"]]
    assert not draft.findings


def test_a_sentence_on_measures_inside_a_numbered_problem() -> None:
    draft = part_five(f"一是{A}。下一步，我局将{X}。二是{B}。今后将{Y}。")
    assert (issues(draft), measures(draft)) == ([A, B], [X, Y])
    assert [measure.answers for measure in draft.narrative.improvements] == [["i1"], ["i2"]]


def test_a_measure_that_names_its_problem() -> None:
    draft = part_five(f"存在问题\n一是{A}。\n二是{B}。\n改进措施\n一是针对政策解读形式单一的问题，{Y}。\n二是{X}。")
    assert [measure.answers for measure in draft.narrative.improvements] == [["i2"], []]


def test_same_ordinals_state_no_answer() -> None:
    draft = part_five(f"存在问题\n一是{A}。\n二是{B}。\n改进措施\n一是{X}。\n二是{Y}。")
    assert [measure.answers for measure in draft.narrative.improvements] == [[], []]


# ---- nothing, remainders, offsets --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "body",
    [
        "无",
        "无。",
        "暂无。",
        "无存在问题。",
        "本单位无此类情况。",
        "不存在问题。",
        "（一）存在问题：无。\n（二）改进情况：无。",
        "存在问题\n无\n改进措施\n无",
        "",
    ],
)
def test_nothing_to_report(body: str) -> None:
    draft = part_five(body)
    assert (issues(draft), measures(draft), draft.findings) == ([], [], [])


@pytest.mark.parametrize("text", ["政务公开是一项长期任务。", "县里召开了三次会议。"])
def test_a_clause_that_fits_nowhere_is_reported(text: str) -> None:
    draft = part_five(f"{text}\n存在问题\n一是{A}。")
    assert issues(draft) == [A]
    assert [finding.code for finding in draft.findings] == ["unmatched_clause"]
    assert text[:-1] in draft.findings[0].message
    assert draft.findings[0].paths == ["/narrative/issues"]


def test_a_closing_remark_is_reported() -> None:
    draft = part_five(f"存在问题\n一是{A}。\n改进措施\n一是{X}。\n总之，公开永远在路上。")
    assert measures(draft) == [X]
    assert [finding.code for finding in draft.findings] == ["unmatched_clause"]


def test_offsets_and_evidence() -> None:
    draft = part_five(f"存在问题\n一是{A}；二是{B}。\n改进措施：{X}。")
    text = draft.document.text
    for passage in (*draft.narrative.issues, *draft.narrative.improvements):
        assert text[passage.start : passage.end] == passage.text
    assert draft.evidence["/narrative/issues/i2"].raw == B
    assert draft.evidence["/narrative/improvements/m1"].raw == X


def test_a_page_break_inside_a_sentence() -> None:
    first = "公开目录更新不够及时，部分栏目的内容长期没有调\n整，群众反映较多，来电来访中常有人问起何时能够更新"
    draft = part_five(f"存在问题：一是{first}；二\n是{B}。")
    assert issues(draft) == [first, B]


def test_a_signature_is_no_item() -> None:
    draft = draft_of(
        f"五、存在的主要问题及改进情况\n存在问题\n一是{A}。\n改进措施\n一是{X}。\n柳溪镇人民政府\n2024年1月9日"
    )
    read_items(draft)
    assert (issues(draft), measures(draft), draft.findings) == ([A], [X], [])


def test_traditional_characters() -> None:
    draft = part_five("存在問題\n一是公開內容不夠全面。\n改進措施\n一是加強學習。")
    assert (issues(draft), measures(draft)) == (["公開內容不夠全面"], ["加強學習"])


def test_half_width_punctuation() -> None:
    draft = part_five("存在问题:1.更新慢,内容少;2.解读少.\n下一步打算:1.加快更新;2.增加解读.")
    assert issues(draft) == ["更新慢,内容少", "解读少"]
    assert measures(draft) == ["加快更新", "增加解读"]


# ---- part six ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("无", []),
        ("无。", []),
        ("本单位无其他需要报告的事项。", []),
        ("2023年度没有需要报告的其他事项。", []),
        ("本年度未收取信息处理费。", ["本年度未收取信息处理费"]),
        (
            "（一）收费情况。未收取费用。\n（二）提案办理情况。办理提案3件。",
            ["收费情况。未收取费用", "提案办理情况。办理提案3件"],
        ),
        ("1.收费：没有。\n2.建议：办理2件。\n3其他：无异常。", ["收费：没有", "建议：办理2件", "其他：无异常"]),
        ("需要报告的事项如下：\n一是没有收费。\n二是办理提案4件。", ["没有收费", "办理提案4件"]),
        ("没有收费。\n办理提案4件。", ["没有收费", "办理提案4件"]),
        ("没有收费。\n柳溪镇人民政府\n2024年1月9日", ["没有收费"]),
        ("无\n柳溪镇人民政府", []),
    ],
)
def test_other_matters(body: str, expected: list[str]) -> None:
    draft = draft_of(f"五、存在的主要问题及改进情况\n无\n六、其他需要报告的事项\n{body}")
    read_items(draft)
    assert [matter.text for matter in draft.narrative.other_matters] == expected


@pytest.mark.parametrize(
    "unit",
    [
        "一是",
        "（一）",
        "1.",
        "存在",
        "；",
        "一方面",
        "（",
        "“",
        "等问题、",
        "但仍存在",
        "针对",
        "我们",
        "与要求",
        "仍有",
        "——",
        "●",
        "【",
        "去年问题",
        "没有",
        "没有问题",
        "2024年重点",
        "问题：甲。措施：",
        "> ",
        "A.",
    ],
)
def test_endless_repetition_stays_linear(unit: str) -> None:
    part_five(unit * 20_000)


# ---- lead phrases, measures without a lead, figures --------------------------------------------------------------
LEAD_PHRASES = [
    "下一步将",
    "下一步，我局将",
    "下一步工作中，将",
    "下一步我局政府信息公开工作将",
    "今后的工作中，",
    "在今后工作中，我们将",
    "针对上述问题，下一步全县政务公开工作中将",
]
WORKS = ["完善工作制度，明确分工", "做好公开工作，及时更新", "加强工作人员培训", "开展业务工作检查"]


@pytest.mark.parametrize("lead", LEAD_PHRASES)
@pytest.mark.parametrize("measure", WORKS)
def test_a_lead_takes_no_words_of_its_measure(lead: str, measure: str) -> None:
    draft = part_five(f"一是{A}。{lead}{measure}。\n二是{B}。{lead}{X}。")
    assert (issues(draft), measures(draft)) == ([A, B], [measure, X])


def test_each_issue_with_its_measure_behind_it() -> None:
    draft = part_five(f"一是{A}。通过专人维护，推动目录按月更新。\n二是{B}。加强图文解读。确保群众看得懂。")
    assert issues(draft) == [A, B]
    assert measures(draft) == ["通过专人维护，推动目录按月更新", "加强图文解读。确保群众看得懂"]
    assert (answers(draft), codes(draft)) == ([["i1"], ["i2"]], [])


IN_DOUBT = [
    (f"一是{A}。通过专人维护，推动目录按月更新。\n二是{B}。", 1),
    (f"存在问题：一是{A}。{C}。二是{B}。加强图文解读。", 1),
    (f"存在问题：一是{A}。{C}。二是{B}。", 0),
    (f"一是{A}。通过抽查发现目录缺失。二是{B}。\n改进措施：一是{X}。", 0),
]


@pytest.mark.parametrize(("text", "doubts"), IN_DOUBT)
def test_a_measure_behind_some_issues_is_in_doubt(text: str, doubts: int) -> None:
    draft = part_five(text)
    assert len(issues(draft)) == 2
    assert codes(draft) == ["unmatched_clause"] * doubts


WITH_FIGURES = [
    ["目录不全", "解读少", "全县26 个栏目中仍有 4 项没有更新"],
    ["目录不全", "还有 2 个站点、 3 条目录未更新"],
    ["目录不全", "解读少", "仅有 4 人专职"],
]


@pytest.mark.parametrize("problems", WITH_FIGURES)
@pytest.mark.parametrize("mark", ["{}.", "（{}）", "{}、"])
def test_a_figure_set_off_by_spaces_begins_no_item(problems: list[str], mark: str) -> None:
    text = "\n".join(f"{mark.format(n)}{problem}。" for n, problem in enumerate(problems, 1))
    assert issues(part_five(f"存在问题\n{text}")) == problems


@pytest.mark.parametrize("end", ["人员不足", "个别科室不主动", "部门联动不够", "次要栏目更新慢"])
def test_bare_numbers_still_begin_items(end: str) -> None:
    assert issues(part_five(f"存在问题：1 目录不全。 2 解读少。 3 {end}。")) == ["目录不全", "解读少", end]


def test_letters_in_two_cases() -> None:
    draft = part_five(f"A.存在问题\na.{A}。\nb.{B}。\nB.改进措施\na.{X}。\nb.{Y}。")
    assert (issues(draft), measures(draft)) == ([A, B], [X, Y])
