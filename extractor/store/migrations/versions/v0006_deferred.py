"""Tables of deferred: being built."""

from __future__ import annotations

from extractor.store.migrations import refuse_downgrade

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Refused.

    Raises:
        StoreVersionError: always.
    """
    refuse_downgrade()
