"""One model at one endpoint: how it takes schemas (found out once), calls and their repeats, re-asks, money."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import instructor
import openai
from instructor.core.exceptions import InstructorRetryException
from instructor.core.hooks import Hooks
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletion
from pydantic import BaseModel

from extractor.llm.attempts import by_error_in, by_status, is_against_schemas, repeated
from extractor.llm.cache import read_json, write_json
from extractor.llm.connection import Connection
from extractor.llm.failures import AskingError, reasons
from extractor.llm.line import Line, Turn
from extractor.llm.money import NOTHING, Amount, Spent, Tokens, most_tokens, price_of, tokens_of
from extractor.llm.secret import Secret
from extractor.llm.wire import Mode, Schema, bare_reply, demand, written_schema
from extractor.settings import Settings

Content = dict[str, Any]
_REMEMBERED_SECONDS = 7 * 24 * 3600
LONGER = 4
"""How much longer an answer may be when it is asked again because it was cut."""

NO_KEY = "none"
_LIMITS = ("max_tokens", "max_completion_tokens")
_DEMANDING = (Mode.STRICT, Mode.JSON_SCHEMA, Mode.JSON_OBJECT, Mode.TOOLS)
_ABOUT_THE_MODE = (
    "bad_request",
    "server_error",  # some servers fail over what they do not know
    "invalid_answer",
    "too_long_answer",
    "no_choices",
    "damaged_reply",
    "refused",
    "filtered",
)
"""Failures of a probe after which the next mode is tried."""

_PROBE: Content = {"probe": "kx-7341-qv", "number": 90417}
_PROBE_SCHEMA: Schema = {
    "type": "object",
    "properties": {
        "probe": {"type": "string", "enum": [_PROBE["probe"]]},
        "number": {"type": "integer", "enum": [_PROBE["number"]]},
    },
    "required": ["probe", "number"],
    "additionalProperties": False,
}
_PROBE_MESSAGES = [
    {"role": "system", "content": "Reply with one JSON object."},
    {"role": "user", "content": "Say hello."},
]


@dataclass(frozen=True, slots=True)
class Request:
    """A question made ready: ``prefix`` is the same for all reports of a form, ``answer`` the type to validate by."""

    prefix: str
    report: str
    answer: type[BaseModel]
    schema: Schema

    def messages(self) -> list[dict[str, Any]]:
        """As they are sent at first."""
        return [{"role": "system", "content": self.prefix}, {"role": "user", "content": self.report}]


@dataclass(frozen=True, slots=True)
class Manner:
    """How an endpoint takes a schema, and what it calls the limit on tokens."""

    mode: Mode
    limit: str


def body_of(model: str, request: Request, manner: Manner, limit: int, messages: list[Content] | None = None) -> Content:
    """The body of a call; ``limit``: most tokens of the answer; ``messages``: where they are not the first ones."""
    body = demand(manner.mode, messages or request.messages(), request.answer.__name__, request.schema)
    return body | {"model": model, manner.limit: limit}


class Endpoint:
    """Asks ``model``. ``folder``: where the manner is remembered between runs, if anywhere."""

    def __init__(self, settings: Settings, model: str, folder: Path | None, line: Line) -> None:
        self.model = model
        self.price = price_of(model, settings)
        self._settings = settings
        self._secret = Secret(settings.openai_api_key)
        self._lane = line.lane()
        self._folder = folder
        self._finding_out: asyncio.Task[Manner] | None = None
        self._client: AsyncOpenAI | None = None
        logging.getLogger("instructor").addHandler(logging.NullHandler())  # else it writes to standard error

    def __repr__(self) -> str:
        return f"Endpoint({self.model!r})"

    async def answer(self, request: Request, spent: Spent, probing: Spent) -> Content:
        """A valid answer; ``probing`` pays for finding out how the endpoint takes schemas.

        Raises:
            AskingError: there is none, for a reason named there.
        """
        manner = await self.manner(probing)
        limit = self._settings.model_output_tokens
        try:
            return await self._validated(request, manner, spent, limit)
        except AskingError as error:
            if is_against_schemas(error) and manner.mode in _DEMANDING:  # it takes schemas, but not this one
                return await self._validated(request, Manner(Mode.PLAIN, manner.limit), spent, limit)
            if error.reason == "too_long_answer":
                return await self._validated(request, manner, spent, limit * LONGER)
            raise

    async def responds(self, probing: Spent) -> bool:
        """Whether a harmless question gets a reply now; it is asked once, and paid for by ``probing``."""
        try:
            await self._obeys(await self.manner(probing), probing, repeats=0)
        except AskingError:
            return False
        return True

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    # ---- one question --------------------------------------------------------------------------------------------
    async def _validated(self, request: Request, manner: Manner, spent: Spent, limit: int) -> Content:
        """An answer that is valid, asked again with what is wrong a few times."""

        async def send(**asked: Any) -> ChatCompletion:
            body = body_of(self.model, request, manner, limit, asked["messages"])
            return await self._repeated(body, request.schema, spent)

        create: Callable[..., Awaitable[BaseModel]] = instructor.patch(create=send, mode=instructor.Mode.JSON_SCHEMA)
        hooks = Hooks()
        hooks.on("parse:error", lambda *_, **__: spent.invalid())
        reasks = self._settings.model_reasks
        try:
            answer = await create(
                response_model=request.answer,
                messages=request.messages(),
                max_retries=reasks,
                strict=False,
                hooks=hooks,
            )
        except InstructorRetryException as error:
            raise self._told(error) from None
        content = answer.model_dump(mode="json")
        if self._secret.is_told_by(content):
            raise AskingError("key_in_reply")
        return content

    def _told(self, given_up: InstructorRetryException) -> AskingError:
        """Why instructor gave up: our own error, or answers that were not valid, the last of which is kept."""
        cause = given_up.__cause__
        if isinstance(cause, AskingError):
            return cause
        errors = getattr(cause, "errors", None)
        first = errors(include_input=False, include_url=False)[0]["msg"] if callable(errors) else ""
        told = AskingError("invalid_answer", self._secret.hidden(first))
        with suppress(ValueError, RecursionError, AttributeError):
            last = json.loads(given_up.last_completion.choices[0].message.content)  # type: ignore[union-attr]
            told.content = last if isinstance(last, dict) else None
        return told

    async def _repeated(
        self, body: Content, schema: Schema, spent: Spent, repeats: int | None = None
    ) -> ChatCompletion:
        if self._settings.model_temperature is not None:
            body["temperature"] = self._settings.model_temperature
        mark = uuid4().hex  # the same for every repeat, so that an endpoint which knows it does the work once

        async def once() -> ChatCompletion:
            return await self._paid(body, schema, spent, mark)

        most = self._settings.model_repeats
        repeats = most if repeats is None else min(repeats, most)
        return await repeated(once, repeats=repeats, waiting=self._settings.seconds_of_waiting, lane=self._lane)

    # ---- one call ------------------------------------------------------------------------------------------------
    async def _paid(self, body: Content, schema: Schema, spent: Spent, mark: str) -> ChatCompletion:
        """One call, its tokens and money set aside before and accounted for after, whatever becomes of it."""
        most = most_tokens(body["messages"], written_schema(schema), body.get(_LIMITS[0]) or body[_LIMITS[1]])
        reserve = Amount(most.total, self.price.of(most) if self.price else Decimal(0))
        spent.purse.check(reserve)
        async with self._lane.turn(spent.place, most.total) as turn:
            await spent.purse.set_aside(reserve)
            turn.begin()
            tokens, outcome, taken = Tokens(), "stopped", reserve
            try:
                reply = await self._sent(body, mark, turn)
                tokens = tokens_of(reply) or most
                taken = Amount(tokens.total, self.price.of(tokens) if self.price else Decimal(0))
                bare, outcome = bare_reply(reply, schema), "answered"
                return bare
            except AskingError as error:
                outcome = error.reason
                taken = taken if tokens != Tokens() or error.lost else NOTHING
                raise
            finally:
                turn.used = taken.tokens
                spent.purse.put_back(reserve, taken)
                spent.note(self.model, tokens, self.price, outcome, turn.times())

    async def _sent(self, body: Content, mark: str, turn: Turn) -> ChatCompletion:
        """The reply to one call; the headers of any reply are told to ``turn``.

        Raises:
            AskingError: no reply, or none of a model; its text never holds the key.
        """
        try:
            completions = self._connected().chat.completions.with_raw_response
            async with asyncio.timeout(self._settings.seconds_per_call):
                raw = await completions.create(
                    model=self.model, messages=[], extra_body=body, extra_headers={"Idempotency-Key": mark}
                )
            turn.headers = raw.headers
        except openai.APIStatusError as error:
            turn.headers = error.response.headers
            response = error.response
            raise by_status(response.status_code, self._secret.hidden(response.text), response.headers) from None
        except (TimeoutError, openai.APITimeoutError):
            raise AskingError("timed_out", f"{self._settings.seconds_per_call:g} s", lost=True) from None
        except openai.APIConnectionError as error:
            raise _disconnected(error) from None
        except (
            openai.OpenAIError,
            httpx2.InvalidURL,
            ValueError,
        ) as error:  # a key or an address that no header or socket can carry
            raise AskingError("bad_request", type(error).__name__) from None
        return self._reply(raw.content)

    def _reply(self, body: bytes) -> ChatCompletion:
        if body.lstrip()[:1] == b"<":
            raise AskingError("not_an_endpoint")
        try:
            found = json.loads(body)
            told = self._secret.is_told_by(found)
        except (ValueError, RecursionError):
            raise AskingError("damaged_reply", lost=True) from None
        if told:
            raise AskingError("key_in_reply", lost=True)
        if not isinstance(found, dict):
            raise AskingError("damaged_reply", lost=True)
        failure = by_error_in(found, body.decode("utf-8", "replace"))
        if failure:
            raise failure
        return ChatCompletion.construct(**found)  # unlike validation, this takes what endpoints leave out

    def _connected(self) -> AsyncOpenAI:
        if self._client is None:
            settings = self._settings
            self._client = AsyncOpenAI(
                api_key=self._secret.key or NO_KEY,
                base_url=settings.openai_base_url or None,
                max_retries=0,  # repeats are ours: counted, limited and paid for
                timeout=settings.seconds_per_call,
                http_client=Connection(timeout=settings.seconds_per_call),
            )
        return self._client

    # ---- how it takes schemas ------------------------------------------------------------------------------------
    async def manner(self, probing: Spent) -> Manner:
        """How the endpoint takes schemas: as remembered, else found out now, once for all questions.

        Who asks meanwhile waits for the same; a failure that will not pass stays.

        Raises:
            AskingError: the endpoint cannot be asked at all.
        """
        if self._finding_out is None:
            self._finding_out = asyncio.ensure_future(self._known_or_found_out(probing))
        finding_out = self._finding_out
        try:
            return await asyncio.shield(finding_out)
        except AskingError as error:
            if reasons()[error.reason].passing and self._finding_out is finding_out:
                self._finding_out = None
            raise

    async def _known_or_found_out(self, probing: Spent) -> Manner:
        return self.remembered() or await self._found_out(probing)

    async def _found_out(self, probing: Spent) -> Manner:
        limit = _LIMITS[0] if self._settings.openai_base_url else _LIMITS[1]
        failed, rejected = list[AskingError](), 0
        for mode in _DEMANDING:
            for name in (limit, *(one for one in _LIMITS if one != limit)):
                try:
                    obeyed = await self._obeys(Manner(mode, name), probing, repeats=1 if failed else None)
                except AskingError as error:
                    if error.reason not in _ABOUT_THE_MODE:
                        raise
                    if any(one in error.detail for one in _LIMITS) and name == limit:
                        continue
                    failed += [error] if error.reason == "server_error" else []
                    rejected += error.reason == "bad_request"
                    break
                if obeyed:
                    return self._remember(Manner(mode, name))
                break
        if len(failed) == len(_DEMANDING):  # no mode's fault, then
            raise failed[0]
        plain = Manner(Mode.PLAIN, limit)
        if rejected == len(_DEMANDING):
            await self._check(plain, probing)
        return self._remember(plain)

    async def _check(self, plain: Manner, probing: Spent) -> None:
        """Raise where the endpoint does not take a question without a schema either: then it is not about schemas."""
        try:
            await self._obeys(plain, probing, repeats=1)
        except AskingError as error:
            if error.reason == "bad_request" or error.reason not in _ABOUT_THE_MODE:
                raise

    async def _obeys(self, manner: Manner, probing: Spent, repeats: int | None) -> bool:
        """Whether the reply fits a schema that none fits by chance."""
        body = demand(manner.mode, list(_PROBE_MESSAGES), "probe", _PROBE_SCHEMA)
        body |= {"model": self.model, manner.limit: self._settings.model_output_tokens}
        reply = await self._repeated(body, _PROBE_SCHEMA, probing, repeats)
        with suppress(ValueError, RecursionError):
            return bool(json.loads(reply.choices[0].message.content or "") == _PROBE)
        return False

    def _place(self) -> Path | None:
        name = hashlib.sha256(f"{self._settings.openai_base_url}\n{self.model}".encode()).hexdigest()[:24]
        return self._folder / "endpoints" / f"{name}.json" if self._folder else None

    def remembered(self) -> Manner | None:
        """How the endpoint takes schemas, as it was found out within the week; nothing is asked."""
        place = self._place()
        kept = (read_json(place) if place else None) or {}
        with suppress(ValueError, TypeError):
            fresh = 0 <= time.time() - float(kept.get("at", 0)) < _REMEMBERED_SECONDS
            return Manner(Mode(kept.get("mode", "")), kept["limit"]) if fresh and kept.get("limit") in _LIMITS else None
        return None

    def _remember(self, manner: Manner) -> Manner:
        place = self._place()
        if place is not None:
            with suppress(OSError, ValueError):
                write_json(place, {"mode": manner.mode.value, "limit": manner.limit, "at": int(time.time())})
        return manner


def _disconnected(error: openai.APIConnectionError) -> AskingError:
    """Why there is no reply that could be read: our own error, or the connection's."""
    cause = error.__cause__
    if isinstance(cause, AskingError):
        return cause
    name = type(cause).__name__
    return AskingError("connection_lost", name, lost=not name.startswith("Connect"))
