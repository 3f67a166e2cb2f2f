"""One body over the years, bodies of one year, and what stands out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractor.across.checks import count_contradicted, open_contradictions
from extractor.across.compared import (
    Ranked,
    Wanted,
    bodies_named,
    choices,
    count_of_year,
    headlines,
    of_year,
    over_years,
)
from extractor.across.settling import merge
from extractor.errors import NotPermittedError
from extractor.record import Number
from extractor.review import work
from extractor.review.opening import open_report
from extractor.review.people import Person
from extractor.review.saving import On
from extractor.review.work import Change
from extractor.store import Store
from extractor.store.state import Entry
from tests.across.reports import cell, put
from tests.stores import ANN, EVE, LEAD

WATER, SCHOOLS = "松溪市水务局", "松溪市教育局"


def body_of(store: Store, name: str) -> int:
    return {told: one for one, told in bodies_named(store, EVE, name)}[name]


def test_a_body_over_the_years_with_what_stands_out(store: Store) -> None:
    put(store, 1, 2021, WATER, new_received=3, carried_forward=2)
    put(store, 2, 2022, WATER, new_received=40, carried_over=2)
    put(store, 3, 2023, WATER, new_received=2, carried_over=1)
    put(store, 4, 2022, SCHOOLS, new_received=1000)
    first, second, third = over_years(store, EVE, body_of(store, WATER))
    assert [one.year for one in (first, second, third)] == [2021, 2022, 2023]
    assert [one.values["new_received"] for one in (first, second, third)] == [3, 40, 2]
    assert (first.marks, second.marks) == ({}, {"new_received": "up", "carried_forward": "contradicted"})
    assert third.marks == {"new_received": "down", "carried_over": "contradicted"}


JUMPS: dict[str, tuple[Number, Number, dict[str, str]]] = {
    "ten times": (3, 30, {"new_received": "up"}),
    "not quite ten times": (4, 39, {}),
    "ten times, but few": (1, 20, {}),
    "the fewest that count": (2, 22, {"new_received": "up"}),
    "a tenth": (30, 3, {"new_received": "down"}),
    "more than a tenth": (39, 4, {}),
    "a tenth, but few": (20, 1, {}),
    "nothing any more": (20, 0, {"new_received": "down"}),
    "nothing any more, but few": (19, 0, {}),
    "first ever": (0, 500, {}),
    "none at all": (0, 0, {}),
    "the same": (700, 700, {}),
}


@pytest.mark.parametrize(("before", "now", "marks"), JUMPS.values(), ids=JUMPS)
def test_what_stands_out_against_the_year_before(
    store: Store, before: Number, now: Number, marks: dict[str, str]
) -> None:
    put(store, 1, 2021, WATER, new_received=before)
    put(store, 2, 2022, WATER, new_received=now)
    assert over_years(store, EVE, body_of(store, WATER))[1].marks == marks
    [one] = of_year(store, EVE, Wanted(year=2022), Ranked())
    assert (one.before["new_received"], one.values["new_received"], one.marks) == (before, now, marks)


def test_amounts_stand_out_by_what_they_are(store: Store) -> None:
    for number, (year, fees) in enumerate(((2021, "2.5"), (2022, "25"), (2023, "2.4")), 1):
        put(store, number, year, WATER, fees_10k_yuan=Decimal(fees))
    assert [one.marks for one in over_years(store, EVE, body_of(store, WATER))] == [
        {},
        {"fees_10k_yuan": "up"},
        {"fees_10k_yuan": "down"},
    ]


def test_a_figure_that_one_year_does_not_state_never_stands_out(store: Store) -> None:
    first = put(store, 1, 2021, WATER, new_received=900)
    put(store, 2, 2022, WATER, new_received=3)
    work.correct(store, ANN, On(first, 1), Change(cell("new_received"), Entry(None, "unreadable")))
    second = over_years(store, EVE, body_of(store, WATER))[1]
    assert "new_received" not in second.marks
    [one] = of_year(store, EVE, Wanted(year=2022), Ranked())
    assert "new_received" not in one.before and one.marks == {}


def test_a_year_that_is_missing_is_not_skipped(store: Store) -> None:
    put(store, 1, 2020, WATER, new_received=3)
    put(store, 2, 2022, WATER, new_received=900)
    assert over_years(store, EVE, body_of(store, WATER))[1].marks == {}
    [one] = of_year(store, EVE, Wanted(year=2022), Ranked())
    assert (one.before, one.marks) == ({}, {})


def test_each_body_of_a_year_is_held_against_its_own_past(store: Store) -> None:
    others = [f"松溪市第{number}局" for number in range(4)]
    for number, name in enumerate(others):
        put(store, 10 + number, 2021, name, new_received=40)
        put(store, 20 + number, 2022, name, new_received=40)
    put(store, 30, 2021, WATER, new_received=4)
    put(store, 31, 2022, WATER, new_received=40)
    put(store, 32, 2022, SCHOOLS, new_received=40)
    marks = {one.name: one.marks for one in of_year(store, EVE, Wanted(year=2022), Ranked())}
    assert marks == {**{name: {} for name in others}, SCHOOLS: {}, WATER: {"new_received": "up"}}


def test_what_another_name_stated_is_the_same_bodys_past(store: Store) -> None:
    put(store, 1, 2021, "松溪水务局", new_received=4)
    put(store, 2, 2022, WATER, new_received=400)
    assert of_year(store, EVE, Wanted(year=2022), Ranked())[0].marks == {}
    merge(store, LEAD, body_of(store, "松溪水务局"), body_of(store, WATER))
    assert of_year(store, EVE, Wanted(year=2022), Ranked())[0].marks == {"new_received": "up"}


def test_a_correction_changes_what_is_shown(store: Store) -> None:
    report = put(store, 1, 2021, WATER, new_received=3)
    work.correct(store, ANN, On(report, 1), Change(cell("new_received"), Entry(7)))
    [one] = over_years(store, EVE, body_of(store, WATER))
    assert one.values["new_received"] == 7
    work.correct(store, ANN, On(report, 2), Change(cell("new_received"), Entry(None, "unreadable")))
    [one] = over_years(store, EVE, body_of(store, WATER))
    assert "new_received" not in one.values


def test_two_reports_of_one_year_stand_beside_each_other(store: Store) -> None:
    put(store, 1, 2021, WATER, new_received=3)
    put(store, 2, 2021, WATER, new_received=9)
    assert [one.values["new_received"] for one in over_years(store, EVE, body_of(store, WATER))] == [3, 9]


def test_bodies_of_a_year_by_a_figure(store: Store) -> None:
    put(store, 1, 2022, WATER, new_received=40)
    put(store, 2, 2022, SCHOOLS, level="county", new_received=50)
    put(store, 3, 2022, "松溪市林业局", new_received=0)
    put(store, 4, 2021, WATER, new_received=3)
    put(store, 5, 2023, WATER, new_received=99)
    wanted = Wanted(year=2022)
    assert [one.name for one in of_year(store, EVE, wanted, Ranked())] == [SCHOOLS, WATER, "松溪市林业局"]
    rising = of_year(store, EVE, wanted, Ranked(rising=True), limit=1)
    assert [one.name for one in rising] == ["松溪市林业局"]
    assert [one.name for one in of_year(store, EVE, wanted, Ranked(), limit=1, skip=1)] == [WATER]
    [water] = of_year(store, EVE, Wanted(year=2022, name="水务"), Ranked())
    assert water.before["new_received"] == 3 and water.marks == {"new_received": "up"}
    assert (water.level, water.region) == ("city", "松溪市")
    assert [one.name for one in of_year(store, EVE, Wanted(year=2022, level="county"), Ranked())] == [SCHOOLS]
    assert of_year(store, EVE, Wanted(year=2022, region="别处"), Ranked()) == []
    assert of_year(store, EVE, Wanted(year=2022, form="2019"), Ranked()) == []
    assert count_of_year(store, EVE, wanted) == 3
    assert choices(store, EVE)["year"] == [2023, 2022, 2021]


def test_a_report_without_the_figure_comes_last_either_way(store: Store) -> None:
    report = put(store, 1, 2022, WATER, new_received=40)
    put(store, 2, 2022, SCHOOLS, new_received=5)
    work.correct(store, ANN, On(report, 1), Change(cell("new_received"), Entry(None, "unreadable")))
    for rising in (False, True):
        ranked = Ranked(rising=rising)
        assert [one.name for one in of_year(store, EVE, Wanted(year=2022), ranked)] == [SCHOOLS, WATER]


def test_open_contradictions_lead_to_both_reports(store: Store) -> None:
    early = put(store, 1, 2021, WATER, carried_forward=2, documents_in_force=5)
    late = put(store, 2, 2022, WATER, carried_over=3, documents_in_force=9)
    put(store, 3, 2022, SCHOOLS)
    listed = open_contradictions(store, EVE, Wanted())
    assert [(one.report, one.code, one.other) for one in listed] == [
        (late, "carried_between_years", early),
        (late, "in_force_between_years", early),
        (early, "carried_between_years", late),
        (early, "in_force_between_years", late),
    ]
    assert count_contradicted(store, EVE, Wanted()) == 2
    assert [one.report for one in open_contradictions(store, EVE, Wanted(year=2021), "carried_between_years")] == [
        early
    ]


def test_an_answered_contradiction_is_not_listed(store: Store) -> None:
    put(store, 1, 2021, WATER, carried_forward=2)
    middle = put(store, 2, 2022, WATER, carried_over=3, carried_forward=4)
    put(store, 3, 2023, WATER, carried_over=5)
    found = open_report(store, ANN, middle)
    assert found.now is not None
    first, second = [one.finding for one in found.now.findings if one.other]
    work.settle(store, ANN, On(middle, found.version), first, "no_fault", note="")
    told = open_contradictions(store, EVE, Wanted(year=2022))
    assert [one.message for one in told] == [second.message]


def test_every_figure_can_be_ranked_by(store: Store) -> None:
    put(store, 1, 2022, WATER, documents_made=1)
    for one in headlines():
        assert [told.name for told in of_year(store, LEAD, Wanted(year=2022), Ranked(one.key))] == [WATER]


def test_nobody_without_a_role_sees_any(store: Store) -> None:
    stranger = Person("Mallory", "visitor")  # type: ignore[arg-type]
    for ask in (
        lambda: over_years(store, stranger, 1),
        lambda: of_year(store, stranger, Wanted(year=2022), Ranked()),
        lambda: open_contradictions(store, stranger, Wanted()),
        lambda: bodies_named(store, stranger, "水"),
    ):
        with pytest.raises(NotPermittedError):
            ask()
