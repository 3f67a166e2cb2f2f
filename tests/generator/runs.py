"""Runs of the extractor over many generated reports, and the table of what it got right."""

import asyncio
import importlib
import json
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from .faults import KINDS
from .making import LAYOUTS, Generated, generate, generate_with_fault
from .scoring import Miss, Score, score, score_failure

RATES = (
    ("nonzero", "nonzero_right", "nonzero"),
    ("cells", "cells_right", "cells"),
    ("states", "states_right", "states"),
    ("org", "organisation_right", "documents"),
    ("year", "year_right", "documents"),
    ("form", "form_right", "documents"),
    ("title", "title_right", "documents"),
    ("period", "period_right", "documents"),
    ("publ", "published_right", "documents"),
    ("issues", "issues_right", "documents"),
    ("improv", "improvements_right", "documents"),
    ("claims", "claims_found", "claims"),
    ("expect", "findings_present", "findings"),
)
# A crash of one report is its failure, not the end of the run.
CRASHES = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
COUNTS = (
    ("n", "documents"),
    ("failed", "failed"),
    ("clean", "flawless"),
    ("silent", "unflagged_wrong"),
    ("falarm", "flagged_right"),
    ("forbid", "forbidden_present"),
    ("unexp", "unexpected_errors"),
)


@dataclass(frozen=True)
class Job:
    """One report to be generated: its seed and what it must be."""

    seed: int
    layout: str
    form: str | None
    messy: float
    fault: str | None = None

    def made(self) -> Generated:
        """The generated report."""
        if self.fault:
            return generate_with_fault(self.seed, self.fault, form=self.form, layout=self.layout, messy=self.messy)
        return generate(self.seed, form=self.form, layout=self.layout, messy=self.messy)


@dataclass(frozen=True)
class Outcome:
    """One report, what was read from it, and its score."""

    job: Job
    name: str
    score: Score


def jobs(count: int, seed: int, layout: str | None, form: str | None, messy: float, faults: bool) -> Iterator[Job]:
    """`count` jobs from `seed` on, the layouts in turn (those whose name contains `layout`)."""
    names = [name for name in LAYOUTS if layout is None or layout in name]
    if not names:
        raise SystemExit(f"no layout matches {layout!r}; layouts: {', '.join(LAYOUTS)}")
    for number in range(seed, seed + count):
        fault = KINDS[number // len(names) % len(KINDS)] if faults else None
        yield Job(number, names[number % len(names)], form, messy, fault)


def run(todo: list[Job], workers: int, keep: Path | None) -> list[Outcome]:
    """Generate, extract and score each job."""
    checked = partial(check, keep=keep)
    if workers <= 1:
        return [checked(job) for job in todo]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(checked, todo, chunksize=8))


def check(job: Job, keep: Path | None) -> Outcome:
    """One job from seed to score; the files of a report with misses go to `keep`."""
    made = job.made()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / made.name
        path.write_bytes(made.data)
        record, result = _extracted(path, made.truth)
    if keep and result.misses:
        write(made, keep)
        (keep / f"{made.name}.record.json").write_text(_json(record), "utf-8")
    return Outcome(job, made.name, result)


def _extracted(path: Path, truth: dict[str, Any]) -> tuple[dict[str, Any], Score]:
    extractor = importlib.import_module("extractor")
    try:
        record = asyncio.run(extractor.extract_report(path)).to_dict()
    except (extractor.ExtractorError, *CRASHES) as error:
        return {}, score_failure(truth, f"{type(error).__name__}: {error}")
    return record, score(record, truth)


def write(made: Generated, folder: Path) -> None:
    """The file and its truth, side by side."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / made.name).write_bytes(made.data)
    (folder / f"{made.name}.truth.json").write_text(
        _json({**made.truth, "seed": made.seed, "features": sorted(made.features)}), "utf-8"
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"


def table(outcomes: list[Outcome]) -> str:
    """Every figure of the scores, a line for each layout and one for all."""
    sums: dict[str, Score] = {}
    for outcome in outcomes:
        for name in (outcome.job.layout, "ALL"):
            sums[name] = sums.get(name, Score()) + outcome.score
    heads = ["layout", *(head for head, _ in COUNTS), *(head for head, _, _ in RATES)]
    rows = [_figures(name, sums[name]) for name in sorted(sums, key=lambda name: (name == "ALL", name))]
    return "\n".join(_padded([heads, *rows]))


def _figures(name: str, total: Score) -> list[str]:
    counts = [str(getattr(total, key)) for _, key in COUNTS]
    return [name, *counts, *(_percent(getattr(total, right), getattr(total, of)) for _, right, of in RATES)]


def _percent(right: int, of: int) -> str:
    return f"{100 * right / of:.2f}" if of else "-"


def _padded(rows: list[list[str]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        first, *rest = zip(row, widths, strict=True)
        yield "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)])


def miss_lines(outcomes: list[Outcome], limit: int, each: int) -> Iterator[str]:
    """The first misses, at most `each` of a document."""
    shown = 0
    for outcome in outcomes:
        for miss in outcome.score.misses[:each]:
            if shown >= limit:
                return
            shown += 1
            yield _miss_line(outcome, miss)


def _miss_line(outcome: Outcome, miss: Miss) -> str:
    parts = f"expected={_cut(miss.expected)} got={_cut(miss.got)} raw={_cut(miss.raw)}"
    return f"{outcome.name} seed={outcome.job.seed} {miss.pointer} {parts}{' flagged' if miss.flagged else ''}"


def _cut(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 240 else text[:237] + "..."
