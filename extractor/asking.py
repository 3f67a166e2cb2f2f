"""A model asked about many reports at once, in a thread of its own, while workers read and settle others."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from collections import Counter, deque
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType
from typing import Any, Literal, TypeVar

from extractor.console import Language, say
from extractor.draft import Answer, Question
from extractor.llm.client import LiveModel
from extractor.llm.failures import OVER_BUDGET, reasons
from extractor.llm.tally import usage_table
from extractor.settings import Settings

Item = TypeVar("Item")
Result = TypeVar("Result")
Answers = Mapping[str, Answer]

_AHEAD = 64
"""How many reports may wait for answers: their drafts are held meanwhile."""

_SECONDS_TO_END = 5.0

_OBJECTS_PER_COLLECTION = (5_000, 4, 500)
"""New objects after which unused cycles are looked for, in some milliseconds; old ones are hardly ever looked at."""

_SECONDS_OF_OTHERS = 0.0005
"""After which this thread goes on when another one of the process computes: a call is to go when it is due."""


class AskingThread:
    """A thread with an event loop in which one model is asked; it begins with the first thing that is to be done.

    Looking for unused cycles among all that is loaded would stop every call for a fifth of a second, every ten
    seconds, and those that wait then would come to the endpoint together.
    """

    def __init__(self, model: LiveModel) -> None:
        self._model = model
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def do(self, asking: Coroutine[Any, Any, Result]) -> Future[Result]:
        """Have something done there. Workers are forked before: a thread is not copied."""
        if self._loop is None:
            gc.collect()
            gc.freeze()
            gc.set_threshold(*_OBJECTS_PER_COLLECTION)
            sys.setswitchinterval(_SECONDS_OF_OTHERS)
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="asking", daemon=True)
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(asking, self._loop)

    def close(self) -> None:
        """Stop what is under way, as after Ctrl-C, close the model's connections, and end the thread."""
        if self._loop is None or self._thread is None:
            return
        with suppress(TimeoutError):
            self.do(self._end()).result(_SECONDS_TO_END)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_SECONDS_TO_END)
        if not self._thread.is_alive():
            self._loop.close()
        gc.unfreeze()

    async def _end(self) -> None:
        others: list[asyncio.Task[Any]] = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._model.close()


class Asking:
    """Who is asked in one call of the command, and with which engine; a context, after which nothing is under way."""

    def __init__(self, settings: Settings, engine: Literal["hybrid", "model"], samples: int = 1) -> None:
        self.engine = engine
        self.samples = samples
        self.model = LiveModel(settings)
        self._failed: Counter[str] = Counter()
        self._cut = 0
        self._thread = AskingThread(self.model)

    def __enter__(self) -> Asking:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.close()

    def answered(self, read: Iterator[tuple[Item, Result]]) -> Iterator[tuple[Item, Result, Answers]]:
        """What was read with the answers to its ``questions``, where it has any, in order."""
        waiting: deque[tuple[Item, Result, Future[Answers] | None]] = deque()
        for item, result in read:
            questions = getattr(result, "questions", None)
            waiting.append((item, result, self._ask(questions) if questions else None))
            while waiting and (len(waiting) > _AHEAD or _is_done(waiting[0][2])):
                yield self._next(waiting)
        while waiting:
            yield self._next(waiting)

    def say_end(self, language: Language, *, table: bool) -> None:
        """Tell which questions went without an answer and, as a table, what asking cost."""
        for reason, count in self._failed.items():
            known, detail = reasons()[reason], self.model.ledger.details.get(reason, "")
            more_zh, more_en = (f"（{detail}）", f" ({detail})") if detail else ("", "")
            say(
                f"{count} 个问题未得到模型回答：{known.zh}{more_zh}",
                f"{count} questions unanswered: {known.en}{more_en}",
                language,
            )
        if self._cut:
            say(
                f"{self._cut} 份报告因预算不足未问完，留待复核；提高预算后再运行，已有的回答不会重复付费",
                f"{self._cut} reports were not asked about in full, for the budget, and need review; with more, "
                "run again: what was answered is not paid twice",
                language,
            )
        lost = self.model.lost_answers
        if lost:
            say(
                f"回答未能保存，下次会重新付费：{lost}",
                f"answers were not kept and will be paid for again: {lost}",
                language,
            )
        if table:
            for lines in zip(*usage_table(self.model.ledger, self.model.currency), strict=True):
                say(*lines, language)

    def _next(self, waiting: deque[tuple[Item, Result, Future[Answers] | None]]) -> tuple[Item, Result, Answers]:
        item, result, future = waiting.popleft()
        answers = future.result() if future else {}
        self._cut += any(answer.failure == OVER_BUDGET for answer in answers.values())
        self._failed.update(answer.failure for answer in answers.values() if answer.failure)
        return item, result, answers

    def _ask(self, questions: list[Question]) -> Future[Answers]:
        return self._thread.do(self.model.answer(questions))


def _is_done(future: Future[Answers] | None) -> bool:
    return future is None or future.done()
