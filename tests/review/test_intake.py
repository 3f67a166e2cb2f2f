"""A report read again: what people did stays, and where the new reading disagrees both are shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from extractor.errors import NotPermittedError, StateError
from extractor.record import Place
from extractor.review import work
from extractor.review.intake import Arrival, take_in
from extractor.review.opening import Opened, history, names, open_report
from extractor.review.saving import On
from extractor.review.work import Change
from extractor.store import Store
from extractor.store.queue import Filter
from extractor.store.readings import Reader, readings_of
from extractor.store.state import Entry
from tests.stores import ANN, BEN, EVE, LEAD, READER, arrival, taken

TOTAL = "/tables/applications/new_received/total"
OTHER = "/tables/applications/carried_over/total"
NEXT = Reader("2.0")
TRUE = 170


def on(one: Opened) -> On:
    return On(one.row.id, one.version, one.round)


def put(store: Store, one: Opened, value: Any, path: str = TOTAL) -> Opened:
    return work.correct(store, ANN, on(one), Change(path, Entry(value)))


def read(store: Store, **cells: int) -> Opened:
    report = taken(store, arrival(1, {TOTAL: cells.get("total", 175)})).report
    return open_report(store, ANN, report)


def test_the_same_bytes_are_one_report_under_all_their_names(store: Store) -> None:
    made = arrival(1)
    first = taken(store, made)
    assert (taken(store, made).what, first.what) == ("same", "new")
    renamed = replace(made, name="other.txt")
    assert take_in(store, LEAD, renamed, READER).report == first.report
    assert names(store, EVE, first.report) == ["report1.txt", "other.txt"]
    assert len(history(store, EVE, first.report)) == 1


def test_the_same_record_by_another_version_is_another_reading(store: Store) -> None:
    report = taken(store, arrival(1)).report
    assert taken(store, arrival(1), NEXT).what == "again"
    with store.reading() as connection:
        assert [reader for _, reader, _, _ in readings_of(connection, report)] == [READER, NEXT]


def test_who_only_reads_brings_nothing_in(store: Store) -> None:
    with pytest.raises(NotPermittedError):
        take_in(store, EVE, arrival(1), READER)
    assert work.queue_counts(store, EVE, Filter()) == {}


@pytest.mark.parametrize(
    ("person", "again", "conflict"),
    [
        (170, 175, False),  # the machine reads as before: the correction stands
        (170, 170, False),  # the machine now says what the person says
        (170, 171, True),  # the machine says something third
        (175, 171, True),  # a person confirmed the first reading, the machine changed its mind
    ],
)
def test_a_correction_is_carried_over_or_in_conflict(store: Store, person: int, again: int, conflict: bool) -> None:
    one = put(store, read(store, total=175), person)
    found = taken(store, arrival(1, {TOTAL: again}), NEXT)
    after = open_report(store, ANN, one.row.id)
    assert found.conflicts == int(conflict)
    assert after.record.tables["applications"]["new_received"]["total"] == person
    assert (TOTAL in after.state.conflicts) is conflict
    if conflict:
        assert after.state.conflicts[TOTAL].read.value == again
        with pytest.raises(StateError, match=r"\d open"):
            work.accept(store, ANN, on(after))
        assert [row.id for row in work.queue_page(store, EVE, Filter(finding="reading_conflict"))] == [one.row.id]
        solved = put(store, after, TRUE)
        assert solved.state.conflicts == {}
        assert work.accept(store, ANN, on(solved)).row.state == "accepted"


@pytest.mark.parametrize("change", ["raw", "column"])
def test_another_source_cell_is_a_conflict(store: Store, change: str) -> None:
    one = put(store, read(store), TRUE)
    made = arrival(1, {TOTAL: 175})
    assert made.record is not None
    seen = made.record.evidence[TOTAL]
    if change == "raw":
        made.record.evidence[TOTAL] = replace(seen, raw="1 75")
    else:
        made.record.evidence[TOTAL] = replace(seen, source=Place(seen.source.start, seen.source.end, 9, 9, 9))
    taken(store, made, NEXT)
    assert TOTAL in open_report(store, ANN, one.row.id).state.conflicts


def test_a_conflict_stays_until_a_person_answers_it(store: Store) -> None:
    one = put(store, read(store), TRUE)
    taken(store, arrival(1, {TOTAL: 171}), NEXT)
    taken(store, arrival(1, {TOTAL: 171}), Reader("3.0"))
    assert TOTAL in open_report(store, ANN, one.row.id).state.conflicts
    taken(store, arrival(1), Reader("4.0"))
    assert open_report(store, ANN, one.row.id).state.conflicts == {}


def test_an_accepted_report_was_confirmed_in_every_field(store: Store) -> None:
    report = taken(store, arrival(1)).report
    work.accept(store, ANN, on(open_report(store, ANN, report)))
    assert taken(store, arrival(1), NEXT).conflicts == 0
    assert open_report(store, ANN, report).row.state == "accepted"
    assert taken(store, arrival(1, {TOTAL: 171}), Reader("3.0")).conflicts == 1
    after = open_report(store, ANN, report)
    assert after.row.state == "open"
    assert after.record.tables["applications"]["new_received"]["total"] == TRUE
    assert after.state.corrections[TOTAL].who == "Ann"


def test_a_settlement_holds_while_the_finding_says_the_same(store: Store) -> None:
    one = read(store, total=175)
    for finding in one.now.open_errors if one.now else []:
        one = work.settle(store, ANN, on(one), finding, "source_wrong", note="原文如此")
    taken(store, arrival(1, {TOTAL: 175}), NEXT)
    assert open_report(store, ANN, one.row.id).row.errors == 0
    taken(store, arrival(1, {TOTAL: 176}), Reader("3.0"))
    assert open_report(store, ANN, one.row.id).row.errors > 0


def test_passages_a_person_cut_are_kept(store: Store) -> None:
    one = read(store)
    first = one.record.narrative.issues[0]
    mine = [{"id": "i1", "start": first.start, "end": first.end - 1}]
    one = put(store, one, mine, "/narrative/issues")
    taken(store, arrival(1, {TOTAL: 175}), NEXT)
    kept = open_report(store, ANN, one.row.id)
    assert (kept.state.conflicts, len(kept.record.narrative.issues)) == ({}, 1)
    made = arrival(1, {TOTAL: 175})
    assert made.record is not None
    made.record.narrative.issues.pop()
    taken(store, made, Reader("3.0"))
    after = open_report(store, ANN, one.row.id)
    assert set(after.state.conflicts) == {"/narrative/issues"}
    assert len(after.record.narrative.issues) == 1


def test_a_failure_is_a_report_too_and_takes_nothing_back(store: Store) -> None:
    failure = {"source": {}, "status": "failed", "error": {"code": "crashed", "message": "错", "message_en": "bad"}}
    bad = Arrival("a.pdf", b"%PDF-", "application/pdf", failure=failure)
    report = taken(store, bad).report
    assert taken(store, bad).what == "same"
    opened = open_report(store, ANN, report)
    assert (opened.row.state, opened.now, opened.reading.failure) == ("failed", None, failure)
    with pytest.raises(StateError, match="could not be read"):
        work.accept(store, BEN, on(opened))
    good = replace(arrival(1), name=bad.name, data=bad.data)
    taken(store, good, NEXT)
    assert open_report(store, ANN, report).row.state == "clean"
    taken(store, bad, Reader("3.0"))
    assert open_report(store, ANN, report).row.state == "clean"
