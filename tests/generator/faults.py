"""Errors that a source itself can contain, planted on purpose."""

import re
from dataclasses import dataclass, replace

from .cells import Cells, Fit, Shown, show_cells
from .dice import Dice
from .figures import FLOW_ROWS, Figures
from .identity import identity
from .prose import claim
from .report import Draft, assembled
from .shapes import Para
from .tables import build_tables, draw_figures
from .wording import APPLICANTS

KINDS = ("row_sum", "column_sum", "carry_balance", "review_sum", "blank_total", "narrative_mismatch")
DISTURBING = (
    "table_as_picture",
    "row_absent",
    "body_unnamed",
    "form_mixed",
    "text_in_cell",
    "local_row",
    "unit_in_cell",
    "header_without_unit",
    "stale_year",
    "spaced_prose",
    "regulations_unlikely",
)
STEPS = (1, 2, 5, 10, 30)


@dataclass(frozen=True)
class Fault:
    """What was broken: its kind, the cells touched, the finding codes that must be raised."""

    kind: str
    pointers: tuple[str, ...]
    expected: tuple[str, ...]


def drawn_with_fault(dice: Dice, form: str, fit: Fit, kind: str) -> tuple[Draft, Fault]:
    """A report in which `kind` is broken and nothing else."""
    if kind not in KINDS:
        raise ValueError(f"no such fault: {kind!r}; known: {KINDS}")
    dice.bar(*DISTURBING, *(f"{mode}_{table}" for mode in _HIDING for table in _TABLES))
    who, figures = identity(dice, form), draw_figures(dice, form, identity(dice, form).body)
    cells = show_cells(dice, figures, fit)
    fault = _plant(dice, kind, cells, fit)
    draft = assembled(dice, form, who, figures, build_tables(dice, form, who.year, figures, fit, cells))
    if kind == "narrative_mismatch":
        _contradict(dice, draft, figures)
    draft.truth["expected_findings"] = sorted({*draft.truth["expected_findings"], *fault.expected})
    draft.truth["allowed_findings"] = sorted(_FOLLOWING.get(kind, ()))
    return draft, fault


_HIDING = ("blank_table", "blanks_for_zero", "single_blanks", "not_applicable")
_TABLES = ("proactive_disclosure", "applications", "review_litigation")
_FOLLOWING = {"blank_total": ("blank_total", "row_sum", "column_sum", "carry_balance", "review_sum")}


def _plant(dice: Dice, kind: str, cells: Cells, fit: Fit) -> Fault:
    rng = dice.stream("fault")
    leaf = [p.split("/")[3] for p in cells if p.startswith("/tables/applications/") and p.endswith("/total")]
    leaf = [row for row in leaf if row not in FLOW_ROWS]
    row, step, column = rng.choice(leaf), rng.choice(STEPS), rng.choice(APPLICANTS)[0]
    at = "/tables/applications/{}/{}".format
    if kind == "row_sum":
        return _raised(cells, step, kind, (at(row, "total"),), ("row_sum", "column_sum"))
    if kind == "column_sum":
        return _raised(cells, step, kind, (at(row, column), at(row, "total")), ("column_sum",))
    if kind == "carry_balance":
        return _raised(cells, step, kind, (at("new_received", column), at("new_received", "total")), ("carry_balance",))
    if kind == "review_sum":
        return _raised(cells, step, kind, ("/tables/review_litigation/review/total",), ("review_sum",))
    if kind == "blank_total":
        return _blanked(cells, at("new_received", "total"), fit)
    return Fault(kind, (at("new_received", "total"),), ("narrative_mismatch",))


def _raised(cells: Cells, step: int, kind: str, pointers: tuple[str, ...], expected: tuple[str, ...]) -> Fault:
    for pointer in pointers:
        value = int(cells[pointer].value or 0) + step
        cells[pointer] = Shown(str(value), value)
    return Fault(kind, pointers, expected)


def _blanked(cells: Cells, pointer: str, fit: Fit) -> Fault:
    cells[pointer] = Shown("", None, "blank") if fit.blanks else Shown("/", None, "not_applicable")
    return Fault("blank_total", (pointer,), ("blank_total",) if fit.blanks else ())


def _contradict(dice: Dice, draft: Draft, figures: Figures) -> None:
    known = [int(figures.applications[row]["total"]) for row in ("new_received", "carried_over")]
    told = known[0] + dice.stream("contradiction").randint(1, 40)
    told += told == sum(known)  # whoever counts what was carried over as received contradicts nothing
    due = next(one for one in draft.truth["claims"] if one["metrics"] == ["applications_received"])
    quote = re.sub(r"\d+件$", f"{told}件", due["quote"]) if due["value"] else f"收到政府信息公开申请{told}件"
    draft.blocks = [
        replace(block, text=block.text.replace(due["quote"], quote)) if isinstance(block, Para) else block
        for block in draft.blocks
    ]
    due.update(claim("applications_received", told, quote))
