"""Tokens, prices, and what a call can cost at most."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from types import SimpleNamespace as Made
from typing import Any

import pytest

from extractor.llm.failures import AskingError
from extractor.llm.money import Ledger, Price, Purse, Spent, Tokens, listed_price, most_tokens, tokens_of
from extractor.llm.tally import usage_table

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


def test_a_purse_never_goes_over_and_waits_for_what_is_put_back() -> None:
    async def spend() -> list[str]:
        run = Purse(Decimal(10))
        report = Purse(Decimal(6), run)
        await report.set_aside(Decimal(5))
        asyncio.get_running_loop().call_later(0.05, report.put_back, Decimal(4))
        await report.set_aside(Decimal(5))  # fits only once four were put back
        told = [str(run.spent)]
        report.put_back(Decimal(0))
        with pytest.raises(AskingError, match="budget"):
            await report.set_aside(Decimal(1))
        return [*told, str(run.spent)]

    assert asyncio.run(spend()) == ["6", "6"]


def test_the_table_adds_up() -> None:
    ledger = Ledger()
    ledger.asked.update({"year": 2, "clauses": 1})
    ledger.cached["year"] = 1
    for kind, outcome in (("probe", "answered"), ("year", "invalid_answer"), ("year", "answered")):
        Spent(kind, kind, Purse(None), ledger).note("m", Tokens(100, 50, 10), PRICE, outcome)
    chinese, english = usage_table(ledger, "CNY")
    rows = [line.split() for line in english]
    assert rows[1] == ["year", "2", "1", "2", "1", "200", "100", "20", "0.0015"]
    assert rows[-1] == ["total", "3", "1", "3", "1", "300", "150", "30", "0.00225", "CNY"]
    assert chinese[-1].startswith("合计")
