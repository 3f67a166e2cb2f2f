"""How closely the client keeps to an endpoint's limits: the rate it reaches, calls wasted on 429, processor time.

    python -m bench.rates                   the level: 40 calls a second, latency 0.5 s
    python -m bench.rates --all             other limits, limiters, latencies and headers too
    python -m bench.rates --seconds 120     measured for longer

The endpoint is a server on loopback in a process of its own. The rate is that of the calls it let in from 20 s after
the first on; calls wasted and processor time are of the whole run.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection

from bench.lines import tell
from extractor.asking import AskingThread
from extractor.draft import Question
from extractor.llm.client import LiveModel
from tests.faulty_server import FaultyServer, limited
from tests.limiters import AtOnce, Bucket, Limiter, Sliding, Window
from tests.llm.asked import questions, settings, truthful

_SETTLED, _SHORT = 20.0, 20.0
_KIND = "year"
_AHEAD = 400
RATE, WASTED, PROCESSOR = 0.95, 0.02, 10.0
"""The level: share of the possible rate, share of calls refused, milliseconds a call."""


@dataclass(frozen=True, slots=True)
class Case:
    """An endpoint: limiter, seconds a reply takes, what ``Retry-After`` says, whether headers tell what is left."""

    name: str
    limiter: Callable[[], Limiter]
    most: float
    latency: float = 0.5
    retry_after: str = "exact"
    tells: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Share of the possible rate, share of calls refused, milliseconds of processor time a call, calls made."""

    rate: float
    wasted: float
    processor: float
    calls: int


LEVEL = (
    Case("40/s sliding window", lambda: Sliding(40), 40),
    Case("40/s sliding window, Retry-After: 1", lambda: Sliding(40), 40, retry_after="1"),
    Case("40/s bucket, no Retry-After", lambda: Bucket(40), 40, retry_after="none"),
    Case("40/s fixed window", lambda: Window(40), 40),
)
OTHERS = (
    Case("40/s bucket of 5", lambda: Bucket(40, size=5), 40),
    Case("40/s fixed window, no Retry-After", lambda: Window(40), 40, retry_after="none"),
    Case("40/s sliding window, headers", lambda: Sliding(40), 40, tells=True),
    Case("40/s bucket, headers", lambda: Bucket(40), 40, tells=True),
    Case("40/s sliding window, latency 2 s", lambda: Sliding(40), 40, latency=2.0),
    Case("20 at once, no Retry-After", lambda: AtOnce(20), 40, retry_after="none"),
    Case("5/s sliding window, Retry-After: 1", lambda: Sliding(5), 5, retry_after="1"),
    Case("5/s bucket", lambda: Bucket(5), 5),
    Case("200/s sliding window", lambda: Sliding(200), 200),
    Case("200/s bucket", lambda: Bucket(200), 200),
)


def measured(case: Case, seconds: float) -> Found:
    """What a run of so many seconds brings."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("fork").Process(target=_serve, args=(theirs, case), daemon=True)
    server.start()
    try:
        calls, processor = _asked(str(ours.recv()), seconds)
        ours.send("end")
        let_in, refused = ours.recv()
    finally:
        server.terminate()
        server.join()
    settled = [moment for moment in let_in if _SETTLED <= moment - let_in[0] < seconds]
    rate = len(settled) / (seconds - _SETTLED) / case.most
    return Found(rate, refused / (len(let_in) + refused), 1000 * processor / max(calls, 1), len(let_in) + refused)


def _question() -> Question:
    return questions(1, _KIND)[0]


def _serve(told: Connection, case: Case) -> None:
    """Answer, as the limiter lets calls in, until asked what became of them; evenly: no long looks for cycles."""
    gc.freeze()
    right = truthful(1)(_question())
    server = FaultyServer(lambda _: right)
    server.always = limited(case.limiter(), seconds=case.latency, retry_after=case.retry_after, tells=case.tells)
    server.expect([_question()])
    with server:
        told.send(server.url)
        told.recv()
        told.send((list(server.let_in), server.refused))


def _asked(url: str, seconds: float) -> tuple[int, float]:
    """Ask one question after another, as different ones, for so long; calls made and processor time taken."""
    with tempfile.TemporaryDirectory() as folder:
        model = LiveModel(settings(url, folder, seconds_of_waiting=60.0))
        thread = AskingThread(model)
        try:
            thread.do(model.answer([_question()])).result()
            before = time.process_time()
            calls = thread.do(_keep_asking(model, seconds)).result()
            return calls, time.process_time() - before
        finally:
            thread.close()


async def _keep_asking(model: LiveModel, seconds: float) -> int:
    question, numbers, end = _question(), iter(range(10**9)), time.monotonic() + seconds

    async def asks() -> None:
        while time.monotonic() < end:
            content = {**question.content, "sample": next(numbers) + 2}
            await model.answer([replace(question, content=content)])

    tasks = [asyncio.ensure_future(asks()) for _ in range(_AHEAD)]
    await asyncio.sleep(seconds)
    calls = model.ledger.sums[_KIND].calls
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return calls


def short() -> None:
    """The level in short, for ``python -m bench``: its first endpoint, for a little longer than settling takes."""
    found, what = measured(LEVEL[0], _SETTLED + _SHORT), f"asking at {LEVEL[0].name}"
    tell(f"{what}: share of the possible rate", 100 * found.rate, 100 * RATE, " %", at_least=True)
    tell(f"{what}: calls refused", 100 * found.wasted, 100 * WASTED, " %")
    tell(f"{what}: processor time a call", found.processor, PROCESSOR, " ms")


def line(case: Case, seconds: float) -> str:
    """One line of the long form."""
    found = measured(case, seconds)
    kept = found.rate >= RATE and found.wasted <= WASTED and found.processor <= PROCESSOR
    return (
        f"{case.name:38} rate {100 * found.rate:6.1f} % (≥ {100 * RATE:.0f})  "
        f"wasted {100 * found.wasted:5.2f} % (≤ {100 * WASTED:.0f})  "
        f"processor {found.processor:5.2f} ms a call (≤ {PROCESSOR:.0f})  "
        f"calls {found.calls:5}  load {os.getloadavg()[0]:.1f}  {'ok' if kept else 'over'}"
    )


def main() -> None:
    """Measure and print."""
    told = argparse.ArgumentParser(prog="python -m bench.rates", description=__doc__)
    told.add_argument("--all", action="store_true", help="other limits and limiters too")
    told.add_argument("--seconds", type=float, default=60.0, help="length of each run")
    given = told.parse_args()
    for case in (*LEVEL, *(OTHERS if given.all else ())):
        print(line(case, given.seconds), flush=True)


if __name__ == "__main__":
    main()
