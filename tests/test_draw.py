"""A page with its evidence marked: each mark where the evidence says, in the colour of what is said of it."""

from __future__ import annotations

import io
import subprocess
import sys
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from PIL import Image

from extractor.draw import draw_page, marks
from extractor.errors import PageError
from extractor.record import Evidence, Finding, Place, Record, Source, Verdict

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT.parent / "shared" / "reports" / "hongze_district_2023.pdf"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
BOXES: dict[str, tuple[float, float, float, float]] = {
    "good": (100, 100, 140, 120),
    "doubtful": (100, 150, 140, 170),
    "wrong": (100, 200, 140, 220),
    "of a wrong table": (100, 250, 140, 270),
}


def evidence(name: str, page: int = 1, verdict: Verdict = "accepted") -> Evidence:
    return Evidence(verdict=verdict, source=Place(page=page, bbox=BOXES[name]))


def record() -> Record:
    found = Record(Source("a.pdf", "", "application/pdf", 1))
    found.evidence = {
        "/tables/t/good": evidence("good"),
        "/tables/t/doubtful": evidence("doubtful", verdict="review"),
        "/tables/t/wrong": evidence("wrong", verdict="review"),
        "/tables/u/r/c": evidence("of a wrong table"),
        "/year": evidence("good", page=2),
        "/title": Evidence(),
    }
    found.findings = [
        Finding("row_sum", "error", "source", ["/tables/t/wrong"], "", ""),
        Finding("missing_table", "error", "source", ["/tables/u"], "", ""),
        Finding("unit_assumed", "warning", "unknown", ["/tables/t/good"], "", ""),
    ]
    return found


def test_each_place_is_marked_once_by_the_gravest() -> None:
    assert [(mark.kind, mark.box[1]) for mark in marks(record(), 1)] == [
        ("accepted", 100),
        ("review", 150),
        ("error", 200),
        ("error", 250),
    ]
    assert len(marks(record(), 2)) == 1


def test_a_page_of_a_pdf_has_its_colours_where_the_evidence_is() -> None:
    drawn = Image.open(io.BytesIO(draw_page(PDF, record(), 1, "a.pdf")))
    scale = drawn.width / 300
    edges = {name: drawn.getpixel((round(110 * scale), round(box[1] * scale))) for name, box in BOXES.items()}
    assert edges == {
        "good": (22, 140, 60),
        "doubtful": (225, 140, 0),
        "wrong": (205, 25, 35),
        "of a wrong table": (205, 25, 35),
    }
    assert drawn.getpixel((round(250 * scale), round(350 * scale))) == (255, 255, 255)


def test_a_page_of_what_is_attached_to_a_mail_is_drawn() -> None:
    mail = MIMEMultipart()
    mail.attach(MIMEText("现将年度报告报上，请查收。", "plain", "utf-8"))
    part = MIMEApplication(PDF)
    part.add_header("Content-Disposition", "attachment", filename="a.pdf")
    mail.attach(part)
    assert draw_page(mail.as_bytes(), record(), 1, "a.eml") == draw_page(PDF, record(), 1, "a.pdf")


@pytest.mark.parametrize(("data", "page"), [(PDF, 2), ("年报".encode(), 1), (b"PK\x03\x04", 1), (b"%PDF-1.7", 1)])
def test_what_has_no_such_page(data: bytes, page: int) -> None:
    with pytest.raises(PageError) as caught:
        draw_page(data, record(), page, "a.pdf")
    assert caught.value.zh.startswith("a.pdf")


@pytest.mark.skipif(not REPORT.is_file(), reason="../shared/reports is not there")
def test_the_command_draws_a_report_and_a_record_alike(tmp_path: Path) -> None:
    copy = tmp_path / REPORT.name
    copy.write_bytes(REPORT.read_bytes())
    command = [sys.executable, "-m", "extractor.cli"]
    subprocess.run([*command, "extract", str(copy), "--out", str(tmp_path / "out")], cwd=ROOT, check=True)
    for source, saved in ((copy, "1.png"), (tmp_path / "out" / f"{REPORT.name}.json", "2.png")):
        save = ["--page", "3", "--save", str(tmp_path / saved)]
        subprocess.run([*command, "show", str(source), *save], cwd=ROOT, check=True)
    assert (tmp_path / "1.png").read_bytes() == (tmp_path / "2.png").read_bytes()
