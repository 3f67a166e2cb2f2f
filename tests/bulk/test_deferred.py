"""Deferred asking against a provider of batches: whatever happens, a question is paid once, and records are right."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extractor.bulk import jobs
from extractor.bulk.deferred_questions import Wanted
from extractor.bulk.watch import Event
from extractor.errors import JobError
from extractor.llm.endpoint import Manner, body_of
from extractor.llm.failures import AskingError
from extractor.llm.parts import parts_of
from extractor.llm.wire import Mode
from extractor.store import Store
from extractor.store.deferred_tables import deferred_question
from tests import batch_server as batches
from tests.batch_server import Trouble
from tests.bulk.deferring import MODEL, SEEDS, Case, MakeCase, kind, make_case, server
from tests.llm.asked import KEY
from tests.stores import KINDS

__all__ = ["kind", "make_case", "server"]

ROOT = Path(__file__).resolve().parents[2]
HALF = Decimal("0.00075")
"""What a line costs as part of a batch."""


def assert_whole(case: Case) -> None:
    """Every report is there as from a live model, and every question was paid once."""
    assert case.records() == case.live()
    assert set(case.server.paid.values()) == {1}
    probes = [call for call in case.calls() if call.kind == "probe"]
    assert len(probes) == len(case.server.probes)
    assert case.sums()["calls"] == len(case.server.paid) + len(probes)
    paid = HALF * len(case.server.paid) + sum(call.cost for call in probes)
    assert case.sums()["cost"] == int(paid * 10**12)


@pytest.mark.parametrize("kind", KINDS)
def test_submitted_and_collected(make_case: MakeCase) -> None:
    case = make_case()
    asked = {(path.name, one.id) for path in case.paths for one in case.questions(path)}
    standing = case.submit()
    assert (standing.sources, standing.questions) == ({"waiting": len(SEEDS)}, {"sent": len(asked)})
    assert set(case.records().values()) == {"running"}
    standing = case.collect()
    assert (standing.is_over, standing.sources, standing.questions) == (True, {"done": 3}, {"answered": len(asked)})
    assert_whole(case)
    assert case.server.files == {}
    assert [call.outcome for call in case.calls()] == ["answered"] * (len(asked) + 1)
    assert case.server.made == {"file": 2, "batch": 1}


def test_requests_are_those_of_a_live_endpoint(make_case: MakeCase) -> None:
    case = make_case(engine="model")
    case.submit()
    lines = [json.loads(line) for line in case.server.inputs[0].splitlines()]
    due = {
        (wanted := Wanted(one, MODEL)).key.digest(): body_of(
            MODEL, wanted.request(), Manner(Mode.STRICT, "max_tokens"), 4096
        )
        for path in case.paths
        for one in case.questions(path)
    }
    assert {line["custom_id"]: line["body"] for line in lines} == due
    assert all((line["method"], line["url"]) == ("POST", "/v1/chat/completions") for line in lines)
    assert all(re.fullmatch("[0-9a-f]{64}", line["custom_id"]) for line in lines)
    assert all(line["body"]["response_format"]["json_schema"]["strict"] for line in lines)


def test_batches_keep_the_limits(make_case: MakeCase) -> None:
    case = make_case(engine="model", more={"batch_requests": 4, "batch_bytes": 60_000})
    case.submit()
    assert len(case.server.inputs) > 3
    assert all(len(data) <= 60_000 and data.count(b"\n") <= 4 for data in case.server.inputs)
    case.collect()
    assert_whole(case)


def test_a_question_too_large_for_any_batch_is_told(make_case: MakeCase) -> None:
    case = make_case(engine="model", more={"batch_bytes": 8_000})
    case.submit()
    standing = case.collect()
    assert standing.questions["failed"] > 0
    assert set(case.server.paid.values()) <= {1}
    assert all("model_silent" in record for record in case.records().values())


def test_lines_without_a_reply_are_sent_again(make_case: MakeCase) -> None:
    case = make_case()
    case.server.lines = [
        batches.expired,
        batches.missing,
        batches.fails(500),
        batches.fails(429),
        batches.odd(None),
        batches.odd({"status_code": 200, "body": "<html>"}),
        batches.odd({"status_code": "x", "body": {}}),
        batches.expired,
    ]
    case.submit()
    case.collect()
    assert case.server.made["batch"] == 2
    assert len(case.server.inputs[1].splitlines()) == 8
    assert_whole(case)


def test_answers_that_are_none_are_sent_again_and_paid(make_case: MakeCase) -> None:
    case = make_case()
    texts = ('{"hello": "world"}', "I would rather not say", '{"rows": [1,', '{"a":' * 5000, "")
    case.server.lines = [*map(batches.says, texts), batches.says("{}", "length")]
    case.submit()
    case.collect()
    assert case.records() == case.live()
    assert sorted(case.server.paid.values())[-7:] == [1, 2, 2, 2, 2, 2, 2]
    assert case.sums()["calls"] == case.server.paid.total() + len(case.server.probes)
    limits = [json.loads(line)["body"]["max_tokens"] for line in case.server.inputs[1].splitlines()]
    assert sorted(limits) == [4096] * 5 + [16384]


def test_what_is_never_valid_fails_after_so_many_tries(make_case: MakeCase) -> None:
    case = make_case(more={"batch_tries": 2})
    case.server.every_line = batches.says('{"no": 1}')
    case.submit()
    standing = case.collect()
    assert (standing.is_over, case.server.made["batch"]) == (True, 2)
    assert set(case.server.paid.values()) == {2}
    kinds = {one.kind for path in case.paths for one in case.questions(path)}
    assert case.records() == case.live(failing=sorted(kinds))


def test_an_endpoint_that_takes_no_schema_is_asked_in_words(make_case: MakeCase) -> None:
    case = make_case()
    case.server.every_line = lambda line: (
        batches.fails(400, "response_format is not supported")(line)
        if "response_format" in line.body
        else batches.honest(line)
    )
    case.submit()
    case.collect()
    assert_whole(case)
    assert b"# JSON Schema" in case.server.inputs[1]


def test_lines_in_any_order_twice_and_of_strangers(make_case: MakeCase) -> None:
    case = make_case(engine="model")
    case.server.lines = [batches.duplicate, batches.strange, batches.duplicate]
    case.submit()
    standing = case.collect(wait=False)
    assert standing.tally.lines["unknown"] == 8
    assert_whole(case)


def test_who_declines_leaves_it_to_the_fallback_model(make_case: MakeCase) -> None:
    case = make_case(more={"fallback_model": "other-model"})
    case.server.lines = [batches.refuses, batches.fails(400, "no")]
    case.submit()
    standing = case.collect()
    assert standing.is_over
    assert case.records() == {name: record.replace(MODEL, MODEL) for name, record in case.live().items()}
    models = [{json.loads(line)["body"]["model"] for line in data.splitlines()} for data in case.server.inputs]
    assert models[0] == {MODEL}
    assert models[-1] == {"other-model"}


def test_a_cut_answer_is_put_in_two_parts(make_case: MakeCase) -> None:
    case = make_case(engine="model")
    path = case.paths[0]
    question = next(one for one in case.questions(path) if one.kind == "claims" and parts_of(one))
    parts = parts_of(question)
    case.server.expect(parts)
    whole = case.answers[f"{question.content['tag']}|{question.id}"]
    assert whole is not None
    halves: dict[str, Any] = {json.dumps(part.content, sort_keys=True): {"claims": []} for part in parts}
    halves[json.dumps(parts[0].content, sort_keys=True)] = {"claims": whole["claims"]}
    told = case.server.answer
    case.server.answer = lambda one: halves.get(json.dumps(one.content, sort_keys=True)) or told(one)
    text = question.content["text"]
    case.server.every_line = lambda line: (
        batches.says("{}", "length")(line) if text in line.body["messages"][1]["content"] else batches.honest(line)
    )
    case.submit()
    case.collect()
    assert case.server.made["batch"] == 3
    assert case.records() == case.live()


def test_samples_are_asked_each(make_case: MakeCase) -> None:
    case = make_case(engine="model", samples=2)
    case.submit()
    case.collect()
    assert_whole(case)
    assert any(re.search(r'"sample": ?2|#2', str(call.question)) for call in case.calls())


@pytest.mark.parametrize("status", ["expired", "cancelled"])
def test_a_batch_that_ended_before_its_time(status: str, make_case: MakeCase) -> None:
    case = make_case()
    case.server.statuses = [status]
    case.server.lines = [batches.honest, batches.expired, batches.missing]
    case.submit()
    case.collect()
    assert case.server.made["batch"] == 2
    assert_whole(case)


def test_a_batch_that_is_refused_is_tried_again_and_then_told(make_case: MakeCase) -> None:
    case = make_case(more={"batch_tries": 2})
    case.server.refusals = ["invalid_json_format", "invalid_json_format"]
    case.submit()
    standing = case.collect()
    assert [batch.reason for batch in standing.batches] == ["invalid_json_format"] * 2
    assert (standing.is_over, case.server.paid.total(), set(standing.questions)) == (True, 0, {"failed"})
    assert all("model_silent" in record for record in case.records().values())


def test_too_much_at_once_is_halved(make_case: MakeCase) -> None:
    case = make_case(engine="model")
    case.server.most_requests = 6
    case.submit()
    standing = case.collect()
    assert "token_limit_exceeded" in {batch.reason for batch in standing.batches}
    assert all(batch.requests <= 6 for batch in standing.batches if batch.state == "cleared")
    assert_whole(case)


def test_a_batch_that_the_provider_forgot(make_case: MakeCase) -> None:
    case = make_case()
    case.submit()
    case.server.batches.clear()
    case.collect()
    assert_whole(case)


TROUBLES = [
    ("POST", "/v1/files"),
    ("POST", "/v1/batches"),
    ("GET", "/v1/batches/[^/]+"),
    ("GET", "/v1/files/[^/]+/content"),
    ("DELETE", "/v1/files/[^/]+"),
]


@pytest.mark.parametrize("what", [batches.unavailable, batches.busy, batches.lost], ids=["500", "429", "lost"])
def test_trouble_on_the_way_is_passed(what: Any, make_case: MakeCase) -> None:
    case = make_case()
    case.server.troubles = [Trouble(method, path, what) for method, path in TROUBLES]
    case.submit()
    case.collect()
    assert case.server.troubles == []
    assert case.server.made["batch"] == 1
    assert_whole(case)


class Killer:
    """Ends the process, as far as it can be told from inside, at the ``at``-th event."""

    def __init__(self, at: int) -> None:
        self.left = at

    def see(self, event: Event) -> None:
        if event.name == "batch_moved":
            self.left -= 1
            if not self.left:
                raise KeyboardInterrupt(event.outcome)


@pytest.mark.parametrize("kind", KINDS)
def test_killed_after_any_step_nothing_is_paid_twice(make_case: MakeCase, tmp_path: Path) -> None:
    case = make_case(more={"batch_requests": 5})
    case.server.lines = [batches.expired, batches.honest, batches.missing, batches.duplicate]
    kills, step = list[str](), 0
    for at in (1, 1, 1, 2, 1, 2, 3, 1, 2, 3, 4, 5, 6, 7, 8):
        case.watcher = Killer(at)
        try:
            standing = case.submit() if step == 0 else case.collect()
            step += 1
            if step > 1 and standing.is_over:
                break
        except KeyboardInterrupt as killed:
            kills.append(str(killed))
    case.watcher = Killer(0)
    assert case.collect().is_over
    assert {"planned", "uploaded", "created", "ended", "downloaded", "taken", "collected"} <= set(kills)
    assert_whole(case)
    assert case.server.made["batch"] == len(case.server.batches)
    requests = [json.loads(line)["custom_id"] for data in case.server.inputs for line in data.splitlines()]
    assert len(requests) == len(case.server.paid) + 2
    assert case.server.files == {}


def test_submitting_again_adds_only_what_is_new(make_case: MakeCase) -> None:
    case = make_case()
    case.submit()
    again = case.submit()
    assert (again.sources, case.server.made["batch"]) == ({}, 1)
    new = case.folder / "copy.txt"
    new.write_bytes(case.paths[0].read_bytes())
    assert case.submit().sources == {"waiting": 1}
    assert case.server.made["batch"] == 1
    case.collect()
    assert set(case.server.paid.values()) == {1}
    assert list(case.records().values()).count("skipped") == 1


def test_answers_that_the_cache_knows_are_not_asked_for(make_case: MakeCase, store: Store) -> None:
    case = make_case()
    case.submit()
    case.collect()
    paid = case.server.paid.copy()
    with store.writing() as connection:
        connection.execute(deferred_question.delete())
        jobs.retry_outdated(connection, jobs.job_named(connection, "bulk").id, "none")
    case.submit()
    assert (case.records() == case.live(), case.server.paid) == (True, paid)


def test_a_budget_is_not_passed(make_case: MakeCase) -> None:
    case = make_case(more={"budget_per_run": "0.05"})
    standing = case.submit()
    assert standing.tally.is_over_budget
    assert 0 < standing.questions.get("sent", 0) < standing.questions.get("sent", 0) + standing.questions["open"]
    while not standing.is_over:
        standing = case.collect()
    assert_whole(case)


def test_one_process_at_a_time(make_case: MakeCase) -> None:
    case = make_case()

    class Second:
        def see(self, event: Event) -> None:
            if event.name == "batch_moved":
                with pytest.raises(JobError, match="another process"):
                    Case.collect(Case(case.folder, case.server, case.store))

    case.watcher = Second()
    case.submit()
    case.watcher = Killer(0)
    assert case.collect().is_over


def test_a_refused_key_ends_it_and_nothing_is_lost(make_case: MakeCase) -> None:
    case = make_case()

    def forbidden(http: Any, reply: Any) -> None:
        del reply
        http.send_json(401, {"error": {"message": f"bad key {http.headers['Authorization']}", "code": "x"}})

    case.server.troubles = [Trouble("POST", "/v1/files", forbidden)]
    with pytest.raises(AskingError) as error:
        case.submit()
    assert (error.value.reason, KEY in error.value.en) == ("unauthorised", False)
    case.collect()
    assert_whole(case)


def test_no_key_and_no_file_name_gets_out(make_case: MakeCase, tmp_path: Path) -> None:
    case = make_case()
    case.server.lines = [batches.says(f'{{"hello": "{KEY}"}}'), batches.fails(400, KEY)]
    case.submit()
    case.collect()
    sent = b"".join(case.server.inputs)
    assert not any(path.stem.encode() in sent for path in case.paths)
    assert KEY.encode() not in sent
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(KEY.encode() in path.read_bytes() for path in kept)
    assert any(call.outcome == "invalid_answer" for call in case.calls()) or case.calls()


def test_without_a_model_it_is_said(make_case: MakeCase) -> None:
    case = make_case(more={"model": ""})
    with pytest.raises(JobError, match="EXTRACTOR_MODEL"):
        case.submit()
