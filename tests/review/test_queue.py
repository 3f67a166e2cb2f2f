"""The queue's filters, the search by any name of a body, and the other reports of a body and year."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from extractor.across.compared import Ranked, of_year
from extractor.across.compared import Wanted as Compared
from extractor.across.settling import link, merge, rename, separate
from extractor.across.versions import Also, also, also_of
from extractor.record import Body
from extractor.review import work
from extractor.store import Store, queue
from extractor.store.bodies import is_called
from extractor.store.queue import Filter
from extractor.store.tables import body, report
from tests.stores import EVE, LEAD, arrival, taken

SCHOOLS, SHORT, OLD, WATER = "松江市教育局", "松教局", "松江市教育委员会", "松江市水务局"
NAMED = ((SCHOOLS, 2021), (SHORT, 2021), (OLD, 2020), (WATER, 2021))


@pytest.fixture
def named(store: Store) -> Store:
    """Four reports; the first three are of one body under three names."""
    for number, (name, year) in enumerate(NAMED, 1):
        place = Body("department", "松江市")
        assert taken(store, arrival(number, organisation=name, year=year, body=place)).report == number
    for other in (SHORT, OLD):
        merge(store, LEAD, id_of(store, other), id_of(store, SCHOOLS))
    return store


def id_of(store: Store, name: str) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(body.c.id).where(body.c.name == name)).scalar_one())


def found(store: Store, words: str, **more: object) -> list[int]:
    wanted = Filter(body=words, **more)  # type: ignore[arg-type]
    rows = sorted(row.id for row in work.queue_page(store, EVE, wanted))
    assert sum(work.queue_counts(store, EVE, wanted).values()) == len(rows)
    with store.reading() as connection:
        assert queue.identifiers(connection, wanted) == rows
        if words and not more:  # of many bodies, reports are looked through one by one
            called = select(report.c.id).where(is_called(report.c.body_id, words)).order_by(report.c.id)
            assert list(connection.execute(called).scalars()) == rows
    return rows


@pytest.mark.parametrize(
    ("words", "reports"),
    [
        (SCHOOLS, [1, 2, 3]),
        ("松教", [1, 2, 3]),
        ("委员会", [1, 2, 3]),
        ("水务", [4]),
        ("局", [1, 2, 3, 4]),
        ("松江市", [1, 2, 3, 4]),
        ("卫生", []),
        ("", []),
    ],
)
def test_a_body_is_found_by_any_of_its_names(named: Store, words: str, reports: list[int]) -> None:
    assert found(named, words) == reports


def test_a_body_that_is_called_otherwise_is_found_by_both_names(named: Store) -> None:
    rename(named, LEAD, id_of(named, SCHOOLS), "松江市教育体育局")
    for words in ("教育体育", SCHOOLS, "松教", "委员会"):
        assert found(named, words) == [1, 2, 3]
    assert found(named, "教育体育", year=2020) == [3]


def test_a_name_that_is_set_apart_is_a_body_of_its_own_again(named: Store) -> None:
    separate(named, LEAD, id_of(named, OLD))
    assert found(named, "委员会") == [3]
    assert found(named, "松教") == [1, 2]


def test_bodies_of_a_year_are_found_by_any_name_too(named: Store) -> None:
    told = of_year(named, EVE, Compared(year=2021, name="委员会"), Ranked())
    assert [(one.report, one.name) for one in told] == [(1, SCHOOLS), (2, SCHOOLS)]


def test_the_others_of_a_body_and_year_under_whichever_name(named: Store) -> None:
    with named.reading() as connection:
        assert told(connection) == {1: [(2, None)], 2: [(1, None)]}
    link(named, LEAD, 2, 1, "earlier")
    with named.reading() as connection:
        assert told(connection) == {1: [(2, "earlier")], 2: [(1, "earlier")]}
        assert [one.is_first for one in (*also(connection, 1), *also(connection, 2))] == [True, False]
        assert also(connection, 2) == [Also(1, "report1.txt", "clean", "earlier", False)]
        assert also(connection, 4) == also(connection, 99) == []


def told(connection: Connection) -> dict[int, list[tuple[int, str | None]]]:
    every = also_of(connection, range(1, 10))
    return {number: [(one.report, one.kind) for one in others] for number, others in every.items()}
