"""A run to compare with: a result file, or what the extractor of a git revision makes of today's gold.

What a change gained and lost is asked of one set of gold with one way of scoring, so of a revision only ``extractor``
and ``prompts`` are taken; the gold, the scoring and the rest are the working tree's. Where today's scoring needs what
that extractor did not have yet, the revision's own scoring takes its place, still over today's gold.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from eval.result import RunResult

ROOT = Path(__file__).resolve().parents[1]
REPORT = "report.json"
WORKING_TREE = "."
_EXTRACTOR = ("extractor", "prompts")
_SCORING = ("eval", "tests", "samples", "pyproject.toml")
_GOLD = "eval/gold"
_SAID = 400
"""Characters of what a run that failed said, in the error."""


class RevisionError(Exception):
    """There is no such run: neither a result file nor a revision, or its extractor cannot be run."""


def result_of(name: str, options: Sequence[str] = ()) -> RunResult:
    """The run that ``name`` says: a result file, a folder with one, ``.`` for the working tree, or a git revision.

    ``options``: further ones of ``eval run``, where something is run.

    Raises:
        RevisionError: it is none of these, or a run of that revision fails.
        ValueError: the file holds no run.
    """
    path = Path(name)
    if path.is_file():
        return RunResult.read(path)
    if (path / REPORT).is_file() and name != WORKING_TREE:
        return RunResult.read(path / REPORT)
    with tempfile.TemporaryDirectory(prefix="eval-") as folder:
        if name == WORKING_TREE:
            return _run(ROOT, Path(folder) / "out", name, options)
        return _run_revision(name, Path(folder), options)


def _run_revision(revision: str, folder: Path, options: Sequence[str]) -> RunResult:
    try:
        return _run(tree_of(revision, folder / "tree"), folder / "out", revision, options)
    except RevisionError:
        own = tree_of(revision, folder / "own", scoring=True)
        if not (own / "eval" / "__main__.py").is_file():
            raise
        return _run(own, folder / "out", revision, options)


def tree_of(revision: str, folder: Path, *, scoring: bool = False) -> Path:
    """``folder``, made, with the extractor of a revision, the gold of today, and today's or the revision's scoring.

    Raises:
        RevisionError: there is no such revision.
    """
    folder.mkdir()
    with tarfile.open(
        fileobj=BytesIO(_archive(revision, (*_EXTRACTOR, *_SCORING) if scoring else _EXTRACTOR))
    ) as packed:
        packed.extractall(folder, filter="data")
    if scoring:
        shutil.rmtree(folder / _GOLD, ignore_errors=True)
    for name in (_GOLD,) if scoring else _SCORING:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).symlink_to(ROOT / name)
    return folder


def _archive(revision: str, names: Sequence[str]) -> bytes:
    """A tar file of those of the folders and files that the revision has."""
    known = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if known.returncode:
        raise RevisionError(f"{revision} is neither a result file, a folder with {REPORT}, nor a git revision")
    commit = known.stdout.decode().strip()
    taken = [name for name in names if not _git("cat-file", "-e", f"{commit}:{name}").returncode]
    return _git("archive", commit, *taken).stdout


def _git(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)  # noqa: S603, S607


def _run(tree: Path, out: Path, name: str, options: Sequence[str]) -> RunResult:
    """Score the extractor of a tree in a process of its own."""
    command = [sys.executable, "-m", "eval", "run", "--out", str(out), *options]
    environment = os.environ | {"PYTHONPATH": str(tree)}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=False)  # noqa: S603
    if not (out / REPORT).is_file():
        said = done.stderr.decode(errors="replace").strip()[-_SAID:]
        raise RevisionError(f"the extractor of {name} cannot be scored (exit status {done.returncode}): {said}")
    return RunResult.read(out / REPORT)
