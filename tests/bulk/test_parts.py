"""Output in parts: whole or not there, the same bytes however often it was broken off, and nothing done twice."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet
import pytest

from extractor.bulk.manifest import MANIFEST, PartKind, read_manifest, verify
from extractor.bulk.parts import Bounds, Delivery, stored, write_parts
from extractor.errors import NotPermittedError, OutputError
from extractor.record import Record, Usage
from extractor.review.people import Person
from extractor.store import Store
from tests.bulk.deliveries import ABOUT, Loads, record
from tests.stores import EVE, arrival, taken

ROOT = Path(__file__).resolve().parents[2]
KINDS: tuple[PartKind, ...] = ("jsonl", "csv", "parquet")
FIVE = Bounds(reports=5)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_lines_are_records_without_what_they_cost(tmp_path: Path) -> None:
    manifest = write_parts(tmp_path, "jsonl", Loads().of(*range(1, 13)), ABOUT, FIVE)
    assert sorted(contents(tmp_path)) == [MANIFEST, *(f"part-00000{n}.jsonl" for n in (1, 2, 3))]
    lines = b"".join(data for name, data in contents(tmp_path).items() if name != MANIFEST).splitlines()
    plain = [json.loads(line, parse_float=Decimal) for line in lines]
    assert [one["source"]["name"] for one in plain] == [f"报告{n}.txt" for n in range(1, 13)]
    assert not any("usage" in one for one in plain)
    due = record(3)
    due.source.name, due.usage = "报告3.txt", Usage()
    assert Record.from_json(lines[2]) == due
    assert plain[6]["error"]["code"] == "empty_file"
    assert manifest.counts == {"reports": 12, "accepted": 0, "needs_review": 11, "failed": 1}
    assert [(part.reports, part.rows, part.full) for part in manifest.parts] == [
        (5, 5, True),
        (5, 5, True),
        (2, 2, False),
    ]


def test_rows_and_cells(tmp_path: Path) -> None:
    write_parts(tmp_path / "c", "csv", Loads().of(*range(1, 9)), ABOUT, FIVE)
    first = (tmp_path / "c" / "part-000001.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(first)))
    assert (rows[0]["file"], rows[0]["year"], rows[0]["errors"], "report" in rows[0]) == (
        "报告1.txt",
        "2001",
        "1",
        False,
    )
    assert rows[0]["proactive_disclosure.fees.amount_10k_yuan"] == "0.10"
    manifest = write_parts(tmp_path / "p", "parquet", Loads().of(*range(1, 9)), ABOUT, FIVE)
    tables = [pyarrow.parquet.read_table(tmp_path / "p" / part.name) for part in manifest.parts]
    assert [table.num_rows for table in tables] == [part.rows for part in manifest.parts]
    cells = [row for row in tables[0].to_pylist() if row["column"] == "amount_10k_yuan" and row["row"] == "fees"]
    assert [(row["file"], row["year"], row["value"]) for row in cells[:1]] == [("报告1.txt", 2001, Decimal("0.100000"))]
    failed = list(csv.DictReader(io.StringIO((tmp_path / "c" / "part-000002.csv").read_text("utf-8-sig"))))
    assert [(row["status"], row["error"]) for row in failed][1] == ("failed", "empty_file")


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_again_loads_and_writes_nothing(kind: PartKind, tmp_path: Path) -> None:
    write_parts(tmp_path, kind, Loads().of(*range(1, 13)), ABOUT, FIVE)
    before, times = contents(tmp_path), {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    again = Loads()
    write_parts(tmp_path, kind, again.of(*range(1, 13)), ABOUT, FIVE)
    assert again.seen == []
    assert contents(tmp_path) == before
    assert {n: tmp_path.joinpath(n).stat().st_mtime_ns for n in times if n != MANIFEST} == {
        n: t for n, t in times.items() if n != MANIFEST
    }


@pytest.mark.parametrize("kind", KINDS)
def test_another_folder_gets_the_same_bytes(kind: PartKind, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_parts(tmp_path / name, kind, Loads().of(*range(1, 9)), ABOUT, FIVE)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


CHANGES = [
    ("more reports", range(1, 16), {}, ["part-000003.jsonl"], 5),
    ("fewer reports", range(1, 10), {}, ["part-000002.jsonl"], 4),
    ("one changed", range(1, 13), {8: "2"}, ["part-000002.jsonl"], 5),
    ("one left out", [1, 2, 4, *range(5, 13)], {}, [f"part-00000{n}.jsonl" for n in (1, 2, 3)], 11),
]


@pytest.mark.parametrize(
    ("numbers", "keys", "written", "loaded"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES]
)
def test_only_what_changed_is_written(
    numbers: range, keys: dict[int, str], written: list[str], loaded: int, tmp_path: Path
) -> None:
    write_parts(tmp_path, "jsonl", Loads().of(*range(1, 13)), ABOUT, FIVE)
    before = contents(tmp_path)
    again = Loads()
    wanted = [one for n in numbers for one in again.of(n, key=keys.get(n, "1"))]
    manifest = write_parts(tmp_path, "jsonl", wanted, ABOUT, FIVE)
    now = contents(tmp_path)
    assert [name for name in now if name != MANIFEST and now[name] != before.get(name)] == written
    assert (len(again.seen), verify(tmp_path)) == (loaded, [])
    assert {part.name for part in manifest.parts} == now.keys() - {MANIFEST}


def test_bounds_hold_for_bytes(tmp_path: Path) -> None:
    manifest = write_parts(tmp_path, "jsonl", Loads().of(*range(1, 7)), ABOUT, Bounds(bytes=20_000))
    sizes = [part.bytes for part in manifest.parts]
    one = sizes[-1] // manifest.parts[-1].reports
    assert len(sizes) > 1
    assert all(20_000 <= size < 20_000 + 2 * one for size in sizes[:-1])


def test_a_damaged_part_is_seen_and_mended(tmp_path: Path) -> None:
    write_parts(tmp_path, "jsonl", Loads().of(*range(1, 13)), ABOUT, FIVE)
    whole = contents(tmp_path)
    (tmp_path / "part-000001.jsonl").write_bytes(whole["part-000001.jsonl"].replace(b"2001", b"2991"))
    (tmp_path / "part-000002.jsonl").unlink()
    (tmp_path / "part-000009.jsonl").write_bytes(b"{}")
    faults = [(fault.name, fault.code) for fault in verify(tmp_path)]
    assert faults == [
        ("part-000001.jsonl", "damaged"),
        ("part-000002.jsonl", "missing"),
        ("part-000009.jsonl", "unknown"),
    ]
    again = Loads()
    write_parts(tmp_path, "jsonl", again.of(*range(1, 13)), ABOUT, FIVE)
    assert (contents(tmp_path), verify(tmp_path), len(again.seen)) == (whole, [], 10)


@pytest.mark.parametrize("text", [None, "", "[]", '{"format": 1}', "nul", '{"parts": "../../x"}'])
def test_a_manifest_that_is_none_is_told(text: str | None, tmp_path: Path) -> None:
    write_parts(tmp_path, "jsonl", Loads().of(1), ABOUT)
    (tmp_path / MANIFEST).unlink()
    if text is not None:
        (tmp_path / MANIFEST).write_text(text, "utf-8")
    assert [(one.name, one.code) for one in verify(tmp_path)] == [(MANIFEST, "missing" if text is None else "damaged")]


def test_a_manifest_that_names_a_file_elsewhere_is_none(tmp_path: Path) -> None:
    write_parts(tmp_path / "out", "jsonl", Loads().of(1), ABOUT)
    place = tmp_path / "out" / MANIFEST
    place.write_text(place.read_text("utf-8").replace("part-000001.jsonl", "../part-000001.jsonl"), "utf-8")
    assert read_manifest(tmp_path / "out") is None


def test_what_somebody_else_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"name": "a web app"}')
    with pytest.raises(OutputError, match="that is not of an export"):
        write_parts(tmp_path, "jsonl", Loads().of(1), ABOUT)
    assert (tmp_path / "manifest.json").read_text() == '{"name": "a web app"}'


def test_the_export_of_another_job_is_left_alone(tmp_path: Path) -> None:
    mine, other = replace(ABOUT, job="mine"), replace(ABOUT, job="other")
    write_parts(tmp_path, "jsonl", Loads().of(1), mine)
    with pytest.raises(OutputError, match="holds the export of the job 'mine'"):
        write_parts(tmp_path, "jsonl", Loads().of(2), other)
    assert verify(tmp_path) == []
    assert write_parts(tmp_path, "jsonl", Loads().of(1, 2), mine).counts["reports"] == 2


def test_the_broken_off_export_of_another_job_is_left_alone(tmp_path: Path) -> None:
    mine, other = replace(ABOUT, job="mine"), replace(ABOUT, job="other")

    def breaks_off() -> Iterator[Delivery]:
        yield from Loads().of(1, 2, 3)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_parts(tmp_path, "jsonl", breaks_off(), mine, Bounds(1))
    with pytest.raises(OutputError, match="holds the export of the job 'mine'"):
        write_parts(tmp_path, "jsonl", Loads().of(2), other)
    assert write_parts(tmp_path, "jsonl", Loads().of(1, 2, 3), mine, Bounds(1)).counts["reports"] == 3
    assert verify(tmp_path) == []


def test_another_kind_is_refused(tmp_path: Path) -> None:
    write_parts(tmp_path, "jsonl", Loads().of(1), ABOUT)
    with pytest.raises(OutputError, match="another kind"):
        write_parts(tmp_path, "csv", Loads().of(1), ABOUT)
    assert verify(tmp_path) == []


def test_one_process_at_a_time(tmp_path: Path) -> None:
    def deliveries() -> Iterator[Delivery]:
        with pytest.raises(OutputError, match="another process"):
            write_parts(tmp_path, "jsonl", Loads().of(1), ABOUT)
        yield from Loads().of(2)

    assert write_parts(tmp_path, "jsonl", deliveries(), ABOUT).counts["reports"] == 1


def test_nothing_delivered_is_an_empty_folder_with_a_manifest(tmp_path: Path) -> None:
    assert write_parts(tmp_path, "parquet", [], ABOUT).counts["reports"] == 0
    assert (verify(tmp_path), list(contents(tmp_path))) == ([], [MANIFEST])


SLOW = """
import sys, time
from pathlib import Path
from dataclasses import replace
from extractor.bulk.parts import Bounds, write_parts
from tests.bulk.deliveries import ABOUT, Loads
def slowly():
    for one in Loads().of(*range(1, 61)):
        yield replace(one, load=lambda load=one.load: (time.sleep(0.004), load())[1])
write_parts(Path(sys.argv[1]), sys.argv[2], slowly(), ABOUT, Bounds(reports=5))
"""


@pytest.mark.parametrize("kind", KINDS)
def test_a_kill_at_any_moment_leaves_whole_parts_and_the_rest_is_done_later(kind: PartKind, tmp_path: Path) -> None:
    write_parts(tmp_path / "due", kind, Loads().of(*range(1, 61)), ABOUT, FIVE)
    due, left = contents(tmp_path / "due"), tmp_path / "left"
    for number in range(4):
        process = subprocess.Popen([sys.executable, "-c", SLOW, str(left), kind], cwd=ROOT)
        while process.poll() is None and not (left / f"part-{2 * number + 1:06}.{kind}").exists():
            time.sleep(0.002)
        time.sleep(0.003 * number)
        process.kill()
        process.wait()
        there = {path.name for path in left.iterdir()} if left.exists() else set()
        assert {name: (left / name).read_bytes() == due[name] for name in there if not name.startswith(".")} == {
            name: True for name in there if not name.startswith(".")
        }
    again = Loads()
    write_parts(left, kind, again.of(*range(1, 61)), ABOUT, FIVE)
    assert contents(left) == due
    assert len(again.seen) < 60


FULL = """
import resource, sys
from pathlib import Path
from extractor.bulk.parts import Bounds, write_parts
from extractor.errors import OutputError
from tests.bulk.deliveries import ABOUT, Loads
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
try:
    write_parts(Path(sys.argv[1]), "jsonl", Loads().of(1, 2, *range(30, 60)), ABOUT, Bounds(reports=int(sys.argv[2])))
except OutputError as error:
    print(error.en)
"""


@pytest.mark.parametrize(("reports", "whole"), [(2, 16), (20, 0)])
def test_a_full_disk_is_told_and_leaves_nothing_half(reports: int, whole: int, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(folder), str(reports)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert ran.stderr == ""
    assert (f"cannot write {folder}" in ran.stdout) is (whole == 0)
    names = [path.name for path in folder.iterdir()]
    assert [name for name in names if name.endswith(".part")] == []
    assert len([name for name in names if name.startswith("part-")]) == whole


def test_reports_of_the_store_in_the_order_wanted(store: Store, tmp_path: Path) -> None:
    ids = [taken(store, arrival(number)).report for number in (1, 2, 3)]
    wanted = [("b.txt", "http://x.example/b", ids[2]), ("a.txt", None, ids[0])]
    write_parts(tmp_path, "jsonl", stored(store, EVE, wanted), ABOUT)
    lines = (tmp_path / "part-000001.jsonl").read_bytes().splitlines()
    sources = [Record.from_json(line).source for line in lines]
    assert [(one.name, one.url) for one in sources] == [("b.txt", "http://x.example/b"), ("a.txt", None)]
    assert [Record.from_json(line).tables for line in lines] == [arrival(3).record.tables, arrival(1).record.tables]  # type: ignore[union-attr]
    nobody = Person("x", "stranger")  # type: ignore[arg-type]
    with pytest.raises(NotPermittedError):
        list(stored(store, nobody, wanted))
