"""Generated gold: every layout and format, marked as generated, in the shape that is scored, the same from a seed."""

from __future__ import annotations

import argparse
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from eval.cases import find_cases
from eval.generate import OFFICE_FORMATS, PLAIN_FORMATS, GenerateError, add_arguments, main, orders, write
from extractor.gold import read_gold
from extractor.load import load_document
from tests.generator import LAYOUTS
from tests.load.conversions import SOFFICE, WITHOUT


def test_every_layout_comes_in_turn() -> None:
    assert {order.layout for order in orders(0, len(LAYOUTS))} == set(LAYOUTS)
    assert Counter(order.format for order in orders(0, 4)) == Counter(PLAIN_FORMATS)
    assert [order.format for order in orders(0, 4, OFFICE_FORMATS)] == list(OFFICE_FORMATS)
    assert [order.seed for order in orders(7, 3)] == [7, 8, 9]


def test_what_is_asked_for_narrows_it_down() -> None:
    assert {order.layout for order in orders(0, 9, ("html",), layout="site")} == {"html_site", "html_site_word"}
    with pytest.raises(GenerateError, match="no layout of docx contains 'site'; layouts: docx_merged"):
        orders(0, 1, ("docx",), layout="site")


def test_a_set_is_scored_as_generated(tmp_path: Path) -> None:
    """Its gold passes every check of the loader: schema, states, identities, the hash of its source."""
    write(orders(910_000, len(LAYOUTS)), tmp_path)
    found = find_cases([str(tmp_path)])
    (named,) = [one for one in found.sets if one.name == tmp_path.name]
    assert (named.origin, named.cases) == ("generated", len(LAYOUTS))
    cases = [one for one in found.cases if one.set == named.name]
    assert {case.gold.layout for case in cases} == set(LAYOUTS)
    assert all("Generated, not labelled" in (case.path.parent / "note.md").read_text("utf-8") for case in cases)


def test_a_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        write(orders(41, 4), tmp_path / name)
    files = [sorted(path for path in (tmp_path / name).rglob("*") if path.is_file()) for name in ("first", "second")]
    assert len(files[0]) == 12
    assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]


def test_numbers_of_the_gold_are_exact(tmp_path: Path) -> None:
    order = orders(17, 1, ("txt",))[0]
    (case,) = write([order], tmp_path)
    gold, truth = read_gold(case / "record.json"), order.made().truth
    assert dict(gold.cells()) == {
        f"/tables/{table}/{row}/{column}": value if value is None else Decimal(str(value))
        for table, rows in truth["tables"].items()
        for row, columns in rows.items()
        for column, value in columns.items()
    }


def test_never_among_hand_labelled_gold(tmp_path: Path) -> None:
    (case,) = write(orders(3, 1), tmp_path)
    label = case / "record.json"
    label.write_text(label.read_text("utf-8").replace('"origin": "generated"', '"origin": "labelled"'), "utf-8")
    with pytest.raises(GenerateError, match="labelled by hand"):
        write(orders(4, 1), tmp_path)


@pytest.mark.skipif(SOFFICE is None, reason=WITHOUT)
def test_formats_that_libreoffice_makes(tmp_path: Path) -> None:
    cases = write(orders(60, 2, ("pdf", "odt"), messy=0.0), tmp_path)
    assert [next(case.glob("source.*")).suffix for case in cases] == [".pdf", ".odt"]
    assert len(find_cases([str(tmp_path)]).cases) >= 2
    assert "年度报告" in load_document(cases[0] / "source.pdf").text


def test_the_command_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert main(parser.parse_args(["--seed", "5", "--count", "2", "--out", str(tmp_path / "made")])) == 0
    assert "2 generated reports in" in capsys.readouterr().out
    assert main(parser.parse_args(["--layout", "papyrus", "--out", str(tmp_path / "made")])) == 2
    assert "no layout" in capsys.readouterr().err
