"""Part one by topic."""

from __future__ import annotations

import pytest

from extractor.draft import Draft
from extractor.narrative import read_overview
from tests.factories import draft_of


def overview(text: str) -> Draft:
    draft = draft_of(f"一、总体情况\n{text}\n二、主动公开政府信息情况\n|规章|0|0|0|")
    read_overview(draft)
    return draft


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "2023年，我镇认真落实。\n（一）主动公开情况。公开88条。\n（二）依申请公开情况\n没有申请。\n没有复议。",
            [
                ("other", "", "2023年，我镇认真落实。"),
                ("proactive_disclosure", "主动公开情况", "公开88条。"),
                ("applications", "依申请公开情况", "没有申请。\n没有复议。"),
            ],
        ),
        (
            "1.政府信息管理方面：专人负责。\n2.平台建设：栏目完善。\n3.监督保障。",
            [
                ("information_management", "政府信息管理方面", "专人负责。"),
                ("platforms", "平台建设", "栏目完善。"),
                ("supervision", "监督保障", "监督保障"),
            ],
        ),
        (
            "主动公开\n公开88条。\n依申请公开\n没有申请。",
            [("proactive_disclosure", "主动公开", "公开88条。"), ("applications", "依申请公开", "没有申请。")],
        ),
        ("全年有序。\n公开顺利。", [("other", "", "全年有序。"), ("other", "", "公开顺利。")]),
        (
            "（一）加强组织领导，压实责任。主任任组长。\n一是开会。\n二是检查。",
            [("supervision", "加强组织领导，压实责任", "主任任组长。\n一是开会。\n二是检查。")],
        ),
        ("", []),
    ],
)
def test_topics(text: str, expected: list[tuple[str, str, str]]) -> None:
    draft = overview(text)
    assert [(topic.topic, topic.heading, topic.text) for topic in draft.narrative.overview] == expected
    for topic in draft.narrative.overview:
        assert draft.document.text[topic.start : topic.end] == topic.text
        assert draft.evidence[f"/narrative/overview/{topic.id}"].raw == topic.text
