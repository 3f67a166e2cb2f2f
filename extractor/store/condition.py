"""How a store is: how large, how much room is left, and how many are at work."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, text

from extractor.store.opening import Store
from extractor.store.tables import report


@dataclass(frozen=True, slots=True)
class Condition:
    """Bytes taken, bytes left on the disk (None where it is another machine's), reports that somebody has now."""

    size: int
    left: int | None
    held: int


def condition_of(store: Store) -> Condition:
    """How the store is now.

    Raises:
        StoreError: it cannot be read.
    """
    with store.reading() as connection:
        held = connection.execute(select(func.count()).where(report.c.claimed_until > store.clock())).scalar_one()
        if not store.is_sqlite:
            size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
            return Condition(int(size), None, int(held))
    path = Path(str(store.url.database))
    files = (path, path.with_name(f"{path.name}-wal"))
    size = sum(one.stat().st_size for one in files if one.exists())
    return Condition(size, shutil.disk_usage(path.parent).free, int(held))
