"""Hostile and odd text: every reader ends, and soon."""

from __future__ import annotations

import pytest

from extractor.narrative import read_claims, read_identity, read_items, read_overview, summarise
from tests.factories import draft_of

UNITS = [
    "公布",
    "县政府",
    "柳溪镇",
    "1月1日至",
    "（",
    "“",
    "。",
    "\n",
    "一是公开不够",
    "公开信息1条，",
    "信息公开年度报告",
    "2 0",
    "、青石县",
    "**",
]
BEFORE = ["", "柳溪镇2024年政府信息公开工作年度报告\n一、总体情况\n", "五、存在的主要问题及改进情况\n"]


@pytest.mark.parametrize("before", BEFORE, ids=["bare", "overview", "part five"])
@pytest.mark.parametrize("unit", UNITS)
def test_endless_repetition(unit: str, before: str) -> None:
    draft = draft_of(before + unit * 5_000)
    for reader in (read_identity, read_overview, read_items, read_claims, summarise):
        reader(draft)


@pytest.mark.parametrize(
    "text", ["", "\n", "�", "五、存在的主要问题及改进情况", "一、总体情况\n\n", "2024年", "a\x00b"]
)
def test_next_to_nothing(text: str) -> None:
    draft = draft_of(text)
    for reader in (read_identity, read_overview, read_items, read_claims, summarise):
        reader(draft)
    assert not draft.narrative.issues
