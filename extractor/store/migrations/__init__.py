"""The store's versions, and the one thing they share: there is no way down."""

from __future__ import annotations

from extractor.errors import StoreVersionError


def refuse_downgrade() -> None:
    """Refused: it would throw people's work away.

    Raises:
        StoreVersionError: always.
    """
    raise StoreVersionError(
        "a store is never downgraded: people's work would be lost; go back to a copy made before",
        "数据库不能降级：会丢失人工成果；请改用升级前的备份",
    )
