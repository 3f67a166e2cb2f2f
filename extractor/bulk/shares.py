"""A run's limits shared among nodes, so that all of them together keep within what one may spend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal


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
        return 0 in (self.budget, self.tokens, self.requests_per_minute, self.tokens_per_minute)


@dataclass
class Shares:
    """What is handed out to nodes, and what comes back.

    A node that is lost is taken to have spent its whole share, so a budget is never passed.
    """

    whole: Share
    _given: dict[str, Share] = field(default_factory=dict)
    _spent: Decimal = Decimal(0)
    _taken: int = 0

    def give(self, node: str, nodes: int) -> Share:
        """The share of one of ``nodes`` nodes: an equal part of what nobody holds yet.

        It is empty while others hold all of a limit a minute: who comes late waits until one of them is idle.
        """
        waiting, held = max(1, nodes - len(self._given)), list(self._given.values())
        given = Share(
            _money_part(self._money_left(), waiting),
            _part(self._tokens_left(), waiting),
            _rate(self.whole.requests_per_minute, (one.requests_per_minute for one in held), waiting),
            _rate(self.whole.tokens_per_minute, (one.tokens_per_minute for one in held), waiting),
        )
        self._given[node] = given
        return given

    def take_back(self, node: str, spent: Decimal, tokens: int) -> None:
        """A node is idle again, having used so much of its share."""
        if self._given.pop(node, None) is not None:
            self._spent += spent
            self._taken += tokens

    def lose(self, node: str) -> None:
        """A node is gone: what it held counts as spent."""
        held = self._given.get(node)
        if held is not None:
            self.take_back(node, held.budget or Decimal(0), held.tokens or 0)

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


def _rate(whole: int | None, held: Iterable[int | None], among: int) -> int | None:
    """An equal part of what is left of a limit a minute; at least 1 while anything is."""
    if whole is None:
        return None
    left = max(0, whole - sum(one or 0 for one in held))
    return min(left, max(1, left // among))
