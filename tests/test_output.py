"""Where objects are written: extractor.output."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from extractor.errors import OutputError, SettingsError
from extractor.output import FolderOutput, place_of


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("a.docx", "a.docx.json"),
        ("2024/a.docx", "2024/a.docx.json"),
        ("a.zip!/2024/b.pdf", "a.zip/2024/b.pdf.json"),
        ("../../etc/passwd", "%2E%2E/%2E%2E/etc/passwd.json"),
        ("/etc/passwd", "etc/passwd.json"),
        ("a//b/./c.txt", "a/b/c.txt.json"),
        ("..", "%2E%2E.json"),
        (".", "_.json"),
        ("", "_.json"),
        ("a\0b", "a%00b.json"),
        ("a b\nc.txt", "a b\nc.txt.json"),
    ],
)
def test_a_name_leads_to_a_place_inside(name: str, place: str) -> None:
    assert place_of(name) == place


@pytest.mark.parametrize(
    "name", ["长" * 84 + ".txt", "x" * 300, "长" * 300 + "/" + "y" * 250 + "/a.txt", "d/" * 3_000 + "a"]
)
def test_long_names_are_cut_and_stay_apart(tmp_path: Path, name: str) -> None:
    output = FolderOutput(tmp_path)
    output.write(name + "1", "{1}")
    output.write(name + "2", "{2}")
    written = [path.read_text("utf-8") for path in tmp_path.rglob("*.json")]
    assert sorted(written) == ["{1}\n", "{2}\n"]


def test_a_file_and_a_folder_of_one_name_both_find_room(tmp_path: Path) -> None:
    output = FolderOutput(tmp_path)
    for name in ("a", "a.json/b", "c.json/d", "c"):
        output.write(name, f'"{name}"')
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 4


def test_names_that_differ_by_case_only(tmp_path: Path) -> None:
    output = FolderOutput(tmp_path)
    output.write("A.txt", "1")
    output.write("a.txt", "2")
    assert sorted(path.read_text("utf-8") for path in tmp_path.iterdir()) == ["1\n", "2\n"]


def test_the_same_place_is_never_written_twice(tmp_path: Path) -> None:
    output = FolderOutput(tmp_path)
    output.write("a.zip!/b.txt", "1")
    output.write("a.zip/b.txt", "2")
    assert sorted(path.read_text("utf-8") for path in tmp_path.rglob("*.json")) == ["1\n", "2\n"]


def test_an_earlier_result_is_replaced(tmp_path: Path) -> None:
    FolderOutput(tmp_path).write("a.txt", "old")
    FolderOutput(tmp_path).write("a.txt", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt.json"]
    assert (tmp_path / "a.txt.json").read_text("utf-8") == "new\n"


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    output = FolderOutput(tmp_path)
    (tmp_path / "a.txt.json").mkdir()
    (tmp_path / "a.txt.json" / "kept").touch()
    with pytest.raises(OutputError):
        output.write("a.txt", "{}")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt.json"]


def test_a_folder_that_cannot_be_made_is_a_wrong_call(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError):
        FolderOutput(tmp_path / "file" / "results")


def test_written_files_have_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        FolderOutput(tmp_path).write("a", "{}")
    finally:
        os.umask(old)
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == 0o644
