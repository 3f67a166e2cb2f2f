"""What a person at the terminal is told on standard error: messages in one language, and progress."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from extractor.errors import ExtractorError

Language = Literal["zh", "en"]

_SECONDS_BETWEEN_LINES = 10.0
_SECONDS_BETWEEN_FRAMES = 0.1


def say(zh: str, en: str, language: Language) -> None:
    """One message to the person at the terminal, on standard error; to nobody where that is closed."""
    from extractor.text import printable

    if sys.stderr is not None:
        print(printable(zh if language == "zh" else en), file=sys.stderr, flush=True)  # noqa: T201 (this is the place)


def say_error(error: ExtractorError, language: Language = "zh", about: str = "") -> None:
    """What went wrong, as one sentence on standard error; ``about`` names with what, unless the sentence does."""
    from extractor.text import printable

    where = f"{about}: " if about and printable(about) not in printable(error.en) else ""
    say(f"错误：{where}{error.zh}", f"error: {where}{error.en}", language)


@contextmanager
def progress(total: int, language: Language, *, bar: bool) -> Iterator[Progress]:
    """Progress over ``total`` inputs: a bar where ``bar`` is set and a terminal is there, else a line now and then."""
    if bar and total > 1 and sys.stderr is not None and sys.stderr.isatty():
        with _bar(total) as shown:
            yield shown
    else:
        yield Progress(total, language)


class Progress:
    """Counts inputs and says so on standard error every ten seconds."""

    def __init__(self, total: int, language: Language) -> None:
        self._total = total
        self._language = language
        self._due = time.monotonic() + _SECONDS_BETWEEN_LINES
        self.done = 0

    def step(self) -> None:
        """One more input is done."""
        self.done += 1
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + _SECONDS_BETWEEN_LINES
            self._show()

    def grow(self, more: int) -> None:
        """There are ``more`` inputs than was said at first."""
        self._total += more

    def _show(self) -> None:
        say(f"已完成 {self.done}/{self._total}", f"{self.done} of {self._total} done", self._language)


class _Bar(Progress):
    """Draws a bar, from this thread only: workers are forked from it, and a fork copies no other thread."""

    def __init__(self, total: int, advance: Callable[[int, int], None]) -> None:
        super().__init__(total, "en")
        self._due = 0.0
        self._advance = advance

    def step(self) -> None:
        self.done += 1
        if time.monotonic() >= self._due or self.done == self._total:
            self._due = time.monotonic() + _SECONDS_BETWEEN_FRAMES
            self._advance(self.done, self._total)


@contextmanager
def _bar(total: int) -> Iterator[_Bar]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with RichProgress(*columns, console=console, auto_refresh=False, transient=True, redirect_stdout=False) as drawn:
        task = drawn.add_task("", total=total)
        yield _Bar(total, lambda done, total: drawn.update(task, completed=done, total=total, refresh=True))
