"""The desk's data of every sample, in both languages: complete, plain, and true to the source."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extractor.errors import CorrectionError
from extractor.finding import catalogue
from extractor.review import work
from extractor.review.checking import CONFLICT, key_of
from extractor.review.saving import On
from extractor.review.work import Change
from extractor.store import Store
from extractor.store.state import Entry
from extractor.ui.desk.steps import entry_at_path
from tests.stores import ANN, EVE
from tests.ui.desks import FILES, WORDS, new_store, opened_in, read, shown_to

HEALTH = "qingzhen_health_bureau_2022.txt"
CELL = "/tables/applications/denied_internal_affairs/natural_person"


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


def test_every_code_of_a_finding_has_a_title() -> None:
    for words in WORDS.values():
        assert set(catalogue()) | {CONFLICT} == set(words.group("finding"))
    assert all(any("一" <= char <= "鿿" for char in title) for title in WORDS["zh"].group("finding").values())


REASONS = {
    "row_sum": ("疑问", "行合计不符", "doubts", "row does not add up"),
    "missing": ("疑问", "缺失", "doubts", "missing"),
    "digits_rejoined": ("疑问", "数字断开后拼合", "doubts", "digits were joined"),
    "model_agrees": ("旁证", "模型读法相同", "borne out by", "the model agrees"),
    "identity": ("旁证", "勾稽关系成立", "borne out by", "an identity holds"),
    "prompt:issues-3f": ("旁证", "提示词", "borne out by", "prompt"),
    "a_code_of_tomorrow": ("疑问", "a code of tomorrow", "doubts", "a code of tomorrow"),
}


@pytest.mark.parametrize(("code", "said"), REASONS.items(), ids=REASONS)
def test_reasons_are_told_in_words_beside_their_codes(store: Store, code: str, said: tuple[str, ...]) -> None:
    found = opened_in(store, HEALTH)
    found.record.evidence[CELL].reasons = [code]
    for language, label, words in (("zh", *said[:2]), ("en", *said[2:])):
        known = shown_to(ANN, found, HEALTH, language)["places"][CELL]["known"]
        assert (label, words, code) in known


def test_a_reason_that_a_finding_of_the_report_names_is_that_finding(store: Store) -> None:
    found = opened_in(store, HEALTH)
    assert found.now is not None
    one = found.now.findings[0]
    found.now.findings.append(replace(one, finding=replace(one.finding, code="identity")))
    found.record.evidence[CELL].reasons = ["identity", "label"]
    known = shown_to(ANN, found, HEALTH)["places"][CELL]["known"]
    assert known[-2:] == [("疑问", "勾稽关系不符", "identity"), ("旁证", "旁边的名称相符", "label")]


def test_the_level_is_shown_and_typed_in_words(store: Store) -> None:
    found = opened_in(store, HEALTH)
    for language, said in (("zh", "县级"), ("en", "county")):
        found.record.body.level = "county"
        place = shown_to(ANN, found, HEALTH, language)["places"]["/body/level"]
        assert place["value"] == said and said in place["choices"]
    for typed in ("县级", "county", " County "):
        assert entry_at_path("/body/level", typed, None).value == "county"
    assert entry_at_path("/body/level", "", None).value is None
    with pytest.raises(CorrectionError) as refused:
        entry_at_path("/body/level", "村级", None)
    assert "乡镇街道" in refused.value.zh


def test_the_history_tells_levels_in_words(store: Store) -> None:
    found = opened_in(store, HEALTH)
    after = work.correct(store, ANN, On(found.row.id, found.version), Change("/body/level", Entry("township")))
    assert shown_to(ANN, after, HEALTH)["history"][0]["what"].endswith("→ 乡镇街道")


def test_part_one_is_cut_and_not_told_twice(store: Store) -> None:
    plain = shown_to(ANN, opened_in(store, HEALTH), HEALTH)
    [overview] = [part for part in plain["parts"] if part["label"] == "第一部分逐句"]
    assert [one["note"] for one in overview["clauses"] if one["role"] == "topic"] == ["主动公开", "依申请公开", "其他"]
    assert all(one["note"] is None for one in overview["clauses"] if one["role"] != "topic")
    assert [one["label"] for one in plain["lists"]] == ["文中数字"]
