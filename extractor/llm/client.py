"""A model at a live endpoint: answers from the cache, else asked for; every failure by its name, none of them fatal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from extractor.draft import Answer, Question
from extractor.errors import ModelError
from extractor.llm.answers import KINDS, answer_type
from extractor.llm.cache import AnswerCache, Content, Key, cache_folder, key_of
from extractor.llm.endpoint import Endpoint, Request
from extractor.llm.failures import AskingError, reasons
from extractor.llm.money import Ledger, Purse, Spent
from extractor.llm.parts import merged, parts_of
from extractor.llm.prompts import load_prompt
from extractor.llm.salvage import salvaged
from extractor.llm.wire import strict_schema
from extractor.settings import Settings

_LOST_IN_A_ROW = 3
"""Questions without a connection after which no other is asked in this run."""

_NO_CONNECTION = ("connection_lost", "timed_out", "server_error")


@dataclass(frozen=True, slots=True)
class Given:
    """A valid answer, and who gave it."""

    content: Content
    model: str
    prompt: str


Keep = Callable[[Question, Key, Content], None]


class LiveModel:
    """Answers questions by asking the models of ``settings``; one call of ``answer`` for each report.

    For use in one event loop. ``keep`` is told each valid answer that was asked for.

    Raises:
        ModelError: a prompt file is wrong.
        SettingsError: a budget without a price.
    """

    def __init__(self, settings: Settings, keep: Keep | None = None) -> None:
        self.ledger = Ledger()
        folder = cache_folder(settings.cache_dir)
        at_once = asyncio.Semaphore(settings.model_calls_at_once)
        models = dict.fromkeys(name.strip() for name in (settings.model, settings.fallback_model) if name.strip())
        self._endpoints = [Endpoint(settings, name, folder, at_once) for name in models]
        self._settings = settings
        self._cache = AnswerCache(folder)
        self._keep = keep
        self._purse = Purse(settings.budget_per_run)
        self._under_way: dict[Key, asyncio.Future[Content]] = {}
        self._stopped = ""
        self._lost = 0
        for kind in KINDS:
            load_prompt(kind)

    def __repr__(self) -> str:
        return f"LiveModel({', '.join(endpoint.model for endpoint in self._endpoints)})"

    @property
    def currency(self) -> str:
        """Of the prices in force."""
        price = self._endpoints[0].price
        return price.currency if price else self._settings.currency

    async def answer(self, questions: Sequence[Question]) -> dict[str, Answer]:
        """An answer to each question; one that nobody could answer says why in ``failure``."""
        purse = Purse(self._settings.budget_per_report, self._purse)
        answers = await asyncio.gather(*(self._answer(question, purse) for question in questions))
        return {answer.id: answer for answer in answers}

    async def close(self) -> None:
        """Close the connections."""
        for endpoint in self._endpoints:
            await endpoint.close()

    async def _answer(self, question: Question, purse: Purse) -> Answer:
        spent = Spent(question.id, question.kind, purse, self.ledger)
        self.ledger.asked[question.kind] += 1
        try:
            given = await self._given(question, spent)
        except ModelError as error:
            reason = error.reason if isinstance(error, AskingError) else "fault"
            return Answer(question.id, {}, spent.usage(self.currency), failure=reason)
        except Exception:  # noqa: BLE001 (a fault of ours, or of a library, must not cost the report)
            return Answer(question.id, {}, spent.usage(self.currency), failure="fault")
        return Answer(question.id, given.content, spent.usage(self.currency), given.model, given.prompt)

    async def _given(self, question: Question, spent: Spent) -> Given:
        """A valid answer by the first model that gives one."""
        if self._stopped:
            raise AskingError(self._stopped)
        failures: list[AskingError] = []
        for endpoint in self._endpoints:
            try:
                return await self._by(endpoint, question, spent)
            except AskingError as error:
                failures.append(error)
                if not reasons()[error.reason].fallback:
                    break
        self._watch(failures[-1].reason)
        for endpoint, failure in zip(self._endpoints, failures, strict=False):
            kept = salvaged(question, failure.content) if failure.content else None
            if kept is not None:
                return Given(kept, endpoint.model, load_prompt(question.kind).version)
        raise failures[-1]

    def _watch(self, reason: str) -> None:
        """Stop asking where no question will fare better, so that a dead endpoint does not hold up each report."""
        self._lost = self._lost + 1 if reason in _NO_CONNECTION else 0
        if reasons()[reason].for_all:
            self._stopped = reason
        elif self._lost >= _LOST_IN_A_ROW:
            self._stopped = "unreachable"

    async def _by(self, endpoint: Endpoint, question: Question, spent: Spent) -> Given:
        """The answer by one model: kept, under way for the same question, or asked for now."""
        prompt, answer = load_prompt(question.kind), answer_type(question)
        schema = strict_schema(answer)
        key = key_of(question, endpoint.model, prompt.version, schema)
        content = self._cache.get(key)
        if content is not None and _is_valid(answer, content):
            self.ledger.cached[question.kind] += 1
        elif key in self._under_way:
            content = await asyncio.shield(self._under_way[key])
            self.ledger.cached[question.kind] += 1
        else:
            request = Request(*prompt.render(question.content), answer, schema)
            content = await self._asked(key, endpoint, question, request, spent)
        return Given(content, endpoint.model, prompt.version)

    async def _asked(self, key: Key, endpoint: Endpoint, question: Question, request: Request, spent: Spent) -> Content:
        """A new answer; who asks the same meanwhile waits for it."""
        waiting = self._under_way[key] = asyncio.get_running_loop().create_future()
        waiting.add_done_callback(lambda done: done.cancelled() or done.exception())  # perhaps nobody waits
        try:
            probing = Spent("probe", "probe", self._purse, self.ledger)
            content = await self._whole_or_in_parts(endpoint, question, request, (spent, probing))
        except BaseException as error:
            waiting.set_exception(error if isinstance(error, AskingError) else AskingError("fault"))
            raise
        finally:
            del self._under_way[key]
        waiting.set_result(content)
        self._lost = 0
        self._cache.put(key, content)
        if self._keep:
            self._keep(question, key, content)
        return content

    async def _whole_or_in_parts(
        self, endpoint: Endpoint, question: Question, request: Request, paid: tuple[Spent, Spent]
    ) -> Content:
        """The answer; to a question too long for it, made of the answers to its parts."""
        try:
            return await endpoint.answer(request, *paid)
        except AskingError as error:
            parts = parts_of(question) if error.reason in ("too_long_answer", "too_long_question") else []
            if not parts:
                raise
        answers = []
        for part in parts:
            type_ = answer_type(part)
            rendered = load_prompt(part.kind).render(part.content)
            asked = Request(*rendered, type_, strict_schema(type_))
            answers.append(await self._whole_or_in_parts(endpoint, part, asked, paid))
        whole = merged(question, parts, answers)
        if not _is_valid(request.answer, whole):
            raise AskingError("invalid_answer")
        return whole


def _is_valid(answer: type, content: Content) -> bool:
    try:
        answer.model_validate(content)  # type: ignore[attr-defined]
    except ValueError:
        return False
    return True
