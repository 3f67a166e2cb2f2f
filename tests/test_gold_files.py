"""Gold files: read and written without loss, and refused by name where they contradict their form or their source."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from eval.cases import OWN, Case, find_cases
from eval.reading import Reading
from eval.scores import score_case
from extractor.errors import GoldError
from extractor.forms import builtin_forms
from extractor.gold import GoldReview, check_gold, gold_of, gold_schema, load_gold, read_gold, unlabelled, write_gold
from extractor.load import load_document
from extractor.pipeline import read_report, settle

FORMS = builtin_forms()
SOURCE = "青石镇的一份年报".encode()
REVIEW = {"upheld": 1, "corrected": 0, "other": None, "pending": 2, "total": 3}
PARTS = ["natural_person", "commercial_enterprise", "research_institution", "public_interest_organisation"]
RECEIVED = dict.fromkeys([*PARTS, "legal_service_institution", "other_organisation"], 1) | {"total": 6}


def labels(**changed: Any) -> dict[str, Any]:
    """A gold file's content."""
    fields: dict[str, Any] = {
        "source": "report.txt",
        "sha256": hashlib.sha256(SOURCE).hexdigest(),
        "form": "2021",
        "title": "青石镇2023年政府信息公开工作年度报告",
        "organisation": {"name": "青石镇", "accepted": ["青石镇"]},
        "year": 2023,
        "period": {"start": "2023-01-01", "end": "2023-12-31"},
        "published": "2024-01-09",
        "tables": {"applications": {"new_received": RECEIVED}},
        "narrative": {"issues": ["甲"], "improvements": ["乙"]},
        "claims": [{"metrics": ["reviews"], "value": 1, "scope": "own", "quote": "复议1件"}],
        "forbidden_claims": [],
        "expected_findings": [],
    }
    return fields | changed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "report.txt").write_bytes(SOURCE)
    return tmp_path


def written(folder: Path, **changed: Any) -> Path:
    path = folder / "record.json"
    path.write_text(json.dumps(labels(**changed), ensure_ascii=False), "utf-8")
    return path


def test_a_gold_file_comes_back_as_it_was_written(folder: Path) -> None:
    path = folder / "record.json"
    fees = {"fees": {"amount_10k_yuan": 25.100001}}
    path.write_text(json.dumps(labels(tables={"proactive_disclosure": fees}, reviewer="甲")), "utf-8")
    gold = read_gold(path)
    assert gold.tables["proactive_disclosure"]["fees"]["amount_10k_yuan"] == Decimal("25.100001")
    write_gold(gold, folder / "again.json")
    assert read_gold(folder / "again.json") == gold
    assert json.loads((folder / "again.json").read_text("utf-8"))["reviewer"] == "甲"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source": ""}, "/source"),
        ({"sha256": "abc"}, "/sha256"),
        ({"year": "2023年"}, "/year"),
        ({"published": "9日"}, "/published"),
        ({"organisation": "青石镇"}, "/organisation"),
        ({"tables": {"applications": {"new_received": {"total": "6"}}}}, "/tables/applications/new_received/total"),
        ({"claims": [{"metrics": [], "value": 1, "quote": "x"}]}, "/claims/0/metrics"),
        ({"states": {"/tables/applications/new_received/total": "empty"}}, "/states"),
    ],
)
def test_what_has_not_the_shape_of_gold_is_refused_by_field(folder: Path, change: dict[str, Any], words: str) -> None:
    with pytest.raises(GoldError, match=words):
        read_gold(written(folder, **change))


@pytest.mark.parametrize("content", [b"", b"[1, 2]", b"\xff\xfe", b"{" * 100_000])
def test_what_is_no_gold_file_at_all(folder: Path, content: bytes) -> None:
    path = folder / "record.json"
    path.write_bytes(content)
    with pytest.raises(GoldError, match=r"record\.json"):
        read_gold(path)


def test_a_source_that_changed_is_an_error(folder: Path) -> None:
    path = written(folder)
    load_gold(path, folder / "report.txt")
    (folder / "report.txt").write_bytes(SOURCE + b" ")
    with pytest.raises(GoldError, match="changed"):
        load_gold(path, folder / "report.txt")
    with pytest.raises(GoldError, match="cannot be read"):
        load_gold(path, folder / "gone.txt")


WRONG = RECEIVED | {"total": 7}
ITEMS = {"upheld": 1, "corrected": 0, "other": 0, "pending": 2, "total": 9}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, ""),
        ({"form": "1999"}, "no form '1999'"),
        ({"form": None}, "tables without a form"),
        ({"form": None, "tables": {}}, ""),
        ({"tables": {"expenses": {}}}, "'expenses' is no table"),
        ({"tables": {"applications": {"lost": {"total": 1}}}}, "/tables/applications/lost"),
        ({"tables": {"applications": {"granted": {"grand_total": 1}}}}, "/tables/applications/granted"),
        ({"tables": {"applications": {"new_received": WRONG}}}, "row_sum fails along new_received (6, not 7)"),
        ({"tables": {"applications": {"new_received": WRONG}}, "expected_findings": ["row_sum"]}, ""),
        ({"tables": {"applications": {"new_received": WRONG}}, "allowed_findings": ["row_sum"]}, ""),
        ({"tables": {"applications": {"new_received": WRONG | {"total": None}}}}, ""),
        ({"expected_findings": ["row_sum"]}, "row_sum is expected, and every sum"),
        ({"tables": {"review_litigation": {"review": ITEMS}}}, "review_sum fails along review"),
        ({"tables": {"review_litigation": {"review": REVIEW}}, "expected_findings": ["review_sum"]}, ""),
        ({"expected_findings": ["no_such_code"]}, "no finding 'no_such_code'"),
        ({"claims": [{"metrics": ["visits"], "value": 1, "quote": "x"}]}, "no metric 'visits'"),
        ({"forbidden_claims": [{"metric": "visits", "value": 1, "quote": "x"}]}, "no metric 'visits'"),
        ({"links": {"1": [0]}}, "no improvement 1"),
        ({"links": {"0": [1]}}, "improvement 0 answers [1]"),
        ({"unscored": ["colour"]}, "'colour'"),
        ({"organisation": {"name": "青石镇", "accepted": ["青石"]}}, "among those accepted"),
        ({"period": {"start": "2023-12-31", "end": "2023-01-01"}}, "ends before it starts"),
        ({"states": {"/tables/applications/new_received/total": "blank"}}, "a state where a number stands"),
        ({"tables": {"review_litigation": {"review": REVIEW}}, "states": {}}, "no number and no state"),
    ],
)
def test_labels_are_checked_against_form_and_contract(folder: Path, change: dict[str, Any], fault: str) -> None:
    faults = check_gold(read_gold(written(folder, **change)), FORMS)
    assert [fault in one for one in faults] == ([True] if fault else [])


def test_rows_of_another_form_s_block_may_stand_in_a_hybrid(folder: Path) -> None:
    block = {"regulations": {"new_issued": 1, "new_disclosed": 1, "total_disclosed": 4}}
    assert check_gold(read_gold(written(folder, tables={"proactive_disclosure": block})), FORMS) == []


def test_own_gold_labels_every_cell_and_fits_the_schema() -> None:
    for case in find_cases().cases:
        form = next(form for form in FORMS if form.id == case.gold.form)
        assert unlabelled(case.gold, form) == [], case.id
    for path in OWN.glob("*/record.json"):
        jsonschema.validate(json.loads(path.read_text("utf-8")), gold_schema())


@pytest.mark.parametrize("name", ["yunzhen_zone_2023", "dongli_subdistrict_2023", "lanjiang_water_department_2023"])
def test_a_reviewed_record_becomes_gold_that_it_is_right_by(tmp_path: Path, name: str) -> None:
    """The record of a report, taken for reviewed: its gold passes every check, and the record is right by it."""
    source = next(case.path for case in find_cases().cases if case.id == name)
    document = load_document(source)
    record = settle(read_report(document, FORMS), {})
    review = GoldReview(by="reviewer-1", at=datetime(2026, 11, 21, 8, 0, tzinfo=UTC), note="second look")
    write_gold(gold_of(record, [review]), tmp_path / "record.json")
    gold = load_gold(tmp_path / "record.json", source)
    assert [one.by for one in gold.reviews] == ["reviewer-1"]
    assert score_case(Case(name, "promoted", gold, source), Reading("rules", record, document)).misses == []
