"""Are the words beside and above a value those of the row and column it was put in?

Labels are derived a second time, apart from the table reader: in a table with rows, the words left of a value (spans
included) and the words over it (``lattice``); where only order is known, the words before it (``sequence``).
``labels`` compares them. A row whose label says nothing is held to its place between its neighbours. What is
contradicted becomes ``label_mismatch``, one finding for the cells that the same words speak against.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import ne

from extractor.finding import Words, make
from extractor.record import Finding
from extractor.verify.doubts import Doubts
from extractor.verify.lattice import LatticeCheck
from extractor.verify.readings import ABSENT_STATES, Reading, Readings
from extractor.verify.sequence import check_sequence


@dataclass(slots=True)
class Labels:
    """What labels say: the findings, and the cells of which they said nothing either way."""

    findings: list[Finding]
    silent: set[str]


def check_labels(readings: Readings) -> Labels:
    """``label_mismatch`` wherever the source's words contradict the row or column a value was put in."""
    doubts = Doubts()
    for reading in _strangers(readings):
        doubts.row(reading, "")
    tables = readings.document.tables
    for index, cells in readings.by_source.items():
        table = tables[index] if index is not None and 0 <= index < len(tables) else None
        for group in _by_table(cells):
            words = readings.vocabulary.tables[group[0].table]
            if table is None or table.layout == "stream":
                check_sequence(readings, words, group, doubts)
            else:
                LatticeCheck(readings, words, table, group, doubts).run()
    return Labels([*doubts.findings(readings), *_half_groups(readings)], doubts.silent)


def _strangers(readings: Readings) -> Iterator[Reading]:
    """Cells read from among those of another table: a table's figures stand together, its largest run is its home."""
    tables = [reading.table for _, _, reading in readings.spans]
    if sum(map(ne, tables, tables[1:])) >= len(readings.by_table):
        runs = [list(run) for _, run in groupby((reading for _, _, reading in readings.spans), key=_table_of)]
        largest = {run[0].table: run for run in sorted(runs, key=len)}
        yield from (reading for run in runs if run is not largest[run[0].table] for reading in run)


def _table_of(reading: Reading) -> str:
    return reading.table


def _half_groups(readings: Readings) -> Iterator[Finding]:
    """A row standing for a group beside only some of the group's items: it may as well be one of the others."""
    for key, cells in readings.by_table.items():
        words = readings.vocabulary.tables[key]
        if words.table.replaced_by:
            read = {cell.row for cell in cells if cell.evidence.state not in ABSENT_STATES}
            for row in read & set(words.table.replaced_by.values()):
                items = words.table.rows[row].stands_for
                lost = [item for item in items if item not in read]
                if 0 < len(lost) < len(items):
                    yield _half_group(readings, key, row, lost)


def _half_group(readings: Readings, key: str, row: str, lost: list[str]) -> Finding:
    words = readings.vocabulary.tables[key]
    names = [words.row_name(item) for item in lost]
    fault = Words(
        f"同组分项中独缺{'、'.join(f'“{name.zh}”' for name in names)}，此行可能就是它",
        f"of its items only {', '.join(name.en for name in names)} is not there, which this row may be",
    )
    columns = list(readings.draft.tables[key][row])
    paths = [f"/tables/{key}/{one}/{column}" for one in (row, *lost) for column in columns]
    claimed, line = words.row_name(row), Words("行", "row")
    return make("label_mismatch", paths, cause="extraction", table=words.name, claimed=claimed, line=line, fault=fault)


def _by_table(cells: Iterable[Reading]) -> list[list[Reading]]:
    """The readings of each table of the record, apart."""
    groups: dict[str, list[Reading]] = {}
    for cell in cells:
        groups.setdefault(cell.table, []).append(cell)
    return list(groups.values())
