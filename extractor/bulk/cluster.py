"""`extractor bulk run --cluster ADDRESS`: one job on many machines, with Ray (docs/scaling.md).

The job table is the queue. One actor a node claims from it and works as a run on one machine does; this process lists
files, sets idle nodes to work again, and tells of all of them. A node that dies loses nothing: what it had claimed goes
back when its lease is over, and other nodes take it. A node that joins later is set to work, too.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from extractor.bulk import runs
from extractor.bulk.adding import add
from extractor.bulk.cluster_node import Introduced, Turn
from extractor.bulk.cluster_ray import actor_of, alive_nodes, joined
from extractor.bulk.ending import Asked, asked_to_end
from extractor.bulk.jobs import Job, New, State
from extractor.bulk.ledger import money
from extractor.bulk.local import Call, compare_done, opened, say_ending, say_gone, say_unanswered, settings_of, tell_end
from extractor.bulk.patience import Patient
from extractor.bulk.runner import counts_now
from extractor.bulk.shares import Share, Shares
from extractor.bulk.showing import Progress, progress
from extractor.bulk.terms import terms_of
from extractor.console import Language, say
from extractor.errors import ClusterError
from extractor.load.archive.names import Skipped
from extractor.run import say_skipped
from extractor.settings import Settings
from extractor.store import open_store

_POLL, _LOOK = 0.5, 5.0
"""Seconds between two looks at the nodes' turns, and between two at nodes and counts."""

_GRACE = 90.0
_INTRODUCTION = 120.0
"""Seconds that nodes have to end in order, and a node to start and say who it is."""

_MOST_LOSSES, _FIRST_REST = 5, 2.0
"""Times in a row that a node's actor may end without a turn done before it is left alone; seconds that it rests."""

_IDLE = ("finished", "stopped")


@dataclass
class _Member:
    """A node of the cluster. ``turn``: the reference of the turn it is at; ``losses``: in a row, then it rests.

    ``has_all``: its share is all that is left of the budgets.
    """

    actor: Any
    turn: Any = None
    has_all: bool = False
    losses: int = 0
    rests_until: float = 0.0
    is_out: bool = False

    @property
    def is_free(self) -> bool:
        """Whether it can be set to work."""
        return self.turn is None and not self.is_out and time.monotonic() >= self.rests_until


@dataclass
class Driver:
    """Who sets nodes to work. ``workers``: processes on each node; 0: one for each of its processors."""

    call: Call
    patient: Patient
    job: Job
    shares: Shares
    shown: Progress
    asked: Asked
    listing: Iterator[list[New]] | None
    workers: int = 0
    ending: str = ""
    details: dict[str, tuple[str, str]] = field(default_factory=dict)
    unanswered: Counter[str] = field(default_factory=Counter)
    _members: dict[str, _Member] = field(default_factory=dict)
    _counts: dict[State, int] = field(default_factory=dict)
    _base: dict[str, int] = field(default_factory=dict)
    _deferred: int = 0
    _last_out: str = ""
    _is_short: bool = False
    _is_told_alone: bool = False
    _look_at: float = 0.0
    _stopped_at: float = 0.0

    def work(self) -> str:
        """Work until the job is done, nobody can go on, or it is to end; why it ended."""
        self._base = self.patient.read(partial(runs.sums_of, job=self.job.id))
        while not self._is_over():
            self._list_some()
            if self.asked.number and not self.ending:
                self._stop("stopped")
            self._collect()
            if time.monotonic() >= self._look_at:
                self._look()
            self.shown.show()
        self._count()
        return self.ending or "finished"

    @property
    def detail(self) -> tuple[str, str] | None:
        """Why it ended, in Chinese and English, where a node told."""
        found = self.details.get(self.ending)
        return found if found and any(found) else None

    # ---- nodes ----

    def _look(self) -> None:
        """See who is there, give back what dead runs hold, and set idle nodes to work where something is left."""
        self.patient.write(partial(runs.return_lost, job=self.job.id))
        self._count()
        self._look_at = time.monotonic() + _LOOK
        if self.ending:
            return
        self._join()
        self._stop_if_all_are_out()
        if self._counts.get("pending") and not self.ending:
            for name, member in self._members.items():
                if member.is_free and not (self._is_short and self._is_at_work):
                    self._set_to_work(name, member)

    @property
    def _is_at_work(self) -> bool:
        return any(one.turn is not None for one in self._members.values())

    def _join(self) -> None:
        """An actor for each node that has none; nodes that are gone are told of."""
        alive = alive_nodes()
        for name in [name for name, member in self._members.items() if member.turn is None and name not in alive]:
            del self._members[name]
            say(f"节点 {name[:8]} 已离开集群", f"node {name[:8]} has left the cluster", self.shown.language)
        for name, cores in alive.items():
            if cores and name not in self._members:
                self._members[name] = _Member(actor_of(self.call, name, min(self.workers or cores, cores)))
                self._introduce(name)
        if not self._members and not self._is_told_alone:
            say(
                "集群中没有可用的节点，等待节点加入", "no node with a processor: one is waited for", self.shown.language
            )
        self._is_told_alone = not self._members

    def _introduce(self, name: str) -> None:
        """Set a node apart that would read otherwise than this process, or into another store."""
        import ray  # noqa: PLC0415 (only a cluster needs it)

        member = self._members[name]
        try:
            said: Introduced = ray.get(member.actor.introduce.remote(), timeout=_INTRODUCTION)
        except (ray.exceptions.RayError, ray.exceptions.GetTimeoutError) as error:
            why = type(error).__name__
            self._leave_out(name[:8], (f"无法启动（{why}）", f"cannot be started ({why})"), member)
            return
        here = self.patient.store.url.render_as_string(hide_password=True).partition("@")[2]
        if said.error:
            self._leave_out(f"{name[:8]} {said.machine}", said.error, member)
        elif said.key != self.job.terms.key:
            self._leave_out(f"{name[:8]} {said.machine}", _OTHER_TERMS, member)
        elif said.store != here:
            self._leave_out(f"{name[:8]} {said.machine}", _OTHER_STORE, member)

    def _leave_out(self, name: str, why: tuple[str, str], member: _Member, ending: str = "cluster") -> None:
        """Have a node do nothing more; ``ending``: how the run ends when it was the last one."""
        member.is_out, self._last_out = True, ending
        self.details[ending] = why if ending != "cluster" else _nobody(*why)
        say(f"节点 {name} 不参与：{why[0]}", f"node {name} is left out: {why[1]}", self.shown.language)

    def _stop_if_all_are_out(self) -> None:
        if self._members and not self.ending and all(one.is_out for one in self._members.values()):
            self._stop(self._last_out)

    def _set_to_work(self, name: str, member: _Member) -> None:
        """Hand out an equal share; all that is left, once a share was too small to go on with."""
        share = self.shares.give(name, 1 if self._is_short else sum(not one.is_out for one in self._members.values()))
        member.has_all = self._is_short
        if share.is_empty:
            self.shares.take_back(name, Decimal(0), 0)
            if share.is_spent and not self._is_at_work:
                self._stop("over_budget")
            return
        member.turn = member.actor.work.remote(share)

    def _collect(self) -> None:
        """Take in the turns that ended."""
        import ray  # noqa: PLC0415

        turns = {member.turn: name for name, member in self._members.items() if member.turn is not None}
        if not turns:
            time.sleep(0.0 if self.listing else _POLL)
            return
        ended, _ = ray.wait(list(turns), num_returns=1, timeout=0.0 if self.listing else _POLL)
        for turn in ended:
            self._ended(turns[turn], turn)

    def _ended(self, name: str, reference: Any) -> None:
        import ray  # noqa: PLC0415

        member = self._members[name]
        member.turn = None
        try:
            turn: Turn = ray.get(reference)
        except ray.exceptions.RayError as error:
            self._lost(name, member, type(error).__name__)
            return
        member.losses = 0
        self.shares.take_back(name, turn.cost, turn.tokens, turn.lately)
        self.unanswered.update(turn.unanswered)
        self._look_at = min(self._look_at, time.monotonic() + _POLL)
        if turn.ending == "over_budget":
            self._is_short = True
            self.details[turn.ending] = turn.detail
            if member.has_all:
                self._stop("over_budget")
        elif turn.ending not in _IDLE:
            why = turn.detail if any(turn.detail) else (turn.ending, turn.ending)
            self._leave_out(name[:8], why, member, turn.ending)
            self._stop_if_all_are_out()

    def _lost(self, name: str, member: _Member, why: str) -> None:
        """Its actor is gone, and perhaps the node, as is known later. If it is there, Ray starts the actor again."""
        self.shares.lose(name)
        member.losses += 1
        if member.losses == 1:
            zh, en = f"节点 {name[:8]} 没有回应（{why}）", f"node {name[:8]} does not answer ({why})"
            say(f"{zh}，其任务将退回", f"{en}; what it held goes back", self.shown.language)
        member.rests_until = time.monotonic() + _FIRST_REST * 2**member.losses
        if member.losses >= _MOST_LOSSES and name in alive_nodes():
            self._leave_out(name[:8], (f"反复异常结束（{why}）", f"ended again and again ({why})"), member)
            self._stop_if_all_are_out()

    # ---- the job ----

    def _list_some(self) -> None:
        if self.listing is None:
            return
        batch = next(self.listing, None)
        if batch is None:
            self.listing, self.shown.grows = None, False
            return
        added = self.patient.write(partial(add, job=self.job, sources=batch))
        if (added.new or added.changed) and not self._is_at_work:
            self._look_at = min(self._look_at, time.monotonic() + _POLL)

    def _stop(self, why: str) -> None:
        self.ending, self._stopped_at, self.listing = why, time.monotonic(), None
        for member in self._members.values():
            if member.turn is not None:
                member.actor.stop.remote()

    def _is_over(self) -> bool:
        if self._is_at_work:
            return bool(self._stopped_at) and time.monotonic() - self._stopped_at > _GRACE
        if self.ending:
            return True
        return self.listing is None and not self._is_something_left() and not self._more_came()

    def _is_something_left(self) -> bool:
        """Whether anything is to be waited for, as it was counted last."""
        return bool(self._counts.get("pending") or self._counts.get("running", 0) > self._deferred)

    def _more_came(self) -> bool:
        """Whether there is something to do after all: files listed, or members unpacked, since it was counted last."""
        self.patient.write(partial(runs.return_lost, job=self.job.id))
        self._count()
        self._look_at = time.monotonic()
        return self._is_something_left()

    def _count(self) -> None:
        """Tell how things stand, by the store."""
        counts, before = counts_now(self.patient, self.job), self._counts or None
        self._deferred = self.patient.read(partial(runs.held_by_deferred, job=self.job.id))
        if before is not None:
            more = {state: count - before.get(state, 0) for state, count in counts.items()}
            self.shown.ended({state: count for state, count in more.items() if count > 0}, ())
        self.shown.began(counts)
        sums = self.patient.read(partial(runs.sums_of, job=self.job.id))
        since = {name: sums[name] - self._base[name] for name in sums}
        self.shown.calls, self.shown.cost = since["calls"], money(since["cost"])
        self.shown.tokens = since["tokens_in"] + since["tokens_out"]
        self._counts = counts


def run_on_cluster(call: Call, address: str, workers: int = 0) -> int:
    """Work on a job with all nodes of the cluster at ``address`` (``auto``: the one this machine belongs to).

    ``workers``: processes on each node; 0: one for each processor that Ray counts there. The exit status is that of a
    run on one machine.

    Raises:
        ClusterError: Ray is not installed, there is no cluster, or the store is no PostgreSQL.
        SettingsError, StoreError, JobError: as on one machine.
    """
    settings, begun = settings_of(call), time.monotonic()
    terms = terms_of(settings, call.engine, call.form, call.samples)
    language, skipped = settings.language, list[Skipped]()
    with ExitStack() as stack:
        store = open_store(settings)
        stack.callback(store.close)
        if store.is_sqlite:
            raise _needs_a_server()
        patient = Patient(store, partial(say_gone, language=language))
        job, listing = opened(call, terms, patient, skipped)
        stack.enter_context(joined(address))
        asked = stack.enter_context(asked_to_end(partial(say_ending, language)))
        shown = stack.enter_context(progress(language, settings.currency))
        shown.began(counts_now(patient, job))
        shown.grows = listing is not None
        shares = _shares(call, settings) if terms.engine != "rules" else Shares(Share())
        driver = Driver(call, patient, job, shares, shown, asked, listing, workers)
        ending = driver.work()
        say_skipped(skipped, language)
        if terms.engine != "rules":
            _say_unanswered(driver, language)
        compare_done(patient, ending, begun, asked, language)
    return tell_end(job, shown, ending, driver.detail, asked.number, language)


def _say_unanswered(driver: Driver, language: Language) -> None:
    from extractor.llm.failures import words_of  # noqa: PLC0415 (slow to load, and rules alone do without)

    say_unanswered(driver.job, driver.unanswered, words_of, language)


def _shares(call: Call, settings: Settings) -> Shares:
    tokens = call.tokens if call.tokens is not None else settings.tokens_per_run
    whole = Share(settings.budget_per_run, tokens, settings.requests_per_minute, settings.tokens_per_minute)
    return Shares(whole)


def _nobody(zh: str, en: str) -> tuple[str, str]:
    return f"集群中没有可用的节点：{zh}", f"no node of the cluster can work on the job: {en}"


_OTHER_TERMS = (
    "其程序版本或设置（模型、提示词等）与本机不同",
    "its program or settings (model, prompts …) are not those of this machine",
)
_OTHER_STORE = ("其 EXTRACTOR_DATABASE_URL 是另一个数据库", "its EXTRACTOR_DATABASE_URL is another store")


def _needs_a_server() -> ClusterError:
    return ClusterError(
        "a cluster needs a store that all its machines reach: set EXTRACTOR_DATABASE_URL to a PostgreSQL database",
        "集群需要各机器都能访问的数据库：请把 EXTRACTOR_DATABASE_URL 设为 PostgreSQL",
    )
