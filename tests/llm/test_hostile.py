"""An endpoint that means harm, or is something else: nothing leaks, nothing swells, nothing is waited for in vain."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
import time
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extractor.draft import Answer, Question
from extractor.llm.client import LiveModel
from extractor.llm.connection import MOST_BYTES
from tests import faulty_server as faults
from tests.faulty_server import Fault, FaultyServer, Turn
from tests.llm.asked import KEY, questions, settings, truthful

GRID = questions(1, "table_grid")
SEVERAL = questions(1, "table_grid", "table_cells", "identity", "year", "clauses", "claims")
RIGHT = {question.id: truthful(1)(question) for question in SEVERAL}


def serve(*script: Fault, always: Fault = faults.honest, **options: Any) -> FaultyServer:
    server = FaultyServer(truthful(1), script=list(script), always=always, **options)
    server.expect(SEVERAL)
    return server


def ask(server: FaultyServer, cache: Path, asked: list[Question], **changed: Any) -> dict[str, Answer]:
    return asyncio.run(answers_of(LiveModel(settings(server.url, cache, **changed)), asked))


async def answers_of(model: LiveModel, asked: list[Question]) -> dict[str, Answer]:
    try:
        return await model.answer(asked)
    finally:
        await model.close()


def body_of(turn: Turn) -> bytes:
    return json.dumps(turn.completion(turn.text)).encode()


def packed(name: str, pack: Any) -> Fault:
    """The right reply, as ``pack`` leaves it, said to be packed as ``name`` says."""
    return lambda turn: turn.http.send_raw(200, pack(body_of(turn)), headers={"Content-Encoding": name})


# ---- where a report goes -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("probes", [True, False], ids=["from the first", "later"])
def test_no_redirect_is_followed(code: int, probes: bool, tmp_path: Path) -> None:
    with serve() as elsewhere:
        leads_away: Fault = lambda turn: turn.http.send_raw(  # noqa: E731
            code, b"", headers={"Location": elsewhere.url + "/chat/completions"}
        )
        with serve(always=leads_away, faulty_probes=probes) as server:
            answers = ask(server, tmp_path, SEVERAL)
    assert {answer.failure for answer in answers.values()} == {"redirected"}
    assert elsewhere.headers == []


# ---- what comes back ---------------------------------------------------------------------------------------------
def zipped_spaces(megabytes: int) -> bytes:
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packing.compress(b" " * 1_000_000) for _ in range(megabytes)) + packing.flush()


BOMB = zipped_spaces(200)
HUGE: dict[str, Fault] = {
    "zipped": lambda turn: turn.http.send_raw(200, BOMB, headers={"Content-Encoding": "gzip"}),
    "a zipped error": lambda turn: turn.http.send_raw(400, BOMB, headers={"Content-Encoding": "gzip"}),
    "an error": lambda turn: turn.http.send_raw(500, b"x" * (MOST_BYTES + 1)),
    "an answer": lambda turn: turn.say("x" * MOST_BYTES),
}


@pytest.mark.parametrize("name", HUGE)
def test_no_more_is_read_than_an_answer_can_be(name: str, tmp_path: Path) -> None:
    with serve(always=HUGE[name]) as server:
        (answer,) = ask(server, tmp_path, GRID, seconds_per_call=20.0).values()
    assert answer.failure == "oversized_reply"
    assert len(server.requests) == 1


@pytest.mark.parametrize(("name", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)])
def test_a_packed_reply_is_unpacked(name: str, pack: Any, tmp_path: Path) -> None:
    with serve(always=packed(name, pack)) as server:
        answers = ask(server, tmp_path, SEVERAL)
    assert {answer.id: answer.content for answer in answers.values()} == RIGHT


WRONG_PACKING = [
    packed("gzip", bytes),
    packed("gzip", lambda body: gzip.compress(body)[:-12]),
    packed("zstd", bytes),
    packed("br", bytes),
]


@pytest.mark.parametrize("fault", WRONG_PACKING, ids=["none", "cut", "zstd", "br"])
def test_a_reply_that_cannot_be_unpacked_is_asked_for_again(fault: Fault, tmp_path: Path) -> None:
    with serve(fault) as server:
        (answer,) = ask(server, tmp_path, GRID).values()
    assert answer.content == RIGHT[answer.id]
    assert len(server.requests) == 2


def tells_error(error: Any) -> Fault:
    return lambda turn: turn.http.send_json(200, {"error": error})


ERRORS_IN_200 = [
    ({"code": 401, "message": "no such key"}, "unauthorised"),
    ({"code": "429", "message": "busy"}, "rate_limited"),
    ({"status": 404, "message": "unknown"}, "no_such_model"),
    ({"code": 400, "message": "maximum context length"}, "too_long_question"),
    ({"code": 200}, "server_error"),
    ({"code": "９０００"}, "server_error"),
    ("overloaded", "server_error"),
    ([1], "server_error"),
]


@pytest.mark.parametrize(("error", "name"), ERRORS_IN_200, ids=repr)
def test_an_error_with_status_200_is_told_by_its_name(error: Any, name: str, tmp_path: Path) -> None:
    with serve(always=tells_error(error)) as server:
        (answer,) = ask(server, tmp_path, GRID, model_repeats=0).values()
    assert answer.failure == name


def test_an_error_with_status_200_may_pass(tmp_path: Path) -> None:
    with serve(tells_error({"code": 503, "message": "overloaded"})) as server:
        (answer,) = ask(server, tmp_path, GRID).values()
    assert answer.content == RIGHT[answer.id]


@pytest.mark.parametrize("charset", ["", "; charset=latin-1", "; charset=rot13"])
def test_json_is_utf_8_whatever_is_said_of_it(charset: str, tmp_path: Path) -> None:
    def says(turn: Turn) -> None:
        turn.http.send_raw(200, b"\xef\xbb\xbf" + body_of(turn), kind="text/event-stream" + charset)

    with serve(always=says) as server:
        answers = ask(server, tmp_path, SEVERAL)
    assert {answer.id: answer.content for answer in answers.values()} == RIGHT


# ---- the key -----------------------------------------------------------------------------------------------------
def escaped(text: str, mark: str = "\\u") -> str:
    return "".join(f"{mark}{ord(char):04x}" for char in text)


SLY: dict[str, Fault] = {
    "in the reply": lambda turn: turn.http.send_raw(200, b'{"id": "' + escaped(KEY).encode() + b'"}'),
    "in the answer": faults.says('{"sentences": ["' + escaped(KEY) + '"], "anchor": 1}'),
    "in an error": lambda turn: turn.http.send_raw(
        400, b'{"error": {"message": "' + escaped(KEY).encode() + b'", "code": "odd"}}'
    ),
    "in what is not valid": faults.says(json.dumps({"rows": [KEY], "columns": [KEY]})),
}


@pytest.mark.parametrize("name", SLY)
def test_the_key_is_found_under_escapes(name: str, tmp_path: Path) -> None:
    with serve(always=SLY[name]) as server:
        model = LiveModel(settings(server.url, tmp_path))
        answers = asyncio.run(answers_of(model, questions(1)))
    kept = "".join(path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file())
    assert not [text for text in (repr(answers), repr(model.ledger), kept) if KEY in text]
    assert not [text for text in (repr(answers), kept) if escaped(KEY) in text]


# ---- how long it takes -------------------------------------------------------------------------------------------
def test_a_probe_without_reply_is_waited_for_once(tmp_path: Path) -> None:
    with serve(always=faults.hangs, faulty_probes=True) as server:
        model = LiveModel(settings(server.url, tmp_path, seconds_per_call=0.5, model_calls_at_once=2))

        async def reports() -> list[dict[str, Answer]]:
            return await asyncio.gather(*(model.answer(SEVERAL) for _ in range(20)))

        started = time.monotonic()
        answers = asyncio.run(reports())
    assert time.monotonic() - started < 12  # not 20 reports' time
    assert len(server.probes) == 2
    assert {one.failure for found in answers for one in found.values()} <= {"timed_out", "unreachable"}


def test_questions_in_line_are_not_asked_once_asking_has_stopped(tmp_path: Path) -> None:
    with serve(always=faults.hangs) as server:
        model = LiveModel(
            settings(server.url, tmp_path, seconds_per_call=0.5, seconds_of_waiting=1.0, model_calls_at_once=2)
        )
        many = [replace(one, content={**one.content, "sample": n}) for n in range(30) for one in GRID]
        started = time.monotonic()
        asyncio.run(answers_of(model, [replace(one, id=f"{n}") for n, one in enumerate(many)]))
    assert time.monotonic() - started < 12
    assert len(server.requests) < 20


def test_an_endpoint_that_comes_up_late_is_waited_for(tmp_path: Path) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # nobody listens: connections are refused
        port = reserved.getsockname()[1]
    servers: list[FaultyServer] = []

    def come_up() -> None:
        servers.append(FaultyServer(truthful(1), port=port))
        servers[0].expect(SEVERAL)
        servers[0].__enter__()

    threading.Timer(0.8, come_up).start()
    model = LiveModel(settings(f"http://127.0.0.1:{port}/v1", tmp_path, model_repeats=10, seconds_of_waiting=20.0))
    answers = asyncio.run(answers_of(model, SEVERAL))
    servers[0].__exit__(None, None, None)
    assert {answer.id: answer.content for answer in answers.values()} == RIGHT
    assert len(servers[0].requests) == len(SEVERAL)


def test_a_model_that_is_not_there_is_looked_for_once(tmp_path: Path) -> None:
    with serve(always=faults.status(404), faulty_probes=True) as server:
        model = LiveModel(settings(server.url, tmp_path))

        async def reports() -> list[dict[str, Answer]]:
            return [await model.answer(SEVERAL) for _ in range(3)]

        answers = asyncio.run(reports())
    assert {one.failure for found in answers for one in found.values()} == {"no_such_model"}
    assert (len(server.probes), len(server.requests)) == (1, 0)


@pytest.mark.parametrize("told", ["600", "315360000", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_wait_beyond_all_limits_is_not_begun(told: str, tmp_path: Path) -> None:
    with serve(always=faults.status(429, retry_after=told)) as server:
        started = time.monotonic()
        (answer,) = ask(server, tmp_path, GRID).values()
    assert answer.failure == "rate_limited"
    assert time.monotonic() - started < 10
    assert len(server.requests) == 1


@pytest.mark.parametrize("told", ["-5", "NaN", "inf", "soon", "", "0x10", "1.5.5", "Wed, 99 Foo 2015"])
def test_a_wait_that_nobody_can_read_is_ours(told: str, tmp_path: Path) -> None:
    with serve(faults.status(429, retry_after=told)) as server:
        (answer,) = ask(server, tmp_path, GRID).values()
    assert answer.content == RIGHT[answer.id]


# ---- modes -------------------------------------------------------------------------------------------------------
def fails_over(*modes: str, message: str = "Internal error") -> Fault:
    def fault(turn: Turn) -> None:
        failing = faults.mode_of(turn.body) in modes
        (faults.status(500, retry_after="0", message=message) if failing else faults.honest)(turn)

    return fault


def test_a_mode_over_which_the_server_fails_is_not_its(tmp_path: Path) -> None:
    with serve(always=fails_over("strict", "json_schema", "json_object"), faulty_probes=True) as server:
        answers = ask(server, tmp_path, SEVERAL)
    assert {answer.id: answer.content for answer in answers.values()} == RIGHT
    assert {faults.mode_of(body) for body in server.requests} == {"tools"}


@pytest.mark.parametrize(("code", "failure"), [(500, "server_error"), (400, "bad_request")])
def test_a_server_that_takes_nothing_has_no_mode(code: int, failure: str, tmp_path: Path) -> None:
    """As where a setting is wrong: once it is mended, schemas are not thought to be what was not taken."""
    with serve(always=faults.status(code, retry_after="0"), faulty_probes=True) as server:
        answers = ask(server, tmp_path, SEVERAL)
        assert {answer.failure for answer in answers.values()} == {failure}
        server.always = faults.honest
        assert not [one for one in ask(server, tmp_path, SEVERAL).values() if one.failure]
    assert {faults.mode_of(body) for body in server.requests} == {"strict"}


def test_a_schema_over_which_the_server_fails_is_told_in_words(tmp_path: Path) -> None:
    with serve(always=fails_over("strict", message="failed to parse grammar")) as server:
        (answer,) = ask(server, tmp_path, GRID, model_repeats=1).values()
    assert answer.content == RIGHT[answer.id]


# ---- money -------------------------------------------------------------------------------------------------------
ODD_USAGE: list[Any] = [
    {"prompt_tokens": -5, "completion_tokens": -1},
    {"prompt_tokens": "7", "completion_tokens": "x"},
    {"prompt_tokens": 10**18, "completion_tokens": 5},
    {"prompt_tokens": 10.5, "completion_tokens": 2},
    {"prompt_tokens": True, "completion_tokens": True},
    [1],
    "much",
]


@pytest.mark.parametrize("usage", ODD_USAGE, ids=repr)
def test_usage_that_cannot_be_is_counted_at_the_most(usage: Any, tmp_path: Path) -> None:
    with serve(usage=usage) as server:
        (answer,) = ask(server, tmp_path, GRID, price_input="1", price_output="1").values()
    assert answer.content == RIGHT[answer.id]
    assert 1_000 < answer.usage.input_tokens < 100_000


def test_calls_that_may_have_been_charged_count_for_the_budget(tmp_path: Path) -> None:
    prices = {"price_input": "10", "price_output": "20", "budget_per_report": "0.5"}
    with serve(always=faults.damaged_json) as server:
        (answer,) = ask(server, tmp_path, GRID, **prices, model_repeats=9, seconds_of_waiting=60.0).values()
    assert answer.failure == "over_budget"
    assert len(server.requests) < 5


def test_one_report_s_budget_does_not_cost_another_its_answer(tmp_path: Path) -> None:
    prices = {"price_input": "10", "price_output": "20", "budget_per_report": "0.3", "model_calls_at_once": 1}
    usage = {"prompt_tokens": 10_000, "completion_tokens": 1_000}
    with serve(always=faults.waits(0.05), usage=usage) as server:
        model = LiveModel(settings(server.url, tmp_path, **prices))

        async def both() -> list[dict[str, Answer]]:
            first = asyncio.ensure_future(model.answer([*questions(1, "year", "claims"), *GRID]))
            await asyncio.sleep(0.01)
            return [await first, await model.answer(GRID)]

        first, second = asyncio.run(both())
    assert "over_budget" in {answer.failure for answer in first.values()}
    assert not [answer for answer in second.values() if answer.failure]


# ---- the cache ---------------------------------------------------------------------------------------------------
TAMPERED = [{"rows": [1], "columns": []}, {}, {"rows": None, "columns": "x"}, {"rows": [], "columns": [], "more": 1}]


@pytest.mark.parametrize("content", TAMPERED, ids=repr)
def test_an_answer_that_is_not_valid_any_more_is_asked_for_anew(content: Any, tmp_path: Path) -> None:
    with serve() as server:
        ask(server, tmp_path, GRID)
        (path,) = (tmp_path / "answers").rglob("*.json")
        path.write_text(json.dumps({"content": content}), "utf-8")
        (answer,) = ask(server, tmp_path, GRID).values()
    assert answer.content == RIGHT[answer.id]
    assert len(server.requests) == 2


def test_a_kept_answer_is_as_the_schema_says(tmp_path: Path) -> None:
    with serve() as server:
        ask(server, tmp_path, GRID)
        (path,) = (tmp_path / "answers").rglob("*.json")
        kept = json.loads(path.read_text("utf-8"))["content"]
        worded = {name: [None if one is None else f"[{one}]" for one in values] for name, values in kept.items()}
        path.write_text(json.dumps({"content": worded}), "utf-8")
        (answer,) = ask(server, tmp_path, GRID).values()
    assert answer.content == RIGHT[answer.id]
    assert len(server.requests) == 1


@pytest.mark.parametrize("folder", ["file/below", "a\0b", "~nobody-of-this-name/cache"])
def test_an_answer_that_cannot_be_kept_is_an_answer(folder: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("", "utf-8")
    with serve() as server:
        model = LiveModel(settings(server.url, folder))
        (answer,) = asyncio.run(answers_of(model, GRID)).values()
    assert answer.content == RIGHT[answer.id]
    assert bool(model.lost_answers) is not folder.startswith("~")
