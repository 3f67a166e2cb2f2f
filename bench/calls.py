"""Processor time of our own that one call of a model takes: rendering, sending, checking, keeping the answer.

The endpoint is a server on loopback in a process of its own, so that only the client's time is counted.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import time
from multiprocessing.connection import Connection

from extractor.draft import Question
from extractor.llm.client import LiveModel
from tests.faulty_server import FaultyServer
from tests.llm.asked import questions, settings, truthful

_WARMING = 1
_SEEDS = range(1, 9)


def milliseconds_a_call() -> float:
    """Milliseconds of processor time a call, over every kind of question on several reports."""
    asked = {seed: [one for one in questions(seed) if truthful(seed)(one) is not None] for seed in _SEEDS}
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("fork").Process(target=_serve, args=(theirs, asked), daemon=True)
    server.start()
    try:
        return asyncio.run(_timed(str(ours.recv()), asked))
    finally:
        server.terminate()
        server.join()


def _serve(told: Connection, asked: dict[int, list[Question]]) -> None:
    """Answer rightly until the process is ended."""
    known = {one.content["tag"] + one.id: truthful(seed)(one) for seed, some in asked.items() for one in some}
    with FaultyServer(lambda question: known[question.content["tag"] + question.id]) as server:
        for some in asked.values():
            server.expect(some)
        told.send(server.url)
        server.closing.wait()


async def _timed(url: str, asked: dict[int, list[Question]]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        model = LiveModel(settings(url, folder))
        await model.answer(asked[_WARMING])
        rest = [some for seed, some in asked.items() if seed != _WARMING]
        start = time.process_time()
        for some in rest:
            answers = await model.answer(some)
            assert not any(answer.failure for answer in answers.values())  # noqa: S101 - else nothing was measured
        taken = time.process_time() - start
        await model.close()
    return 1000 * taken / sum(map(len, rest))
