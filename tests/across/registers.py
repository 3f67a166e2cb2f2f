"""What tests of the register need: bodies with reports, and the register held against its log."""

from __future__ import annotations

from sqlalchemy import select

from extractor.across.answers import Settled, Standing, answers, replay
from extractor.across.suggesting import Suggestion, compare_some, suggestions
from extractor.record import Number
from extractor.store import Store
from extractor.store.register_tables import likeness, report_link
from extractor.store.tables import body, report
from tests.stores import LEAD, arrival, taken

_NUMBERS = iter(range(1, 100_000))


def filed(store: Store, name: str, year: int = 2021, cells: dict[str, Number] | None = None, **more: object) -> int:
    """A report of a body; its number."""
    return taken(store, arrival(next(_NUMBERS), cells, organisation=name, year=year, **more)).report


def body_named(store: Store, name: str) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(body.c.id).where(body.c.name == name)).scalar_one())


def filed_as(store: Store, *names: str, first_year: int = 2019) -> list[int]:
    """The bodies of some names, with a report each, of one year after another."""
    for at, name in enumerate(names):
        filed(store, name, first_year + at)
    return [body_named(store, name) for name in names]


def suggested(store: Store) -> list[Suggestion]:
    """All names compared, and what is suggested then."""
    while compare_some(store, LEAD, 3):
        pass
    with store.reading() as connection:
        return suggestions(connection)


def standing(store: Store) -> Standing:
    with store.reading() as connection:
        return replay(answers(connection))


def hold_against_the_log(store: Store) -> None:
    """The rows are what replaying the log makes; no name is more than one step from its body."""
    made = standing(store)
    with store.reading() as connection:
        bodies = {row.id: row for row in connection.execute(select(body))}
        links = {frozenset((row.report_id, row.other_id)): row for row in connection.execute(select(report_link))}
        likes = connection.execute(select(likeness)).all()
        reports = connection.execute(select(report.c.id)).all()
    for number, row in bodies.items():
        found = made.bodies.get(number, Settled())
        assert Settled(row.same_as, row.level, row.region, row.settled_by, row.settled_at) == found
        assert row.same_as is None or bodies[row.same_as].same_as is None
    assert {pair: (row.report_id, row.kind, row.who, row.at) for pair, row in links.items()} == {
        pair: (link.report, link.kind, link.by, link.at) for pair, link in made.links.items()
    }
    for row in likes:
        pair = (row.one_id, row.other_id)
        assert row.is_open == (made.root(pair[0]) != made.root(pair[1]) and not made.are_apart(*pair))
    assert reports
