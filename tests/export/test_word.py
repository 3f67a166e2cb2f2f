"""The form filled in as a Word file: it says what the record says, reads back as it, and holds nothing that acts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from extractor.errors import OutputError
from extractor.export import export_to
from extractor.export.reports import exported
from extractor.export.word import document_of, name_of
from extractor.forms import builtin_forms
from extractor.load import load_bytes
from extractor.pipeline import read_report, settle
from extractor.record import Number, Record
from extractor.review import work
from extractor.review.intake import Arrival
from extractor.review.opening import open_report
from extractor.review.saving import On
from extractor.review.work import Change
from extractor.store import Store
from extractor.store.queue import Filter
from extractor.store.state import Entry
from tests.stores import ANN, EVE, arrival, taken
from tests.ui.desks import FILES, arrival_of, new_store

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ROW = "/tables/applications/granted"
HOSTILE = '<w:p/>]]>&amp; =HYPERLINK("x")\x07{ INCLUDETEXT "/etc/passwd" }'


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Store]:
    made = new_store(tmp_path)
    yield made
    made.close()


def filled_in(store: Store, report: int) -> tuple[Record, bytes]:
    """The record of a report as it stands, and its Word file."""
    found = next(each for each in exported(store, EVE, Filter()) if each.row.id == report)
    assert found.record is not None
    return found.record, document_of(found, found.record)


def read_back(data: bytes) -> Record:
    return settle(read_report(load_bytes(data, "back.docx"), builtin_forms()), {})


def cells(record: Record) -> dict[str, Number | None]:
    return {
        f"/tables/{table}/{row}/{column}": value
        for table, rows in record.tables.items()
        for row, columns in rows.items()
        for column, value in columns.items()
    }


@pytest.mark.parametrize("name", FILES)
def test_a_form_filled_in_reads_back_as_what_it_was_made_from(one: Store, name: str) -> None:
    record, data = filled_in(one, taken(one, arrival_of(name)).report)
    back = read_back(data)
    assert cells(back) == cells(record)
    assert (back.form, back.title, back.year) == (record.form, record.title, record.year)
    for part in ("issues", "improvements", "other_matters"):
        assert [item.text for item in getattr(back.narrative, part)] == [
            item.text for item in getattr(record.narrative, part)
        ]
    states = {path: known.state for path, known in record.evidence.items() if path.startswith("/tables/")}
    assert {path: back.evidence[path].state for path in states} == states


def test_a_cell_says_why_it_holds_no_number(one: Store) -> None:
    report = taken(one, arrival(1)).report
    told = {"natural_person": "blank", "commercial_enterprise": "not_applicable", "research_institution": "unreadable"}
    for column, state in told.items():
        on = On(report, open_report(one, ANN, report).version)
        work.correct(one, ANN, on, Change(f"{ROW}/{column}", Entry(None, state)))
    record, data = filled_in(one, report)
    row = next(line for line in lines(data) if "（一）予以公开" in line)
    assert row[-7:-4] == ["", "—", "（无法识读）"]
    back = read_back(data)
    assert cells(back) == cells(record)
    assert back.evidence[f"{ROW}/natural_person"].state == "blank"
    assert back.evidence[f"{ROW}/commercial_enterprise"].state == "not_applicable"


def lines(data: bytes) -> list[list[str]]:
    """The rows of all tables, as the words of their cells."""
    rows = body(data).iter(f"{W}tr")
    return [["".join(cell.itertext()) for cell in row.iter(f"{W}tc")] for row in rows]


def body(data: bytes) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return ElementTree.fromstring(package.read("word/document.xml"))


def test_every_row_of_a_table_is_as_wide_as_the_table(one: Store) -> None:
    _, data = filled_in(one, taken(one, arrival_of("moting_market_bureau_2021.txt")).report)
    for table in body(data).iter(f"{W}tbl"):
        width = len(table.findall(f"{W}tblGrid/{W}gridCol"))
        for row in table.iter(f"{W}tr"):
            spans = [int(span.attrib[f"{W}val"]) for span in row.iter(f"{W}gridSpan")]
            assert len(list(row.iter(f"{W}tc"))) - len(spans) + sum(spans) == width


def test_a_table_that_the_report_lacks_is_said_to_be_lacking(one: Store) -> None:
    made = arrival(1)
    assert made.record is not None
    del made.record.tables["review_litigation"]
    _, data = filled_in(one, taken(one, made).report)
    assert "（原文无此表）" in "".join(body(data).itertext())
    assert "review_litigation" not in {path.split("/")[2] for path, value in cells(read_back(data)).items() if value}


def test_what_a_report_says_is_text_and_nothing_else(one: Store, tmp_path: Path) -> None:
    report = taken(one, arrival(1, organisation=HOSTILE, title=HOSTILE)).report
    found = next(exported(one, EVE, Filter()))
    _, data = filled_in(one, report)
    kinds = {element.tag.removeprefix(W) for element in body(data).iter()}
    assert not kinds & {"hyperlink", "fldSimple", "instrText", "fldChar", "object", "altChunk"}
    assert HOSTILE.replace("\x07", "") in "".join(body(data).itertext())
    assert not {"/", "\\", "<", '"', "\x07"} & set(name_of(found))
    assert export_to(one, EVE, Filter(), "docx", tmp_path / "out") == 1
    assert [path.parent for path in tmp_path.rglob("*.docx")] == [tmp_path / "out"]


@pytest.fixture
def three(one: Store) -> Store:
    for number in (1, 2):
        taken(one, arrival(number, year=2020 + number))
    failure = {"source": {}, "status": "failed", "error": {"code": "crashed", "message": "错", "message_en": "bad"}}
    taken(one, Arrival("x.pdf", b"%PDF-", "application/pdf", failure=failure))
    return one


def test_many_are_an_archive_or_a_folder_and_one_is_a_file(three: Store, tmp_path: Path) -> None:
    assert export_to(three, EVE, Filter(), "docx", tmp_path / "many.zip") == 2
    assert export_to(three, EVE, Filter(), "docx", tmp_path / "folder") == 2
    assert export_to(three, EVE, Filter(year=2021), "docx", tmp_path / "one.docx") == 1
    with zipfile.ZipFile(tmp_path / "many.zip") as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed == {path.name: path.read_bytes() for path in (tmp_path / "folder").iterdir()}
    assert (tmp_path / "one.docx").read_bytes() in packed.values()


@pytest.mark.parametrize(("wanted", "said"), [(Filter(), "holds one report"), (Filter(year=1999), "no such report")])
def test_a_file_of_no_or_of_two_reports_is_refused(three: Store, tmp_path: Path, wanted: Filter, said: str) -> None:
    with pytest.raises(OutputError, match=said):
        export_to(three, EVE, wanted, "docx", tmp_path / "one.docx")
    assert list(tmp_path.glob("*.docx")) == []


def test_a_folder_that_cannot_be_is_said(three: Store, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot write"):
        export_to(three, EVE, Filter(), "docx", tmp_path / "file" / "inside")
