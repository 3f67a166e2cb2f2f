"""The desk's data of every sample, in both languages: complete, plain, and true to the source."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from extractor.review.checking import key_of
from extractor.store import Store
from tests.stores import ANN, EVE
from tests.ui.desks import FILES, new_store, opened_in, read, shown_to


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = new_store(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", FILES)
def test_every_sample_is_shown_whole(store: Store, name: str, language: str) -> None:
    found = opened_in(store, name)
    plain = shown_to(ANN, found, name, language)
    json.dumps(plain, allow_nan=False)
    assert set(_cells(plain)) >= {path for path, place in plain["places"].items() if place["is_cell"]}
    assert len(plain["findings"]) == len(found.record.findings)
    assert all(place["label"] and place["mark"] in ("ok", "review", "error") for place in plain["places"].values())
    if language == "en":
        told = [*plain["words"].values(), plain["standing_label"], *(one["message"] for one in plain["findings"])]
        assert not [words for words in told if isinstance(words, str) and _is_chinese_alone(words)]


def _cells(plain: dict[str, Any]) -> Iterator[str]:
    """Paths of the cells that the tables print."""
    for table in plain["tables"]:
        for block in table["blocks"]:
            for row in block["rows"]:
                yield from row["paths"]


def _is_chinese_alone(words: str) -> bool:
    return bool(words) and all("一" <= char <= "鿿" for char in words)


@pytest.mark.parametrize("name", FILES)
def test_marks_stand_where_the_source_says_so(store: Store, name: str) -> None:
    found = opened_in(store, name)
    places = shown_to(ANN, found, name)["places"]
    text = read(name)[0].text
    for path, place in places.items():
        if place["start"] is None:
            continue
        assert 0 <= place["start"] <= place["end"] <= len(text), path
        raw = found.record.evidence[path].raw if path in found.record.evidence else None
        if raw and place["is_cell"]:
            assert "".join(raw.split()) in "".join(text[place["start"] : place["end"]].split()), path


@pytest.mark.parametrize("name", FILES)
def test_the_text_beside_holds_every_character_of_a_mark(store: Store, name: str) -> None:
    plain = shown_to(ANN, opened_in(store, name), name)
    text = read(name)[0].text
    for part in plain["source"]["parts"]:
        cells = [cell for row in part["rows"] for cell in row] if "rows" in part else [part]
        for cell in cells:
            if cell["start"] is not None:
                assert text[cell["start"] : cell["start"] + len(cell["text"])] == cell["text"]


def test_what_an_error_is_about_is_marked(store: Store) -> None:
    name = "qingzhen_health_bureau_2022.txt"
    found = opened_in(store, name)
    plain = shown_to(ANN, found, name)
    errors = [one for one in found.record.findings if one.severity == "error"]
    named = {path for one in errors for path in one.paths if path in plain["places"]}
    assert errors
    assert {plain["places"][path]["mark"] for path in named} == {"error"}
    assert [one["key"] for one in plain["findings"][: len(errors)]] == [key_of(one) for one in errors]


def test_who_may_only_read_is_offered_nothing(store: Store) -> None:
    name = "qingzhen_health_bureau_2022.txt"
    assert shown_to(EVE, opened_in(store, name), name)["may"] == {"correct": False, "decide": False}
