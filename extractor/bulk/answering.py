"""Reports asked about at once, in a thread of its own: how many, for how many tokens, and what is to become of each."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from extractor.asking import AskingThread
from extractor.draft import Answer, Question
from extractor.llm.client import LiveModel
from extractor.llm.failures import CLOSED, OVER_BUDGET, reasons
from extractor.llm.money import Attempt, Ledger
from extractor.settings import Settings

Verdict = Literal["settle", "again", "stop"]

_FEWEST, _MOST = 32, 256
_MOST_SETBACKS = 5
"""Times that a report's questions may fail for passing causes. Where others are answered meanwhile, it is settled
without then; where none is, the run ends."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A report's answers, what asking for them cost, and what to do: settle it, ask again later, or stop the run."""

    source: int
    answers: Mapping[str, Answer]
    attempts: Sequence[Attempt]
    verdict: Verdict
    reason: str = ""


@dataclass
class _Asked:
    source: int
    questions: list[Question]
    account: Ledger = field(default_factory=Ledger)


class Answering:
    """Who is asked in a run, by the model and within the budgets of ``settings``.

    Money and tokens are looked after by the model, call by call: what does not fit into a budget is not asked.
    """

    def __init__(self, settings: Settings) -> None:
        self.model = LiveModel(settings)
        self.reason = ""
        self.details: dict[str, str] = {}
        self._waiting: deque[_Asked] = deque()
        self._under_way: dict[int, _Asked] = {}
        self._done: deque[tuple[_Asked, Mapping[str, Answer]]] = deque()
        self._setbacks: dict[int, int] = {}
        self._in_vain: dict[int, int] = {}
        self._answered_since: dict[int, int] = {}
        self._answers = 0
        self._is_over = False
        self._most = min(max(2 * settings.model_calls_at_once, _FEWEST), _MOST)
        self.wake, self._bell = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(self._bell, False)
        self._thread = AskingThread(self.model)

    @property
    def has_room(self) -> bool:
        """Whether more reports may be read: their drafts are held until they are answered."""
        return len(self._waiting) + len(self._under_way) < self._most and not self.reason

    @property
    def under_way(self) -> int:
        """How many reports have no answers yet."""
        return len(self._waiting) + len(self._under_way)

    def ask(self, source: int, questions: Sequence[Question]) -> None:
        """Have the questions of a report answered."""
        self._waiting.append(_Asked(source, list(questions)))
        self._go_on()

    def answered(self) -> list[Answered]:
        """The reports that were answered since."""
        _drain(self.wake)
        found = []
        while self._done:
            found.append(self._judged(*self._done.popleft()))
        self._go_on()
        return found

    def told(self, reason: str) -> tuple[str, str] | None:
        """A reason for which questions fail, with what the endpoint said, in Chinese and English."""
        known, detail = reasons().get(reason), self.details.get(reason, "")
        if known is None:
            return None
        return f"{known.zh}{'：' + detail if detail else ''}", f"{known.en}{': ' + detail if detail else ''}"

    def stop(self) -> list[int]:
        """Ask about nothing more; the reports about which nothing has been asked yet."""
        waiting = [one.source for one in self._waiting]
        self._waiting.clear()
        return waiting

    def end(self) -> dict[int, Sequence[Attempt]]:
        """Stop what is under way, and close the connections; the attempts of reports that nobody was told of."""
        if not self._is_over:
            self._is_over = True
            self._thread.close()
            for file in (self.wake, self._bell):
                os.close(file)
        return {source: asked.account.attempts for source, asked in self._under_way.items() if asked.account.attempts}

    def _go_on(self) -> None:
        while self._waiting and not self.reason:
            asked = self._waiting.popleft()
            self._under_way[asked.source] = asked
            self._thread.do(self._ask(asked))

    async def _ask(self, asked: _Asked) -> None:
        try:
            answers: Mapping[str, Answer] = await self.model.answer(asked.questions, asked.account)
        except Exception as error:  # noqa: BLE001 (a fault of ours must not leave a report waiting for ever)
            answers = {one.id: Answer(one.id, {}, failure="fault") for one in asked.questions}
            asked.account.details["fault"] = type(error).__name__
        self._done.append((asked, answers))
        with suppress(BlockingIOError):  # it has been rung often enough
            os.write(self._bell, b"!")

    def _judged(self, asked: _Asked, answers: Mapping[str, Answer]) -> Answered:
        self._under_way.pop(asked.source, None)
        attempts = asked.account.attempts
        self._answers += any(not one.failure for one in answers.values())
        failures = [one.failure for one in answers.values() if one.failure]
        for reason, detail in asked.account.details.items():
            self.details.setdefault(reason, detail)
        verdict, reason = self._verdict(asked, failures)
        if verdict == "stop":
            self.reason = self.reason or reason
        return Answered(asked.source, answers, attempts, verdict, reason)

    def _verdict(self, asked: _Asked, failures: Sequence[str]) -> tuple[Verdict, str]:
        for failure in failures:
            if reasons()[failure].for_all and (failure != OVER_BUDGET or self.model.is_spent):
                return "stop", failure
            if failure == CLOSED or (failure == OVER_BUDGET and self.model.is_spent):
                return "stop", failure
        passing = [failure for failure in failures if reasons()[failure].passing]
        if passing:
            verdict = self._after_setback(asked.source)
            if verdict != "settle":
                return verdict, passing[0]
        return "settle", failures[0] if failures else ""

    def _after_setback(self, source: int) -> Verdict:
        """A setback counts while others are answered: then it is the report. While nobody is, it is the endpoint."""
        if self._answers > self._answered_since.get(source, -1):
            self._setbacks[source], self._in_vain[source] = self._setbacks.get(source, 0) + 1, 0
        else:
            self._in_vain[source] += 1
        self._answered_since[source] = self._answers
        if self._in_vain[source] >= _MOST_SETBACKS:
            return "stop"
        return "again" if self._setbacks[source] < _MOST_SETBACKS else "settle"


def _drain(file: int) -> None:
    try:
        while os.read(file, 4096):
            pass
    except BlockingIOError:
        pass
