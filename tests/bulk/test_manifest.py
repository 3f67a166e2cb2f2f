"""What a manifest tells of files: where they came from, in records and exports, also when it is corrected later."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import func, select

from extractor.bulk.adding import listed_in
from extractor.errors import JobError
from extractor.export.reports import exported
from extractor.intake import Call, import_reports
from extractor.store.queue import Filter
from extractor.store.tables import reading
from tests.bulk.running import Bench, report
from tests.stores import LEAD


def listed(folder: Path, addresses: Mapping[str, str]) -> Path:
    """A manifest of files and their addresses."""
    rows = ["path,url", *(f"{name},{url}" for name, url in addresses.items())]
    (folder / "list.csv").write_text("\n".join(rows), "utf-8")
    return folder / "list.csv"


def addresses(bench: Bench) -> dict[str, str | None]:
    """Of each report of the job's export its name and address."""
    return {one["source"]["name"]: one["source"]["url"] for one in bench.exported()}


def in_the_store(bench: Bench) -> dict[str, str | None]:
    """The same, of an export of the store."""
    store = bench.store()
    found = {one.row.name: one.record.source.url for one in exported(store, LEAD, Filter()) if one.record}
    store.close()
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two reports, and an archive with one more."""
    (tmp_path / "in").mkdir()
    for number, name in enumerate(("a.txt", "b.txt")):
        (tmp_path / "in" / name).write_bytes(report(number))
    with zipfile.ZipFile(tmp_path / "in" / "c.zip", "w") as packed:
        packed.writestr("one.txt", report(3))
    return tmp_path / "in"


def test_an_address_that_is_corrected_is_the_new_one_and_nothing_is_read_again(bench: Bench, folder: Path) -> None:
    old = {name: f"http://old.example/{name}" for name in ("a.txt", "b.txt", "c.zip")}
    assert bench.run(manifest=listed(folder, old)) == 0
    expected = {"a.txt": old["a.txt"], "b.txt": old["b.txt"], "c.zip!/one.txt": old["c.zip"]}
    assert addresses(bench) == in_the_store(bench) == expected
    new = old | {"a.txt": "http://new.example/a.txt", "c.zip": "http://new.example/c.zip"}
    assert bench.run(manifest=listed(folder, new)) == 0
    expected |= {"a.txt": new["a.txt"], "c.zip!/one.txt": new["c.zip"]}
    assert addresses(bench) == in_the_store(bench) == expected
    (folder / "list.csv").unlink()
    assert bench.run(folder) == 0  # says nothing of addresses
    assert addresses(bench) == expected
    store = bench.store()
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(reading)).scalar() == 3
    store.close()


def test_each_copy_has_its_own_address_whichever_was_read(bench: Bench, folder: Path) -> None:
    (folder / "b.txt").write_bytes(report(0))
    (folder / "c.zip").unlink()
    told = {"a.txt": "http://one.example/", "b.txt": "http://two.example/"}
    assert bench.run(manifest=listed(folder, {"b.txt": told["b.txt"]})) == 0
    assert addresses(bench) == {"b.txt": "http://two.example/"}
    assert bench.run(manifest=listed(folder, told)) == 0
    assert bench.states() == {"done": 1, "skipped": 1}
    assert addresses(bench) == {"a.txt": "http://one.example/"}


def test_what_was_imported_without_an_address_gets_the_manifests(bench: Bench, folder: Path) -> None:
    assert import_reports(Call([folder / "a.txt"], None, 1, "rules")) == 0
    assert in_the_store(bench) == {"a.txt": None}
    assert bench.run(manifest=listed(folder, {"a.txt": "http://one.example/"})) == 0
    assert addresses(bench) == in_the_store(bench) == {"a.txt": "http://one.example/"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("names", ["path,url,body", " Path , URL,Body", "body,path,url"])
def test_lists_are_read_as_spreadsheets_write_them(encoding: str, names: str, folder: Path) -> None:
    (folder / "年报.txt").write_bytes(report(5))
    told = {"path": "年报.txt", "url": "http://one.example/", "body": "禾砚镇人民政府"}
    row = ",".join(told[name.strip().lower()] for name in names.split(","))
    (folder / "list.csv").write_bytes(f"{names}\r\n{row}\r\n".encode(encoding))
    (one,) = listed_in(folder / "list.csv")
    assert (one.name, one.state) == ("年报.txt", "pending")
    assert one.told == {"url": "http://one.example/", "body": "禾砚镇人民政府"}


def test_what_is_expected_of_a_list_is_told(folder: Path) -> None:
    (folder / "list.csv").write_bytes("path\n年报.txt\n".encode("utf-16"))
    with pytest.raises(JobError, match=r"expected: CSV in UTF-8 or GB18030"):
        listed_in(folder / "list.csv")
    with pytest.raises(JobError, match=r"none\.csv: No such file"):
        listed_in(folder / "none.csv")
