"""The catalogue of findings, and the document made of it."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from extractor.finding import Kind, Words, catalogue, make
from tests.finding.table import DOCUMENT, with_table

CONTRACT = Path(__file__).parents[3] / "shared" / "docs" / "contract.md"

OF_THE_CONTRACT = {
    "row_sum": "error",
    "column_sum": "error",
    "carry_balance": "error",
    "subtotal": "error",
    "review_sum": "error",
    "blank_total": "warning",
    "blank_table": "warning",
    "missing_table": "error",
    "missing_field": "error",
    "missing_section": "warning",
    "unmatched_row": "error",
    "unmatched_column": "error",
    "unmatched_number": "error",
    "unmatched_clause": "warning",
    "form_mixed": "warning",
    "unit_assumed": "warning",
    "unlikely_value": "warning",
    "narrative_mismatch": "warning",
    "year_conflict": "warning",
    "stale_year": "warning",
    "organisation_uncertain": "warning",
    "not_grounded": "error",
    "model_disagreement": "error",
    "suspected_tampering": "warning",
    "low_quality_scan": "warning",
}


def test_every_code_of_the_contract_is_in_the_catalogue_with_its_severity() -> None:
    severities = {code: kind.severity for code, kind in catalogue().items()}
    assert {code: severities.get(code) for code in OF_THE_CONTRACT} == OF_THE_CONTRACT


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract is not beside the checkout")
def test_the_list_above_is_the_contracts() -> None:
    table = CONTRACT.read_text("utf-8").partition("## Findings")[2].partition("\n## ")[0]
    named = {code for line in table.splitlines() if line.startswith("| ") for code in _codes(line)}
    assert named == set(OF_THE_CONTRACT)


def _codes(line: str) -> list[str]:
    """The codes in the first column, remarks in brackets and the header left out."""
    cell = re.sub(r"\([^)]*\)", "", line.split("|")[1])
    return [code.strip() for code in cell.split(",") if code.strip() not in ("code", "---")]


@pytest.mark.parametrize("kind", catalogue().values(), ids=list(catalogue()))
def test_messages_take_the_same_values_in_both_languages(kind: Kind) -> None:
    names = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (kind.zh, kind.en)]
    assert names[0] == names[1]
    values: dict[str, Any] = {name: Words("甲", "first") for name in names[0]}
    finding = make(kind.code, ["/x"], **values)
    assert "first" not in finding.message and "甲" not in finding.message_en
    assert kind.says.endswith(".") and kind.zh.endswith(("。", "。{where}", "。{picture}"))


def test_the_table_of_the_document_is_the_catalogue() -> None:
    document = DOCUMENT.read_text("utf-8")
    assert document == with_table(document), "run python -m tests.finding.table"


def test_the_document_says_what_to_do_about_every_code() -> None:
    advice = DOCUMENT.read_text("utf-8").partition("## What to do about it")[2]
    assert [code for code in catalogue() if f"`{code}`" not in advice] == []
