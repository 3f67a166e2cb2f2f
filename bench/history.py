"""Three months of work put into a store: what reviewers did, what models cost, audits and second reviews.

The page of quality is measured on it (``python -m bench.store``).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from sqlalchemy import Table, select, text, update

from extractor.review.agreement import agreement
from extractor.review.auditing import error_rates, escapes
from extractor.review.fields import entry_at
from extractor.review.people import Person
from extractor.review.quality import Span, spending, throughput
from extractor.review.second import compared_paths
from extractor.store import Store
from extractor.store.efforts import HOUR, tally_of
from extractor.store.events import Effort, encoded
from extractor.store.opinions import keep_pairs
from extractor.store.people_tables import tally
from extractor.store.readings import reading_of
from extractor.store.tables import event, reading, review_round

LIN = Person("Lin", "lead")
REVIEWERS = [f"reviewer{number}@example.org" for number in range(50)]
DAY = 86_400_000_000
DAYS = 90
START = 1_750_000_000_000_000
SECONDS, AUDITS = 1_000, 2_000
"""Reports of which a second review, or an audit, was handed in."""
LIMIT = 0.5
_BATCH = 10_000


def figures(store: Store) -> Iterator[tuple[str, float, Callable[[], object]]]:
    """Every figure of the page of quality: its name, its limit in seconds, and the call."""
    month = Span(since=START + (DAYS - 30) * DAY)
    yield "quality, throughput of 30 days", LIMIT, partial(throughput, store, LIN, month)
    yield "quality, throughput of 90 days", LIMIT, partial(throughput, store, LIN, Span())
    yield "quality, cost", LIMIT, partial(spending, store, LIN, Span())
    yield "quality, errors found by audits", LIMIT, partial(error_rates, store, LIN)
    yield "quality, escapes", LIMIT, partial(escapes, store, LIN)
    yield "quality, agreement", LIMIT, partial(agreement, store, LIN)


Put = Callable[[Any, Table, list[dict[str, Any]]], None]


def fill_history(store: Store, count: int, put_in: Put) -> None:
    """Two steps of a person in each of ``count`` reports, a model's cost in half the readings, rounds handed in."""
    dice = random.Random(4)  # noqa: S311
    sums: dict[tuple[str, int], Counter[str]] = {}
    for rows in _batches(_steps(count, dice)):
        with store.writing() as connection:
            put_in(connection, event, rows)
        for row in rows:
            effort = Effort(row["took"], row["presses"], row["closed"], row["done"])
            sums.setdefault((row["who"], row["at"] // HOUR), Counter()).update(tally_of(row["round"], effort))
    names = tally_of(0, Effort())
    tallies = [{"who": who, "hour": hour, **{name: some[name] for name in names}} for (who, hour), some in sums.items()]
    with store.writing() as connection:
        put_in(connection, tally, tallies)
    with store.writing() as connection:
        costs = {"calls": 3, "input_tokens": 9_000, "output_tokens": 700, "cost": 12_345_678, "currency": "USD"}
        connection.execute(update(reading).where(reading.c.id % 2 == 0).values(engine="hybrid", **costs))
    rounds = min(count, SECONDS + AUDITS)
    with store.writing() as connection:
        told = [_round(number, dice) for number in range(1, rounds + 1)]
        put_in(connection, review_round, [one for one, _ in told])
        put_in(connection, event, [row for _, rows in told for row in rows])
    _keep_opinions(store, min(count, SECONDS), dice)
    with store.writing() as connection:
        if not store.is_sqlite:
            connection.execute(text(f"SELECT setval('event_id_seq', {10 * count + 100_000})"))
        connection.execute(text("ANALYZE"))


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == _BATCH:
            yield some
            some = []
    yield some


def _steps(count: int, dice: random.Random) -> Iterator[dict[str, Any]]:
    """A correction and an acceptance of each report, by somebody on some day."""
    put = encoded({"old": {"value": 999, "state": "number"}, "new": {"value": 7, "state": "number"}})
    for number in range(1, count + 1):
        at = START + dice.randrange(DAYS) * DAY + dice.randrange(DAY // 3)
        shared = {"report_id": number, "round": 0, "who": dice.choice(REVIEWERS)}
        spent = {"took": dice.randrange(60_000), "presses": dice.randint(1, 3)}
        done = {"kind": "correct", "path": "/tables/applications/new_received/total", "data": put}
        yield {**shared, **spent, **done, "seq": 2, "at": at, "closed": 1, "done": 0}
        ended = {"kind": "accept", "path": None, "data": "{}", "took": 4_000, "presses": 1, "closed": 0, "done": 1}
        yield {**shared, **ended, "seq": 3, "at": at + 4_000_000}


def _round(number: int, dice: random.Random) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A round handed in with one difference of 180 fields, and a lead's decision of it."""
    kind = "second" if number <= SECONDS else "audit"
    first, second = ({"value": value, "state": "number"} for value in (7, 8))
    path, at = "/tables/applications/new_received/total", START + dice.randrange(DAYS) * DAY
    one, other = dice.sample(REVIEWERS, 2)
    row = {"report_id": number, "round": 1, "kind": kind, "state": "settled", "reviewed_by": one, "reviewer": other}
    row |= {"drawn_at": at, "done_at": at + 1}
    handed_in = {"compared": 180, "differences": {path: {"first": first, "second": second}}}
    decided = {"round": 1, "values": {path: {**dice.choice([first, second]), "old": first}}, "why": ""}
    shared = {"report_id": number, "at": at, "took": 1_000, "presses": 1, "closed": 0, "done": 1}
    last = {**shared, "round": 1, "seq": 2, "who": other, "kind": "accept", "data": encoded(handed_in)}
    return row, [last, {**shared, "round": 0, "seq": 4, "who": "Lin", "kind": "adjudicate", "data": encoded(decided)}]


def _keep_opinions(store: Store, count: int, dice: random.Random) -> None:
    """What both reviewers said of each field; they differ in one field a report."""
    with store.reading() as connection:
        record = reading_of(connection, int(connection.execute(select(reading.c.id).limit(1)).scalar_one())).record
    if record is None:
        raise ValueError("the first reading failed")
    labels = {path: str(entry_at(record, path).value) for path in compared_paths(record)}
    with store.writing() as connection:
        for number in range(1, count + 1):
            said = {path: label if dice.random() < 0.7 else str(dice.randrange(300)) for path, label in labels.items()}
            pairs = {path: (one, one if dice.random() < 0.995 else "0") for path, one in said.items()}
            keep_pairs(connection, number, 1, pairs)
