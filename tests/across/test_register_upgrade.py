"""A store of the first version keeps what is in it when the register is added."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import select, text

from extractor.across.settling import merge
from extractor.across.suggesting import compare_some, suggestions
from extractor.store import create_store, open_store
from extractor.store.address import address_of
from extractor.store.contents import put
from extractor.store.opening import engine_of
from extractor.store.tables import body
from extractor.store.upgrading import migrations
from tests import postgres
from tests.stores import ANN, KINDS, settings_for

NAMES = {7: "松江市北河县教育局", 9: "北河县教育局"}


@pytest.mark.parametrize("kind", KINDS)
def test_bodies_of_the_first_version_are_in_the_register(kind: str, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/old.db" if kind == "sqlite" else postgres.database("before_the_register")
    settings = settings_for(address)
    _old_store(address)
    create_store(settings)
    store = open_store(settings)
    with store.reading() as connection:
        rows = connection.execute(select(body.c.id, body.c.name, body.c.same_as, body.c.compared)).all()
        assert {row.id: row.name for row in rows} == NAMES
        assert {(row.same_as, row.compared) for row in rows} == {(None, 0)}
    assert (compare_some(store, ANN), compare_some(store, ANN)) == (2, 0)
    with store.reading() as connection:
        [found] = suggestions(connection)
    merge(store, ANN, found.other, found.one)
    store.close()


def _old_store(address: str) -> None:
    """A store as version 0001 left it: two bodies with a report each."""
    settings = settings_for(address)
    engine = engine_of(address_of(settings), 5, create=True)
    with engine.begin() as connection:
        command.upgrade(migrations(connection), "0001")
        for number, name in NAMES.items():
            values = {"id": number, "name": name, "folded": name}
            connection.execute(text("INSERT INTO body (id, name, folded) VALUES (:id, :name, :folded)"), values)
            counts = dict.fromkeys(("benefit", "errors", "doubts", "conflicts", "edits", "version", "added_at"), 0)
            told = {"content_id": put(connection, name.encode()), "name": name, "format": "x", "state": "open"}
            row = {"body_id": number, "changed_at": 0, "year": 2019 + number} | counts | told
            columns = ", ".join(row)
            marks = ", ".join(f":{column}" for column in row)
            connection.execute(text(f"INSERT INTO report ({columns}) VALUES ({marks})"), row)  # noqa: S608
    engine.dispose()
