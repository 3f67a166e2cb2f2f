"""A provider of batches on loopback: files, batches and their output over real HTTP, misbehaving on order.

    with BatchServer(answer) as server:             # as FaultyServer, whose chat endpoint it has too
        server.expect(questions)
        server.lines = [expired, missing, duplicate]    # the first three lines meet these; then all is well
        server.troubles = [Trouble("POST", "/v1/batches", lost)]

A batch is worked on when it is looked at for the ``looks``-th time. What its lines cost is in ``paid``, by custom id.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.faulty_server import Content, FaultyServer, Turn, _Connection, resets

LineFault = Callable[["Line"], None]


@dataclass
class Line:
    """One request of a batch being worked on: what is put into ``output`` and ``errors``."""

    key: str
    body: Content
    server: BatchServer
    output: list[Any]
    errors: list[Any]

    @property
    def turn(self) -> Turn:
        """The request as the chat endpoint would meet it."""
        return Turn(self.body, self.server._content(self.body, probing=False), None, self.server)  # type: ignore[arg-type]

    def reply(self, body: Content, status: int = 200) -> Content:
        """A line of the output."""
        response = {"status_code": status, "request_id": "r", "body": body}
        return {"id": f"batch_req_{self.key[:8]}", "custom_id": self.key, "response": response, "error": None}

    def paid(self, body: Content) -> Content:
        """A line that was worked on, and charged."""
        self.server.paid[self.key] += 1
        return self.reply(body)


def honest(line: Line) -> None:
    """No fault at all."""
    line.output.append(line.paid(line.turn.completion(line.turn.text)))


def says(text: str, finish: str = "stop") -> LineFault:
    """Any content."""
    return lambda line: line.output.append(line.paid(line.turn.completion(text, finish)))


def refuses(line: Line) -> None:
    """The model declines."""
    line.output.append(line.paid(line.turn.completion(None, "stop", {"refusal": "No."})))


def expired(line: Line) -> None:
    """The batch ended before its turn."""
    error = {"code": "batch_expired", "message": "This request could not be executed in time."}
    line.errors.append({"id": "e", "custom_id": line.key, "response": None, "error": error})


def missing(line: Line) -> None:
    """Nothing is said of it."""


def duplicate(line: Line) -> None:
    """Told twice; the second one tells something else."""
    honest(line)
    line.output.append(line.reply(line.turn.completion('{"other": 1}')))


def strange(line: Line) -> None:
    """Besides the right line there are such as nobody asked for, and such as are none."""
    line.output.append({**line.reply(line.turn.completion("{}")), "custom_id": "f" * 64})
    line.output.append({**line.reply(line.turn.completion("{}")), "custom_id": ["x"]})
    line.output.extend(["not JSON at all", "[1, 2]", '{"custom_id": 7}', "", '{"a":' * 5000])
    honest(line)


def fails(status: int, message: str = "oh") -> LineFault:
    """The line has an HTTP error of its own."""

    def fault(line: Line) -> None:
        line.errors.append(line.reply({"error": {"message": message, "code": "odd", "type": "odd"}}, status))

    return fault


def odd(response: Any) -> LineFault:
    """A line whose response is what no provider should send."""
    return lambda line: line.output.append({"custom_id": line.key, "response": response, "error": None})


@dataclass
class Trouble:
    """What happens to the next request of this kind; ``what`` is given the connection and the honest way to reply."""

    method: str
    path: str
    what: Callable[[_BatchConnection, Callable[[], None]], None]


def unavailable(http: _BatchConnection, reply: Callable[[], None]) -> None:
    """500 before anything was done."""
    del reply
    http.send_json(500, {"error": {"message": "try again", "code": "server_error"}})


def busy(http: _BatchConnection, reply: Callable[[], None]) -> None:
    """429 with a pause."""
    del reply
    http.send_json(429, {"error": {"message": "slow down", "code": "rate"}}, {"Retry-After": "0.05"})


def lost(http: _BatchConnection, reply: Callable[[], None]) -> None:
    """The work is done, and the connection torn down before the reply."""
    http.is_mute = True
    reply()
    resets(Turn({}, {}, http, http.server.faulty))


@dataclass
class BatchServer(FaultyServer):
    """The provider. ``files`` and ``batches`` by id; ``made`` counts what was made of each sort."""

    looks: int = 1
    lines: list[LineFault] = field(default_factory=list)
    every_line: LineFault = honest
    troubles: list[Trouble] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    most_requests: int = 50_000
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    batches: dict[str, Content] = field(default_factory=dict)
    made: Counter[str] = field(default_factory=Counter)
    paid: Counter[str] = field(default_factory=Counter)
    inputs: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._http.RequestHandlerClass = _BatchConnection
        self._looked: Counter[str] = Counter()

    def add_file(self, name: str, data: bytes) -> Content:
        """Keep a file; its object."""
        self.made["file"] += 1
        key = f"file-{self.made['file']}"
        self.files[key] = (name, data)
        return self.file_object(key)

    def file_object(self, key: str) -> Content:
        """What is told of a file."""
        name, data = self.files[key]
        told = {"id": key, "object": "file", "bytes": len(data), "created_at": 1, "filename": name}
        return told | {"purpose": "batch", "status": "processed"}

    def begin(self, body: Content) -> Content:
        """A new batch."""
        self.made["batch"] += 1
        key = f"batch_{self.made['batch']}"
        name, data = self.files[body["input_file_id"]]
        self.inputs.append(data)
        told = {"id": key, "object": "batch", "status": "validating", "input_file_id": body["input_file_id"]}
        told |= {"endpoint": body["endpoint"], "metadata": body.get("metadata"), "request_counts": {"completed": 0}}
        assert (body["endpoint"], body["completion_window"]) == ("/v1/chat/completions", "24h")
        assert name.startswith("extractor-")
        self.batches[key] = told
        return told

    def look(self, key: str) -> Content:
        """A batch, worked on when it has been looked at often enough."""
        batch = self.batches[key]
        self._looked[key] += 1
        if self._looked[key] == self.looks:
            self._work(batch)
        elif self._looked[key] < self.looks:
            batch["status"] = "in_progress"
        return batch

    def _work(self, batch: Content) -> None:
        requests = [json.loads(line) for line in self.files[batch["input_file_id"]][1].splitlines()]
        refusal = self.refusals.pop(0) if self.refusals else ""
        refusal = refusal or ("token_limit_exceeded" if len(requests) > self.most_requests else "")
        if refusal:
            batch |= {"status": "failed", "errors": {"data": [{"code": refusal, "message": "no"}]}}
            return
        output, errors = list[Any](), list[Any]()
        for request in requests:
            with self._lock:
                fault = self.lines.pop(0) if self.lines else self.every_line
            fault(Line(request["custom_id"], request["body"], self, output, errors))
        random.Random(7).shuffle(output)
        batch["status"] = self.statuses.pop(0) if self.statuses else "completed"
        batch["request_counts"] = {"completed": len(output), "failed": len(errors), "total": len(requests)}
        for name, lines in (("output_file_id", output), ("error_file_id", errors)):
            if lines:
                batch[name] = self.add_file("result.jsonl", b"".join(_written(line) for line in lines))["id"]


def _written(line: Any) -> bytes:
    return (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)).encode() + b"\n"


class _BatchConnection(_Connection):
    is_mute = False

    def do_POST(self) -> None:  # noqa: N802 (the standard library's name)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if urlsplit(self.path).path == "/v1/chat/completions":
            with suppress(ConnectionError):
                self._server.take(json.loads(body), self)
        else:
            self._answer("POST", body)

    def do_GET(self) -> None:  # noqa: N802 (the standard library's name)
        self._answer("GET", b"")

    def do_DELETE(self) -> None:  # noqa: N802 (the standard library's name)
        self._answer("DELETE", b"")

    @property
    def _server(self) -> BatchServer:
        server = self.server.faulty
        assert isinstance(server, BatchServer)
        return server

    def _answer(self, method: str, body: bytes) -> None:
        path, server = urlsplit(self.path).path, self._server
        self.is_mute = False
        with server._lock:
            server.headers.append({name.lower(): value for name, value in self.headers.items()})
            fits = (one for one in server.troubles if one.method == method and re.fullmatch(one.path, path))
            trouble = next(fits, None)
            if trouble:
                server.troubles.remove(trouble)

        def reply() -> None:
            self._reply(method, path, body)

        with suppress(ConnectionError):
            if trouble:
                trouble.what(self, reply)
            else:
                reply()

    def _reply(self, method: str, path: str, body: bytes) -> None:
        server = self._server
        parts = path.removeprefix("/v1/").split("/")
        if parts == ["files"] and method == "POST":
            self.send_json(200, server.add_file(*_uploaded(body, self.headers["Content-Type"])))
        elif parts == ["files"]:
            self._send_list([server.file_object(key) for key in server.files])
        elif parts == ["batches"] and method == "POST":
            self.send_json(200, server.begin(json.loads(body)))
        elif parts == ["batches"]:
            self._send_list(list(server.batches.values()))
        elif parts[0] == "batches" and parts[1] in server.batches:
            self.send_json(200, server.look(parts[1]))
        elif parts[0] == "files" and parts[1] in server.files:
            self._reply_file(method, parts)
        else:
            self.send_json(404, {"error": {"message": "no such thing", "code": "not_found"}})

    def _reply_file(self, method: str, parts: list[str]) -> None:
        server = self._server
        if method == "DELETE":
            del server.files[parts[1]]
            self.send_json(200, {"id": parts[1], "object": "file", "deleted": True})
        elif parts[2:] == ["content"]:
            self.send_raw(200, server.files[parts[1]][1], kind="application/octet-stream")
        else:
            self.send_json(200, server.file_object(parts[1]))

    def _send_list(self, entries: list[Content]) -> None:
        """Newest first, two a page, as long lists are told."""
        after = parse_qs(urlsplit(self.path).query).get("after", [""])[0]
        entries = entries[::-1]
        start = next((at + 1 for at, one in enumerate(entries) if one["id"] == after), 0)
        page = entries[start : start + 2]
        self.send_json(200, {"object": "list", "data": page, "has_more": start + 2 < len(entries)})

    def send_raw(self, code: int, body: bytes, **more: Any) -> None:
        if not self.is_mute:
            super().send_raw(code, body, **more)


def _uploaded(body: bytes, kind: str) -> tuple[str, bytes]:
    """Name and content of the file in a form."""
    mark = re.search(r'boundary="?([^";]+)"?', kind)
    assert mark is not None
    for part in body.split(b"--" + mark[1].encode()):
        head, _, content = part.partition(b"\r\n\r\n")
        named = re.search(rb'filename="([^"]*)"', head)
        if named:
            return named[1].decode(), content.removesuffix(b"\r\n")
    raise AssertionError("no file was uploaded")
