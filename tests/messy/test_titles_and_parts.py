"""Groups 1 to 5: numbering and wording of the parts, lists of titles, lost headings, page furniture."""

from __future__ import annotations

import pytest

from tests.messy.reading import Reading, assert_narrative, assert_read, different, read
from tests.messy.report import (
    BODY,
    DRAWINGS,
    HEADINGS,
    IMPROVEMENTS,
    ISSUES,
    MATTER,
    OVERVIEW,
    PART_FIVE,
    PREAMBLE,
    TABLES,
    TITLE,
    Report,
    made,
    paged,
    swap,
    worded,
    written,
)

BARE = tuple(heading.partition("、")[2] for heading in HEADINGS)
MISSING = ["missing_section", "missing_table"]


def numbered(pattern: str, marks: str = "一二三四五六") -> tuple[str, ...]:
    return tuple(pattern.format(mark) + title for mark, title in zip(marks, BARE, strict=True))


def topics(reading: Reading) -> list[tuple[str, str]]:
    return [(one.heading, one.text) for one in reading.record.narrative.overview]


def test_the_report_by_default_is_read_without_a_finding() -> None:
    for file in (*(written(drawing=drawing) for drawing in DRAWINGS), paged(), worded()):
        assert_read(read(file))


# ---- 1: how the parts are numbered -------------------------------------------------------------------------------
NUMBERINGS = {
    "digits, a point and a space from part three on": (
        *HEADINGS[:2],
        f"3、 {BARE[2]}",
        f"4、 {BARE[3]}",
        *HEADINGS[4:],
    ),
    "digits, no space": (*HEADINGS[:2], f"3、{BARE[2]}", f"4、{BARE[3]}", *HEADINGS[4:]),
    "digits throughout": numbered("{}、", "123456"),
    "digits and a stop": numbered("{}.", "123456"),
    "digits and a full-width stop": numbered("{}．", "123456"),
    "no number at all": BARE,
    "two systems: brackets in the second half": (*HEADINGS[:3], *numbered("（{}）")[3:]),
    "two systems: 第…部分 in the first half": (*numbered("第{}部分 ")[:3], *HEADINGS[3:]),
    "two systems: some without a number": (HEADINGS[0], BARE[1], HEADINGS[2], BARE[3], *HEADINGS[4:]),
    "第…部分": numbered("第{}部分　"),
    "a number repeated": (*HEADINGS[:2], f"二、{BARE[2]}", f"三、{BARE[3]}", f"四、{BARE[4]}", f"五、{BARE[5]}"),
    "a number left out": (
        HEADINGS[0],
        f"三、{BARE[1]}",
        f"四、{BARE[2]}",
        f"五、{BARE[3]}",
        f"六、{BARE[4]}",
        f"七、{BARE[5]}",
    ),
    "a space inside the number": numbered("{} 、 "),
    "a colon at the end": tuple(f"{heading}：" for heading in HEADINGS),
}


@pytest.mark.parametrize("headings", NUMBERINGS.values(), ids=NUMBERINGS)
def test_group_1_numbering_of_parts(headings: tuple[str, ...]) -> None:
    """Around tables drawn as lines, whose rows are numbered as parts are (一、本年新收…)."""
    assert_read(read(written(drawing="label and values on one line", headings=headings)))


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_group_1_digits_for_parts_in_a_web_page(form: str) -> None:
    assert_read(read(paged(form=form, headings=numbered("{}、", "123456"))), Report(form=form))


ALIKE = ("{}、", "{}．", "{}. ")


@pytest.mark.parametrize("mark", ALIKE)
def test_group_1_parts_and_sub_items_numbered_alike(mark: str) -> None:
    """1、总体情况 with sub-items 1、 2、 3、 of its own, and part five with the same."""
    names = ["主动公开方面", "信息管理方面", "监督方面"]
    bodies = ["把村级账目贴在祠堂门口。", "旧文件逐卷清点。", "请代表随机抽查两次。"]
    overview = "\n".join(f"{mark.format(n)}{a}：{b}" for n, a, b in zip((1, 2, 3), names, bodies, strict=True))
    five = [*ISSUES, "更正不快"]
    part_five = "存在的主要问题\n" + "\n".join(f"{mark.format(n)}{one}。" for n, one in enumerate(five, 1))
    part_five += "\n改进措施\n" + "\n".join(f"{mark.format(n)}{one}。" for n, one in enumerate(IMPROVEMENTS, 1))
    reading = read(written(headings=numbered("{}、", "123456"), overview=overview, part_five=part_five))
    assert topics(reading) == list(zip(names, bodies, strict=True))
    assert (reading.issues, reading.improvements, reading.matters) == (five, list(IMPROVEMENTS), [MATTER])
    assert different(reading.values, Report().values) == {}
    assert reading.codes == []


def test_group_1_a_sub_heading_number_repeated() -> None:
    lines = [
        "（一）主动公开。办事指南逐条核对。",
        "（二）依申请公开。设专人接听电话。",
        "（二）平台建设。便民大厅设查阅角。",
    ]
    lines.append("（三）监督保障。每季度通报一次。")
    reading = read(written(overview="\n".join(lines)))
    assert topics(reading) == [
        ("主动公开", "办事指南逐条核对。"),
        ("依申请公开", "设专人接听电话。"),
        ("平台建设", "便民大厅设查阅角。"),
        ("监督保障", "每季度通报一次。"),
    ]
    assert reading.codes == []


def test_group_1_a_sub_heading_number_repeated_in_part_five() -> None:
    issues = f"（一）存在的主要问题\n1.{ISSUES[0]}。\n（二）存在的短板\n1.{ISSUES[1]}。"
    part_five = f"{issues}\n（二）改进情况\n1.{IMPROVEMENTS[0]}。\n2.{IMPROVEMENTS[1]}。"
    assert_read(read(written(part_five=part_five)))


# ---- 2: how the parts are called ---------------------------------------------------------------------------------
WORDINGS = {
    0: ["总体概述", "政府信息公开工作开展情况", "2024年政府信息公开工作开展情况", "概述", "政府信息公开工作总体情况"],
    1: [
        "主动公开政府政府情况",
        "主动公开政府信息的情况",
        "行政机关主动公开政府信息情况",
        "主动公开政府信息情",
        "主动公开政信息情况",
    ],
    2: ["收到和处理政府信息公开申请的情况", "收到和处理政府信息公开申情况", "收到和处理政府信息公开申请情况统计"],
    3: [
        "因政府信息公开工作被申请行政复议、提起行政诉讼情况",
        "行政复议行政诉讼",
        "政府信息公开行政复议、行政诉公情况",
        "因政府信息公开被申请复议、提起诉讼的情况",
    ],
    4: [
        "存在问题及改进情况",
        "政府信息公开工作存在的主要问题及改进情况",
        "存在的主要问题和改进措施",
        "政府信息公开工作存在的主要问题和改进措施",
        "存在的主要问题及改情况",
        "工作中存在的问题及今后改进的方向",
    ],
    5: ["需要报告的其他事项", "其他需要报告的事顶", "其它需要报告的事项"],
}


@pytest.mark.parametrize("nth", range(max(map(len, WORDINGS.values()))))
def test_group_2_wordings_of_part_titles(nth: int) -> None:
    """The nth wording of every part, as the form numbers it; a part with fewer has its first."""
    wordings = [(some * (nth + 1))[nth] if nth < len(some) else some[0] for some in WORDINGS.values()]
    assert_read(read(written(headings=[f"{n}、{words}" for n, words in zip("一二三四五六", wordings, strict=True)])))


def test_group_2_every_title_another_wording_and_none_numbered() -> None:
    headings = [some[0] for some in WORDINGS.values()]
    assert_read(read(paged(headings=headings)))


# ---- 3: lists of titles ------------------------------------------------------------------------------------------
IN_PREAMBLE = {
    "in one sentence": "本报告由" + "、".join(BARE) + "六部分组成。",
    "numbered in one sentence": "本报告共六个部分：" + "；".join(HEADINGS) + "。",
    "a line each": "目录\n" + "\n".join(HEADINGS),
    "a line each, with dots and pages": "\n".join(f"{heading}……{page}" for page, heading in enumerate(HEADINGS, 1)),
    "a line each, no number": "本报告包括以下内容：\n" + "\n".join(BARE),
}


@pytest.mark.parametrize("listed", IN_PREAMBLE.values(), ids=IN_PREAMBLE)
def test_group_3_the_preamble_lists_the_titles(listed: str) -> None:
    assert_read(read(written(drawing="every value a paragraph", preamble=f"{PREAMBLE}\n{listed}")))


NO_TABLES = dict.fromkeys(TABLES, "")
AT_THE_END = {
    "the parts that have tables": {
        "headings": (HEADINGS[0], None, None, None, *HEADINGS[4:]),
        "after": "\n".join(HEADINGS[1:4]),
    },
    "all parts": {"headings": (HEADINGS[0], None, None, None, *HEADINGS[4:]), "after": "\n".join(HEADINGS)},
    "unnumbered": {"headings": (HEADINGS[0], None, None, None, *HEADINGS[4:]), "after": "\n".join(BARE[1:4])},
    "each with a blank line": {
        "headings": (HEADINGS[0], None, None, None, *HEADINGS[4:]),
        "after": "\n\n".join(HEADINGS[1:4]),
    },
}


@pytest.mark.parametrize("parts", AT_THE_END.values(), ids=AT_THE_END)
def test_group_3_a_closing_list_of_titles_whose_tables_were_pictures(parts: dict[str, object]) -> None:
    reading = read(written(made(tables=NO_TABLES, **parts)))
    assert set(reading.values.values()) <= {None}
    assert reading.states("proactive_disclosure") | reading.states("applications") <= {"missing"}
    assert reading.named("missing_table") == {f"/tables/{table}" for table in TABLES}


@pytest.mark.parametrize("parts", AT_THE_END.values(), ids=AT_THE_END)
def test_group_3_a_closing_list_of_titles_is_no_matter_of_part_six(parts: dict[str, object]) -> None:
    assert_narrative(read(written(made(tables=NO_TABLES, **parts))))


# ---- 4: headings lost --------------------------------------------------------------------------------------------
STARTS = {"numbered": PART_FIVE.replace("存在的主要问题", "主要问题"), "as it is": PART_FIVE}


@pytest.mark.parametrize("part_five", STARTS.values(), ids=STARTS)
def test_group_4_the_heading_of_part_five_is_lost(part_five: str) -> None:
    reading = read(written(headings=(*HEADINGS[:4], None, HEADINGS[5]), part_five=part_five))
    assert_narrative(reading)
    assert different(reading.values, Report().values) == {}
    assert reading.errors == []


def test_group_4_all_headings_are_lost() -> None:
    part_five = PART_FIVE.replace("存在的主要问题", "主要问题")
    reading = read(written(headings=(None,) * 6, part_five=part_five, part_six=None))
    assert (reading.issues, reading.improvements) == (list(ISSUES), list(IMPROVEMENTS))
    assert different(reading.values, Report().values) == {}
    assert reading.findings("missing_section") != []
    assert reading.errors == []


def test_group_4_the_text_starts_at_the_problems() -> None:
    """Nothing before （一）主要问题 but the title: everything else is missing, nothing is 0, the lists are read."""
    text = "\n".join([TITLE, PART_FIVE.replace("存在的主要问题", "主要问题"), HEADINGS[5], f"{MATTER}。"])
    reading = read(text)
    assert (reading.issues, reading.improvements, reading.matters) == (list(ISSUES), list(IMPROVEMENTS), [MATTER])
    assert reading.overview == []
    assert set(reading.values.values()) <= {None}
    assert set(MISSING) <= set(reading.codes)


def test_group_4_the_heading_of_the_overview_is_lost() -> None:
    reading = read(written(headings=(None, *HEADINGS[1:])))
    assert_narrative(reading)
    assert different(reading.values, Report().values) == {}
    assert reading.errors == []


# ---- 5: page furniture -------------------------------------------------------------------------------------------
FURNITURE = [
    "- 4 -",
    "— 5 —",
    "－ 6 －",
    "第 3 页 共 9 页",
    "3 / 9",
    "字体：大 中 小",
    "{{ title }}",
    "[bookmark: _GoBack]",
    "首页 > 政务公开 > 政府信息公开年报",
    "您当前的位置：首页 > 望溪镇 > 年报",
    "索引号：YX0421-2025-00318",
    "发布机构：云岫县大数据中心",
    "主办单位：云岫县人民政府办公室  网站标识码：4105990021",
    "云ICP备2021000318号-2",
    "【打印本页】【关闭窗口】",
]
SPOTS = {
    "at the top": (TITLE, "{}\n" + TITLE),
    "in the overview": (HEADINGS[1], "{}\n" + HEADINGS[1]),
    "before a table": ("第二十条第（一）项", "{}\n第二十条第（一）项"),
    "in part five": ("（二）改进情况", "{}\n（二）改进情况"),
    "at the end": (f"{MATTER}。\n", f"{MATTER}。\n{{}}\n"),
}


@pytest.mark.parametrize("line", FURNITURE)
def test_group_5_furniture_on_lines_of_its_own(line: str) -> None:
    text = written()
    for old, new in SPOTS.values():
        text = swap(text, old, new.format(line))
    reading = read(text)
    assert_read(reading)
    assert line not in reading.document.text
    assert sum(aside.count(line) for aside in reading.set_aside) == len(SPOTS)


@pytest.mark.parametrize("spot", SPOTS)
def test_group_5_a_page_number_once(spot: str) -> None:
    old, new = SPOTS[spot]
    reading = read(swap(written(), old, new.format("- 4 -")))
    assert_read(reading)
    assert reading.set_aside == ["- 4 -"]


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_group_5_a_page_number_between_the_rows_of_a_table(drawing: str) -> None:
    text = written(drawing=drawing)
    row = "\n\n" if drawing == "one cell a line after a tab" else "\n"
    gap = "\n\n" if drawing == "every value a paragraph" else "\n"
    at = text.rindex(row, 0, text.index("6.属于四类过程性信息")) + len(row)
    assert_read(read(f"{text[:at]}- 4 -{gap}{text[at:]}"))


@pytest.mark.parametrize("ending", ["2\n", "2", "\n2\n\n", "  2\n"])
def test_group_5_a_lone_page_number_at_the_end(ending: str) -> None:
    reading = read(written() + ending)
    assert_read(reading)
    assert reading.set_aside == ["2"]


def test_group_5_a_lone_page_number_after_a_closing_none() -> None:
    reading = read(written(part_five="无", part_six="无") + "2\n")
    assert (reading.issues, reading.improvements, reading.matters, reading.codes) == ([], [], [], [])


BOOKMARKED = {
    "a heading": ("二、主动公开", "[bookmark: _GoBack]二、主动公开"),
    "the title": (BODY, f"[bookmark: OLE_LINK7]{BODY}"),
    "the inside of the title": ("2024年政府信息公开工作", "[bookmark: _Toc19]2024年政府信息公开工作"),
    "a label": ("（一）予以公开", "[bookmark: _Hlk88001234]（一）予以公开"),
    "a value": ("行政处罚\t57", "行政处罚\t[bookmark: _Hlk5]57"),
    "the end of a value": ("行政强制\t8", "行政强制\t8[bookmark: _Hlk61]"),
    "the inside of a value": ("行政许可\t316", "行政许可\t3[bookmark: _Hlk9]16"),
    "an issue": (ISSUES[0], f"{ISSUES[0][:4]}[bookmark: _Hlk3]{ISSUES[0][4:]}"),
    "an ordinal": ("二是政策", "[bookmark: OLE_LINK1]二是政策"),
}


@pytest.mark.parametrize(
    "places", [*([place] for place in BOOKMARKED if "inside" in place), list(BOOKMARKED)], ids=", ".join
)
def test_group_5_bookmarks_anywhere(places: list[str]) -> None:
    text = written()
    for place in places:
        text = swap(text, *BOOKMARKED[place])
    reading = read(text)
    assert_read(reading)
    assert "bookmark" not in reading.document.text


def test_group_5_a_bookmark_in_an_empty_cell_is_no_number() -> None:
    reading = read(swap(written(), "行政处罚\t57", "行政处罚\t[bookmark: _Hlk66974555]"))
    assert reading.value("proactive_disclosure/penalties/decisions") is None
    assert reading.states("proactive_disclosure/penalties/decisions") == {"blank"}


AROUND = {
    "navigation": ('<ul class="nav"><li><a href="/a">首页</a></li><li><a href="/b">政务公开</a></li></ul>', ""),
    "a breadcrumb": ('<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/n">年报</a></div>', ""),
    "an index table": (
        "<table><tr><td>索 引 号</td><td>YX0421/2025-00318</td><td>主题分类</td><td>其他</td></tr>"
        "<tr><td>发布机构</td><td>云岫县大数据中心</td><td>发文日期</td><td>2025-02-11</td></tr></table>",
        "",
    ),
    "an index list": ("<ul><li>索 引 号：YX0421/2025-00318</li><li>发布机构：云岫县大数据中心</li></ul>", ""),
    "font sizes": ("<div>字体：<a>大</a> <a>中</a> <a>小</a></div>", ""),
    "a template's slip": ("<div>{{ title }}</div>", ""),
    "a footer": ("", "<div class='footer'><p>主办：云岫县大数据中心</p><p>云ICP备2021000318号-2</p></div>"),
    "a counter": ("<div>浏览次数：<span>1024</span>次</div>", "<p>上一篇：没有了</p><p>下一篇：望溪镇2023年年报</p>"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), AROUND.values(), ids=AROUND)
def test_group_5_furniture_of_web_pages(before: str, after: str) -> None:
    parts: dict[str, object] = {"before": before, "after": after}
    reading = read(paged(made(**parts)))
    assert_read(reading)
    assert not {"1024", "4105990021", "YX0421"} & set(reading.document.text.split())
    assert "大数据中心" not in reading.document.text


def test_group_5_a_page_number_in_the_footer_of_a_word_file_is_not_in_the_text() -> None:
    reading = read(worded(after="- 4 -"))
    assert_read(reading)
    assert OVERVIEW in reading.document.text
