"""A model at a live endpoint: answers from the cache, else asked for; every failure by its name, none of them fatal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from extractor.draft import Answer, Question
from extractor.errors import ModelError
from extractor.llm.answers import KINDS, answer_type
from extractor.llm.cache import AnswerCache, Content, Key, cache_folder, key_of
from extractor.llm.endpoint import Endpoint, Request
from extractor.llm.failures import AskingError, reasons
from extractor.llm.line import Line
from extractor.llm.money import Amount, Ledger, Purse, Spent
from extractor.llm.parts import merged, parts_of
from extractor.llm.prompts import load_prompt
from extractor.llm.salvage import salvaged
from extractor.llm.wire import strict_schema
from extractor.settings import Settings


@dataclass(frozen=True, slots=True)
class Given:
    """A valid answer, and who gave it."""

    content: Content
    model: str
    prompt: str


Asked = TypeVar("Asked")
Keep = Callable[[Question, Key, Content], None]


class LiveModel:
    """Answers questions by asking the models of ``settings``; one call of ``answer`` for each report.

    For use in one event loop. ``keep`` is told each valid answer that was asked for.

    Raises:
        ModelError: a prompt file is wrong.
        SettingsError: a budget without a price.
    """

    def __init__(self, settings: Settings, keep: Keep | None = None) -> None:
        self.ledger = Ledger(sums_only=True)
        folder = cache_folder(settings.cache_dir)
        self._line = Line(settings)
        self._outage = self._line.outage
        models = dict.fromkeys(name.strip() for name in (settings.model, settings.fallback_model) if name.strip())
        self._endpoints = [Endpoint(settings, name, folder, self._line) for name in models]
        self._settings = settings
        self._cache = AnswerCache(folder)
        self._keep = keep
        self._purse = Purse(settings.budget_per_run, tokens=settings.tokens_per_run)
        self._under_way: dict[Key, asyncio.Future[Content]] = {}
        for kind in KINDS:
            load_prompt(kind)

    def __repr__(self) -> str:
        return f"LiveModel({', '.join(endpoint.model for endpoint in self._endpoints)})"

    @property
    def currency(self) -> str:
        """Of the prices in force."""
        price = self._endpoints[0].price
        return price.currency if price else self._settings.currency

    @property
    def is_spent(self) -> bool:
        """Whether a question was not asked because the run's budget, of money or tokens, would have been exceeded."""
        return self._purse.is_short

    @property
    def used(self) -> Amount:
        """What counts against the run's budgets, also where nobody can tell what a call took."""
        return self._purse.used

    def used_lately(self, now: float) -> tuple[int, int]:
        """Requests and tokens of the last minute, as far as the settings limit them; ``now``: monotonic, in seconds."""
        return self._line.requests.used(now), self._line.tokens.used(now)

    @property
    def lost_answers(self) -> str:
        """Where and why answers could not be kept; "" where they were."""
        return f"{self._cache.folder}: {self._cache.lost}" if self._cache.lost else ""

    async def answer(self, questions: Sequence[Question], account: Ledger | None = None) -> dict[str, Answer]:
        """An answer to each question; one that nobody could answer says why in ``failure``.

        ``account``: who is told of the attempts, in place of the model's own ``ledger``, which keeps sums only.
        """
        purse, told = Purse(self._settings.budget_per_report, self._purse), account or self.ledger
        answers = await asyncio.gather(*(self._answer(question, purse, told) for question in questions))
        return {answer.id: answer for answer in answers}

    async def responds(self, account: Ledger) -> bool:
        """Whether a model replies to a harmless question now; ``account`` is told of the calls for it."""
        probing = Spent("probe", "probe", self._purse, account)
        return any([await endpoint.responds(probing) for endpoint in self._endpoints])

    async def close(self) -> None:
        """Close the connections."""
        for endpoint in self._endpoints:
            await endpoint.close()

    async def _answer(self, question: Question, purse: Purse, account: Ledger) -> Answer:
        spent = Spent(question.id, question.kind, purse, account, self._line.place())
        account.asked[question.kind] += 1
        try:
            given = await self._given(question, spent)
        except AskingError as error:
            return self._unanswered(question, spent, error.reason, error.detail)
        except ModelError as error:
            return self._unanswered(question, spent, "fault", error.en)
        except Exception as error:  # noqa: BLE001 (a fault of ours, or of a library, must not cost the report)
            return self._unanswered(question, spent, "fault", type(error).__name__)
        return Answer(question.id, given.content, spent.usage(self.currency), given.model, given.prompt)

    def _unanswered(self, question: Question, spent: Spent, reason: str, detail: str) -> Answer:
        spent.ledger.details.setdefault(reason, detail)
        return Answer(question.id, {}, spent.usage(self.currency), failure=reason)

    async def _given(self, question: Question, spent: Spent) -> Given:
        """A valid answer by the first model that gives one."""
        self._outage.check()
        failures: list[AskingError] = []
        endpoints = in_turn(question, self._endpoints)
        for endpoint in endpoints:
            try:
                return await self._by(endpoint, question, spent)
            except AskingError as error:
                failures.append(error)
                if not reasons()[error.reason].fallback:
                    break
        self._outage.failed(failures[-1].reason)
        for endpoint, failure in zip(endpoints, failures, strict=False):
            kept = salvaged(question, failure.content) if failure.content else None
            if kept is not None:
                return Given(kept, endpoint.model, load_prompt(question.kind).version)
        raise failures[-1]

    async def _by(self, endpoint: Endpoint, question: Question, spent: Spent) -> Given:
        """The answer by one model: kept, under way for the same question, or asked for now."""
        prompt, answer = load_prompt(question.kind), answer_type(question)
        schema = strict_schema(answer)
        key = key_of(question, endpoint.model, prompt.version, schema)
        content = valid(answer, self._cache.get(key)) or await self._shared(key)
        if content is not None:
            spent.ledger.cached[question.kind] += 1
        else:
            request = Request(*prompt.render(question.content), answer, schema)
            content = await self._asked(key, endpoint, question, request, spent)
        return Given(content, endpoint.model, prompt.version)

    async def _shared(self, key: Key) -> Content | None:
        """The answer that the same question is waiting for; None where nobody asks it, or only its money ran out."""
        while key in self._under_way:
            try:
                return await asyncio.shield(self._under_way[key])
            except AskingError as error:
                if error.reason != "over_budget":
                    raise
        return None

    async def _asked(self, key: Key, endpoint: Endpoint, question: Question, request: Request, spent: Spent) -> Content:
        """A new answer; who asks the same meanwhile waits for it."""
        waiting = self._under_way[key] = asyncio.get_running_loop().create_future()
        waiting.add_done_callback(lambda done: done.cancelled() or done.exception())  # perhaps nobody waits
        try:
            probing = Spent("probe", "probe", self._purse, spent.ledger)
            content = await self._whole_or_in_parts(endpoint, question, request, (spent, probing))
        except BaseException as error:
            waiting.set_exception(error if isinstance(error, AskingError) else AskingError("fault"))
            raise
        finally:
            del self._under_way[key]
        waiting.set_result(content)
        self._outage.answered()
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
        whole = valid(request.answer, merged(question, parts, answers))
        if whole is None:
            raise AskingError("invalid_answer")
        return whole


def in_turn(question: Question, models: Sequence[Asked]) -> list[Asked]:
    """The models as they are tried: where there are two, every second sample of a question asks the other first."""
    first = (question.content.get("sample", 1) - 1) % len(models)
    return [*models[first:], *models[:first]]


def valid(answer: type[BaseModel], content: Content | None) -> Content | None:
    """The content as the type writes it; None where it is not valid."""
    if content is None:
        return None
    try:
        return answer.model_validate(content).model_dump(mode="json")
    except ValueError:
        return None
