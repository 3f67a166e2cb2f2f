"""Bounds, and figures of the text against the tables."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from extractor.draft import Draft
from extractor.record import Claim, Finding, Level, Number
from extractor.verify import verify
from tests.verify.factory import Values, figures, form_of, report_of


def values_of(form_id: str = "2021") -> Values:
    return figures(Random(5), form_of(form_id))


def found(draft: Draft, code: str) -> list[Finding]:
    return [finding for finding in verify(draft).findings if finding.code == code]


@pytest.mark.parametrize(
    ("level", "unlikely"),
    [("township", True), ("county", True), ("department", True), ("city", False), ("state", False), (None, False)],
)
def test_only_some_levels_make_regulations(level: Level | None, unlikely: bool) -> None:
    draft = report_of(values=values_of()).draft
    draft.body.level = level
    paths = [path for finding in found(draft, "unlikely_value") for path in finding.paths]
    stem = "/tables/proactive_disclosure/regulations"
    assert paths == ([f"{stem}/issued", f"{stem}/repealed", f"{stem}/in_force"] if unlikely else [])


def test_regulations_of_nought_are_likely_everywhere() -> None:
    values = values_of()
    values["proactive_disclosure"]["regulations"] = {"issued": 0, "repealed": None, "in_force": 0}
    draft = report_of(values=values).draft
    draft.body.level = "township"
    assert found(draft, "unlikely_value") == []


def test_no_less_is_in_force_than_was_issued() -> None:
    values = values_of()
    values["proactive_disclosure"]["normative_documents"] |= {"issued": 5, "in_force": 3}
    [finding] = found(report_of(values=values).draft, "unlikely_value")
    stem = "/tables/proactive_disclosure/normative_documents"
    assert finding.paths == [f"{stem}/in_force", f"{stem}/issued"]
    assert "3、5" in finding.message and finding.severity == "warning"


ODD: list[tuple[str, str, str, Number, bool]] = [
    ("2021", "penalties", "decisions", Decimal("2.5"), True),
    ("2021", "penalties", "decisions", -3, True),
    ("2021", "fees", "amount_10k_yuan", Decimal("2.5"), False),
    ("2021", "fees", "amount_10k_yuan", -3, True),
    ("2019", "licences", "change", -3, False),
    ("2019", "licences", "change", Decimal("0.5"), True),
]


@pytest.mark.parametrize(("form_id", "row", "column", "number", "unlikely"), ODD)
def test_counts_are_whole_and_not_negative(form_id: str, row: str, column: str, number: Number, unlikely: bool) -> None:
    values = values_of(form_id)
    values["proactive_disclosure"][row][column] = number
    paths = [finding.paths for finding in found(report_of(form_id, values=values).draft, "unlikely_value")]
    assert paths == ([[f"/tables/proactive_disclosure/{row}/{column}"]] if unlikely else [])


def with_claim(metric: str, value: int, scope: str = "own", blank: bool = False) -> Draft:
    values = values_of()
    values["applications"]["new_received"]["total"] = 640
    values["applications"]["carried_over"]["total"] = 10
    if blank:
        values["applications"] = {row: dict.fromkeys(columns) for row, columns in values["applications"].items()}
    draft = report_of(values=values).draft
    words = "本镇按要求公开各类信息"
    start = draft.document.text.index(words)
    claim = Claim("c1", words, start, start + len(words), metric=metric, value=value, scope=scope)  # type: ignore[arg-type]
    draft.narrative.claims = [claim]
    return draft


CLAIMS = [
    ("applications_received", 640, "own", False, False),
    ("applications_received", 650, "own", False, False),
    ("applications_received", 641, "own", False, True),
    ("applications_received", 641, "wider", False, False),
    ("applications_received", 641, "own", True, False),
    ("applications_carried_over", 0, "own", False, True),
    ("items_disclosed", 9, "own", False, False),
]


@pytest.mark.parametrize(("metric", "value", "scope", "blank", "mismatch"), CLAIMS)
def test_figures_of_the_text_agree_with_the_tables(
    metric: str, value: int, scope: str, blank: bool, mismatch: bool
) -> None:
    findings = found(with_claim(metric, value, scope, blank), "narrative_mismatch")
    assert bool(findings) is mismatch


def test_a_contradicted_claim_is_named_with_its_cells() -> None:
    [finding] = found(with_claim("applications_received", 641), "narrative_mismatch")
    stem = "/tables/applications"
    assert finding.paths == ["/narrative/claims/c1", f"{stem}/new_received/total", f"{stem}/carried_over/total"]
    assert "641" in finding.message and "640、650" in finding.message


def test_litigation_is_both_groups_together() -> None:
    draft = with_claim("litigations", 0)
    table = draft.tables["review_litigation"]
    total = sum(int(table[row]["total"] or 0) for row in ("litigation_direct", "litigation_after_review"))
    draft.narrative.claims[0].value = total
    assert found(draft, "narrative_mismatch") == []
