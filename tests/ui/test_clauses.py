"""Part five cut anew, clause by clause: no word is lost, ids stay, and no link leads nowhere or elsewhere."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractor.document import Document
from extractor.record import Improvement, Passage, Record
from extractor.review.fields import checked, copy_of, put
from extractor.store.state import Entry
from extractor.ui.desk.clauses import LISTS, Clause, Role, recast
from tests.ui.desks import FILES, clauses_of, read

NAMES = [name for name in FILES if not name.endswith("print.pdf")]  # its text is that of the Word file
CAST = st.tuples(st.integers(0, 200), st.sampled_from(get_args(Role)))


def after(document: Document, record: Record, at: int, role: Role) -> Record:
    """The record with one clause given another role."""
    made = copy_of(record)
    for path, items in recast(document, record, clauses_of(document, record), at, role).items():
        put(made, path, checked(made, path, Entry(items), document.text))
    return made


def items_of(record: Record) -> list[Passage]:
    return [*record.narrative.issues, *record.narrative.improvements]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(NAMES), st.lists(CAST, min_size=1, max_size=6))
def test_any_casts_leave_a_sound_record(name: str, casts: list[tuple[int, Role]]) -> None:
    document, record = read(name)
    spots = [clause.spot for clause in clauses_of(document, record)]
    for at, role in casts if spots else []:
        made = after(document, record, at % len(spots), role)
        assert [clause.spot for clause in clauses_of(document, made)] == spots
        _is_sound(document, made)
        _others_are_untouched(record, made, spots[at % len(spots)].start)
        record = made


def _is_sound(document: Document, record: Record) -> None:
    issues = [item.id for item in record.narrative.issues]
    for items in (record.narrative.issues, record.narrative.improvements):
        assert len({item.id for item in items}) == len(items)
        assert all(one.end <= other.start for one, other in pairwise(items))
    assert all(item.text == document.text[item.start : item.end] for item in items_of(record))
    assert all(name in issues for measure in record.narrative.improvements for name in measure.answers)


def _others_are_untouched(before: Record, made: Record, at: int) -> None:
    """Items that neither hold the clause nor stand beside it are what they were, ids and all."""
    ordered = sorted(items_of(before), key=lambda item: item.start)
    near = [number for number, item in enumerate(ordered) if item.start <= at]
    last = near[-1] if near else -1
    kept = {(item.id, item.start, item.end) for item in items_of(made)}
    apart = [item for number, item in enumerate(ordered) if abs(number - last) > 1]
    assert {(item.id, item.start, item.end) for item in apart} <= kept


def first_of(clauses: list[Clause], role: Role) -> int:
    return next(at for at, clause in enumerate(clauses) if clause.role == role)


@pytest.mark.parametrize("name", NAMES)
def test_the_role_that_a_clause_has_changes_nothing(name: str) -> None:
    document, record = read(name)
    clauses = clauses_of(document, record)
    assert all(recast(document, record, clauses, at, clause.role) == {} for at, clause in enumerate(clauses))


@pytest.mark.parametrize("name", NAMES)
def test_an_issue_taken_out_takes_its_links_along(name: str) -> None:
    document, record = read(name)
    if not record.narrative.issues:
        return
    gone = record.narrative.issues[0].id
    made = copy_of(record)
    made.narrative.improvements = [
        Improvement(one.id, one.text, one.start, one.end, answers=[gone]) for one in record.narrative.improvements
    ]
    clauses = clauses_of(document, made)
    result = after(document, made, first_of(clauses, "issue"), "none")
    there = {item.id for item in result.narrative.issues}
    assert all(set(one.answers) <= there for one in result.narrative.improvements)


def test_the_only_measure_can_become_an_issue() -> None:
    document, record = next(
        (document, record) for document, record in map(read, NAMES) if record.narrative.improvements
    )
    made = copy_of(record)
    made.narrative.improvements = record.narrative.improvements[:1]
    clauses = clauses_of(document, made)
    lists = recast(document, made, clauses, first_of(clauses, "improvement"), "issue")
    assert lists[LISTS["improvement"]] == []
    assert len(lists[LISTS["issue"]]) == len(made.narrative.issues) + 1
