"""Reports asked about at once, in a thread of its own: how many, for how many tokens, and what is to become of each."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from extractor.asking import AskingThread
from extractor.draft import Answer, Question
from extractor.llm.client import LiveModel
from extractor.llm.failures import CLOSED, OVER_BUDGET, reasons, words_of
from extractor.llm.money import Attempt, Ledger
from extractor.settings import Settings

Verdict = Literal["settle", "again", "stop"]
_Answers = Mapping[str, Answer]

_FEWEST, _MOST = 32, 256
_MOST_SETBACKS = 5
"""Times that a report's questions may fail for causes that may pass, or all be refused."""

_MOST_IN_VAIN = 20
"""Reports in a row of which no question is answered: more are not the reports' own fault."""

_BAD, _INVALID = "bad_request", "invalid_answer"


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

    ``goes_on``: the job's run before ended as no question was answered, and somebody wants to go on.
    Money and tokens are looked after by the model, call by call: what does not fit into a budget is not asked.
    """

    def __init__(self, settings: Settings, *, goes_on: bool = False) -> None:
        self.model = LiveModel(settings)
        self.reason = ""
        self.details: dict[str, str] = {}
        self._waiting: deque[_Asked] = deque()
        self._under_way: dict[int, _Asked] = {}
        self._done: deque[tuple[_Asked, _Answers, bool | None]] = deque()
        self._setbacks: Counter[int] = Counter()
        self._in_vain: Counter[int] = Counter()
        self._answered_since: dict[int, int] = {}
        self._answers = 0
        self._all_in_vain: set[int] = set()
        self._may_be_theirs = goes_on
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
        found = [self._judged(*self._done.popleft()) for _ in range(len(self._done))]
        self._go_on()
        return [one for one in found if one is not None]

    def told(self, reason: str) -> tuple[str, str] | None:
        """A reason for which questions fail, with what the endpoint said, in Chinese and English."""
        return words_of(reason, self.details.get(reason, ""))

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
            answers: _Answers = await self.model.answer(asked.questions, asked.account)
        except Exception as error:  # noqa: BLE001 (a fault of ours must not leave a report waiting for ever)
            answers = {one.id: Answer(one.id, {}, failure="fault") for one in asked.questions}
            asked.account.details["fault"] = type(error).__name__
        self._over(asked, answers)

    async def _probe(self, asked: _Asked, answers: _Answers) -> None:
        """See whether the endpoint is there for others than this report."""
        try:
            responds = await self.model.responds(asked.account)
        except Exception:  # noqa: BLE001 (as above)
            responds = False
        self._over(asked, answers, responds)

    def _over(self, asked: _Asked, answers: _Answers, responds: bool | None = None) -> None:
        self._done.append((asked, answers, responds))
        with suppress(BlockingIOError):  # it has been rung often enough
            os.write(self._bell, b"!")

    def _judged(self, asked: _Asked, answers: _Answers, responds: bool | None) -> Answered | None:
        """What is to become of a report; None where the endpoint is probed before. ``responds``: how that went."""
        failures = [one.failure for one in answers.values() if one.failure]
        for reason, detail in asked.account.details.items():
            self.details.setdefault(reason, detail)
        if responds is None:
            verdict, reason = self._verdict(asked, answers, failures)
        else:
            verdict, reason = ("settle" if responds else "stop"), failures[0]
        if verdict == "probe" and not self.reason:
            self._thread.do(self._probe(asked, answers))
            return None
        settled: Verdict = "stop" if verdict == "probe" else verdict
        if settled == "stop":
            self.reason = self.reason or reason
        if responds:
            self._all_in_vain.clear()
        if settled == "settle":
            del self._in_vain[asked.source]
        self._under_way.pop(asked.source, None)
        return Answered(asked.source, answers, asked.account.attempts, settled, reason)

    def _verdict(
        self, asked: _Asked, answers: _Answers, failures: Sequence[str]
    ) -> tuple[Verdict | Literal["probe"], str]:
        """``failures``: of those answers that are none."""
        self._answers += any(one.outcome == "answered" and one.kind != "probe" for one in asked.account.attempts)
        if len(failures) < len(answers):
            self._may_be_theirs = True
            self._all_in_vain.clear()
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
        if failures and len(failures) == len(answers) and OVER_BUDGET not in failures:
            return self._after_failure(asked.source, set(failures)), failures[0]
        return "settle", failures[0] if failures else ""

    def _after_failure(self, source: int, failures: set[str]) -> Verdict | Literal["probe"]:
        """No question was answered, for causes that do not pass.

        Where nothing else was paid, as calls were refused, it is asked again as long as it may be the endpoint. Where
        this happens to very many in a row, it is they only if others were answered in this run, or the run before has
        told so, and if a probe is answered now.
        """
        self._all_in_vain.add(source)
        if len(self._all_in_vain) >= _MOST_IN_VAIN:
            return "probe" if self._may_be_theirs and failures != {_INVALID} else "stop"
        others = self._answers > self._answered_since.setdefault(source, self._answers)
        self._setbacks[source] += 1
        is_asked_again = failures == {_BAD} and not others and self._setbacks[source] < _MOST_SETBACKS
        return "again" if is_asked_again else "settle"

    def _after_setback(self, source: int) -> Verdict | Literal["probe"]:
        """A setback counts while others are answered: then it is the report.

        While nobody is, it is the endpoint; but a few reports that are left may be at fault if a probe is answered.
        """
        if self._answers > self._answered_since.get(source, -1):
            self._setbacks[source] += 1
            self._in_vain[source] = 0
        else:
            self._in_vain[source] += 1
        self._answered_since[source] = self._answers
        if self._in_vain[source] >= _MOST_SETBACKS:
            return "probe" if len(+self._in_vain) < _MOST_IN_VAIN else "stop"
        return "again" if self._setbacks[source] < _MOST_SETBACKS else "settle"


def _drain(file: int) -> None:
    try:
        while os.read(file, 4096):
            pass
    except BlockingIOError:
        pass
