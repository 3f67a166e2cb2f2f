"""Faults of our own reading, planted into a faultless draft. Each returns the pointers that are wrong after it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from itertools import combinations
from random import Random

from extractor.draft import Draft
from extractor.record import Evidence, Number, Place
from tests.verify.factory import APPLICANTS

Plant = Callable[[Draft, Random], set[str]]
COLUMNS = (*APPLICANTS, "total")


def value(draft: Draft, pointer: str) -> Number | None:
    _, _, table, row, column = pointer.split("/")
    return draft.tables[table][row][column]


def put(draft: Draft, pointer: str, number: Number | None) -> None:
    _, _, table, row, column = pointer.split("/")
    draft.tables[table][row][column] = number


def move(draft: Draft, moves: dict[str, str]) -> set[str]:
    """Read each cell (key) from where another (value) stands."""
    seen = {source: (value(draft, source), deepcopy(draft.evidence[source])) for source in moves.values()}
    for target, source in moves.items():
        number, evidence = seen[source]
        put(draft, target, number)
        draft.evidence[target] = evidence
    return set(moves)


def lose(draft: Draft, pointer: str) -> set[str]:
    put(draft, pointer, None)
    draft.evidence[pointer] = Evidence(state="missing")
    return {pointer}


def pick(rng: Random, draft: Draft, wanted: Callable[[Number], bool] = bool) -> str:
    """A cell whose number is as wanted."""
    numbers = {p: value(draft, p) for p in draft.evidence if p.startswith("/tables/")}
    return rng.choice([pointer for pointer, number in numbers.items() if number is not None and wanted(number)])


def cells(table: str, row: str, draft: Draft) -> list[str]:
    return [f"/tables/{table}/{row}/{column}" for column in draft.tables[table][row]]


# ---- the faults --------------------------------------------------------------------------------------------------


def row_shifted(draft: Draft, rng: Random) -> set[str]:
    """One row of results is read from the row below it, that one from the next, and so on for a few."""
    rows = list(draft.tables["applications"])
    first = rng.randrange(2, len(rows) - 3)
    below = {rows[at]: rows[at + 1] for at in range(first, min(first + rng.randint(1, 6), len(rows) - 1))}
    last = list(below.values())[-1]
    moves = dict(p for row, source in below.items() for p in zip(*_two(draft, row, source), strict=True))
    wrong = move(draft, moves)
    for pointer in cells("applications", last, draft):
        wrong |= lose(draft, pointer)
    return wrong


def _two(draft: Draft, row: str, source: str) -> tuple[list[str], list[str]]:
    return cells("applications", row, draft), cells("applications", source, draft)


def columns_swapped(draft: Draft, rng: Random) -> set[str]:
    one, other = rng.sample(COLUMNS, 2)
    moves: dict[str, str] = {}
    for row in draft.tables["applications"]:
        left, right = f"/tables/applications/{row}/{one}", f"/tables/applications/{row}/{other}"
        moves |= {left: right, right: left}
    return move(draft, moves)


def review_columns_swapped(draft: Draft, rng: Random) -> set[str]:
    one, other = rng.sample(("upheld", "corrected", "other", "pending"), 2)
    row = rng.choice(list(draft.tables["review_litigation"]))
    left, right = f"/tables/review_litigation/{row}/{one}", f"/tables/review_litigation/{row}/{other}"
    return move(draft, {left: right, right: left})


def review_rows_swapped(draft: Draft, rng: Random) -> set[str]:
    one, other = rng.sample(list(draft.tables["review_litigation"]), 2)
    left, right = cells("review_litigation", one, draft), cells("review_litigation", other, draft)
    return move(draft, {**dict(zip(left, right, strict=True)), **dict(zip(right, left, strict=True))})


def rows_swapped(draft: Draft, rng: Random) -> set[str]:
    one, other = rng.sample(list(draft.tables["applications"]), 2)
    left, right = _two(draft, one, other)
    return move(draft, {**dict(zip(left, right, strict=True)), **dict(zip(right, left, strict=True))})


def first_table_rows_swapped(draft: Draft, rng: Random) -> set[str]:
    """Two rows of the first table, which no identity covers."""
    table = draft.tables["proactive_disclosure"]
    alike = [(a, b) for a, b in combinations(table, 2) if list(table[a]) == list(table[b])]
    left, right = (cells("proactive_disclosure", row, draft) for row in rng.choice(alike))
    return move(draft, {**dict(zip(left, right, strict=True)), **dict(zip(right, left, strict=True))})


def first_table_columns_swapped(draft: Draft, rng: Random) -> set[str]:
    row = rng.choice([row for row, columns in draft.tables["proactive_disclosure"].items() if len(columns) > 1])
    left, right = rng.sample(cells("proactive_disclosure", row, draft), 2)
    return move(draft, {left: right, right: left})


def digit_lost(draft: Draft, rng: Random) -> set[str]:
    """The span and the value both lack the numeral's first or last digit."""
    pointer = pick(rng, draft, lambda number: not -10 < number < 10)
    evidence = draft.evidence[pointer]
    place, raw = evidence.source, evidence.raw or ""
    assert place.start is not None and place.end is not None
    if rng.random() < 0.5:
        place.end -= 1
        evidence.raw = raw[:-1]
    else:
        place.start += 1 + raw.startswith("-")
        evidence.raw = raw[1 + raw.startswith("-") :]
    put(draft, pointer, int(evidence.raw))
    return {pointer}


def digit_doubled(draft: Draft, rng: Random) -> set[str]:
    pointer = pick(rng, draft)
    number = str(value(draft, pointer))
    put(draft, pointer, int(number + number[-1]))
    if rng.random() < 0.5:
        draft.evidence[pointer].raw = number + number[-1]
    return {pointer}


def table_skipped(draft: Draft, rng: Random) -> set[str]:
    table = rng.choice(list(draft.tables))
    return set().union(*(lose(draft, p) for row in draft.tables[table] for p in cells(table, row, draft)))


def total_dropped(draft: Draft, rng: Random) -> set[str]:
    pointer = pick(rng, draft)
    stem = pointer.rsplit("/", 1)[0]
    row = f"{stem}/total" if f"{stem}/total" in draft.evidence else pointer
    return lose(draft, row)


def total_row_dropped(draft: Draft, rng: Random) -> set[str]:
    return set().union(*(lose(draft, p) for p in cells("applications", "total_processed", draft)))


def from_neighbour(draft: Draft, rng: Random) -> set[str]:
    """One cell is read where its neighbour stands; its own figure is read by none."""
    row = rng.choice(list(draft.tables["applications"]))
    at = rng.randrange(6)
    source, target = rng.sample(COLUMNS[at : at + 2], 2)
    return move(draft, {f"/tables/applications/{row}/{target}": f"/tables/applications/{row}/{source}"})


def blank_as_zero(draft: Draft, rng: Random) -> set[str]:
    blanks = [pointer for pointer, evidence in draft.evidence.items() if evidence.state == "blank"]
    pointer = rng.choice(blanks)
    put(draft, pointer, 0)
    evidence = draft.evidence[pointer]
    evidence.state = "number"
    if rng.random() < 0.5:
        evidence.raw = "0"
    return {pointer}


def number_as_blank(draft: Draft, rng: Random) -> set[str]:
    pointer = pick(rng, draft)
    evidence = draft.evidence[pointer]
    put(draft, pointer, None)
    evidence.state = "blank"
    if rng.random() < 0.5:
        evidence.raw, start = "", evidence.source.start
        evidence.source = Place(start, start, evidence.source.table, evidence.source.row, evidence.source.column)
    return {pointer}


def sign_lost(draft: Draft, rng: Random) -> set[str]:
    pointer = pick(rng, draft, lambda number: number < 0)
    evidence = draft.evidence[pointer]
    put(draft, pointer, -(value(draft, pointer) or 0))
    if rng.random() < 0.5:
        assert evidence.source.start is not None and evidence.raw
        evidence.source.start += 1
        evidence.raw = evidence.raw[1:]
    return {pointer}


def unit_lost(draft: Draft, rng: Random) -> set[str]:
    """251000元 is taken for 251000 (万元), with or without the unit in its evidence."""
    [pointer] = [p for p in draft.evidence if p.endswith("/amount_10k_yuan")]
    evidence = draft.evidence[pointer]
    raw = evidence.raw or ""
    put(draft, pointer, int(raw.rstrip("元")))
    if rng.random() < 0.5:
        assert evidence.source.end is not None
        evidence.source.end -= 1
        evidence.raw = raw[:-1]
    return {pointer}


FAULTS: dict[str, Plant] = {
    plant.__name__: plant
    for plant in (
        row_shifted,
        columns_swapped,
        review_columns_swapped,
        review_rows_swapped,
        rows_swapped,
        first_table_rows_swapped,
        first_table_columns_swapped,
        digit_lost,
        digit_doubled,
        table_skipped,
        total_dropped,
        total_row_dropped,
        from_neighbour,
        blank_as_zero,
        number_as_blank,
        sign_lost,
        unit_lost,
    )
}
