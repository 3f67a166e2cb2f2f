"""What goes over the wire: how a schema is demanded, and what a reply holds once its wrappings are taken off."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

from openai.lib._pydantic import to_strict_json_schema
from openai.types.chat import ChatCompletion
from pydantic import BaseModel

from extractor.llm.failures import AskingError

Schema = dict[str, Any]
_THOUGHT_END = "</think>"
_AGAIN = " (again)"
_MOST_STARTS = 64
"""Braces at which an object is looked for: words around an answer may hold some."""


class Mode(StrEnum):
    """Ways to demand a schema, the surest first; ``plain`` only asks for it in words."""

    STRICT = "strict"
    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"
    TOOLS = "tools"
    PLAIN = "plain"


@lru_cache(maxsize=512)
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
    text = _arguments(message) or _said(message)
    if not text.strip():
        raise AskingError("no_choices")
    message.content, message.tool_calls, message.function_call = answer_in(text, schema), None, None
    return reply


def _arguments(message: Any) -> str:
    """The arguments of the tool that was called, which are the answer then."""
    calls = getattr(message, "tool_calls", None)
    called = calls[0] if isinstance(calls, list) and calls else None
    function = getattr(called, "function", None) or getattr(message, "function_call", None)
    arguments = getattr(function, "arguments", None)
    if isinstance(arguments, dict):
        return json.dumps(arguments, ensure_ascii=False)
    return arguments if isinstance(arguments, str) else ""


def _said(message: Any) -> str:
    """The content: a text, or parts of which some hold text."""
    content = getattr(message, "content", None)
    if not isinstance(content, list):
        return content if isinstance(content, str) else ""
    texts = (part.get("text") if isinstance(part, dict) else None for part in content)
    return "".join(text for text in texts if isinstance(text, str))


def answer_in(text: str, schema: Schema) -> str:
    """The JSON of the answer in what a model says: without its thoughts, code fences, and words around it.

    What is plain is put right: keys the schema does not know are left out, absent nullable keys are null. A key told
    twice, with two values, stays as two keys, so that the answer is not valid; so does what holds two answers.

    >>> known = {"properties": {"a": {}, "b": {"type": ["integer", "null"]}}}
    >>> answer_in('<think>{hm}</think>```json\\n{"a": 1, "note": "x"}\\n``` Done.', known)
    '{"a": 1, "b": null}'
    """
    known: Mapping[str, Any] = schema.get("properties", {})
    bare = text.rpartition(_THOUGHT_END)[2].strip() or text
    objects = list(_objects(bare))
    told = [found for found in objects if found.keys() & known.keys()] or [found for found in objects if not found]
    if not told or any(one != told[0] for one in told):
        return _writable(bare)
    named = {name: value for name, value in told[0].items() if name in known or name.endswith(_AGAIN)}
    absent = {name: None for name, entry in known.items() if name not in named and _nullable(entry)}
    return _writable(json.dumps(named | absent, ensure_ascii=False))


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects in a text, as they stand one after another."""
    decoder = json.JSONDecoder(object_pairs_hook=_of_pairs)
    at = text.find("{")
    for _ in range(_MOST_STARTS):
        if at < 0:
            return
        try:
            found, end = decoder.raw_decode(text, at)
            yield found
        except (ValueError, RecursionError):
            end = at + 1
        at = text.find("{", end)


def _of_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name if found.get(name, value) == value else name + _AGAIN] = value
    return found


def _writable(text: str) -> str:
    """The text with halves of characters, which nothing can be made of, as JSON escapes them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


def _nullable(entry: Mapping[str, Any]) -> bool:
    kinds = entry.get("type", [])
    if kinds == "null" or (isinstance(kinds, list) and "null" in kinds):
        return True
    return any(_nullable(one) for one in entry.get("anyOf", ()))
