"""Sets of gold: what counts as one, and that each is named, scored or not."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from eval import cases
from eval.cases import find_cases, folder_of, labels_in, shared_folder
from extractor.errors import GoldError
from tests.test_gold_files import labels

TEXT = "青石镇的一份年报".encode()


def put(records: Path, sources: Path, name: str, **changed: Any) -> None:
    """A label file and its report."""
    records.mkdir(parents=True, exist_ok=True)
    sources.mkdir(parents=True, exist_ok=True)
    (sources / f"{name}.txt").write_bytes(TEXT)
    content = labels(source=f"{name}.txt", sha256=hashlib.sha256(TEXT).hexdigest(), **changed)
    path = records / (f"{name}.json" if records != sources else "record.json")
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def test_two_folders_side_by_side(tmp_path: Path) -> None:
    put(tmp_path / "more" / "gold", tmp_path / "more" / "reports", "a")
    given = [str(tmp_path / "more"), str(tmp_path / "more" / "gold")]
    given.append(os.pathsep.join(str(tmp_path / "more" / name) for name in ("reports", "gold")))
    for one in given:
        folder = folder_of(one)
        assert folder.name == "more"
        assert [(id_, source.name) for id_, _, source in labels_in(folder)] == [("a", "a.txt")]


def test_a_folder_of_cases(tmp_path: Path) -> None:
    put(tmp_path / "set" / "first", tmp_path / "set" / "first", "a")
    folder = folder_of(str(tmp_path / "set"))
    assert [id_ for id_, _, _ in labels_in(folder)] == ["first"]


def test_records_and_reports_in_one_folder(tmp_path: Path) -> None:
    put(tmp_path / "all", tmp_path / "elsewhere", "a")
    (tmp_path / "all" / "a.json").rename(tmp_path / "elsewhere" / "a.json")
    assert [source.parent for _, _, source in labels_in(folder_of(str(tmp_path / "elsewhere")))] == [
        tmp_path / "elsewhere"
    ]


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_set_that_was_asked_for_must_hold_gold(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(GoldError, match=name):
        find_cases([str(tmp_path / name)])


def test_every_set_is_named_scored_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "further" / "gold", tmp_path / "further" / "reports", "a")
    monkeypatch.setattr(cases, "shared_folder", lambda: shared_folder(tmp_path / "nowhere"))
    found = find_cases([str(tmp_path / "further")])
    assert [(one.name, one.scored) for one in found.sets] == [("own", True), ("shared", False), ("further", True)]
    assert "not there" in found.sets[1].why
    assert [case.id for case in found.cases if case.set == "further"] == ["a"]


def test_a_set_that_is_named_twice_is_scored_once() -> None:
    assert find_cases([str(cases.OWN)]).sets == find_cases().sets


def test_a_fault_of_one_label_is_told_by_its_file(tmp_path: Path) -> None:
    put(tmp_path / "set" / "gold", tmp_path / "set" / "reports", "bad", form="1999")
    with pytest.raises(GoldError, match=r"bad\.json.*1999"):
        find_cases([str(tmp_path / "set")])


def test_generated_and_labelled_reports_are_never_one_set(tmp_path: Path) -> None:
    put(tmp_path / "set" / "gold", tmp_path / "set" / "reports", "a")
    put(tmp_path / "set" / "gold", tmp_path / "set" / "reports", "b", origin="generated")
    with pytest.raises(GoldError, match="mixes"):
        find_cases([str(tmp_path / "set")])
