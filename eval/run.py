"""``python -m eval run``: score the engines on all gold, write the reports, and pass or block the change.

``--against`` also says what the change gained and lost, by running the extractor of another revision beside this one.

Exit status 0: the gate lets the change pass; 1: it blocks; 2: gold, waivers or the call itself are faulty.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib import metadata
from importlib.resources import files
from pathlib import Path

from rich.console import Console

from eval.baseline import PATH, Baseline, lowered, raised, read_baseline
from eval.cases import ROOT, Cases, find_cases
from eval.changes import Change, NoBaseError
from eval.compare import compare
from eval.engines import ENGINES, opened, read_all
from eval.gate import judge, refusals_of_change
from eval.report import print_run, write_reports
from eval.result import GateResult, RunResult
from eval.revision import RevisionError, result_of
from eval.scores import score_case
from eval.waivers import read_waivers
from extractor.errors import ExtractorError
from extractor.forms import builtin_forms
from extractor.llm.answers import KINDS
from extractor.llm.prompts import load_prompt

OUT = ROOT / "build" / "eval"
BASE = "base"


def score(cases: Cases, engines: Sequence[str] = ENGINES) -> RunResult:
    """Every case by every engine, scored; without gate and waivers.

    Raises:
        RecordingError: recorded answers are stale, or the script could not be asked.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    with ExitStack() as open_engines:
        used = [open_engines.enter_context(opened(name)) for name in engines]
        results = [score_case(case, reading) for case, reading in read_all(used, cases.cases)]
    return RunResult(
        sets=cases.sets,
        engines=[engine.used for engine in used],
        versions=versions(),
        cases=results,
        started=started.isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - clock, 3),
    )


def versions() -> dict[str, str]:
    """What a run depends on, by name: the code, the forms, the prompts, the language."""
    package = files("extractor.forms")
    forms = {f"form {one.id}": _hash(package.joinpath(f"{one.id}.toml").read_bytes()) for one in builtin_forms()}
    prompts = {f"prompt {kind}": load_prompt(kind).version[:12] for kind in KINDS}
    own = {"extractor": metadata.version("extractor"), "commit": _commit(), "python": platform.python_version()}
    return {**own, **forms, **prompts}


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _commit() -> str:
    """The commit that is checked out, ``+`` where something is changed; empty where git cannot tell."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)  # noqa: S603
    except OSError:
        return ""
    return done.stdout.strip()


# ---- the command -------------------------------------------------------------------------------------------------


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to score, where to write, and whether to accept."""
    parser.add_argument("--gold", action="append", default=[], metavar="DIR", help="a further set: see docs/eval.md")
    parser.add_argument("--engine", action="append", choices=ENGINES, help="only this engine (default: all)")
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR", help="where report.{json,md,html} go")
    parser.add_argument("--against", metavar="REV", help="compare with a revision or result file; base: the merge base")
    parser.add_argument("--accept", action="store_true", help="make this run's figures the baseline")


def main(args: argparse.Namespace) -> int:
    """Score, judge, report."""
    try:
        with ThreadPoolExecutor(1) as beside:
            before = beside.submit(_other, args.against)
            cases = find_cases(args.gold)
            run = score(cases, args.engine or ENGINES)
            run.waivers = read_waivers()
            run.gate = accepted(run, PATH, Change()) if args.accept else judged(run, read_baseline(), Change())
            other = before.result()
    except (ExtractorError, ValueError) as error:
        print(f"eval: {error}", file=sys.stderr)
        return 2
    comparison = compare(other, run) if other else None
    write_reports(run, args.out, comparison)
    print_run(run, Console(), comparison)
    print(f"{run.seconds:.1f} s; {args.out / 'report.html'}")
    return 0 if run.gate.passed else 1


def _other(against: str | None) -> RunResult | None:
    """The run to compare with; None where none is asked for, or the change leaves the extractor as it was.

    Whatever keeps it from being run is told, and does not block: the gate stands on the baseline.
    """
    if not against:
        return None
    try:
        change = Change()
        revision = change.base if against == BASE else against
        if against == BASE and not change.extractor:
            print(f"compared with {revision[:12]}: this change leaves the extractor as it was", file=sys.stderr)
            return None
        return result_of(revision)
    except (NoBaseError, RevisionError, ValueError, OSError) as error:
        print(f"not compared with {against}: {error}", file=sys.stderr)
        return None


def judged(run: RunResult, baseline: Baseline | None, change: Change) -> GateResult:
    """The gate over the run's figures, and over the change."""
    gate = judge(run, baseline, run.waivers)
    refused, unseen = refusals_of_change(baseline, change) if baseline else ([], [])
    for said in unseen:
        print(said, file=sys.stderr)
    gate.refusals += refused
    gate.passed = gate.passed and not refused
    return gate


def accepted(run: RunResult, path: Path, change: Change) -> GateResult:
    """Write this run's figures as the baseline, and judge the run by it; where that may not be, nothing is written.

    It may not be where there is an escape, where a waiver has ended, where the change alters the extractor and lowers a
    figure, and, without git to tell what the change alters, where it lowers a figure at all.
    """
    old = read_baseline(path)
    new = raised(old, run)
    refused, unseen = refusals_of_change(new, change)
    falls = list(lowered(old, new)) if old and unseen else []
    refused += [f"{said}; {fall}" for said in unseen for fall in falls[:1]]
    gate = judge(run, new, run.waivers)
    if refused or not gate.passed:
        return GateResult(False, gate.checks, [*gate.refusals, *refused, "the baseline stays as it is"])
    path.write_text(new.to_json(), encoding="utf-8")
    return gate
