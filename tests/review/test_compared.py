"""What other engines read, beside what stands; and what the sums of the tables come to."""

from __future__ import annotations

import pytest

from extractor.finding import Words, make
from extractor.forms import builtin_forms
from extractor.record import Finding
from extractor.review import work
from extractor.review.compared import model_answers, read_besides
from extractor.review.opening import open_report
from extractor.review.saving import On
from extractor.review.sums import sums_of
from extractor.store import Store
from extractor.store.readings import Reader
from extractor.store.state import Entry
from tests.stores import ANN, LEAD, arrival, taken

ROW = "/tables/applications/granted"
PATHS = [f"{ROW}/natural_person", f"{ROW}/total"]


def disagreement(answer: str, paths: list[str], code: str = "model_disagreement") -> Finding:
    return make(code, paths, subject=Words("某行", "a row"), answer=answer, reading="1 2")


@pytest.mark.parametrize(
    ("finding", "told"),
    [
        (disagreement("3 4", PATHS), dict(zip(PATHS, ("3", "4"), strict=True))),
        (disagreement("3 □", PATHS, "model_outvoted"), dict(zip(PATHS, ("3", ""), strict=True))),
        (disagreement("“松江 口镇”", ["/organisation"]), {"/organisation": "松江 口镇"}),
        (disagreement("3 4 5", PATHS), {}),
        (make("blank_table", ["/tables/applications"], table=Words("表", "table")), {}),
    ],
)
def test_a_models_answer_is_told_by_path(finding: Finding, told: dict[str, str]) -> None:
    assert model_answers([finding]) == told


def test_the_newest_reading_of_every_other_engine_is_beside(store: Store) -> None:
    report = taken(store, arrival(1, {PATHS[0]: 7}), Reader("1.0", "rules")).report
    for version, value in (("1.0", 5), ("1.1", 6)):
        taken(store, arrival(1, {PATHS[0]: value}), Reader(version, "hybrid"))
    taken(store, arrival(1, {PATHS[0]: 8}), Reader("2.0", "rules"))
    found = open_report(store, ANN, report)
    beside = read_besides(store, ANN, found)
    values = {engine: record.tables["applications"]["granted"]["natural_person"] for engine, record in beside.items()}
    assert (found.reading.engine, values) == ("rules", {"hybrid": 6})


def test_sums_are_told_anew_after_each_step(store: Store) -> None:
    report = taken(store, arrival(1, {PATHS[0]: 7})).report
    found = open_report(store, ANN, report)
    form = next(one for one in builtin_forms() if one.id == found.record.form)
    failing = [one for one in sums_of(found.record, form) if not one.holds]
    assert {(one.along, one.line) for one in failing} == {("row", "granted"), ("column", "natural_person")}
    assert (failing[0].left, failing[0].right) == ("23", "17")
    mended = work.correct(store, ANN, On(report, found.version), work.Change(PATHS[0], Entry(1)))
    told = sums_of(mended.record, form)
    assert all(one.holds for one in told)
    assert {one.code for one in told} >= {"row_sum", "column_sum", "carry_balance", "review_sum"}
    assert sums_of(mended.record, None) == []


def test_what_cannot_be_added_up_is_not_told(store: Store) -> None:
    report = taken(store, arrival(1)).report
    version = open_report(store, LEAD, report).version
    change = work.Change(PATHS[0], Entry(None, "unreadable"))
    found = work.correct(store, LEAD, On(report, version), change)
    form = next(one for one in builtin_forms() if one.id == found.record.form)
    assert ("row", "granted") not in {(one.along, one.line) for one in sums_of(found.record, form)}
