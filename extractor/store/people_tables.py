"""The tables of people: who signed in, which rights a lead gave them, and what two reviewers of a report said."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
)

from extractor.store.tables import metadata

_ID = BigInteger().with_variant(Integer, "sqlite")

account = Table(
    "account",
    metadata,
    Column("key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("claimed", Text),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)
"""Who signed in with a provider. ``key``: the name without regard to case; ``claimed``: the role the provider gave."""

ruling = Table(
    "ruling",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text),
    Column("blocked", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
)
"""What a lead said of somebody's rights; the last row of a key holds. Never changed, never removed (the database
refuses it). ``role`` NULL: the provider's claim counts again."""
_ruling_key = Index("ruling_key", ruling.c.key, ruling.c.id)

tally = Table(
    "tally",
    metadata,
    Column("who", Text, nullable=False),
    Column("hour", BigInteger, nullable=False),
    *(Column(name, BigInteger, nullable=False) for name in ("reports", "again", "steps", "took")),
    *(Column(name, BigInteger, nullable=False) for name in ("presses", "counted", "closed", "by_one")),
    PrimaryKeyConstraint("who", "hour"),
)
"""What somebody did in an hour (counted since 1970, UTC), summed from the log as it grows: see ``efforts``."""
_tally_hour = Index("tally_hour", tally.c.hour)

opinion = Table(
    "opinion",
    metadata,
    Column("report_id", ForeignKey("report.id", ondelete="CASCADE"), nullable=False),
    Column("round", SmallInteger, nullable=False),
    Column("said", LargeBinary, nullable=False),
    PrimaryKeyConstraint("report_id", "round"),
)
"""What both reviewers said of each field when a further review was handed in. It follows from the log."""
