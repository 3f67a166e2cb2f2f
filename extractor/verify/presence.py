"""Does every value stand where its evidence says, whole, and does it read as the value that was taken?

Checked for each cell: ``document.text[start:end]`` is the raw text and lies in the cell that is named; no digit, point,
sign or unit belonging to the numeral was left outside; read again (``numeral``) it gives the value; a blank is blank;
no two cells were read from the same place. Checked for each passage of the narrative: it is the text's own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from extractor.document import Cell
from extractor.finding import Words, make
from extractor.record import Evidence, Finding, Number
from extractor.text import fold, is_blank, trimmed
from extractor.verify.numeral import LONGEST, is_no_number, value_of, written
from extractor.verify.readings import Reading, Readings

_JOINED = frozenset("0123456789.,+-元万亿千减增负") | frozenset("０１２３４５６７８９．，＋－−—–")
"""Characters beside a numeral that may belong to it."""

_LEFT_OUT_BEFORE = re.compile(r"(?:\d|\d[.,]|(?:^|[\s(\[:])(?:[+-]|[减增负]))\Z")
_LEFT_OUT_AFTER = re.compile(r"\d|[.,]\d")
_UNIT_AFTER = re.compile(r"\s{0,2}((?:亿|万|千)?元|亿|万|千)")
_HEADER_UNIT = re.compile(r"亿元|万元|千元|元|万(?=[)\]])")
_STATED_UNIT = re.compile(r"单位\s?:\s?(?:[件项][、/,])?([亿万千]?元)")
_CAPTION = 80
_HEADER_ROWS = 4
_PLACES = Decimal("0.000001")
_SHOWN = 30
_TOO_LONG = 8
"""No count has so many digits."""

Fault = Words
Lattice = Callable[[int], Mapping[tuple[int, int], Cell]]
"""The cells of a source table by row and column."""


def presence_findings(readings: Readings) -> list[Finding]:
    """``not_grounded`` for every pointer whose value, state or words its evidence does not bear out."""
    text, amounts, lattice = readings.document.text, readings.vocabulary.amounts, readings.lattice
    findings = []
    for reading in readings.cells:
        if not _is_plain(reading, text, amounts, lattice):
            fault = _fault(readings, reading)
            if fault is not None:
                findings.append(_finding(readings, [reading], fault))
    return findings + _shared(readings) + _narrative(readings)


def _is_plain(reading: Reading, text: str, amounts: frozenset[str], lattice: Lattice) -> bool:
    """Whether a cell is the commonest and easiest sort: a bare count with nothing about it that needs a closer look."""
    _, _, _, column, value, evidence = reading
    raw, place = evidence.raw, evidence.source
    start, end = place.start, place.end
    if evidence.state != "number" or not raw or start is None or end is None:
        return False
    if place.table is not None:
        cell = lattice(place.table).get((place.row or 0, place.column or 0))
        if cell is None or start < cell.start or end > cell.end:
            return False
    return (
        text[start:end] == raw
        and raw == str(value)
        and raw.isdigit()
        and (column not in amounts or raw == "0")
        and text[start - 1 : start] not in _JOINED
        and text[end : end + 1] not in _JOINED
    )


def _finding(readings: Readings, cells: list[Reading], fault: Fault) -> Finding:
    words = readings.vocabulary.tables[cells[0].table]
    names = [words.cell_name(*cell.label) for cell in cells]
    subject = Words(
        f"{words.name.zh}{'与'.join(n.zh for n in names)}", f"{words.name.en}, {' and '.join(n.en for n in names)}"
    )
    return make("not_grounded", [cell.pointer for cell in cells], cause="extraction", subject=subject, fault=fault)


def _fault(readings: Readings, reading: Reading) -> Fault | None:
    evidence = reading.evidence
    state = evidence.state
    if evidence.method == "reviewer" or state in ("missing", "unreadable"):
        return None if reading.value is None or evidence.method == "reviewer" else _contradicts_state(evidence)
    if (state == "number") is (reading.value is None):
        return _contradicts_state(evidence)
    place = evidence.source
    if place.start is None or place.end is None:
        unplaced = state != "number" or place.page is not None
        return None if unplaced else Words("没有指明原文位置", "its place in the source is not given")
    if state == "number":
        return _number_fault(readings, reading, place.start, place.end)
    return _state_fault(readings, reading, place.start, place.end)


def _number_fault(readings: Readings, reading: Reading, start: int, end: int) -> Fault | None:
    text, raw = readings.document.text, reading.evidence.raw
    if raw is None or end <= start or text[start:end] != raw:
        return _differs(text[start:end], raw)
    place, cell = reading.evidence.source, None
    if place.table is not None and place.row is not None:
        cell = readings.cell_of(reading)
        if cell is None or start < cell.start or end > cell.end:
            return Words("所指单元格中没有这处文字", "the cell it names does not hold this text")
    return _numeral_fault(readings, reading, cell, (start, end))


def _numeral_fault(readings: Readings, reading: Reading, cell: Cell | None, span: tuple[int, int]) -> Fault | None:
    raw, value = reading.evidence.raw or "", reading.value
    said = written(raw)
    kind = readings.vocabulary.tables[reading.table].kind(reading.row, reading.column)
    before, after = _beside(readings, cell, span)
    if said is None:
        return Words(f"“{raw[:_SHOWN]}”不是一个数", f"'{raw[:_SHOWN]}' is not one number")
    if said.parted and not _is_alone(readings, cell, span):
        return _left_out(before, raw, after)
    if _is_cut(before, after) and not _is_glued(readings, span):
        return _left_out(before, raw, after)
    unit = _UNIT_AFTER.match(after)
    if unit and not said.unit:
        said = replace(said, unit=unit[1])
    if said.note and re.search(r"\d", said.note) and not reading.evidence.note:
        return Words(f"“{raw[:_SHOWN]}”中的附注没有记下", f"the remark in '{raw[:_SHOWN]}' was not kept")
    read = value_of(said, kind, "" if said.unit or kind != "amount" else _header_unit(readings, reading, span[0]))
    return None if _same(read, value) else _reads(raw, read, value)


def _same(found: Number, value: Number | None) -> bool:
    if value is None:
        return False
    return found == value or (isinstance(found, Decimal) and found.quantize(_PLACES) == Decimal(value))


def _is_alone(readings: Readings, cell: Cell | None, span: tuple[int, int]) -> bool:
    """Whether nothing else stands in the cell, or on the line."""
    text, (start, end) = readings.document.text, span
    if cell is not None:
        return trimmed(text, cell.start, cell.end) == trimmed(text, start, end)
    before = text[max(0, start - LONGEST) : start].replace("\t", "\n").rpartition("\n")[2]
    after = text[end : end + LONGEST].replace("\t", "\n").partition("\n")[0]
    return is_blank(before + after)


def _beside(readings: Readings, cell: Cell | None, span: tuple[int, int]) -> tuple[str, str]:
    """A few folded characters on either side of a span, within its cell or line."""
    folded, (start, end) = readings.document.folded, span
    before, after = folded[max(0, start - 4) : start], folded[end : end + 4]
    if cell is not None:
        before, after = folded[max(cell.start, start - 4) : start], folded[end : min(cell.end, end + 4)]
    return before.rpartition("\n")[2].rpartition("\t")[2], after.partition("\n")[0].partition("\t")[0]


def _is_cut(before: str, after: str) -> bool:
    """Whether part of the numeral stands outside its span: a digit, a sign, a decimal."""
    return bool(_LEFT_OUT_BEFORE.search(before) or _LEFT_OUT_AFTER.match(after))


def _is_glued(readings: Readings, span: tuple[int, int]) -> bool:
    """Whether the digit is one of a run of single digits that are each a cell's (``规章000``).

    The run must be written on to words, begin with 0 or be too long for a count: else it is a number of its own.
    """
    folded, (start, end) = readings.document.folded, span
    if end - start != 1:
        return False
    first, last = start, end
    while first and folded[first - 1].isdigit() and start - first < _SHOWN:
        first -= 1
    while folded[last : last + 1].isdigit() and last - end < _SHOWN:
        last += 1
    if folded[first] != "0" and last - first < _TOO_LONG and is_blank(folded[max(0, first - 1) : first]):
        return False
    starts = {begin for begin, finish, _ in readings.spans if finish - begin == 1 and first <= begin < last}
    return last - first > 1 and len(starts) == last - first


def _header_unit(readings: Readings, reading: Reading, start: int) -> str:
    """The unit of an amount whose cell has none: the header's, that of a caption above, or else "" (万元)."""
    place, folded = reading.evidence.source, readings.document.folded
    if place.table is None or place.row is None or place.column is None:
        return _last_unit(folded[max(0, start - _CAPTION) : start])
    begin = readings.document.tables[place.table].start
    captions = _STATED_UNIT.findall(folded[max(0, begin - _CAPTION) : begin])
    return _unit_over(readings, place.table, place.row, place.column) or "".join(captions[-1:])


def _unit_over(readings: Readings, table: int, row: int, column: int) -> str:
    """The last unit in the words left of a value in its row, or else in those over its column, joined downwards."""
    cells = readings.lattice(table)
    beside = [cell for left in range(column + 1) if (cell := cells.get((row, left)))]
    over = []
    for above in range(row):
        cell = next((found for left in range(column, -1, -1) if (found := cells.get((above, left)))), None)
        if cell is not None and cell.column + cell.colspan > column:
            over.append(cell)
    return _unit_in(beside) or _unit_in(over) or _unit_in(_header_row(readings, table, row))


def _header_row(readings: Readings, table: int, row: int) -> list[Cell]:
    """The cells of the nearest row above that holds words, up to one that was read."""
    for above in reversed(readings.document.tables[table].rows[max(0, row - _HEADER_ROWS) : row]):
        if readings.was_read(above[0].start, above[-1].end + 1) if above else False:
            break
        if sum(1 for cell in above if not is_blank(cell.text)) > 1:
            return above
    return []


def _unit_in(cells: Sequence[Cell]) -> str:
    return _last_unit(fold("".join(cell.text for cell in cells if len(cell.text) <= LONGEST)))


def _last_unit(words: str) -> str:
    found = _HEADER_UNIT.findall("".join(words.split()))
    return found[-1] if found else ""


def _state_fault(readings: Readings, reading: Reading, start: int, end: int) -> Fault | None:
    text, evidence = readings.document.text, reading.evidence
    raw, state = text[start:end], evidence.state
    if evidence.raw is not None and evidence.raw != raw:
        return _differs(raw, evidence.raw)
    cell = readings.cell_of(reading)
    if state == "blank":
        shown = cell.text if cell is not None else raw
        return None if not shown or is_blank(shown) else _not_so("空白", "blank", shown)
    if state == "not_applicable":
        return None if is_no_number(raw) else _not_so("“不适用”标记", "a mark for 'none'", raw)
    return _not_so("文字", "words", raw) if is_blank(raw) or written(raw) is not None else None


def _shared(readings: Readings) -> list[Finding]:
    """Two cells read from places that overlap."""
    findings, reached, holder = [], 0, None
    fault = Words("取自原文同一处", "were read from the same place")
    for start, end, reading in readings.spans:
        if start < reached and holder is not None:
            findings.append(_finding(readings, [holder, reading], fault))
        if end > reached:
            reached, holder = end, reading
    return findings


def _narrative(readings: Readings) -> list[Finding]:
    draft, text = readings.draft, readings.document.text
    claims = ((f"/narrative/claims/{claim.id}", claim) for claim in draft.narrative.claims)
    wrong = [
        (pointer, text[passage.start : passage.end], passage.text)
        for pointer, passage in (*draft.narrative.passages(), *claims)
        if text[passage.start : passage.end] != passage.text or not passage.text
    ]
    wrong += [
        (pointer, _slice(text, evidence), evidence.raw)
        for pointer, evidence in draft.evidence.items()
        if evidence.raw is not None and not pointer.startswith(("/tables/", "/narrative/")) and _strays(text, evidence)
    ]
    return [
        make("not_grounded", [at], cause="extraction", subject=Words(at, at), fault=_differs(found, raw))
        for at, found, raw in wrong
    ]


def _strays(text: str, evidence: Evidence) -> bool:
    return evidence.source.start is not None and _slice(text, evidence) != evidence.raw


def _slice(text: str, evidence: Evidence) -> str:
    return text[evidence.source.start : evidence.source.end]


# ---- what a reviewer reads ---------------------------------------------------------------------------------------


def _differs(found: str, raw: str | None) -> Fault:
    found, told = found[:_SHOWN], (raw or "")[:_SHOWN]
    return Words(f"原文此处是“{found}”，不是“{told}”", f"the source has '{found}' there, not '{told}'")


def _reads(raw: str, number: Number, value: Number | None) -> Fault:
    raw = raw[:_SHOWN]
    return Words(f"原文“{raw}”应读作 {number}，记录却是 {value}", f"'{raw}' reads {number}, but the record has {value}")


def _left_out(before: str, raw: str, after: str) -> Fault:
    whole = f"{before}{raw[:_SHOWN]}{after}".strip()
    return Words(
        f"“{raw[:_SHOWN]}”在原文中只是“{whole}”的一部分", f"'{raw[:_SHOWN]}' is only part of '{whole}' in the source"
    )


def _not_so(zh: str, en: str, raw: str) -> Fault:
    raw = raw.strip()[:_SHOWN]
    return Words(f"记作{zh}，原文却是“{raw}”", f"it is taken for {en}, but the source has '{raw}'")


def _contradicts_state(evidence: Evidence) -> Fault:
    return Words(f"值与状态 {evidence.state} 不符", f"its value does not agree with the state '{evidence.state}'")
