"""How a run is asked to end: one signal to end in order, a second one to end at once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Asked:
    """``number``: the signal that asked to end; 0: none did."""

    def __init__(self, told: Callable[[], None]) -> None:
        self.number = 0
        self._told = told

    def __call__(self, number: int, _: FrameType | None) -> None:
        """Take a signal.

        Raises:
            KeyboardInterrupt, SystemExit: it is the second one.
        """
        if self.number:
            for one in _SIGNALS:
                signal.signal(one, lambda *_: None)
            if number == signal.SIGINT:
                raise KeyboardInterrupt
            raise SystemExit(128 + number)
        self.number = number
        self._told()


@contextmanager
def asked_to_end(told: Callable[[], None]) -> Iterator[Asked]:
    """Take signals until the block ends; ``told`` is called with the first one."""
    asked = Asked(told)
    before = {one: signal.getsignal(one) for one in _SIGNALS}
    for one, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(one, asked)
    try:
        yield asked
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
