"""Tokens, prices, and what a call can cost at most."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from types import SimpleNamespace as Made
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.llm.failures import AskingError
from extractor.llm.money import Amount, Ledger, Price, Purse, Spent, Tokens, listed_price, most_tokens, tokens_of
from extractor.llm.tally import usage_table
from tests.llm import virtual

PRICE = Price(Decimal(10), Decimal(1), Decimal(20))


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        (Made(prompt_tokens=9, completion_tokens=2), Tokens(9, 0, 2)),
        (Made(prompt_tokens=9, completion_tokens=2, prompt_tokens_details=Made(cached_tokens=8)), Tokens(9, 8, 2)),
        (Made(prompt_tokens=9, completion_tokens=2, prompt_cache_hit_tokens=5), Tokens(9, 5, 2)),
        (Made(prompt_tokens=9, completion_tokens=2, prompt_tokens_details=Made(cached_tokens=99)), Tokens(9, 9, 2)),
        (Made(prompt_tokens="many", completion_tokens=2), None),
        (Made(prompt_tokens=-4, completion_tokens=2), None),
        (None, None),
    ],
)
def test_tokens_are_as_the_reply_says(usage: Any, tokens: Tokens | None) -> None:
    assert tokens_of(Made(usage=usage)) == tokens


def test_cached_tokens_have_their_price() -> None:
    assert PRICE.of(Tokens(1_000_000, 400_000, 100_000)) == Decimal("8.4")


def test_prices_are_listed_without_asking_anybody() -> None:
    known = listed_price("gpt-4o-mini", "")
    assert known is not None and known.into > known.cached > 0 and known.out > known.into
    assert listed_price("a-model-of-ours", "") is None
    assert listed_price("gpt-4o-mini", "http://127.0.0.1:1/v1") is None


def test_no_call_takes_more_than_was_thought_possible() -> None:
    messages = [{"role": "user", "content": "公开" * 500}]
    assert most_tokens(messages, "{}", 100).into >= 3_000


def yuan(money: int, tokens: int = 0) -> Amount:
    return Amount(tokens, Decimal(money))


def test_a_purse_never_goes_over_and_waits_for_what_is_put_back() -> None:
    async def spend() -> list[Amount]:
        run = Purse(Decimal(10))
        report = Purse(Decimal(6), run)
        await report.set_aside(yuan(5))
        asyncio.get_running_loop().call_later(0.05, report.put_back, yuan(5), yuan(1))
        await report.set_aside(yuan(5))  # fits only once four were put back
        told = [run.spent + run.aside]
        report.put_back(yuan(5), yuan(5))
        with pytest.raises(AskingError, match="budget"):
            await report.set_aside(yuan(1))
        return [*told, run.spent]

    assert asyncio.run(spend()) == [yuan(6), yuan(6)]


def test_who_can_never_fit_does_not_wait() -> None:
    async def spend() -> None:
        purse = Purse(None, tokens=100)
        await purse.set_aside(yuan(0, 60))
        purse.put_back(yuan(0, 60), yuan(0, 50))
        await purse.set_aside(yuan(0, 50))  # under way for ever
        async with asyncio.timeout(1):
            await purse.set_aside(yuan(0, 51))

    with pytest.raises(AskingError, match="budget"):
        asyncio.run(spend())


@given(
    st.integers(0, 400),
    st.integers(0, 400),
    st.lists(st.tuples(st.integers(0, 60), st.floats(0, 1), st.floats(0, 1), st.integers(0, 2)), max_size=40),
)
def test_no_budget_is_exceeded_however_many_spend_at_once(
    money: int, tokens: int, calls: list[tuple[int, float, float, int]]
) -> None:
    run = Purse(Decimal(money), tokens=tokens)
    reports = [Purse(Decimal(money // 2 + 1), run) for _ in range(3)]

    async def spend(most: int, share: float, seconds: float, report: int) -> bool:
        try:
            await reports[report].set_aside(yuan(most, most))
        except AskingError:
            return False
        for purse in (run, reports[report]):
            taken = purse.spent + purse.aside
            assert purse.money is not None and taken.money <= purse.money and taken.tokens <= tokens
        await asyncio.sleep(seconds)
        reports[report].put_back(yuan(most, most), yuan(int(most * share), int(most * share)))
        return True

    async def all_of_them() -> list[bool]:
        return await asyncio.gather(*(spend(*call) for call in calls))

    done = virtual.run(all_of_them())
    fits = [most for most, *_ in calls if most <= min(money // 2 + 1, money, tokens)]
    assert any(done) == bool(fits)  # nothing that fits alone is refused while nothing is spent
    assert run.aside == yuan(0)
    assert run.spent.tokens == sum(int(call[0] * call[1]) for call, paid in zip(calls, done, strict=True) if paid)


def test_the_table_adds_up() -> None:
    ledger = Ledger()
    ledger.asked.update({"year": 2, "clauses": 1})
    ledger.cached["year"] = 1
    outcomes = ("invalid_answer", "answered", "rate_limited", "timed_out", "server_error")
    for kind, outcome in (("probe", "answered"), *(("year", one) for one in outcomes)):
        Spent(kind, kind, Purse(None), ledger).note("m", Tokens(100, 50, 10), PRICE, outcome)
    chinese, english = usage_table(ledger, "CNY")
    rows = [line.split() for line in english]
    assert rows[1] == ["year", "2", "1", "5", "1", "1", "1", "1", "500", "250", "50", "0.00375"]
    assert rows[-1] == ["total", "3", "1", "6", "1", "1", "1", "1", "600", "300", "60", "0.0045", "CNY"]
    assert chinese[-1].startswith("合计")
