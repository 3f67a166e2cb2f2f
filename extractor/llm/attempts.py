"""One call, repeated while that may help: waits as the endpoint asks, within a limit on all waiting."""

from __future__ import annotations

import email.utils
import json
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, stop_any
from tenacity.stop import stop_base
from tenacity.wait import wait_random_exponential

from extractor.llm.failures import AskingError, reasons

Reply = TypeVar("Reply")

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


async def repeated(call: Callable[[], Awaitable[Reply]], *, repeats: int, waiting: float) -> Reply:
    """The reply of ``call``, made again up to ``repeats`` times; ``waiting``: most seconds spent on pauses in all.

    A call that was not answered in time is made again only once: each costs its whole time limit, and perhaps money.

    Raises:
        AskingError: the last one's reason, when it is not a passing one, or the limits are reached.
    """
    grown = wait_random_exponential(multiplier=_FIRST_WAIT, max=_LONGEST_WAIT)

    def pause(state: RetryCallState) -> float:
        asked = _retry_after(state)
        return grown(state) if asked is None else asked

    stop = stop_any(stop_after_attempt(repeats + 1), _Over(waiting))
    retrying = AsyncRetrying(stop=stop, wait=pause, retry=retry_if_exception(_passes), reraise=True)
    reply: Reply = await retrying(call)
    return reply


class _Over(stop_base):
    """The pauses together would be longer than ``waiting``, or a second call was not answered in time."""

    def __init__(self, waiting: float) -> None:
        self._waiting = waiting

    def __call__(self, retry_state: RetryCallState) -> bool:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        late = isinstance(error, AskingError) and error.reason == "timed_out"
        return (late and retry_state.attempt_number > 1) or (
            retry_state.idle_for + retry_state.upcoming_sleep > self._waiting
        )


def _passes(error: BaseException) -> bool:
    return isinstance(error, AskingError) and reasons()[error.reason].passing


def _retry_after(state: RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome else None
    return error.retry_after if isinstance(error, AskingError) else None


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
    """What ``Retry-After`` (seconds or a date) or ``retry-after-ms`` says; None where it says nothing legible."""
    try:
        if "retry-after-ms" in headers:
            seconds = float(headers["retry-after-ms"]) / 1000
            return None if math.isnan(seconds) else max(0.0, seconds)
        told = headers.get("retry-after", "").strip()
        if told.replace(".", "", 1).isdecimal():
            return float(told)
        return max(0.0, email.utils.parsedate_to_datetime(told).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
