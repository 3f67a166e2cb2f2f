"""How well the guard holds: truthful answers, made wrong at rates (``python -m tests.llm.guard``).

Set ``a``: tables the rules can read, everything asked (``model``). Set ``b``: layouts that rules fail on, asked what is
open (``hybrid``). Set ``c``: the narrative, of which no rule has read anything (``tests.llm.told``).

The figures measure the guard, not any model: how many of the record's cells are right, how many of those accepted, and
in how many reports a wrong one was accepted, with exact one-sided 95 % bounds over reports.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from eval.statistics import lower_bound, upper_bound
from extractor.forms import builtin_forms
from extractor.llm.questions import Engine
from extractor.load import load_document
from extractor.pipeline import ask_about, read_report, settle
from extractor.record import Record
from tests.generator import LAYOUTS, Generated, generate
from tests.llm.layouts import gridless
from tests.llm.told import KINDS, Counts, told
from tests.llm.told import line as told_line
from tests.llm.truthful import Truthful

RATES = (0.0, 0.05, 0.2, 0.5)
ENGINES: Mapping[str, Engine] = {"a": "model", "b": "hybrid"}
ENOUGH = 0.9


@dataclass(frozen=True)
class Held:
    """One report: its cells, those right, those right and accepted, and the pointers of wrong ones accepted."""

    name: str
    cells: int
    right: int
    accepted: int
    wrong: tuple[str, ...]


def made(which: str, seed: int) -> Generated:
    """The report of a set and a seed."""
    if which == "b":
        return gridless(seed)
    return generate(seed, layout=LAYOUTS[seed % len(LAYOUTS)], messy=0.3, bar=frozenset({"table_as_picture"}))


def settled(report: Generated, engine: Engine, rate: float) -> Record:
    """The record of a report whose questions are answered with ``rate`` of the anchors wrong."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / report.name
        path.write_bytes(report.data)
        draft = read_report(load_document(path, None), builtin_forms())
        answers = asyncio.run(Truthful(report.truth, rate, report.seed).answer(ask_about(draft, engine)))
        return settle(draft, answers)


def held(report: Generated, record: Record) -> Held:
    """How the record's cells compare with the truth; cells that the report lacks are not counted."""
    right = accepted = cells = 0
    wrong = []
    for pointer, due in _cells(report.truth):
        table, row, column = pointer.split("/")[2:]
        value = record.tables.get(table, {}).get(row, {}).get(column)
        evidence = record.evidence.get(pointer)
        taken = evidence is not None and evidence.verdict == "accepted"
        same = value == due if due is None or value is None else Decimal(value) == Decimal(str(due))
        cells, right, accepted = cells + 1, right + same, accepted + (same and taken)
        wrong += [pointer] if taken and not same else []
    return Held(report.name, cells, right, accepted, tuple(wrong))


def _cells(truth: Mapping[str, Any]) -> list[tuple[str, Any]]:
    found = (
        (f"/tables/{table}/{row}/{column}", value)
        for table, rows in truth["tables"].items()
        for row, columns in rows.items()
        for column, value in columns.items()
    )
    return [(pointer, value) for pointer, value in found if truth["states"].get(pointer) != "missing"]


def run(seed: int, which: str, rate: float) -> Held:
    """One report of a set, asked and settled at a rate."""
    report = made(which, seed)
    return held(report, settled(report, ENGINES[which], rate))


def run_told(seed: int, rate: float) -> Counts:
    """The narrative of one report, asked and settled at a rate."""
    return told(made("a", seed), rate)


def narrative_lines(rate: float, results: list[Counts]) -> list[str]:
    """The figures of the narrative at one rate, and in how many reports something wrong was accepted."""
    wrong = sum(any(counts[kind, "wrong"] for kind in KINDS) for counts in results)
    whole = sum(results, Counter[tuple[str, str]]())
    bound = upper_bound(wrong, len(results))
    last = f"c  {rate:4.0%}  reports {len(results)}, with something wrong accepted {wrong} (share <= {bound:.4f})"
    return [*(told_line(rate, kind, whole) for kind in KINDS), last]


def line(which: str, rate: float, results: list[Held]) -> str:
    """The figures of one set at one rate."""
    reports, cells = len(results), sum(one.cells for one in results)
    right, accepted = sum(one.right for one in results), sum(one.accepted for one in results)
    wrong = sum(bool(one.wrong) for one in results)
    enough = sum(one.accepted >= ENOUGH * one.right for one in results)
    return (
        f"{which}  {rate:4.0%}  reports {reports}  cells {cells}  right {right / cells:.4%}  "
        f"accepted of right {accepted / max(right, 1):.4%}  reports with >= 90% accepted {enough} "
        f"(share >= {lower_bound(enough, reports):.3f})  wrong cells accepted {sum(len(o.wrong) for o in results)} "
        f"in {wrong} reports (share <= {upper_bound(wrong, reports):.4f})"
    )


def main() -> None:
    """Run both sets at all rates."""
    parser = argparse.ArgumentParser(prog="python -m tests.llm.guard", description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="reports in each set")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--sets", default="abc")
    parser.add_argument("--rates", type=float, nargs="*", default=RATES)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    with ProcessPoolExecutor(asked.jobs) as pool:
        for which in asked.sets:
            for rate in asked.rates:
                seeds = range(asked.seed, asked.seed + asked.count)
                if which == "c":
                    print(
                        "\n".join(
                            narrative_lines(rate, list(pool.map(partial(run_told, rate=rate), seeds, chunksize=8)))
                        )
                    )
                    continue
                results = list(pool.map(partial(run, which=which, rate=rate), seeds, chunksize=8))
                print(line(which, rate, results), flush=True)
                print("".join(f"   {one.name} {one.wrong[:3]}\n" for one in results if one.wrong), end="")


if __name__ == "__main__":
    main()
