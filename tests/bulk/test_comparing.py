"""What a job has read is compared with reports of other years at its end; exports of the job tell nothing of it."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from extractor.across import suggesting
from extractor.bulk.local import compare_done
from extractor.intake import Call, import_reports
from extractor.review.opening import open_report
from extractor.settings import load_settings
from extractor.store import figures
from extractor.store.figure_tables import uncompared
from extractor.store.tables import finding
from tests.bulk.disturbing import file_of
from tests.bulk.running import Bench, generated
from tests.stores import LEAD

BETWEEN = "carried_between_years"
SEED = 103


def two_years(folder: Path) -> Path:
    """A body's report, and the same again as that of the year before: it carries another number over."""
    folder.mkdir()
    made = generated(SEED)
    year = made.truth["year"]
    (folder / "late.txt").write_bytes(made.data)
    early = made.data.decode().replace(str(year), str(year - 1))
    (folder / "early.txt").write_bytes(early.encode())
    return folder


def test_a_finished_run_has_compared_everything(bench: Bench, tmp_path: Path) -> None:
    assert bench.run(two_years(tmp_path / "in")) == 0
    store = bench.store()
    with store.reading() as connection:
        assert (figures.waiting(connection), suggesting.waiting(connection)) == (0, 0)
        told = connection.execute(select(finding.c.report_id).where(finding.c.code == BETWEEN)).scalars().all()
    assert sorted(told) == [1, 2]
    found = open_report(store, LEAD, 1)
    assert found.now is not None
    assert [one.other for one in found.now.findings if one.other] == [2]
    store.close()
    assert {one["code"] for record in bench.exported() for one in record["findings"]}.isdisjoint({BETWEEN})


def test_importing_compares_as_a_run_does(bench: Bench, tmp_path: Path) -> None:
    assert import_reports(Call([two_years(tmp_path / "in")], engine="rules")) == 0
    store = bench.store()
    with store.reading() as connection:
        assert (figures.waiting(connection), suggesting.waiting(connection)) == (0, 0)
        told = connection.execute(select(finding.c.report_id).where(finding.c.code == BETWEEN)).scalars().all()
    assert sorted(told) == [1, 2]
    store.close()


@pytest.mark.parametrize("kind", ["sqlite"])
def test_comparing_waits_for_a_store_that_is_away(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EXTRACTOR_SECONDS_FOR_STORE", "0.2")
    load_settings.cache_clear()
    with contextlib.closing(
        sqlite3.connect(file_of(bench.address), isolation_level=None, check_same_thread=False)
    ) as other:

        def locked_meanwhile(*arguments: Any, **named: Any) -> None:
            other.execute("BEGIN EXCLUSIVE")
            threading.Timer(1.0, other.execute, ["ROLLBACK"]).start()
            compare_done(*arguments, **named)

        monkeypatch.setattr("extractor.bulk.local.compare_done", locked_meanwhile)
        assert bench.run(two_years(tmp_path / "in")) == 0
    told = capsys.readouterr().err
    assert "trying again" in told and "error:" not in told
    store = bench.store()
    with store.reading() as connection:
        assert (figures.waiting(connection), suggesting.waiting(connection)) == (0, 0)
    store.close()


def test_comparing_that_takes_too_long_is_left_to_later(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = two_years(tmp_path / "in")
    with monkeypatch.context() as patched:
        for name in ("_LEAST", "_SHARE"):
            patched.setattr(f"extractor.across.arrivals.{name}", 0.0)
        assert bench.run(folder) == 0
    assert "2 reports and 1 names are still to be compared: extractor db upgrade" in capsys.readouterr().err
    store = bench.store()
    with store.reading() as connection:
        assert len(connection.execute(select(uncompared.c.report_id)).all()) == 2
    assert bench.run(folder) == 0
    with store.reading() as connection:
        assert figures.waiting(connection) == 0
    store.close()
