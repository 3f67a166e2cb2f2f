"""The store from the command line: set up, filled, written out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stores import KINDS, SAMPLE, SAMPLES, make_address


def run(address: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"EXTRACTOR_DATABASE_URL": address, "EXTRACTOR_LANGUAGE": "en", "EXTRACTOR_MODEL": ""}
    command = [sys.executable, "-m", "extractor.cli", *map(str, arguments)]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", KINDS)
def test_in_and_out_again(kind: str, tmp_path: Path) -> None:
    address = make_address(kind, tmp_path)
    assert run(address, "db", "upgrade").returncode == 0
    (tmp_path / "junk.txt").write_text("nothing", "utf-8")
    first = run(address, "import", SAMPLES / SAMPLE, tmp_path / "junk.txt", "--jobs", "1")
    assert (first.returncode, "2 inputs: 1 new" in first.stderr) == (1, True), first.stderr
    again = run(address, "import", SAMPLES / SAMPLE, "--jobs", "1")
    assert (again.returncode, "1 there already" in again.stderr) == (0, True), again.stderr
    out = tmp_path / "all.jsonl"
    assert run(address, "export", "--out", out).returncode == 0
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [line["status"] for line in lines] == ["accepted", "failed"]
    assert lines[0]["source"]["name"] == SAMPLE


def test_what_is_wrong_is_one_sentence(tmp_path: Path) -> None:
    ran = run(f"sqlite:///{tmp_path}/none.db", "export", "--out", tmp_path / "a")
    assert (ran.returncode, "Traceback" in ran.stderr) == (2, False)
    assert ran.stderr.startswith("error: there is no store at")
    assert len(ran.stderr.splitlines()) == 1
    ran = run("mysql://u:hidden@h/d", "db", "upgrade")
    assert (ran.returncode, "hidden" in ran.stderr) == (2, False)
