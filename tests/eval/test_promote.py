"""Accepted reviews become gold; what is undecided is held back; what the rules misread does not gate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.cases import LABEL, find_cases
from eval.promote import promoted
from extractor.gold import read_gold
from extractor.promotion import candidates
from extractor.review import work
from extractor.review.opening import Opened, open_report
from extractor.review.saving import On
from extractor.review.work import Change
from extractor.settings import load_settings
from extractor.store import Store, open_store
from extractor.store.state import Entry
from tests.stores import ANN, LEAD, Clock, arrival, make_address, settings_for, taken

TOTAL = "/tables/applications/new_received/total"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(settings_for(make_address("sqlite", tmp_path)), clock=Clock())
    yield opened
    opened.close()


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return tmp_path / "gold"


@pytest.fixture(autouse=True)
def _no_second_review(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("EXTRACTOR_SECOND_REVIEW_SHARE", "0")
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


def misread(store: Store) -> Opened:
    """A report whose one total was misread, before Ann."""
    made = arrival()
    right = made.record.tables["applications"]["new_received"]["total"]  # type: ignore[union-attr]
    report = taken(store, arrival(0, {TOTAL: (right or 0) + 5})).report
    return open_report(store, ANN, report)


def on(found: Opened) -> On:
    return On(found.row.id, found.version)


def accepted(store: Store) -> Opened:
    before = misread(store)
    repair = next(one.finding for one in before.now.findings if one.finding.repair)  # type: ignore[union-attr]
    return work.accept(store, ANN, on(work.apply_repair(store, ANN, on(before), repair)))


def test_an_accepted_review_is_gold_that_scores(store: Store, gold: Path) -> None:
    done = accepted(store)
    (one,) = candidates(store, LEAD, [done.row.id])
    said, is_gold = promoted(one, gold, set())
    assert is_gold, said
    (place,) = gold.iterdir()
    labels = read_gold(place / LABEL)
    assert [review.by for review in labels.reviews] == ["Ann"]
    assert labels.tables == done.record.tables
    assert labels.hard == ""
    assert "Ann" in (place / "note.md").read_text("utf-8")
    found = find_cases([str(gold)])
    assert place.name in [case.id for case in found.cases]


def test_what_the_rules_misread_is_hard(store: Store, gold: Path) -> None:
    done = accepted(store)
    reopened = work.reopen(store, ANN, on(done))
    changed = work.correct(store, ANN, on(reopened), Change("/organisation", Entry("砚海市另一机关")))
    (one,) = candidates(store, LEAD, [work.accept(store, ANN, on(changed)).row.id])
    promoted(one, gold, set())
    (place,) = gold.iterdir()
    assert "/organisation" in read_gold(place / LABEL).hard


def test_what_nobody_accepted_is_held_back(store: Store, gold: Path) -> None:
    (one,) = candidates(store, LEAD, [misread(store).row.id])
    said, is_gold = promoted(one, gold, set())
    assert not is_gold
    assert said.startswith("held back")
    assert not gold.exists()


def test_a_second_review_that_is_not_done_holds_a_report_back(
    store: Store, gold: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXTRACTOR_SECOND_REVIEW_SHARE", "1")
    load_settings.cache_clear()
    (one,) = candidates(store, LEAD, [accepted(store).row.id])
    assert "second review" in promoted(one, gold, set())[0]


def test_gold_is_not_promoted_twice(store: Store, gold: Path) -> None:
    done, known = accepted(store), set[str]()
    for said in ("review_", "is gold already"):
        (one,) = candidates(store, LEAD, [done.row.id])
        assert promoted(one, gold, known)[0].startswith(said)
    assert len(list(gold.iterdir())) == 1
