"""A form nobody here wrote code for: read, checked, and called from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import docx
import pytest

from extractor import FormError, Record, load_document, read_form
from extractor.pipeline import read_report, settle

HERE = Path(__file__).resolve().parent
FORM = HERE / "enforcement.toml"
COLUMNS = ("carried_over", "opened", "closed", "open")
ROWS = ("penalties", "coercion", "inspections", "all")
LABELS = ("行政处罚", "行政强制措施", "行政检查", "合计")
HEADER = ("执法类别", "上年结转", "本年立案", "本年办结", "年末在办")
NUMBERS = ((4, 61, 58, 7), (0, 12, 12, 0), (1, 430, 429, 2), (5, 503, 499, 9))

OPENING = "石桥县水利局2023年行政执法年度报告\n\n一、行政执法基本情况\n\n"
CLOSING = (
    "\n二、存在的问题和改进措施\n\n一是执法记录不够完整；二是案卷评查次数偏少。"
    "下一步，一是统一记录模板；二是每季度评查一次案卷。\n\n石桥县水利局\n2024年2月6日\n"
)
Numbers = tuple[tuple[int | str, ...], ...]


def changed(row: int, column: int, value: int | str) -> Numbers:
    return tuple(
        tuple(value if (row, column) == (i, j) else number for j, number in enumerate(line))
        for i, line in enumerate(NUMBERS)
    )


def lines(numbers: Numbers) -> list[list[str]]:
    return [list(HEADER), *([label, *map(str, line)] for label, line in zip(LABELS, numbers, strict=True))]


def as_tabs(folder: Path, numbers: Numbers) -> Path:
    path = folder / "report.txt"
    path.write_text(OPENING + "\n".join("\t".join(line) for line in lines(numbers)) + CLOSING, "utf-8")
    return path


def as_pipes(folder: Path, numbers: Numbers) -> Path:
    path = folder / "report.md"
    rows = ["| " + " | ".join(line) + " |" for line in lines(numbers)]
    rows.insert(1, "|---" * len(HEADER) + "|")
    path.write_text(OPENING + "\n".join(rows) + "\n" + CLOSING, "utf-8")
    return path


def as_html(folder: Path, numbers: Numbers) -> Path:
    path = folder / "report.html"
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in lines(numbers))
    opening, closing = ("".join(f"<p>{line}</p>" for line in part.split("\n") if line) for part in (OPENING, CLOSING))
    path.write_text(f"<html><meta charset=utf-8><body>{opening}<table>{rows}</table>{closing}</body></html>", "utf-8")
    return path


def as_docx(folder: Path, numbers: Numbers) -> Path:
    document = docx.Document()
    for paragraph in filter(None, OPENING.split("\n")):
        document.add_paragraph(paragraph)
    table = document.add_table(rows=0, cols=len(HEADER))
    for line in lines(numbers):
        for cell, text in zip(table.add_row().cells, line, strict=True):
            cell.text = text
    for paragraph in filter(None, CLOSING.split("\n")):
        document.add_paragraph(paragraph)
    path = folder / "report.docx"
    document.save(str(path))
    return path


WRITERS = (as_tabs, as_pipes, as_html, as_docx)


def extract(path: Path) -> Record:
    return settle(read_report(load_document(path), (read_form(FORM),)), {})


@pytest.mark.parametrize("write", WRITERS)
def test_a_report_of_the_form_is_read_whole(tmp_path: Path, write: Any) -> None:
    record = extract(write(tmp_path, NUMBERS))
    expected = {row: dict(zip(COLUMNS, line, strict=True)) for row, line in zip(ROWS, NUMBERS, strict=True)}
    assert record.tables == {"enforcement": expected}
    assert (record.form, record.organisation, record.year) == ("enforcement", "石桥县水利局", 2023)
    assert record.title == "石桥县水利局2023年行政执法年度报告"
    assert [item.text for item in record.narrative.issues] == ["执法记录不够完整", "案卷评查次数偏少"]
    assert [item.text for item in record.narrative.improvements] == ["统一记录模板", "每季度评查一次案卷"]
    assert (record.findings, record.status) == ([], "accepted")


@pytest.mark.parametrize("write", WRITERS)
def test_evidence_points_into_the_text(tmp_path: Path, write: Any) -> None:
    path = write(tmp_path, NUMBERS)
    text = load_document(path).text
    for pointer, evidence in extract(path).evidence.items():
        if evidence.raw is not None and evidence.source.start is not None:
            assert text[evidence.source.start : evidence.source.end] == evidence.raw, pointer


@pytest.mark.parametrize(("row", "column"), [(row, column) for row in range(4) for column in range(4)])
def test_a_wrong_cell_breaks_both_identities_and_is_named(tmp_path: Path, row: int, column: int) -> None:
    record = extract(as_tabs(tmp_path, changed(row, column, 77)))
    path = f"/tables/enforcement/{ROWS[row]}/{COLUMNS[column]}"
    broken = [finding for finding in record.findings if finding.code == "identity"]
    assert len(broken) == 2
    assert all(path in finding.paths and finding.severity == "error" for finding in broken)
    assert record.status == "needs_review"


@pytest.mark.parametrize(("written", "state"), [("", "blank"), ("/", "not_applicable"), ("若干", "text")])
def test_a_cell_without_a_number_says_why(tmp_path: Path, written: str, state: str) -> None:
    record = extract(as_pipes(tmp_path, changed(1, 0, written)))
    assert record.tables["enforcement"]["coercion"]["carried_over"] is None
    assert record.evidence["/tables/enforcement/coercion/carried_over"].state == state


def test_the_command_line_takes_it(tmp_path: Path) -> None:
    path = as_tabs(tmp_path, NUMBERS)
    for arguments in (["extract", path, "--form", FORM], ["show", path, "--form", FORM], ["forms", FORM]):
        command = [sys.executable, "-m", "extractor.cli", *map(str, arguments)]
        ran = subprocess.run(command, capture_output=True, check=True)
        if arguments[0] == "extract":
            assert json.loads(ran.stdout)["tables"]["enforcement"]["all"]["open"] == 9
        else:
            assert "行政检查" in ran.stdout.decode("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('id = "enforcement"', "", "id"),
        ('"closed", "open"', '"closed", "ended"', "ended"),
        ('table = "enforcement"\nalong = "row"', 'table = "nothing"\nalong = "row"', "nothing"),
        ('along = "row"', 'along = "diagonal"', "along"),
        ("[[identities]]", "[[identity]]", "identity"),
        ("rows = [", "lines = [", "rows"),
        ("number = 1", 'number = "one"', "number"),
        ("[titles]", "[titles", "TOML"),
    ],
)
def test_a_form_with_a_fault_is_refused_by_name(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "broken.toml"
    path.write_text(FORM.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(FormError) as caught:
        read_form(path)
    assert words in caught.value.en
    assert "broken.toml" in caught.value.en
    assert "broken.toml" in caught.value.zh
