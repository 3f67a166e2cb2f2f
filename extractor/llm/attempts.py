"""One call, repeated while that may help: waits as the endpoint asks, within a limit on all waiting."""

from __future__ import annotations

import email.utils
import json
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception
from tenacity.stop import stop_base
from tenacity.wait import wait_random_exponential

from extractor.llm.failures import AskingError, reasons
from extractor.llm.line import Lane

Reply = TypeVar("Reply")

_REFUSED = "rate_limited"
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 20.0
_QUOTA_CODES = ("insufficient_quota", "billing_hard_limit_reached")
_TOO_LONG_CODES = ("context_length_exceeded", "exceed_context_size_error")
_BY_STATUS = {
    401: "unauthorised",
    402: "no_quota",
    403: "unauthorised",
    404: "no_such_model",
    408: "server_error",
    409: "server_error",
    429: "rate_limited",
}
_SCHEMA_WORDS = ("schema", "grammar", "response_format", "not supported", "unsupported", "not implemented")
_REDIRECTS, _BAD_REQUESTS, _SERVER_ERRORS, _LAST_STATUS = 300, 400, 500, 599
_CONTEXT_WORDS = (("context", "length"), ("context", "exceed"), ("context", "size"), ("maximum", "tokens", "prompt"))


async def repeated(
    call: Callable[[], Awaitable[Reply]], *, repeats: int, waiting: float, lane: Lane | None = None
) -> Reply:
    """The reply of ``call``, made again up to ``repeats`` times; ``waiting``: most seconds spent on pauses in all.

    In a ``lane``, a call that was refused for the endpoint's limits is made again when the lane opens, as often as
    ``waiting`` lets it; so is one that was lost while the endpoint is gone. One that was not answered in time is made
    again only once: each
    costs its whole time limit, and perhaps money.

    Raises:
        AskingError: the last one's reason, when it is not a passing one, or the limits are reached.
    """
    grown = wait_random_exponential(multiplier=_FIRST_WAIT, max=_LONGEST_WAIT)

    def pause(state: RetryCallState) -> float:
        error = _error_of(state)
        if lane is not None and error is not None and error.reason == _REFUSED:
            return lane.closed_for()
        return grown(state) if error is None or error.retry_after is None else error.retry_after

    stop = _Over(repeats, waiting, lane)
    retrying = AsyncRetrying(stop=stop, wait=pause, retry=retry_if_exception(_passes), reraise=True)
    reply: Reply = await retrying(call)
    return reply


class _Over(stop_base):
    """Repeats or waiting are used up, or a second call was not answered in time."""

    def __init__(self, repeats: int, waiting: float, lane: Lane | None) -> None:
        self._repeats = repeats
        self._waiting = waiting
        self._lane = lane
        self._failed = 0
        self._refused_since: float | None = None

    def __call__(self, retry_state: RetryCallState) -> bool:
        error = _error_of(retry_state)
        reason = error.reason if error else ""
        if reason == _REFUSED and self._lane is not None:
            return self._is_refused_too_long(retry_state)
        self._refused_since = None
        is_out = self._lane is not None and self._lane.is_out()
        self._failed += not is_out
        is_late = reason == "timed_out" and self._failed > 1
        paused = retry_state.idle_for + retry_state.upcoming_sleep
        return is_late or self._failed > self._repeats or (paused > self._waiting and not is_out)

    def _is_refused_too_long(self, state: RetryCallState) -> bool:
        now = time.monotonic()
        self._refused_since = now if self._refused_since is None else self._refused_since
        return now - self._refused_since + state.upcoming_sleep > self._waiting


def _error_of(state: RetryCallState) -> AskingError | None:
    error = state.outcome.exception() if state.outcome else None
    return error if isinstance(error, AskingError) else None


def _passes(error: BaseException) -> bool:
    return isinstance(error, AskingError) and reasons()[error.reason].passing


def by_status(status: int, body: str, headers: Mapping[str, str]) -> AskingError:
    """The failure that an HTTP status and what came with it stand for.

    ``body``: the reply's text, without the key.
    """
    code, message = _code_and_message(body)
    reason = _reason(status)
    if status == 429 and code in _QUOTA_CODES:
        reason = "no_quota"
    elif reason == "bad_request" and code == "content_filter":
        reason = "filtered"
    elif reason == "bad_request" and (code in _TOO_LONG_CODES or _speaks_of_context(message) or status == 413):
        reason = "too_long_question"
    return AskingError(reason, f"HTTP {status} {message}", retry_after=seconds_to_wait(headers))


def _reason(status: int) -> str:
    if _REDIRECTS <= status < _BAD_REQUESTS:
        return "redirected"
    return _BY_STATUS.get(status) or ("server_error" if status >= _SERVER_ERRORS else "bad_request")


def by_error_in(reply: Mapping[str, Any], body: str) -> AskingError | None:
    """The failure that a reply with status 200 tells of in its body, as gateways do; None where it tells of none."""
    error = reply.get("error")
    if not error or reply.get("choices"):
        return None
    code = str(error.get("code") or error.get("status") or "") if isinstance(error, dict) else ""
    is_status = code.isascii() and code.isdecimal() and _BAD_REQUESTS <= int(code[:4]) <= _LAST_STATUS
    return by_status(int(code) if is_status else _SERVER_ERRORS, body, {})


def is_against_schemas(error: AskingError) -> bool:
    """Whether an endpoint that takes schemas may have failed for this one."""
    words = error.detail.lower()
    return error.reason == "bad_request" or (
        error.reason == "server_error" and any(word in words for word in _SCHEMA_WORDS)
    )


def _speaks_of_context(message: str) -> bool:
    words = message.lower()
    return any(all(word in words for word in group) for group in _CONTEXT_WORDS)


def _code_and_message(body: str) -> tuple[str, str]:
    """The error's code or type, and its message; nothing of a body that is no such JSON."""
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    error = found.get("error", found) if isinstance(found, dict) else found
    if not isinstance(error, dict):
        return "", error if isinstance(error, str) else ""
    return str(error.get("code") or error.get("type") or ""), str(error.get("message") or "")


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """What ``Retry-After`` (seconds or a date) or ``retry-after-ms`` says; None where it says nothing legible.

    A date is by the endpoint's clock, which the reply's own ``Date`` tells: this machine's may be wrong.
    """
    try:
        if "retry-after-ms" in headers:
            seconds = float(headers["retry-after-ms"]) / 1000
            return None if math.isnan(seconds) else max(0.0, seconds)
        told = headers.get("retry-after", "").strip()
        if told.replace(".", "", 1).isdecimal():
            return float(told)
        now = email.utils.parsedate_to_datetime(headers["date"]).timestamp() if "date" in headers else time.time()
        return max(0.0, email.utils.parsedate_to_datetime(told).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None
