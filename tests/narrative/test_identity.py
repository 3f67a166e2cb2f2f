"""Title, body, level, region, year, period, signature: wordings, layouts, conflicts."""

from __future__ import annotations

from datetime import date

import pytest

from extractor.draft import Draft
from extractor.forms import builtin_forms
from extractor.narrative import read_claims, read_identity, read_items, read_overview
from extractor.narrative.bodies import level_of, region_of, same_body, whole_body
from extractor.narrative.dates import periods
from extractor.pipeline import read_report
from extractor.record import Period
from tests.factories import document_of, draft_of

NAME = "政府信息公开工作年度报告"


def report(
    top: str, preamble: str = "根据条例编制本报告。", overview: str = "全年工作有序。", end: str = "无"
) -> Draft:
    draft = draft_of(f"{top}\n{preamble}\n一、总体情况\n{overview}\n六、其他需要报告的事项\n{end}")
    read_identity(draft)
    return draft


def codes(draft: Draft) -> list[str]:
    return [finding.code for finding in draft.findings]


# ---- title -------------------------------------------------------------------------------------------------------
TITLES = [
    (f"柳溪镇2023年{NAME}", f"柳溪镇2023年{NAME}"),
    (f"柳溪镇 2023 年 {NAME}", f"柳溪镇2023年{NAME}"),
    ("柳溪镇人民政府\n2023年政府信息公开\n工作年度报告", f"柳溪镇人民政府2023年{NAME}"),
    (f"柳溪镇人民政府\n2023年{NAME}", f"柳溪镇人民政府2023年{NAME}"),
    (f"柳溪镇人民政府2023年\n{NAME}", f"柳溪镇人民政府2023年{NAME}"),
    (f"# 柳溪镇2023年{NAME}", f"柳溪镇2023年{NAME}"),
    (f"**柳溪镇2023年{NAME}**", f"柳溪镇2023年{NAME}"),
    (f"《柳溪镇2023年{NAME}》", f"柳溪镇2023年{NAME}"),
    (f"标题：柳溪镇2023年{NAME}", f"柳溪镇2023年{NAME}"),
    (f"首页 > 政府信息公开年报\n柳溪镇2023年{NAME}\n发布时间：2024-01-09", f"柳溪镇2023年{NAME}"),
    (f"政府信息公开年报\n柳溪镇２０２３年{NAME}", f"柳溪镇２０２３年{NAME}"),
    (f"关于印发《柳溪镇2023年{NAME}》的通知", f"柳溪镇2023年{NAME}"),
    (f"关于印发《柳溪镇2023年{NAME}》的通知\n各村：\n柳溪镇2023年{NAME}", f"柳溪镇2023年{NAME}"),
    (f"2023年{NAME}", f"2023年{NAME}"),
    ("柳溪镇政府信息公开工作2023年度报告", "柳溪镇政府信息公开工作2023年度报告"),
    ("柳溪镇2023年政府信息公开工作的年度报告", "柳溪镇2023年政府信息公开工作的年度报告"),
    ("柳溪镇政府2023年信息公开工作报告", "柳溪镇政府2023年信息公开工作报告"),
    (f"柳溪镇{NAME}（2023年度）", f"柳溪镇{NAME}（2023年度）"),
    (f"|柳溪镇2023年{NAME}|", f"柳溪镇2023年{NAME}"),
]


@pytest.mark.parametrize(("top", "title"), TITLES)
def test_title(top: str, title: str) -> None:
    draft = report(top)
    assert draft.title == title
    assert draft.year == 2023
    source = draft.evidence["/title"].source
    assert draft.document.text[source.start : source.end] == draft.evidence["/title"].raw


def test_no_title() -> None:
    draft = report("今天天气晴。")
    assert (draft.title, draft.year, draft.organisation) == (None, None, None)


# ---- organisation ------------------------------------------------------------------------------------------------
BODIES = [
    (f"柳溪镇2023年{NAME}", "", "", "无", "柳溪镇"),
    (f"青石县柳溪镇人民政府2023年{NAME}", "", "", "无", "青石县柳溪镇人民政府"),
    (f"2023年度柳溪街道{NAME}", "", "", "无\n柳溪街道办事处\n2024年1月9日", "柳溪街道办事处"),
    (
        f"柳溪镇2023年{NAME}",
        "如有疑问，请与江州市青石县柳溪镇人民政府联系（电话：123）。",
        "",
        "无",
        "江州市青石县柳溪镇人民政府",
    ),
    (
        f"2023年{NAME}",
        "请与江州市青石县柳溪街道办事处联系（地址：柳溪路1号）。",
        "",
        "无",
        "江州市青石县柳溪街道办事处",
    ),
    (
        f"2023年{NAME}",
        "结合2023年江州市青石县柳溪街道政府信息公开工作实际，编制本报告。报告可从青石县人民政府网站查阅。",
        "",
        "无",
        "江州市青石县柳溪街道",
    ),
    (f"2023年{NAME}", "现公布青石县教育局2023年政府信息公开工作年度报告。", "我局高度重视。", "无", "青石县教育局"),
    (f"2023年{NAME}", "本报告由江州市水务局编制。", "", "无", "江州市水务局"),
    (f"2023年{NAME}", "根据条例编制。", "2023年，青石县林业局认真贯彻条例。", "无", "青石县林业局"),
    (f"2023年{NAME}", "根据条例编制。", "有序。", "无\n青石县林业局\n2024年1月9日", "青石县林业局"),
    (f"洪山区人民政府2023年{NAME}", "本报告由江州市洪山区人民政府办公室编制。", "", "无", "江州市洪山区人民政府"),
    (
        f"江州市洪山区人民政府办公室2023年{NAME}",
        "请与江州市洪山区人民政府办公室联系。",
        "",
        "无",
        "江州市洪山区人民政府办公室",
    ),
    (f"和平区财政局2023年{NAME}", "请与江州市和平区财政局联系。", "", "无", "江州市和平区财政局"),
    (f"青石县卫健委2023年{NAME}", "", "", "无\n青石县卫生健康委员会\n2024年1月9日", "青石县卫生健康委员会"),
    (
        f"西岭开发区管委会2023年{NAME}",
        "特公布江州西岭开发区管理委员会2023年政府信息公开年度报告。",
        "",
        "无",
        "江州西岭开发区管理委员会",
    ),
    (f"2023年江州市{NAME}", "由江州市人民政府办公室汇总编制。", "", "无", "江州市人民政府"),
    (f"市应急管理局2023年{NAME}", "请与江州市应急管理局办公室联系。", "", "无", "江州市应急管理局"),
    (f"2023年{NAME}", "请与青石县柳溪镇党政综合办公室联系。", "我镇有序推进。", "无", "青石县柳溪镇"),
    (f"交通运输部2023年{NAME}", "", "", "无", "交通运输部"),
    (f"2023年{NAME}", "根据条例编制。", "我镇认真落实。", "无", None),
    (f"2023年{NAME}", "按照青石县人民政府部署编制。", "我镇在县委、县政府领导下认真落实。", "无", None),
]


@pytest.mark.parametrize(("title", "preamble", "overview", "end", "name"), BODIES)
def test_organisation(title: str, preamble: str, overview: str, end: str, name: str | None) -> None:
    draft = report(title, preamble or "根据条例编制本报告。", overview or "全年有序。", end)
    assert draft.organisation == name
    assert "organisation_uncertain" not in codes(draft)


@pytest.mark.parametrize(
    ("title", "end", "name"),
    [
        (f"市人社局2023年{NAME}", "无", "市人社局"),
        (f"财政局2023年{NAME}", "无", "财政局"),
        (f"区人民政府办公室2023年{NAME}", "无", "区人民政府办公室"),
        (f"柳溪镇2023年{NAME}", "无\n青石县水务局\n2024年1月9日", "柳溪镇"),
    ],
)
def test_organisation_uncertain(title: str, end: str, name: str) -> None:
    draft = report(title, end=end)
    assert draft.organisation == name
    assert codes(draft) == ["organisation_uncertain"]
    assert name in draft.findings[0].message


def test_a_body_over_two_lines() -> None:
    draft = report(f"江州市青石县自然资源\n和规划局2023年{NAME}")
    assert draft.organisation == "江州市青石县自然资源和规划局"


LEVELS = [
    ("交通运输部", "state"),
    ("国家统计局", "state"),
    ("国家税务总局青石县税务局", "department"),
    ("云岭省人民政府", "province"),
    ("重庆市人民政府", "province"),
    ("江州市人民政府", "city"),
    ("江州市广水市人民政府", "county"),
    ("云岭自治州人民政府", "city"),
    ("江州市青石县人民政府", "county"),
    ("浦江新区人民政府", "county"),
    ("柳溪镇", "township"),
    ("青石县柳溪乡人民政府", "township"),
    ("柳溪街道办事处", "township"),
    ("北环路街道", "township"),
    ("江州市财政局", "department"),
    ("青石县人民政府办公室", "department"),
    ("青石县发展和改革委员会", "department"),
    ("江州市国有资产监督管理委员会", "department"),
    ("江州市公共资源交易中心", "department"),
    ("西岭开发区管委会", "other"),
    ("江州师范学院", "other"),
    ("江州水务集团", "other"),
]


@pytest.mark.parametrize(("name", "level"), LEVELS)
def test_level(name: str, level: str) -> None:
    assert level_of(name, "") == level


def test_a_city_whose_text_speaks_of_towns_is_a_county() -> None:
    assert level_of("平安市人民政府", "各镇街、各部门认真落实") == "county"
    assert level_of("平安市人民政府", "各镇街、各县（市、区）认真落实".replace("（", "(")) == "city"


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("江州市青石县柳溪镇", "江州市青石县"),
        ("云岭省江州市财政局", "云岭省江州市"),
        ("苏州市姑苏区城市管理局", "苏州市姑苏区"),
        ("青岛市市北区财政局", "青岛市市北区"),
        ("兖州区财政局", "兖州区"),
        ("江州市城市管理局", "江州市"),
        ("云岭省盐城市财政局", "云岭省盐城市"),
        ("成都市青羊区社区服务中心", "成都市青羊区"),
        ("云岭区市场监管局", "云岭区"),
        ("江州市云岭区市场监督管理局", "江州市云岭区"),
        ("内蒙古自治区呼和浩特市新城区", "内蒙古自治区呼和浩特市新城区"),
        ("财政局", None),
    ],
)
def test_region(name: str, region: str | None) -> None:
    assert region_of(name) == region


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("春晓街道", "春晓街道办事处", True),
        ("柳溪镇", "青石县柳溪镇人民政府", True),
        ("柳溪镇", "青石县柳溪乡", False),
        ("青石县卫健委", "青石县卫生健康委员会", True),
        ("云岭区市场监管局", "江州市云岭区市场监督管理局", True),
        ("市资规局", "江州市自然资源和规划局", True),
        ("江州市人社局", "江州市人力资源和社会保障局", True),
        ("洪山区人民政府", "洪山区人民政府办公室", False),
        ("青石县财政局", "青石县税务局", False),
        ("青石县财政局", "白石县财政局", False),
    ],
)
def test_same_body(one: str, other: str, *, same: bool) -> None:
    assert same_body(one, other) is same


@pytest.mark.parametrize(
    ("words", "body"),
    [
        ("青石县柳溪镇党政综合办公室", "青石县柳溪镇"),
        ("青石县教育局政务公开工作领导小组办公室", "青石县教育局"),
        ("青石县财政局秘书科", "青石县财政局"),
        ("柳溪街道办事处", "柳溪街道办事处"),
        ("青石县柳溪镇人民政府", "青石县柳溪镇人民政府"),
    ],
)
def test_whole_body(words: str, body: str) -> None:
    assert whole_body(words) == body


# ---- year, period, signature -------------------------------------------------------------------------------------
WHOLE_2024 = Period(date(2024, 1, 1), date(2024, 12, 31))
PERIODS = [
    "统计期限自2024年1月1日起至2024年12月31日止",
    "数据统计期限为2024年1月1日至12月31日",
    "统计期限从2024年1月1日到12月31日止",
    "统计期限自２０２４年１月１日至１２月３１日",
    "统计期限自 2024 年 1 月 1 日起至 2024 年 12 月 31 日止",
    "统计期限自二〇二四年一月一日起至二〇二四年十二月三十一日止",
    "统计时限为2024年1月1日—12月31日",
    "2024年1月1日---2024年12月31日",
    "统计期限为2024.1.1-2024.12.31",
    "统计期限为2024年1月至12月",
    "统计期限为202411日至20241231日",
    "统计期限为202411日到1231日",
    "统计期限为1月1日至12月31日",
    "统计期限自2024年1月1日零时起，至2024年12月31日止",
    "统计期限自20 24年1月1日起至20 24年12月31日止",
    "截至2024年12月31日，自2024年1月1日起算",
    "统计期限为2024 年 1 月 1 日至 2024 年 \n12 月 31 日",
]


@pytest.mark.parametrize("words", PERIODS)
def test_period(words: str) -> None:
    draft = report(f"柳溪镇2024年{NAME}", f"本报告所列数据{words}。")
    assert draft.period == WHOLE_2024
    assert draft.year == 2024
    assert codes(draft) == []


@pytest.mark.parametrize(
    "words", ["2024年3月1日至5月31日开展专项行动", "国办公开办函〔2021〕30号", "2024年2月30日至3月1日"]
)
def test_other_ranges_are_no_period(words: str) -> None:
    assert report(f"柳溪镇2024年{NAME}", f"{words}。").period is None


def test_a_period_of_part_of_a_year() -> None:
    draft = report(f"柳溪镇2024年{NAME}", "统计期限自2024年3月1日起至2024年12月31日止。")
    assert draft.period == Period(date(2024, 3, 1), date(2024, 12, 31))


@pytest.mark.parametrize("text", ["", "年", "至", "2024年1月1日至", "13月1日至14月1日", "1月1日至" * 1000])
def test_odd_periods(text: str) -> None:
    assert isinstance(periods(text, 0, len(text), 2024), list)


@pytest.mark.parametrize(
    ("end", "day"),
    [
        ("无\n柳溪镇人民政府\n2024年1月9日", date(2024, 1, 9)),
        ("无\n柳溪镇人民政府 2024年1月9日", date(2024, 1, 9)),
        ("无\n2024年1月9日", date(2024, 1, 9)),
        ("无\n二〇二四年一月十三日", date(2024, 1, 13)),
        ("无\n二○二四年元月十三日", date(2024, 1, 13)),
        ("无\n2024-01-13", date(2024, 1, 13)),
        ("无\n2024.1.13", date(2024, 1, 13)),
        ("无\n柳溪镇人民政府（盖章）\n2024 年 1 月 13 日", date(2024, 1, 13)),
        ("无\n发布时间：2024-01-13", None),
        ("无\n2024-01-13 10:22", None),
        ("2024年1月9日召开会议。", None),
        ("无\n柳溪镇人民政府", None),
        ("无", None),
    ],
)
def test_published(end: str, day: date | None) -> None:
    assert report(f"柳溪镇2023年{NAME}", end=end).published == day


CONFLICTS = [
    (f"柳溪镇2020年{NAME}", "统计期限自2021年1月1日起至2021年12月31日止。", "2021年，我镇认真落实。", 2021),
    (f"柳溪镇2021年{NAME}", "统计期限自2020年1月1日起至2020年12月31日止。", "2021年，我镇认真落实。", 2021),
    (f"柳溪镇2021年{NAME}", "统计期限自2020年1月1日起至2020年12月31日止。", "有序。", 2021),
    (f"柳溪镇2023年{NAME}", "现公布柳溪镇2022年政府信息公开工作年度报告。", "有序。", 2023),
    (f"柳溪镇2023年{NAME}", "统计期限自2022年1月1日起至2023年12月31日止。", "有序。", 2023),
    (f"柳溪镇2024年{NAME}", "根据条例编制。", "2022年，全镇有序推进。", 2024),
]


@pytest.mark.parametrize(("title", "preamble", "overview", "year"), CONFLICTS)
def test_year_conflict(title: str, preamble: str, overview: str, year: int) -> None:
    draft = report(title, preamble, overview)
    assert draft.year == year
    assert codes(draft) == ["year_conflict"]
    finding = draft.findings[0]
    assert finding.paths[0] == "/year"
    assert ("/period" in finding.paths) == ("统计期限" in preamble)
    assert "写“" in finding.message


def test_a_signature_before_the_year_is_a_conflict() -> None:
    draft = report(f"柳溪镇2024年{NAME}", end="无\n2023年1月9日")
    assert [finding.paths for finding in draft.findings] == [["/year", "/published"]]


NO_CONFLICTS = [
    "按照2019年修订的条例和国办公开办函〔2021〕30号要求编制。",
    "迎接2023年度全市政务公开考核，名列前茅。",
    "2024年，主动公开信息12条，比2023年增加3条。",
    "2025年，我镇将继续努力。",
    "落实“十四五”规划和2023年政务公开工作要点。",
    "公开了2023年度部门决算和2024年度预算。",
    "自2008年以来，累计公开信息900条。",
    "2023年11月，我镇启用新平台。",
]


@pytest.mark.parametrize("sentence", NO_CONFLICTS)
def test_other_years_are_no_conflict(sentence: str) -> None:
    draft = report(f"柳溪镇2024年{NAME}", overview=f"2024年，我镇认真落实。{sentence}", end="无\n2025年1月9日")
    read_overview(draft)
    read_items(draft)
    read_claims(draft)
    assert draft.year == 2024
    assert codes(draft) == []


@pytest.mark.parametrize(
    ("overview", "end", "pointer"),
    [
        ("有序。", "2022年本机关没有收费。", "/narrative/other_matters/t1"),
        ("有序。", "按照规定，2022年度，我局未收取费用。", "/narrative/other_matters/t1"),
        ("2024年，有序。\n2023年，我镇未收到申请。", "无", "/narrative/overview/o2"),
        ("2024年，有序。\n2023年全年共收到申请3件。", "无", "/narrative/overview/o2"),
    ],
)
def test_stale_year(overview: str, end: str, pointer: str) -> None:
    draft = report(f"柳溪镇2024年{NAME}", overview=overview, end=end)
    read_overview(draft)
    read_items(draft)
    read_claims(draft)
    assert codes(draft) == ["stale_year"]
    assert draft.findings[0].paths == ["/year", pointer]
    assert not draft.narrative.claims


def test_year_from_text_alone() -> None:
    draft = report("柳溪镇政府信息公开工作年度报告", overview="2022年，我镇认真落实。2022年共公开12条。")
    assert draft.year == 2022
    assert codes(draft) == []


def test_year_in_chinese_digits() -> None:
    assert report(f"柳溪镇二〇二二年度{NAME}").year == 2022


# ---- more than one report ----------------------------------------------------------------------------------------
def test_a_second_report_is_an_error() -> None:
    parts = [part.title for part in builtin_forms()[0].parts]
    one, other = (
        f"{body}2023年{NAME}\n" + "\n".join(f"{title}\n{words}。" for title in parts) + f"\n{body}\n2024年1月{day}日"
        for body, words, day in (("柳溪镇人民政府", "全镇平稳", 8), ("青石县林业局", "全局平稳", 9))
    )
    draft = read_report(document_of(f"{one}\n{other}"), builtin_forms())
    assert (draft.organisation, draft.published) == ("柳溪镇人民政府", date(2024, 1, 8))
    finding = next(finding for finding in draft.findings if finding.code == "several_reports")
    assert finding.severity == "error" and "/source" in finding.paths and "柳溪镇" in finding.message


# ---- title and year on lines of their own ------------------------------------------------------------------------
YEARS_APART = [
    (f"柳溪镇{NAME}\n（2023年度）", f"柳溪镇{NAME}（2023年度）"),
    (f"柳溪镇{NAME}\n2023年", f"柳溪镇{NAME}2023年"),
    (f"2023年度\n柳溪镇{NAME}", f"2023年度柳溪镇{NAME}"),
    (f"柳溪镇2023年{NAME}\n（2024年）", f"柳溪镇2023年{NAME}"),
    (f"柳溪镇2023年{NAME}\n2024年1月5日", f"柳溪镇2023年{NAME}"),
]


@pytest.mark.parametrize(("top", "title"), YEARS_APART)
def test_year_on_a_line_of_its_own(top: str, title: str) -> None:
    draft = report(top)
    assert (draft.title, draft.year, draft.organisation) == (title, 2023, "柳溪镇")


TITLE_BODIES = [
    ("中国（云岭）自由贸易试验区管理委员会", "中国（云岭）自由贸易试验区管理委员会"),
    ("江州市云岫区（云岫新城）管理委员会", "江州市云岫区（云岫新城）管理委员会"),
    ("青石县林业局（本级）", "青石县林业局"),
]


@pytest.mark.parametrize(("body", "name"), TITLE_BODIES)
def test_brackets_in_a_name(body: str, name: str) -> None:
    assert report(f"{body}2023年{NAME}").organisation == name


@pytest.mark.parametrize(
    "topic", ["法治政府建设暨", "依法行政和", "推进法治政府建设工作情况及", "政务服务和", "依法治县工作、"]
)
def test_a_title_that_reports_on_two_things(topic: str) -> None:
    draft = report(f"青石县林业局2023年{topic}{NAME}")
    assert (draft.organisation, codes(draft)) == ("青石县林业局", [])


@pytest.mark.parametrize("body", ["青石县政务服务和大数据局", "青石县法治局"])
def test_a_body_named_like_a_topic(body: str) -> None:
    assert report(f"{body}2023年{NAME}").organisation == body


# ---- who signs ---------------------------------------------------------------------------------------------------
SIGNED = [
    ("江州市高新技术产业开发区管委会\n2024年1月5日", "我委公开及时。", "江州市高新技术产业开发区管委会"),
    ("青石县卫生健康局\n2024年1月5日", "我委公开及时。", "青石县卫生健康局"),
    ("国家林业总署\n2024年1月5日", "我署公开及时。", "国家林业总署"),
    ("青石县林业局\n2024年1月5日", "我部门公开及时。", "青石县林业局"),
    ("2024年1月5日\n青石县林业局", "我局公开及时。", "青石县林业局"),
    ("青石县柳溪镇人民政府\n2024年1月5日", "我街道公开及时。", "青石县柳溪镇人民政府"),
    ("青石县人民政府办公室\n2024年1月5日", "我镇公开及时。", None),
    ("青石县林业局\n2024年1月5日", "我镇公开及时。", None),
]


@pytest.mark.parametrize(("end", "overview", "name"), SIGNED)
def test_who_signs(end: str, overview: str, name: str | None) -> None:
    draft = report(f"2023年{NAME}", overview=f"全年平稳。{overview}", end=f"无。\n{end}")
    assert (draft.organisation, draft.published) == (name, date(2024, 1, 5))


SENTENCES = [
    ("结合青石县林业局工作实际，编制本报告。", "青石县林业局"),
    ("结合2023年青石县柳溪镇实际，编制本报告。", "青石县柳溪镇"),
    ("结合全县工作实际，编制本报告。", None),
    (f"根据条例要求，青石县林业局现向社会公布2023年{NAME}。", "青石县林业局"),
    (f"按照规定，青石县人民政府办公室现将2023年{NAME}公布如下。", None),
    ("经县政府同意，现向社会公布本报告。", None),
    ("本报告由云岫区人民政府望溪街道办事处编制。", "云岫区人民政府望溪街道办事处"),
]


@pytest.mark.parametrize(("preamble", "name"), SENTENCES)
def test_sentences_that_name_the_body(preamble: str, name: str | None) -> None:
    assert report(f"2023年{NAME}", preamble).organisation == name


@pytest.mark.parametrize(
    ("above", "name"),
    [
        ("现将云岭省江州市", "云岭省江州市青石县林业局"),
        ("现将江州市", "江州市青石县林业局"),
        ("現將嶺東市", "嶺東市青石县林业局"),
        ("现将有关情况公布如下", "青石县林业局"),
    ],
)
def test_a_body_whose_region_stands_on_the_line_above(above: str, name: str) -> None:
    preamble = f"按照条例规定，{above}\n青石县林业局2023年政府信息公开工作情况报告如下。"
    draft = report(f"青石县林业局2023年{NAME}", preamble)
    assert draft.organisation == name


def test_the_fuller_form_behind_its_government() -> None:
    draft = report(f"望溪街道2023年{NAME}", end="无。\n云岫区人民政府望溪街道办事处\n2024年1月5日")
    assert draft.organisation == "云岫区人民政府望溪街道办事处"


@pytest.mark.parametrize(
    ("body", "level"),
    [
        ("柳溪鎮人民政府", "township"),
        ("望溪街道辦事處", "township"),
        ("青石縣人民政府", "county"),
        ("雲嶺省教育廳", "department"),
        ("雲岫區人民政府", "county"),
    ],
)
def test_level_of_a_name_in_traditional_characters(body: str, level: str) -> None:
    draft = report(f"{body}2023年{NAME}")
    assert (draft.organisation, draft.body.level) == (body, level)


@pytest.mark.parametrize(
    "said", ["在2022年度政务公开考核中名列第二。", "2022年第三方评估排名第三。", "2022年度报告已按时公开。"]
)
def test_a_clause_on_an_earlier_assessment_is_no_year(said: str) -> None:
    draft = report(f"2023年{NAME}", overview=f"公开及时。{said}")
    assert (draft.year, codes(draft)) == (2023, [])
