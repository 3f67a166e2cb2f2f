"""Work done in other processes, so that a time limit holds in any code and a crash costs one item only.

Each worker sets an alarm for every item. The kernel ends the process when it rings, even in the middle of a C library;
the pool sees the worker's pipe close, tells why from the exit code, and starts another worker in its place.
Temporary files of workers lie in a folder of the pool's: what one leaves behind that was ended goes with the pool.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Generic, TypeVar

from extractor.errors import CrashedError, InputError, TimeLimitError
from extractor.scratch import Scratch

Tag = TypeVar("Tag")
Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD_PER_WORKER = 16
"""How many items the pool runs ahead of the one whose turn it is: what waits for its turn is held in memory."""


_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that ask a process to end."""

_RESULTS_AHEAD = 1 << 20
"""Bytes of results that a worker may send before anybody collects them, where the system allows as much: it goes on
while whoever collects them is busy with others."""

_IMPORTED = ["extractor.run"]
"""What the server of copies imports before the first, beside the first task's module: the reader with its stages."""

_NICE = 10
"""Steps by which workers that yield are nicer to others than these are to them."""

_OBJECTS_PER_COLLECTION = 50_000
"""New objects after which a worker looks for unused cycles: a report makes fewer, and hardly a cycle among them."""


@dataclass(frozen=True, slots=True)
class Lost:
    """What stands for the result of an item whose worker ended."""

    error: InputError


def in_workers(
    task: Callable[[Item], Result], items: Iterable[Item], *, workers: int, seconds: float, ready: bool = False
) -> Iterator[tuple[Item, Result | Lost]]:
    """Each of ``items`` with ``task(item)``, in order, worked on by up to ``workers`` processes.

    ``seconds`` is the limit for one item. Items are drawn as they are needed; results are held only until their turn.
    ``ready``: start all workers before the first item is drawn, as where drawing it starts a thread: see ``_forks``.
    ``task``, items and results must be picklable. Closing the iterator ends every worker.
    """
    pool: Workers[int, Item, Result] = Workers(task, workers, seconds)
    try:
        if ready:
            pool.make_ready()
        yield from _in_order(pool, iter(items), _AHEAD_PER_WORKER * workers)
    finally:
        pool.close()


def _in_order(
    pool: Workers[int, Item, Result], items: Iterator[Item], ahead: int
) -> Iterator[tuple[Item, Result | Lost]]:
    held: dict[int, Item] = {}
    waiting: dict[int, Result | Lost] = {}
    drawn = turn = 0
    while True:
        while pool.room and drawn < turn + ahead:
            try:
                held[drawn] = next(items)
            except StopIteration:
                break
            pool.give(drawn, held[drawn])
            drawn += 1
        if turn in waiting:
            yield held.pop(turn), waiting.pop(turn)
            turn += 1
        elif turn == drawn:
            return
        else:
            waiting.update(pool.collect())


@dataclass(eq=False)
class _Worker(Generic[Tag, Item]):
    """A process with the items it was given, the one it works on first."""

    process: Any
    pipe: Connection
    given: deque[tuple[Tag, Item]] = field(default_factory=deque)


class Workers(Generic[Tag, Item, Result]):
    """Up to ``count`` processes; items are given with a tag each, results come as they are ready, under those tags.

    ``seconds`` is the limit for one item. ``ahead``: how many items a worker may have been given, so that it need not
    wait for the next one; only the one that it worked on is lost with it. Items given ahead must be small (some
    kilobytes): what does not fit into a pipe may wait for a worker that waits for its result to be collected.
    ``yields``: workers leave processors to whoever else needs one, as where calls are to go when they are due.
    """

    def __init__(
        self, task: Callable[[Item], Result], count: int, seconds: float, *, ahead: int = 1, yields: bool = False
    ) -> None:
        self._yields = yields
        self._task = task
        self._count = count
        self._seconds = seconds
        self._ahead = ahead
        self._workers: list[_Worker[Tag, Item]] = []
        self._again: list[tuple[Tag, Item]] = []
        self._scratch = Scratch()

    @property
    def room(self) -> int:
        """How many items more may be given."""
        return self._count * self._ahead - self.under_way

    @property
    def under_way(self) -> int:
        """How many items have no result yet."""
        return sum(len(worker.given) for worker in self._workers) + len(self._again)

    @property
    def idle(self) -> int:
        """How many workers have nothing to do."""
        return self._count - sum(1 for worker in self._workers if worker.given)

    @property
    def pipes(self) -> list[Connection]:
        """What becomes ready when a result is there."""
        return [worker.pipe for worker in self._workers if worker.given]

    def make_ready(self) -> None:
        """Start all workers now."""
        while len(self._workers) < self._count:
            self._workers.append(self._start())

    def give(self, tag: Tag, item: Item) -> None:
        """Have ``item`` worked on; there must be room."""
        free = min(self._workers, key=lambda worker: len(worker.given), default=None)
        if free is None or (free.given and len(self._workers) < self._count):
            free = self._start()
            self._workers.append(free)
        try:
            free.pipe.send(item)
        except (BrokenPipeError, ConnectionResetError):
            if not free.given:  # it was ended while it had nothing to do
                self._drop(free)
                self.give(tag, item)
                return
            self._again.append((tag, item))  # what it worked on is told of when it is collected
            return
        free.given.append((tag, item))

    def collect(self, timeout: float | None = None, also: Sequence[Any] = ()) -> list[tuple[Tag, Result | Lost]]:
        """Results that are there, waiting ``timeout`` seconds (None: as long as it takes) for the first of them.

        ``also``: further files to wait for.
        """
        pipes = {worker.pipe: worker for worker in self._workers if worker.given}
        ready = wait([*pipes, *also], timeout) if pipes or also else []
        found = [self._taken(pipes[pipe]) for pipe in ready if pipe in pipes]
        again, self._again = self._again, []
        for tag, item in again:
            self.give(tag, item)
        return found

    def close(self) -> None:
        """End every worker."""
        for worker in self._workers:
            worker.process.kill()
            worker.process.join()
            worker.pipe.close()
        self._workers.clear()
        self._scratch.clear()

    def _taken(self, worker: _Worker[Tag, Item]) -> tuple[Tag, Result | Lost]:
        try:
            result: Result | Lost = worker.pipe.recv()
        except (EOFError, OSError):
            result = Lost(self._why(worker))
            self._drop(worker)
        tag, _ = worker.given.popleft()
        if isinstance(result, Lost) and worker not in self._workers:
            self._again.extend(worker.given)
        return tag, result

    def _drop(self, worker: _Worker[Tag, Item]) -> None:
        self._workers.remove(worker)
        worker.process.join()
        worker.pipe.close()

    def _start(self) -> _Worker[Tag, Item]:
        forks = _forks()
        context = _context(forks, self._task)
        ours, theirs = context.Pipe()
        _widen(theirs)
        inherited = [ours, *(worker.pipe for worker in self._workers)] if forks else []
        environment = None if forks else dict(os.environ)
        folder = None
        with contextlib.suppress(OSError):  # most documents need none
            folder = str(self._scratch.root)
        home = _Home(folder, environment, inherited, yields=self._yields)
        arguments = (theirs, home, self._task, self._seconds)
        process = context.Process(target=_serve, args=arguments, daemon=True)
        with _undisturbed() if forks else contextlib.nullcontext():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _why(self, worker: _Worker[Tag, Item]) -> InputError:
        worker.process.join()
        code = worker.process.exitcode
        if code == -signal.SIGALRM:
            return TimeLimitError(
                f"reading took longer than {self._seconds:g} seconds", f"读取超过 {self._seconds:g} 秒的时限"
            )
        cause = signal.Signals(-code).name if code < 0 else f"exit status {code}"
        return CrashedError(f"the process reading it ended ({cause})", f"读取它的进程异常结束（{cause}）")


def _widen(pipe: Connection) -> None:
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(pipe.fileno())) as end:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _RESULTS_AHEAD)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Signals wait: a copy of this process is not to act on them as this one does, and lets them in when it is set."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a worker lives: its folder, and what it is to set right of what it was born with.

    ``environment``: that of the pool, where the worker is a copy of a server's that was started earlier.
    ``inherited``: the pool's ends of pipes in a fork. A pipe closes only when nobody holds its other end.
    """

    folder: str | None
    environment: dict[str, str] | None
    inherited: list[Connection]
    yields: bool

    def settle(self) -> None:
        """Settle in."""
        for other in self.inherited:
            other.close()
        if self.environment is not None:
            os.environ.clear()
            os.environ.update(self.environment)
        if self.folder:
            tempfile.tempdir = self.folder
        if self.yields:
            os.nice(_NICE)


def _serve(pipe: Connection, home: _Home, task: Callable[[Any], Any], seconds: float) -> None:
    """A worker's life: one item after another until the pipe closes."""
    home.settle()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the pool ends its workers itself
    for ending in (signal.SIGALRM, signal.SIGTERM):
        signal.signal(ending, signal.SIG_DFL)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDINGS)
    gc.freeze()  # what is imported stays as long as the worker lives
    gc.set_threshold(_OBJECTS_PER_COLLECTION)
    while True:
        try:
            item = pipe.recv()
        except (EOFError, ConnectionError):
            return
        signal.setitimer(signal.ITIMER_REAL, seconds)
        result = task(item)
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            pipe.send(result)
        except ConnectionError:  # whoever asked was killed
            return


def _forks() -> bool:
    """A fork starts in a millisecond with everything imported, but copies no thread: only for a lone one.

    The kernel is asked, since Python does not count the threads of C libraries (the OCR engine's, OpenCV's): a copy of
    a process that has some would wait for them for ever.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    return sum(1 for _ in Path("/proc/self/task").iterdir()) == 1


def _context(forks: bool, task: Callable[[Any], Any]) -> Any:
    """How workers start: as copies of this process, or of a server without threads that has imported what they need."""
    if forks or sys.platform != "linux":
        return get_context("fork" if forks else "spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload([*_IMPORTED, getattr(task, "func", task).__module__])  # heeded by the first only
    return context
