"""Who has not reported."""

from __future__ import annotations

import pytest

from extractor.across.absent import (
    MOST_LISTED,
    Absent,
    Asked,
    Expected,
    absent,
    absent_count,
    expect,
    expected_count,
    parse_list,
)
from extractor.errors import CorrectionError, NotPermittedError
from extractor.review import work
from extractor.review.saving import On
from extractor.store import Store
from tests.across.reports import put
from tests.stores import ANN, EVE

WATER, SCHOOLS = "松溪市水务局", "松溪市教育局"

LISTS = [
    ("松溪市水务局\n松溪市教育局", [(WATER, None, "department"), (SCHOOLS, None, "department")]),
    ("机关名称,地区,层级\n松溪市水务局,松溪市,市级\n", [(WATER, "松溪市", "city")]),
    ("\ufeff层级\t机关名称\r\n部门\t松溪市水务局\r\n\r\n", [(WATER, None, "department")]),
    ('name,region,level\n"松溪市  水务局",,county', [("松溪市 水务局", None, "county")]),
    ("松溪镇人民政府,松溪市,township,more", [("松溪镇人民政府", "松溪市", "township")]),
]


@pytest.mark.parametrize(("text", "expected"), LISTS)
def test_lists(text: str, expected: list[tuple[str, str | None, str]]) -> None:
    assert [(one.name, one.region, one.level) for one in parse_list(text)] == expected


@pytest.mark.parametrize("text", ["", "机关名称,地区\n", "\n,松溪市\n", f"{WATER},松溪市,皇家", '"' + "x" * 200_000])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(CorrectionError):
        parse_list(text)


def test_a_list_that_is_too_long_is_refused() -> None:
    with pytest.raises(CorrectionError):
        parse_list("\n".join(f"第{number}局" for number in range(MOST_LISTED + 1)))


def test_bodies_known_from_other_years(store: Store) -> None:
    put(store, 1, 2021, WATER)
    put(store, 2, 2022, WATER)
    put(store, 3, 2021, SCHOOLS)
    put(store, 4, 2023, SCHOOLS)
    [one] = absent(store, EVE, Asked(2022))
    assert (one.name, one.level, one.region, one.last) == (SCHOOLS, "city", "松溪市", 2023)
    assert absent_count(store, EVE, Asked(2022)) == (1, 2)
    assert absent(store, EVE, Asked(2022, level="county")) == []
    assert [one.name for one in absent(store, EVE, Asked(2020))] == [SCHOOLS, WATER]
    assert [one.name for one in absent(store, EVE, Asked(2020), limit=1, skip=1)] == [WATER]


def test_a_rejected_report_is_none(store: Store) -> None:
    put(store, 1, 2021, WATER)
    report = put(store, 2, 2022, WATER)
    work.reject(store, ANN, On(report, 1), why="不是年度报告")
    assert [one.name for one in absent(store, EVE, Asked(2022))] == [WATER]


def test_bodies_of_a_list(store: Store) -> None:
    put(store, 1, 2022, WATER)
    put(store, 2, 2021, SCHOOLS)
    listed = [
        Expected("松溪市 水务局"),
        Expected(SCHOOLS, "松溪市", "city"),
        Expected("松溪市林业局", "松溪市", "city"),
    ]
    assert expect(store, ANN, listed) == 3
    found = absent(store, EVE, Asked(2022, "list"))
    assert [(one.name, one.last) for one in found] == [("松溪市教育局", 2021), ("松溪市林业局", None)]
    assert found[1] == Absent("松溪市林业局", "city", "松溪市", None, None)
    assert absent_count(store, EVE, Asked(2022, "list")) == (2, 3)
    assert absent_count(store, EVE, Asked(2022, "list", region="松溪市")) == (2, 2)


def test_a_list_is_added_to_or_put_instead(store: Store) -> None:
    assert expect(store, ANN, [Expected(WATER)]) == 1
    assert expect(store, ANN, [Expected("松溪市水务局 "), Expected(SCHOOLS)]) == 2
    assert expect(store, ANN, [Expected(SCHOOLS)], instead=True) == 1
    assert expected_count(store, EVE) == 1
    with pytest.raises(NotPermittedError):
        expect(store, EVE, [Expected(WATER)])
