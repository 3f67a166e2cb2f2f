"""The record as JSON: exact, complete, told by its schema."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import EmptyFileError, RecordError
from extractor.record import Record, Source, failed_record, json_schema
from tests.records import a_record, tables

CONTRACT_KEYS = {
    "schema_version",
    "source",
    "form",
    "title",
    "organisation",
    "body",
    "year",
    "period",
    "published",
    "tables",
    "narrative",
    "evidence",
    "findings",
    "status",
    "usage",
}


def test_a_record_has_the_keys_of_the_contract() -> None:
    plain = a_record().to_dict()
    assert plain.keys() == CONTRACT_KEYS
    assert plain["period"] == {"start": "2023-01-01", "end": "2023-12-31"}
    assert plain["narrative"]["improvements"][0]["answers"] == ["i1"]
    assert plain["evidence"]["/organisation"]["source"].keys() == {
        "start",
        "end",
        "table",
        "row",
        "column",
        "page",
        "bbox",
    }


def test_a_record_comes_back_as_it_was_written() -> None:
    assert Record.from_json(a_record().to_json()) == a_record()


def test_a_record_is_one_line_of_characters() -> None:
    line = a_record(title="两\n行").to_json()
    assert "\n" not in line
    assert "松江口镇" in line


def test_a_record_fits_its_schema() -> None:
    plain = json.loads(a_record().to_json())
    jsonschema.validate(plain, json_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**plain, "tables": []}, json_schema())


def test_a_failed_object_fits_the_schema_too() -> None:
    failed = failed_record(Source("a.txt", "", "application/octet-stream"), EmptyFileError("empty", "空"))
    jsonschema.validate(failed, json_schema())
    assert failed["error"] == {"code": "empty_file", "message": "空", "message_en": "empty"}


@pytest.mark.parametrize(
    "change",
    [
        {"status": "perhaps"},
        {"year": "2023"},
        {"tables": {"applications": {"granted": {"total": "four"}}}},
        {"tables": {"applications": {"granted": {"total": True}}}},
        {"evidence": {"/title": {"state": "guessed"}}},
        {"findings": [{"code": "row_sum"}]},
        {"source": None},
    ],
)
def test_other_shapes_do_not_fit_the_schema(change: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(a_record().to_json()) | change, json_schema())


@given(st.one_of(st.integers(0, 10**40), st.decimals(0, 10**12, allow_nan=False, allow_infinity=False, places=6)))
def test_numbers_are_exact_both_ways(value: int | Decimal) -> None:
    record = a_record(tables=tables(proactive_disclosure__fees__amount_10k_yuan=value), evidence={}, findings=[])
    read = json.loads(record.to_json(), parse_float=Decimal)["tables"]["proactive_disclosure"]["fees"][
        "amount_10k_yuan"
    ]
    assert not isinstance(read, str | float)
    assert read == value
    assert Record.from_json(record.to_json()).tables == record.tables


@pytest.mark.parametrize(
    "line",
    ["", "{", "[]", "null", "{}", '{"source": 3}', '{"source": {"name": "a"}}', "\x00", '"' * 3, "[" * 100_000],
)
def test_what_is_no_record_is_refused_with_a_sentence(line: str) -> None:
    with pytest.raises(RecordError) as caught:
        Record.from_json(line)
    assert caught.value.en
    assert caught.value.zh


def test_dates_are_dates() -> None:
    assert Record.from_json(a_record().to_json()).published == date(2024, 1, 20)
