"""The way to an endpoint: no further than the address that was named, and no more of a reply than can be an answer."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import httpx2
from openai import DefaultAsyncHttpxClient

from extractor.llm.allowance import HEADERS as LIMIT_HEADERS
from extractor.llm.failures import AskingError

MOST_BYTES = 8 * 1024 * 1024
"""Of a reply, unpacked: a hundred times the longest answer."""

_HEADERS = ("content-type", "date", "retry-after", "retry-after-ms", *LIMIT_HEADERS)
_ZLIB_OR_GZIP = 47
_ZIPPED = ("gzip", "x-gzip", "deflate")


class Connection(DefaultAsyncHttpxClient):
    """HTTP to one endpoint. No redirect is followed: a report goes nowhere but to the address in the settings.

    A reply comes back whole, with the headers that are of use. ``send`` raises ``AskingError`` for one that is too
    large or packed in a way that cannot be undone; openai passes it on as the cause of its own error.
    """

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """The reply, read up to ``MOST_BYTES``."""
        request.headers["Accept-Encoding"] = "gzip"
        reply = await super().send(request, **{**options, "stream": True, "follow_redirects": False})
        try:
            body = await _body(reply)
        finally:
            await reply.aclose()
        headers = {name: reply.headers[name] for name in _HEADERS if name in reply.headers}
        return httpx2.Response(reply.status_code, headers=headers, content=body, request=request)


async def _body(reply: httpx2.Response) -> bytes:
    unpack, is_whole = _unpacking(reply.headers.get("content-encoding", "").strip().lower())
    pieces, size = [], 0
    try:
        async for chunk in reply.aiter_raw():
            pieces.append(unpack(chunk))
            size += len(pieces[-1])
            if size > MOST_BYTES:
                raise AskingError("oversized_reply", f"over {MOST_BYTES} bytes", lost=True)
    except zlib.error:
        raise AskingError("damaged_reply", lost=True) from None
    if size and not is_whole():
        raise AskingError("damaged_reply", lost=True)
    return b"".join(pieces)


def _unpacking(packing: str) -> tuple[Callable[[bytes], bytes], Callable[[], bool]]:
    """What unpacks a piece of a body, never to more than is read of it, and what tells whether the body was whole."""
    if packing in ("", "identity"):
        return (lambda piece: piece), (lambda: True)
    if packing not in _ZIPPED:
        raise AskingError("damaged_reply", f"Content-Encoding {packing}", lost=True)
    unzip = zlib.decompressobj(_ZLIB_OR_GZIP)
    return (lambda piece: unzip.decompress(piece, MOST_BYTES + 1)), (lambda: unzip.eof)
