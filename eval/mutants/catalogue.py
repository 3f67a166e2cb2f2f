"""Every mutant by its name, in the order of the pipeline; ``table`` is the one that docs/eval.md holds."""

from __future__ import annotations

from eval.mutants import answers, cells, checks, loading, narrative, tables
from eval.mutants.planting import Mutant

MUTANTS: dict[str, Mutant] = {
    mutant.name: mutant for module in (loading, tables, cells, narrative, checks, answers) for mutant in module.MUTANTS
}


def table() -> str:
    """All mutants as a Markdown table: ``python -m eval mutants --table``."""
    lines = ["| mutant | stage | what it breaks | engine |", "|---|---|---|---|"]
    lines += [f"| `{one.name}` | {one.stage} | {one.breaks} | {one.engine} |" for one in MUTANTS.values()]
    return "\n".join(lines)
