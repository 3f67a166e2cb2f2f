"""What a person sees: extractor.show."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType
from typer.testing import CliRunner

from extractor.cli import app
from extractor.console import Language
from extractor.forms import builtin_forms
from extractor.record import Finding, Passage, Record
from extractor.show import record_view
from extractor.show.findings import quote
from extractor.show.forms import form_detail, form_list
from extractor.show.words import Wording
from tests.records import TEXT, a_record, tables

HOSTILE = "\x1b]0;gotcha\x07\x1b[2J[bold red]x[/]\r\u202egnp.exe\x9b31m\x00"


def drawn(what: RenderableType, width: int = 100, *, colour: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=colour, markup=False, highlight=False).print(what)
    return out.getvalue()


def view(record: Record, text: str = TEXT, language: Language = "zh", width: int = 100, *, colour: bool = False) -> str:
    return drawn(record_view(record, text, None, Wording(language), width), width, colour=colour)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh",
            ["标题", "松江口镇", "待复核", "2023-01-01 至 2023-12-31", "予以公开", "目录更新偏慢", "对应 i1", "128条"],
        ),
        ("en", ["title", "松江口镇", "needs review", "granted", "Issues", "目录更新偏慢", "answers i1", "reads 4"]),
    ],
)
def test_everything_a_reader_needs_is_there(language: Language, words: list[str]) -> None:
    shown = view(a_record(), language=language)
    assert [word for word in words if word not in shown] == []


def test_a_flagged_cell_is_marked_by_a_sign_and_explained_without_colour() -> None:
    shown = view(a_record())
    assert "✗4" in shown
    assert "✗ 有错误" in shown
    assert "\x1b" not in shown


def test_zeros_are_dim_and_flagged_cells_red() -> None:
    shown = view(a_record(), colour=True)
    assert re.search(r"\x1b\[2m *0\x1b", shown)
    assert re.search(r"\x1b\[1;31m *✗4\x1b", shown)


def test_a_finding_quotes_the_line_and_marks_the_numeral() -> None:
    assert "（一）予以公开 3 0 0 0 0 0 »4«" in view(a_record())


def test_without_the_report_nothing_is_quoted() -> None:
    assert "»" not in view(a_record(), text="")


@pytest.mark.parametrize(
    ("state", "sign"), [("blank", "␣"), ("not_applicable", "/"), ("text", "…"), ("missing", "–"), ("unreadable", "×")]
)
def test_why_there_is_no_number_is_shown(state: str, sign: str) -> None:
    record = a_record(tables=tables(applications__denied_state_secret__total=None), findings=[])
    path = "/tables/applications/denied_state_secret/total"
    record.evidence = {path: type(next(iter(record.evidence.values())))(state=state)}  # type: ignore[arg-type]
    shown = view(record)
    line = next(line for line in shown.splitlines() if "国家秘密" in line)
    assert line.rstrip().endswith(sign)
    assert f"{sign} {Wording('zh')('state', state)}" in shown


@pytest.mark.parametrize("value", [Decimal("7730.2812"), Decimal("0.000001"), 10**30])
def test_numbers_are_written_out(value: Decimal | int) -> None:
    assert (
        f"{value:f}"
        if isinstance(value, Decimal)
        else str(value) in view(a_record(tables=tables(proactive_disclosure__fees__amount_10k_yuan=value)))
    )


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_lines_fit_and_the_applications_table_stays_whole(language: Language, width: int) -> None:
    lines = view(a_record(), language=language, width=width).splitlines()
    assert max(map(cell_len, lines)) <= width
    label = "（一）予以公开" if language == "zh" else "granted"
    row = next(line for line in lines if line.strip().startswith(label))
    assert row.split()[1:] == ["3", "0", "0", "0", "0", "0", "✗4"]


@pytest.mark.parametrize("colour", [False, True])
def test_nothing_in_a_report_steers_the_terminal(colour: bool) -> None:
    record = a_record(title=HOSTILE, organisation=HOSTILE)
    record.source.name = HOSTILE
    record.narrative.issues = [Passage(HOSTILE, HOSTILE, 0, 1)]
    record.findings = [Finding(HOSTILE, "error", "source", ["/title"], HOSTILE, HOSTILE)]
    record.tables = {HOSTILE: {HOSTILE: {HOSTILE: 1}}}
    shown = view(record, text=HOSTILE * 3, colour=colour)
    for sign in ("\x1b]", "\x1b[2J", "\x07", "\r", "\u202e", "\x9b", "\x00"):
        assert sign not in shown
    assert "[bold red]x[/]" in shown.replace("\n", "")


def test_a_quote_is_one_line() -> None:
    assert quote("一\t二\n\n三四五\x1b[1m六", 5, 6).plain == "一 二 »三«四五\\x1b[1m六"


def test_a_record_of_no_known_form_shows_its_own_keys() -> None:
    shown = view(
        a_record(form="mine", tables={"cases": {"fines": {"number": 3}, "warnings": {"number": 5}}}, findings=[])
    )
    assert "fines" in shown
    assert "number" in shown


def test_forms_are_listed_and_detailed() -> None:
    words = Wording("zh")
    listed = drawn(form_list(builtin_forms(), words))
    assert all(form.id in listed for form in builtin_forms())
    detail = drawn(form_detail(builtin_forms()[0], words))
    assert "denied_state_secret  1.属于国家秘密" in detail
    assert "carry_balance" in detail


def test_a_stored_record_and_a_folder_of_records(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(a_record().to_json(), "utf-8")
    one = CliRunner().invoke(app, ["show", str(tmp_path / "a.json")])
    assert (one.exit_code, "松江口镇" in one.stdout, "✗4" in one.stdout) == (0, True, True)
    failed = '{"source": {"name": "b.txt"}, "status": "failed", "error": {"code": "empty_file"}}'
    (tmp_path / "b.jsonl").write_text(f"{failed}\n{a_record().to_json()}\n", "utf-8")
    many = CliRunner().invoke(app, ["show", str(tmp_path)])
    assert many.exit_code == 0
    assert many.stdout.count("松江口镇") == 2
    assert "empty_file" in many.stdout
    assert "✗1" in many.stdout
