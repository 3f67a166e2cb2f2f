"""The documents say what is so: their commands run, their links lead somewhere, their lists are complete."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from extractor import Record, errors
from extractor.finding import catalogue

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
FENCE = re.compile(r"^```(\w+)(?: +(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!\w+:|#)([^)#]+)")


@dataclass(frozen=True)
class Block:
    """A fenced block; ``file`` is the name after its language, which makes it a file for the blocks after it."""

    document: Path
    language: str
    file: str | None
    body: str


def blocks(document: Path) -> list[Block]:
    return [Block(document, *found) for found in FENCE.findall(document.read_text("utf-8"))]


def documents_with(*languages: str) -> list[Path]:
    return [path for path in DOCUMENTS if any(block.language in languages for block in blocks(path))]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A folder with the samples, ``extractor`` and ``python`` on the path, as a reader of the documents has it."""
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    (tmp_path / "bin").mkdir()
    for name, arguments in (("extractor", " -m extractor.cli"), ("python", "")):
        command = tmp_path / "bin" / name
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}"{arguments} "$@"\n', "utf-8")
        command.chmod(0o755)
    return tmp_path


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    home = {"XDG_DATA_HOME": str(folder / "data"), "XDG_CACHE_HOME": str(folder / "cache")}  # nobody's own store
    env = os.environ | home | {"PYTHONPATH": str(ROOT), "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


THE_SAME = "README.zh-CN.md"
"""Its commands are those of README.md: see ``test_both_readmes_show_the_same_commands``."""


@pytest.mark.parametrize(
    "document", [path for path in documents_with("bash", "python") if path.name != THE_SAME], ids=named
)
def test_commands_and_code_in_documents_run(document: Path, workplace: Path) -> None:
    for block in blocks(document):
        if block.file:
            (workplace / block.file).write_text(block.body, "utf-8")
    for block in blocks(document):
        if block.language == "python":
            ran = run([sys.executable, "-c", block.body], workplace)
            assert ran.returncode == 0, ran.stderr
        for line in block.body.splitlines() if block.language == "bash" else ():
            ran = run(["bash", "-c", line], workplace)
            assert ran.returncode in ((0, 1) if " samples " in line else (0,)), (line, ran.stderr)
            assert "Traceback" not in ran.stderr


def test_the_form_in_the_documents_reads_and_checks_its_report(workplace: Path) -> None:
    files = {block.file: block.body for block in blocks(ROOT / "docs" / "forms.md") if block.file}
    report, form = files["hotline-2023.txt"], files["my-form.toml"]
    (workplace / "my-form.toml").write_text(form, "utf-8")
    right, wrong = (extract(workplace, text) for text in (report, report.replace("\t298\t", "\t289\t")))
    assert (right.form, right.organisation, right.year, right.status) == ("hotline", "云溪镇人民政府", 2023, "accepted")
    assert right.tables["calls"]["telephone"] == {"received": 310, "settled": 298, "pending": 12}
    assert [item.text for item in right.narrative.issues] == ["夜间接听人手不足", "回访不够及时"]
    assert [item.text for item in right.narrative.improvements] == ["增设夜班坐席", "三日内完成回访"]
    assert right.findings == []
    broken = [finding.paths for finding in wrong.findings if finding.code == "identity"]
    assert len(broken) == 2
    assert all("/tables/calls/telephone/settled" in paths for paths in broken)


def extract(folder: Path, report: str) -> Record:
    (folder / "hotline-2023.txt").write_text(report, "utf-8")
    ran = run(["extractor", "extract", "hotline-2023.txt", "--form", "my-form.toml"], folder)
    return Record.from_json(ran.stdout)


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links_lead_to_files_that_exist(document: Path) -> None:
    links = LINK.findall(document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", documents_with("json"), ids=named)
def test_json_in_documents_is_json(document: Path) -> None:
    found = [json.loads(block.body) for block in blocks(document) if block.language == "json"]
    assert found != []
    assert all(isinstance(one, dict) for one in found)


def test_every_error_code_is_documented() -> None:
    told = (ROOT / "docs" / "record.md").read_text("utf-8")
    codes = {kind.code for kind in every(errors.InputError)}
    assert {code for code in codes - {"bad_input"} if f"| `{code}` |" not in told} == set()


def every(kind: type[errors.ExtractorError]) -> list[type[errors.ExtractorError]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in every(child))]


def test_every_finding_is_documented() -> None:
    told = (ROOT / "docs" / "findings.md").read_text("utf-8")
    assert [code for code in catalogue() if f"`{code}`" not in told] == []


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = (
        [
            re.sub(r"\s*#.*", "", line)
            for block in blocks(ROOT / name)
            if block.language == "bash"
            for line in block.body.splitlines()
        ]
        for name in ("README.md", THE_SAME)
    )
    assert english == chinese


def test_decisions_are_numbered_on() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
