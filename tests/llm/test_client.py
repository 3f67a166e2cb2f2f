"""Each thing that can go wrong on the wire ends in a right answer, or in a failure with its name; never in a hang."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extractor.draft import Answer, Question
from extractor.llm import endpoint, wire
from extractor.llm.answers import roles_of
from extractor.llm.client import LiveModel
from extractor.llm.money import Ledger, Tokens
from extractor.llm.parts import parts_of
from extractor.llm.prompts import load_prompt
from extractor.record import Usage
from tests import faulty_server as faults
from tests.faulty_server import Fault, FaultyServer
from tests.limiters import Sliding
from tests.llm.asked import KEY, questions, settings, truthful

GRID = questions(1, "table_grid")
CLAIMS = questions(1, "claims")
CLAUSES = [
    replace(one, content={**one.content, "text": "\n".join(one.content["text"].split("\n")[:8]), "anchors": 8})
    for one in questions(1, "clauses")
]
SEVERAL = questions(1, "table_grid", "table_cells", "identity", "year", "clauses", "claims")


def serve(*script: Fault, always: Fault = faults.honest, **options: Any) -> FaultyServer:
    server = FaultyServer(truthful(1), script=list(script), always=always, **options)
    server.expect(SEVERAL)
    return server


def ask(server: FaultyServer, cache: Path, asked: list[Question] | None = None, **changed: Any) -> dict[str, Answer]:
    return asyncio.run(asked_of(LiveModel(settings(server.url, cache, **changed)), GRID if asked is None else asked))


async def asked_of(model: LiveModel, asked: list[Question], account: Ledger | None = None) -> dict[str, Answer]:
    try:
        return await model.answer(asked, account)
    finally:
        await model.close()


def one(answers: dict[str, Answer]) -> Answer:
    (answer,) = answers.values()
    return answer


RIGHT = {question.id: truthful(1)(question) for question in SEVERAL}
MENDED = {
    "code fence": faults.wrapped_in_fences,
    "thoughts": faults.thinks,
    "numbers as words": faults.numbers_as_words,
    "extra key": faults.adds_a_key,
}
ASKED_AGAIN = {
    "another schema": faults.other_schema,
    "prose": faults.says("I would rather talk about the weather."),
    "cut JSON": faults.cut_answer,
    "an array": faults.says("[1, 2]"),
    "deep nesting": faults.says('{"rows":' + "[" * 5_000),
}
PASSING = {
    "429 without Retry-After": faults.status(429),
    "429 with Retry-After": faults.status(429, retry_after="0"),
    "429 with a date": faults.status(429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"),
    "500": faults.status(500),
    "503": faults.status(503, retry_after="0.1"),
    "reset": faults.resets,
    "body cut short": faults.stops_midway,
    "cut JSON of the reply": faults.damaged_json,
    "no choices": faults.no_choices,
}
NAMED = {
    "refused": faults.refuses,
    "filtered": faults.filters,
    "not_an_endpoint": faults.web_page,
    "unauthorised": faults.status(401),
    "no_quota": faults.status(429, error="insufficient_quota"),
    "no_such_model": faults.status(404),
    "too_long_question": faults.status(400, error="context_length_exceeded"),
    "too_long_answer": faults.runs_out,
    "key_in_reply": faults.tells_the_key,
    "invalid_answer": faults.says("no"),
    "server_error": faults.status(500, retry_after="0"),
    "rate_limited": faults.status(429, retry_after="3600"),
    "connection_lost": faults.resets,
}


@pytest.mark.parametrize("name", MENDED)
def test_wrappings_are_taken_off_without_asking_again(name: str, tmp_path: Path) -> None:
    with serve(always=MENDED[name]) as server:
        answers = ask(server, tmp_path, SEVERAL)
    assert {answer.id: answer.content for answer in answers.values()} == RIGHT
    assert len(server.requests) == len(SEVERAL)


def test_a_missing_nullable_key_is_null(tmp_path: Path) -> None:
    with serve(faults.says("{}")) as server:
        answer = one(ask(server, tmp_path, questions(1, "year")))
    assert answer.content == {"anchor": None}
    assert len(server.requests) == 1


@pytest.mark.parametrize("name", ASKED_AGAIN)
def test_what_is_not_valid_is_asked_again_with_what_is_wrong(name: str, tmp_path: Path) -> None:
    with serve(ASKED_AGAIN[name]) as server:
        answer = one(ask(server, tmp_path))
    assert answer.content == RIGHT[answer.id]
    assert answer.usage.calls == len(server.requests) == 2
    assert "error" in server.requests[1]["messages"][-1]["content"].lower()


def test_the_message_tells_the_model_what_to_mend(tmp_path: Path) -> None:
    short = {"rows": [1, 2], "columns": []}
    with serve(faults.says(json.dumps(short))) as server:
        ask(server, tmp_path)
    assert "rows: 2 entries for" in server.requests[1]["messages"][-1]["content"]


@pytest.mark.parametrize("name", PASSING)
def test_passing_faults_are_met_again(name: str, tmp_path: Path) -> None:
    with serve(PASSING[name]) as server:
        answer = one(ask(server, tmp_path))
    assert answer.content == RIGHT[answer.id]
    assert len(server.requests) == 2
    marks = {headers["idempotency-key"] for headers in server.headers}
    assert len(marks) == 2  # the probe's, and one for both calls


@pytest.mark.parametrize("name", NAMED)
def test_lasting_faults_end_with_their_name(name: str, tmp_path: Path) -> None:
    with serve(always=NAMED[name]) as server:
        started = time.monotonic()
        answer = one(ask(server, tmp_path, model_repeats=1))
    assert (answer.failure, answer.content) == (name, {})
    assert time.monotonic() - started < 8
    assert not list((tmp_path / "answers").rglob("*.json"))


@pytest.mark.parametrize("fault", [faults.hangs, faults.drips], ids=["no reply", "drop by drop"])
def test_a_reply_that_never_comes_ends_at_the_time_limit(fault: Fault, tmp_path: Path) -> None:
    with serve(always=fault) as server:
        started = time.monotonic()
        answer = one(ask(server, tmp_path, seconds_per_call=0.4))
        assert time.monotonic() - started < 4
    assert answer.failure == "timed_out"
    assert len(server.requests) == 2  # each costs its whole limit: once more, not five times


def test_retry_after_is_obeyed(tmp_path: Path) -> None:
    with serve(faults.status(429, retry_after="1.2")) as server:
        started = time.monotonic()
        ask(server, tmp_path)
    assert time.monotonic() - started > 1.2


def test_a_dead_endpoint_is_not_asked_for_every_question(tmp_path: Path) -> None:
    with serve() as server:
        url = server.url
    model = LiveModel(settings(url, tmp_path, model_repeats=0, model_calls_at_once=1))

    async def reports() -> list[str]:
        return [one(await model.answer(GRID)).failure for _ in range(5)]

    assert asyncio.run(reports()) == ["connection_lost"] * 3 + ["unreachable"] * 2


def test_a_refused_key_stops_asking(tmp_path: Path) -> None:
    with serve(always=faults.status(401)) as server:
        answers = ask(server, tmp_path, SEVERAL, model_calls_at_once=1)
    assert {answer.failure for answer in answers.values()} == {"unauthorised"}
    assert len(server.requests) <= len(SEVERAL)


# ---- modes -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("mode", ["strict", "json_schema", "json_object", "tools", "plain"])
@pytest.mark.parametrize("refuses", [True, False], ids=["others refused", "others ignored"])
def test_the_best_mode_is_found_and_remembered(mode: str, refuses: bool, tmp_path: Path) -> None:
    others = faults.ALL_MODES - {mode}
    with serve(modes=faults.ALL_MODES - others, ignores=frozenset() if refuses else others) as server:
        for _ in range(2):
            answers = ask(server, tmp_path, SEVERAL)
            assert {answer.id: answer.content for answer in answers.values()} == RIGHT
            for file in (tmp_path / "answers").rglob("*.json"):
                file.unlink()
    assert {faults.mode_of(body) for body in server.requests} == {mode}
    modes = ["strict", "json_schema", "json_object", "tools", "plain"]
    assert len(server.probes) == modes.index(mode) + (mode != "plain" or refuses)


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_the_limit_is_called_what_the_endpoint_calls_it(name: str, tmp_path: Path) -> None:
    with serve(limit_name=name) as server:
        assert not one(ask(server, tmp_path)).failure
    assert all(name in body for body in server.requests)


def test_a_schema_the_endpoint_does_not_take_is_told_in_words(tmp_path: Path) -> None:
    def no_schemas(turn: faults.Turn) -> None:
        refused = faults.mode_of(turn.body) == "strict"
        (faults.status(400, message="schema too large") if refused else faults.honest)(turn)

    with serve(always=no_schemas) as server:
        assert one(ask(server, tmp_path)).content == RIGHT[GRID[0].id]
    assert "# JSON Schema" in server.requests[-1]["messages"][0]["content"]


def test_schemas_on_the_wire_are_strict(tmp_path: Path) -> None:
    with serve() as server:
        ask(server, tmp_path, SEVERAL)
    for body in server.requests:
        told = body["response_format"]["json_schema"]
        assert told["strict"] is True
        assert told["schema"]["additionalProperties"] is False
        assert set(told["schema"]["required"]) == set(told["schema"]["properties"])


# ---- length ------------------------------------------------------------------------------------------------------
def test_a_cut_answer_is_asked_at_greater_length(tmp_path: Path) -> None:
    with serve(faults.runs_out) as server:
        assert not one(ask(server, tmp_path)).failure
    assert server.requests[1]["max_tokens"] == 4 * server.requests[0]["max_tokens"]


@pytest.mark.parametrize("question", [CLAUSES[0], CLAIMS[0]], ids=["clauses", "claims"])
def test_an_answer_too_long_is_asked_in_parts(question: Question, tmp_path: Path) -> None:
    def by_whole(turn: faults.Turn) -> None:
        whole = question.content["text"] in turn.body["messages"][1]["content"]
        (faults.runs_out if whole else faults.honest)(turn)

    server = FaultyServer(by_line, always=by_whole)
    server.expect([question, *parts_of(question)])
    with server:
        answer = one(ask(server, tmp_path, [question]))
    assert len(server.requests) == answer.usage.calls == 4  # whole, whole at greater length, two halves
    whole = by_line(question)
    if question.kind == "claims":
        assert answer.content == whole
    else:
        assert roles_of(answer.content["roles"]) == roles_of(whole["roles"])
        assert answer.content["answers"] == whole["answers"]


def by_line(question: Question) -> dict[str, Any]:
    """Each line a claim; or each clause an issue or a measure in turn, which answers the issue before it."""
    numbers = [int(found) for found in re.findall(rf"\[{question.content['tag']}:(\d+)\]", question.content["text"])]
    if question.kind == "claims":
        known = {"metric": question.content["metrics"][0], "year": None, "scope": "own"}
        return {"claims": [{"anchor": number, **known} for number in numbers]}
    roles = [f"{n}:{'I' if n % 2 else 'M'}{(n + 1) // 2}" for n in numbers]
    return {"roles": roles, "answers": [[n + 1] for n in range(len(numbers) // 2)]}


# ---- models, money, cache ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault", [faults.refuses, faults.filters, faults.status(404), faults.says("no")])
def test_a_fallback_model_answers_what_the_first_does_not(fault: Fault, tmp_path: Path) -> None:
    def by_model(turn: faults.Turn) -> None:
        (fault if turn.body["model"] == "test-model" else faults.honest)(turn)

    with serve(always=by_model) as server:
        answer = one(ask(server, tmp_path, fallback_model="second"))
    assert (answer.model, answer.failure) == ("second", "")
    assert answer.usage.calls == len(server.requests)


def test_a_second_run_costs_nothing(tmp_path: Path) -> None:
    with serve() as server:
        first, second = (ask(server, tmp_path, SEVERAL) for _ in range(2))
    assert len(server.requests) == len(SEVERAL)
    assert {answer.id: answer.content for answer in second.values()} == {a.id: a.content for a in first.values()}
    assert {answer.usage.calls for answer in second.values()} == {0}


def test_the_same_question_at_the_same_time_is_asked_once(tmp_path: Path) -> None:
    with serve(always=faults.waits(0.2)) as server:
        model = LiveModel(settings(server.url, tmp_path, cache_dir="off"))

        async def twice() -> list[dict[str, Answer]]:
            return await asyncio.gather(*(model.answer(GRID) for _ in range(4)))

        answers = [one(found) for found in asyncio.run(twice())]
    assert len(server.requests) == 1
    assert [answer.content for answer in answers] == [RIGHT[GRID[0].id]] * 4
    assert sum(answer.usage.calls for answer in answers) == 1


def test_no_more_calls_at_once_than_set(tmp_path: Path) -> None:
    with serve(always=faults.waits(0.3)) as server:
        ask(server, tmp_path, SEVERAL, model_calls_at_once=2)
    assert server.most_at_once == 2


def test_usage_is_told_by_attempt_and_cached_tokens_cost_less(tmp_path: Path) -> None:
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_tokens_details": {"cached_tokens": 800}}
    prices = {"price_input": "10", "price_cached_input": "1", "price_output": "20", "currency": "CNY"}
    with serve(faults.other_schema, faults.status(500, retry_after="0"), usage=usage) as server:
        model = LiveModel(settings(server.url, tmp_path, **prices))
        account = Ledger()
        answer = one(asyncio.run(asked_of(model, GRID, account)))
    assert answer.usage == Usage(3, 2000, 1600, 200, "0.0096", "CNY")
    told = [(attempt.outcome, attempt.tokens.into) for attempt in account.attempts if attempt.kind != "probe"]
    assert account.sums[GRID[0].kind].outcomes == Counter(outcome for outcome, _ in told)
    assert all(attempt.took > 0 <= attempt.waited for attempt in account.attempts)
    assert told == [("invalid_answer", 1000), ("server_error", 0), ("answered", 1000)]


@pytest.mark.parametrize(("limit", "name"), [("0.5", "budget_per_report"), ("0.5", "budget_per_run")])
def test_a_budget_stops_before_it_is_exceeded(limit: str, name: str, tmp_path: Path) -> None:
    usage = {"prompt_tokens": 10_000, "completion_tokens": 1_000, "total_tokens": 11_000}
    prices = {"price_input": "10", "price_output": "20", name: limit}
    with serve(usage=usage) as server:
        model = LiveModel(settings(server.url, tmp_path, **prices))
        answers = asyncio.run(asked_of(model, SEVERAL))
    assert 0 < model.ledger.cost <= 0.5
    assert {answer.failure for answer in answers.values()} == {"", "over_budget"}


def test_a_budget_of_tokens_stops_before_it_is_exceeded(tmp_path: Path) -> None:
    usage = {"prompt_tokens": 5_000, "completion_tokens": 1_000, "total_tokens": 6_000}
    with serve(usage=usage) as server:
        model = LiveModel(settings(server.url, tmp_path, tokens_per_run=40_000))
        answers = asyncio.run(asked_of(model, SEVERAL))
    taken = sum((entry.tokens for entry in model.ledger.sums.values()), Tokens())
    assert 0 < taken.total <= 40_000
    assert {answer.failure for answer in answers.values()} == {"", "over_budget"}
    assert model.is_spent


def test_a_limit_on_the_wire_is_kept_to(tmp_path: Path) -> None:
    many = [replace(GRID[0], id=str(n), content={**GRID[0].content, "sample": n}) for n in range(40)]
    limiter = Sliding(5, 0.5)
    with serve(always=faults.limited(limiter, seconds=0.05, retry_after="exact", tells=True)) as server:
        server.expect(many)
        model = LiveModel(settings(server.url, tmp_path, seconds_of_waiting=60.0))
        answers = asyncio.run(asked_of(model, many))
    assert not [answer for answer in answers.values() if answer.failure]
    assert model.ledger.outcomes["rate_limited"] == server.refused <= 8
    assert model.ledger.outcomes["answered"] >= 40


def test_requests_a_minute_are_kept_to_on_the_wire(tmp_path: Path) -> None:
    with serve() as server:
        model = LiveModel(settings(server.url, tmp_path, requests_per_minute=4, seconds_of_waiting=1.0))

        async def for_a_while() -> None:
            with suppress(TimeoutError):
                async with asyncio.timeout(3):
                    await model.answer(SEVERAL)
            await model.close()

        asyncio.run(for_a_while())
    assert len(server.requests) + len(server.probes) == 4


def test_a_server_that_tells_no_usage_is_charged_at_the_most(tmp_path: Path) -> None:
    with serve(usage=None) as server:
        answer = one(ask(server, tmp_path, price_input="1", price_output="1"))
    assert answer.usage.input_tokens > 1_000
    assert answer.usage.cost != "0"


# ---- the key -----------------------------------------------------------------------------------------------------
EVIL = [faults.tells_the_key, faults.scolds_with_the_key, faults.status(401), faults.web_page, faults.resets]


@pytest.mark.parametrize("fault", EVIL)
def test_the_key_is_nowhere(fault: Fault, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: Any) -> None:
    caplog.set_level(0)
    with serve(always=fault, faulty_probes=True) as server:
        model = LiveModel(settings(server.url, tmp_path, model_repeats=0))
        answers = asyncio.run(asked_of(model, SEVERAL))
    kept = "".join(path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file())
    written = capfd.readouterr()
    shown = [repr(answers), repr(model), repr(vars(model)["_settings"]), repr(model.ledger), kept, caplog.text]
    assert not [text for text in (*shown, written.out, written.err) if KEY in text]


def test_a_key_no_header_can_carry_is_a_named_failure(tmp_path: Path) -> None:
    with serve() as server:
        answer = one(ask(server, tmp_path, OPENAI_API_KEY="密钥密钥密钥密钥密钥"))
    assert answer.failure


def test_the_prefix_is_the_same_for_all_reports_and_the_report_is_last(tmp_path: Path) -> None:
    prefixes: dict[str, set[str]] = {}
    for seed in (1, 2, 3):
        for question in questions(seed, "table_grid", "year", "clauses"):
            if question.form and question.form.id == questions(1)[0].form.id:  # type: ignore[union-attr]
                prefix, report = endpoint_request(question)
                prefixes.setdefault(question.kind + question.id, set()).add(prefix)
                assert report.startswith("<report tag=") and question.content["text"] in report
    assert all(len(found) == 1 for found in prefixes.values())
    assert all(len(text.encode()) > 3 * 1_024 for found in prefixes.values() for text in found)


def endpoint_request(question: Question) -> tuple[str, str]:
    return load_prompt(question.kind).render(question.content)


def test_the_probe_fits_no_answer_by_chance() -> None:
    assert json.dumps(endpoint._PROBE["probe"]) not in json.dumps(endpoint._PROBE_MESSAGES)
    assert set(wire.Mode) >= set(endpoint._DEMANDING)
