"""Wrong readings as an attacker would make them, planted into faultless ones; each returns the pointers it touched.

Unlike ``planting`` these take a draft read from any report: they look for what they need, and touch nothing where it is
not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from itertools import combinations
from random import Random

from extractor.draft import Draft
from extractor.forms import builtin_forms
from extractor.record import Evidence, Number, Place
from tests.verify.planting import Plant, cells, lose, move, put, value

FLOW = ("new_received", "carried_over", "total_processed", "carried_forward")
FIRST, APPLICATIONS, REVIEW = "proactive_disclosure", "applications", "review_litigation"
_NARRATIVE = ("overview", "issues_improvements", "other_matters")


def numbers(draft: Draft, table: str = "") -> dict[str, Number]:
    """Every number that has a place, by pointer."""
    found = ((p, value(draft, p)) for p in draft.evidence if p.startswith(f"/tables/{table}"))
    return {p: n for p, n in found if n is not None and draft.evidence[p].source.start is not None}


def exchange(draft: Draft, left: list[str], right: list[str]) -> set[str]:
    return move(draft, {**dict(zip(left, right, strict=True)), **dict(zip(right, left, strict=True))})


def taken_from(draft: Draft, pointer: str, span: tuple[int, int]) -> set[str]:
    """Read a cell from a numeral elsewhere in the text."""
    raw = draft.document.text[span[0] : span[1]]
    put(draft, pointer, int(raw))
    draft.evidence[pointer] = Evidence(raw, source=Place(*span))
    return {pointer}


def amounts(draft: Draft) -> list[str]:
    return [pointer for pointer, number in numbers(draft).items() if pointer.endswith("_yuan") and number]


# ---- rows and columns --------------------------------------------------------------------------------------------


def rows_of_one_total_swapped(draft: Draft, rng: Random) -> set[str]:
    """Two rows of results exchanged, of the same total where there are such: no identity sees it."""
    table = draft.tables[APPLICATIONS]
    rows = [row for row in table if row not in FLOW and any(table[row].values())]
    pairs = [(a, b) for a, b in combinations(rows, 2) if table[a] != table[b]]
    alike = [(a, b) for a, b in pairs if table[a]["total"] == table[b]["total"]]
    left, right = (cells(APPLICATIONS, row, draft) for row in rng.choice(alike or pairs))
    return exchange(draft, left, right)


def adjacent_rows_swapped(draft: Draft, rng: Random) -> set[str]:
    rows = list(draft.tables[APPLICATIONS])
    at = rng.randrange(len(rows) - 1)
    left, right = (cells(APPLICATIONS, row, draft) for row in rows[at : at + 2])
    return exchange(draft, left, right)


def column_pair_swapped_in_part_two(draft: Draft, rng: Random) -> set[str]:
    table = draft.tables[FIRST]
    rows = [row for row, columns in table.items() if len(columns) > 1]
    one, other = rng.sample(list(table[rows[0]]), 2)
    both = [row for row in rows if one in table[row] and other in table[row]]
    return exchange(draft, *([f"/tables/{FIRST}/{row}/{key}" for row in both] for key in (one, other)))


def decisions_moved_down(draft: Draft, rng: Random) -> set[str]:
    """Part two: each row's decisions are read from the row below."""
    column = [pointer for pointer in draft.evidence if re.match(rf"/tables/{FIRST}/\w+/decisions$", pointer)]
    return move(draft, dict(zip(column, column[1:] + column[:1], strict=True)))


def row_turned(draft: Draft, rng: Random) -> set[str]:
    """The figures of a row stand one column further; the last comes first."""
    table, row = rng.choice([(t, r) for t, rows in draft.tables.items() for r, c in rows.items() if len(c) > 1])
    line = cells(table, row, draft)
    return move(draft, dict(zip(line, line[1:] + line[:1], strict=True)))


def review_table_turned(draft: Draft, rng: Random) -> set[str]:
    """Every figure of the review table stands some columns further, across its groups."""
    line = [pointer for row in draft.tables[REVIEW] for pointer in cells(REVIEW, row, draft)]
    by = rng.randint(1, 4)
    return move(draft, dict(zip(line, line[by:] + line[:by], strict=True)))


def review_groups_swapped(draft: Draft, rng: Random) -> set[str]:
    left, right = (cells(REVIEW, row, draft) for row in ("litigation_direct", "litigation_after_review"))
    return exchange(draft, left, right)


def blank_and_number_swapped(draft: Draft, rng: Random) -> set[str]:
    known = numbers(draft)
    lines = [cells(table, row, draft) for table, rows in draft.tables.items() for row in rows]
    blank = [[p for p in line if p not in known and draft.evidence[p].source.start is not None] for line in lines]
    pairs = [(b, n) for line, empty in zip(lines, blank, strict=True) for b in empty for n in line if n in known]
    return exchange(draft, *([p] for p in rng.choice(pairs))) if pairs else set()


def tables_mixed(draft: Draft, rng: Random) -> set[str]:
    """A figure of one table exchanged with one of another."""
    one, other = rng.sample([FIRST, APPLICATIONS, REVIEW], 2)
    return exchange(draft, [rng.choice(list(numbers(draft, one)))], [rng.choice(list(numbers(draft, other)))])


def read_by_the_other_form(draft: Draft, rng: Random) -> set[str]:
    """The first table is taken for the other form's: its rows by name, their columns by order."""
    form = next(form for form in builtin_forms() if draft.form is not None and form.id != draft.form.id)
    table = form.table(FIRST)
    assert table is not None
    old, seen = draft.tables[FIRST], deepcopy(draft.evidence)
    draft.form, draft.tables[FIRST] = form, {}
    touched: set[str] = set()
    for row in table.rows:
        columns, before = [column.key for column in table.columns_of[row]], list(old.get(row, {}))
        draft.tables[FIRST][row] = dict.fromkeys(columns)
        for key, was in zip(columns, before + [""] * len(columns), strict=False):
            pointer, source = f"/tables/{FIRST}/{row}/{key}", f"/tables/{FIRST}/{row}/{was}"
            draft.evidence[pointer] = seen.get(source, Evidence(state="missing"))
            put(draft, pointer, old[row][was] if was else None)
            touched |= {pointer} if was and was != key else set()
    for pointer in {p for p in draft.evidence if p.startswith(f"/tables/{FIRST}/")} - {*_pointers(draft)}:
        del draft.evidence[pointer]
    return touched


def _pointers(draft: Draft) -> Iterator[str]:
    return (pointer for row in draft.tables[FIRST] for pointer in cells(FIRST, row, draft))


# ---- numerals ----------------------------------------------------------------------------------------------------


def point_moved(draft: Draft, rng: Random) -> set[str]:
    for pointer in rng.sample(amounts(draft), min(1, len(amounts(draft)))):
        put(draft, pointer, Decimal(value(draft, pointer) or 0) * Decimal(rng.choice(["10", "1000", "0.1"])))
        return {pointer}
    return set()


def scale_mistaken(draft: Draft, rng: Random) -> set[str]:
    """元 for 万元, or 万元 for 元."""
    for pointer in rng.sample(amounts(draft), min(1, len(amounts(draft)))):
        put(draft, pointer, Decimal(value(draft, pointer) or 0) * Decimal(rng.choice(["10000", "0.0001"])))
        return {pointer}
    return set()


def digit_lost_in_part_two(draft: Draft, rng: Random) -> set[str]:
    """The table without identities: span, words and value lack the first or last digit."""
    long = [p for p in numbers(draft, FIRST) if re.fullmatch("[0-9]{2,}", draft.evidence[p].raw or "")]
    if not long:
        return set()
    pointer = rng.choice(long)
    evidence, first = draft.evidence[pointer], rng.random() < 0.5
    start, end, raw = evidence.source.start, evidence.source.end, evidence.raw or ""
    assert start is not None and end is not None
    evidence.source.start, evidence.source.end = start + first, end - (not first)
    evidence.raw = raw[1:] if first else raw[:-1]
    put(draft, pointer, int(evidence.raw))
    return {pointer}


def remark_for_value(draft: Draft, rng: Random) -> set[str]:
    """22（其中修订16件） is read as 16."""
    noted = [p for p, one in draft.evidence.items() if one.note and len(re.findall(r"[0-9]+", one.raw or "")) > 1]
    if not noted:
        return set()
    pointer = rng.choice(noted)
    evidence = draft.evidence[pointer]
    found = list(re.finditer("[0-9]+", evidence.raw or ""))[-1]
    start = (evidence.source.start or 0) + found.start()
    evidence.raw, evidence.note = found[0], None
    evidence.source.start, evidence.source.end = start, start + len(found[0])
    put(draft, pointer, int(found[0]))
    return {pointer}


def ordinal_for_value(draft: Draft, rng: Random) -> set[str]:
    """A cell is read from the ordinal of a label."""
    spans = [found.span() for found in re.finditer(r"(?<![0-9])[0-9]{1,2}(?=[.、．])", draft.document.text)]
    return taken_from(draft, rng.choice(list(numbers(draft))), rng.choice(spans)) if spans else set()


def prose_for_value(draft: Draft, rng: Random) -> set[str]:
    """A cell is read from a figure in the text of another part."""
    parts = [part for part in draft.sections.parts if part.key in _NARRATIVE]
    figures = re.compile("(?<![0-9])[0-9]{1,4}(?![0-9])")
    spans = [found.span() for part in parts for found in figures.finditer(draft.document.text, part.start, part.end)]
    return taken_from(draft, rng.choice(list(numbers(draft))), rng.choice(spans)) if spans else set()


def zero_for_blank(draft: Draft, rng: Random) -> set[str]:
    """A printed 0 is taken for a blank, at its place or at none."""
    pointer = rng.choice([pointer for pointer, number in numbers(draft).items() if number == 0] or [""])
    if not pointer:
        return set()
    place = draft.evidence[pointer].source
    put(draft, pointer, None)
    bare = Place(place.start, place.start, place.table, place.row, place.column)
    told = Evidence("", "blank", bare) if rng.random() < 0.5 else Evidence(None, "blank", Place())
    draft.evidence[pointer] = told
    return {pointer}


def number_for_a_mark(draft: Draft, rng: Random) -> set[str]:
    """A number is taken for words, or for a mark of none."""
    pointer = rng.choice([pointer for pointer, number in numbers(draft).items() if number])
    put(draft, pointer, None)
    draft.evidence[pointer].state = rng.choice(["not_applicable", "text"])
    return {pointer}


def neighbours_glued(draft: Draft, rng: Random) -> set[str]:
    """Two figures of a row are read as one, and the second cell is lost."""
    line = cells(APPLICATIONS, rng.choice(list(draft.tables[APPLICATIONS])), draft)
    left, right = line[(at := rng.randrange(len(line) - 1))], line[at + 1]
    one, other = draft.evidence[left], draft.evidence[right]
    if not ((one.raw or "").isdigit() and (other.raw or "").isdigit()) or one.source.table != other.source.table:
        return set()
    one.source.end = other.source.end
    put(draft, left, int(f"{one.raw}{other.raw}"))
    one.raw = draft.document.text[one.source.start : one.source.end]
    return {left} | lose(draft, right)


def row_lost(draft: Draft, rng: Random) -> set[str]:
    _, _, table, row, _ = rng.choice(list(numbers(draft))).split("/")
    return set().union(*(lose(draft, pointer) for pointer in cells(table, row, draft)))


ATTACKS: dict[str, Plant] = {
    plant.__name__: plant
    for plant in (
        rows_of_one_total_swapped,
        adjacent_rows_swapped,
        column_pair_swapped_in_part_two,
        decisions_moved_down,
        row_turned,
        review_table_turned,
        review_groups_swapped,
        blank_and_number_swapped,
        tables_mixed,
        read_by_the_other_form,
        point_moved,
        scale_mistaken,
        digit_lost_in_part_two,
        remark_for_value,
        ordinal_for_value,
        prose_for_value,
        zero_for_blank,
        number_for_a_mark,
        neighbours_glued,
        row_lost,
    )
}
