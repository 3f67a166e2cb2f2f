"""Grounding by value: planted wrong facts are refused, other ways of writing a right one are not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from extractor.forms import builtin_forms
from extractor.load import load_bytes
from extractor.metrics import metrics
from extractor.pipeline import read_report, settle
from extractor.verify.grounding import Fact, Facts, facts_of, ground
from tests.generator import generate
from tests.verify.planted_facts import admitted, planted, variants

BODY = "澄湖市水务局"


def known(key: str, value: int, **more: object) -> Facts:
    return Facts(2023, BODY, {date(2024, 1, 20)}, [Fact(metrics()[key], Decimal(value), **more)])  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(3))
def test_no_wrong_fact_is_admitted(seed: int) -> None:
    there, let_in, _ = admitted(planted(seed, 50))
    assert there.total() >= 300
    assert let_in == {}


def test_harmless_variants_are_admitted() -> None:
    there, let_in, refused = admitted(variants(77, 60))
    assert let_in.total() >= 0.95 * there.total(), [text for _, text, _ in refused[:5]]
    assert all(let_in[kind] >= 0.9 * there[kind] for kind in there)


@pytest.mark.parametrize(
    ("facts", "statement", "right"),
    [
        (known("reviews", 0), "2023年没有发生行政复议。", True),
        (known("reviews", 0), "2023年发生行政复议1件。", False),
        (known("reviews", 5), "没有发生行政复议。", False),
        (known("reviews", 5), "行政复议5件，同比增长20%。", False),
        (known("reviews", 5), "行政复议5件。", True),
        (known("reviews", 5), "行政复议约5件。", False),
        (known("reviews", 5), "全市各单位行政复议5件。", False),
        (known("reviews", 5, scope="wider"), "全市各单位行政复议5件。", True),
        (known("items_disclosed", 100, about=True), "公开信息100余条。", True),
        (known("items_disclosed", 100, about=True), "公开信息100条。", False),
        (known("fees_charged_yuan", 125_000), "收取信息处理费12.5万元。", True),
        (known("fees_charged_yuan", 125_000), "收取信息处理费125000元。", True),
        (known("fees_charged_yuan", 125_000), "收取信息处理费12.5元。", False),
        (known("applications_received", 1_180), "收到申请一千一百八十件。", True),
        (known("applications_received", 1_180), "收到申请１，１８０件。", True),
        (known("applications_received", 1_180), "收到申请1180件，培训12次。", False),
        (known("reviews", 5), "2024年1月20日发布。", True),
        (known("reviews", 5), "2024年1月21日发布。", False),
        (known("reviews", 5), "二〇二三年，行政复议五件。", True),
        (known("reviews", 5), "二〇二二年，行政复议五件。", False),
    ],
)
def test_a_statement_is_held_against_the_facts(facts: Facts, statement: str, right: bool) -> None:
    assert ground(statement, facts).admitted is right


def test_the_facts_of_a_record_are_its_claims_and_totals() -> None:
    made = generate(3, layout="txt_tab_rows_empty", messy=0.0, form="2021")
    form = builtin_forms()[0]
    record = settle(read_report(load_bytes(made.data, made.name), builtin_forms()), {})
    total = record.tables["applications"]["new_received"]["total"]
    granted = record.tables["applications"]["granted"]["total"]
    found = facts_of(record, form)
    assert ground(f"收到政府信息公开申请{total}件，予以公开{granted}件。", found).admitted
    assert not ground(f"收到政府信息公开申请{(total or 0) + 1}件。", found).admitted
    assert not ground(f"予以公开{(granted or 0) + 1}件。", found).admitted
