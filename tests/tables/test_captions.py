"""The number of a table above it is no row of it."""

import pytest

from extractor.load import load_bytes
from extractor.tables.stream import runs_of


@pytest.mark.parametrize("line", ["表1", "表 2", "表3：", "附表2-1", "附表一"])
def test_the_number_of_a_table(line: str) -> None:
    runs = runs_of(load_bytes(f"行政处罚\n{line}\n15 16".encode(), "a.txt"))
    assert [(run.pieces, [slot.text for slot in run.slots]) for run in runs] == [(["行政处罚"], ["15", "16"])]


@pytest.mark.parametrize("line", ["报表1", "代表 2", "表扬1"])
def test_words_that_end_alike(line: str) -> None:
    runs = runs_of(load_bytes(f"{line}\n".encode(), "a.txt"))
    assert [slot.text for run in runs for slot in run.slots] == [line[-1]]
