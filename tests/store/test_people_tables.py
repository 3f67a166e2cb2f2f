"""A store of an older version comes to this one with all its readings, and what asking models cost is told of them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, insert, select, text

from extractor.record import Record, Source, Usage
from extractor.review.quality import Span, spending, throughput
from extractor.store import open_store
from extractor.store.address import address_of
from extractor.store.opening import create_store, engine_of
from extractor.store.packing import pack_record
from extractor.store.tables import content, event, reading, report
from extractor.store.upgrading import migrations
from tests import postgres
from tests.stores import LEAD, settings_for

FAILED = zlib.compress(b'{"error": {}}')
COUNTS = ("benefit", "errors", "doubts", "conflicts", "edits", "version", "added_at", "changed_at")


@pytest.fixture
def empty(kind: str, tmp_path: Path) -> str:
    """The address of a database without any table."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path}/old.db"
    return postgres.database(f"old{abs(hash(tmp_path))}")


@contextmanager
def old_store(address: str) -> Iterator[Connection]:
    """The tables as they were before people's."""
    engine = engine_of(address_of(settings_for(address)), 5, create=True)
    with engine.connect() as connection, connection.execution_options(writes=True).begin():
        command.upgrade(migrations(connection), "0003")
        yield connection
    engine.dispose()


def packed(usage: Usage) -> bytes:
    """A record as it was kept, without its evidence."""
    return pack_record(Record(Source("a", "", "text/plain"), usage=usage))[0]


def put_in(connection: Connection, number: int, engine: str, body: bytes) -> None:
    """A report with one reading and one step of a person."""
    data = {"sha256": bytes([number]) * 32, "codec": 0, "size": 1, "data": b"x"}
    connection.execute(insert(content), {"id": number, **data})
    named = {"id": number, "content_id": number, "name": "a", "format": "text/plain", "state": "open"}
    connection.execute(insert(report), named | dict.fromkeys(COUNTS, 1))
    told = {"id": number, "report_id": number, "version": "1", "at": number, "status": "accepted", "digest": b"0" * 32}
    connection.execute(insert(reading), told | {"engine": engine, "body": body, "evidence": b""})
    happened = {"report_id": number, "round": 0, "seq": 1, "at": number, "who": "Ann", "kind": "accept", "data": "{}"}
    connection.execute(insert(event), happened)


def test_an_older_store_keeps_all_and_tells_what_models_cost(empty: str) -> None:
    with old_store(empty) as connection:
        put_in(connection, 1, "rules", packed(Usage()))
        put_in(connection, 2, "hybrid", packed(Usage(2, 1_000, 10, 50, "0.000000123", "CNY")))
        put_in(connection, 3, "hybrid", packed(Usage()))
        put_in(connection, 4, "model", FAILED)
        before = connection.execute(text("SELECT id, report_id, body, evidence FROM reading ORDER BY id")).all()
    create_store(settings_for(empty))
    store = open_store(settings_for(empty))
    with store.reading() as connection:
        rows = connection.execute(text("SELECT id, report_id, body, evidence FROM reading ORDER BY id")).all()
        calls = connection.execute(select(reading.c.calls).order_by(reading.c.id)).scalars().all()
        kinds = connection.execute(select(event.c.kind, event.c.done)).all()
    assert rows == before
    assert calls == [None, 2, None, None]
    assert kinds == [("accept", None)] * 4
    [spent] = spending(store, LEAD, Span())
    assert (spent.currency, spent.input_tokens, str(spent.cost)) == ("CNY", 1_000, "1.23E-7")
    assert throughput(store, LEAD, Span()) == []  # what a step cost was not kept then
    store.close()
