"""The provider's side of batches: files and batches over HTTP, each failure by its name (``extractor.llm.failures``).

As with live calls, nothing is sent anywhere but to the address in the settings, a reply that holds the key is dropped,
and what fails on the way is repeated as the endpoint asks. What makes something at the provider is looked up by its
name before it is made again.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import httpx2
import openai
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from extractor.llm.attempts import by_status, repeated
from extractor.llm.cache import Content
from extractor.llm.connection import Connection
from extractor.llm.endpoint import NO_KEY
from extractor.llm.failures import AskingError, reasons
from extractor.llm.line import Line
from extractor.llm.secret import Secret
from extractor.settings import Settings

Reply = TypeVar("Reply")
COMPLETIONS: Literal["/v1/chat/completions"] = "/v1/chat/completions"
"""What each request of a batch is put to."""

_MARK = "extractor"
"""The key in a batch's metadata under which its token stands."""

_ID = re.compile(r"[A-Za-z0-9_.:-]{1,200}")
_WORD = re.compile(r"[a-z_]{1,80}")
_PAGE, _MOST_PAGES = 100, 200
_MOST_BYTES = 4_000_000_000
_PIECE = 1 << 20
_ENDED = ("completed", "failed", "expired", "cancelled")


@dataclass(frozen=True, slots=True)
class Remote:
    """A batch at the provider. ``output``, ``errors``: ids of its files; ``reason``: why it failed as a whole."""

    id: str
    status: str
    output: str | None = None
    errors: str | None = None
    reason: str = ""
    done: int = 0

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in _ENDED


class BatchEndpoint:
    """The files and batches of the settings' endpoint; for use in one event loop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._secret = Secret(settings.openai_api_key)
        self._line = Line(settings)
        self._lane = self._line.lane()
        self._client = self._made(Connection(timeout=settings.seconds_per_call))
        self._streaming = self._made(_Streaming(timeout=settings.seconds_per_call))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
        await self._streaming.close()

    async def find_file(self, name: str) -> str | None:
        """The id of the file of that name; None where the provider has none."""
        async for one in self._listed(
            lambda after: self._client.files.with_raw_response.list(purpose="batch", limit=_PAGE, **after)
        ):
            if one.get("filename") == name:
                return _id(one)
        return None

    async def upload(self, path: Path, name: str) -> str:
        """Put a file there, or find it there from an earlier try; its id.

        It may take as long as it goes on: only standing still for the time of a call ends it.
        """

        async def once(again: bool) -> str:
            if again and (known := await self.find_file(name)):
                return known
            with path.open("rb") as file:
                sent = self._client.files.with_raw_response.create(file=(name, file), purpose="batch")
                return _id(await self._json(sent, None))

        return await self._until_done(once)

    async def find_batch(self, token: str) -> Remote | None:
        """The batch with that token in its metadata; None where the provider has none."""
        async for one in self._listed(lambda after: self._client.batches.with_raw_response.list(limit=_PAGE, **after)):
            metadata = one.get("metadata")
            if isinstance(metadata, dict) and metadata.get(_MARK) == token:
                return _remote(one)
        return None

    async def create(self, file: str, token: str) -> Remote:
        """Begin a batch, or find it begun by an earlier try."""

        async def once(again: bool) -> Remote:
            if again and (known := await self.find_batch(token)):
                return known
            made = self._client.batches.with_raw_response.create(
                input_file_id=file,
                endpoint=COMPLETIONS,
                completion_window="24h",
                metadata={_MARK: token},
                extra_headers={"Idempotency-Key": token},
            )
            return _remote(await self._timely(made))

        return await self._until_done(once)

    async def look(self, batch: str) -> Remote:
        """How a batch stands."""
        return _remote(await self._again(lambda: self._timely(self._client.batches.with_raw_response.retrieve(batch))))

    async def delete_file(self, file: str) -> None:
        """Take a file away from the provider."""
        await self._again(lambda: self._timely(self._client.files.with_raw_response.delete(file)))

    async def download(self, file: str, to: Path) -> None:
        """Bring a file here, piece by piece.

        Raises:
            OSError: it cannot be written here.
        """
        await self._again(lambda: self._downloaded(file, to))

    async def _downloaded(self, file: str, to: Path) -> None:
        async with self._turn():
            await self._streamed(file, to)

    async def _streamed(self, file: str, to: Path) -> None:
        with to.open("wb") as written:
            try:
                async with self._streaming.files.with_streaming_response.content(file) as reply:
                    async for piece in reply.iter_bytes(_PIECE):
                        if written.write(piece) and written.tell() > _MOST_BYTES:
                            raise AskingError("oversized_reply", f"over {_MOST_BYTES} bytes")
            except (openai.OpenAIError, httpx2.HTTPError) as error:
                raise self._told(error) from None

    async def _until_done(self, once: Callable[[bool], Awaitable[Reply]]) -> Reply:
        """Repeated like any call; from the second time on it first looks whether the last one got through."""
        tried = False

        async def call() -> Reply:
            nonlocal tried
            again, tried = tried, True
            return await once(again)

        return await self._again(call)

    async def _again(self, call: Callable[[], Awaitable[Reply]]) -> Reply:
        async def once() -> Reply:
            return await call()

        settings = self._settings
        repeats, waiting = settings.model_repeats, settings.seconds_of_waiting
        return await repeated(once, repeats=repeats, waiting=waiting, lane=self._lane)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """A turn for one call: after a refusal none goes before its time."""
        async with self._lane.turn(self._line.place(), 0) as turn:
            turn.begin()
            yield

    async def _listed(self, page: Callable[[dict[str, Any]], Awaitable[Any]]) -> AsyncIterator[Content]:
        """The entries of a list, page after page."""
        after: dict[str, Any] = {}
        for _ in range(_MOST_PAGES):
            told = await self._again(lambda after=after: self._timely(page(after)))  # type: ignore[misc]
            entries = [one for one in told.get("data") or [] if isinstance(one, dict)]
            for one in entries:
                yield one
            if not told.get("has_more") or not entries:
                return
            after = {"after": _id(entries[-1])}

    async def _timely(self, call: Awaitable[Any]) -> Content:
        """The object that a call brings in the time of one."""
        return await self._json(call, self._settings.seconds_per_call)

    async def _json(self, call: Awaitable[Any], seconds: float | None) -> Content:
        """The object that a call brings. ``seconds``: most that it may take, beside that it may never stand still.

        Raises:
            AskingError: it fails, or brings none; the text never holds the key.
        """
        async with self._turn():
            return await self._object(call, seconds)

    async def _object(self, call: Awaitable[Any], seconds: float | None) -> Content:
        try:
            async with asyncio.timeout(seconds):
                raw = await call
        except (TimeoutError, openai.OpenAIError, httpx2.InvalidURL, ValueError) as error:
            raise self._told(error) from None
        try:
            found = json.loads(raw.content)
            is_told = self._secret.is_told_by(found)
        except (ValueError, RecursionError):
            raise AskingError("damaged_reply", lost=True) from None
        if is_told:
            raise AskingError("key_in_reply", lost=True)
        if not isinstance(found, dict):
            raise AskingError("damaged_reply", lost=True)
        return found

    def _told(self, error: Exception) -> AskingError:
        """What went wrong, by its name."""
        if isinstance(error, openai.APIStatusError):
            response = error.response
            try:
                text = response.text
            except httpx2.ResponseNotRead:
                text = ""
            return by_status(response.status_code, self._secret.hidden(text), response.headers)
        if isinstance(error, TimeoutError | openai.APITimeoutError | httpx2.TimeoutException):
            return AskingError("timed_out", f"{self._settings.seconds_per_call:g} s", lost=True)
        if isinstance(error, openai.APIConnectionError | httpx2.HTTPError):
            cause = error.__cause__
            return cause if isinstance(cause, AskingError) else AskingError("connection_lost", type(cause).__name__)
        return AskingError("bad_request", type(error).__name__)

    def _made(self, connection: httpx2.AsyncClient) -> AsyncOpenAI:
        settings = self._settings
        return AsyncOpenAI(
            api_key=self._secret.key or NO_KEY,
            base_url=settings.openai_base_url or None,
            max_retries=0,
            timeout=settings.seconds_per_call,
            http_client=connection,
        )


class _Streaming(DefaultAsyncHttpxClient):
    """For replies of any size, read as they come; no redirect is followed."""

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """The reply, unread."""
        return await super().send(request, **{**options, "follow_redirects": False})


def is_gone(error: AskingError) -> bool:
    """Whether the provider says that there is no such thing."""
    return error.detail.startswith("HTTP 404")


def is_refused(error: AskingError) -> bool:
    """Whether the provider will not do this, however often it is asked, though it may do other things."""
    known = reasons()[error.reason]
    is_told = error.detail.startswith("HTTP 4") and not is_gone(error)
    return error.reason == "oversized_reply" or (is_told and not known.passing and not known.for_all)


def _remote(told: Content) -> Remote:
    counts = told.get("request_counts")
    done = counts.get("completed") if isinstance(counts, dict) else 0
    files = (told.get("output_file_id"), told.get("error_file_id"))
    output, errors = (one if isinstance(one, str) and _ID.fullmatch(one) else None for one in files)
    return Remote(
        _id(told), _word(told.get("status")), output, errors, _reason(told), done if isinstance(done, int) else 0
    )


def _reason(told: Content) -> str:
    """The code of the first thing that is wrong with a batch as a whole."""
    errors = told.get("errors")
    entries = errors.get("data") if isinstance(errors, dict) else None
    first = entries[0] if isinstance(entries, list) and entries else None
    return _word(first.get("code")) if isinstance(first, dict) else ""


def _word(told: object) -> str:
    """What a provider says in one word; "" for anything else."""
    return told if isinstance(told, str) and _WORD.fullmatch(told) else ""


def _id(told: Content) -> str:
    found = told.get("id")
    if not isinstance(found, str) or not _ID.fullmatch(found):
        raise AskingError("damaged_reply")
    return found
