"""The line of calls of a run: one view of the endpoint for all who ask, so that its limits are met and not run into."""

from __future__ import annotations

import asyncio
import heapq
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from extractor.llm.allowance import Allowance, Told, Use
from extractor.llm.failures import CLOSED, AskingError
from extractor.llm.outage import Outage
from extractor.llm.pace import Pace
from extractor.llm.width import Width
from extractor.settings import Settings

_TOKENS_REMEMBERED = 0.05
_REFUSED = "rate_limited"
_ON_TIME = 1e-4


class Line:
    """Calls in the order in which their questions came, as many and as fast as settings and endpoint allow.

    Each model has a ``Lane`` of its own, as endpoints limit each model on its own; the budgets of the settings, the
    most
    calls at once and what stops asking are for all together. For use in one event loop.
    """

    def __init__(self, settings: Settings) -> None:
        self.outage = Outage(max(settings.seconds_of_waiting, settings.seconds_per_call))
        self.most = settings.model_calls_at_once
        self.first_pace = settings.calls_per_second_at_first
        self.patience = settings.seconds_of_waiting
        self.requests = Allowance(settings.requests_per_minute)
        self.tokens = Allowance(settings.tokens_per_minute)
        self.under_way = 0
        self._lanes: list[Lane] = []
        self._places = 0

    def place(self) -> int:
        """A new place at the end of the line, kept by who has to call again."""
        self._places += 1
        return self._places

    def lane(self) -> Lane:
        """A lane for one model."""
        self._lanes.append(Lane(self))
        return self._lanes[-1]

    def move_up(self) -> None:
        """Let go whoever may go now."""
        for lane in self._lanes:
            lane.move_up()


@dataclass(slots=True)
class Turn:
    """One call under way, let go ``at`` a moment and ``begun`` later.

    ``others`` were under way then; ``is_full``: about as many as might be; ``waited``: seconds it stood in line. To
    be filled in by who calls: ``used``
    (its tokens) and ``headers`` of the reply.
    """

    at: float
    begun: float
    others: int
    is_full: bool
    waited: float
    uses: tuple[Use, Use]
    used: int | None = None
    headers: Mapping[str, str] | None = None

    def begin(self) -> None:
        """The call is sent now."""
        self.begun = _now()

    def times(self) -> tuple[float, float]:
        """Seconds it stood in line, and since it was sent."""
        return self.waited + self.begun - self.at, _now() - self.begun


@dataclass(slots=True)
class _Waiting:
    tokens: int
    since: float
    let_go: asyncio.Future[Turn]


class Lane:
    """The calls of one model: their pace and their number at once are found out from what becomes of them."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._waiting: list[tuple[int, int, _Waiting]] = []
        self._came = 0
        self._told = Told()
        self._tokens_a_call = 0.0
        self._under_way = 0
        self._is_behind = False
        self._timer: asyncio.TimerHandle | None = None
        self._pace: Pace | None = None
        self._width = Width(line.most)

    @asynccontextmanager
    async def turn(self, place: int, tokens: int) -> AsyncIterator[Turn]:
        """A turn for one call that takes ``tokens`` at most, and what becomes of it noted.

        Raises:
            AskingError: asking has stopped, perhaps while this call stood in line; or the endpoint wants a longer pause
                than is waited for.
        """
        turn = await self._admitted(place, tokens)
        reason, retry_after = "", None
        try:
            yield turn
        except AskingError as error:
            reason, retry_after = error.reason, error.retry_after
            raise
        except BaseException:
            reason = "stopped"
            raise
        finally:
            self._over(turn, reason, retry_after)

    def closed_for(self) -> float:
        """Seconds until calls go on after a refusal."""
        return max(0.0, self._paced().opens - _now()) if self._pace else 0.0

    def is_out(self) -> bool:
        """Whether the endpoint, having answered before, has gone: repeats do not count then."""
        return self._line.outage.is_on

    # ---- in line -------------------------------------------------------------------------------------------------
    async def _admitted(self, place: int, tokens: int) -> Turn:
        self._check()
        waiting = _Waiting(tokens, _now(), asyncio.get_running_loop().create_future())
        self._came += 1
        heapq.heappush(self._waiting, (place, self._came, waiting))
        self.move_up()
        try:
            turn = await waiting.let_go
        except asyncio.CancelledError:
            if waiting.let_go.done() and not waiting.let_go.cancelled() and not waiting.let_go.exception():
                self._over(waiting.let_go.result(), "stopped", None)
            raise
        return turn

    def _check(self) -> None:
        self._line.outage.check()
        closed = self.closed_for()
        if closed > self._line.patience:
            raise AskingError(CLOSED, f"{closed:.3g} s", retry_after=closed)

    def move_up(self) -> None:
        """Let go whoever may go now, and come back when the next one may."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        try:
            self._check()
        except AskingError as error:
            self._send_away(error)
        while self._waiting:
            first = self._waiting[0][2]
            now = _now()
            if first.let_go.done():  # who waited for it was cancelled
                heapq.heappop(self._waiting)
                continue
            moment = self._next(now, first.tokens)
            if moment > now + _ON_TIME:
                self._is_behind = moment == self._paced().next()
                if moment < math.inf:
                    self._timer = asyncio.get_running_loop().call_at(moment, self.move_up)
                return
            heapq.heappop(self._waiting)
            first.let_go.set_result(self._taken(now, first))
        self._is_behind = False

    def _send_away(self, error: AskingError) -> None:
        for _, _, waiting in self._waiting:
            if not waiting.let_go.done():
                waiting.let_go.set_exception(AskingError(error.reason, error.detail, retry_after=error.retry_after))
        self._waiting.clear()

    def _next(self, now: float, tokens: int) -> float:
        """The moment from which on the next call may go; infinity: once another is over."""
        line = self._line
        if line.under_way >= line.most or self._under_way >= self._width.limit:
            return math.inf
        if line.outage.opens and line.under_way:
            return math.inf
        pace = self._paced()
        pace.ceiling = self._told.pace(self._tokens_a_call)
        return max(pace.next(), line.requests.next(now, 1), line.tokens.next(now, tokens), line.outage.opens)

    def _taken(self, now: float, first: _Waiting) -> Turn:
        line = self._line
        pace = self._paced()
        pace.take(now, waited=self._is_behind)
        turn = Turn(
            now,
            now,
            self._under_way,
            2 * (self._under_way + 1) >= self._width.limit,
            now - first.since,
            (line.requests.take(now, 1), line.tokens.take(now, first.tokens)),
        )
        line.under_way += 1
        self._under_way += 1
        return turn

    def _paced(self) -> Pace:
        if self._pace is None:
            self._pace = Pace(_now(), self._line.first_pace)
        return self._pace

    # ---- over ----------------------------------------------------------------------------------------------------
    def _over(self, turn: Turn, reason: str, retry_after: float | None) -> None:
        line, now = self._line, _now()
        line.under_way -= 1
        self._under_way -= 1
        if turn.used is not None:
            line.tokens.settle(turn.uses[1], turn.used)
            self._tokens_a_call += _TOKENS_REMEMBERED * (turn.used - self._tokens_a_call)
        if turn.headers:
            self._told.hear(now, turn.headers)
        if reason != "stopped":
            line.outage.called(now, reason)
            self._note(now, turn, reason, retry_after)
        line.move_up()

    def _note(self, now: float, turn: Turn, reason: str, retry_after: float | None) -> None:
        if reason == _REFUSED:
            if self._paced().refused(now, turn.at, retry_after):
                self._width.refused(now, turn.others, retry_after or 0.0)
        elif reason == "timed_out":
            self._width.timed_out(now, turn.at)
        elif not reason:
            self._width.answered(now, now - turn.begun, turn.others, is_full=turn.is_full)


def _now() -> float:
    """The loop's clock, which no change of the wall clock moves."""
    return asyncio.get_running_loop().time()
