"""What the browser sends: no value of any kind does more than the person may do, and each refusal says why."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import CorrectionError, ExtractorError, NotPermittedError
from extractor.review.opening import Opened, open_report
from extractor.store import Store
from extractor.store.events import FIRST
from extractor.ui.desk.steps import Doing, Step, entry_typed, parsed
from tests.stores import ANN, EVE, LEAD
from tests.ui.desks import clauses_of, new_store, opened_in, read

NAME = "qingzhen_health_bureau_2022.txt"
CELL = "/tables/applications/denied_internal_affairs/natural_person"
AMOUNT = "/tables/proactive/admin_charges/amount"
TOKEN = "0" * 32


def step(kind: str = "correct", **more: object) -> dict[str, Any]:
    return {"kind": kind, "token": TOKEN, "report": 1, "round": FIRST, "version": 1, **more}


NO_STEPS: list[object] = [
    None,
    "accept",
    7,
    [],
    {},
    {"kind": "accept"},
    step("delete"),
    step("__class__"),
    step() | {"token": "0" * 31},
    step() | {"token": "'; DROP TABLE report; --"},
    step(token=None),
    step(version=-1),
    step(version="x"),
    step(version=1e400),
    step(text="9" * 2_001),
    step(text={"$gt": ""}),
    step(text=7),
    step(path=["/year"]),
    step(state="number"),
    step(state="gone"),
    step("settle", outcome="right"),
    step("recut", at=-1),
    step("recut", at="0", role="king"),
    step("keep", choice="both"),
]


@pytest.mark.parametrize("sent", NO_STEPS, ids=repr)
def test_what_is_no_step_is_refused(sent: object) -> None:
    with pytest.raises(CorrectionError):
        parsed(sent)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.dictionaries(st.sampled_from(sorted(Step.model_fields)), ANYTHING)


@given(ANYTHING | FIELDS | FIELDS.map(lambda more: step("correct", path=CELL) | more))
def test_anything_at_all_is_a_step_or_refused(sent: object) -> None:
    try:
        assert isinstance(parsed(sent), Step)
    except CorrectionError as error:
        assert error.zh
        assert error.en


@pytest.mark.parametrize(
    ("path", "typed", "value", "state"),
    [
        (CELL, "1,180", 1180, "number"),
        (CELL, "１１８０", 1180, "number"),
        (CELL, " 0 ", 0, "number"),
        (CELL, "", None, "blank"),
        (CELL, "—", None, "not_applicable"),
        (CELL, "/", None, "not_applicable"),
        (AMOUNT, "12.5", Decimal("12.5"), "number"),
        (AMOUNT, "5000元", Decimal("0.5"), "number"),
        ("/year", "2023", 2023, None),
        ("/organisation", "  ", None, None),
        ("/period", "2023-01-01 – 2023-12-31", {"start": "2023-01-01", "end": "2023-12-31"}, None),
    ],
)
def test_what_is_typed_is_read_as_a_cell_is(path: str, typed: str, value: object, state: str | None) -> None:
    entry = entry_typed(parsed(step(path=path, text=typed)))
    assert (entry.value, entry.state) == (value, state)


@pytest.mark.parametrize("typed", ["abc", "=1+1", "<b>1</b>", "约五件", "1;2", "ＮａＮ", "1e999"])
def test_words_are_no_number(typed: str) -> None:
    with pytest.raises(CorrectionError):
        entry_typed(parsed(step(path=CELL, text=typed)))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = new_store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def found(store: Store) -> Opened:
    return opened_in(store, NAME)


def doing(store: Store, person: Any = ANN) -> Doing:
    document, record = read(NAME)
    return Doing(store, person, document, clauses_of(document, record))


BAD = [
    step(path=""),
    step(path="/"),
    step(path="/tables"),
    step(path="/tables/applications", text="1"),
    step(path="/tables/applications/denied_internal_affairs/nobody", text="1"),
    step(path=CELL + "/more", text="1"),
    step(path="/tables/../evidence/x", text="1"),
    step(path="/narrative/issues", text="x"),
    step(path="/narrative/claims/c1/text", text="x"),
    step(path="/source/name", text="x"),
    step(path="/status", text="accepted"),
    step(path="/__class__", text="x"),
    step(path="/year", text="20233"),
    step(path="/year", text="二〇二三"),
    step(path="/period", text="2023-13-01 – 2023-12-31"),
    step(path="/period", text="soon"),
    step(path="/published", text="2023-02-30"),
    step(path="/body/level", text="galaxy"),
    step(path="/organisation", text="字" * 301),
    step(path=CELL, text="9" * 30),
    step(path=CELL, text="0." + "1" * 12),
    step(path="/year", state="blank", text="2023") | {"path": "/body/level/x"},
    step("repair", finding="row_sum /nowhere"),
    step("settle", finding="' OR 1=1", note="x"),
    step("unsettle", finding="row_sum"),
    step("keep", path=CELL),
    step("recut", at=10_000, role="issue"),
]


@pytest.mark.parametrize("sent", BAD, ids=repr)
def test_what_cannot_stand_is_refused_and_nothing_saved(store: Store, found: Opened, sent: dict[str, Any]) -> None:
    with pytest.raises(CorrectionError):
        doing(store).do(found, parsed({**sent, "version": found.version}))
    assert open_report(store, LEAD, found.row.id).version == found.version


@pytest.mark.parametrize("kind", ["correct", "repair", "settle", "accept", "reject", "park", "undo", "recut"])
def test_who_may_only_read_changes_nothing(store: Store, found: Opened, kind: str) -> None:
    finding = " ".join([found.machine.findings[0].code, *found.machine.findings[0].paths])
    named = finding if kind in ("repair", "settle") else ""
    sent = step(kind, path=CELL, text="5", note="x", finding=named, at=0, role="issue", version=found.version)
    with pytest.raises(ExtractorError) as caught:
        doing(store, EVE).do(found, parsed(sent))
    assert isinstance(caught.value, NotPermittedError) or kind == "repair"
    assert open_report(store, LEAD, found.row.id).version == found.version


def test_a_step_sent_twice_is_saved_once(store: Store, found: Opened) -> None:
    sent = parsed(step(path=CELL, text="5", version=found.version))
    first = doing(store).do(found, sent)
    again = doing(store).do(found, sent)
    assert first.version == again.version == found.version + 1


def test_part_five_cut_anew_is_kept(store: Store, found: Opened) -> None:
    document, record = read(NAME)
    clauses = clauses_of(document, record)
    at = next(number for number, clause in enumerate(clauses) if clause.role == "issue")
    after = doing(store).do(found, parsed(step("recut", at=at, role="none", version=found.version)))
    assert len(after.record.narrative.issues) != len(record.narrative.issues) or after.version > found.version


def test_a_step_belongs_to_the_report_that_it_was_made_on(found: Opened) -> None:
    assert parsed(step("accept", report=found.row.id)).is_for(found)
    assert not parsed(step("accept", report=found.row.id + 1)).is_for(found)
    assert not parsed(step("accept", report=found.row.id, round=FIRST + 1)).is_for(found)
