"""A store that goes away comes back, mostly: what was to be done is done again until it succeeds, for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from extractor.errors import StoreBusyError, StoreGoneError
from extractor.store import Store

Result = TypeVar("Result")

PATIENCE = 180.0
"""Seconds that a store may be gone for before a run ends."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 3.0
_MOST_COLLISIONS = 5
"""Times that two transactions may meet at the same new row before it is taken for a fault."""


class Patient:
    """A store, and the patience to wait for it. ``told``: called once each time that waiting begins.

    Work that is done again must be such that doing it twice is doing it once.
    """

    def __init__(
        self,
        store: Store,
        told: Callable[[StoreGoneError | StoreBusyError], None] = lambda _: None,
        patience: float = PATIENCE,
    ) -> None:
        self.store = store
        self._told = told
        self._patience = patience

    def write(self, work: Callable[[Connection], Result]) -> Result:
        """The result of ``work`` in a transaction that writes.

        Raises:
            StoreError: it cannot be done, or the store was gone for too long.
        """

        def once() -> Result:
            with self.store.writing() as connection:
                return work(connection)

        return self.again(once)

    def read(self, work: Callable[[Connection], Result]) -> Result:
        """The result of ``work`` in a transaction that reads.

        Raises:
            StoreError: as ``write``.
        """

        def once() -> Result:
            with self.store.reading() as connection:
                return work(connection)

        return self.again(once)

    def again(self, once: Callable[[], Result]) -> Result:
        """The result of ``once``, which begins transactions of its own, done again until the store is there.

        Raises:
            StoreError: as ``write``.
        """
        since, pause, collisions = 0.0, _FIRST_PAUSE, 0
        while True:
            try:
                return once()
            except IntegrityError:
                collisions += 1
                if collisions >= _MOST_COLLISIONS:
                    raise
            except (StoreGoneError, StoreBusyError) as error:
                since = since or self._begin(error)
                if time.monotonic() - since > self._patience:
                    raise
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _begin(self, error: StoreGoneError | StoreBusyError) -> float:
        self._told(error)
        return time.monotonic()
