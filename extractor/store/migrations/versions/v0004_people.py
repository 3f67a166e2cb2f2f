"""People's rights, what their work cost, and what asking models cost."""

from __future__ import annotations

import json
import zlib
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op

from extractor.store.migrations import refuse_downgrade

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BATCH = 500
_BILLION = 10**9
_KEPT_SQLITE = """
CREATE TRIGGER ruling_{verb} BEFORE {verb} ON ruling
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END
"""
_KEPT_POSTGRES = (
    "CREATE TRIGGER ruling_kept BEFORE UPDATE OR DELETE ON ruling FOR EACH ROW EXECUTE FUNCTION event_kept()"
)


def upgrade() -> None:
    """Make the tables and columns; what readings cost is taken from the records they hold."""
    _account()
    _ruling()
    _opinion()
    _effort()
    _tally()
    _cost()
    _fill_costs(op.get_bind())


def downgrade() -> None:
    """Refused: it would throw people's work away.

    Raises:
        StoreVersionError: always.
    """
    refuse_downgrade()


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("claimed", sa.Text(), nullable=True),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )


def _ruling() -> None:
    op.create_table(
        "ruling",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ruling_key", "ruling", ["key", "id"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(_KEPT_SQLITE.format(verb=verb))
    else:
        op.execute(_KEPT_POSTGRES)


def _opinion() -> None:
    op.create_table(
        "opinion",
        sa.Column("report_id", _ID, nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("report_id", "round"),
    )


def _effort() -> None:
    op.add_column("event", sa.Column("took", sa.BigInteger(), nullable=True))
    op.add_column("event", sa.Column("presses", sa.Integer(), nullable=True))
    op.add_column("event", sa.Column("closed", sa.Integer(), nullable=True))
    op.add_column("event", sa.Column("done", sa.SmallInteger(), nullable=True))


def _tally() -> None:
    sums = ("reports", "again", "steps", "took", "presses", "counted", "closed", "by_one")
    op.create_table(
        "tally",
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in sums),
        sa.PrimaryKeyConstraint("who", "hour"),
    )
    op.create_index("tally_hour", "tally", ["hour"])


def _cost() -> None:
    op.add_column("reading", sa.Column("calls", sa.Integer(), nullable=True))
    for name in ("input_tokens", "output_tokens", "cost"):
        op.add_column("reading", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("reading", sa.Column("currency", sa.Text(), nullable=True))
    where = sa.text("calls IS NOT NULL")
    columns = ["at", "engine", "currency", "calls", "input_tokens", "output_tokens", "cost"]
    op.create_index("reading_cost", "reading", columns, sqlite_where=where, postgresql_where=where)


def _fill_costs(connection: sa.Connection) -> None:
    """Readings in which a model may have been asked, a few at a time."""
    table = sa.table("reading", *(sa.column(name) for name in ("id", "engine", "body", *_COLUMNS)))
    last = 0
    while True:
        wanted = sa.select(table.c.id, table.c.body).where(table.c.id > last, table.c.engine != "rules")
        rows = connection.execute(wanted.order_by(table.c.id).limit(_BATCH)).all()
        for row in rows:
            cost = _cost_in(row.body)
            if cost:
                connection.execute(sa.update(table).where(table.c.id == row.id).values(cost))
        if not rows:
            return
        last = rows[-1].id


_COLUMNS = ("calls", "input_tokens", "output_tokens", "cost", "currency")


def _cost_in(body: bytes) -> dict[str, Any] | None:
    """The columns that a stored record's ``usage`` gives; None where no model was asked, or nothing can be read."""
    try:
        usage = json.loads(zlib.decompress(body)).get("usage") or {}
    except (zlib.error, ValueError):
        return None
    if not usage.get("calls"):
        return None
    told = {name: usage[name] for name in ("calls", "input_tokens", "output_tokens", "currency")}
    return {**told, "cost": int(Decimal(usage["cost"]) * _BILLION)}
