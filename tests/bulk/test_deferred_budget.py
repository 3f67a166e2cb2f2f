"""What a call of `submit` or `collect` spends: its budget is for all its visits, and probes are part of it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from extractor.bulk.deferred_lines import Lines
from extractor.bulk.deferred_questions import Deferred
from extractor.llm.money import Amount
from tests import batch_server as batches
from tests.bulk.deferring import MakeCase, kind, make_case, server

__all__ = ["kind", "make_case", "server"]


@pytest.fixture
def most(monkeypatch: pytest.MonkeyPatch) -> dict[str, Decimal]:
    """What each question can cost at most, as it was reckoned, by key."""
    told: dict[str, Decimal] = {}
    reckoned = Lines.most

    def noted(self: Lines, asked: Deferred) -> Any:
        amount = reckoned(self, asked)
        told[asked.key] = amount.money if isinstance(amount, Amount) else amount
        return amount

    monkeypatch.setattr(Lines, "most", noted)
    return told


def test_one_call_keeps_one_budget(make_case: MakeCase, most: dict[str, Decimal]) -> None:
    case = make_case(more={"budget_per_run": "0.4"})
    case.submit()
    case.server.every_line = batches.expired
    before = len(case.server.inputs)
    standing = case.collect()
    assert standing.tally.is_over_budget
    sent = [json.loads(line)["custom_id"] for data in case.server.inputs[before:] for line in data.splitlines()]
    assert sent
    assert sum(most[key] for key in sent) <= Decimal("0.4")


def test_a_look_that_sends_nothing_probes_nothing(make_case: MakeCase) -> None:
    case = make_case(more={"cache_dir": "off"})
    case.server.looks = 4
    case.submit()
    assert len(case.server.probes) == 1
    for _ in range(3):
        case.collect(wait=False)
    assert case.collect().is_over
    assert len(case.server.probes) == 1


def test_probes_are_in_the_ledger_and_in_the_budget(make_case: MakeCase) -> None:
    case = make_case(more={"budget_per_run": "0.01"})
    standing = case.submit()
    assert standing.tally.is_over_budget
    assert (case.server.probes, case.server.inputs) == ([], [])
    case.more = {}
    case.submit()
    assert [call.kind for call in case.calls()] == ["probe"] * len(case.server.probes) == ["probe"]
    assert case.sums()["cost"] == int(case.calls()[0].cost * 10**12) > 0
