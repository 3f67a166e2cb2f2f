"""The parts of a report, over numberings, misspellings, lists of titles and lost headings."""

from __future__ import annotations

from itertools import pairwise

import pytest

from extractor.draft import Section
from extractor.forms import builtin_forms
from extractor.sections import find_sections
from tests.factories import document_of

PARTS = builtin_forms()[0].parts
KEYS = [part.key for part in PARTS]
TITLES = [part.title for part in PARTS]
BODIES = [
    "全镇工作有序。",
    "|规章|0|0|0|",
    "|新收|4|4|",
    "|行政复议|0|",
    "（一）存在问题\n一是更新慢。",
    "没有别的事项。",
]
CN = "一二三四五六"


def found(text: str) -> list[Section]:
    return find_sections(document_of(text), PARTS).parts


def report(
    *headings: str, bodies: list[str] | None = None, before: str = "柳溪镇2023年政府信息公开工作年度报告\n"
) -> str:
    return before + "\n".join(f"{h}\n{b}" for h, b in zip(headings, bodies or BODIES, strict=True))


NUMBERINGS = {
    "chinese": [f"{CN[i]}、{t}" for i, t in enumerate(TITLES)],
    "arabic stop": [f"{i + 1}.{t}" for i, t in enumerate(TITLES)],
    "arabic comma": [f"{i + 1}、{t}" for i, t in enumerate(TITLES)],
    "brackets": [f"（{CN[i]}）{t}" for i, t in enumerate(TITLES)],
    "signs": [f"{chr(0x3220 + i)}{t}" for i, t in enumerate(TITLES)],
    "parts": [f"第{CN[i]}部分 {t}" for i, t in enumerate(TITLES)],
    "chapters": [f"第{CN[i]}章：{t}" for i, t in enumerate(TITLES)],
    "none": list(TITLES),
    "markdown": [f"## {CN[i]}、{t}" for i, t in enumerate(TITLES)],
    "bold": [f"**{CN[i]}、{t}**" for i, t in enumerate(TITLES)],
    "colon": [f"{CN[i]}、{t}：" for i, t in enumerate(TITLES)],
    "spaces": [f"{CN[i]} 、 {t[:3]} {t[3:]}" for i, t in enumerate(TITLES)],
    "dash for one": [f"{'—' if i == 0 else CN[i]}、{t}" for i, t in enumerate(TITLES)],
    "two systems": [f"{CN[i] if i not in (2, 3) else i + 1}、{t}" for i, t in enumerate(TITLES)],
    "wrong numbers": [f"{CN[n]}、{t}" for n, t in zip((0, 1, 1, 2, 3, 4), TITLES, strict=True)],
    "all the same": [f"1、{t}" for t in TITLES],
    "squeezed": [f"{i + 1}{t}" for i, t in enumerate(TITLES)],
    "year before": [f"{CN[i]}、2023年度{t}" if i == 0 else f"{CN[i]}、{t}" for i, t in enumerate(TITLES)],
}


@pytest.mark.parametrize("headings", NUMBERINGS.values(), ids=NUMBERINGS.keys())
def test_numbering(headings: list[str]) -> None:
    text = report(*headings)
    parts = found(text)
    assert [part.key for part in parts] == KEYS
    for part, body in zip(parts, BODIES, strict=True):
        assert text[part.start : part.end].strip() == body


WORDINGS = {
    "一、总体概述": "overview",
    "一、工作开展情况": "overview",
    "一、总体工作概况": "overview",
    "二、主动公开政府政府情况": "proactive_disclosure",
    "二、主动公开政府信患情况": "proactive_disclosure",
    "二、主动公开政府信息": "proactive_disclosure",
    "三、收到和处理政府信息公开申请情": "applications",
    "三、收到和处理政府信息公开申請情況": "applications",
    "四、政府信息公开行政复议及诉讼情况": "review_litigation",
    "四、因政府信息公开工作被申请行政复议，提起行政诉讼情况": "review_litigation",
    "五、存在的主要问题及下一步计划": "issues_improvements",
    "五、政府信息公开工作存在不足及改进措施": "issues_improvements",
    "五、存在问题": "issues_improvements",
    "六、其它需要报告的事情": "other_matters",
    "六、需要说明的其他事项": "other_matters",
}


@pytest.mark.parametrize(("heading", "key"), WORDINGS.items())
def test_wording(heading: str, key: str) -> None:
    headings = list(NUMBERINGS["chinese"])
    headings[KEYS.index(key)] = heading
    assert [part.key for part in found(report(*headings))] == KEYS


@pytest.mark.parametrize(
    "halves",
    [
        ("四、政府信息公开行政复议、", "行政诉讼情况"),
        ("四、政府信息公开行政", "复议、行政诉讼情况："),
        ("四、", "政府信息公开行政复议、行政诉讼情况"),
    ],
)
def test_heading_over_two_lines(halves: tuple[str, str]) -> None:
    headings = list(NUMBERINGS["chinese"])
    headings[3] = "\n".join(halves)
    text = report(*headings)
    part = found(text)[3]
    assert text[part.heading_start : part.heading_end] == headings[3]
    assert text[part.start : part.end].strip() == BODIES[3]


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("五、存在的主要问题及改进情况。一是目录陈旧；二是答复慢。", "一是目录陈旧；二是答复慢。"),
        ("五、存在的主要问题及改进情况：一是目录陈旧。", "一是目录陈旧。"),
        ("五、存在的主要问题及改进情况 我镇目录陈旧。", "我镇目录陈旧。"),
        ("五、存在的主要问题及改进情况（一）存在问题。目录陈旧。", "（一）存在问题。目录陈旧。"),
        ("存在的主要问题及改进情况：目录陈旧。", "目录陈旧。"),
    ],
)
def test_text_on_the_line_of_the_heading(line: str, rest: str) -> None:
    text = "一、总体情况\n有序。\n" + line + "\n六、其他需要报告的事项\n无"
    part = found(text)[1]
    assert part.key == "issues_improvements"
    assert text[part.start : part.end].strip() == rest


def test_titles_in_the_preamble_are_no_parts() -> None:
    before = "青石县教育局2022年年度报告\n本报告包括" + "、".join(TITLES) + "等六个部分。\n"
    text = report(*NUMBERINGS["chinese"], before=before)
    parts = found(text)
    assert [part.key for part in parts] == KEYS
    assert find_sections(document_of(text), PARTS).preamble == (0, len(before))


@pytest.mark.parametrize("style", ["chinese", "none"])
def test_a_list_of_titles_before_the_parts_loses(style: str) -> None:
    before = "目录\n" + "\n".join(NUMBERINGS[style]) + "\n"
    parts = found(report(*NUMBERINGS[style], before=before))
    assert [part.key for part in parts] == KEYS
    assert parts[0].heading_start == len(before)


def test_a_list_of_titles_before_parts_whose_tables_were_lost() -> None:
    before = "目录\n" + "\n".join(NUMBERINGS["chinese"]) + "\n"
    text = report(*NUMBERINGS["chinese"], bodies=[BODIES[0], "", "", "", *BODIES[4:]], before=before)
    parts = found(text)
    assert [part.key for part in parts] == KEYS
    assert parts[0].heading_start == len(before)


def test_a_list_of_titles_at_the_end_is_no_part() -> None:
    text = "一、总体情况\n有序。\n五、存在的主要问题及改进情况\n更新慢。\n" + "\n".join(NUMBERINGS["chinese"])
    parts = found(text)
    assert [part.key for part in parts] == ["overview", "issues_improvements"]
    assert text[parts[1].start : parts[1].end].strip().startswith("更新慢。")


def test_headings_over_pictures_are_parts() -> None:
    text = "一、总体情况\n有序。\n" + "\n".join(f"{h}\n[{i}]" for i, h in enumerate(NUMBERINGS["chinese"][1:4]))
    for mark in ("[0]", "[1]", "[2]"):
        text = text.replace(mark, "")
    document = document_of(text, pictures=("二、主", "三、收", "四、政"))
    assert [part.key for part in find_sections(document, PARTS).parts] == KEYS[:4]


def test_titles_in_sentences_are_no_headings() -> None:
    text = "一、总体情况\n主动公开情况良好，总体情况平稳。\n其他需要报告的事项见后，存在的主要问题及改进情况另述。\n"
    assert [part.key for part in found(text)] == ["overview"]


def test_passages_of_the_overview_are_no_parts() -> None:
    body = "（一）主动公开情况\n全年公开88条。\n（二）依申请公开情况。没有申请。\n1.主动公开情况。有序。"
    parts = found(report(*NUMBERINGS["chinese"], bodies=[body, *BODIES[1:]]))
    assert [part.key for part in parts] == KEYS
    body = "1.基本情况\n有序。\n2.主动公开情况\n公开88条。\n3.依申请公开情况\n没有申请。"
    assert [part.key for part in found(report("一、总体情况", "二、主要工作", bodies=[body, "无。"]))] == ["overview"]


def test_the_result_rows_of_the_applications_table_are_no_parts() -> None:
    rows = "一、本年新收政府信息公开申请数量\n0\n二、上年结转政府信息公开申请数量\n0\n三、本年度办理结果\n"
    rows += "四、结转下年度继续办理"
    text = report(*NUMBERINGS["chinese"], bodies=[*BODIES[:2], rows, *BODIES[3:]])
    part = found(text)[2]
    assert text[part.start : part.end].strip() == rows


def test_a_heading_in_a_one_cell_row() -> None:
    text = (
        "|一、总体情况|\n有序。\n|二、主动公开政府信息情况|\n|规章|0|0|\n|三、收到和处理政府信息公开申请情况|\n|新收|1|"
    )
    assert [part.key for part in found(text)] == KEYS[:3]


@pytest.mark.parametrize("cue", ["（一）主要问题", "存在问题：", "1.存在的不足", "改进措施"])
def test_part_five_without_its_heading(cue: str) -> None:
    text = (
        "一、总体情况\n有序。\n四、政府信息公开行政复议、行政诉讼情况\n|行政复议|0|\n"
        + cue
        + "\n一是更新慢。\n六、其他需要报告的事项\n无"
    )
    parts = found(text)
    assert [part.key for part in parts] == ["overview", "review_litigation", "issues_improvements", "other_matters"]
    assert parts[2].heading_start == parts[2].heading_end == parts[2].start == text.index(cue)


def test_overview_without_its_heading() -> None:
    before = "梅岭乡2022年政府信息公开工作年度报告\n本报告根据条例编制，统计期限自2022年1月1日起。\n"
    text = before + "2022年，我乡公开有序。\n二、主动公开政府信息情况\n|规章|0|0|0|"
    sections = find_sections(document_of(text), PARTS)
    assert [part.key for part in sections.parts] == ["overview", "proactive_disclosure"]
    assert sections.parts[0].start == len(before)
    assert sections.preamble == (0, len(before))


@pytest.mark.parametrize("extra", ["七、附件", "七、名词解释："])
def test_an_unknown_part_ends_the_one_before(extra: str) -> None:
    text = report(*NUMBERINGS["chinese"]) + f"\n{extra}\n指南一份。"
    last = found(text)[-1]
    assert text[last.start : last.end].strip() == BODIES[5]


def test_an_unknown_part_between() -> None:
    text = "一、概述\n有序。\n二、主动公开情况\n公开3条。\n三、依申请公开情况\n无。\n四、收费及减免情况\n没有收费。\n"
    text += "五、行政复议、行政诉讼情况\n无。"
    parts = found(text)
    assert [part.key for part in parts] == KEYS[:4]
    assert text[parts[2].start : parts[2].end].strip() == "无。"


def test_a_list_that_numbers_as_the_parts_do_stays_inside() -> None:
    body = "一、目录陈旧\n二、答复偏慢\n三、解读单一"
    text = report(*NUMBERINGS["chinese"], bodies=[*BODIES[:4], body, BODIES[5]])
    part = found(text)[4]
    assert text[part.start : part.end].strip() == body


def test_measures_under_a_heading_of_their_own_stay_in_part_five() -> None:
    text = (
        report(*NUMBERINGS["chinese"][:4], bodies=BODIES[:4])
        + "\n五、存在问题\n更新慢。\n六、改进措施\n加快更新。\n七、其他需要报告的事项\n无"
    )
    parts = found(text)
    assert [part.key for part in parts] == KEYS
    assert text[parts[4].start : parts[4].end].strip() == "更新慢。\n六、改进措施\n加快更新。"


def test_unusual_order() -> None:
    order = [0, 1, 2, 3, 5, 4]
    text = report(*[NUMBERINGS["chinese"][i] for i in order], bodies=[BODIES[i] for i in order])
    assert [part.key for part in found(text)] == [KEYS[i] for i in order]


def test_headings_inside_one_paragraph() -> None:
    text = "根据条例编制。 一、总体情况 全年有序。 二、主动公开政府信息情况 见表。 "
    text += "三、收到和处理政府信息公开申请情况 没有。 五、存在的主要问题及改进情况 更新慢。"
    parts = found(text)
    assert [part.key for part in parts] == [KEYS[0], KEYS[1], KEYS[2], KEYS[4]]
    assert text[parts[0].start : parts[0].end].strip() == "全年有序。"


@pytest.mark.parametrize("text", ["", "\n\n", "无关的文字。", "一、\n二、\n三、"])
def test_no_parts(text: str) -> None:
    assert found(text) == []


def test_parts_never_overlap() -> None:
    text = report(*NUMBERINGS["chinese"]) + "\n" + report(*NUMBERINGS["chinese"])
    parts = found(text)
    assert all(one.end <= two.heading_start for one, two in pairwise(parts))


def test_many_candidates_stay_linear() -> None:
    text = "\n".join(NUMBERINGS["chinese"] * 3000)
    assert len(found(text)) <= len(KEYS)


# ---- lists that look like parts ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "item", ["三、依申请公开办理的规范化水平有待提高。", "二、主动公开意识不强；", "四、行政复议答复不规范。"]
)
def test_an_item_that_is_much_like_the_title_of_its_number_is_no_part(item: str) -> None:
    items = ["一、栏目少。", "二、更新慢。", "三、解读浅。", "四、人手紧。"]
    items["一二三四".index(item[0])] = item
    text = "一、总体情况\n有序。\n五、存在的主要问题及改进情况\n" + "\n".join(items) + "\n六、其他需要报告的事项\n无"
    parts = found(text)
    assert [part.key for part in parts] == ["overview", "issues_improvements", "other_matters"]
    assert item in text[parts[1].start : parts[1].end]


def test_a_closing_list_of_titles_belongs_to_no_part() -> None:
    closing = "二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n四、政府信息公开行政复议、行政诉讼情况"
    text = f"一、总体情况\n有序。\n五、存在的主要问题及改进情况\n无\n六、其他需要报告的事项\n没有收费。\n{closing}"
    last = found(text)[-1]
    assert (last.key, text[last.start : last.end].strip()) == ("other_matters", "没有收费。")


# ---- more than one report in a file ------------------------------------------------------------------------------
HEADINGS = NUMBERINGS["chinese"]
OTHER_BODIES = ["本局工作平稳。", "|规章|1|1|1|", "|新收|9|9|", "|行政复议|2|", "一是人员少。", "无。"]
SHORT_HEADINGS = [
    f"{CN[i]}、{title}" for i, title in enumerate(("概述", *TITLES[1:4], "存在问题和改进措施", "其他事项"))
]


def titled(body: str, year: int) -> str:
    return f"{body}{year}年政府信息公开工作年度报告\n"


FIRST = report(*HEADINGS, before=titled("柳溪镇", 2023))
SECONDS = {
    "another body": report(*HEADINGS, bodies=OTHER_BODIES, before=titled("青石县林业局", 2023)),
    "another year": report(*HEADINGS, bodies=OTHER_BODIES, before=titled("柳溪镇", 2022)),
    "the same once more": FIRST,
    "no title": report(*HEADINGS, bodies=OTHER_BODIES, before=""),
    "other headings": report(*SHORT_HEADINGS, bodies=OTHER_BODIES, before=titled("青石县林业局", 2023)),
    "two parts of another year's": titled("柳溪镇", 2022)
    + f"{HEADINGS[0]}\n全镇平稳。\n{HEADINGS[1]}\n无。\n{HEADINGS[4]}\n一是更新慢。",
}


@pytest.mark.parametrize("second", SECONDS.values(), ids=SECONDS.keys())
def test_of_two_reports_the_first_is_taken(second: str) -> None:
    text = f"{FIRST}\n{second}"
    sections = find_sections(document_of(text), PARTS)
    assert sections.further == len(FIRST) + 1
    assert [text[part.start : part.end].strip() for part in sections.parts] == BODIES


ONE_REPORT = {
    "alone": FIRST,
    "titles listed before": titled("柳溪镇", 2023) + "\n".join(HEADINGS) + "\n" + report(*HEADINGS, before=""),
    "titles with pages before": "目录\n" + "\n".join(f"{h}……{n}" for n, h in enumerate(HEADINGS, 1)) + "\n" + FIRST,
    "titles listed behind": FIRST + "\n" + "\n".join(HEADINGS),
    "links to other reports": FIRST + "\n" + titled("柳溪镇", 2022) + titled("柳溪镇", 2021) + titled("白石镇", 2023),
    "a title quoted": FIRST + "\n已发布《青石县林业局2022年政府信息公开工作年度报告》。",
    "tables as annexes": FIRST + "\n" + "\n".join(f"附件{n}\n{TITLES[n]}\n|合计|{n}|{n}|" for n in (1, 2, 3)),
    "headings in the overview": report(
        *TITLES,
        bodies=["主动公开情况\n公开及时。\n依申请公开情况\n没有申请。\n监督保障情况\n考核到位。", *BODIES[1:]],
    ),
    "a running title": report(*[f"柳溪镇2023年政府信息公开工作年度报告\n{h}" for h in HEADINGS]),
}


@pytest.mark.parametrize("text", ONE_REPORT.values(), ids=ONE_REPORT.keys())
def test_one_report_is_no_two(text: str) -> None:
    assert find_sections(document_of(text), PARTS).further is None


def test_numbering_given_up_in_between() -> None:
    titles = [*TITLES[:4], "存在的不足及改进措施", "其他需要报告事项"]
    headings = [f"{CN[i] if i not in (2, 3) else i + 1}、{title}" for i, title in enumerate(titles)]
    assert [part.key for part in found(report(*headings))] == KEYS
