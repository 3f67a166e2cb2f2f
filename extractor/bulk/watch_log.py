"""The structured log: one JSON line an event, each written at once and whole."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from extractor.bulk.watch import Event
from extractor.errors import SettingsError
from extractor.llm.usage import written

STANDARD_ERROR = "-"


@contextmanager
def log_to(place: str) -> Iterator[Log]:
    """A log that adds to a file, or to standard error; several processes may share the file.

    Raises:
        SettingsError: the file cannot be written to.
    """
    if place == STANDARD_ERROR:
        yield Log(sys.stderr.fileno())
        return
    try:
        handle = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or str(error)
        raise SettingsError(f"cannot write the log {place}: {told}", f"无法写入日志 {place}：{told}") from None
    try:
        yield Log(handle)
    finally:
        os.close(handle)


class Log:
    """Writes events to an open file; where that fails (disk full), the work goes on and ``lost`` counts."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self.lost = 0

    def see(self, event: Event) -> None:
        """Write one line."""
        line = json.dumps(_told(event), ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        try:
            whole = os.write(self._handle, line) == len(line)
        except OSError:
            whole = False
        self.lost += not whole
        if not whole:
            with suppress(OSError):
                os.write(self._handle, b"\n")  # what follows is a line of its own again


def _told(event: Event) -> dict[str, Any]:
    told: dict[str, Any] = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event.name}
    for name in event.__dataclass_fields__:
        value = getattr(event, name)
        if name != "name" and (value not in ("", None, 0) or isinstance(value, float)):
            told[name] = _plain(value)
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return written(value)
    return round(value, 4) if isinstance(value, float) else value
