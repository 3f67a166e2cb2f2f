"""Money: the price of tokens, budgets that hold before they are exceeded, and an account of every attempt."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeGuard

from genai_prices import Usage as Asked
from genai_prices import calc_price

from extractor.errors import SettingsError
from extractor.llm.failures import OVER_BUDGET, AskingError
from extractor.llm.usage import written
from extractor.record import Usage
from extractor.settings import Settings

MILLION = 1_000_000
_PER_MESSAGE = 64
"""Tokens that roles and the like around a message may take, at most."""

_MOST_TOLD = 100 * MILLION
"""Tokens of one call; a server that tells of more is not believed."""

OPENAI = "openai"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one or many calls; ``cached`` are those of ``into`` that the endpoint took from its cache."""

    into: int = 0
    cached: int = 0
    out: int = 0

    @property
    def total(self) -> int:
        """In and out."""
        return self.into + self.out

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(self.into + other.into, self.cached + other.cached, self.out + other.out)


def tokens_of(reply: Any) -> Tokens | None:
    """The tokens that a reply says it took; None where it does not say."""
    usage = getattr(reply, "usage", None)
    into, out = getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None)
    if not _is_count(into) or not _is_count(out):
        return None
    details = getattr(usage, "prompt_tokens_details", None)
    cached = getattr(details, "cached_tokens", None) or getattr(usage, "prompt_cache_hit_tokens", None)
    return Tokens(into, min(cached, into) if _is_count(cached) else 0, out)


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TOLD


def most_tokens(messages: Iterable[dict[str, Any]], schema: str, most_out: int) -> Tokens:
    """No call with these messages takes more: no token is shorter than a byte."""
    texts = [schema, *(str(message.get("content") or message) for message in messages)]
    return Tokens(sum(len(text.encode("utf-8", "replace")) + _PER_MESSAGE for text in texts), 0, most_out)


@dataclass(frozen=True, slots=True)
class Price:
    """Money for a million tokens."""

    into: Decimal
    cached: Decimal
    out: Decimal
    currency: str = "USD"

    def of(self, tokens: Tokens) -> Decimal:
        """What these tokens cost."""
        fresh = tokens.into - tokens.cached
        return (fresh * self.into + tokens.cached * self.cached + tokens.out * self.out) / MILLION


@lru_cache(maxsize=16)
def listed_price(model: str, base_url: str) -> Price | None:
    """The price that genai-prices lists for a model at an endpoint; None where it knows none. Nothing is fetched.

    A price per token that depends on how much is asked at once is taken for small questions.
    """
    where: dict[str, Any] = {"provider_api_url": base_url} if base_url else {"provider_id": OPENAI}
    try:
        into, cached, out = (
            calc_price(Asked(input_tokens=fresh, cache_read_tokens=kept, output_tokens=out), model, **where).total_price
            for fresh, kept, out in ((1_000, 0, 0), (1_000, 1_000, 0), (0, 0, 1_000))
        )
    except (LookupError, ValueError):
        return None
    return Price(into * 1_000, cached * 1_000, out * 1_000)


def price_of(model: str, settings: Settings) -> Price | None:
    """The price in force: the user's own, else the listed one.

    Raises:
        SettingsError: a budget is set and nobody knows the price in its currency; or half a price is set.
    """
    into, out = settings.price_input, settings.price_output
    if (into is None) is not (out is None):
        raise SettingsError(
            "EXTRACTOR_PRICE_INPUT and EXTRACTOR_PRICE_OUTPUT belong together: only one of them is set",
            "EXTRACTOR_PRICE_INPUT 和 EXTRACTOR_PRICE_OUTPUT 须一起设置，现在只设置了一个",
        )
    if into is not None and out is not None:
        cached = into if settings.price_cached_input is None else settings.price_cached_input
        return Price(into, cached, out, settings.currency)
    price = listed_price(model, settings.openai_base_url)
    limited = settings.budget_per_run is not None or settings.budget_per_report is not None
    if limited and (price is None or price.currency != settings.currency):
        raise SettingsError(
            f"a budget is set, but no price of {model} in {settings.currency} is known: "
            "set EXTRACTOR_PRICE_INPUT and EXTRACTOR_PRICE_OUTPUT",
            f"设置了预算，但不知道 {model} 以 {settings.currency} 计的价格："
            "请设置 EXTRACTOR_PRICE_INPUT 和 EXTRACTOR_PRICE_OUTPUT",
        )
    return price


@dataclass(frozen=True, slots=True)
class Amount:
    """Tokens, in and out, and the money they cost."""

    tokens: int = 0
    money: Decimal = Decimal(0)

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.tokens + other.tokens, self.money + other.money)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.tokens - other.tokens, self.money - other.money)


NOTHING = Amount()


class Purse:
    """What may be spent: what a call could take at most is set aside before it; after it, what it took is spent.

    ``money``, ``tokens``: budgets, None for none. ``spent`` and ``aside`` together never exceed them, unless an
    endpoint
    charges more than a call can take. ``is_short``: something did not fit. A purse ``within`` another spends from
    both. For use in one event loop.
    """

    def __init__(self, money: Decimal | None, within: Purse | None = None, *, tokens: int | None = None) -> None:
        self.money = money
        self.tokens = tokens
        self.within = within
        self.spent = NOTHING
        self.aside = NOTHING
        self.is_short = False
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def used(self) -> Amount:
        """Spent, or set aside and not put back yet; seen from another thread rather too much than too little."""
        aside = self.aside
        return aside + self.spent

    def check(self, most: Amount) -> None:
        """Raise if ``most`` will not fit even once all calls under way have put back what they set aside.

        Raises:
            AskingError: ``over_budget``.
        """
        for purse in self._all():
            if not purse.holds(most):
                purse.is_short = True
                raise AskingError(OVER_BUDGET)

    async def set_aside(self, most: Amount) -> None:
        """Set ``most`` aside, once calls under way have put back what they did not need, where it takes that.

        Raises:
            AskingError: ``over_budget``; nothing is set aside then.
        """
        self.check(most)
        while short := next((one for one in self._all() if not one._holds(one.spent + one.aside + most)), None):
            change = asyncio.get_running_loop().create_future()
            short._waiting.append(change)
            await change
            self.check(most)
        for purse in self._all():
            purse.aside += most

    def put_back(self, most: Amount, taken: Amount) -> None:
        """A call for which ``most`` was set aside is over and took ``taken``."""
        for purse in self._all():
            purse.spent += taken
            purse.aside -= most
            purse._wake()

    @property
    def is_limited(self) -> bool:
        """Whether there is a budget, of money or tokens."""
        return self.money is not None or self.tokens is not None

    def holds(self, most: Amount) -> bool:
        """Whether ``most`` fits beside what was spent."""
        return self._holds(self.spent + most)

    def _holds(self, amount: Amount) -> bool:
        return (self.money is None or amount.money <= self.money) and (
            self.tokens is None or amount.tokens <= self.tokens
        )

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for change in waiting:
            if not change.done():
                change.set_result(None)

    def _all(self) -> Iterator[Purse]:
        yield self
        if self.within is not None:
            yield from self.within._all()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call for a question: ``outcome`` is ``answered``, ``invalid_answer``, ``stopped``, or why it failed.

    ``waited``: seconds it stood in line; ``took``: seconds from sending to the reply.
    """

    question: str
    kind: str
    model: str
    tokens: Tokens
    cost: Decimal
    outcome: str
    waited: float = 0.0
    took: float = 0.0


@dataclass(slots=True)
class Spent:
    """The attempts of one question, paid from ``purse``. ``place``: the question's place in the line of calls."""

    question: str
    kind: str
    purse: Purse
    ledger: Ledger
    place: int = 0
    attempts: list[Attempt] = field(default_factory=list)

    def note(
        self, model: str, tokens: Tokens, price: Price | None, outcome: str, times: tuple[float, float] = (0.0, 0.0)
    ) -> None:
        """One more attempt; ``times``: seconds in line, and from sending to the reply."""
        cost = price.of(tokens) if price else Decimal(0)
        attempt = Attempt(self.question, self.kind, model, tokens, cost, outcome, *times)
        self.attempts.append(attempt)
        self.ledger.add(attempt)

    def invalid(self) -> None:
        """What the last attempt brought was no valid answer."""
        if self.attempts:
            self.attempts[-1] = self.ledger.replace(self.attempts[-1], outcome="invalid_answer")

    def usage(self, currency: str) -> Usage:
        """The sum, as a record shows it."""
        tokens = sum((attempt.tokens for attempt in self.attempts), Tokens())
        cost = sum((attempt.cost for attempt in self.attempts), Decimal(0))
        return Usage(len(self.attempts), tokens.into, tokens.cached, tokens.out, written(cost), currency)


@dataclass(slots=True)
class Sum:
    """The attempts for one kind of question: ``outcomes`` tells how many ended how."""

    calls: int = 0
    tokens: Tokens = Tokens()
    cost: Decimal = Decimal(0)
    outcomes: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Ledger:
    """The attempts of a run or of a report, summed up by kind; questions of each kind, and those that the cache
    answered.

    ``attempts``: each attempt, unless ``sums_only``, as in a run of any length. ``details``: reason → what was first
    said
    of it, for a person to read.
    """

    sums_only: bool = False
    attempts: list[Attempt] = field(default_factory=list)
    sums: dict[str, Sum] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    cached: Counter[str] = field(default_factory=Counter)

    def add(self, attempt: Attempt) -> None:
        """One more attempt."""
        entry = self.sums.setdefault(attempt.kind, Sum())
        entry.calls += 1
        entry.tokens += attempt.tokens
        entry.cost += attempt.cost
        entry.outcomes[attempt.outcome] += 1
        if not self.sums_only:
            self.attempts.append(attempt)

    def replace(self, attempt: Attempt, *, outcome: str) -> Attempt:
        """The attempt with another outcome, in its place."""
        changed = replace(attempt, outcome=outcome)
        self.sums[attempt.kind].outcomes.update({attempt.outcome: -1, outcome: 1})
        for at in range(len(self.attempts) - 1, -1, -1):
            if self.attempts[at] is attempt:
                self.attempts[at] = changed
                break
        return changed

    @property
    def cost(self) -> Decimal:
        """Of all attempts."""
        return sum((entry.cost for entry in self.sums.values()), Decimal(0))

    @property
    def outcomes(self) -> Counter[str]:
        """How many of all attempts ended how."""
        return sum((entry.outcomes for entry in self.sums.values()), Counter())
