"""Answers out of batches, as a live model would have given them: the same models in turn, parts, salvage.

``extractor.llm.client.LiveModel`` asks as it goes; here each step is a look at what has been answered so far, and what
is missing is named, to be sent with the next batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from extractor.bulk.deferred_questions import Known, Wanted
from extractor.draft import Answer, Question
from extractor.llm.answers import answer_type
from extractor.llm.cache import Content
from extractor.llm.client import in_turn, valid
from extractor.llm.failures import AskingError, reasons
from extractor.llm.parts import merged, parts_of
from extractor.llm.prompts import load_prompt
from extractor.llm.salvage import salvaged

Rows = Mapping[str, Known]
_TOO_LONG = ("too_long_answer", "too_long_question")


@dataclass(frozen=True, slots=True)
class Missing:
    """No answer yet: these have to be put first; none where all that is missing is under way."""

    wanted: tuple[Wanted, ...] = ()


@dataclass(slots=True)
class Found:
    """What is known of a report's questions: answers by question id, and what is missing."""

    answers: dict[str, Answer] = field(default_factory=dict)
    wanted: list[Wanted] = field(default_factory=list)
    is_whole: bool = True


def answered(questions: Sequence[Question], models: Sequence[str], rows: Rows) -> Found:
    """The answers to a report's questions, from what has been answered; what they cost is in the ledger, not here."""
    found = Found()
    for question in questions:
        given = _given(question, models, rows)
        if isinstance(given, Missing):
            found.is_whole = False
            found.wanted += given.wanted
        else:
            found.answers[question.id] = given
    return found


def _given(question: Question, models: Sequence[str], rows: Rows) -> Answer | Missing:
    failures: list[AskingError] = []
    turn = in_turn(question, models)
    for model in turn:
        found = _by(Wanted(question, model), rows)
        if isinstance(found, Missing):
            return found
        if not isinstance(found, AskingError):
            return _answer(question, found, model)
        failures.append(found)
        if not reasons()[found.reason].fallback:
            break
    for model, failure in zip(turn, failures, strict=False):
        kept = salvaged(question, failure.content) if failure.content else None
        if kept is not None:
            return _answer(question, kept, model)
    return Answer(question.id, {}, failure=failures[-1].reason)


def _answer(question: Question, content: Content, model: str) -> Answer:
    return Answer(question.id, content, model=model, prompt_version=load_prompt(question.kind).version)


def _by(wanted: Wanted, rows: Rows) -> Content | AskingError | Missing:
    """The answer by one model: whole, or made of the answers to its parts; why there is none; or what is missing."""
    row = rows.get(wanted.key.digest())
    if row is None:
        return Missing((wanted,))
    if row.is_pending:
        return Missing()
    if row.state == "answered":
        content = valid(answer_type(wanted.question), row.answer)
        return AskingError("invalid_answer") if content is None else content
    parts = parts_of(wanted.question) if row.reason in _TOO_LONG else []
    if parts:
        return _in_parts(wanted, parts, rows)
    error = AskingError(row.reason)
    error.content = row.answer
    return error


def _in_parts(wanted: Wanted, parts: Sequence[Question], rows: Rows) -> Content | AskingError | Missing:
    found = [_by(Wanted(part, wanted.model), rows) for part in parts]
    missing = [one for one in found if isinstance(one, Missing)]
    if missing:
        return Missing(tuple(want for one in missing for want in one.wanted))
    failed = next((one for one in found if isinstance(one, AskingError)), None)
    if failed is not None:
        return failed
    contents = [one for one in found if isinstance(one, dict)]
    whole = valid(answer_type(wanted.question), merged(wanted.question, list(parts), contents))
    return AskingError("invalid_answer") if whole is None else whole
