"""Hand-labelled reports: every label comes out as it was written down.

The samples of this project are always there. A folder ``../shared`` with ``reports`` and ``gold`` (the real reports the
project was asked for) is used where it is present, and missed by name where it is not. Links of improvements to issues
are scored by eval, not demanded here: rules take them only where a report states them.
"""

from __future__ import annotations

import pytest

from eval.cases import OWN, SHARED, Case, find_cases
from eval.reading import Reading
from eval.scores import score_case
from extractor.forms import builtin_forms
from extractor.load import load_document
from extractor.pipeline import read_report, settle

CASES = find_cases().cases


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_every_label(case: Case) -> None:
    document = load_document(case.path)
    record = settle(read_report(document, builtin_forms()), {})
    result = score_case(case, Reading("rules", record, document))
    assert [(one.pointer, one.gold, one.got) for one in result.misses if one.kind != "link"] == []
    assert len(result.cells) >= 180
    assert record.source.sha256 == case.gold.sha256


def test_own_gold_is_labelled_twice() -> None:
    assert len(list(OWN.glob("*/record.json"))) >= 12
    for note in OWN.glob("*/note.md"):
        assert "Second reading" in note.read_text("utf-8"), note


def test_most_cells_of_own_gold_are_not_zero() -> None:
    values = [value for case in CASES if case.set == "own" for _, value in case.gold.cells()]
    assert sum(1 for value in values if value) * 2 > len(values)


@pytest.mark.skipif(not (SHARED / "gold").is_dir(), reason="../shared/gold (the real reports' labels) is not there")
def test_real_reports_are_among_the_cases() -> None:
    assert sum(case.set == "shared" for case in CASES) >= 5
