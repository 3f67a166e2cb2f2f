"""What runs on each node of a cluster: the same runner as on one machine, with worker processes of its own."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

from extractor.bulk import jobs, runs
from extractor.bulk.ending import Asked
from extractor.bulk.local import Call, assembled, settings_of
from extractor.bulk.patience import Patient
from extractor.bulk.runner import Runner
from extractor.bulk.shares import Share
from extractor.bulk.showing import Progress
from extractor.bulk.terms import terms_of
from extractor.bulk.watch import Watching, watching
from extractor.errors import ExtractorError, StoreError
from extractor.settings import Settings, load_settings
from extractor.store import open_store


@dataclass(frozen=True, slots=True)
class Introduced:
    """What a node says of itself: its machine, the key of the terms it reads under, and the store it would use.

    ``error``: why it cannot work, in Chinese and English.
    """

    machine: str
    key: str = ""
    store: str = ""
    error: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a node: why it ended, and what of its share is spent. ``detail``: of a failed one, zh and en.

    ``lately``: requests and tokens in its last minute, as limits a minute count them.
    ``unanswered``: reports done without an answer to some question, by reason.
    ``cost`` and ``tokens`` are by the node's purse: a call that was lost counts with the most that it can have taken.
    """

    ending: str
    cost: Decimal = Decimal(0)
    tokens: int = 0
    lately: tuple[int, int] = (0, 0)
    detail: tuple[str, str] = ("", "")
    unanswered: Mapping[str, int] = field(default_factory=dict)


class Node:
    """A node's actor: it claims from the store, reads, asks and writes, until nothing is left to claim.

    Its settings are those of its own machine: keys and addresses never travel through the cluster.
    """

    def __init__(self, call: Call) -> None:
        self._call = call
        self._asked: Asked | None = None
        self._runner: Runner | None = None
        self._lock = threading.Lock()
        self._is_stopping = False

    async def introduce(self) -> Introduced:
        """Who this is, so that nodes that would read otherwise are not set to work."""
        return await asyncio.to_thread(self._introduce)

    async def work(self, share: Share) -> Turn:
        """Work on the job while there is something to claim."""
        return await asyncio.to_thread(self._work, share)

    async def stop(self) -> None:
        """Finish what is under way, give back the rest."""
        with self._lock:
            self._is_stopping = True
            if self._asked is not None:
                self._asked.number = signal.SIGTERM

    def _introduce(self) -> Introduced:
        machine = socket.gethostname()
        try:
            settings = load_settings()
            key = terms_of(settings, self._call.engine, self._call.form, self._call.samples).key
            store = open_store(settings)
            store.close()
        except ExtractorError as error:
            return Introduced(machine, error=(error.zh, error.en))
        return Introduced(machine, key, store.url.render_as_string(hide_password=True).partition("@")[2])

    def _work(self, share: Share) -> Turn:
        """A turn, and what it took of its share, however it ended: known once nothing is asked any more."""
        try:
            turn = self._turn(_within(settings_of(self._call), share))
        except ExtractorError as error:
            turn = Turn(error.code, detail=(error.zh, error.en))
        runner, self._runner = self._runner, None
        if runner is None or runner.answering is None:
            return turn
        model, unanswered = runner.answering.model, dict(runner.unanswered)
        used, lately = model.used, model.used_lately(time.monotonic())
        return replace(turn, cost=used.money, tokens=used.tokens, lately=lately, unanswered=unanswered)

    def _turn(self, settings: Settings) -> Turn:
        call = self._call
        terms = terms_of(settings, call.engine, call.form, call.samples)
        asked = Asked(lambda: None)
        with ExitStack() as stack:
            store = open_store(settings)
            stack.callback(store.close)
            patient = Patient(store)
            job = patient.read(partial(jobs.job_named, name=call.job))
            self._runner = runner = assembled(call, settings, terms, patient, job, stack, kind="cluster")
            runner.watcher = stack.enter_context(watching(replace(Watching.of(settings), metrics_port=None)))
            runner.asked, runner.shown = asked, Progress(settings.language, is_silent=True)
            self._begin(asked)
            stack.callback(self._begin, None)
            turn = _worked(runner)
            runner.note_rest(patient)
            patient.write(partial(runs.end_run, run=runner.supply.run, ending=turn.ending))
        return turn

    def _begin(self, asked: Asked | None) -> None:
        with self._lock:
            self._asked = asked
            if asked is not None and self._is_stopping:
                asked.number = signal.SIGTERM


def _worked(runner: Runner) -> Turn:
    """How the work ended.

    Raises:
        StoreError: the run cannot be ended in the store either; its lease will be over.
    """
    try:
        ending = runner.work()
    except StoreError:
        raise
    except ExtractorError as error:
        return Turn(error.code, detail=(error.zh, error.en))
    return Turn(ending, detail=runner.detail(ending) or ("", ""))


def _within(settings: Settings, share: Share) -> Settings:
    """The node's settings, held to its share; a limit of its own that is lower stays."""
    limits: dict[str, tuple[Decimal | int | None, Decimal | int | None]] = {
        "budget_per_run": (settings.budget_per_run, share.budget),
        "tokens_per_run": (settings.tokens_per_run, share.tokens),
        "requests_per_minute": (settings.requests_per_minute, share.requests_per_minute),
        "tokens_per_minute": (settings.tokens_per_minute, share.tokens_per_minute),
    }
    told = {name: [one for one in both if one is not None] for name, both in limits.items()}
    return settings.model_copy(update={name: min(some) for name, some in told.items() if some})
