"""What people's steps cost and brought about, summed by person and hour: millions of steps are told in no time.

The sums follow from the log and can be made anew from it (``tally_of`` of each step); a test holds them against it.
"""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from extractor.store.events import FIRST, Effort, Event
from extractor.store.people_tables import tally

HOUR = 3_600_000_000
"""Microseconds."""


def add_effort(connection: Connection, happened: Event, effort: Effort) -> None:
    """Add a step to the sums of its person and hour."""
    sums = tally_of(happened.round, effort)
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    new = dialect.insert(tally).values(who=happened.who, hour=happened.at // HOUR, **sums)
    added = {name: tally.c[name] + new.excluded[name] for name in sums}
    connection.execute(new.on_conflict_do_update(index_elements=[tally.c.who, tally.c.hour], set_=added))


def tally_of(round_number: int, effort: Effort) -> dict[str, int]:
    """What one step adds to each sum."""
    is_first, is_counted = round_number == FIRST, effort.presses is not None
    closed = max(effort.closed, 0) if is_counted else 0
    return {
        "reports": effort.done if is_first else 0,
        "again": 0 if is_first else effort.done,
        "steps": 1,
        "took": effort.took or 0,
        "presses": effort.presses or 0,
        "counted": effort.done if is_counted else 0,
        "closed": closed,
        "by_one": closed if effort.presses == 1 else 0,
    }
