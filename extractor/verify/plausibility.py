"""What is lawful and likely: bounds of the form, whole counts, and figures of the text against the tables.

None of this says which side is wrong, so all of it warns and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from extractor.finding import Words, make
from extractor.forms import Bound
from extractor.record import Claim, Finding, Number
from extractor.verify.arithmetic import shown
from extractor.verify.readings import BLANK_STATES, Reading, Readings

_FRACTION = Words("件数不是整数", "a count is not whole")
_NEGATIVE = Words("数为负", "the number is negative")


def plausibility_findings(readings: Readings) -> list[Finding]:
    """``unlikely_value`` and ``narrative_mismatch``."""
    return [*_odd_numbers(readings), *_bounds(readings), *_claims(readings)]


def _odd_numbers(readings: Readings) -> Iterator[Finding]:
    """Counts with a fraction, and numbers below 0 that are no change on the year before."""
    for cell in readings.cells:
        value = cell.value
        if value is None or (type(value) is int and value >= 0):
            continue
        kind = readings.vocabulary.tables[cell.table].kind(cell.row, cell.column)
        if kind != "amount" and value != int(value):
            yield _unlikely(readings, [cell], _FRACTION)
        if kind != "signed" and value < 0:
            yield _unlikely(readings, [cell], _NEGATIVE)


def _bounds(readings: Readings) -> Iterator[Finding]:
    for bound in readings.vocabulary.form.bounds:
        for row in bound.rows:
            cells = [f"/tables/{bound.table}/{row}/{column}" for column in (*bound.columns, *bound.at_least)]
            known = [cell for pointer in cells if (cell := readings.by_pointer.get(pointer)) and cell.value is not None]
            if bound.at_least:
                yield from _at_least(readings, bound, known)
            elif readings.draft.body.level not in (None, *bound.levels):
                yield from _beyond_level(readings, [cell for cell in known if cell.value])


def _at_least(readings: Readings, bound: Bound, known: list[Reading]) -> Iterator[Finding]:
    if len(known) == len(bound.at_least) == 2 and (known[0].value or 0) < (known[1].value or 0):
        words = readings.vocabulary.tables[bound.table]
        names = [words.column_name(*cell.label) for cell in known]
        yield _unlikely(
            readings, known, Words(f"“{names[0].zh}”少于“{names[1].zh}”", f"{names[0].en} is less than {names[1].en}")
        )


def _beyond_level(readings: Readings, cells: list[Reading]) -> Iterator[Finding]:
    if cells:
        level = readings.draft.body.level
        reason = Words("本级机关无权制定", f"a body of this level ({level}) cannot make any")
        yield _unlikely(readings, cells, reason)


def _unlikely(readings: Readings, cells: list[Reading], reason: Words) -> Finding:
    words = readings.vocabulary.tables[cells[0].table]
    numbers = "、".join(shown(cell.value) for cell in cells if cell.value is not None)
    return make(
        "unlikely_value",
        [cell.pointer for cell in cells],
        table=words.name,
        row=words.row_name(cells[0].row),
        numbers=numbers,
        reason=reason,
    )


# ---- text against tables -----------------------------------------------------------------------------------------


def _claims(readings: Readings) -> Iterator[Finding]:
    """Figures of the body's own that equal none of the sums the form ties them to.

    Wider ones are not comparable, and what was read from a table is no statement of the text.
    """
    checks = {check.metric: check.sums for check in readings.vocabulary.form.checks}
    for claim in readings.draft.narrative.claims:
        sums = [
            (cells, total) for cells in checks.get(claim.metric, ()) if (total := _sum(readings, cells)) is not None
        ]
        of_text = claim.scope == "own" and not readings.was_read(claim.start, claim.end)
        if of_text and sums and all(total != claim.value for _, total in sums):
            yield _mismatch(readings, claim, dict(sums))


def _sum(readings: Readings, cells: tuple[str, ...]) -> Number | None:
    """What cells add up to, blanks as 0; None where one is lost, or its whole table was left blank."""
    found = [readings.by_pointer.get(pointer) for pointer in cells]
    known = [cell for cell in found if cell and (cell.value is not None or cell.evidence.state in BLANK_STATES)]
    if len(known) < len(cells) or not any(cell.value is not None for cell in readings.by_table[known[0].table]):
        return None
    return sum(cell.value or 0 for cell in known)


def _mismatch(readings: Readings, claim: Claim, sums: Mapping[tuple[str, ...], Number]) -> Finding:
    first = [readings.by_pointer[pointer] for pointer in next(iter(sums))]
    words = readings.vocabulary.tables[first[0].table]
    names = [words.cell_name(*cell.label) for cell in first]
    cells = dict.fromkeys(pointer for pointers in sums for pointer in pointers)
    return make(
        "narrative_mismatch",
        [f"/narrative/claims/{claim.id}", *cells],
        text=claim.text[:60],
        value=shown(claim.value),
        table=words.name,
        cells=Words("、".join(n.zh for n in names), ", ".join(n.en for n in names)),
        totals="、".join(dict.fromkeys(shown(total) for total in sums.values())),
    )
