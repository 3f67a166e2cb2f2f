"""What a model says, and the answer in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openai.types.chat import ChatCompletion
from pydantic import BaseModel, ValidationError

from extractor.llm.failures import AskingError
from extractor.llm.wire import answer_in, bare_reply

SCHEMA = {"properties": {"rows": {"type": "array"}, "note": {"type": ["integer", "null"]}}}
RIGHT = {"rows": [1, 2], "note": 3}
TEXT = json.dumps(RIGHT)

WRAPPED = {
    "bare": TEXT,
    "byte order mark": "\ufeff" + TEXT,
    "fence": f"Sure:\n```json\n{TEXT}\n```\nAnything {{else}}?",
    "open fence": f"```\n{TEXT}",
    "thoughts": f'<think>{{"rows": [9], "note": 9}}?</think>{TEXT}',
    "thoughts without a beginning": f"{{hm}} so</think>{TEXT}",
    "thoughts without an end": f"<think>let me {{see}}, {{}}\n\n{TEXT}",
    "channels": f"<|channel|>analysis<|message|>{{x}}<|end|><|channel|>final<|message|>{TEXT}",
    "told twice the same": f"{TEXT}\n{TEXT}",
    "an unknown key": json.dumps({**RIGHT, "confidence": 0.9, "\x00": []}),
    "a list of one": f"[{TEXT}]",
}


@pytest.mark.parametrize("name", WRAPPED)
def test_the_answer_is_found(name: str) -> None:
    assert json.loads(answer_in(WRAPPED[name], SCHEMA)) == RIGHT


NO_ANSWER = {
    "prose": "I would rather not.",
    "nothing": "{",
    "another schema": '{"hello": "world"}',
    "two answers": f'{TEXT} or rather {{"rows": [2, 1], "note": 3}}',
    "a key told twice": '{"rows": [1], "rows": [2], "note": 3}',
    "a key told twice inside": '{"rows": [{"anchor": 1, "anchor": 2}], "note": 3}',
    "cut": TEXT[:-4],
    "thoughts only": "<think>let me {see}",
    "half a character": '{"rows": ["\ud800"], "note": 3}',
    "half a character, escaped": '{"rows": ["\\ud800"], "note": 3, "more": 1}',
    "deep": '{"rows": ' + "[" * 100_000,
    "many braces": "{" * 1_000_000,
}


class Entry(BaseModel, extra="forbid"):
    anchor: int


class Answered(BaseModel, extra="forbid"):
    rows: list[int | str | Entry]
    note: int | None


@pytest.mark.parametrize("name", NO_ANSWER)
def test_what_is_no_answer_stays_invalid_and_can_be_sent(name: str) -> None:
    found = answer_in(NO_ANSWER[name], SCHEMA)
    found.encode()
    with pytest.raises(ValidationError):
        Answered.model_validate_json(found)


MESSAGES = {
    "text": {"content": TEXT},
    "parts": {"content": [{"type": "text", "text": TEXT[:5]}, None, 7, {"type": "image"}, {"text": TEXT[5:]}]},
    "a tool": {"content": None, "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": TEXT}}]},
    "a tool, an object": {"content": None, "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": RIGHT}}]},
    "a function": {"content": None, "function_call": {"name": "f", "arguments": TEXT}},
    "a tool without arguments": {"content": TEXT, "tool_calls": [{"id": "a", "function": {"name": "f"}}]},
    "no tools": {"content": TEXT, "tool_calls": [], "refusal": ""},
    "odd tools": {"content": TEXT, "tool_calls": {"0": 1}},
}


@pytest.mark.parametrize("name", MESSAGES)
def test_the_answer_is_taken_from_wherever_it_stands(name: str) -> None:
    reply = bare_reply(completion([{"finish_reason": "stop", "message": MESSAGES[name]}]), SCHEMA)
    assert json.loads(reply.choices[0].message.content or "") == RIGHT


NONE: list[Any] = [
    *(None, [], "abc", {"0": 1}, [None], [5], [{}], [{"message": None}], [{"message": "hi"}], [{"message": [1]}]),
    *([{"message": {"content": content}}] for content in (None, "", " ", 5, {"a": 1}, [], [1], [{"text": 7}])),
    [{"message": {"content": None, "tool_calls": "abc"}}],
    [{"message": {"content": None, "tool_calls": [None, 5]}}],
]


@pytest.mark.parametrize("choices", NONE, ids=repr)
def test_a_reply_without_an_answer_has_a_name(choices: Any) -> None:
    with pytest.raises(AskingError) as error:
        bare_reply(completion(choices), SCHEMA)
    assert error.value.reason == "no_choices"


def completion(choices: Any) -> ChatCompletion:
    return ChatCompletion.construct(choices=choices)
