"""Figures in running text: what counts, what counts nothing, whose it is."""

from __future__ import annotations

import pytest

from extractor.draft import Draft
from extractor.forms import builtin_forms
from extractor.narrative import read_claims, read_identity
from extractor.pipeline import read_report
from tests.factories import document_of, draft_of

NAME = "政府信息公开工作年度报告"
ITEMS, WEBSITE, SOCIAL = "items_disclosed", "items_disclosed_website", "items_disclosed_social_media"
RECEIVED, PROCESSED = "applications_received", "applications_processed"
OVER, FORWARD = "applications_carried_over", "applications_carried_forward"
REVIEWS, SUITS, FEES, DOCUMENTS = "reviews", "litigations", "fees_charged_yuan", "normative_documents_issued"


def read(text: str, body: str = "青石县林业局") -> Draft:
    draft = draft_of(f"{body}2023年{NAME}\n一、总体情况\n{text}\n六、其他需要报告的事项\n无")
    read_identity(draft)
    read_claims(draft)
    return draft


def stated(text: str, body: str = "青石县林业局") -> list[tuple[str, object]]:
    return [(claim.metric, claim.value) for claim in read(text, body).narrative.claims]


CLAIMS: list[tuple[str, list[tuple[str, object]]]] = [
    # items
    ("全年主动公开政府信息289条。", [(ITEMS, 289)]),
    ("2023年，我局共主动公开政务信息1,225条。", [(ITEMS, 1225)]),
    ("累计公开信息1 225条。", [(ITEMS, 1225)]),
    ("主动公开各类政府信息共计３６条。", [(ITEMS, 36)]),
    ("公开政府信息三十二条。", [(ITEMS, 32)]),
    ("公开政府信息一百零五条。", [(ITEMS, 105)]),
    ("发布政务信息1.2万条。", [(ITEMS, 12000)]),
    ("主动公开政府信息总数284条。", [(ITEMS, 284)]),
    ("发布312条政府信息。", [(ITEMS, 312)]),
    ("完成信息公开发布66件。", [(ITEMS, 66)]),
    ("通过县政府网站主动公开政府信息18条。", [(WEBSITE, 18)]),
    ("在县政府门户网站发布信息44条，微信公众号发布信息85条。", [(WEBSITE, 44), (SOCIAL, 85)]),
    ("“绿色青石”微信公众号推送1070条。", [(SOCIAL, 1070)]),
    ("共公开信息99条，其中，政府网站公开60条、政务微博发布39条。", [(ITEMS, 99), (WEBSITE, 60), (SOCIAL, 39)]),
    ("共公开信息88条，其中机构职能类信息4条，政策解读3条，财政信息2条。", [(ITEMS, 88)]),
    ("通过政府网站、微信公众号等渠道公开信息500条。", [(ITEMS, 500)]),
    ("截至2023年12月31日，主动公开政府信息187条。", [(ITEMS, 187)]),
    ("公开信息100余条。", [(ITEMS, 100)]),
    # applications
    (
        "全年收到政府信息公开申请12件，已办结10件，结转下年度继续办理2件。",
        [(RECEIVED, 12), (PROCESSED, 10), (FORWARD, 2)],
    ),
    ("全年共收到依申请公开3件。", [(RECEIVED, 3)]),
    ("新收依申请公开政府信息42件，答复依申请公开政府信息39件。", [(RECEIVED, 42), (PROCESSED, 39)]),
    ("收到1件政府信息公开申请。", [(RECEIVED, 1)]),
    ("受理政府信息公开申请95件，其中自然人申请89件，法人申请6件。", [(RECEIVED, 95)]),
    ("共接到公民、法人和其他组织提出的公开申请6例。", [(RECEIVED, 6)]),
    (
        "答复政府信息公开申请98件（含上年度结转申请8件，另有5件申请结转下年度继续办理）。",
        [(PROCESSED, 98), (OVER, 8), (FORWARD, 5)],
    ),
    ("收到和处理政府信息公开申请0件。", [(RECEIVED, 0), (PROCESSED, 0)]),
    ("上年结转申请2件。", [(OVER, 2)]),
    ("依申请公开0件。", [(RECEIVED, 0)]),
    ("2023年未收到政府信息公开申请。", [(RECEIVED, 0)]),
    ("全年没有收到公民、法人提出的依申请公开。", [(RECEIVED, 0)]),
    ("2023年，我局无依申请公开事项。", [(RECEIVED, 0)]),
    ("全年未接到任何形式的信息公开申请。", [(RECEIVED, 0)]),
    ("未接收到依申请公开，也没有群众来电。", [(RECEIVED, 0)]),
    ("依申请公开数量为0。", [(RECEIVED, 0)]),
    # reviews and litigation
    ("因政府信息公开引起的行政复议2件、行政诉讼1件。", [(REVIEWS, 2), (SUITS, 1)]),
    ("未发生因政府信息公开引起的行政复议、行政诉讼。", [(REVIEWS, 0), (SUITS, 0)]),
    ("政府信息公开方面无行政复议、行政诉讼。", [(REVIEWS, 0), (SUITS, 0)]),
    ("因政府信息公开被申请行政复议、提起行政诉讼均为0件。", [(REVIEWS, 0), (SUITS, 0)]),
    ("因政府信息公开产生行政复议、行政诉讼各1件。", [(REVIEWS, 1), (SUITS, 1)]),
    ("未被申请行政复议。", [(REVIEWS, 0)]),
    # fees and documents
    ("全年收取政府信息公开信息处理费0元。", [(FEES, 0)]),
    ("收取信息处理费1200元。", [(FEES, 1200)]),
    ("收取信息处理费0.3万元。", [(FEES, 3000)]),
    ("未收取政府信息公开信息处理费。", [(FEES, 0)]),
    ("也未对申请人收取信息处理费。", [(FEES, 0)]),
    ("办理信息公开申请未收费。", [(FEES, 0)]),
    ("制发行政规范性文件5件。", [(DOCUMENTS, 5)]),
    ("出台3件规范性文件。", [(DOCUMENTS, 3)]),
    ("制发规章1件，行政规范性文件7件。", [(DOCUMENTS, 7)]),
    ("全年通过县政府网站公开检测结果、处罚决定书等信息76条。", [(WEBSITE, 76)]),
    ("收到申请9件，办结8件，转入下年1件。", [(RECEIVED, 9), (PROCESSED, 8), (FORWARD, 1)]),
]
NONE = [
    "没有收到超出一定数量或者频次范围的政府信息公开申请。",
    "4.无正当理由大量反复申请",
    "公开信息同比增长35%。",
    "较上年增加5件。",
    "比2022年增加政府信息公开申请5件。",
    "2022年收到政府信息公开申请5件。",
    "2022年度，公开政府信息66条。",
    "自2008年以来累计公开信息707篇。",
    "承办人大代表建议4件、政协提案3件。",
    "办理群众留言92条。",
    "收到12345热线工单130件。",
    "办理行政复议案件56件。",
    "政府采购金额385万元。",
    "组织培训3次，参加120人次。",
    "行政许可44件，行政处罚36件。",
    "公开政策解读17条。",
    "公开财政预决算等信息31条。",
    "因政府信息公开被行政复议维持2件。",
    "力争全年公开信息200条。",
    "行政事业性收费0元。",
    "根据条例第20条公开。",
    "公开率达到100%。",
    "收到自然人申请89件。",
    "因政府信息公开产生行政复议、行政诉讼共3件。",
    "无纠错的行政复议。",
    "未发生因政府信息公开申请引起的投诉。",
    "收到政府信息公开申请10余件。",
    "清理规范性文件9件。",
    "网站访问量为12万次。",
    "个别科室一年只办理一两件申请。",
]


@pytest.mark.parametrize(("text", "expected"), CLAIMS, ids=[text for text, _ in CLAIMS])
def test_claims(text: str, expected: list[tuple[str, object]]) -> None:
    assert sorted(stated(text), key=str) == sorted(expected, key=str)


@pytest.mark.parametrize("text", NONE)
def test_no_claims(text: str) -> None:
    assert stated(text) == []


SCOPES = [
    ("全县共收到政府信息公开申请100件。", "青石县林业局", "wider"),
    ("全县共收到政府信息公开申请100件。", "青石县人民政府", "own"),
    ("全市共收到政府信息公开申请100件。", "江州市人民政府", "own"),
    ("全省共收到政府信息公开申请100件。", "江州市人民政府", "wider"),
    ("全县收到政府信息公开申请100件。", "青石县柳溪镇人民政府", "wider"),
    ("全镇收到政府信息公开申请100件。", "青石县柳溪镇人民政府", "own"),
    ("组织全县各单位公开政府信息667件。", "青石县林业局", "wider"),
    ("根据全县统一部署，我局主动公开政府信息89条。", "青石县林业局", "own"),
    ("各乡镇、各部门公开政府信息700条。", "青石县人民政府", "own"),
    ("局机关公开政府信息70条。", "青石县林业局", "own"),
]


@pytest.mark.parametrize(("text", "body", "scope"), SCOPES)
def test_scope(text: str, body: str, scope: str) -> None:
    assert [claim.scope for claim in read(text, body).narrative.claims] == [scope]


def test_text_offsets_and_evidence() -> None:
    draft = read("一年来，收到政府信息公开申请 1,012 件，没有收取信息处理费。")
    received, fees = draft.narrative.claims
    text = draft.document.text
    assert (received.id, received.text, received.unit) == ("c1", "收到政府信息公开申请 1,012 件", "件")
    assert text[received.start : received.end] == received.text
    assert draft.evidence["/narrative/claims/c1"].raw == "1,012"
    assert draft.evidence["/narrative/claims/c2"].raw == "没有收取信息处理费"
    assert (fees.value, fees.unit) == (0, "元")


def test_an_approximate_number_says_so() -> None:
    assert [claim.unit for claim in read("公开信息100余条。").narrative.claims] == ["余条"]


def test_tables_are_no_running_text() -> None:
    assert stated("|收到政府信息公开申请|12件|") == []


def test_claims_of_parts_two_and_six() -> None:
    draft = draft_of(
        f"青石县林业局2023年{NAME}\n一、总体情况\n有序。\n二、主动公开政府信息情况\n全年公开政府信息33条。\n"
        "六、其他需要报告的事项\n（一）收费：未收取信息处理费。"
    )
    read_identity(draft)
    read_claims(draft)
    assert [(claim.metric, claim.value) for claim in draft.narrative.claims] == [(ITEMS, 33), (FEES, 0)]


@pytest.mark.parametrize("unit", ["未", "1件", "申请", "未收到", "公开信息1条，", "一", "（", "1 000 ", "复议"])
def test_endless_repetition_stays_linear(unit: str) -> None:
    stated(unit * 20_000)


def test_words_that_a_page_s_width_broke() -> None:
    text = "全年收到政府信息公开申请12件，均在法定期限内答复，其中多数通过网络提交，结\n转下年度继续办理2件。"
    draft = read(text)
    assert [(claim.metric, claim.value) for claim in draft.narrative.claims] == [(RECEIVED, 12), (FORWARD, 2)]
    assert draft.narrative.claims[1].text == "结\n转下年度继续办理2件"


# ---- years, sums, tables in lines --------------------------------------------------------------------------------
MORE: list[tuple[str, list[tuple[str, object]]]] = [
    ("未收到公民、法人或其他组织的政府信息公开申请。", [(RECEIVED, 0)]),
    ("没有收到自然人、法人和其它组织提出的信息公开申请。", [(RECEIVED, 0)]),
    ("未收到其他机关转来的政府信息公开申请。", []),
    ("全年发生行政复议案件3起，行政诉讼1起。", [(REVIEWS, 3), (SUITS, 1)]),
    ("全年被申请行政复议2件，被提起行政诉讼0件。", [(REVIEWS, 2), (SUITS, 0)]),
    ("办理行政复议案件31件，应诉行政诉讼5件。", []),
    ("发生行政复议案件3起，其中维持2起。", [(REVIEWS, 3)]),
    ("制定并公开行政规范性文件4件。", [(DOCUMENTS, 4)]),
    ("出台并及时公开规范性文件4件。", [(DOCUMENTS, 4)]),
    ("主动公开规范性文件4件。", []),
    ("未制发行政规范性文件。", [(DOCUMENTS, 0)]),
    ("本年度没有出台新的规范性文件。", [(DOCUMENTS, 0)]),
    ("全年制发规范性文件数为0。", [(DOCUMENTS, 0)]),
    ("未制定规范性文件审查制度。", []),
    ("未发布规范性文件解读。", []),
    ("没有制定规范性文件的权限。", []),
    ("现行有效规范性文件数为0。", []),
    # other years
    ("去年收到政府信息公开申请7件。", []),
    ("上年度收到政府信息公开申请7件，今年收到申请5件。", [(RECEIVED, 5)]),
    ("全年收到政府信息公开申请5件，而去年收到申请7件。", [(RECEIVED, 5)]),
    ("与去年相比，收到政府信息公开申请5件。", [(RECEIVED, 5)]),
    ("去年同期收文较多。全年收到政府信息公开申请5件。", [(RECEIVED, 5)]),
    ("收到政府信息公开申请5件，上年结转2件。", [(RECEIVED, 5), (OVER, 2)]),
    ("往年未收到政府信息公开申请。", []),
    # sums over years
    ("累计公开信息900条，其中2023年公开120条。", [(ITEMS, 120)]),
    ("累计发布政务信息900条，其中今年发布120条。", [(ITEMS, 120)]),
    ("累计公开信息900条，其中2022年公开120条。", [(ITEMS, 900)]),
    ("公开政府信息900条，其中业务类120条。", [(ITEMS, 900)]),
    ("累计公开信息900条，其中2023年公开120条，其中业务类80条。", [(ITEMS, 120)]),
]


@pytest.mark.parametrize(("text", "claims"), MORE)
def test_years_and_sums(text: str, claims: list[tuple[str, object]]) -> None:
    assert stated(text) == claims


@pytest.mark.parametrize(
    ("body", "text", "scope"),
    [
        ("北京市人民政府", "我市收到政府信息公开申请6件。", "own"),
        ("重庆市人民政府", "全市收到政府信息公开申请6件。", "own"),
        ("内蒙古自治区人民政府", "全区收到政府信息公开申请6件。", "own"),
        ("北京市林业局", "全市收到政府信息公开申请6件。", "wider"),
        ("青石县林业局", "全县收到政府信息公开申请6件。", "wider"),
    ],
)
def test_scope_of_a_region(body: str, text: str, scope: str) -> None:
    assert [claim.scope for claim in read(text, body).narrative.claims] == [scope]


def test_rows_of_tables_in_lines_claim_nothing() -> None:
    part = builtin_forms()[0].table("applications")
    assert part is not None
    rows = "\n".join(f"{row.label} 0件 0件 0件 0件 0件 0件 {n}件" for n, row in enumerate(part.rows.values()))
    text = f"青石县林业局2023年{NAME}\n一、总体情况\n收到申请2件。\n三、收到和处理政府信息公开申请情况\n{rows}\n"
    draft = read_report(document_of(text), builtin_forms())
    assert draft.tables["applications"]["carried_over"]["total"] == 1
    assert [claim.value for claim in draft.narrative.claims] == [2]
