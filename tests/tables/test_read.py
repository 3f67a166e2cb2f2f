"""Source tables → values, evidence and findings: labels, columns, headers, forms."""

from decimal import Decimal

import pytest

from extractor.draft import Draft, Sections
from extractor.forms import builtin_forms
from extractor.load import load_bytes
from extractor.record import Number
from extractor.tables.read import read_tables

COLUMNS = (
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "public_interest_organisation",
    "legal_service_institution",
    "other_organisation",
    "total",
)
HEAD = "\t\t申请人情况\n\t\t自然人\t法人或其他组织\t总计\n\t\t\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t其他\n"
FIRST_2021 = "第二十条第（一）项\n信息内容\t本年制发件数\t本年废止件数\t现行有效件数\n"
FIRST_2019 = "第二十条第（五）项\n信息内容\t上一年项目数量\t本年增/减\t处理决定数量\n"


def read(text: str) -> Draft:
    draft = Draft(load_bytes(text.encode(), "report.txt"), None, Sections((0, 0), []))
    read_tables(draft, builtin_forms())
    for evidence in draft.evidence.values():
        if evidence.source.start is not None:
            assert draft.document.text[evidence.source.start : evidence.source.end] == evidence.raw
    return draft


def row(draft: Draft, name: str, table: str = "applications") -> list[Number | None]:
    return list(draft.tables[table][name].values())


def codes(draft: Draft) -> list[str]:
    return [finding.code for finding in draft.findings if finding.code != "missing_row"]


LABELS = {
    "as printed": "三、本年度办理结果\t（一）予以公开",
    "half-width brackets and spaces": "三、本年度办理结果\t( 一 ) 予以公开",
    "group left out": "\t（一）予以公开",
    "no ordinal": "\t予以公开",
    "in one cell": "三、本年度办理结果（一）予以公开\t",
    "one letter off": "\t（一）予以公开的",
    "traditional characters": "三、本年度辦理結果\t（一）予以公開",
    "vertical group": "本\t（一）予以公开",
}


@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS)
def test_row_labels(label: str) -> None:
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{HEAD}{label}\t1\t2\t3\t4\t5\t6\t21\n")
    assert row(draft, "granted") == [1, 2, 3, 4, 5, 6, 21]
    assert codes(draft) == []


def test_columns_follow_the_header_not_the_form() -> None:
    head = HEAD.replace("商业企业\t科研机构", "科研机构\t商业企业")
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{head}\t（一）予以公开\t1\t2\t3\t4\t5\t6\t21\n")
    assert draft.tables["applications"]["granted"]["research_institution"] == 2
    assert draft.tables["applications"]["granted"]["commercial_enterprise"] == 3


def test_a_header_that_a_page_cuts_below_rows_that_it_repeats() -> None:
    kinds = "".join(f"<td>{name}" for name in ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"))
    top = "<tr><td rowspan=2>（第一项加第二项之和）<td colspan=7>申请人情况"
    cut = f"{top}<tr><td>自 然<td colspan=5>法人或其他组织<td>总 计"
    rest = f"{top}<tr><td>人{kinds}<td>"
    values = "".join(f"<td>{value}" for value in (1, 2, 3, 4, 5, 6, 21))
    rows = "".join(f"<tr><td>{label}{values}" for label in ("一、本年新收政府信息公开申请数量", "（一）予以公开"))
    first = "<tr><td>信息内容<td>本年制发件数<td>本年废止件数<td>现行有效件数<tr><td>规章<td>1<td>2<td>3"
    draft = read(f"<html><body><table>{first}</table><table>{cut}{rest}{rows}</table></body></html>")
    assert row(draft, "granted") == [1, 2, 3, 4, 5, 6, 21]


def test_a_repeated_label_that_a_page_cuts_is_one_label() -> None:
    outcomes = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    groups = [["行政复议"] * 5 + ["行政诉讼"] * 10, [*outcomes, *["未经复议直接起诉"] * 5, *["复议后起诉"] * 5]]
    lowest = [list(part) for part in zip(*((label[:1], label[1:]) for label in outcomes * 3), strict=True)]
    rows = [*groups, *lowest, [str(value) for value in (1, 2, 1, 3, 7, 1, 2, 1, 1, 5, 1, 0, 3, 2, 6)]]
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n" + "\n".join("\t".join(one) for one in rows) + "\n")
    assert row(draft, "review", "review_litigation") == [1, 2, 1, 3, 7]


def test_shifted_row_is_read_by_order() -> None:
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{HEAD}3. 其他\t\t1\t2\t3\t4\t5\t6\t21\t\n")
    assert row(draft, "other_reason") == [1, 2, 3, 4, 5, 6, 21]


def test_label_dropped_between_two_known_rows() -> None:
    rows = (
        "\t1.属于国家秘密\t1\t0\t0\t0\t0\t0\t1\n\t\t2\t0\t0\t0\t0\t0\t2\n\t3.危及“三安全一稳定”\t3\t0\t0\t0\t0\t0\t3\n"
    )
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{HEAD}{rows}")
    assert row(draft, "denied_prohibited_by_law") == [2, 0, 0, 0, 0, 0, 2]
    assert "label_by_position" in draft.evidence["/tables/applications/denied_prohibited_by_law/total"].reasons


def test_two_candidates_are_no_candidate() -> None:
    rows = (
        "\t1.属于国家秘密\t1\t0\t0\t0\t0\t0\t1\n\t\t2\t0\t0\t0\t0\t0\t2\n\t4.保护第三方合法权益\t3\t0\t0\t0\t0\t0\t3\n"
    )
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{HEAD}{rows}")
    assert row(draft, "denied_prohibited_by_law") == [None] * 7
    assert codes(draft) == ["unmatched_row"]


def test_local_row_is_reported_not_forced_in() -> None:
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n其他主动公开文件\t9\t\t9\n行政规范性文件\t4\t5\t6\n")
    assert row(draft, "normative_documents", "proactive_disclosure") == [4, 5, 6]
    assert codes(draft) == ["unmatched_row"]
    assert "其他主动公开文件" in draft.findings[0].message


def test_collapsed_six_stands_instead_of_its_items() -> None:
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{HEAD}\t（六）其他处理\t1\t2\t3\t4\t5\t6\t21\n")
    assert row(draft, "other_processing") == [1, 2, 3, 4, 5, 6, 21]
    assert "other_reason" not in draft.tables["applications"]


OTHER_ITEMS = (
    "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    "3.其他",
)
OTHER_KEYS = ("other_uncorrected", "other_unpaid", "other_reason")


@pytest.mark.parametrize("lost", range(3))
def test_the_one_item_of_six_that_lost_its_label_is_told_by_its_place(lost: int) -> None:
    labels = ["" if at == lost else label for at, label in enumerate(OTHER_ITEMS)]
    rows = "".join(f"（六）其他处理\t{label}\t{at}\t0\t0\t0\t0\t0\t{at}\n" for at, label in enumerate(labels, 4))
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{HEAD}{rows}")
    assert [row(draft, key)[0] for key in OTHER_KEYS] == [4, 5, 6]
    assert "other_processing" not in draft.tables["applications"]
    assert "label_by_position" in draft.evidence[f"/tables/applications/{OTHER_KEYS[lost]}/total"].reasons


def test_six_out_of_its_lost_items_place_is_not_that_item() -> None:
    rows = "".join(f"\t{label}\t1\t0\t0\t0\t0\t0\t1\n" for label in ("（六）其他处理", *OTHER_ITEMS[:2]))
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{HEAD}{rows}")
    assert row(draft, "other_processing") == [1, 0, 0, 0, 0, 0, 1]
    assert row(draft, "other_unpaid") == [1, 0, 0, 0, 0, 0, 1]


def test_rows_of_the_form_are_all_there_and_say_why_not() -> None:
    draft = read(f"{FIRST_2021}规章\t1\t\t/\n")
    assert draft.tables["proactive_disclosure"]["regulations"] == {"issued": 1, "repealed": None, "in_force": None}
    states = [draft.evidence[f"/tables/proactive_disclosure/regulations/{c}"].state for c in ("repealed", "in_force")]
    assert states == ["blank", "not_applicable"]
    assert draft.evidence["/tables/applications/granted/total"].state == "missing"
    assert len(draft.tables["applications"]) == 25


@pytest.mark.parametrize(
    ("text", "form", "mixed"),
    [
        (f"{FIRST_2021}规章\t1\t2\t3\n", "2021", False),
        (f"{FIRST_2019}行政许可\t1\t-2\t3\n", "2019", False),
        (
            f"{FIRST_2021}规章\t1\t2\t3\n信息内容\t本年收费金额（单位：万元）\n行政事业性收费\t1\n{FIRST_2019}行政处罚\t7\t减2\t5\n",
            "2021",
            True,
        ),
        ("甲\t乙\n丙\t1\n", None, False),
    ],
)
def test_form_is_told_by_headers(text: str, form: str | None, mixed: bool) -> None:
    draft = read(text)
    assert (draft.form.id if draft.form else None) == form
    assert ("form_mixed" in codes(draft)) == mixed


def test_hybrid_block_keeps_its_own_columns() -> None:
    fees = "信息内容\t本年收费金额（单位：万元）\n行政事业性收费\t1\n"
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n{fees}{FIRST_2019}行政处罚\t7\t减2\t5\n")
    assert draft.tables["proactive_disclosure"]["penalties"] == {"decisions": 5, "items_last_year": 7, "change": -2}


@pytest.mark.parametrize(
    ("header", "cell", "amount", "assumed"),
    [
        ("本年收费金额（单位：万元）", "12.5", Decimal("12.5"), False),
        ("本年收费金额（单位：元）", "251000", Decimal("25.1"), False),
        ("本年收费金额", "385万元", 385, False),
        ("本年收费金额（单位：万元）", "251000元", Decimal("25.1"), False),
        ("本年收费金额", "12.5", Decimal("12.5"), True),
        ("本年收费金额", "0", 0, False),
        ("本年收费金额（单位：0万元）", "", 0, False),
    ],
)
def test_units_of_amounts(header: str, cell: str, amount: int | Decimal, assumed: bool) -> None:
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n信息内容\t{header}\n行政事业性收费\t{cell}\n")
    assert draft.tables["proactive_disclosure"]["fees"]["amount_10k_yuan"] == amount
    assert ("unit_assumed" in codes(draft)) == assumed


ACROSS_HEAD = "行政复议\t\t\t\t\t行政诉讼\n{leaf}\t未经复议直接起诉\t\t\t\t\t复议后起诉\n\t\t\t\t\t{leaf}\t{leaf}\n"
LEAF = "结果维持\t结果纠正\t其他结果\t尚未审结\t总计"
FIFTEEN = "\t".join(str(n) for n in range(1, 16)) + "\n"


@pytest.mark.parametrize(
    "head",
    [
        ACROSS_HEAD.format(leaf=LEAF),
        ACROSS_HEAD.format(leaf=LEAF.replace("结果维持", "结果 维持").replace("尚未审结", "尚未\u3000审结")),
        ("行政复议\t行政诉讼\n\t未经复议直接起诉\t复议后起诉\n" + "\t".join(["结\t结\t其\t尚\t总"] * 3) + "\n"
         + "\t".join(["果\t果\t他\t未\t计"] * 3) + "\n" + "\t".join(["维\t纠\t结\t审\t"] * 3) + "\n"
         + "\t".join(["持\t正\t果\t结\t"] * 3) + "\n"),
    ],
    ids=["as printed", "inner spaces", "set vertically"],
)  # fmt: skip
def test_review_table_laid_out_across(head: str) -> None:
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{head}{FIFTEEN}")
    assert row(draft, "review", "review_litigation") == [1, 2, 3, 4, 5]
    assert row(draft, "litigation_direct", "review_litigation") == [6, 7, 8, 9, 10]
    assert row(draft, "litigation_after_review", "review_litigation") == [11, 12, 13, 14, 15]


def test_review_table_with_swapped_outcomes_follows_its_header() -> None:
    head = ACROSS_HEAD.format(leaf=LEAF.replace("结果维持\t结果纠正", "结果纠正\t结果维持"))
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{head}{FIFTEEN}")
    assert draft.tables["review_litigation"]["review"]["corrected"] == 1


def test_review_table_in_two_pieces() -> None:
    first = f"行政复议\t\t\t\t\n{LEAF}\n1\t2\t3\t4\t10\n"
    second = f"行政诉讼\t\t\t\t\t\t\t\t\t\n未经复议直接起诉\t\t\t\t\t复议后起诉\t\t\t\t\n{LEAF}\t{LEAF}\n"
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{first}\n我局另有诉讼如下，供参阅。\n\n{second}" + "5\t" * 9 + "6\n")
    assert row(draft, "review", "review_litigation") == [1, 2, 3, 4, 10]
    assert row(draft, "litigation_after_review", "review_litigation") == [5, 5, 5, 5, 6]


def test_groups_of_the_review_table_follow_the_header() -> None:
    leaf = "\t".join([LEAF] * 3)
    head = f"复议后起诉\t\t\t\t\t未经复议直接起诉\t\t\t\t\t行政复议\t\t\t\t\n{leaf}\n"
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{head}{FIFTEEN}")
    assert row(draft, "review", "review_litigation") == [11, 12, 13, 14, 15]


LINES = "第二十条第（一）项\n信息内容 本年制发件数 本年废止件数 现行有效件数\n规章 1 2 3\n行政规范性文件 4 5 6\n"


@pytest.mark.parametrize(
    "text",
    [
        LINES,
        LINES.replace(" ", "\n"),
        LINES.replace(" ", "\n\n"),
        LINES.replace("规章 1 2 3", "规章123"),
        LINES.replace("规章 1", "规章\n1"),
        LINES.replace("规章 1 2 3", "规章：1、2、3"),
        LINES.replace(" ", "    "),
        LINES.replace("规范性", "规范\n性"),
    ],
    ids=[
        "a line a row",
        "a line a value",
        "a paragraph a value",
        "glued",
        "label then numbers",
        "points",
        "aligned",
        "broken",
    ],
)
def test_lines_that_are_no_table(text: str) -> None:
    draft = read(text)
    assert row(draft, "regulations", "proactive_disclosure") == [1, 2, 3]
    assert row(draft, "normative_documents", "proactive_disclosure") == [4, 5, 6]
    assert codes(draft) == []


def test_too_few_figures_are_not_guessed() -> None:
    draft = read(LINES.replace("规章 1 2 3", "规章 1 3"))
    assert row(draft, "regulations", "proactive_disclosure") == [None, None, None]
    assert [(f.code, f.paths) for f in draft.findings if f.code == "undecided_columns"] == [
        ("undecided_columns", ["/tables/proactive_disclosure/regulations"])
    ]


def test_label_around_its_values() -> None:
    head = "|信息内容|本年制发件|本年废止件|现行有效件|\n||数|数|数|\n"
    rows = "|规章|1|2|3|\n|行政规范性|||| \n|文件|4|5|6|\n"
    assert row(read(head + rows), "normative_documents", "proactive_disclosure") == [4, 5, 6]


def test_same_row_twice_with_other_figures() -> None:
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n行政规范性文件\t4\t5\t6\n规章\t1\t2\t9\n")
    assert row(draft, "regulations", "proactive_disclosure") == [1, 2, 3]
    assert codes(draft) == ["repeated_row"]


def test_figures_that_are_no_number_are_named() -> None:
    draft = read(f"{FIRST_2021}规章\t1\t2..5\t3\n")
    assert codes(draft) == ["unread_number"]
    assert draft.findings[0].paths == ["/tables/proactive_disclosure/regulations/repealed"]


@pytest.mark.parametrize("quoted", ["“三安全一稳定”", "「三安全一稳定」", "『三安全一稳定』", "‘三安全一稳定’"])
def test_figures_glued_to_a_label_in_quotation_marks(quoted: str) -> None:
    head = "自然人 商业企业 科研机构 社会公益组织 法律服务机构 其他 总计\n"
    lines = f"2.其他法律行政法规禁止公开1000001\n3.危及{quoted}0204017\n4.保护第三方合法权益0000000\n"
    draft = read(f"{FIRST_2021}规章\t1\t2\t3\n\n{head}{lines}")
    assert row(draft, "denied_safety_and_stability") == [0, 2, 0, 4, 0, 1, 7]
