"""Whatever people do in whatever order: the state kept is the state replayed, and nothing acknowledged is lost."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from extractor.errors import ReviewError
from extractor.review import work
from extractor.review.checking import current, summary_of
from extractor.review.opening import Opened, open_report, opened_at
from extractor.review.people import Person
from extractor.review.saving import On
from extractor.review.work import Change
from extractor.store import Store, open_store
from extractor.store.events import events_of
from extractor.store.readings import Reader, reading_of
from extractor.store.reports import COLUMNS, JOINED, Summary, made
from extractor.store.state import Entry, replay
from extractor.store.tables import field, finding, report
from tests.scale import scaled
from tests.stores import ANN, BEN, MINUTE, Clock, arrival, make_address, settings_for, taken

ROWS = ("new_received", "carried_over", "granted", "total_processed")
COLUMNS_OF = ("natural_person", "commercial_enterprise", "total")
paths = st.builds(
    lambda row, column: f"/tables/applications/{row}/{column}", st.sampled_from(ROWS), st.sampled_from(COLUMNS_OF)
)
people = st.sampled_from([ANN, BEN])
numbers = st.integers(0, 12)
STEPS = st.one_of(
    st.tuples(st.just("correct"), people, paths, numbers),
    st.tuples(st.just("blank"), people, paths, st.none()),
    st.tuples(st.just("year"), people, st.none(), st.integers(2019, 2024)),
    st.tuples(
        st.sampled_from(["undo", "accept", "reject", "reopen", "park", "settle", "unsettle"]),
        people,
        st.none(),
        st.none(),
    ),
    st.tuples(st.just("read"), people, paths, numbers),
    st.tuples(st.just("wait"), people, st.none(), st.none()),
)


def take(store: Store, one: Opened, step: tuple[str, Person, str, Any]) -> None:
    """One step; what is refused changes nothing."""
    kind, who, path, value = step
    on = On(one.row.id, one.version)
    found = [checked.finding for checked in one.now.findings] if one.now else []
    if kind in ("correct", "blank"):
        work.correct(store, who, on, Change(path, Entry(value)))
    elif kind == "year":
        work.correct(store, who, on, Change("/year", Entry(value)))
    elif kind == "read":
        taken(store, arrival(0, {path: value}), Reader(f"1.{value}"))
    elif kind == "settle" and found:
        work.settle(store, who, on, found[0], "source_wrong", note="原文如此")
    elif kind == "unsettle" and found:
        work.unsettle(store, who, on, found[0])
    elif kind in ("reject", "reopen"):
        decide: Any = work.reject if kind == "reject" else work.reopen
        decide(store, who, on, why="x")
    elif kind == "park":
        work.park(store, who, on, question="?")
    elif kind in ("undo", "accept"):
        {"undo": work.undo, "accept": work.accept}[kind](store, who, on)
    elif kind == "wait" and isinstance(store.clock, Clock):
        store.clock.now += 31 * MINUTE


@settings(max_examples=scaled(12, 300), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, max_size=14))
def test_the_state_kept_is_the_state_replayed(steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "a"
        folder.mkdir()
        store = open_store(settings_for(make_address("sqlite", folder)), clock=Clock())
        number = taken(store).report
        told = []
        for step in steps:
            with suppress(ReviewError):
                take(store, open_report(store, ANN, number), step)
            one = open_report(store, ANN, number)
            told.append((one.events[-1].at, one.version, one.record.to_json()))
            assert kept(store, number) == replayed(store, number)
        for at, version, line in told:
            then = opened_at(store, BEN, number, at)
            if then.version == version:
                assert then.record.to_json() == line
        store.close()


def kept(store: Store, number: int) -> tuple[Any, ...]:
    """What the queue says of a report."""
    with store.reading() as connection:
        row = made(connection.execute(select(*COLUMNS).select_from(JOINED).where(report.c.id == number)).one())
        named = select(finding.c.code, finding.c.severity, finding.c.settled).where(finding.c.report_id == number)
        findings = connection.execute(named).all()
        doubted = select(field.c.path, field.c.verdict).where(field.c.report_id == number)
        fields = connection.execute(doubted).all()
    told: tuple[Any, ...] = (
        row.state,
        row.version,
        row.form,
        row.year,
        row.title,
        row.organisation,
        row.level,
        row.region,
    )
    told += (row.benefit, row.errors, row.doubts, row.conflicts, row.edits, row.reading_id)
    return told, sorted(map(tuple, findings)), sorted(map(tuple, fields))


def replayed(store: Store, number: int) -> tuple[Any, ...]:
    """The same, from the log and the readings alone."""
    with store.reading() as connection:
        events = events_of(connection, number)
        state = replay(events)
        assert state.reading is not None
        reading = reading_of(connection, state.reading)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert reading.record is not None
    one: Summary = summary_of(reading, state, current(reading.record, state))
    told: tuple[Any, ...] = (
        one.state,
        one.version,
        one.form,
        one.year,
        one.title,
        one.organisation,
        one.level,
        one.region,
    )
    told += (one.benefit, one.errors, len(one.fields), one.conflicts, one.edits, one.reading)
    findings = sorted((found.code, found.severity, found.settled) for found in one.findings)
    return told, findings, sorted((doubt.path, doubt.verdict) for doubt in one.fields)
