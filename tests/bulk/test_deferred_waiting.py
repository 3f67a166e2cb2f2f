"""Who waits for a question: several jobs for the same one, or nobody any more."""

from __future__ import annotations

import json

import pytest

from extractor.bulk.deferred_lock import locked
from extractor.bulk.deferred_questions import Wanted
from extractor.bulk.watch import NOBODY, Event
from extractor.store import Store
from tests.batch_server import BatchServer
from tests.bulk.deferring import MODEL, Case, MakeCase, kind, make_case, server
from tests.stores import KINDS

__all__ = ["kind", "make_case", "server"]


def models_in(server: BatchServer) -> list[set[str]]:
    return [{json.loads(line)["body"]["model"] for line in data.splitlines()} for data in server.inputs]


def ends_at(case: Case, step: str) -> None:
    """End the process at a step of its batches."""

    class Ending:
        def see(self, event: Event) -> None:
            if event.name == "batch_moved" and event.outcome == step:
                raise KeyboardInterrupt

    case.watcher = Ending()
    with pytest.raises(KeyboardInterrupt):
        case.submit()


@pytest.mark.parametrize("kind", KINDS)
def test_two_jobs_with_the_same_questions(make_case: MakeCase) -> None:
    first, second = make_case(), make_case(job="second")
    first.submit()
    first.server.looks = 2
    standing = second.submit()
    assert (standing.is_over, standing.batches, standing.waiting) == (
        False,
        [],
        len(first.server.inputs[0].splitlines()),
    )
    assert not second.collect(wait=False).is_over
    assert second.collect().is_over
    assert second.records() == first.live()
    assert first.collect().is_over
    assert first.records() == first.live()
    assert set(first.server.paid.values()) == {1}
    assert second.sums()["cost"] == 0
    assert first.server.files == {}


def test_what_the_other_job_has_not_sent_is_sent(make_case: MakeCase) -> None:
    first, second = make_case(), make_case(job="second")
    ends_at(first, "planned")
    second.submit()
    assert second.collect().is_over
    assert second.records() == first.live()
    assert first.collect().is_over
    assert (first.records(), set(first.server.paid.values())) == (first.live(), {1})


def test_batches_that_another_process_works_on_are_left_to_it(make_case: MakeCase, store: Store) -> None:
    first, second = make_case(), make_case(job="second")
    first.submit()
    second.submit()
    with locked(store, first.terms().job):
        assert not second.collect(wait=False).is_over
    assert not first.server.paid
    assert second.collect(wait=False).is_over


def test_another_model_leaves_open_questions_of_the_old_one(make_case: MakeCase) -> None:
    case = make_case(more={"budget_per_run": "0.05"})
    assert case.submit().questions["open"]
    case.more = {"model": "new-model"}
    case.submit()
    assert case.collect().is_over
    assert [MODEL in models for models in models_in(case.server)] == [True, False]
    assert case.records() == {name: record.replace(MODEL, "new-model") for name, record in case.live().items()}


@pytest.mark.parametrize("step", ["planned", "uploaded"])
def test_a_batch_of_the_old_model_that_was_begun_is_not_paid(make_case: MakeCase, step: str) -> None:
    case = make_case()
    ends_at(case, step)
    case.more, case.watcher = {"model": "new-model"}, NOBODY
    case.submit()
    assert case.collect().is_over
    assert models_in(case.server) == [{"new-model"}]
    assert case.server.files == {}


def test_what_nobody_waits_for_is_not_sent(make_case: MakeCase) -> None:
    case = make_case(engine="model", more={"budget_per_run": "0.05"})
    assert case.submit().questions["open"] > 1
    case.engine, case.more = "hybrid", {}
    hybrid = {Wanted(one, MODEL).key.digest() for path in case.paths for one in case.questions(path)}
    case.submit()
    assert case.collect().is_over
    asked = {json.loads(line)["custom_id"] for data in case.server.inputs[1:] for line in data.splitlines()}
    assert asked
    assert asked <= hybrid
