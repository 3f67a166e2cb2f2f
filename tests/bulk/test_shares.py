"""Limits shared among the nodes of a cluster."""

from __future__ import annotations

from decimal import Decimal
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from extractor.bulk.shares import Share, Shares

WHAT = ["give", "back", "lose"]
TURNS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(WHAT), st.integers(0, 100)), max_size=60)


@given(TURNS)
def test_nodes_together_never_pass_a_budget(turns: list[tuple[str, str, int]]) -> None:
    moments = count(step=100.0)  # what a lost node may have used of its minute is over at each
    shares, held = Shares(Share(Decimal(100), 1_000, 60, None), clock=lambda: next(moments)), dict[str, Share]()
    spent, taken = Decimal(0), 0
    for node, what, percent in turns:
        if what == "give" and node not in held:
            held[node] = shares.give(node, 4)
        elif what != "give" and node in held:
            share = held.pop(node)
            money, tokens = (share.budget or Decimal(0)) * percent / 100, (share.tokens or 0) * percent // 100
            spent, taken = spent + money, taken + tokens
            shares.take_back(node, money, tokens) if what == "back" else shares.lose(node)
        out = sum((share.budget or Decimal(0) for share in held.values()), Decimal(0))
        assert spent + out <= Decimal(100) + Decimal("1e-20")
        assert taken + sum(share.tokens or 0 for share in held.values()) <= 1_000
    assert all(share.requests_per_minute == 15 and share.tokens_per_minute is None for share in held.values())


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 6)), max_size=30), st.integers(1, 70))
def test_nodes_together_never_pass_a_limit_a_minute(turns: list[tuple[str, int]], whole: int) -> None:
    shares, held = Shares(Share(None, None, whole, 1_000 * whole)), dict[str, Share]()
    for node, nodes in turns:
        if node in held:
            del held[node]
            shares.take_back(node, Decimal(0), 0)
        else:
            share = shares.give(node, nodes)
            assert held or not share.is_empty
            held[node] = share
        assert sum(one.requests_per_minute or 0 for one in held.values()) <= whole
        assert sum(one.tokens_per_minute or 0 for one in held.values()) <= 1_000 * whole


def test_who_comes_late_waits_for_what_others_hold_of_a_limit_a_minute() -> None:
    shares = Shares(Share(requests_per_minute=60))
    assert shares.give("a", 1).requests_per_minute == 60
    assert shares.give("b", 2).is_empty
    shares.take_back("b", Decimal(0), 0)
    shares.take_back("a", Decimal(0), 0)
    assert [shares.give(node, 2).requests_per_minute for node in "ab"] == [30, 30]


def test_what_was_used_of_a_limit_a_minute_is_kept_back_for_a_minute() -> None:
    now = 0.0
    shares = Shares(Share(requests_per_minute=60, tokens_per_minute=600), clock=lambda: now)
    shares.give("a", 1)
    shares.take_back("a", Decimal(0), 0, lately=(50, 600))
    again = shares.give("a", 1)
    assert (again.requests_per_minute, again.tokens_per_minute) == (0, 0)
    assert again.is_empty
    assert not again.is_spent
    shares.lose("a")
    now = 60.0
    assert shares.give("a", 1).is_empty
    shares.take_back("a", Decimal(0), 0)
    now = 61.0
    assert shares.give("a", 1) == Share(requests_per_minute=60, tokens_per_minute=600)


def test_what_a_node_leaves_is_there_for_others() -> None:
    shares = Shares(Share(Decimal(10)))
    first, second = shares.give("a", 2), shares.give("b", 2)
    assert (first.budget, second.budget) == (Decimal(5), Decimal(5))
    shares.take_back("a", Decimal(1), 0)
    shares.lose("b")
    assert shares.give("a", 1).budget == Decimal(4)
    assert Share(Decimal(0)).is_empty
