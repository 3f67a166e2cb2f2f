"""Walking and naming: extractor.inputs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from extractor.inputs import list_inputs
from extractor.load.archive.names import Skipped


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", "utf-8")


def names(*arguments: Path) -> list[str]:
    return [item.name for item in list_inputs(arguments)[0]]


def test_a_file_goes_by_its_own_name(tmp_path: Path) -> None:
    make(tmp_path, "deep/down/年报 (终稿).docx")
    assert names(tmp_path / "deep/down/年报 (终稿).docx") == ["年报 (终稿).docx"]


def test_a_folder_is_walked_in_sorted_order_by_relative_path(tmp_path: Path) -> None:
    make(tmp_path, "b.txt", "2024/z.txt", "2024/a.txt", "2023/q.txt", "a.txt")
    assert names(tmp_path) == ["2023/q.txt", "2024/a.txt", "2024/z.txt", "a.txt", "b.txt"]


def test_arguments_keep_their_order(tmp_path: Path) -> None:
    make(tmp_path, "b.txt", "a.txt")
    assert names(tmp_path / "b.txt", tmp_path / "a.txt") == ["b.txt", "a.txt"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["x/a.txt", "y/a.txt"], ["x/a.txt", "y/a.txt"]),
        (["x/p/a.txt", "y/p/a.txt", "x/b.txt"], ["x/p/a.txt", "y/p/a.txt", "b.txt"]),
        (["x", "y"], ["x/a.txt", "b.txt", "x/p/a.txt", "y/a.txt", "y/p/a.txt"]),
        (["x/a.txt", "x/a.txt"], ["x/a.txt", "x/a.txt (2)"]),
        (["x/a.txt", "x/../x/a.txt"], ["x/a.txt", "x/a.txt (2)"]),
    ],
)
def test_inputs_of_one_name_get_as_much_path_as_tells_them_apart(
    tmp_path: Path, arguments: list[str], expected: list[str]
) -> None:
    make(tmp_path, "x/a.txt", "x/b.txt", "x/p/a.txt", "y/a.txt", "y/p/a.txt")
    found = names(*(tmp_path / argument for argument in arguments))
    assert [name.removeprefix(f"{tmp_path.name}/") for name in found] == expected
    assert len(set(found)) == len(found)


def test_hidden_and_lock_files_are_skipped_with_a_note(tmp_path: Path) -> None:
    make(tmp_path, "a.docx", "~$a.docx", ".DS_Store", "Thumbs.db", ".git/config", ".~lock.a.docx#")
    found, skipped = list_inputs([tmp_path])
    assert [item.name for item in found] == ["a.docx"]
    assert len(skipped) == 5
    assert all(isinstance(note, Skipped) and note.zh and note.en for note in skipped)


def test_a_hidden_file_that_is_named_is_read(tmp_path: Path) -> None:
    make(tmp_path, ".secret.txt")
    assert names(tmp_path / ".secret.txt") == [".secret.txt"]


def test_links_in_circles_end(tmp_path: Path) -> None:
    make(tmp_path, "in/a.txt", "in/sub/b.txt", "out/c.txt")
    (tmp_path / "in/self").symlink_to(tmp_path / "in")
    (tmp_path / "in/up").symlink_to(tmp_path)
    (tmp_path / "in/sub/back").symlink_to("..")
    (tmp_path / "in/sub/me").symlink_to("me")
    (tmp_path / "in/other").symlink_to(tmp_path / "out")
    (tmp_path / "in/same").symlink_to(tmp_path / "out")
    (tmp_path / "out/again").symlink_to(tmp_path / "in")
    (tmp_path / "in/file.txt").symlink_to(tmp_path / "out/c.txt")
    assert names(tmp_path / "in") == ["a.txt", "file.txt", "other/c.txt", "sub/b.txt"]


def test_links_that_fan_out_are_walked_once(tmp_path: Path) -> None:
    for level in range(40):
        make(tmp_path, f"f{level}/a.txt")
        for side in "lr":
            (tmp_path / f"f{level}/{side}").symlink_to(tmp_path / f"f{level + 1}")
    assert len(names(tmp_path / "f0")) == 40


def test_names_that_are_no_text_are_written_out_and_stay_apart(tmp_path: Path) -> None:
    for name in (b"a\xff.txt", b"a\xfe.txt", b"a\\xff.txt", b"two\nlines.txt", "  空 格 .txt".encode()):
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).write_bytes(b"x")
    found = names(tmp_path)
    assert found == ["  空 格 .txt", "a\\xff.txt", "a\\xfe.txt", "a\\xff.txt (2)", "two\nlines.txt"]
    "".join(found).encode("utf-8")


def test_what_cannot_be_opened_is_an_input_with_its_error(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    found, _ = list_inputs([tmp_path / "nowhere.txt", tmp_path / "pipe"])
    assert [(item.name, item.error.code if item.error else None) for item in found] == [
        ("nowhere.txt", "not_found"),
        ("pipe", "not_found"),
    ]


def test_a_pipe_in_a_folder_is_skipped(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    found, skipped = list_inputs([tmp_path])
    assert (found, len(skipped)) == ([], 1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_without_permission_is_an_input_with_its_error(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "closed/b.txt")
    (tmp_path / "closed").chmod(0)
    found, _ = list_inputs([tmp_path])
    (tmp_path / "closed").chmod(0o700)
    assert [(item.name, item.error.code if item.error else None) for item in found] == [
        ("a.txt", None),
        ("closed", "no_permission"),
    ]


def test_the_folder_written_to_is_not_walked(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "results/a.txt.json")
    found, skipped = list_inputs([tmp_path], leave_out=tmp_path / "results")
    assert ([item.name for item in found], len(skipped)) == (["a.txt"], 1)


def test_folders_deeper_than_any_stack(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1_200):
        os.mkdir("d", dir_fd=here)
        deeper = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(os.open("a.txt", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    (found,) = list_inputs([tmp_path])[0]
    subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)  # the test runner's own clean-up recurses
    assert found.name == "d/" * 1_200 + "a.txt"
