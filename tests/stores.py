"""Stores for tests: the same tests run on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from pydantic import SecretStr

from extractor.forms import builtin_forms
from extractor.load import load_document
from extractor.pipeline import read_report, settle
from extractor.record import Number, Record
from extractor.review.intake import Arrival, Taken, take_in
from extractor.review.people import Person
from extractor.settings import Settings
from extractor.store import Store, create_store, open_store
from extractor.store.readings import Reader
from extractor.verify.again import verify_again
from tests import postgres
from tests.scale import STRESS

LEAD = Person("Lin", "lead")
ANN = Person("Ann", "reviewer")
BEN = Person("Ben", "reviewer")
EVE = Person("Eve", "read_only")
SAMPLES = Path(__file__).parent.parent / "samples"
SAMPLE = "heyan_town_2021.txt"
KINDS = ("sqlite", "postgresql")
ON_A_FILE = pytest.mark.parametrize("kind", KINDS if STRESS else ["sqlite"])
ON_A_SERVER = pytest.mark.parametrize("kind", KINDS if STRESS else ["postgresql"])
"""In ``make check`` on one database only: what is tried is no matter of the database."""

_NUMBERS = itertools.count()
MINUTE = 60_000_000


class Clock:
    """A clock that goes on by a second each time it is looked at."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000_000

    def __call__(self) -> int:
        self.now += 1_000_000
        return self.now


def settings_for(address: str) -> Settings:
    """Settings that name a store, and nothing of the machine's."""
    return Settings(_env_file=None, database_url=SecretStr(address), seconds_for_store=5)  # type: ignore[call-arg]


def make_address(kind: str, folder: Path) -> str:
    """The address of a store that is set up and empty."""
    if kind == "sqlite":
        path = folder / f"store{next(_NUMBERS)}.db"
        shutil.copy(_empty_file(str(folder.parent)), path)
        return f"sqlite:///{path}"
    return postgres.database(f"store{next(_NUMBERS)}", postgres.template("empty", _create))


def _create(address: str) -> None:
    create_store(settings_for(address))


@lru_cache(maxsize=4)
def _empty_file(folder: str) -> Path:
    path = Path(folder) / "empty-store.db"
    path.unlink(missing_ok=True)
    create_store(settings_for(f"sqlite:///{path}"))
    return path


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """The database."""
    return str(request.param)


@pytest.fixture
def address(kind: str, tmp_path: Path) -> str:
    """The address of an empty store."""
    return make_address(kind, tmp_path)


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(settings_for(address), clock=Clock())
    yield opened
    opened.close()


@lru_cache(maxsize=4)
def _read(name: str) -> tuple[bytes, str, str]:
    path = SAMPLES / name
    document = load_document(path)
    return path.read_bytes(), document.text, settle(read_report(document, builtin_forms()), {}).to_json()


def arrival(number: int = 0, cells: dict[str, Number] | None = None, **changes: object) -> Arrival:
    """A report of its own, read from a sample: ``cells`` were misread (pointer → value), some fields are set."""
    data, text, line = _read(SAMPLE)
    made = Record.from_json(line)
    for pointer, value in (cells or {}).items():
        table, row, column = pointer.split("/")[2:]
        made.tables[table][row][column] = value
        made.evidence[pointer].method = "ocr"
    form = next(one for one in builtin_forms() if one.id == made.form)
    if cells:
        made.findings = verify_again(made, form, {"/"})
        made.status = "needs_review"
    for name, changed in changes.items():
        setattr(made, name, changed)
    return Arrival(f"report{number}.txt", data + f"\n{number}".encode() * bool(number), "text/plain", made, text)


READER = Reader("1.0")


def taken(store: Store, made: Arrival | None = None, reader: Reader = READER) -> Taken:
    """A report taken in by the lead."""
    return take_in(store, LEAD, made or arrival(), reader)


Make = Callable[[], Store]
