"""A run's limits shared among nodes, so that all of them together keep within what one may spend."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

_RESTS = 61.0
"""Seconds for which what a node took of a limit a minute counts after it: a minute, and what a message may take."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one node may use at most: money and tokens in all, requests and tokens a minute. None: any number."""

    budget: Decimal | None = None
    tokens: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be asked with it."""
        return self.is_spent or 0 in (self.requests_per_minute, self.tokens_per_minute)

    @property
    def is_spent(self) -> bool:
        """Whether nothing will be asked with it at any time."""
        return 0 in (self.budget, self.tokens)


@dataclass
class Shares:
    """What is handed out to nodes, and what comes back.

    A node that is lost is taken to have spent its whole share, so a budget is never passed. What a node took of a limit
    a minute is kept from all, itself too, for a minute. ``clock``: monotonic, in seconds.
    """

    whole: Share
    clock: Callable[[], float] = time.monotonic
    _given: dict[str, Share] = field(default_factory=dict)
    _spent: Decimal = Decimal(0)
    _taken: int = 0
    _resting: list[tuple[float, int, int]] = field(default_factory=list)

    def give(self, node: str, nodes: int) -> Share:
        """The share of one of ``nodes`` nodes: an equal part of what nobody holds yet.

        It is empty while others hold all of a limit a minute, or have used it up: who comes late waits.
        """
        self._resting = [one for one in self._resting if one[0] > self.clock()]
        waiting, held = max(1, nodes - len(self._given)), list(self._given.values())
        given = Share(
            _money_part(self._money_left(), waiting),
            _part(self._tokens_left(), waiting),
            _rate(
                self.whole.requests_per_minute,
                [one.requests_per_minute or 0 for one in held],
                sum(requests for _, requests, _ in self._resting),
                waiting,
            ),
            _rate(
                self.whole.tokens_per_minute,
                [one.tokens_per_minute or 0 for one in held],
                sum(tokens for _, _, tokens in self._resting),
                waiting,
            ),
        )
        self._given[node] = given
        return given

    def take_back(self, node: str, spent: Decimal, tokens: int, lately: tuple[int, int] = (0, 0)) -> None:
        """A node is idle again, having used so much of its share.

        ``lately``: requests and tokens in its last minute.
        """
        if self._given.pop(node, None) is not None:
            self._spent += spent
            self._taken += tokens
            if any(lately):
                self._resting.append((self.clock() + _RESTS, *lately))

    def lose(self, node: str) -> None:
        """A node is gone: what it held counts as spent."""
        held = self._given.get(node)
        if held is not None:
            lately = (held.requests_per_minute or 0, held.tokens_per_minute or 0)
            self.take_back(node, held.budget or Decimal(0), held.tokens or 0, lately)

    def _money_left(self) -> Decimal | None:
        if self.whole.budget is None:
            return None
        held = sum((one.budget or Decimal(0) for one in self._given.values()), Decimal(0))
        return max(Decimal(0), self.whole.budget - self._spent - held)

    def _tokens_left(self) -> int | None:
        if self.whole.tokens is None:
            return None
        return max(0, self.whole.tokens - self._taken - sum(one.tokens or 0 for one in self._given.values()))


def _money_part(left: Decimal | None, among: int) -> Decimal | None:
    return None if left is None else left / among


def _part(left: int | None, among: int) -> int | None:
    return None if left is None else left // among


def _rate(whole: int | None, held: Iterable[int], resting: int, among: int) -> int | None:
    """An equal part of what is left of a limit a minute; at least 1 while anything is.

    0 while ``resting``, used within the last minute, is in its way: with less a node would go on for its whole turn.
    """
    if whole is None:
        return None
    left = max(0, whole - sum(held))
    part = min(left, max(1, left // among))
    return part if part <= left - resting else 0
