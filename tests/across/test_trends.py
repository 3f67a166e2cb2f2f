"""A figure over the years: sums and quartiles, exact."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractor.across.compared import Wanted
from extractor.across.trends import OfYears, by_year
from extractor.review import work
from extractor.review.opening import open_report
from extractor.review.saving import On
from extractor.review.work import Change
from extractor.store import Store
from extractor.store.state import Entry
from tests.across.reports import cell, put
from tests.stores import ANN, EVE


def test_sum_and_quartiles_of_each_year(store: Store) -> None:
    for number, value in enumerate((9, 1, 7, 3, 5)):
        put(store, 1 + number, 2022, f"松溪市第{number}局", new_received=value)
    put(store, 9, 2023, "松溪市第0局", new_received=4)
    first, second = by_year(store, EVE, Wanted(), "new_received")
    assert first == OfYears(2022, None, 5, 25, 3, 5, 7, 9)
    assert second == OfYears(2023, None, 1, 4, 4, 4, 4, 4)


SPREADS: dict[str, tuple[list[int], tuple[int, int, int]]] = {
    "one body": ([7], (7, 7, 7)),
    "two bodies": ([3, 9], (3, 3, 9)),
    "three bodies": ([1, 5, 9], (1, 5, 9)),
    "four bodies": ([1, 2, 3, 4], (1, 2, 3)),
    "all equal": ([6, 6, 6, 6, 6], (6, 6, 6)),
    "all nothing": ([0, 0, 0], (0, 0, 0)),
    "most nothing": ([0, 0, 0, 0, 900], (0, 0, 0)),
}


@pytest.mark.parametrize(("values", "quartiles"), SPREADS.values(), ids=SPREADS)
def test_quartiles_of_few_equal_and_empty_values(
    store: Store, values: list[int], quartiles: tuple[int, int, int]
) -> None:
    for number, value in enumerate(reversed(values)):
        put(store, 1 + number, 2022, f"松溪市第{number}局", new_received=value)
    [one] = by_year(store, EVE, Wanted(), "new_received")
    assert (one.low, one.middle, one.high) == quartiles
    assert (one.bodies, one.total, one.largest) == (len(values), sum(values), max(values))


def test_a_body_that_does_not_state_the_figure_is_left_out(store: Store) -> None:
    for number, value in enumerate((2, 4, 600)):
        put(store, 1 + number, 2022, f"松溪市第{number}局", new_received=value)
    change = Change(cell("new_received"), Entry(None, "unreadable"))
    work.correct(store, ANN, On(3, open_report(store, ANN, 3).version), change)
    [one] = by_year(store, EVE, Wanted(), "new_received")
    assert one == OfYears(2022, None, 2, 6, 2, 2, 4, 4)


def test_groups_apart(store: Store) -> None:
    put(store, 1, 2022, "松溪市水务局", level="city", new_received=2)
    put(store, 2, 2022, "松溪县水务局", level="county", new_received=3)
    found = by_year(store, EVE, Wanted(region="松溪市"), "new_received", "level")
    assert [(one.group, one.total) for one in found] == [("city", 2), ("county", 3)]
    assert by_year(store, EVE, Wanted(region="别处"), "new_received", "level") == []


def test_amounts_are_exact(store: Store) -> None:
    put(store, 1, 2022, "松溪市水务局", fees_10k_yuan=Decimal("0.1"))
    put(store, 2, 2022, "松溪县水务局", fees_10k_yuan=Decimal("0.2"))
    [one] = by_year(store, EVE, Wanted(), "fees_10k_yuan")
    assert one.total == Decimal("0.3") and one.low == Decimal("0.1")


def test_a_sum_larger_than_the_databases_count(store: Store) -> None:
    for number in range(4):
        put(store, number + 1, 2022, f"松溪市第{number}局", new_received=9 * 10**12)
    [one] = by_year(store, EVE, Wanted(), "new_received")
    assert one.total == 36 * 10**12


def test_an_unknown_figure_is_refused(store: Store) -> None:
    with pytest.raises(KeyError):
        by_year(store, EVE, Wanted(), "id; DROP TABLE report")
