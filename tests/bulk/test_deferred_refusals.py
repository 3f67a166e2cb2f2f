"""What a provider refuses for good: it is told, it ends nothing that could go on, and it does not last for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from extractor.bulk import deferred_post, deferred_questions, deferred_visit
from extractor.llm.failures import AskingError
from tests import batch_server as batches
from tests.batch_server import BatchServer, Trouble
from tests.bulk.deferring import Case, MakeCase, kind, make_case, server

__all__ = ["kind", "make_case", "server"]


def says(status: int, code: str = "invalid_request") -> Callable[[Any, Callable[[], None]], None]:
    """A refusal before anything was done."""

    def refuse(http: Any, reply: Callable[[], None]) -> None:
        del reply
        http.send_json(status, {"error": {"message": "not this one", "code": code}})

    return refuse


def refuses(server: BatchServer, method: str, path: str, status: int, times: int = 1) -> None:
    server.troubles += [Trouble(method, path, says(status)) for _ in range(times)]


def whole(case: Case) -> bool:
    return case.records() == case.live() and set(case.server.paid.values()) == {1}


@pytest.mark.parametrize("status", [400, 401, 500])
def test_what_is_answered_is_finished_though_sending_fails(make_case: MakeCase, status: int) -> None:
    case = make_case(more={"batch_requests": 5})
    case.submit()
    case.server.lines = [batches.expired]
    refuses(case.server, "POST", "/v1/files", status, 20)
    with pytest.raises(AskingError):
        case.collect(wait=False)
    assert sorted(record == "running" for record in case.records().values()) == [False, False, True]
    case.server.troubles = []
    assert case.collect().is_over
    assert whole(case)


@pytest.mark.parametrize("path", ["/v1/files", "/v1/batches"])
def test_a_refused_batch_is_told_and_sent_anew_next_time(make_case: MakeCase, path: str) -> None:
    case = make_case()
    refuses(case.server, "POST", path, 400)
    with pytest.raises(AskingError, match="not this one"):
        case.submit()
    assert case.collect().is_over
    assert whole(case)
    assert case.server.files == {}


def test_what_is_refused_each_time_fails_in_the_end(make_case: MakeCase) -> None:
    case = make_case(more={"batch_tries": 2})
    refuses(case.server, "POST", "/v1/batches", 400, 9)
    for call in (case.submit, case.collect):
        with pytest.raises(AskingError, match="not this one"):
            call()
    standing = case.collect()
    assert (standing.is_over, set(standing.questions)) == (True, {"failed"})
    assert all("model_silent" in record for record in case.records().values())


def test_a_file_that_expired_before_its_batch_was_begun(make_case: MakeCase) -> None:
    case = make_case()
    refuses(case.server, "POST", "/v1/batches", 500, 20)
    with pytest.raises(AskingError):
        case.submit()
    case.server.troubles = []
    case.server.files.clear()
    refuses(case.server, "POST", "/v1/batches", 404)
    assert case.collect().is_over
    assert whole(case)


def test_a_file_that_is_too_large_is_halved(make_case: MakeCase) -> None:
    case = make_case(engine="model")
    refuses(case.server, "POST", "/v1/files", 413)
    with pytest.raises(AskingError):
        case.submit()
    assert case.collect().is_over
    assert len(case.server.inputs) > 1
    assert whole(case)


def test_an_address_without_batches_costs_no_question_its_tries(make_case: MakeCase) -> None:
    case = make_case(more={"batch_tries": 1})
    for path in ("/v1/files", "/v1/batches"):
        refuses(case.server, "POST", path, 404)
        with pytest.raises(AskingError, match="404"):
            case.submit()
    assert case.collect().is_over
    assert whole(case)


@pytest.mark.parametrize("path", ["/v1/batches/[^/]+", "/v1/files/[^/]+/content"])
def test_results_that_are_refused_are_asked_for_anew(make_case: MakeCase, path: str) -> None:
    case = make_case()
    case.submit()
    refuses(case.server, "GET", path, 400)
    assert case.collect().is_over
    assert case.records() == case.live()


@pytest.mark.parametrize("is_dropped", [True, False])
def test_questions_are_put_back_a_page_at_a_time(
    make_case: MakeCase, monkeypatch: pytest.MonkeyPatch, is_dropped: bool
) -> None:
    case = make_case()
    case.submit()
    case.server.every_line = batches.missing
    case.server.refusals = ["invalid_json_format"] if is_dropped else []
    held, most = 0, 0
    made, reopen = deferred_questions._made, deferred_questions.reopen

    def making(*given: Any) -> Any:
        nonlocal held, most
        held += 1
        most = max(most, held)
        return made(*given)

    def reopening(*given: Any, **more: Any) -> None:
        nonlocal held
        held -= 1
        reopen(*given, **more)

    monkeypatch.setattr(deferred_questions, "AT_ONCE", 3)
    monkeypatch.setattr(deferred_questions, "_made", making)
    monkeypatch.setattr(deferred_visit, "reopen", reopening)
    monkeypatch.setattr(deferred_post.Post, "send", deferred_post.Post.clear)
    case.collect(wait=False)
    assert 0 < most <= 3
