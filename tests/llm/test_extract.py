"""``extractor extract`` with a model behind it: engines, usage, faults, and a key that is nowhere."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from extractor.draft import Question
from extractor.forms import builtin_forms
from extractor.load import load_document
from extractor.pipeline import ask_about, read_report, settle
from tests import faulty_server as faults
from tests.faulty_server import Fault, FaultyServer
from tests.llm.asked import KEY, report
from tests.llm.truthful import Truthful

ROOT = Path(__file__).resolve().parents[2]
SEEDS = (1, 2, 3)
COMMAND = [sys.executable, "-m", "extractor.cli", "extract"]


@pytest.fixture
def reports(tmp_path: Path) -> list[Path]:
    paths = []
    for seed in SEEDS:
        made = report(seed)
        paths.append(tmp_path / f"{seed}-{made.name}")
        paths[-1].write_bytes(made.data)
    return paths


def serve(reports: list[Path], always: Fault = faults.honest) -> FaultyServer:
    answers: dict[str, Any] = {}
    server = FaultyServer(lambda question: answers.get(question.content["tag"] + question.id), always=always)
    for seed, path in zip(SEEDS, reports, strict=True):
        draft = read_report(load_document(path), builtin_forms())
        asked = [*ask_about(draft, "model", samples=2), *ask_about(draft, "hybrid")]
        truthful = Truthful(report(seed).truth)
        answers |= {one.content["tag"] + one.id: truthful._asked(one) or harmless(one) for one in asked}
        server.expect(asked)
    return server


def harmless(question: Question) -> dict[str, Any]:
    """A valid answer to what the truth of a generated report does not tell."""
    if question.kind == "topics":
        return {"topics": [next(iter(question.content["topics"]))] * question.content["anchors"]}
    if question.kind == "links":
        return {"answers": [[]] * question.content["improvements"]}
    return {"sentences": ["公开内容有待丰富。", "解读形式较为单一。", "下一步将加强培训。"]}


def environment(server: FaultyServer | None, folder: Path, **more: str) -> dict[str, str]:
    ours = ("EXTRACTOR_", "OPENAI_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    env |= {"PYTHONPATH": str(ROOT), "EXTRACTOR_LANGUAGE": "en", "EXTRACTOR_CACHE_DIR": str(folder / "cache")}
    if server:
        env |= {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.url, "EXTRACTOR_MODEL": "test-model"}
        env |= {"EXTRACTOR_SECONDS_PER_CALL": "10", "EXTRACTOR_SECONDS_OF_WAITING": "1"}
        env |= {"EXTRACTOR_CALLS_PER_SECOND_AT_FIRST": "100"}
    return env | more


def extract(
    reports: list[Path], server: FaultyServer | None, *options: str, **more: str
) -> subprocess.CompletedProcess[str]:
    folder = reports[0].parent
    command = [*COMMAND, *(path.name for path in reports), *options]
    env = environment(server, folder, **more)
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)


def tables_by_rule(reports: list[Path]) -> list[dict[str, Any]]:
    """The tables of each of ``reports`` where no model is asked."""
    drafts = [read_report(load_document(path), builtin_forms()) for path in reports]
    return [json.loads(settle(draft, {}).to_json())["tables"] for draft in drafts]


def records(ran: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_configured_model_is_asked_by_default(reports: list[Path]) -> None:
    with serve(reports) as server:
        ran = extract(reports, server, "--usage")
    found = records(ran)
    assert ran.returncode == 0, ran.stderr
    assert [record["source"]["name"] for record in found] == [path.name for path in reports]
    assert sum(record["usage"]["calls"] for record in found) == len(server.requests) > 0
    assert found[0]["usage"]["input_tokens"] == 1000 * found[0]["usage"]["calls"]
    total = next(line for line in ran.stderr.splitlines() if line.startswith("total"))
    assert total.split()[3] == str(len(server.requests) + len(server.probes))


def test_rules_ask_nobody(reports: list[Path]) -> None:
    with serve(reports) as server:
        ran = extract(reports, server, "--engine", "rules")
    assert [record["tables"] for record in records(ran)] == tables_by_rule(reports)
    assert server.requests == server.probes == []


def test_the_engine_model_asks_more_and_samples_ask_again(reports: list[Path]) -> None:
    counts = []
    with serve(reports) as server:
        for number, options in enumerate([(), ("--engine", "model"), ("--engine", "model", "--samples", "2")]):
            extract(reports[:1], server, *options, EXTRACTOR_CACHE_DIR=f"cache-{number}")
            counts.append(len(server.requests))
    hybrid, model, twice = counts[0], counts[1] - counts[0], counts[2] - counts[1]
    assert hybrid < model < twice


@pytest.mark.parametrize("options", [(), ("--engine", "model"), ("--engine", "model", "--samples", "2")], ids=repr)
def test_values_read_by_rule_stay_and_a_second_run_is_free(options: tuple[str, ...], reports: list[Path]) -> None:
    with serve(reports) as server:
        first = records(extract(reports, server, *options))
        asked = len(server.requests), len(server.probes)
        again = records(extract(reports, server, *options))
    assert [record["tables"] for record in first] == tables_by_rule(reports)
    assert (len(server.requests), len(server.probes)) == asked
    assert {record["usage"]["calls"] for record in again} == {0}
    assert [without_usage(record) for record in again] == [without_usage(record) for record in first]


def without_usage(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "usage"}


FAULTS = {
    "500": faults.status(500, retry_after="0"),
    "429": faults.status(429, retry_after="900"),
    "401": faults.status(401),
    "reset": faults.resets,
    "web page": faults.web_page,
    "nonsense": faults.other_schema,
    "refusal": faults.refuses,
    "the key told back": faults.tells_the_key,
    "the key in an error": faults.scolds_with_the_key,
}


@pytest.mark.parametrize("name", FAULTS)
def test_whatever_the_endpoint_does_the_record_is_there_by_rule(name: str, reports: list[Path]) -> None:
    with serve(reports, always=FAULTS[name]) as server:
        ran = extract(reports, server, "--usage", EXTRACTOR_MODEL_REPEATS="1")
    assert ran.returncode == 0, ran.stderr
    assert [record["tables"] for record in records(ran)] == tables_by_rule(reports)
    for record in records(ran):
        assert {f["severity"] for f in record["findings"] if f["code"] == "model_silent"} == {"warning"}
    assert "questions unanswered: " in ran.stderr
    assert "Traceback" not in ran.stderr
    assert KEY not in ran.stdout + ran.stderr


def test_what_the_endpoint_says_is_told(reports: list[Path]) -> None:
    with serve(reports, always=faults.status(400, message="no such \x1b[2J thing")) as server:
        ran = extract(reports[:1], server)
    assert "the endpoint does not accept the request (HTTP 400 no such [2J thing)" in ran.stderr


def test_answers_that_could_not_be_kept_are_told(reports: list[Path]) -> None:
    with serve(reports) as server:
        ran = extract(reports[:1], server, EXTRACTOR_CACHE_DIR=str(reports[0] / "below"))
    assert ran.returncode == 0
    assert "will be paid for again" in ran.stderr


@pytest.mark.parametrize("name", ["the key told back", "the key in an error"])
def test_the_key_is_in_no_output_and_no_file(name: str, reports: list[Path], tmp_path: Path) -> None:
    with serve(reports, always=FAULTS[name]) as server:
        ran = extract(reports, server, "--usage", "--out", "results", OPENAI_LOG="debug")
    files = [path.read_text("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > len(reports)
    assert not [text for text in (ran.stdout, ran.stderr, *files) if KEY in text]


def test_settings_come_from_a_file_too(reports: list[Path]) -> None:
    with serve(reports) as server:
        lines = [f"OPENAI_API_KEY={KEY}", f"OPENAI_BASE_URL={server.url}", "EXTRACTOR_MODEL=test-model"]
        (reports[0].parent / ".env").write_text("\n".join(lines), "utf-8")
        ran = extract(reports, None)
    assert records(ran)[0]["usage"]["calls"] > 0


@pytest.mark.parametrize(
    ("options", "env", "words"),
    [
        (("--engine", "hybrid"), {}, "no model is configured"),
        (("--samples", "3"), {}, "--samples"),
        ((), {"EXTRACTOR_MODEL": "m"}, "neither OPENAI_API_KEY nor OPENAI_BASE_URL"),
        ((), {"EXTRACTOR_MODEL": "m", "OPENAI_API_KEY": "sk-1\n2"}, "OPENAI_API_KEY"),
        ((), {"EXTRACTOR_MODEL": "m", "OPENAI_BASE_URL": "host:1"}, "OPENAI_BASE_URL"),
        ((), {"EXTRACTOR_BUDGET_PER_RUN": "-1"}, "EXTRACTOR_BUDGET_PER_RUN"),
        (
            (),
            {"EXTRACTOR_MODEL": "m", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "EXTRACTOR_BUDGET_PER_RUN": "1"},
            "EXTRACTOR_PRICE_INPUT",
        ),
    ],
)
def test_a_wrong_call_says_what_is_missing(
    options: tuple[str, ...], env: dict[str, str], words: str, reports: list[Path]
) -> None:
    ran = extract(reports, None, *options, **env)
    assert ran.returncode == 2
    assert words in ran.stderr
    assert not ran.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("fault", [faults.hangs, faults.drips, faults.status(429, retry_after="50")])
def test_interrupted_while_the_endpoint_hangs_it_ends(
    number: signal.Signals, fault: Fault, reports: list[Path], tmp_path: Path
) -> None:
    with serve(reports, always=fault) as server:
        env = environment(server, tmp_path, EXTRACTOR_SECONDS_PER_CALL="60", EXTRACTOR_SECONDS_OF_WAITING="60")
        command = [*COMMAND, reports[0].name, "--out", "results"]
        with subprocess.Popen(
            command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            end = time.monotonic() + 30
            while not server.requests and time.monotonic() < end:
                time.sleep(0.05)
            process.send_signal(number)
            _, told = process.communicate(timeout=15)
    assert process.returncode == (130 if number == signal.SIGINT else 128 + number)
    assert b"Traceback" not in told
    assert not list((tmp_path / "results").rglob("*.json"))
    assert not list(tmp_path.rglob("*.tmp"))
