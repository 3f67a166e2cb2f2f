"""Uploads over slow lines: they may take as long as they go on."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from extractor.bulk.deferred_endpoint import BatchEndpoint
from extractor.llm.failures import AskingError
from tests.batch_server import Trouble, unavailable
from tests.bulk.deferring import MakeCase, kind, make_case, server
from tests.llm.asked import settings

__all__ = ["kind", "make_case", "server"]

SIZE = 12 << 20
STEP = 1 << 20
BUFFERED = 4 << 20
"""What lies in the buffers of a connection when the last byte has been sent: it is read at once."""

REPLY = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"id":"file-7"}'


@contextmanager
def slow_line(most: int, pause: float) -> Iterator[str]:
    """A server that reads a step at a time, and no more than ``most`` bytes of a body; its address."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        over = threading.Event()

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection = listening.accept()[0]
                    with connection, suppress(OSError):
                        receive(connection)

        def receive(connection: socket.socket) -> None:
            read = 0
            while read < most:
                until = read + STEP
                while read < min(until, most):
                    read += len(connection.recv(1 << 16))
                if read < SIZE - BUFFERED:
                    time.sleep(pause)
            if most < SIZE:
                over.wait(60)
            else:
                connection.settimeout(0.2)
                with suppress(TimeoutError):
                    while connection.recv(1 << 16):
                        pass
                connection.sendall(REPLY)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        over.set()


def upload(url: str, folder: Path, **more: Any) -> str:
    path = folder / "lines.jsonl"
    path.write_bytes(b"x" * SIZE)

    async def put() -> str:
        endpoint = BatchEndpoint(settings(url, folder, seconds_per_call=3.0, model_repeats=0, **more))
        try:
            return await endpoint.upload(path, "lines.jsonl")
        finally:
            await endpoint.close()

    return asyncio.run(put())


def test_an_upload_may_take_longer_than_a_call(tmp_path: Path) -> None:
    with slow_line(SIZE, 0.6) as url:
        assert upload(url, tmp_path) == "file-7"


def test_an_upload_that_stands_still_is_ended(tmp_path: Path) -> None:
    begun = time.monotonic()
    with slow_line(SIZE // 4, 0.0) as url, pytest.raises(AskingError) as error:
        upload(url, tmp_path)
    assert (error.value.reason, time.monotonic() - begun < 60) == ("timed_out", True)


@pytest.mark.parametrize("limit", [{"batch_requests": 4}, {"batch_bytes": 30_000}])
def test_lower_limits_are_for_what_was_planned_too(make_case: MakeCase, limit: dict[str, int]) -> None:
    case = make_case()
    case.server.troubles = [Trouble("POST", "/v1/files", unavailable) for _ in range(20)]
    with pytest.raises(AskingError):
        case.submit()
    case.server.troubles, case.more = [], limit
    assert case.collect().is_over
    assert len(case.server.inputs) > 1
    most_lines, most_bytes = limit.get("batch_requests", 50_000), limit.get("batch_bytes", 200_000_000)
    assert all(data.count(b"\n") <= most_lines and len(data) <= most_bytes for data in case.server.inputs)
    assert case.records() == case.live()
