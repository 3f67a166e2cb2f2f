"""Folders for what is needed for a while.

Their names are known before they are made: whoever is ended by a signal in the moment of making one still clears it.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
import time
from pathlib import Path

_CLEARINGS, _SECONDS_BETWEEN = 40, 0.05
"""Times that a folder is cleared, as long as programs that were ended still write into it."""


class Scratch:
    """A folder of our own below the system's for temporary files; it is made when it is first asked for."""

    def __init__(self) -> None:
        self._root: Path | None = None
        self._count = 0

    @property
    def root(self) -> Path:
        """The folder.

        Raises:
            OSError: it cannot be made.
        """
        if self._root is None:
            self._root = Path(tempfile.gettempdir(), f"extractor-{secrets.token_hex(6)}")
        self._root.mkdir(mode=0o700, exist_ok=True)
        return self._root

    def new(self) -> Path:
        """An empty folder in it.

        Raises:
            OSError: it cannot be made.
        """
        self._count += 1
        folder = self.root / str(self._count)
        folder.mkdir()
        return folder

    def clear(self) -> None:
        """Remove it with all that is in it."""
        for _ in range(_CLEARINGS if self._root else 0):
            shutil.rmtree(str(self._root), ignore_errors=True)
            if not Path(str(self._root)).exists():
                break
            time.sleep(_SECONDS_BETWEEN)
