"""The statutory wordings of both forms, written for the generator alone (docs/contract.md, rows and columns)."""

from dataclasses import dataclass

FORMS = ("2019", "2021")


@dataclass(frozen=True)
class Row:
    """A row of the applications table: its key and its label cells from left to right."""

    key: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """An item of article 20 in the first table: its heading, column headers, and rows."""

    number: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str], ...]


APPLICANTS = (
    ("natural_person", "自然人"),
    ("commercial_enterprise", "商业企业"),
    ("research_institution", "科研机构"),
    ("public_interest_organisation", "社会公益组织"),
    ("legal_service_institution", "法律服务机构"),
    ("other_organisation", "其他"),
)
TOTAL = ("total", "总计")
OUTCOMES = (
    ("upheld", "结果维持"),
    ("corrected", "结果纠正"),
    ("other", "其他结果"),
    ("pending", "尚未审结"),
    TOTAL,
)
REVIEW_ROWS = (
    ("review", "行政复议"),
    ("litigation_direct", "未经复议直接起诉"),
    ("litigation_after_review", "复议后起诉"),
)
BALANCE_NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"

_DONE = "三、本年度办理结果"
_DENIED = "（三）不予公开"
_LACKING = "（四）无法提供"
_REFUSED = "（五）不予处理"
_OTHERWISE = "（六）其他处理"

_BEFORE_SIX = (
    Row("new_received", ("一、本年新收政府信息公开申请数量",)),
    Row("carried_over", ("二、上年结转政府信息公开申请数量",)),
    Row("granted", (_DONE, "（一）予以公开")),
    Row("partially_granted", (_DONE, "（二）部分公开（区分处理的，只计这一情形，不计其他情形）")),
    Row("denied_state_secret", (_DONE, _DENIED, "1.属于国家秘密")),
    Row("denied_prohibited_by_law", (_DONE, _DENIED, "2.其他法律行政法规禁止公开")),
    Row("denied_safety_and_stability", (_DONE, _DENIED, "3.危及“三安全一稳定”")),
    Row("denied_third_party_rights", (_DONE, _DENIED, "4.保护第三方合法权益")),
    Row("denied_internal_affairs", (_DONE, _DENIED, "5.属于三类内部事务信息")),
    Row("denied_process_information", (_DONE, _DENIED, "6.属于四类过程性信息")),
    Row("denied_enforcement_files", (_DONE, _DENIED, "7.属于行政执法案卷")),
    Row("denied_administrative_queries", (_DONE, _DENIED, "8.属于行政查询事项")),
    Row("unavailable_not_held", (_DONE, _LACKING, "1.本机关不掌握相关政府信息")),
    Row("unavailable_requires_creation", (_DONE, _LACKING, "2.没有现成信息需要另行制作")),
    Row("unavailable_still_unclear", (_DONE, _LACKING, "3.补正后申请内容仍不明确")),
    Row("not_processed_petition", (_DONE, _REFUSED, "1.信访举报投诉类申请")),
    Row("not_processed_repeat", (_DONE, _REFUSED, "2.重复申请")),
    Row("not_processed_publication", (_DONE, _REFUSED, "3.要求提供公开出版物")),
    Row("not_processed_excessive", (_DONE, _REFUSED, "4.无正当理由大量反复申请")),
    Row("not_processed_reconfirmation", (_DONE, _REFUSED, "5.要求行政机关确认或重新出具已获取信息")),
)
_SIX_ITEMS = (
    Row(
        "other_uncorrected",
        (_DONE, _OTHERWISE, "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
    ),
    Row(
        "other_unpaid",
        (_DONE, _OTHERWISE, "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"),
    ),
    Row("other_reason", (_DONE, _OTHERWISE, "3.其他")),
)
_SIX_ROW = (Row("other_processing", (_DONE, _OTHERWISE)),)
_AFTER_SIX = (
    Row("total_processed", (_DONE, "（七）总计")),
    Row("carried_forward", ("四、结转下年度继续办理",)),
)
FULL_ROWS = _BEFORE_SIX + _SIX_ITEMS + _AFTER_SIX
SHORT_ROWS = _BEFORE_SIX + _SIX_ROW + _AFTER_SIX

_ISSUED_2021 = (("issued", "本年制发件数"), ("repealed", "本年废止件数"), ("in_force", "现行有效件数"))
_ISSUED_2019 = (
    ("new_issued", "本年新制作数量"),
    ("new_disclosed", "本年新公开数量"),
    ("total_disclosed", "对外公开总数量"),
)
_DECISIONS_2021 = (("decisions", "本年处理决定数量"),)
_DECISIONS_2019 = (("items_last_year", "上一年项目数量"), ("change", "本年增/减"), ("decisions", "处理决定数量"))
_LICENCES = (("licences", "行政许可"),)
_SANCTIONS = (("penalties", "行政处罚"), ("coercive_measures", "行政强制"))
_FEES = (("fees", "行政事业性收费"),)

ITEMS: dict[str, tuple[Item, ...]] = {
    "2021": (
        Item("一", _ISSUED_2021, (("regulations", "规章"), ("normative_documents", "行政规范性文件"))),
        Item("五", _DECISIONS_2021, _LICENCES),
        Item("六", _DECISIONS_2021, _SANCTIONS),
        Item("八", (("amount_10k_yuan", "本年收费金额"),), _FEES),
    ),
    "2019": (
        Item("一", _ISSUED_2019, (("regulations", "规章"), ("normative_documents", "规范性文件"))),
        Item("五", _DECISIONS_2019, (*_LICENCES, ("other_management_services", "其他对外管理服务事项"))),
        Item("六", _DECISIONS_2019, _SANCTIONS),
        Item("八", _DECISIONS_2019[:2], _FEES),
        Item("九", (("items", "采购项目数量"), ("amount_10k_yuan", "采购总金额")), (("procurement", "政府集中采购"),)),
    ),
}
DECISION_COLUMNS = {"2021": _DECISIONS_2021, "2019": _DECISIONS_2019}

LABEL_SLIPS = {
    "2.其他法律行政法规禁止公开": ("2.其他法律行政止公开", "2.其他法律、行政法规禁止公开", "2.其他法律法规禁止公开"),
    "现行有效件数": ("现行有效件",),
    "本年制发件数": ("本年制发件", "本年制发数"),
    "4.保护第三方合法权益": ("4.保护第三方的合法权益",),
    "6.属于四类过程性信息": ("6.属于四类过程信息",),
    "1.本机关不掌握相关政府信息": ("1.本机关不掌握相关信息",),
    "2.没有现成信息需要另行制作": ("2.没有现成信息需另行制作",),
    "1.信访举报投诉类申请": ("1.信访投诉举报类申请",),
    "2.重复申请": ("2.重复性申请",),
    "4.无正当理由大量反复申请": ("4.无正当理由大量反复的申请",),
    "四、结转下年度继续办理": ("四、结转下年继续办理", "四、结转下年度办理"),
    "二、上年结转政府信息公开申请数量": ("二、上年结转政府信息公开申请数",),
    "一、本年新收政府信息公开申请数量": ("一、本年新收政府信息公开申请数", "一、本年新收到政府信息公开申请数量"),
    "3.补正后申请内容仍不明确": ("3.补正后申请内容不明确",),
    "本年处理决定数量": ("本年处理决定数",),
    "三、本年度办理结果": ("三、本年办理结果", "三、 本年度办理结果"),
    "行政规范性文件": ("规范性文件",),
    "尚未审结": ("尚未 审结",),
    "未经复议直接起诉": ("未经复议直接起诉的",),
    "社会公益组织": ("社会公益 组织",),
}
