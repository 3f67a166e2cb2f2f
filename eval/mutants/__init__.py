"""``python -m eval mutants``: plant defects in the pipeline, one at a time, and show that the gate blocks each.

A mutant that passes fails the command, and so does one that changes no record at all or that only crashes: it proves
nothing of the gate. ``catalogue`` has all of them; docs/eval.md shows its table.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence

from eval.baseline import read_baseline
from eval.cases import find_cases
from eval.mutants.catalogue import MUTANTS, table
from eval.mutants.planting import Mutant
from eval.mutants.proof import GroundError, Proof, prepare, prove_all
from eval.waivers import read_waivers
from extractor.errors import ExtractorError

__all__ = ["MUTANTS", "add_arguments", "main", "table"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which mutants, over which gold."""
    parser.add_argument("name", nargs="*", help="only these mutants (default: all)")
    parser.add_argument("--table", action="store_true", help="print the table of all mutants for docs/eval.md")
    parser.add_argument("--gold", action="append", default=[], metavar="DIR", help="a further set of gold")
    parser.add_argument("--jobs", type=int, default=2, help="processes")


def main(args: argparse.Namespace) -> int:
    """Prove them. 0: each is blocked; 1: some are not; 2: the gold, the baseline or a name is faulty."""
    if args.table:
        print(table())
        return 0
    unknown = [name for name in args.name if name not in MUTANTS]
    if unknown:
        print(f"there is no mutant {unknown[0]!r}: see python -m eval mutants --table", file=sys.stderr)
        return 2
    mutants = [MUTANTS[name] for name in args.name] or list(MUTANTS.values())
    started = time.perf_counter()
    try:
        ground = prepare(
            find_cases(args.gold), [one.engine for one in mutants], read_baseline(), read_waivers(), args.jobs
        )
    except (ExtractorError, GroundError, ValueError) as error:
        print(f"eval mutants: {error}", file=sys.stderr)
        return 2
    print(f"the sound pipeline passes; {time.perf_counter() - started:.0f} s", flush=True)
    proofs = []
    for proof in prove_all(mutants, ground, args.jobs):
        proofs.append(proof)
        print(line_of(proof), flush=True)
    print(f"{summary_of(mutants, proofs)}; {time.perf_counter() - started:.0f} s")
    return 0 if all(proof.verdict == "blocked" for proof in proofs) else 1


def line_of(proof: Proof) -> str:
    """What became of one mutant, in a line."""
    why = proof.fault or (f"by {proof.by}" if proof.blocked else "")
    return f"{proof.verdict:15} {proof.name:36} {proof.reports:3} reports {proof.seconds:5.1f} s  {why[:160]}"


def summary_of(mutants: Sequence[Mutant], proofs: Sequence[Proof]) -> str:
    """How many were blocked, and how many were not, by verdict."""
    counts = Counter(proof.verdict for proof in proofs)
    others = "".join(f", {number} {verdict.lower()}" for verdict, number in counts.items() if verdict != "blocked")
    return f"{counts['blocked']} of {len(mutants)} mutants blocked{others}"
