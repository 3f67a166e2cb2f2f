"""What a lead may decide between two reviews: either entry, or a third one that could stand there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from extractor.errors import CorrectionError
from extractor.review import second, work
from extractor.review.opening import Opened, open_report
from extractor.review.saving import On
from extractor.review.work import Change
from extractor.settings import load_settings
from extractor.store import Store
from extractor.store.state import Entry
from tests.stores import ANN, BEN, LEAD, arrival, taken

TABLE = "/tables/proactive_disclosure/regulations/issued"
TITLE = "/title"


@pytest.fixture(autouse=True)
def no_second_reviews(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("EXTRACTOR_SECOND_REVIEW_SHARE", "0")
    load_settings.cache_clear()
    yield
    monkeypatch.undo()
    load_settings.cache_clear()


def disputed(store: Store, path: str, first: Entry, again: Entry) -> tuple[Opened, int]:
    """A report that Ann accepted so and Ben otherwise, and the round."""
    report = taken(store, arrival(1)).report
    one = work.correct(store, ANN, On(report, open_report(store, ANN, report).version), Change(path, first))
    work.accept(store, ANN, On(report, one.version))
    [drawn] = second.draw_audit(store, LEAD, 1)
    claimed = second.claim_second(store, BEN)
    assert claimed is not None
    on = On(report, open_report(store, BEN, report, drawn.round).version, drawn.round)
    after = work.correct(store, BEN, on, Change(path, again))
    work.accept(store, BEN, On(report, after.version, drawn.round))
    return open_report(store, LEAD, report), drawn.round


@pytest.mark.parametrize(
    ("chosen", "value", "state"),
    [
        (Entry(4, "number"), 4, "number"),
        (Entry(5, "number"), 5, "number"),
        (Entry(7), 7, "number"),
        (Entry(None, "blank"), None, "blank"),
        (Entry(None, "not_applicable"), None, "not_applicable"),
        (Entry(None, "unreadable"), None, "unreadable"),
    ],
)
def test_a_cell_is_decided(store: Store, chosen: Entry, value: int | None, state: str) -> None:
    found, number = disputed(store, TABLE, Entry(4), Entry(5))
    after = second.adjudicate(store, LEAD, On(found.row.id, found.version), number, {TABLE: chosen})
    assert after.row.state == "accepted"
    assert after.record.tables["proactive_disclosure"]["regulations"]["issued"] == value
    assert after.record.evidence[TABLE].state == state


def test_another_field_is_decided(store: Store) -> None:
    found, number = disputed(store, TITLE, Entry("甲"), Entry("乙"))
    after = second.adjudicate(store, LEAD, On(found.row.id, found.version), number, {TITLE: Entry("丙")})
    assert after.record.title == "丙"


@pytest.mark.parametrize("wrong", [Entry("七"), Entry(3, "blank"), Entry(None, "number")])
def test_what_cannot_stand_there_is_refused(store: Store, wrong: Entry) -> None:
    found, number = disputed(store, TABLE, Entry(4), Entry(5))
    with pytest.raises(CorrectionError):
        second.adjudicate(store, LEAD, On(found.row.id, found.version), number, {TABLE: wrong})
    assert open_report(store, LEAD, found.row.id).row.state == "disputed"
