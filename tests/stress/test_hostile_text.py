"""Reports stuffed with one thing over and over: reading them takes time in proportion to their length, so none hangs.

The limit is far above what linear code needs and far below what quadratic code takes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.inputs import Input
from extractor.run import extract_inputs
from extractor.settings import load_settings
from tests.scale import scaled

SAMPLE = Path(__file__).resolve().parent.parent.parent / "samples" / "heyan_town_2021.txt"
CHARACTERS = scaled(60_000, 2_000_000)
SECONDS = scaled(20, 60)

FILLERS = {
    "spaces": " ",
    "wide spaces": "　",
    "tabs": "\t",
    "line breaks": "\n",
    "pipes": "|",
    "pipe rows": "| | |\n",
    "digits": "1",
    "digit lines": "1\n",
    "decimals": "1.",
    "dashes": "-",
    "commas": "，",
    "quotes": "“",
    "brackets": "（",
    "ordinals": "（一）",
    "first": "一是",
    "headings": "一、总体情况\n",
    "headings with numbers": "（一）\n1.\n一是",
    "table labels": "总计\n",
    "rows": "规章\t1\t2\t3\n",
    "rows of applications": "（一）予以公开\t3\t0\t0\t0\t0\t0\t3\n",
    "cells on lines": "\t0\n\n",
    "bodies": "县人民政府",
    "years": "2023年",
    "dates": "2023年1月1日至",
    "Chinese years": "二〇",
    "amounts": "1万元",
    "claims": "收到申请1件；",
    "issues": "问题",
    "bookmarks": "[bookmark: ",
    "templates": "{{",
    "tags": "<td>",
    "comments": "<!--",
    "entities": "&amp;",
}


@pytest.mark.parametrize("filler", FILLERS.values(), ids=FILLERS)
def test_no_filler_makes_it_hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filler: str) -> None:
    report = SAMPLE.read_text("utf-8")
    middle = report.index("五、")
    stuffed = report[:middle] + filler * (CHARACTERS // len(filler)) + report[middle:]
    (tmp_path / "a.txt").write_text(stuffed, "utf-8")
    monkeypatch.setenv("EXTRACTOR_SECONDS_PER_DOCUMENT", str(SECONDS))
    load_settings.cache_clear()
    (outcome,) = extract_inputs([Input(tmp_path / "a.txt", "a.txt")])
    load_settings.cache_clear()
    assert outcome.error is None or outcome.error.code not in ("time_limit", "crashed"), outcome.error
