"""The lines of a batch's files: a question as a request, and a reply as an answer or the reason why there is none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from openai.types.chat import ChatCompletion
from pydantic import ValidationError

from extractor.bulk.deferred_endpoint import COMPLETIONS
from extractor.bulk.deferred_questions import Deferred
from extractor.llm.attempts import by_error_in, by_status
from extractor.llm.cache import Content
from extractor.llm.connection import MOST_BYTES
from extractor.llm.endpoint import LONGER, Manner, body_of
from extractor.llm.failures import AskingError
from extractor.llm.money import Amount, Attempt, Price, Tokens, most_tokens, price_of, tokens_of
from extractor.llm.secret import Secret
from extractor.llm.wire import Mode, bare_reply, written_schema
from extractor.settings import Settings

_FINE = 200
_NOT_DONE = ("batch_expired", "batch_cancelled")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a line says of its question. ``error`` where there is no valid answer; ``attempt`` where it was paid for."""

    content: Content | None
    error: AskingError | None
    attempt: Attempt | None


class Lines:
    """Writes and reads lines, as the settings and the endpoint's manners say."""

    def __init__(self, settings: Settings, manners: Mapping[str, Manner]) -> None:
        self._settings = settings
        self._manners = manners
        self._secret = Secret(settings.openai_api_key)

    def line(self, asked: Deferred) -> bytes:
        """A question as a request: the body is the one that a live call has."""
        model, settings = asked.wanted.model, self._settings
        manner, limit = self.manner(asked), settings.model_output_tokens
        body = body_of(model, asked.wanted.request(), manner, limit * LONGER if asked.variant == "longer" else limit)
        if settings.model_temperature is not None:
            body["temperature"] = settings.model_temperature
        line = {"custom_id": asked.key, "method": "POST", "url": COMPLETIONS, "body": body}
        return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n"

    def manner(self, asked: Deferred) -> Manner:
        """How the question demands its schema."""
        known = self._manners[asked.wanted.model]
        return Manner(Mode.PLAIN, known.limit) if asked.variant == "plain" else known

    def is_plain(self, asked: Deferred) -> bool:
        """Whether the question's schema is demanded in words, as far as is known."""
        return asked.wanted.model in self._manners and self.manner(asked).mode is Mode.PLAIN

    def most(self, asked: Deferred) -> Amount:
        """What the question can take at most, as part of a batch; no money where no price is known."""
        price, tokens = self.price(asked.wanted.model), self._most_tokens(asked)
        money = price.of(tokens) * self._settings.batch_price_share if price else Decimal(0)
        return Amount(tokens.total, money)

    def price(self, model: str) -> Price | None:
        """A model's price outside batches."""
        return price_of(model, self._settings)

    def read(self, line: Content, asked: Deferred) -> Reply:
        """What a line of an output or error file says of its question."""
        try:
            reply = self._completion(line)
        except AskingError as error:
            return Reply(None, error, None)
        except RecursionError:
            return Reply(None, AskingError("damaged_reply"), None)
        tokens = tokens_of(reply) or self._most_tokens(asked)
        try:
            content = self._content(reply, asked)
        except AskingError as error:
            return Reply(None, error, self._attempt(asked, tokens, error.reason))
        return Reply(content, None, self._attempt(asked, tokens, "answered"))

    def _completion(self, line: Content) -> ChatCompletion:
        """The reply that a line holds."""
        if self._secret.is_told_by(line):
            raise AskingError("key_in_reply")
        error, response = line.get("error"), line.get("response")
        if isinstance(error, dict) and not response:
            code = str(error.get("code") or "")
            reason = "batch_expired" if code in _NOT_DONE else "server_error"
            raise AskingError(reason, str(error.get("message") or code))
        if not isinstance(response, dict) or not isinstance(response.get("body"), dict):
            raise AskingError("damaged_reply")
        body, status = response["body"], response.get("status_code")
        written = json.dumps(body, ensure_ascii=False)
        if status != _FINE:
            raise by_status(status if isinstance(status, int) else 500, written, {})
        failure = by_error_in(body, written)
        if failure:
            raise failure
        return ChatCompletion.construct(**_typed(body))

    def _content(self, reply: ChatCompletion, asked: Deferred) -> Content:
        """The valid answer in a reply."""
        request = asked.wanted.request()
        text = bare_reply(reply, request.schema).choices[0].message.content or ""
        try:
            return request.answer.model_validate_json(text).model_dump(mode="json")
        except ValidationError as error:
            told = AskingError("invalid_answer", error.errors(include_input=False, include_url=False)[0]["msg"])
        except ValueError:
            told = AskingError("invalid_answer")
        told.content = _object(text)
        raise told

    def _attempt(self, asked: Deferred, tokens: Tokens, outcome: str) -> Attempt:
        price, question = self.price(asked.wanted.model), asked.wanted.question
        cost = price.of(tokens) * self._settings.batch_price_share if price else Decimal(0)
        return Attempt(question.id, question.kind, asked.wanted.model, tokens, cost, outcome)

    def _most_tokens(self, asked: Deferred) -> Tokens:
        request, limit = asked.wanted.request(), self._settings.model_output_tokens
        most = limit * LONGER if asked.variant == "longer" else limit
        return most_tokens(request.messages(), written_schema(request.schema), most)


def lines_in(path: Path) -> Iterator[tuple[str, Content]]:
    """The lines of a file with their ``custom_id``, "" for a line that is no such object.

    A line longer than a reply can be is passed over, never held.
    """
    with path.open("rb") as file:
        while line := file.readline(MOST_BYTES):
            if len(line) == MOST_BYTES and not line.endswith(b"\n"):
                while (rest := file.readline(MOST_BYTES)) and not rest.endswith(b"\n"):
                    pass
                yield "", {}
            elif line.strip():
                found = _object(line)
                key = (found or {}).get("custom_id")
                yield (key, found) if found is not None and isinstance(key, str) else ("", {})


def _typed(body: Content) -> dict[str, Any]:
    return {str(name): value for name, value in body.items()}


def _object(text: str | bytes) -> Content | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
