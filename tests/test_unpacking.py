"""Archives among the inputs: opened in turn, no more at a time than there is room for."""

from __future__ import annotations

import zipfile
from pathlib import Path

from extractor.inputs import Input
from extractor.unpacking import Unpacking


def archives(folder: Path, count: int) -> list[Input]:
    inputs = []
    for number in range(count):
        path = folder / f"{number}.zip"
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("a.txt", "1" * 100)
            packed.writestr("b.txt", "2" * 100)
        inputs.append(Input(path, path.name))
    return inputs


def test_an_archive_waits_until_those_before_it_are_delivered(tmp_path: Path) -> None:
    text = tmp_path / "z.txt"
    text.write_text("年报", "utf-8")
    with Unpacking([*archives(tmp_path, 3), Input(text, "z.txt")], at_hand=150) as unpacking:
        rounds = []
        while not unpacking.over:
            rounds.append(list(unpacking.until_full()))
            assert all(item.path.is_file() for item in rounds[-1])
            for item in rounds[-1]:
                unpacking.delivered(item)
    assert [[item.name for item in each] for each in rounds] == [
        ["0.zip!/a.txt", "0.zip!/b.txt"],
        ["1.zip!/a.txt", "1.zip!/b.txt"],
        ["2.zip!/a.txt", "2.zip!/b.txt", "z.txt"],
    ]
    assert not any(item.path.exists() for item in rounds[0])


def test_nothing_is_left_when_it_is_broken_off(tmp_path: Path) -> None:
    with Unpacking(archives(tmp_path, 2)) as unpacking:
        items = list(unpacking.until_full())
        assert all(item.path.is_file() for item in items)
    assert len(items) == 4
    assert not any(item.path.parent.parent.exists() for item in items)
