"""Watching a job: one seam through which runner, cluster and deferred batches tell what happens (docs/watching.md).

An event holds ids, names of kinds, and numbers; never a report's text, a file's name or a key. That is seen to here,
for every watcher: whatever in an event is no such name is told as a hash of itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Protocol

from extractor.settings import Settings

if TYPE_CHECKING:
    from extractor.llm.money import Attempt

EventName = Literal[
    "job_started",
    "job_ended",
    "report_started",
    "report_ended",
    "call_ended",
    "batch_moved",
    "part_written",
]
_NAME = re.compile(r"[A-Za-z0-9_.:/+-]{0,80}")
_TEXTS = ("job", "report", "kind", "model", "outcome", "code", "currency")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. ``report``: the id of a source; ``kind``: of a question; ``code``: of an error.

    ``outcome``: of a report done, failed, skipped, opened (an archive) or returned; of a call ``answered`` or a reason
    of ``extractor.llm.failures``; of a batch its new state. ``waited``: seconds of ``seconds`` without asking.
    """

    name: EventName
    job: str = ""
    report: str = ""
    kind: str = ""
    model: str = ""
    outcome: str = ""
    code: str = ""
    seconds: float | None = None
    waited: float | None = None
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    cost: Decimal = Decimal(0)
    currency: str = ""
    count: int | None = None

    def paid(self, attempt: Attempt, currency: str) -> Event:
        """The event with what an attempt took and cost."""
        took = attempt.tokens
        counted = replace(self, tokens_in=took.into, tokens_cached=took.cached, tokens_out=took.out)
        return replace(counted, cost=attempt.cost, currency=currency)

    def guarded(self) -> Event:
        """The event with a hash in place of whatever is no name."""
        return replace(self, **{name: _name(getattr(self, name)) for name in _TEXTS})  # type: ignore[arg-type]


class Watcher(Protocol):
    """Whoever is told what happens; from any thread, and never at the cost of the work: nothing is raised."""

    def see(self, event: Event) -> None:
        """Take note of an event."""


class Nobody:
    """Nobody watches."""

    def see(self, event: Event) -> None:
        """Nothing."""


NOBODY: Watcher = Nobody()


@dataclass(frozen=True, slots=True)
class Watching:
    """How a call is watched. ``log``: a file, or ``-`` for standard error; ``metrics_port``: on loopback."""

    log: str = ""
    metrics_port: int | None = None
    tracing: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Watching:
        """As the settings say."""
        return cls(settings.log, settings.metrics_port, settings.tracing)


@contextmanager
def watching(how: Watching) -> Iterator[Watcher]:
    """Who watches, until the block ends.

    Raises:
        SettingsError: the log cannot be written, the port is taken, or the extra ``tracing`` is not installed.
    """
    with ExitStack() as stack:
        watchers: list[Watcher] = []
        if how.log:
            from extractor.bulk.watch_log import log_to  # noqa: PLC0415 (each is loaded by who asks for it)

            watchers.append(stack.enter_context(log_to(how.log)))
        if how.metrics_port is not None:
            from extractor.bulk.watch_metrics import metrics_at  # noqa: PLC0415

            watchers.append(stack.enter_context(metrics_at(how.metrics_port)))
        if how.tracing:
            from extractor.bulk.watch_spans import spans  # noqa: PLC0415

            watchers.append(stack.enter_context(spans()))
        yield _All(watchers) if watchers else NOBODY


class _All:
    """Several watchers, each told what the guard has let through."""

    def __init__(self, watchers: Sequence[Watcher]) -> None:
        self._watchers = watchers

    def see(self, event: Event) -> None:
        guarded = event.guarded()
        for watcher in self._watchers:
            watcher.see(guarded)


def _name(text: object) -> str:
    """The text where it is a name; else a hash of it.

    >>> _name("row_sum"), _name("某县2023年年报.pdf")
    ('row_sum', 'sha256:4e024074d38c')
    """
    told = str(text)
    if _NAME.fullmatch(told):
        return told
    return f"sha256:{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
