"""Throughput, time, keys, one-key share, escapes and cost: each told from a small history whose figures are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from extractor.errors import NotPermittedError
from extractor.record import Number, Usage
from extractor.review import second, work
from extractor.review.auditing import escapes
from extractor.review.opening import Opened, open_report
from extractor.review.people import Person
from extractor.review.quality import Span, by_day, by_reviewer, in_all, spending, throughput
from extractor.review.saving import PAUSE, On
from extractor.review.work import Change
from extractor.settings import load_settings
from extractor.store import Store
from extractor.store.efforts import HOUR, tally_of
from extractor.store.events import Effort, events_of
from extractor.store.people_tables import tally
from extractor.store.readings import Reader
from extractor.store.state import Entry, replay
from extractor.store.tables import event
from tests.stores import ANN, BEN, EVE, LEAD, MINUTE, Clock, arrival, taken

ROW = "/tables/applications/granted"
MISREAD: dict[str, Number] = {f"{ROW}/natural_person": 7}
NOTE = "/tables/proactive_disclosure/regulations/issued"
SURE = "/tables/proactive_disclosure/licences/decisions"
ALWAYS = Span()


@pytest.fixture(autouse=True)
def no_second_reviews(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("EXTRACTOR_SECOND_REVIEW_SHARE", "0")
    load_settings.cache_clear()
    yield
    monkeypatch.undo()
    load_settings.cache_clear()


def waits(store: Store, seconds: float) -> None:
    """Nobody does anything; each look at the clock takes a second more."""
    assert isinstance(store.clock, Clock)
    store.clock.now += int(seconds * 1_000_000)


def on(one: Opened, presses: int | None = None) -> On:
    return On(one.row.id, one.version, one.round, presses=presses)


def misread(store: Store, number: int, who: Person = ANN) -> Opened:
    """A report with one misread cell, just claimed."""
    report = taken(store, arrival(number, MISREAD)).report
    return work.claim(store, who, report)


def repaired(store: Store, number: int, presses: int, who: Person = ANN) -> Opened:
    """The misread cell was set right, with so many keys."""
    one = misread(store, number, who)
    return work.correct(store, who, on(one, presses), Change(f"{ROW}/natural_person", right(one)))


def right(one: Opened) -> Entry:
    found = [finding.repair for finding in one.record.findings if finding.repair]
    value = next((repair[f"{ROW}/natural_person"] for repair in found if f"{ROW}/natural_person" in repair), 2)
    return Entry(value, "number")


def test_reports_time_and_keys_are_told_by_reviewer_and_day(store: Store) -> None:
    one = misread(store, 1)
    waits(store, 19)
    one = work.correct(store, ANN, on(one, 1), Change(f"{ROW}/natural_person", right(one)))  # 20 s after the claim
    waits(store, 9)
    work.accept(store, ANN, on(one, 1))  # 10 s later
    one = misread(store, 2, BEN)
    waits(store, 4)
    work.reject(store, BEN, on(one, 3), why="不是年报")
    [ann, ben] = by_reviewer(throughput(store, LEAD, ALWAYS))
    assert (ann.reviewer, ann.reports, ann.again, ann.steps, ann.presses) == ("Ann", 1, 0, 2, 2)
    assert ann.seconds == ann.seconds_each == 30
    assert (ann.presses_each, ann.one_key_share) == (2, 1)
    assert (ben.reviewer, ben.reports, ben.seconds, ben.presses_each) == ("Ben", 1, 5, 3)
    assert ben.one_key_share is None
    assert in_all([ann, ben]).reports == 2


def test_a_finding_that_took_more_keys_is_not_settled_by_one(store: Store) -> None:
    closed = [before - after for before, after in (_open(repaired, store, 1, 1), _open(repaired, store, 2, 3))]
    assert min(closed) > 0
    whole = in_all(throughput(store, LEAD, ALWAYS))
    assert (whole.closed, whole.by_one) == (sum(closed), closed[0])
    assert whole.one_key_share == closed[0] / sum(closed)


def _open(make: Callable[[Store, int, int], Opened], store: Store, number: int, presses: int) -> tuple[int, int]:
    after = make(store, number, presses)
    assert after.now is not None
    return len(after.machine.findings), sum(one.settlement is None for one in after.now.findings)


def test_steps_that_nobody_counted_say_nothing_of_keys(store: Store) -> None:
    one = repaired(store, 1, 1)
    work.accept(store, ANN, On(one.row.id, one.version))
    whole = in_all(throughput(store, LEAD, ALWAYS))
    assert (whole.reports, whole.counted, whole.presses_each) == (1, 0, None)


def test_a_pause_is_nobodys_work(store: Store) -> None:
    one = misread(store, 1)
    waits(store, PAUSE / 1_000_000)
    one = work.correct(store, ANN, on(one), Change(f"{ROW}/natural_person", right(one)))
    waits(store, 59)
    work.accept(store, ANN, on(one))
    assert in_all(throughput(store, LEAD, ALWAYS)).seconds == 60


def test_an_acceptance_taken_back_is_no_report_done(store: Store) -> None:
    one = work.accept(store, ANN, on(repaired(store, 1, 1)))
    one = work.undo(store, ANN, on(one))
    assert in_all(throughput(store, LEAD, ALWAYS)).done == 0
    work.accept(store, ANN, on(one))
    assert in_all(throughput(store, LEAD, ALWAYS)).done == 1


def test_parking_is_work_but_no_report_done(store: Store) -> None:
    work.park(store, ANN, on(misread(store, 1)), question="印章遮住了数字？")
    whole = in_all(throughput(store, LEAD, ALWAYS))
    assert (whole.steps, whole.done) == (1, 0)


def test_days_are_those_of_the_readers_clock(store: Store) -> None:
    assert isinstance(store.clock, Clock)
    store.clock.now = 1_700_006_400_000_000 - 60_000_000  # a minute before midnight, UTC
    work.accept(store, ANN, on(repaired(store, 1, 1)))
    waits(store, 120)
    work.accept(store, ANN, on(repaired(store, 2, 1)))
    days = by_day(throughput(store, LEAD, ALWAYS))
    assert [(one.day, one.reports) for one in days] == [(date(2023, 11, 14), 1), (date(2023, 11, 15), 1)]
    [only] = by_day(throughput(store, LEAD, Span(offset=timedelta(hours=8))))
    assert (only.day, only.reports) == (date(2023, 11, 15), 2)
    [later] = throughput(store, LEAD, Span(since=1_700_006_400_000_000))
    assert (later.day, later.reports) == (date(2023, 11, 15), 1)
    assert throughput(store, LEAD, Span(until=1_600_000_000_000_000)) == []


def test_machines_do_no_reviewers_work(store: Store) -> None:
    taken(store, arrival(1, MISREAD))
    assert throughput(store, LEAD, ALWAYS) == []
    assert in_all([]).seconds_each is None


def test_what_a_step_cost_is_no_part_of_the_state(store: Store) -> None:
    one = work.accept(store, ANN, on(repaired(store, 1, 4), presses=2))
    with store.reading() as connection:
        events = events_of(connection, one.row.id)
    assert replay(events) == one.state
    assert [sorted(event.data) for event in events[1:]] == [["new", "old"], []]


def test_second_reviews_are_told_apart(store: Store) -> None:
    _audited(store, 1, NOTE, 4, 4)
    told = {one.reviewer: (one.reports, one.again) for one in by_reviewer(throughput(store, LEAD, ALWAYS))}
    assert told == {"Ann": (1, 0), "Ben": (0, 1)}


def _audited(store: Store, number: int, path: str, first: int, again: int, decided: int | None = None) -> None:
    """A report that Ann accepted and Ben audited; where they differ, a lead decided."""
    one = open_report(store, ANN, taken(store, arrival(number)).report)
    if path == NOTE:
        one = work.correct(store, ANN, on(one), Change(path, Entry(first)))
    work.accept(store, ANN, on(one))
    second.draw_audit(store, LEAD, 1)
    claimed = second.claim_second(store, BEN)
    assert claimed is not None
    other = open_report(store, BEN, claimed.report, claimed.round)
    other = work.correct(store, BEN, on(other), Change(path, Entry(again)))
    work.accept(store, BEN, on(other))
    if decided is not None:
        disputed = open_report(store, LEAD, claimed.report)
        second.adjudicate(store, LEAD, on(disputed), claimed.round, {path: Entry(decided, "number")})


def test_escapes_are_what_a_lead_decided_against_the_first(store: Store) -> None:
    _audited(store, 1, NOTE, 4, 5, decided=5)
    _audited(store, 2, NOTE, 4, 5, decided=4)
    _audited(store, 3, SURE, 389, 398, decided=398)
    _audited(store, 4, NOTE, 4, 4)
    _audited(store, 5, NOTE, 4, 6)
    late, early = escapes(store, LEAD)
    assert (early.path, early.reviewer, early.accepted.value, early.decided.value) == (NOTE, "Ann", 4, 5)
    assert not early.sure  # Ann had put it there herself
    assert (late.path, late.accepted.value, late.decided.value, late.sure) == (SURE, 389, 398, True)


def test_a_third_value_may_be_decided(store: Store) -> None:
    _audited(store, 1, SURE, 389, 398, decided=400)
    [one] = escapes(store, LEAD)
    assert one.decided.value == 400
    assert open_report(store, LEAD, one.report).record.tables["proactive_disclosure"]["licences"]["decisions"] == 400


def test_what_models_cost_is_summed_exactly(store: Store) -> None:
    usages = [
        Usage(2, 1_000, 0, 50, "0.000000123"),
        Usage(3, 500, 10, 20, "0.1"),
        Usage(1, 9, 0, 1, "7", "CNY"),
        Usage(),
    ]
    for number, usage in enumerate(usages, 1):
        made = arrival(number)
        assert made.record is not None
        made.record.usage = usage
        taken(store, replace(made), Reader("1.0", "hybrid"))
    yuan, dollars = spending(store, LEAD, ALWAYS)
    assert (yuan.currency, yuan.readings, yuan.cost) == ("CNY", 1, Decimal(7))
    assert (dollars.engine, dollars.readings, dollars.calls, dollars.input_tokens) == ("hybrid", 2, 5, 1_500)
    assert dollars.cost == Decimal("0.100000123")
    assert dollars.cost_each == Decimal("0.0500000615")
    assert spending(store, LEAD, Span(until=0)) == []


@pytest.mark.parametrize("figure", [throughput, spending])
@pytest.mark.parametrize("who", [ANN, EVE])
def test_only_leads_see_how_it_went(store: Store, figure: Callable[..., object], who: Person) -> None:
    with pytest.raises(NotPermittedError):
        figure(store, who, ALWAYS)


def test_only_leads_see_escapes(store: Store) -> None:
    with pytest.raises(NotPermittedError):
        escapes(store, ANN)


def test_time_goes_on_where_the_claim_was_renewed(store: Store) -> None:
    """The page renews the claim whenever it is drawn: time is told from the step before, not from there."""
    one = repaired(store, 1, 1)
    waits(store, 30)
    work.claim(store, ANN, one.row.id)
    waits(store, 5 * MINUTE / 1_000_000)
    work.accept(store, ANN, on(one))
    assert in_all(throughput(store, LEAD, ALWAYS)).seconds == 1 + 30 + 300 + 2


def test_the_sums_are_what_the_log_says(store: Store) -> None:
    """They are kept beside the log, and could be made from it alone."""
    for number, presses in enumerate((1, 2, None), 1):
        one = misread(store, number, ANN if number < 3 else BEN)
        who = ANN if number < 3 else BEN
        one = work.correct(store, who, on(one, presses), Change(f"{ROW}/natural_person", right(one)))
        one = work.undo(store, who, on(one, 1))
        one = work.correct(store, who, on(one, 5), Change(f"{ROW}/natural_person", right(one)))
        waits(store, 3_000)
        work.accept(store, who, on(one, presses))
    with store.reading() as connection:
        kept = {(row.who, row.hour): dict(row._mapping) for row in connection.execute(select(tally))}
        steps = connection.execute(select(event).where(event.c.done.is_not(None))).all()
    made: dict[tuple[str, int], Counter[str]] = {}
    for row in steps:
        effort = Effort(row.took, row.presses, row.closed, row.done)
        made.setdefault((row.who, row.at // HOUR), Counter()).update(tally_of(row.round, effort))
    assert len(steps) == 12
    assert {key: {name: sums[name] for name in sums} for key, sums in made.items()} == {
        key: {name: value for name, value in sums.items() if name not in ("who", "hour")} for key, sums in kept.items()
    }
