"""The extractive summary: the report's own sentences."""

from __future__ import annotations

from extractor.draft import Draft
from extractor.narrative import read_claims, read_identity, read_items, read_overview, summarise
from tests.factories import draft_of


def summarised(text: str) -> Draft:
    draft = draft_of("青石县林业局2023年政府信息公开工作年度报告\n" + text)
    for reader in (read_identity, read_overview, read_items, read_claims, summarise):
        reader(draft)
    return draft


def test_figures_problems_measures_in_order() -> None:
    draft = summarised(
        "本报告统计期限自2023年1月1日起至2023年12月31日止。\n一、总体情况\n（一）主动公开。全年公开政府信息88条，有序推进。\n"
        "（二）依申请公开。收到政府信息公开申请3件。\n五、存在的主要问题及改进情况\n"
        "一是更新偏慢。栏目较旧。二是解读不足。\n针对上述问题，将采取措施：一是加快更新；二是加强解读。\n六、其他需要报告的事项\n无"
    )
    assert (
        draft.narrative.summary.text
        == "全年公开政府信息88条，有序推进。收到政府信息公开申请3件。更新偏慢。解读不足。加快更新。"
    )
    assert draft.narrative.summary.method == "extractive"


def test_without_figures_the_overview_speaks() -> None:
    draft = summarised(
        "一、总体情况\n（一）主动公开。栏目齐全。\n（二）平台建设。网站改版。\n五、存在的主要问题及改进情况\n无"
    )
    assert draft.narrative.summary.text == "栏目齐全。网站改版。"


def test_nothing_to_say() -> None:
    assert summarised("").narrative.summary.text == ""


def test_every_sentence_is_the_report_s() -> None:
    text = (
        "一、总体情况\n1.主动公开。2023年，公开政府信息1,225条。\n五、存在的主要问题及改进情况\n更新偏慢。今后将加快。"
    )
    draft = summarised(text)
    sentences = draft.narrative.summary.text.split("。")[:-1]
    assert sentences
    assert all(sentence in draft.document.text for sentence in sentences)
