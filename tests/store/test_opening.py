"""A store that is not there, not ours, locked, read-only, broken or gone: one clear sentence each, and no secret."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import extractor.store.deferred_tables
import extractor.store.job_tables
import extractor.store.people_tables
import extractor.store.register_tables  # noqa: F401 (its tables belong to the metadata)
from extractor.errors import (
    ExtractorError,
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreGoneError,
    StoreMissingError,
    StoreReadOnlyError,
    StoreVersionError,
)
from extractor.review.work import queue_page
from extractor.store import Store, create_store, open_store
from extractor.store.address import address_of, parsed, shown
from extractor.store.queue import Filter
from extractor.store.tables import REVISIONS, metadata
from extractor.store.upgrading import migrations
from tests import postgres
from tests.stores import EVE, KINDS, Clock, arrival, make_address, settings_for, taken


def refused(address: str, kind: type[ExtractorError]) -> str:
    with pytest.raises(kind) as caught:
        open_store(settings_for(address))
    return caught.value.en + caught.value.zh


def test_the_default_is_a_file_in_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    store = open_store(settings_for(""), create=True)
    assert shown(store.url) == str(tmp_path / "extractor" / "store.db")
    store.close()
    assert (tmp_path / "extractor" / "store.db").exists()


def test_nothing_is_made_unasked(tmp_path: Path) -> None:
    said = refused(f"sqlite:///{tmp_path}/none.db", StoreMissingError)
    assert "extractor db upgrade" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["mysql://u:hidden@h/d", "postgresql://u:hidden@h:port/d", "sqlite://", "x://"])
def test_other_addresses_are_refused_without_their_secrets(address: str) -> None:
    said = refused(address, StoreError)
    assert "EXTRACTOR_DATABASE_URL" in said
    assert "hidden" not in said


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://me:hidden@127.0.0.1:1/reports",
        f"postgresql://me:{quote('hid/den', safe='')}@127.0.0.1:1/reports?application_name=a",
        "postgresql://127.0.0.1:1/reports?user=me&password=hidden",
    ],
)
def test_a_server_that_is_down_is_named_without_its_password(address: str) -> None:
    said = refused(address, StoreGoneError)
    assert "postgresql://127.0.0.1:1/reports" in said
    assert "hid" not in said


def test_a_password_in_a_url_is_never_in_its_representation() -> None:
    settings = settings_for("postgresql://me:hidden@h/d")
    assert "hidden" not in repr(settings) + shown(address_of(settings))


def test_an_unknown_database_of_a_server_is_missing() -> None:
    folder = postgres.server()
    said = refused(f"postgresql://tests@/nowhere?host={folder}", StoreMissingError)
    assert "extractor db upgrade" in said


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100], ids=["empty", "junk"])
def test_a_file_that_is_no_store(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(content)
    kind = StoreDamagedError if content else StoreMissingError
    refused(f"sqlite:///{path}", kind)
    assert path.read_bytes() == content


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipes (id INTEGER)")
    for call in (open_store, create_store):
        with pytest.raises(StoreDamagedError, match="something else"):
            call(settings_for(f"sqlite:///{path}"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("version", "word"), [("9999", "newer"), (None, "no store")])
def test_a_newer_store_and_an_empty_one_are_told_apart(
    kind: str, tmp_path: Path, version: str | None, word: str
) -> None:
    address = make_address(kind, tmp_path)
    store = open_store(settings_for(address))
    with store.writing() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        if version:
            connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})
    store.close()
    assert word in refused(address, StoreVersionError if version else StoreMissingError)
    if version:
        with pytest.raises(StoreVersionError, match="newer"):
            create_store(settings_for(address))


def test_an_older_store_asks_for_an_upgrade(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.store.upgrading.REVISIONS", (*REVISIONS, "0002"))
    assert "db upgrade" in refused(address, StoreVersionError)


def test_upgrading_twice_changes_nothing(store: Store, address: str) -> None:
    report = taken(store).report
    create_store(settings_for(address))
    assert [row.id for row in queue_page(store, EVE, Filter())] == [report]


def test_a_downgrade_is_refused(store: Store) -> None:
    with pytest.raises(StoreVersionError, match="never downgraded"), store.writing() as connection:
        command.downgrade(migrations(connection), "base")
    taken(store)


def test_the_tables_are_what_the_migrations_make(store: Store) -> None:
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        script = ScriptDirectory.from_config(migrations(connection))
    assert [one.revision for one in script.walk_revisions()][::-1] == list(REVISIONS)


@pytest.mark.parametrize("verb", ["UPDATE event SET who = 'nobody'", "DELETE FROM event", "DELETE FROM report"])
def test_the_log_only_grows(store: Store, verb: str) -> None:
    taken(store)
    with pytest.raises((DBAPIError, StoreError)), store.writing() as connection:
        connection.execute(text(verb))


def test_a_locked_store_says_so(tmp_path: Path) -> None:
    address = make_address("sqlite", tmp_path)
    settings = settings_for(address).model_copy(update={"seconds_for_store": 0.2})
    store = open_store(settings, clock=Clock())
    other = sqlite3.connect(str(store.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusyError, match="held by others"):
        taken(store)
    other.execute("ROLLBACK")
    taken(store)
    store.close()


def test_a_locked_row_says_so(tmp_path: Path) -> None:
    address = make_address("postgresql", tmp_path)
    settings = settings_for(address).model_copy(update={"seconds_for_store": 0.2})
    store = open_store(settings, clock=Clock())
    taken(store)
    with store.writing() as connection:
        connection.execute(text("SELECT id FROM report FOR UPDATE"))
        failed: list[BaseException] = []

        def save() -> None:
            try:
                taken(store, arrival(year=2020))
            except StoreBusyError as error:
                failed.append(error)

        thread = Thread(target=save)
        thread.start()
        thread.join()
    assert len(failed) == 1
    store.close()


def test_a_read_only_store_is_read(tmp_path: Path) -> None:
    store = open_store(settings_for(make_address("postgresql", tmp_path)), clock=Clock())
    taken(store)
    name = str(store.url.database)
    store.close()
    postgres.administer(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    store = open_store(settings_for(f"postgresql://tests@/{name}?host={postgres.server()}"))
    assert len(queue_page(store, EVE, Filter())) == 1
    with pytest.raises(StoreReadOnlyError, match="may only be read"):
        taken(store, arrival(1))
    store.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to any file")
def test_a_read_only_file_is_told(tmp_path: Path) -> None:
    store = open_store(settings_for(make_address("sqlite", tmp_path)), clock=Clock())
    Path(str(store.url.database)).chmod(0o444)
    with pytest.raises(StoreReadOnlyError):
        taken(store)


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    address = make_address("sqlite", tmp_path)
    store = open_store(settings_for(address), clock=Clock())
    for number in range(5):
        taken(store, arrival(number))
    path = Path(str(store.url.database))
    store.close()
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(StoreDamagedError):
        queue_page(open_store(settings_for(address)), EVE, Filter())


def test_a_file_taken_away_is_told_and_nothing_is_written_into_the_void(tmp_path: Path) -> None:
    store = open_store(settings_for(make_address("sqlite", tmp_path)), clock=Clock())
    taken(store)
    path = Path(str(store.url.database))
    path.rename(path.with_suffix(".away"))
    with pytest.raises(StoreGoneError, match="taken away"):
        taken(store, arrival(1))
    path.with_suffix(".away").rename(path)
    taken(store, arrival(1))
    store.close()


def test_a_connection_that_was_cut_is_made_anew(tmp_path: Path) -> None:
    store = open_store(settings_for(make_address("postgresql", tmp_path)), clock=Clock())
    taken(store)
    postgres.cut(str(store.url.database))
    assert len(queue_page(store, EVE, Filter())) == 1
    with pytest.raises(StoreGoneError), store.reading() as connection:
        postgres.cut(str(store.url.database))
        connection.execute(text("SELECT 1"))
    assert len(queue_page(store, EVE, Filter())) == 1
    store.close()


def test_a_bare_path_is_a_file() -> None:
    assert parsed("a/b.db").database == "a/b.db"
