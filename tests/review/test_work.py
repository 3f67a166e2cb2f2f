"""One report in a reviewer's hands: claiming, correcting, settling, deciding, taking back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from extractor.errors import (
    ClaimedError,
    CorrectionError,
    NoReportError,
    NotPermittedError,
    ReviewError,
    StaleEditError,
    StateError,
)
from extractor.review import work
from extractor.review.opening import Opened, history, open_report, opened_at, original
from extractor.review.people import Person
from extractor.review.saving import On
from extractor.review.work import Change
from extractor.store import Store
from extractor.store.queue import Filter
from extractor.store.state import Entry
from tests.stores import ANN, BEN, EVE, LEAD, MINUTE, Clock, arrival, taken

TOTAL = "/tables/applications/new_received/total"
OTHER = "/tables/applications/carried_over/total"


def on(one: Opened, token: str | None = None) -> On:
    return On(one.row.id, one.version, one.round, token)


def wrong(store: Store, by: int = 5) -> Opened:
    """A report with one misread cell, open before Ann."""
    value = open_report(store, EVE, taken(store).report).record.tables["applications"]["new_received"]["total"]
    report = taken(store, arrival(1, {TOTAL: (value or 0) + by})).report
    return open_report(store, ANN, report)


def put(store: Store, one: Opened, value: Any, path: str = TOTAL, who: Any = ANN, state: str | None = None) -> Opened:
    return work.correct(store, who, on(one), Change(path, Entry(value, state)))


def test_a_repair_mends_the_report_and_accepting_ends_it(store: Store) -> None:
    before = wrong(store)
    assert before.row.state == "open"
    assert before.now is not None
    assert {"row_sum", "carry_balance"} <= {one.code for one in before.now.open_errors}
    repair = next(one.finding for one in before.now.findings if one.finding.repair)
    mended = work.apply_repair(store, ANN, on(before), repair)
    assert mended.now is not None and mended.now.findings == []
    assert mended.record.status == "accepted"
    assert mended.record.evidence[TOTAL].method == "reviewer"
    assert mended.machine.tables != mended.record.tables
    done = work.accept(store, ANN, on(mended))
    assert (done.row.state, done.row.errors, done.row.claimed_by, done.row.reviewer) == ("accepted", 0, None, "Ann")
    kinds = [(one.kind, one.who) for one in history(store, EVE, done.row.id)]
    assert kinds == [("read", "extractor 1.0 rules"), ("correct", "Ann"), ("accept", "Ann")]


def test_a_report_with_open_errors_is_not_accepted(store: Store) -> None:
    before = wrong(store)
    with pytest.raises(StateError, match=r"\d open"):
        work.accept(store, ANN, on(before))


@pytest.mark.parametrize(
    ("value", "state", "kept"),
    [
        (7, None, Entry(7, "number")),
        (7.0, "number", Entry(7, "number")),
        (Decimal("7.50"), "number", Entry(Decimal("7.5"), "number")),
        (0.1, "number", Entry(Decimal("0.1"), "number")),
        (None, None, Entry(None, "blank")),
        (None, "not_applicable", Entry(None, "not_applicable")),
        (None, "unreadable", Entry(None, "unreadable")),
    ],
)
def test_a_cell_is_a_number_or_says_why_it_is_none(store: Store, value: Any, state: str | None, kept: Entry) -> None:
    after = put(store, wrong(store), value, state=state)
    again = open_report(store, ANN, after.row.id)
    assert again.state.corrections[TOTAL].entry == kept
    assert again.record.tables["applications"]["new_received"]["total"] == kept.value
    assert again.record.evidence[TOTAL].state == kept.state


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        (TOTAL, Entry("7")),
        (TOTAL, Entry(True)),
        (TOTAL, Entry(7, "blank")),
        (TOTAL, Entry(None, "number")),
        (TOTAL, Entry(None, "gone")),
        (TOTAL, Entry(float("nan"))),
        (TOTAL, Entry(10**20)),
        (TOTAL, Entry(Decimal("0.0000001"))),
        ("/tables/applications/new_received/nobody", Entry(1)),
        ("/tables/applications", Entry(1)),
        ("/year", Entry("2021")),
        ("/year", Entry(12)),
        ("/published", Entry("yesterday")),
        ("/period", Entry({"start": "2021-12-31", "end": "2021-01-01"})),
        ("/body/level", Entry("village")),
        ("/organisation", Entry("   ")),
        ("/organisation", Entry("字" * 301)),
        ("/status", Entry("accepted")),
        ("/narrative/issues", Entry([{"id": "i1", "start": 0, "end": 10**9}])),
        ("/narrative/issues", Entry([{"id": "i1", "start": 0, "end": 4}, {"id": "i1", "start": 5, "end": 9}])),
        ("/narrative/issues", Entry([{"start": 0}])),
        ("/narrative/issues", Entry("words")),
    ],
)
def test_what_cannot_stand_there_is_refused(store: Store, path: str, entry: Entry) -> None:
    before = wrong(store)
    with pytest.raises(CorrectionError):
        work.correct(store, ANN, on(before), Change(path, entry))
    assert open_report(store, ANN, before.row.id).version == before.version


def test_fields_and_lists_are_corrected_and_found_by(store: Store) -> None:
    one = put(store, wrong(store), "松江口镇人民政府", "/organisation")
    one = put(store, one, 2022, "/year")
    one = put(store, one, {"start": "2022-01-01", "end": "2022-12-31"}, "/period")
    one = put(store, one, "2023-01-20", "/published")
    one = put(store, one, "township", "/body/level")
    items = [{"id": "i1", "start": 3, "end": 9}, {"id": "i2", "start": 10, "end": 20}]
    one = put(store, one, items, "/narrative/issues")
    again = open_report(store, ANN, one.row.id)
    assert [item.text for item in again.record.narrative.issues] == [again.text[3:9], again.text[10:20]]
    assert (again.row.organisation, again.row.year, again.row.level) == ("松江口镇人民政府", 2022, "township")
    assert str(again.record.published) == "2023-01-20"
    found = work.queue_page(store, EVE, Filter(body="江口"))
    assert [row.id for row in found] == [one.row.id]


def test_a_stale_save_is_refused_and_carries_both(store: Store) -> None:
    before = wrong(store)
    theirs = put(store, before, 9)
    with pytest.raises(StaleEditError) as caught:
        put(store, before, 11)
    assert caught.value.mine.data["new"] == {"value": 11, "state": "number"}  # type: ignore[attr-defined]
    stands = caught.value.theirs
    assert isinstance(stands, Opened)
    assert stands.version == theirs.version
    assert stands.state.corrections[TOTAL].entry.value == 9


def test_a_save_whose_answer_was_lost_is_saved_once(store: Store) -> None:
    before = wrong(store)
    change = Change(TOTAL, Entry(9))
    first = work.correct(store, ANN, on(before, "t1"), change)
    second = work.correct(store, ANN, on(before, "t1"), change)
    assert first.version == second.version
    assert len(history(store, ANN, before.row.id)) == 2


def test_a_claim_keeps_others_out_until_it_ends(store: Store) -> None:
    before = wrong(store)
    work.claim(store, ANN, before.row.id)
    with pytest.raises(ClaimedError, match="Ann"):
        work.claim(store, BEN, before.row.id)
    with pytest.raises(ClaimedError, match="Ann"):
        put(store, before, 9, who=BEN)
    assert isinstance(store.clock, Clock)
    store.clock.now += 31 * MINUTE
    after = put(store, before, 9, who=BEN)
    assert after.row.claimed_by == "Ben"
    with pytest.raises(NotPermittedError, match="take a report"):
        work.release(store, ANN, before.row.id)
    work.release(store, LEAD, before.row.id)
    assert work.claim(store, ANN, before.row.id).version == after.version


def test_the_next_claim_takes_what_nobody_has(store: Store) -> None:
    ids = [taken(store, arrival(number, {TOTAL: number})).report for number in range(3)]
    taken_ids = [work.claim_next(store, who, Filter(state="open")) for who in (ANN, BEN, LEAD)]
    assert sorted(one for one in taken_ids if one) == ids
    assert work.claim_next(store, Person("Cid", "reviewer"), Filter(state="open")) is None


def test_a_settled_finding_no_longer_stands_in_the_way(store: Store) -> None:
    before = wrong(store)
    one = before
    for finding in before.now.open_errors if before.now else []:
        with pytest.raises(StateError, match="note"):
            work.settle(store, ANN, on(one), finding, "source_wrong", note=" ")
        one = work.settle(store, ANN, on(one), finding, "source_wrong", note="原文如此")
        with pytest.raises(StateError, match="no open finding"):
            work.settle(store, ANN, on(one), finding, "no_fault", note="")
    done = work.accept(store, ANN, on(one))
    assert done.record.status == "accepted"
    assert {(f.severity, f.cause) for f in done.record.findings if f.code == "row_sum"} == {("warning", "source")}
    assert work.queue_page(store, EVE, Filter(finding="row_sum")) == []


def test_a_settlement_lapses_when_the_finding_changes(store: Store) -> None:
    before = wrong(store)
    finding = next(f for f in before.machine.findings if f.code == "row_sum")
    one = work.settle(store, ANN, on(before), finding, "source_wrong", note="原文如此")
    again = put(store, one, 1, "/tables/applications/new_received/natural_person")
    assert "row_sum" in {f.code for f in again.now.open_errors} if again.now else False


def test_taking_back_goes_step_by_step(store: Store) -> None:
    before = wrong(store)
    one = put(store, before, 9)
    two = put(store, one, 10)
    parked = work.park(store, ANN, on(two), question="哪一份是终稿？")
    assert (parked.row.state, parked.state.question) == ("parked", "哪一份是终稿？")
    back = work.undo(store, ANN, on(parked))
    assert (back.row.state, back.state.corrections[TOTAL].entry.value) == ("open", 10)
    back = work.undo(store, ANN, on(back))
    assert back.state.corrections[TOTAL].entry.value == 9
    back = work.undo(store, ANN, on(back))
    assert back.state.corrections == {}
    assert back.record == before.record
    with pytest.raises(StateError, match="no step of yours"):
        work.undo(store, ANN, on(back))
    assert len(history(store, ANN, before.row.id)) == 7


def test_nobody_takes_back_another_persons_step(store: Store) -> None:
    after = put(store, wrong(store), 9)
    work.release(store, ANN, after.row.id)
    with pytest.raises(StateError):
        work.undo(store, BEN, on(after))


def test_decisions_say_why_and_can_be_reopened(store: Store) -> None:
    before = wrong(store)
    with pytest.raises(StateError, match="say why"):
        work.reject(store, ANN, on(before), why=" ")
    gone = work.reject(store, ANN, on(before), why="不是年度报告")
    assert (gone.row.state, gone.state.reason) == ("rejected", "不是年度报告")
    with pytest.raises(StateError, match="already"):
        work.reject(store, ANN, on(gone), why="again")
    assert work.reopen(store, BEN, on(gone)).row.state == "open"


def test_every_moment_can_be_seen_again(store: Store) -> None:
    before = wrong(store)
    one = put(store, before, 9)
    put(store, one, 10)
    events = history(store, EVE, before.row.id)
    values = [opened_at(store, EVE, before.row.id, event.at).record.tables for event in events]
    assert [tables["applications"]["new_received"]["total"] for tables in values][1:] == [9, 10]
    assert values[0] == before.machine.tables
    with pytest.raises(NoReportError):
        opened_at(store, EVE, before.row.id, events[0].at - 1)


def test_the_original_bytes_are_kept(store: Store) -> None:
    made = arrival(3)
    assert original(store, EVE, taken(store, made).report) == (made.name, made.data)


@pytest.mark.parametrize(
    "step",
    [
        lambda store, one: work.claim_next(store, EVE, Filter()),
        lambda store, one: work.claim(store, EVE, one.row.id),
        lambda store, one: put(store, one, 9, who=EVE),
        lambda store, one: work.accept(store, EVE, on(one)),
        lambda store, one: work.reject(store, EVE, on(one), why="x"),
        lambda store, one: work.park(store, EVE, on(one), question="x"),
        lambda store, one: work.reopen(store, EVE, on(one)),
        lambda store, one: work.undo(store, EVE, on(one)),
        lambda store, one: work.settle(store, EVE, on(one), one.machine.findings[0], "no_fault", note=""),
        lambda store, one: work.release(store, EVE, one.row.id),
    ],
)
def test_who_only_reads_changes_nothing(store: Store, step: Any) -> None:
    before = wrong(store)
    with pytest.raises(NotPermittedError, match=r"Eve \(read-only\)"):
        step(store, before)
    assert open_report(store, EVE, before.row.id) == before


@pytest.mark.parametrize("report", [0, 99, -1])
def test_no_such_report(store: Store, report: int) -> None:
    with pytest.raises(NoReportError):
        open_report(store, EVE, report)
    with pytest.raises(ReviewError):
        work.accept(store, ANN, On(report, 1))
