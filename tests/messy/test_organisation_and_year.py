"""Groups 6 to 9: who reports on which year, and what speaks against it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.messy.reading import Reading, different, read
from tests.messy.report import BODY, IMPROVEMENTS, ISSUES, PREAMBLE, Report, made, paged, swap, worded, written

NAMELESS = "2024年政府信息公开工作年度报告"
SHORT_OR_TWO = "organisation_uncertain"


def whose(reading: Reading) -> str | None:
    """The organisation, with all else as the report by default has it."""
    assert different(reading.values, Report().values) == {}
    assert (reading.issues, reading.improvements) == (list(ISSUES), list(IMPROVEMENTS))
    assert reading.record.year == 2024
    evidence = reading.record.evidence.get("/organisation")
    name = reading.record.organisation
    assert name is None or (evidence is not None and name in "".join((evidence.raw or "").split()))
    return name


def spoken(own: str) -> dict[str, object]:
    """Texts that speak of the body as ``own`` and name none."""
    return {"title": NAMELESS, "overview": f"2024年，{own}把办事指南逐条核对了一遍。", "part_six": "无。"}


# ---- 6: no body in the title -------------------------------------------------------------------------------------
ELSEWHERE = {
    "announced": (f"现公布{BODY}2024年政府信息公开工作年度报告。{PREAMBLE}", BODY),
    "based on its practice": (f"结合2024年{BODY}政府信息公开工作实际，编制发布本报告。{PREAMBLE}", BODY),
    "made by": (f"本报告由{BODY}根据条例编制。{PREAMBLE}", BODY),
    "contact sentence": (f"{PREAMBLE}如有疑问，请与{BODY}联系（地址：望溪镇石桥街9号，电话：0999-5550123）。", BODY),
    "contact office of the body": (f"{PREAMBLE}如有疑问，请与{BODY}党政综合办公室联系（电话：0999-5550123）。", BODY),
    "contact of a bureau": (f"{PREAMBLE}请与云岫县水利局联系（邮编：499001，电话：0999-5550177）。", "云岫县水利局"),
    "contact in other words": (f"{PREAMBLE}欢迎与云岫县水利局联系（电话：0999-5550177）。", "云岫县水利局"),
}


@pytest.mark.parametrize(("preamble", "body"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_group_6_the_body_stands_in_the_preamble_or_the_contact(preamble: str, body: str) -> None:
    reading = read(written(title=NAMELESS, preamble=preamble))
    assert whose(reading) == body
    assert reading.codes == []


def test_group_6_the_body_stands_in_the_signature_alone() -> None:
    reading = read(written(title=NAMELESS, after=f"{BODY}\n2025年1月16日"))
    assert whose(reading) == BODY
    assert reading.record.published == date(2025, 1, 16)


@pytest.mark.parametrize("own", ["我镇", "我局", "我街道", "本机关"])
def test_group_6_a_pronoun_alone_names_no_body(own: str) -> None:
    reading = read(written(made(**spoken(own))))
    assert whose(reading) is None
    assert reading.record.body.region is None
    assert reading.named("missing_field") == {"/organisation"}
    assert reading.errors == ["missing_field"]


def test_group_6_the_pronoun_decides_between_the_bodies_named() -> None:
    preamble = f"{PREAMBLE}本报告可从云岫县人民政府网站查阅，如有疑问请与云岫县望溪镇人民政府联系。"
    reading = read(written(made(**spoken("我镇"), preamble=preamble)))
    assert whose(reading) == BODY


# ---- 7: short forms and other bodies ------------------------------------------------------------------------------
SHORT = {
    "市人社局": "市人社局2024年政府信息公开工作年度报告",
    "县档案馆": "县档案馆2024年政府信息公开工作年度报告",
    "区人民政府办公室": "区人民政府办公室2024年政府信息公开工作年度报告",
}


@pytest.mark.parametrize(("name", "title"), SHORT.items())
def test_group_7_a_short_form_alone_is_uncertain(name: str, title: str) -> None:
    reading = read(written(title=title))
    assert whose(reading) == name
    assert reading.named(SHORT_OR_TWO) == {"/organisation"}
    assert (reading.errors, reading.record.body.region) == ([], None)


@pytest.mark.parametrize(
    ("title", "preamble", "body"),
    [
        ("望溪镇2024年政府信息公开工作年度报告", f"请与{BODY}联系。{PREAMBLE}", BODY),
        ("市水务局2024年政府信息公开工作年度报告", f"请与白砚市水务局联系。{PREAMBLE}", "白砚市水务局"),
        ("松影街道2024年政府信息公开工作年度报告", f"请与东篱区松影街道办事处联系。{PREAMBLE}", "东篱区松影街道办事处"),
        ("云岫县2024年政府信息公开工作年度报告", "现公布云岫县人民政府2024年政务公开年报。", "云岫县人民政府"),
    ],
    ids=["town", "bureau", "subdistrict", "county"],
)  # fmt: skip
def test_group_7_the_fullest_form_is_taken(title: str, preamble: str, body: str) -> None:
    reading = read(written(title=title, preamble=preamble))
    assert whose(reading) == body
    assert reading.codes == []


PUBLISHERS = {
    "a line": "发布机构：云岫县大数据中心",
    "a line with a wide gap": "发布机构　：　云岫县大数据中心",
    "a line of a page": "信息来源：云岫县人民政府办公室　发布时间：2025-01-20",
}


@pytest.mark.parametrize("before", PUBLISHERS.values(), ids=PUBLISHERS)
@pytest.mark.parametrize("title", [f"{BODY}{NAMELESS}", NAMELESS], ids=["named", "nameless"])
def test_group_7_the_publisher_of_the_page_is_another_body(before: str, title: str) -> None:
    preamble = f"{PREAMBLE}如有疑问，请与{BODY}联系。"
    reading = read(written(title=title, before=before, preamble=preamble))
    assert whose(reading) == BODY
    assert reading.codes == []


def test_group_7_the_publisher_of_a_web_page_is_another_body() -> None:
    index = "<table><tr><td>发布机构</td><td>云岫县大数据中心</td><td>发布日期</td><td>2025-02-11</td></tr></table>"
    preamble = f"{PREAMBLE}如有疑问，请与{BODY}联系。"
    reading = read(paged(title=NAMELESS, before=index, preamble=preamble))
    assert whose(reading) == BODY
    assert reading.record.published is None


PARENTS = {
    "its site": "本报告电子版可在云岫县人民政府门户网站（www.example.org）下载。",
    "its site before the body": "本报告可从云岫县人民政府网站查阅。",
    "its demands": "按照云岫县人民政府办公室的要求，现将有关情况报告如下。",
    "the county above it": "在云岫县委、县政府的领导下，各项工作平稳。",
}


@pytest.mark.parametrize("sentence", PARENTS.values(), ids=PARENTS)
def test_group_7_the_parent_government_or_its_site_is_not_the_body(sentence: str) -> None:
    preamble = f"{sentence}{PREAMBLE}如有疑问，请与望溪镇人民政府联系。"
    reading = read(written(title=NAMELESS, preamble=preamble))
    assert whose(reading) == "望溪镇人民政府"
    assert reading.codes == []


BUREAU = "云岫县自然资源和规划局"
SPLIT = {
    "between body and report": (f"{BUREAU}\n{NAMELESS}", BUREAU),
    "three lines with spaces": ("云岫县自然资源 和规划局\n2024年政府信息公开\n工作年度报告", BUREAU),
    "inside 人民政府": ("云岫县望溪镇\n人民政府2024年政府信息公开工作年度报告", BODY),
    "before the last letter": ("云岫县自然资源和规划\n局2024年政府信息公开工作年度报告", BUREAU),
    "before 和": ("云岫县自然资源\n和规划局2024年政府信息公开工作年度报告", BUREAU),
    "before 和, after the year": ("2024年云岫县自然资源\n和规划局政府信息公开工作年度报告", BUREAU),
    "before 和, three lines": (f"云岫县自然资源\n和规划局\n{NAMELESS}", BUREAU),
    "behind 和": ("云岫县自然资源和\n规划局2024年政府信息公开工作年度报告", BUREAU),
    "inside a word": ("云岫县农业\n农村局2024年政府信息公开工作年度报告", "云岫县农业农村局"),
    "behind the county": ("云岫县\n农业农村局2024年政府信息公开工作年度报告", "云岫县农业农村局"),
    "before 镇": ("云岫县望溪\n镇人民政府2024年政府信息公开工作年度报告", BODY),
}


@pytest.mark.parametrize(("title", "body"), SPLIT.values(), ids=SPLIT)
def test_group_7_the_body_is_split_over_lines(title: str, body: str) -> None:
    reading = read(written(title=title))
    assert whose(reading) == body
    assert reading.record.title == "".join(title.split())
    assert reading.codes == []


@pytest.mark.parametrize("write", [paged, worded], ids=["page", "word"])
def test_group_7_the_body_is_split_over_paragraphs(write: Callable[[Report], str | bytes]) -> None:
    reading = read(write(made(title=f"{BUREAU}\n{NAMELESS}")))
    assert whose(reading) == BUREAU
    assert reading.record.title == f"{BUREAU}{NAMELESS}"


NOTICES = {
    "on one line": "云岫县人民政府办公室关于印发《{}》的通知",
    "on two lines": "云岫县人民政府办公室\n关于公布《{}》的通知",
    "without brackets": "关于公开{}的公告",
}


@pytest.mark.parametrize("notice", NOTICES.values(), ids=NOTICES)
def test_group_7_the_title_is_wrapped_in_a_covering_notice(notice: str) -> None:
    title = f"{BODY}{NAMELESS}"
    before = f"{notice.format(title)}\n各村、各单位：\n现将《{title}》印发给你们，请认真阅读。"
    reading = read(written(before=before, title=title))
    assert whose(reading) == BODY
    assert reading.record.title == title


@pytest.mark.parametrize("notice", NOTICES.values(), ids=NOTICES)
def test_group_7_the_title_stands_in_the_covering_notice_alone(notice: str) -> None:
    title = f"{BODY}{NAMELESS}"
    reading = read(written(title=notice.format(title)))
    assert whose(reading) == BODY
    assert reading.record.title == title


def test_group_7_signature_of_another_body_is_uncertain() -> None:
    reading = read(written(after="白砚市东篱区松影街道办事处\n2025年1月16日"))
    assert whose(reading) == BODY
    assert reading.named(SHORT_OR_TWO) == {"/organisation"}


# ---- 8: years that disagree --------------------------------------------------------------------------------------
def test_group_8_title_and_period_disagree() -> None:
    period = "所列数据的统计期限自2021年1月1日起至2021年12月31日止。"
    reading = read(written(title=f"{BODY}2020年政府信息公开工作年度报告", preamble=period, overview="镇里设了查阅角。"))
    assert reading.codes == ["year_conflict"]
    assert {"/year", "/period"} <= reading.named("year_conflict")
    assert reading.findings("year_conflict")[0].cause == "source"
    assert reading.record.year in (2020, 2021)
    period_of = reading.record.period
    assert period_of is not None
    assert (period_of.start, period_of.end) == (date(2021, 1, 1), date(2021, 12, 31))


@pytest.mark.parametrize("year", [2021, 2020])
def test_group_8_the_text_decides_where_title_and_period_disagree(year: int) -> None:
    period = "所列数据的统计期限自2021年1月1日起至2021年12月31日止。"
    overview = f"{year}年，我镇设了查阅角。{year}年，我镇把办事指南核对了一遍。"
    reading = read(written(title=f"{BODY}2020年政府信息公开工作年度报告", preamble=period, overview=overview))
    assert reading.codes == ["year_conflict"]
    assert reading.record.year == year


@pytest.mark.parametrize(
    "sentence",
    [
        "2022年本机关依申请提供政府信息没有收费",
        "2022年度，本机关依申请公开政府信息未收费",
        "2023年我镇未收取信息处理费",
        "2022年，我镇共收到政府信息公开申请0件",
    ],
)
def test_group_8_a_year_left_over_from_an_old_report(sentence: str) -> None:
    reading = read(written(part_six=f"{sentence}。"))
    assert reading.codes == ["stale_year"]
    assert reading.record.year == 2024
    assert "stale_year" in reading.codes
    assert reading.findings("stale_year")[0].severity == "warning"
    assert sentence[:5] in reading.findings("stale_year")[0].message


def test_group_8_published_in_the_next_year() -> None:
    reading = read(written(after=f"{BODY}\n2025年1月16日"))
    assert whose(reading) == BODY
    assert reading.record.published == date(2025, 1, 16)
    assert reading.codes == []


@pytest.mark.parametrize("after", ["2025年1月16日", "二〇二五年一月十六日", f"{BODY} 2025年1月16日", "2025-01-16"])
def test_group_8_ways_to_sign_the_day(after: str) -> None:
    reading = read(written(after=after))
    assert (reading.record.published, reading.record.year, reading.codes) == (date(2025, 1, 16), 2024, [])
    assert reading.matters == ["本机关2024年度没有收取信息处理费"]


@pytest.mark.parametrize(
    "sentence",
    [
        "迎接2023年度政务公开考核，各村整理了台账。",
        "根据2023年度第三方评估反馈，镇里更正了三处差错。",
        "与2023年相比，来镇查阅的人数有所增加。",
        "2023年11月启用的查阅角继续开放。",
        "《云岫县“十四五”规划（2021—2025年）》已全文公开。",
    ],
)
def test_group_8_an_earlier_year_that_is_not_reported_on(sentence: str) -> None:
    reading = read(written(overview=f"2024年，镇里把办事指南核对了一遍。{sentence}"))
    assert whose(reading) == BODY
    assert reading.codes == []


CLOCKS = [
    "今天是2026年11月20日 星期五",
    "2026年11月20日 星期五 10:42:07",
    "发布时间：2026-03-18 09:15",
    "更新日期：2026年3月18日",
]


@pytest.mark.parametrize("clock", CLOCKS)
def test_group_8_page_clocks(clock: str) -> None:
    reading = read(paged(before=f"<div>{clock}</div>"))
    assert whose(reading) == BODY
    assert (reading.record.published, reading.codes) == (None, [])


@pytest.mark.parametrize("clock", CLOCKS[2:])
def test_group_8_page_clocks_in_plain_text(clock: str) -> None:
    reading = read(written(before=clock, after=clock))
    assert whose(reading) == BODY
    assert (reading.record.published, reading.codes) == (None, [])


# ---- 9: digits between words dropped -----------------------------------------------------------------------------
PERIODS = [
    "统计期限为202411日至20241231日",
    "统计期限为 202411日至20241231日",
    "统计期限自202411日起至20241231日止",
    "统计期限为2024 年 1 月 1 日至 2024 年 12 月 31 日",
    "统计期限为2024年1月1日至12月31日",
    "统计期限为2024.1.1-2024.12.31",
]


@pytest.mark.parametrize("words", PERIODS)
def test_group_9_a_period_without_its_words(words: str) -> None:
    reading = read(written(preamble=f"{words}。"))
    period = reading.record.period
    assert period is not None
    assert (period.start, period.end) == (date(2024, 1, 1), date(2024, 12, 31))
    assert whose(reading) == BODY
    assert reading.codes == []


def test_group_9_a_document_number_without_its_words_is_no_year() -> None:
    preamble = f"根据《政府信息公开工作年度报告格式》（国办公开办函〔202130号）编制。{PREAMBLE}"
    reading = read(written(title=f"{BODY}政府信息公开工作年度报告", preamble=preamble))
    assert whose(reading) == BODY
    assert reading.codes == []


def test_group_9_the_year_of_a_report_that_states_it_in_the_period_alone() -> None:
    title = f"{BODY}政府信息公开工作年度报告"
    reading = read(written(title=title, preamble="统计期限为202411日至20241231日。", overview="镇里设了查阅角。"))
    assert whose(reading) == BODY


def test_group_9_dropped_words_leave_the_tables_alone() -> None:
    text = swap(written(), "自2024年1月1日起至2024年12月31日止", "为202411日至20241231日")
    reading = read(swap(text, "信息公开条例》", "信息公开条例》（国务院令第711号）和〔202130号"))
    assert whose(reading) == BODY
    assert reading.codes == []
