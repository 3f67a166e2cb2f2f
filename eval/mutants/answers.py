"""Defects of asking a model: what it points to misplaced, believed without support, or put over what rules read.

``misled``: rules have read every table, and one place in five that the script gives is wrong. ``unaided``: likewise,
but the tables are for the model alone. ``model``: every place is right. None of them is a model (docs/eval.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from eval.mutants.planting import EngineName, Function, Make, Mutant, Plant, changed, giving, instead
from extractor.draft import Draft, Pointed, Spot
from extractor.verify.admission import Admission
from extractor.verify.verdicts import ACCEPTED, Judgement

ADMIT = "extractor.pipeline:admit"
TABLE = "extractor.verify.pointed_cells:PointedTable"


def _accept_all(draft: Draft, pointed: Pointed, read: Any, *_: object) -> Admission:
    """Whatever was pointed to is let in."""
    del draft, pointed
    return Admission([], dict.fromkeys(read, ACCEPTED))


def _accept_cells(found: Admission) -> Admission:
    return replace(found, verdicts={name: _accepted(name, one) for name, one in found.verdicts.items()})


def _accepted(pointer: str, one: Judgement) -> Judgement:
    return Judgement("accepted", one.reasons) if pointer.startswith("/tables/") else one


def _every_row(original: Function) -> Function:
    """Each row is said to stand beside its own label."""

    def labelled(table: Any) -> set[str]:
        original(table)
        return set(table.rows)

    return labelled


def _all_confirmed(original: Function) -> Function:
    """Each cell is said to stand in an identity that holds."""

    def judged(table: Any, known: Any, confirmed: Any) -> Any:
        del confirmed
        return original(table, known, set(table.cells))

    return judged


def _next_anchor(original: Function) -> Function:
    """An anchor's number means the place after it."""

    def get(anchors: Any, number: int | None) -> Spot | None:
        following = None if number is None or number >= len(anchors.spots) else number + 1
        found: Spot | None = original(anchors, following if following else number)
        return found

    return get


def _turned(original: Function) -> Function:
    """The first two columns of an answer are taken for each other."""

    def cells(asked: Any, table: Any, content: Any) -> Iterator[tuple[str, Spot]]:
        first, second = (column.key for column in table.blocks[0].columns[:2])
        names = {first: second, second: first}
        for pointer, spot in original(asked, table, content):
            stem, _, column = pointer.rpartition("/")
            yield f"{stem}/{names.get(column, column)}", spot

    return cells


def _roles_swapped(found: dict[int, str]) -> dict[int, str]:
    return {at: role.translate({ord("I"): "M", ord("M"): "I"}) for at, role in found.items()}


def _overrule(original: Function) -> Function:
    """Where a model points elsewhere, its place takes the place of what a rule has read."""

    def fill(draft: Draft, cells: Any, version: str) -> list[str]:
        for pointer in cells:
            table, row, column = pointer.split("/")[2:]
            if column in draft.tables.get(table, {}).get(row, {}):
                draft.tables[table][row][column] = None
                draft.evidence[pointer] = replace(draft.evidence[pointer], state="missing")
        filled: list[str] = original(draft, cells, version)
        return filled

    return fill


def _of(name: str, breaks: str, engine: EngineName, *plants: tuple[str, Make]) -> Mutant:
    return Mutant(name, "llm", breaks, tuple(Plant(*plant) for plant in plants), ("clear", "heyan", "lanjiang"), engine)


MUTANTS = (
    _of(
        "accept_every_model_answer", "whatever a model points to is accepted", "unaided", (ADMIT, instead(_accept_all))
    ),
    _of(
        "accept_every_cell_pointed_to",
        "doubts about cells that only a model read are put aside",
        "unaided",
        (ADMIT, changed(_accept_cells)),
    ),
    _of(
        "structure_and_sums_for_granted",
        "every table a model points to counts as whole, every sum as confirmed",
        "unaided",
        (f"{TABLE}._is_whole", giving(True)),
        (f"{TABLE}.judged", _all_confirmed),
    ),
    _of(
        "labels_and_structure_for_granted",
        "a row is believed to stand beside its label, and its table to be whole",
        "unaided",
        (f"{TABLE}._labelled", _every_row),
        (f"{TABLE}._is_whole", giving(True)),
        (f"{TABLE}._are_neighbours", giving(True)),
    ),
    _of(
        "labels_for_granted",
        "a row that stands in sums that hold is believed without its label",
        "unaided",
        (f"{TABLE}._labelled", _every_row),
        (f"{TABLE}._are_neighbours", giving(True)),
    ),
    _of(
        "model_overrules_rules",
        "a model's place takes the place of what a rule has read",
        "misled",
        ("extractor.pipeline:fill_pointed", _overrule),
    ),
    _of(
        "slip_anchors",
        "an anchor means the place after it",
        "model",
        ("extractor.llm.anchors:Anchors.get", _next_anchor),
    ),
    _of(
        "turn_answer_columns",
        "the first two columns of an answer change places",
        "unaided",
        ("extractor.llm.apply:_grid_cells", _turned),
    ),
    _of(
        "swap_roles",
        "a model's issues are taken for measures",
        "model",
        ("extractor.llm.apply:roles_of", changed(_roles_swapped)),
    ),
)
