"""A model endpoint on loopback that speaks the OpenAI protocol over real HTTP and misbehaves on order.

    with FaultyServer(answer) as server:            # answer: question -> content, e.g. a truthful answerer
        server.expect(questions)                    # those it will recognise
        server.script = [status(429, retry_after="0"), wrapped_in_fences]
        ...                                         # the first two requests meet these; then all is well

A fault is a function that is given the turn and replies (or does not). Probes for the endpoint's manner are answered as
its ``modes`` say, and take nothing from the script unless ``faulty_probes`` is set.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from extractor.draft import Question
from extractor.llm.prompts import load_prompt
from tests.limiters import Limiter

Content = dict[str, Any]
Answerer = Callable[[Question], Content | None]
ALL_MODES = frozenset({"strict", "json_schema", "json_object", "tools"})


@dataclass
class Turn:
    """One request and the means to reply: ``honest`` is the right content, ``http`` the connection."""

    body: Content
    honest: Content
    http: _Connection
    server: FaultyServer
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The right content as JSON."""
        return json.dumps(self.honest, ensure_ascii=False)

    def say(self, text: str | None, *, finish: str = "stop", **message: Any) -> None:
        """Reply with ``text`` as the model's content."""
        self.http.send_json(200, self.completion(text, finish, message), self.headers)

    def completion(self, text: str | None, finish: str = "stop", message: Content | None = None) -> Content:
        """A whole reply as an endpoint forms it."""
        told = {"role": "assistant", "content": text, "refusal": None, **(message or {})}
        if mode_of(self.body) == "tools" and text is not None and finish == "stop":
            name = self.body["tools"][0]["function"]["name"]
            call = {"id": "c1", "type": "function", "function": {"name": name, "arguments": text}}
            told |= {"content": None, "tool_calls": [call]}
        reply: Content = {
            "id": "x",
            "object": "chat.completion",
            "created": 1,
            "model": self.body.get("model", ""),
            "choices": [{"index": 0, "finish_reason": finish, "message": told}],
        }
        return reply | ({"usage": self.server.usage} if self.server.usage else {})


Fault = Callable[[Turn], None]


def mode_of(body: Content) -> str:
    """How a request demands its schema."""
    if "tools" in body:
        return "tools"
    format_ = body.get("response_format") or {}
    if format_.get("type") != "json_schema":
        return str(format_.get("type") or "plain")
    return "strict" if format_["json_schema"].get("strict") else "json_schema"


def honest(turn: Turn) -> None:
    """No fault at all."""
    turn.say(turn.text)


def status(code: int, *, retry_after: str | None = None, error: str = "", message: str = "busy") -> Fault:
    """An HTTP error, with or without ``Retry-After``."""

    def fault(turn: Turn) -> None:
        headers = turn.headers | ({} if retry_after is None else {"Retry-After": retry_after})
        turn.http.send_json(code, {"error": {"message": message, "code": error, "type": error}}, headers)

    return fault


def limited(limiter: Limiter, *, seconds: float = 0.0, retry_after: str = "exact", tells: bool = False) -> Fault:
    """Right after ``seconds``, as far as the limiter lets calls in; the others are refused at once.

    ``retry_after``: ``exact`` (the seconds to the next call that is let in), ``none``, or what is to stand in the
    header.
    ``tells``: the headers say what is left.
    """
    lock = threading.Lock()

    def fault(turn: Turn) -> None:
        with lock:
            now = time.monotonic()
            wait = limiter.admit(now)
            left, reset = limiter.left(now)
        if tells:
            turn.headers = {
                "x-ratelimit-limit-requests": str(limiter.limit),
                "x-ratelimit-remaining-requests": str(left),
                "x-ratelimit-reset-requests": f"{reset:.3f}s",
            }
        if wait is not None:
            turn.server.refused += 1
            status(429, retry_after={"none": None, "exact": f"{wait:.3f}"}.get(retry_after, retry_after))(turn)
            return
        turn.server.let_in.append(now)
        time.sleep(seconds)
        honest(turn)
        with lock:
            limiter.done()

    return fault


def hangs(turn: Turn) -> None:
    """No reply until the server closes."""
    turn.server.closing.wait(60)


def resets(turn: Turn) -> None:
    """The connection is torn down."""
    connection = turn.http.connection
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())  # files made of the socket would keep it open


def stops_midway(turn: Turn) -> None:
    """The connection ends before the body does."""
    body = json.dumps(turn.completion(turn.text)).encode()
    turn.http.send_raw(200, body[: len(body) // 2], length=len(body))


def drips(turn: Turn) -> None:
    """The body comes byte by byte, and never ends in time."""
    turn.http.send_raw(200, b"", length=100_000)
    with suppress(OSError):
        while not turn.server.closing.wait(0.02):
            turn.http.wfile.write(b" ")
            turn.http.wfile.flush()


def damaged_json(turn: Turn) -> None:
    """A whole HTTP reply whose JSON is cut."""
    body = json.dumps(turn.completion(turn.text)).encode()
    turn.http.send_raw(200, body[: len(body) // 2])


def web_page(turn: Turn) -> None:
    """A login page with status 200."""
    turn.http.send_raw(200, b"<!DOCTYPE html><html><body>Sign in</body></html>", kind="text/html")


def no_choices(turn: Turn) -> None:
    """A reply without any answer in it."""
    turn.http.send_json(200, turn.completion("") | {"choices": []})


def refuses(turn: Turn) -> None:
    """The model declines."""
    turn.say(None, refusal="I cannot help with that.")


def filters(turn: Turn) -> None:
    """The content filter strikes, although the JSON is valid."""
    turn.say(turn.text, finish="content_filter")


def runs_out(turn: Turn) -> None:
    """The answer is cut by the limit on tokens."""
    turn.say(turn.text[: len(turn.text) // 2], finish="length")


def runs_out_of_its_limit(characters: int) -> Fault:
    """Cut if the answer is longer than so many characters."""
    return lambda turn: runs_out(turn) if len(turn.text) > characters else honest(turn)


def cut_answer(turn: Turn) -> None:
    """JSON that breaks off, said to be complete."""
    turn.say(turn.text[: len(turn.text) // 2])


def other_schema(turn: Turn) -> None:
    """Valid JSON of another shape."""
    turn.say('{"hello": "world"}')


def says(text: str) -> Fault:
    """Any content."""
    return lambda turn: turn.say(text)


def wrapped_in_fences(turn: Turn) -> None:
    """The answer in a code fence, with words around it."""
    turn.say(f"Here it is:\n```json\n{turn.text}\n```\nAnything else?")


def thinks(turn: Turn) -> None:
    """Thoughts before the answer."""
    turn.say(f'<think>Is it {{"rows": [1]}}? Hm.</think>\n{turn.text}')


def numbers_as_words(turn: Turn) -> None:
    """Each integer as a string."""
    turn.say(json.dumps(_worded(turn.honest), ensure_ascii=False))


def _worded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _worded(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_worded(entry) for entry in value]
    return str(value) if isinstance(value, int) else value


def adds_a_key(turn: Turn) -> None:
    """A key that the schema does not know."""
    turn.say(json.dumps({**turn.honest, "confidence": 0.97}, ensure_ascii=False))


def leaves_out_nulls(turn: Turn) -> None:
    """Null values are not sent."""
    turn.say(json.dumps({name: value for name, value in turn.honest.items() if value is not None}))


def tells_the_key(turn: Turn) -> None:
    """The reply repeats the key it was sent."""
    turn.say(turn.text + " " + turn.http.headers["Authorization"])


def scolds_with_the_key(turn: Turn) -> None:
    """The error message repeats the key it was sent."""
    key = turn.http.headers["Authorization"]
    turn.http.send_json(400, {"error": {"message": f"bad call by {key}", "code": "odd"}})


@dataclass
class FaultyServer:
    """The server; ``requests`` are the bodies of all requests but probes, ``probes`` those of probes.

    ``let_in`` (moments) and ``refused`` are of calls that met ``limited``.
    """

    answer: Answerer = lambda _: None
    modes: frozenset[str] = ALL_MODES
    ignores: frozenset[str] = frozenset()
    usage: Content | None = field(
        default_factory=lambda: {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050}
    )
    script: list[Fault] = field(default_factory=list)
    always: Fault = honest
    faulty_probes: bool = False
    limit_name: str = ""
    port: int = 0
    requests: list[Content] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    probes: list[Content] = field(default_factory=list)
    most_at_once: int = 0
    refused: int = 0
    let_in: list[float] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._known: dict[str, list[tuple[str, Question]]] = {}
        self._lock = threading.Lock()
        self._at_once = 0
        self._http = _Listening(("127.0.0.1", self.port), _Connection)
        self._http.faulty = self
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def __enter__(self) -> FaultyServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()

    def expect(self, questions: Iterable[Question]) -> None:
        """Questions whose requests will be recognised by their messages."""
        for question in questions:
            prefix, report = load_prompt(question.kind).render(question.content)
            self._known.setdefault(report, []).append((prefix, question))

    def take(self, body: Content, http: _Connection) -> None:
        """One request: the next fault of the script, or what is always done."""
        schema = json.dumps(body)
        probing = "kx-7341-qv" in schema or body["messages"][-1]["content"] == "Say hello."
        with self._lock:
            (self.probes if probing else self.requests).append(body)
            self.headers.append({name.lower(): value for name, value in http.headers.items()})
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            scripted = bool(self.script) and (not probing or self.faulty_probes)
            fault = self.script.pop(0) if scripted else self.always if not probing or self.faulty_probes else honest
        try:
            self._reply(Turn(body, self._content(body, probing), http, self), fault, probing)
        finally:
            with self._lock:
                self._at_once -= 1

    def _reply(self, turn: Turn, fault: Fault, probing: bool) -> None:
        mode = mode_of(turn.body)
        if self.limit_name and self.limit_name not in turn.body:
            status(400, message=f"Unsupported parameter: use {self.limit_name}, not another of max_tokens")(turn)
        elif mode != "plain" and mode not in self.modes | self.ignores:
            status(400, message=f"{mode} is not supported")(turn)
        elif mode in self.ignores and probing:
            turn.http.send_json(200, turn.completion(None) | {"choices": [_prose()]})
        else:
            fault(turn)

    def _content(self, body: Content, probing: bool) -> Content:
        if probing:
            return {"probe": "kx-7341-qv", "number": 90417} if mode_of(body) != "plain" else {}
        system, user = (message["content"] for message in body["messages"][:2])
        for prefix, question in self._known.get(user, []):
            if system.startswith(prefix):
                return self.answer(question) or {}
        return {}


def _prose() -> Content:
    return {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hello!"}}


class _Listening(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    block_on_close = False
    faulty: FaultyServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is what these tests are about."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listening

    def do_POST(self) -> None:
        """The one thing that is asked."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with suppress(ConnectionError):
            self.server.faulty.take(body, self)

    def send_json(self, code: int, content: Content, headers: dict[str, str] | None = None) -> None:
        """A whole JSON reply."""
        self.send_raw(code, json.dumps(content, ensure_ascii=False).encode(), headers=headers)

    def send_raw(
        self,
        code: int,
        body: bytes,
        *,
        length: int | None = None,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> None:
        """A reply of which ``length`` may be a lie."""
        self.send_response(code)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body) if length is None else length),
        }.items():
            self.send_header(name, value)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if length is not None:
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the standard library's name)
        """Nothing is logged."""


def waits(seconds: float) -> Fault:
    """Right, but late."""

    def fault(turn: Turn) -> None:
        time.sleep(seconds)
        honest(turn)

    return fault
