"""Several reports of one body and year: found, compared, told apart, linked; and which one stands."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from extractor.across.register import counted
from extractor.across.settling import link, merge, undo
from extractor.across.versions import also, compare, group_count, groups, open_pairs, scope_of
from extractor.errors import CorrectionError, NotPermittedError, StateError
from extractor.record import Finding, Number
from extractor.review import work
from extractor.review.opening import open_report
from extractor.review.saving import On
from extractor.review.second import claim_second, draw_audit
from extractor.review.work import Change
from extractor.store import Store
from extractor.store.reports import JOINED
from extractor.store.state import Entry
from extractor.store.tables import report
from tests.across.registers import body_named, filed, hold_against_the_log
from tests.stores import ANN, BEN, EVE, LEAD

NAME = "松江市北河县教育局"
NEW = "/tables/applications/new_received/natural_person"


def counting(store: Store) -> list[int]:
    with store.reading() as connection:
        return list(
            connection.execute(select(report.c.id).select_from(JOINED).where(counted()).order_by(report.c.id)).scalars()
        )


def open_groups(store: Store) -> list[tuple[str, int, tuple[int, ...]]]:
    with store.reading() as connection:
        return [(one.name, one.year, one.reports) for one in groups(connection)]


def larger(store: Store, number: int, by: int, share: float = 1.0) -> dict[str, Number]:
    """The cells of a report with a number, each larger by ``by``."""
    tables = open_report(store, LEAD, number).record.tables
    cells = {
        f"/tables/{table}/{row}/{column}": value + by
        for table, rows in tables.items()
        for row, columns in rows.items()
        for column, value in columns.items()
        if value is not None
    }
    return dict(list(cells.items())[: int(len(cells) * share)])


def test_the_same_in_another_file_is_a_copy(store: Store) -> None:
    one, other = filed(store, NAME), filed(store, NAME)
    assert open_groups(store) == [(NAME, 2021, (one, other))]
    found = compare(store, ANN, one, other)
    assert (found.cells, found.passages) == ([], [])
    assert (found.suggested.kind, found.suggested.report, found.suggested.other) == ("copy", other, one)
    link(store, ANN, other, one, "copy")
    assert open_groups(store) == []
    assert counting(store) == [one]
    hold_against_the_log(store)


@pytest.mark.parametrize("turned", [False, True])
def test_a_later_version_is_told_by_its_date_and_what_changed(store: Store, turned: bool) -> None:
    dates = (date(2022, 3, 1), date(2022, 1, 20)) if turned else (date(2022, 1, 20), date(2022, 3, 1))
    one, other = filed(store, NAME, published=dates[0]), filed(store, NAME, 2021, {NEW: 77}, published=dates[1])
    found = compare(store, ANN, one, other)
    assert [(cell.path, cell.other) for cell in found.cells] == [(NEW, 77)]
    assert (found.suggested.kind, found.suggested.why) == ("earlier", "published")
    assert (found.suggested.report, found.suggested.other) == ((other, one) if turned else (one, other))
    link(store, ANN, found.suggested.report, found.suggested.other, "earlier")
    assert counting(store) == [found.suggested.other]


def test_a_revised_one_is_later(store: Store) -> None:
    one = filed(store, NAME, 2021, {NEW: 77}, title="北河县教育局2021年度报告（更正版）", published=None)
    other = filed(store, NAME, published=None)
    found = compare(store, ANN, one, other).suggested
    assert (found.kind, found.report, found.why) == ("earlier", other, "revised")


@pytest.mark.parametrize(
    ("title", "other_title", "scope"),
    [
        ("北河县2021年政府信息公开年报（全县汇总）", "北河县2021年政府信息公开年报", 0),
        ("北河县2021年政府信息公开年报", "北河县本级2021年政府信息公开年报", 0),
        ("北河县2021年政府信息公开年报", "北河县2021年政府信息公开年报", None),
    ],
)
def test_own_and_consolidated_scope_are_told_apart(
    store: Store, title: str, other_title: str, scope: int | None
) -> None:
    other = filed(store, "北河县", title=other_title)
    one = filed(store, "北河县", 2021, larger(store, other, 3, 0.2), title=title)
    found = compare(store, ANN, one, other).suggested
    assert found.kind == ("consolidated" if scope == 0 else "earlier")
    if scope == 0:
        assert (found.report, found.other) == (one, other)


def test_figures_that_contain_the_others_are_a_wider_scope(store: Store) -> None:
    own = filed(store, "北河县")
    whole = filed(store, "北河县", 2021, larger(store, own, 40))
    found = compare(store, ANN, own, whole).suggested
    assert (found.kind, found.report, found.other) == ("consolidated", whole, own)


def test_the_text_tells_what_is_covered(store: Store) -> None:
    one = filed(store, "北河县")
    found = open_report(store, ANN, one)
    assert scope_of(found) is None
    found.record.title = "北河县（含下属单位）年报"
    assert scope_of(found) == "consolidated"


def test_a_wrong_year_is_suspected_where_it_is_in_doubt(store: Store) -> None:
    one = filed(store, NAME)
    doubt = Finding("year_conflict", "warning", "unknown", ["/year"], "年度不一致", "years differ")
    cells: dict[str, Number] = {path: 900 * (at % 2) for at, path in enumerate(larger(store, one, 0))}
    other = filed(store, NAME, 2021, cells, findings=[doubt])
    found = compare(store, ANN, one, other).suggested
    assert (found.kind, found.report) == ("misfiled", other)
    link(store, ANN, other, one, "misfiled")
    assert counting(store) == [one]
    _correct_year(store, other, 2020)
    assert counting(store) == [one, other]  # in its own year it stands
    assert also_of(store, one) == []


def _correct_year(store: Store, number: int, year: int) -> None:
    found = open_report(store, ANN, number)
    work.correct(store, ANN, On(number, found.version), Change("/year", Entry(year)))


def also_of(store: Store, number: int) -> list[tuple[int, str | None, bool]]:
    with store.reading() as connection:
        return [(one.report, one.kind, one.is_first) for one in also(connection, number)]


def test_names_of_one_body_bring_their_reports_together(store: Store) -> None:
    one, other = filed(store, NAME), filed(store, "北河县教育局")
    assert (open_groups(store), also_of(store, one)) == ([], [])
    merge(store, ANN, body_named(store, "北河县教育局"), body_named(store, NAME))
    assert open_groups(store) == [(NAME, 2021, (one, other))]
    assert (also_of(store, one), also_of(store, other)) == ([(other, None, False)], [(one, None, False)])
    link(store, ANN, other, one, "copy")
    assert (also_of(store, one), also_of(store, other)) == ([(other, "copy", True)], [(one, "copy", False)])


def test_of_three_each_pair_that_counts_is_asked(store: Store) -> None:
    one, two, three = (filed(store, NAME) for _ in range(3))
    number = body_named(store, NAME)

    def pairs() -> list[tuple[int, int]]:
        with store.reading() as connection:
            return open_pairs(connection, number, 2021)

    assert pairs() == [(one, two), (one, three), (two, three)]
    link(store, ANN, one, two, "apart")
    assert pairs() == [(one, three), (two, three)]
    link(store, ANN, three, one, "copy")
    assert (pairs(), open_groups(store)) == ([], [])
    with store.reading() as connection:
        assert group_count(connection) == 1
    undo(store, BEN, 2)
    assert pairs() == [(one, three), (two, three)]
    hold_against_the_log(store)


def test_what_makes_no_sense_is_refused(store: Store) -> None:
    one, two, three = (filed(store, NAME) for _ in range(3))
    elsewhere = filed(store, NAME, 2020)
    link(store, ANN, one, two, "copy")
    for wrong in ((two, one, "copy"), (one, two, "apart"), (three, one, "earlier"), (one, elsewhere, "copy")):
        with pytest.raises(StateError):
            link(store, BEN, *wrong)
    for same in ((three, three, "apart"), (three, 10**9, "copy")):
        with pytest.raises(StateError):
            link(store, BEN, *same)
    with pytest.raises(CorrectionError):
        link(store, ANN, three, two, "twin")  # type: ignore[arg-type]
    with pytest.raises(NotPermittedError):
        link(store, EVE, three, two, "copy")
    hold_against_the_log(store)


def test_rejected_reports_stand_for_nothing(store: Store) -> None:
    one, other = filed(store, NAME), filed(store, NAME)
    work.reject(store, ANN, On(other, 1), why="不是年报")
    assert (counting(store), open_groups(store)) == ([one], [])


def test_a_page_goes_on_where_the_last_one_ended(store: Store) -> None:
    for year in (2019, 2020, 2021):
        for _ in range(2):
            filed(store, NAME, year)
    with store.reading() as connection:
        first = groups(connection, limit=2)
        rest = groups(connection, after=first[-1], limit=2)
    assert [one.year for one in (*first, *rest)] == [2019, 2020, 2021]


def test_who_reviews_blind_compares_nothing(store: Store) -> None:
    one, other = filed(store, NAME), filed(store, NAME)
    found = open_report(store, ANN, one)
    for finding in found.record.findings:
        found = work.settle(store, ANN, On(one, found.version), finding, "no_fault", note="")
    work.accept(store, ANN, On(one, found.version))
    draw_audit(store, LEAD, 1, seed=1)
    assert claim_second(store, BEN) is not None
    with pytest.raises(NotPermittedError):
        compare(store, BEN, one, other)
