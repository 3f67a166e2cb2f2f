"""Answers on disk and recordings: what they depend on, damage, many at once."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from extractor.errors import RecordingError
from extractor.llm.cache import AnswerCache, Key, cache_folder, key_of, read_json, write_json
from extractor.llm.recordings import RecordedModel, recording_path
from tests.faulty_server import FaultyServer
from tests.llm.asked import questions, report, settings, truthful
from tests.llm.record import record

ROOT = Path(__file__).resolve().parents[2]
KEY = Key("m", "p", "s", "c")


def test_an_answer_is_found_by_all_it_depends_on(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path)
    cache.put(KEY, {"anchor": 3})
    assert cache.get(KEY) == {"anchor": 3}
    for name in ("model", "prompt", "schema", "content"):
        assert cache.get(replace(KEY, **{name: "other"})) is None


def test_the_key_is_of_the_question_not_of_its_id() -> None:
    question = questions(1, "year")[0]
    key = key_of(question, "m", "p", {})
    assert key == key_of(replace(question, id="another"), "m", "p", {})
    assert key != key_of(replace(question, content={**question.content, "sample": 2}), "m", "p", {})


@pytest.mark.parametrize("kept", ["", "{", "[1]", '{"content": 3}', "[" * 10_000])
def test_a_damaged_file_is_as_good_as_none(kept: str, tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path)
    cache.put(KEY, {"anchor": 3})
    (path,) = tmp_path.rglob("*.json")
    path.write_text(kept, "utf-8")
    assert cache.get(KEY) is None


def test_a_folder_that_cannot_be_written_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    cache = AnswerCache(tmp_path / "file")
    cache.put(KEY, {"anchor": 3})
    assert cache.get(KEY) is None
    assert AnswerCache(None).get(KEY) is None


def write(path: Path, number: int) -> None:
    write_json(path, {"number": number, "much": "x" * 100_000})


def test_many_writers_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(partial(write, path), range(40)))
    kept = read_json(path)
    assert kept is not None and len(kept["much"]) == 100_000
    assert list(tmp_path.iterdir()) == [path]


def test_the_setting_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder("") == tmp_path / "extractor"
    assert cache_folder(str(tmp_path)) == tmp_path
    assert cache_folder("off") is None


# ---- recordings --------------------------------------------------------------------------------------------------
@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """Recordings of the answers to every question on a report."""
    file = tmp_path / report(1).name
    file.write_bytes(report(1).data)
    with FaultyServer(truthful(1)) as server:
        server.expect(questions(1))
        failed = asyncio.run(record(settings(server.url, "off"), tmp_path / "kept", [file]))
    assert {answer.failure for answer in failed} <= {"invalid_answer"}
    return tmp_path / "kept"


def test_recordings_are_replayed(recorded: Path) -> None:
    asked = questions(1, "table_grid", "year")
    answers = asyncio.run(RecordedModel(recorded).answer(asked))
    assert {name: answer.content for name, answer in answers.items()} == {one.id: truthful(1)(one) for one in asked}
    assert {answer.model for answer in answers.values()} == {"test-model"}


def test_a_stale_recording_is_an_error(recorded: Path) -> None:
    (question,) = questions(1, "year")
    changed = replace(question, content={**question.content, "text": question.content["text"] + "。"})
    with pytest.raises(RecordingError, match=r"stale .content changed"):
        asyncio.run(RecordedModel(recorded).answer([changed]))
    with pytest.raises(RecordingError, match=r"stale .model changed"):
        asyncio.run(RecordedModel(recorded, "another").answer([question]))
    path = recording_path(recorded, question)
    kept = read_json(path) or {}
    write_json(path, {**kept, "key": {**kept["key"], "prompt": "older"}})
    with pytest.raises(RecordingError, match=r"stale .prompt changed"):
        asyncio.run(RecordedModel(recorded).answer([question]))


DAMAGED = [{"content": None}, {"content": {"anchor": "x"}}, {"key": None}, {"key": []}, {"format": 9}]


@pytest.mark.parametrize("damage", DAMAGED, ids=repr)
def test_a_damaged_recording_is_an_error(damage: dict[str, Any], recorded: Path) -> None:
    (question,) = questions(1, "year")
    path = recording_path(recorded, question)
    write_json(path, {**(read_json(path) or {}), **damage})
    with pytest.raises(RecordingError, match=r"recording of year .* make record"):
        asyncio.run(RecordedModel(recorded).answer([question]))


@pytest.mark.parametrize(
    ("folder", "file", "address", "words"),
    [
        ("/proc/nowhere", "a.txt", "http://127.0.0.1:9/v1", "/proc/nowhere"),
        ("kept", "nowhere.txt", "http://127.0.0.1:9/v1", "nowhere.txt"),
        ("kept", "a.txt", "127.0.0.1:9", "OPENAI_BASE_URL"),
    ],
)
def test_a_wrong_call_is_one_sentence(folder: str, file: str, address: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(report(1).data)
    env = os.environ | {"OPENAI_BASE_URL": address, "EXTRACTOR_MODEL": "m", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.llm.record", folder, file]
    ran = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert words in ran.stderr.splitlines()[-1]


def test_a_missing_recording_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"no recording of year"):
        asyncio.run(RecordedModel(tmp_path).answer(questions(1, "year")))
