"""Bytes by their hash: original files, and the texts that offsets point into. The same bytes are kept once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from extractor.store.packing import pack, unpack
from extractor.store.tables import content


def put(connection: Connection, data: bytes) -> int:
    """Keep ``data``; its id, an old one where the same bytes are there already."""
    digest = hashlib.sha256(data).digest()
    wanted = select(content.c.id).where(content.c.sha256 == digest)
    known = connection.execute(wanted).scalar()
    if known is None:
        codec, packed = pack(data)
        insert_new(connection, content, {"sha256": digest, "codec": codec, "size": len(data), "data": packed})
        known = connection.execute(wanted).scalar_one()
    return int(known)


def get(connection: Connection, content_id: int) -> bytes:
    """The bytes kept under an id."""
    row = connection.execute(select(content.c.codec, content.c.data).where(content.c.id == content_id)).one()
    return unpack(row.codec, row.data)


def insert_new(connection: Connection, table: Table, values: Mapping[str, Any] | list[dict[str, Any]]) -> None:
    """Insert what is not there yet; what somebody else was quicker to insert stays."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), values)
