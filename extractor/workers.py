"""Work done in other processes, so that a time limit holds in any code and a crash costs one item only.

Each worker sets an alarm for every item. The kernel ends the process when it rings, even in the middle of a C library;
the pool sees the worker's pipe close, tells why from the exit code, and starts another worker in its place.
Temporary files of workers lie in a folder of the pool's: what one leaves behind that was ended goes with the pool.
"""

from __future__ import annotations

import contextlib
import gc
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Generic, TypeVar

from extractor.errors import CrashedError, InputError, TimeLimitError

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD_PER_WORKER = 16
"""How many items the pool runs ahead of the one whose turn it is: what waits for its turn is held in memory."""


_CLEARINGS, _SECONDS_BETWEEN = 40, 0.05
"""How often, and how long apart, a temporary folder is cleared that somebody may still be writing to."""

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
    pool = _Pool(task, iter(items), workers, seconds)
    try:
        if ready:
            pool.make_ready()
        yield from pool.results()
    finally:
        pool.close()


@dataclass
class _Worker:
    """A process with the item it works on."""

    process: Any
    pipe: Connection
    index: int = -1
    item: Any = None


@dataclass
class _Pool(Generic[Item, Result]):
    task: Callable[[Item], Result]
    items: Iterator[Item]
    limit: int
    seconds: float
    idle: list[_Worker] = field(default_factory=list)
    busy: dict[Connection, _Worker] = field(default_factory=dict)
    waiting: dict[int, tuple[Item, Result | Lost]] = field(default_factory=dict)
    drawn: int = 0
    turn: int = 0
    folder: str | None = None

    def results(self) -> Iterator[tuple[Item, Result | Lost]]:
        while True:
            self._hand_out()
            while self.turn in self.waiting:
                self.turn += 1
                yield self.waiting.pop(self.turn - 1)
            if not self._hand_out():
                return
            ready = set(map(id, wait(list(self.busy))))
            for pipe in [pipe for pipe in self.busy if id(pipe) in ready]:
                self._collect(self.busy.pop(pipe))

    def make_ready(self) -> None:
        while len(self.idle) < self.limit:
            self.idle.append(self._start())

    def close(self) -> None:
        for worker in (*self.idle, *self.busy.values()):
            worker.process.kill()
            worker.process.join()
            worker.pipe.close()
        if self.folder:
            _clear(self.folder)

    def _hand_out(self) -> int:
        """Give items to workers as long as there are some of both; how many work now."""
        while len(self.busy) < self.limit and self.drawn < self.turn + _AHEAD_PER_WORKER * self.limit:
            try:
                item = next(self.items)
            except StopIteration:
                break
            worker = self._given(self.idle.pop() if self.idle else self._start(), item)
            self.busy[worker.pipe] = worker
            self.drawn += 1
        return len(self.busy)

    def _given(self, worker: _Worker, item: Item) -> _Worker:
        try:
            worker.pipe.send(item)
        except BrokenPipeError:  # it was ended while it had nothing to do
            worker.pipe.close()
            return self._given(self._start(), item)
        worker.index, worker.item = self.drawn, item
        return worker

    def _collect(self, worker: _Worker) -> None:
        try:
            result: Result | Lost = worker.pipe.recv()
            self.idle.append(worker)
        except (EOFError, OSError):
            result = Lost(self._why(worker))
            worker.pipe.close()
        self.waiting[worker.index] = (worker.item, result)

    def _start(self) -> _Worker:
        context = get_context(_start_method())
        ours, theirs = context.Pipe()
        inherited = [worker.pipe for worker in (*self.idle, *self.busy.values())] if _forks() else []
        self.folder = self.folder or _temporary_folder()
        arguments = (theirs, [ours, *inherited] if _forks() else [], self.task, self.seconds, self.folder)
        process = context.Process(target=_serve, args=arguments, daemon=True)  # type: ignore[attr-defined]
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _why(self, worker: _Worker) -> InputError:
        worker.process.join()
        code = worker.process.exitcode
        if code == -signal.SIGALRM:
            return TimeLimitError(
                f"reading took longer than {self.seconds:g} seconds", f"读取超过 {self.seconds:g} 秒的时限"
            )
        cause = signal.Signals(-code).name if code < 0 else f"exit status {code}"
        return CrashedError(f"the process reading it ended ({cause})", f"读取它的进程异常结束（{cause}）")


def _temporary_folder() -> str | None:
    """A folder for what workers keep meanwhile; None where none can be made: most documents need none."""
    with contextlib.suppress(OSError):
        return tempfile.mkdtemp(prefix="extractor-")
    return None


def _clear(folder: str) -> None:
    for _ in range(_CLEARINGS):
        shutil.rmtree(folder, ignore_errors=True)
        if not Path(folder).exists():
            break
        time.sleep(_SECONDS_BETWEEN)


def _serve(
    pipe: Connection, inherited: list[Connection], task: Callable[[Any], Any], seconds: float, folder: str | None
) -> None:
    """A worker's life: one item after another until the pipe closes.

    The pool's ends of the pipes, inherited in a fork, are closed: a pipe closes only when nobody holds its other end.
    """
    for other in inherited:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the pool ends its workers itself
    for ending in (signal.SIGALRM, signal.SIGTERM):
        signal.signal(ending, signal.SIG_DFL)
    if folder:
        tempfile.tempdir = folder
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
    """A fork starts in a millisecond with everything imported, but copies no thread: only for a lone one."""
    return sys.platform == "linux" and threading.active_count() == 1


def _start_method() -> str:
    return "fork" if _forks() else "spawn"
