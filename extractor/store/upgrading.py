"""The store's version: told at every opening, changed by `extractor db upgrade` and by nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL

from extractor.errors import StoreDamagedError, StoreMissingError, StoreVersionError
from extractor.store.address import shown
from extractor.store.tables import REVISIONS

if TYPE_CHECKING:
    from alembic.config import Config

_VERSION_TABLE = "alembic_version"


def check_version(connection: Connection, url: URL) -> None:
    """Nothing, where the store is of this program's version.

    Raises:
        StoreMissingError: the database holds no store.
        StoreVersionError: older or newer; says which, and what to do.
    """
    version = version_of(connection, url)
    if version is None:
        raise StoreMissingError(
            f"the database {shown(url)} holds no store: run `extractor db upgrade`",
            f"数据库 {shown(url)} 尚未建立：请运行 extractor db upgrade",
        )
    if version not in REVISIONS:
        raise _newer(url, version)
    if version != REVISIONS[-1]:
        raise StoreVersionError(
            f"the store {shown(url)} is of version {version}, this program needs {REVISIONS[-1]}: "
            "run `extractor db upgrade`",
            f"数据库 {shown(url)} 的版本是 {version}，本程序需要 {REVISIONS[-1]}：请运行 extractor db upgrade",
        )


def version_of(connection: Connection, url: URL) -> str | None:
    """The version of the store's tables; None where there are none.

    Raises:
        StoreDamagedError: the database holds something else's tables, or no single version.
    """
    names = set(inspect(connection).get_table_names())
    if _VERSION_TABLE not in names:
        if names:
            raise _not_ours(url)
        return None
    versions = connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalars().all()  # noqa: S608
    if len(versions) > 1 or (versions and "report" not in names and versions[0] in REVISIONS):
        raise _not_ours(url)
    return versions[0] if versions else None


def upgrade(connection: Connection, url: URL) -> None:
    """Bring the database of an open transaction to this program's version.

    Raises:
        StoreVersionError: it is newer.
        StoreDamagedError: it is no store.
    """
    version = version_of(connection, url)
    if version is not None and version not in REVISIONS:
        raise _newer(url, version)
    if version != REVISIONS[-1]:
        from alembic import command  # noqa: PLC0415 (slow to load, and only an upgrade needs it)

        command.upgrade(migrations(connection), "head")


def migrations(connection: Connection) -> Config:
    """Alembic's configuration for a connection: no file, the migrations lie in the package."""
    from alembic.config import Config  # noqa: PLC0415 (as above)

    config = Config()
    config.set_main_option("script_location", "extractor.store:migrations")
    config.attributes["connection"] = connection
    return config


def _newer(url: URL, version: str) -> StoreVersionError:
    return StoreVersionError(
        f"the store {shown(url)} is of version {version}, newer than this program knows ({REVISIONS[-1]}): "
        "use the program that made it, or a newer one",
        f"数据库 {shown(url)} 的版本 {version} 比本程序（{REVISIONS[-1]}）新：请使用建立它的程序或更新版本",
    )


def _not_ours(url: URL) -> StoreDamagedError:
    return StoreDamagedError(
        f"the database {shown(url)} holds tables of something else: name an empty one",
        f"数据库 {shown(url)} 中是其他程序的表：请指定一个空的数据库",
    )
