"""One process at a time works on a job's batches, whatever becomes of the connection that says so."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from sqlalchemy import text

from extractor.bulk import deferred
from extractor.bulk.deferred_lock import locked
from extractor.errors import JobError
from extractor.store import Store
from tests.bulk.deferring import MakeCase, kind, make_case, server

__all__ = ["kind", "make_case", "server"]


def cut(store: Store) -> None:
    """End the connections that hold a lock, as a restart of the server would."""
    with store.engine.connect() as connection:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 7340"
        assert connection.execute(text(ended)).all()


@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_lock_that_the_server_lost_is_taken_again(make_case: MakeCase, store: Store) -> None:
    case = make_case()
    case.server.looks = 2
    case.submit()
    assert deferred.collect(case.terms(), wait=True, pause=lambda _: cut(store)).is_over


@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_lock_that_another_has_taken_ends_it(make_case: MakeCase, store: Store) -> None:
    case = make_case()
    case.server.looks = 3
    case.submit()
    terms = case.terms()
    with ExitStack() as other:

        def pause(_: float) -> None:
            cut(store)
            other.enter_context(locked(store, terms.job))

        with pytest.raises(JobError, match="another process"):
            deferred.collect(terms, wait=True, pause=pause)
