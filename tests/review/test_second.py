"""Second reviews, adjudication, agreement and audits."""

from __future__ import annotations

from typing import Any

import pytest

from extractor.errors import NotPermittedError, StateError
from extractor.review import second, work
from extractor.review.agreement import ALL, agreement, cohens_kappa, krippendorffs_alpha
from extractor.review.auditing import error_rates
from extractor.review.opening import Opened, open_report
from extractor.review.people import Person
from extractor.review.saving import On
from extractor.review.work import Change
from extractor.settings import load_settings
from extractor.store import Store
from extractor.store.rounds import Round, rounds
from extractor.store.state import Entry
from tests.stores import ANN, BEN, LEAD, MINUTE, Clock, arrival, taken

TOTAL = "/tables/applications/new_received/total"
NOTE = "/tables/proactive_disclosure/regulations/issued"


@pytest.fixture(autouse=True)
def everything_twice(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("EXTRACTOR_SECOND_REVIEW_SHARE", "1")
    load_settings.cache_clear()
    yield
    monkeypatch.undo()
    load_settings.cache_clear()


def on(one: Opened) -> On:
    return On(one.row.id, one.version, one.round)


def put(store: Store, one: Opened, value: Any, who: Person, path: str = NOTE) -> Opened:
    return work.correct(store, who, on(one), Change(path, Entry(value)))


def first_review(store: Store, number: int = 1, **cells: int) -> Opened:
    """A report that Ann has accepted, with her corrections."""
    one = open_report(store, ANN, taken(store, arrival(number)).report)
    for value in cells.values():
        one = put(store, one, value, ANN)
    return work.accept(store, ANN, on(one))


def second_review(store: Store, value: int | None = None, who: Person = BEN) -> Opened:
    found = second.claim_second(store, who)
    assert found is not None
    one = open_report(store, who, found.report, found.round)
    if value is not None:
        one = put(store, one, value, who)
    return work.accept(store, who, on(one))


def states(store: Store) -> list[Round]:
    with store.reading() as connection:
        return rounds(connection)


def test_two_who_agree_need_nobody_else(store: Store) -> None:
    done = first_review(store, issued=4)
    assert second.claim_second(store, ANN) is None
    second_review(store, 4)
    assert [one.state for one in states(store)] == ["agrees"]
    assert open_report(store, LEAD, done.row.id).row.state == "accepted"


def test_the_second_does_not_see_the_first(store: Store) -> None:
    done = first_review(store, issued=4)
    found = second.claim_second(store, BEN)
    assert found is not None
    blind = open_report(store, BEN, found.report, found.round)
    assert blind.record.tables == blind.machine.tables
    with pytest.raises(NotPermittedError, match="second time"):
        open_report(store, BEN, done.row.id)


def test_differences_are_decided_by_a_lead(store: Store) -> None:
    done = first_review(store, issued=4)
    second_review(store, 5)
    disputed = open_report(store, LEAD, done.row.id)
    assert (disputed.row.state, disputed.row.reviewer) == ("disputed", "Ann")
    with pytest.raises(NotPermittedError):
        second.adjudicate(store, ANN, on(disputed), 1, {NOTE: Entry(5, "number")})
    with pytest.raises(StateError, match="each difference"):
        second.adjudicate(store, LEAD, on(disputed), 1, {})
    settled = second.adjudicate(store, LEAD, on(disputed), 1, {NOTE: Entry(5, "number")}, why="原文为5")
    assert settled.row.state == "accepted"
    assert settled.record.tables["proactive_disclosure"]["regulations"]["issued"] == 5
    with pytest.raises(StateError, match="settled"):
        second.adjudicate(store, LEAD, on(settled), 1, {NOTE: Entry(5, "number")})


def test_a_second_review_left_lying_goes_to_another(store: Store) -> None:
    first_review(store)
    assert second.claim_second(store, BEN) is not None
    assert second.claim_second(store, LEAD) is None
    assert isinstance(store.clock, Clock)
    store.clock.now += 31 * MINUTE
    assert second.claim_second(store, LEAD) is not None


def test_a_share_is_drawn_by_hash(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXTRACTOR_SECOND_REVIEW_SHARE", "0")
    load_settings.cache_clear()
    first_review(store)
    assert states(store) == []


def test_agreement_is_told_field_by_field(store: Store) -> None:
    for number, (one, other) in enumerate([(4, 4), (4, 4), (5, 5), (5, 6)], 1):
        first_review(store, number, issued=one)
        second_review(store, other)
    with pytest.raises(NotPermittedError):
        agreement(store, ANN)
    found = {one.field: one for one in agreement(store, LEAD)}
    assert (found[NOTE].reports, found[NOTE].same) == (4, 3)
    assert found[NOTE].kappa == pytest.approx(0.6)  # observed 3/4, by chance (2·2 + 2·1)/16
    assert found[TOTAL].kappa is None
    assert found[ALL].same == found[ALL].reports - 1


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [([("a", "a"), ("b", "b")], 1.0), ([("a", "b"), ("b", "a")], -1.0), ([("a", "a")], None), ([], None)],
)
def test_kappa(pairs: list[tuple[str, str]], kappa: float | None) -> None:
    assert cohens_kappa(pairs) == kappa


def test_alpha() -> None:
    pytest.importorskip("nltk", reason="nltk is not installed: Krippendorff's alpha is not told")
    pairs = [("a", "a"), ("a", "a"), ("b", "b"), ("b", "a")]
    # four of each coder: a 5, b 3; observed disagreement 1/4, expected 2·5·3/(8·7)
    assert krippendorffs_alpha(pairs) == pytest.approx(1 - 0.25 / (30 / 56))
    assert krippendorffs_alpha([("a", "a")]) is None


def test_an_audit_tells_how_often_a_reviewer_erred(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXTRACTOR_SECOND_REVIEW_SHARE", "0")
    load_settings.cache_clear()
    ids = [first_review(store, number, issued=4).row.id for number in (1, 2, 3)]
    with pytest.raises(NotPermittedError):
        second.draw_audit(store, ANN, 2)
    drawn = second.draw_audit(store, LEAD, 9, seed=7)
    assert [one.report for one in drawn] == ids
    assert second.draw_audit(store, LEAD, 9) == []
    assert second.claim_second(store, ANN) is None
    outcomes = [(second_review(store, value), decided) for value, decided in ((4, None), (5, 5), (6, 4))]
    for done, decided in outcomes:
        if decided is not None:
            disputed = open_report(store, LEAD, done.row.id)
            second.adjudicate(store, LEAD, on(disputed), done.round, {NOTE: Entry(decided, "number")})
    [ann] = error_rates(store, LEAD)
    assert (ann.reviewer, ann.reports, ann.errors, ann.pending) == ("Ann", 3, 1, 0)
    assert 0 < ann.low < ann.rate < ann.high < 0.05
