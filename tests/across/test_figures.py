"""Figures: the vocabulary, what a record states, and stores of before there were any."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import delete, insert, select

from extractor.across.compared import Ranked, Wanted, headlines, of_year
from extractor.across.figures import catch_up
from extractor.export.lines import cell_columns
from extractor.forms.figures import exact, figures, figures_by_key, figures_of, ties
from extractor.review import work
from extractor.review.opening import open_report
from extractor.review.saving import On
from extractor.review.work import Change
from extractor.store import Store
from extractor.store.figure_tables import figure, uncompared
from extractor.store.figures import KEYS
from extractor.store.state import Entry
from tests.across.reports import cell, put
from tests.records import tables
from tests.stores import ANN, EVE, LEAD

A = "/tables/applications"
DENIED = figures_by_key()["denied"].sums[0]


def test_every_figure_names_cells_of_the_forms_and_every_tie_names_figures() -> None:
    cells = {"/".join(one) for one in cell_columns()}
    assert {one for figure in figures() for told in figure.sums for one in told} <= cells
    names = {name.lstrip("-") for tie in ties() for name in (*tie.earlier, *tie.later)}
    assert names <= set(figures_by_key())
    assert tuple(figures_by_key()) == KEYS
    assert all(one.zh and one.en for one in headlines())


def test_sums_count_blanks_beside_numbers_as_nothing() -> None:
    made = tables(applications__denied_state_secret__total=2)
    assert figures_of(made, {})["denied"] == 2_000_000
    made["applications"]["denied_internal_affairs"]["total"] = None
    path = f"{A}/denied_internal_affairs/total"
    assert figures_of(made, {path: "blank"})["denied"] == 2_000_000
    for state in ("missing", "unreadable", "text"):
        assert "denied" not in figures_of(made, {path: state})
    for name in DENIED:
        made["applications"][name.split("/")[1]]["total"] = None
    assert "denied" not in figures_of(made, {f"/tables/{name}": "blank" for name in DENIED})


def test_both_forms_speak_one_vocabulary() -> None:
    row = {"new_issued": 3, "new_disclosed": 3, "total_disclosed": 9}
    old = figures_of({"proactive_disclosure": {"normative_documents": row}}, {})
    assert old == {"documents_made": 3_000_000, "documents_disclosed": 9_000_000}
    row = {"issued": 3, "repealed": 1, "in_force": 9}
    new = figures_of({"proactive_disclosure": {"normative_documents": row}}, {})
    assert new == {"documents_made": 3_000_000, "documents_repealed": 1_000_000, "documents_in_force": 9_000_000}
    one_row = figures_of({"applications": {"other_processing": {"total": 4}}}, {})
    items = {name: {"total": 2} for name in ("other_uncorrected", "other_unpaid", "other_reason")}
    assert one_row == {"other_processing": 4_000_000}
    assert figures_of({"applications": items}, {}) == {"other_processing": 6_000_000}


@pytest.mark.parametrize("value", [0, 7, -8, Decimal("25.1"), Decimal("0.000001"), 10**12])
def test_figures_are_exact(value: int) -> None:
    told = figures_of({"proactive_disclosure": {"fees": {"amount_10k_yuan": value}}}, {})
    assert exact(told["fees_10k_yuan"]) == value


def test_a_figure_too_large_to_keep_is_left_out() -> None:
    assert figures_of({"proactive_disclosure": {"fees": {"amount_10k_yuan": 10**15}}}, {}) == {}


def test_an_older_store_catches_up_and_goes_on_where_it_stopped(store: Store) -> None:
    early = put(store, 1, 2021, "松溪市水务局", carried_forward=2)
    late = put(store, 2, 2022, "松溪市水务局", carried_over=2)
    work.correct(store, ANN, On(late, 1), Change(cell("carried_over"), Entry(3)))
    with store.writing() as connection:
        before = connection.execute(select(figure).order_by(figure.c.report_id)).all()
        connection.execute(delete(figure))
        connection.execute(insert(uncompared), [{"report_id": one} for one in (early, late)])
    assert of_year(store, EVE, Wanted(year=2022), Ranked()) == []
    told: list[tuple[int, int]] = []
    assert catch_up(store, lambda done, count: told.append((done, count))) == 2
    assert told == [(2, 2)]
    with store.reading() as connection:
        assert connection.execute(select(figure).order_by(figure.c.report_id)).all() == before
    found = open_report(store, LEAD, early)
    assert found.now is not None and [one.other for one in found.now.findings if one.other] == [late]
    assert catch_up(store) == 0


def test_a_report_that_is_saved_meanwhile_waits_no_more(store: Store) -> None:
    report = put(store, 1, 2021, "松溪市水务局")
    with store.writing() as connection:
        connection.execute(delete(figure))
        connection.execute(insert(uncompared), [{"report_id": report}])
    work.correct(store, ANN, On(report, 1), Change(cell("new_received"), Entry(3)))
    assert [one.values["new_received"] for one in of_year(store, EVE, Wanted(year=2021), Ranked())] == [3]
    assert catch_up(store) == 0
