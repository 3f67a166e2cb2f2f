"""What a second reading of labels leaves in doubt, and the findings made of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from extractor.finding import Words, make
from extractor.record import Finding
from extractor.verify.readings import ABSENT_STATES, Reading, Readings

_SHOWN = 40


@dataclass(slots=True)
class _Doubt:
    """Cells read from beside or under the same words; ``found`` is "" where only their order speaks against them."""

    table: str
    is_row: bool
    row: str
    column: str
    found: str
    readings: list[Reading] = field(default_factory=list)


class Doubts:
    """Collects contradicted cells; those contradicted by the same words make one finding."""

    def __init__(self) -> None:
        self._doubts: dict[tuple[str, bool, str, str], _Doubt] = {}
        self.silent: set[str] = set()

    def row(self, reading: Reading, found: str) -> None:
        """The words beside a cell speak of another row."""
        self._add(reading, True, reading.row, found)

    def column(self, reading: Reading, found: str) -> None:
        """The words over a cell speak of another column."""
        self._add(reading, False, reading.column, found)

    def _add(self, reading: Reading, is_row: bool, key: str, found: str) -> None:
        doubt = self._doubts.get((reading.table, is_row, key, found))
        if doubt is None:
            doubt = _Doubt(reading.table, is_row, reading.row, reading.column, found)
            self._doubts[reading.table, is_row, key, found] = doubt
        doubt.readings.append(reading)

    def findings(self, readings: Readings) -> list[Finding]:
        """One ``label_mismatch`` for each doubt."""
        return [_finding(readings, doubt) for doubt in self._doubts.values()]


def _finding(readings: Readings, doubt: _Doubt) -> Finding:
    words = readings.vocabulary.tables[doubt.table]
    claimed = words.row_name(doubt.row) if doubt.is_row else words.column_name(doubt.row, doubt.column)
    found = " ".join(doubt.found.split())[:_SHOWN]
    if found:
        fault = Words(f"原文标的是“{found}”", f"the source labels it '{found}'")
    else:
        fault = Words("在原文中的次序不合", "its place in the source is out of order")
    belong = _unread_there(readings, doubt) if found else []
    paths = list(dict.fromkeys(reading.pointer for reading in [*doubt.readings, *belong]))
    line = Words("行", "row") if doubt.is_row else Words("列", "column")
    return make("label_mismatch", paths, cause="extraction", table=words.name, claimed=claimed, line=line, fault=fault)


def _unread_there(readings: Readings, doubt: _Doubt) -> list[Reading]:
    """The cells that the words speak of, where nothing was read into them: the values may be theirs."""
    words, record = readings.vocabulary.tables[doubt.table], readings.draft.tables[doubt.table]
    if doubt.is_row:
        named = [(row, one.column) for row in words.row_judge.best(doubt.found) for one in doubt.readings]
    else:
        judge = words.column_judge(doubt.row, tuple(record[doubt.row]))
        named = [(one.row, column) for one in doubt.readings for column in judge.best(doubt.found)]
    cells = (readings.by_pointer.get(f"/tables/{doubt.table}/{row}/{column}") for row, column in named)
    return [cell for cell in cells if cell is not None and cell.evidence.state in ABSENT_STATES]
