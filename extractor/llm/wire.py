"""What goes over the wire: how a schema is demanded, and what a reply holds once its wrappings are taken off."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

from openai.lib._pydantic import to_strict_json_schema
from openai.types.chat import ChatCompletion
from pydantic import BaseModel

from extractor.llm.failures import AskingError

Schema = dict[str, Any]
_THOUGHT_END = "</think>"
_FENCE = "```"


class Mode(StrEnum):
    """Ways to demand a schema, the surest first; ``plain`` only asks for it in words."""

    STRICT = "strict"
    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"
    TOOLS = "tools"
    PLAIN = "plain"


def strict_schema(answer: type[BaseModel]) -> Schema:
    """The JSON Schema of an answer as strict endpoints want it: every key required, no further ones, no titles."""
    schema: Schema = _without_titles(to_strict_json_schema(answer))
    return schema


def _without_titles(schema: Any) -> Any:
    """The schema without its titles, which repeat the keys' names; a key called ``title`` stays."""
    if isinstance(schema, list):
        return [_without_titles(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: entry for name, entry in schema.items() if not (name == "title" and isinstance(entry, str))}
    return {name: _without_titles(entry) for name, entry in kept.items()}


@lru_cache(maxsize=64)
def _in_words(schema: str) -> str:
    return f"\n\n# JSON Schema\n\n{schema}"


def written_schema(schema: Schema) -> str:
    """A schema as compact text."""
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))


def demand(mode: Mode, messages: list[dict[str, Any]], name: str, schema: Schema) -> dict[str, Any]:
    """Messages and parameters that demand an answer of ``schema``.

    Where no parameter carries the schema, it is told at the end of the instructions, before the report.
    """
    if mode is Mode.TOOLS:
        tool = {"type": "function", "function": {"name": name, "parameters": schema}}
        choice = {"type": "function", "function": {"name": name}}
        return {"messages": messages, "tools": [tool], "tool_choice": choice}
    if mode in (Mode.STRICT, Mode.JSON_SCHEMA):
        told: dict[str, Any] = {"name": name, "schema": schema}
        told |= {"strict": True} if mode is Mode.STRICT else {}
        return {"messages": messages, "response_format": {"type": "json_schema", "json_schema": told}}
    first = {**messages[0], "content": messages[0]["content"] + _in_words(written_schema(schema))}
    in_words = {"messages": [first, *messages[1:]]}
    return in_words | ({"response_format": {"type": "json_object"}} if mode is Mode.JSON_OBJECT else {})


def bare_reply(reply: ChatCompletion, schema: Schema) -> ChatCompletion:
    """The reply with the bare JSON of its answer as its content, whatever it was wrapped in.

    Raises:
        AskingError: ``no_choices``, ``refused``, ``filtered`` or ``too_long_answer``.
    """
    choices: Any = getattr(reply, "choices", None)
    message = getattr(choices[0], "message", None) if isinstance(choices, list) and choices else None
    if message is None:
        raise AskingError("no_choices")
    ended = getattr(choices[0], "finish_reason", None)
    if getattr(message, "refusal", None):
        raise AskingError("refused", str(message.refusal))
    if ended == "content_filter":
        raise AskingError("filtered")
    if ended == "length":
        raise AskingError("too_long_answer")
    text = _arguments(message) or getattr(message, "content", None)
    if not isinstance(text, str) or not text.strip():
        raise AskingError("no_choices")
    message.content, message.tool_calls = mended(unwrapped(text), schema), None
    return reply


def _arguments(message: Any) -> str:
    """The arguments of the tool that was called, which are the answer then."""
    calls = getattr(message, "tool_calls", None) or []
    function = getattr(calls[0], "function", None) if calls else None
    arguments = getattr(function, "arguments", None)
    return arguments if isinstance(arguments, str) else ""


def unwrapped(text: str) -> str:
    """The JSON in a text: without the model's thoughts, code fences, and words around it.

    >>> unwrapped('<think>{hm}</think>```json\\n{"a": 1}\\n``` Done.')
    '{"a": 1}'
    """
    bare = text.rpartition(_THOUGHT_END)[2].strip()
    if _FENCE in bare:
        fenced = bare.partition(_FENCE)[2].rpartition(_FENCE)[0] or bare.partition(_FENCE)[2]
        bare = fenced if "{" in fenced else bare
    start, end = bare.find("{"), bare.rfind("}")
    return bare[start : end + 1] if 0 <= start < end else bare


def mended(text: str, schema: Schema) -> str:
    """The answer with what is plain put right: keys the schema does not know left out, absent nullable keys null.

    >>> mended('{"a": 1, "note": "x"}', {"properties": {"a": {}, "b": {"type": ["integer", "null"]}}})
    '{"a": 1, "b": null}'
    """
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if not isinstance(answer, dict):
        return text
    known: Mapping[str, Any] = schema.get("properties", {})
    absent = {name: None for name, entry in known.items() if name not in answer and _nullable(entry)}
    if not absent and answer.keys() <= known.keys():
        return text
    return json.dumps({name: value for name, value in answer.items() if name in known} | absent, ensure_ascii=False)


def _nullable(entry: Mapping[str, Any]) -> bool:
    kinds = entry.get("type", [])
    if kinds == "null" or (isinstance(kinds, list) and "null" in kinds):
        return True
    return any(_nullable(one) for one in entry.get("anyOf", ()))
