"""The line of calls keeps to limits that it does not know: many limiters, in virtual time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from extractor.llm.failures import CLOSED, AskingError
from extractor.llm.line import Lane, Line, Turn
from extractor.settings import Settings
from tests.limiters import AtOnce, Bucket, Limiter, Sliding, Unlimited, Window
from tests.llm import virtual

Failing = Callable[[float], str]


@dataclass
class Endpoint:
    """An endpoint with a limiter; ``fails``: the reason for which a call at a moment fails, "" for none."""

    limiter: Limiter = field(default_factory=Unlimited)
    latency: float = 0.5
    retry_after: float | None = None
    exact: bool = True
    tells: bool = False
    fails: Failing = lambda _: ""
    calls: list[tuple[float, str]] = field(default_factory=list)
    most_at_once: int = 0

    async def call(self, turn: Turn, under_way: int) -> None:
        await asyncio.sleep(random.expovariate(1 / 0.002))
        now = asyncio.get_running_loop().time()
        wait = self.limiter.admit(now)
        failure = "rate_limited" if wait is not None else self.fails(now)
        self.calls.append((now, failure))
        self.most_at_once = max(self.most_at_once, under_way)
        if self.tells:
            turn.headers = told_by(self.limiter, now)
        if failure == "rate_limited":
            raise AskingError(failure, retry_after=wait if self.exact else self.retry_after)
        await asyncio.sleep(self.latency)
        self.limiter.done()
        if failure:
            raise AskingError(failure)

    def let_in(self, start: float, end: float) -> int:
        return sum(not failure and start <= moment < end for moment, failure in self.calls)

    def refused(self) -> int:
        return sum(failure == "rate_limited" for _, failure in self.calls)


def told_by(limiter: Limiter, now: float) -> dict[str, str]:
    left, reset = limiter.left(now)
    names = ("limit", "remaining", "reset")
    values = (limiter.limit, left, f"{reset:.3f}s")
    return {f"x-ratelimit-{name}-requests": str(value) for name, value in zip(names, values, strict=True)}


async def ask(line: Line, lane: Lane, endpoint: Endpoint, seconds: float, callers: int = 300) -> None:
    """Call after call for so many seconds, as many at once as the line lets go; what passes is called again."""
    end = asyncio.get_running_loop().time() + seconds

    async def caller() -> None:
        place = line.place()
        while asyncio.get_running_loop().time() < end:
            try:
                async with lane.turn(place, 100) as turn:
                    await endpoint.call(turn, line.under_way)
                place = line.place()
            except AskingError as error:
                if error.reason in ("rate_limited", CLOSED):
                    await asyncio.sleep(min(lane.closed_for(), seconds))
                if line.outage.stopped:
                    return

    await asyncio.gather(*(caller() for _ in range(callers)))


def run(endpoint: Endpoint, seconds: float, **changed: Any) -> tuple[float, Line, Lane]:
    """When it began, and the line after it."""
    random.seed(7)
    line = Line(Settings(_env_file=None, **changed))  # type: ignore[call-arg]
    lane = line.lane()

    async def whole() -> float:
        start = asyncio.get_running_loop().time()
        await ask(line, lane, endpoint, seconds)
        return start

    return virtual.run(whole()), line, lane


LIMITERS: dict[str, tuple[Callable[[], Limiter], float]] = {
    "sliding window": (lambda: Sliding(40), 40),
    "fixed window": (lambda: Window(40), 40),
    "bucket": (lambda: Bucket(40), 40),
    "200/s": (lambda: Sliding(200), 200),
    "5/s": (lambda: Sliding(5), 5),
    "20 at once": (lambda: AtOnce(20), 40),
}


@pytest.mark.parametrize("name", LIMITERS)
def test_the_possible_rate_is_reached_within_20_seconds(name: str) -> None:
    limiter, most = LIMITERS[name]
    endpoint = Endpoint(limiter(), exact=name != "20 at once")  # which knows no time
    start, *_ = run(endpoint, 60)
    assert endpoint.let_in(start + 20, start + 60) / 40 >= 0.95 * most
    assert endpoint.refused() <= max(0.02 * len(endpoint.calls), 12)  # what finding out a small limit costs


@pytest.mark.parametrize("retry_after", [None, 1.0], ids=["no Retry-After", "Retry-After: 1"])
def test_what_retry_after_says_makes_no_great_difference(retry_after: float | None) -> None:
    endpoint = Endpoint(Sliding(40), exact=False, retry_after=retry_after)
    start, *_ = run(endpoint, 60)
    assert endpoint.let_in(start + 20, start + 60) / 40 >= 0.95 * 40
    assert endpoint.refused() <= 0.02 * len(endpoint.calls)


@pytest.mark.parametrize("limiter", [Sliding(600, 60.0), Window(600, 60.0), Bucket(600, 60.0)], ids=repr)
def test_headers_tell_the_pace_of_a_minute(limiter: Limiter) -> None:
    endpoint = Endpoint(limiter, tells=True)
    start, *_ = run(endpoint, 240)
    assert endpoint.refused() <= 2
    assert endpoint.let_in(start + 120, start + 240) / 120 >= 0.95 * 10


def test_nobody_calls_before_retry_after_is_over_and_no_flood_comes_after() -> None:
    endpoint = Endpoint(Sliding(40, 1.0), exact=False, retry_after=5.0)
    run(endpoint, 30)
    refused = [moment for moment, failure in endpoint.calls if failure]
    for moment in refused:
        assert not endpoint.let_in(moment + 0.05, moment + 4.95)
        assert endpoint.let_in(moment + 5, moment + 5.5) <= 0.5 * 45


def test_a_storm_of_refusals_ends_and_is_not_fed() -> None:
    storm = lambda now: "rate_limited" if 1_010 <= now < 1_040 else ""  # noqa: E731
    endpoint = Endpoint(fails=storm, exact=False)
    start, *_ = run(endpoint, 90)
    assert endpoint.refused() < 40
    assert endpoint.let_in(start + 10, start + 40) == 0
    assert endpoint.let_in(start + 80, start + 90) / 10 > 20


def test_server_errors_do_not_slow_down() -> None:
    now_and_then = random.Random(3)

    def rate(share: float) -> int:
        def fails(_: float) -> str:
            return "server_error" if now_and_then.random() < share else ""

        endpoint = Endpoint(Bucket(30), fails=fails)
        start, *_ = run(endpoint, 40)
        return sum(failure != "rate_limited" for at, failure in endpoint.calls if at > start + 20)

    assert rate(0.3) >= 0.95 * rate(0.0)


def test_time_outs_lower_the_number_at_once() -> None:
    endpoint = Endpoint(latency=10.0, fails=lambda _: "timed_out")
    *_, lane = run(endpoint, 100, seconds_per_call=10_000)
    assert lane._width.limit <= 2


def test_an_endpoint_that_has_gone_is_looked_for_by_one_call_at_a_time() -> None:
    away = lambda now: "connection_lost" if 1_020 <= now < 1_080 else ""  # noqa: E731
    endpoint = Endpoint(latency=0.1, fails=away)
    start, line, _ = run(endpoint, 120)
    assert not line.outage.stopped
    assert sum(start + 25 <= moment < start + 80 for moment, failure in endpoint.calls if failure) < 20
    assert endpoint.let_in(start + 105, start + 120) > 0


def test_an_endpoint_that_stays_away_is_given_up() -> None:
    endpoint = Endpoint(latency=0.1, fails=lambda now: "connection_lost" if now > 1_005 else "")
    _, line, _ = run(endpoint, 400, seconds_of_waiting=60.0, seconds_per_call=10.0)
    assert line.outage.stopped == "unreachable"
    assert endpoint.calls[-1][0] < 1_120


def test_replies_that_come_later_the_more_are_asked_for_at_once_stop_growth() -> None:
    @dataclass
    class Queueing(Endpoint):
        slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))

        async def call(self, turn: Turn, under_way: int) -> None:
            self.most_at_once = max(self.most_at_once, under_way)
            async with self.slots:
                await asyncio.sleep(2.0)

    endpoint = Queueing()
    *_, lane = run(endpoint, 200)
    assert endpoint.most_at_once <= 24  # of 128
    assert 4 <= lane._width.limit <= 20


@hypothesis_settings(max_examples=15, deadline=None)
@given(st.integers(1, 900), st.floats(0.05, 5.0), st.booleans())
def test_no_minute_exceeds_the_budget_of_requests(budget: int, latency: float, is_limited: bool) -> None:
    endpoint = Endpoint(Sliding(5) if is_limited else Unlimited(), latency=latency)
    run(endpoint, 150, requests_per_minute=budget)
    moments = [moment for moment, _ in endpoint.calls]
    for first, last in zip(moments, moments[budget:], strict=False):
        assert last - first > 60.0


@hypothesis_settings(max_examples=15, deadline=None)
@given(st.integers(50, 5_000))
def test_no_minute_exceeds_the_budget_of_tokens(budget: int) -> None:
    endpoint = Endpoint()
    run(endpoint, 130, tokens_per_minute=budget)
    moments = [moment for moment, _ in endpoint.calls]
    for first, last in zip(moments, moments[max(budget // 100, 1) :], strict=False):
        assert last - first > 60.0


def test_who_came_first_goes_first_even_after_a_refusal() -> None:
    order: list[int] = []

    async def whole() -> None:
        line = Line(Settings(_env_file=None, model_calls_at_once=1))  # type: ignore[call-arg]
        lane = line.lane()

        async def caller(number: int, place: int) -> None:
            for repeat in range(2):
                try:
                    async with lane.turn(place, 0):
                        await asyncio.sleep(0.1)
                        if number == 0 and repeat == 0:
                            raise AskingError("rate_limited", retry_after=0.5)
                        order.append(number)
                        return
                except AskingError:
                    continue

        await asyncio.gather(*(caller(number, line.place()) for number in range(5)))

    virtual.run(whole())
    assert order == [0, 1, 2, 3, 4]


def test_a_call_that_is_given_up_in_line_leaves_no_gap() -> None:
    async def whole() -> int:
        line = Line(Settings(_env_file=None, model_calls_at_once=2))  # type: ignore[call-arg]
        lane = line.lane()

        async def caller() -> None:
            async with lane.turn(line.place(), 0):
                await asyncio.sleep(1.0)

        tasks = [asyncio.ensure_future(caller()) for _ in range(20)]
        await asyncio.sleep(0.5)
        for task in tasks[1:15]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return line.under_way

    assert virtual.run(whole()) == 0


def test_a_pause_longer_than_is_waited_for_sends_all_away() -> None:
    endpoint = Endpoint(Sliding(5), exact=False, retry_after=3_600.0)
    *_, lane = run(endpoint, 5, seconds_of_waiting=60.0)
    assert endpoint.refused() <= 2
    assert lane._waiting == []


def test_two_processes_at_one_endpoint_share_it() -> None:
    endpoints = [Endpoint(), Endpoint()]
    shared = Sliding(40)
    endpoints[0].limiter = endpoints[1].limiter = shared
    random.seed(11)

    async def one(endpoint: Endpoint, delay: float) -> None:
        await asyncio.sleep(delay)
        line = Line(Settings(_env_file=None))  # type: ignore[call-arg]
        await ask(line, line.lane(), endpoint, 300 - delay)

    async def both() -> None:
        await asyncio.gather(one(endpoints[0], 0), one(endpoints[1], 20))

    virtual.run(both())
    first, second = (endpoint.let_in(1_200, 1_300) / 100 for endpoint in endpoints)
    assert first + second > 0.8 * 40
    assert 1 / 4 < first / second < 4
    assert sum(endpoint.refused() for endpoint in endpoints) <= 0.04 * sum(
        len(endpoint.calls) for endpoint in endpoints
    )
