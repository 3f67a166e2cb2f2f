"""The narrative of the real reports against their hand-made labels, where they are at hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from extractor.draft import Draft
from extractor.forms import builtin_forms
from extractor.load import load_document
from extractor.narrative import read_claims, read_identity, read_items, read_overview, summarise
from extractor.sections import find_sections
from extractor.text import fold

SHARED = Path(__file__).parents[3] / "shared"
LABELS = sorted((SHARED / "gold").glob("*.json"))
OURS = {"stale_year", "year_conflict", "unmatched_clause"}

pytestmark = pytest.mark.skipif(not LABELS, reason="the real reports are not here")


def squeezed(words: str) -> str:
    return re.sub(r"\s", "", fold(words))


def read(gold: dict[str, Any]) -> Draft:
    source = SHARED / "reports" / gold["source"]
    if source.suffix != ".txt":
        pytest.skip(f"{source.suffix} is not read yet")
    form = builtin_forms()[0]
    document = load_document(source)
    draft = Draft(document, form, find_sections(document, form.parts))
    for reader in (read_identity, read_overview, read_items, read_claims, summarise):
        reader(draft)
    return draft


@pytest.mark.parametrize("path", LABELS, ids=lambda path: path.stem)
def test_real_report(path: Path) -> None:
    gold = json.loads(path.read_text("utf-8"))
    draft = read(gold)
    assert draft.title == gold["title"]
    assert draft.organisation in gold["organisation"]["accepted"]
    assert draft.year == gold["year"]
    period = draft.period and {"start": str(draft.period.start), "end": str(draft.period.end)}
    assert period == gold["period"]
    assert (draft.published and str(draft.published)) == gold["published"]
    assert [issue.text for issue in draft.narrative.issues] == gold["narrative"]["issues"]
    assert [measure.text for measure in draft.narrative.improvements] == gold["narrative"]["improvements"]
    codes = {finding.code for finding in draft.findings}
    assert codes & OURS == set(gold["expected_findings"]) & OURS
    _check_claims(draft, gold)
    for pointer, evidence in draft.evidence.items():
        assert draft.document.text[evidence.source.start : evidence.source.end] == evidence.raw, pointer


def _check_claims(draft: Draft, gold: dict[str, Any]) -> None:
    for wanted in gold["claims"]:
        quote = squeezed(wanted["quote"])
        assert any(
            claim.metric in wanted["metrics"]
            and (claim.value, claim.scope) == (wanted["value"], wanted["scope"])
            and (squeezed(claim.text) in quote or quote in squeezed(claim.text))
            for claim in draft.narrative.claims
        ), wanted
    for barred in gold["forbidden_claims"]:
        metric, value = barred["metric"], barred["value"]
        assert not any((claim.metric, claim.value) == (metric, value) for claim in draft.narrative.claims), barred
