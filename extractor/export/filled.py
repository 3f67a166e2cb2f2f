"""A record as the official form filled in, as WordprocessingML: title, parts and the statutory tables as printed.

Tables, labels and part titles are the form's (``extractor/forms``); nothing here knows a wording of theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

from extractor.forms import Column, Form, Part, Row, builtin_forms
from extractor.forms.printed import Head, Path, PrintedBlock, as_printed, printed_blocks
from extractor.record import Number, Passage, Record, Topic
from extractor.verify.arithmetic import shown

_SIGNS = {"not_applicable": "—", "unreadable": "（无法识读）", "missing": "（原文缺）"}
"""What stands in a cell without a number; a blank one stays blank, words stand as they are."""
_UNIT = "（单位：万元）"
_NO_TABLE, _NOTHING, _NO_TITLE = "（原文无此表）", "无。", "（题目未能识读）"
_HALVES = (("issues", "存在的主要问题"), ("improvements", "改进情况"))
_DIGITS = "零一二三四五六七八九十"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDTH = 9070
"""Of the text, in twentieths of a point: A4 with margins of 2.5 cm."""
_STUB_WIDTHS = {0: (), 1: (2600,), 2: (1500, 2600), 3: (800, 1300, 2600)}


def body_of(record: Record) -> str:
    """The paragraphs and tables of the document's body."""
    form = form_of(record)
    written = [paragraph(title_of(record), "Title"), *_particulars(record)]
    for part in form.parts:
        written.append(paragraph(f"{_DIGITS[part.number]}、{part.title}", "Heading1"))
        written += _part(record, form, part)
    return "".join(written)


def form_of(record: Record) -> Form:
    """The form that a record names; the newest one's parts for a record of none."""
    return next((one for one in builtin_forms() if one.id == record.form), builtin_forms()[0])


def title_of(record: Record) -> str:
    """The report's title, or one made of body and year."""
    if record.title or not record.organisation:
        return record.title or _NO_TITLE
    return f"{record.organisation}{f'{record.year}年' if record.year else ''}{form_of(record).report}"


def paragraph(text: str, style: str = "") -> str:
    """A paragraph; line breaks in it are kept."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{_run(text)}</w:p>"


def _run(text: str) -> str:
    lines = [f'<w:t xml:space="preserve">{safe(line)}</w:t>' for line in text.splitlines()]
    return f"<w:r>{'<w:br/>'.join(lines)}</w:r>" if text else ""


def safe(text: str) -> str:
    """Text that may stand in XML; characters that may not are left out."""
    return escape(_NO_XML.sub("", text))


def _particulars(record: Record) -> Iterator[str]:
    days = f"{_day(record.period.start)}至{_day(record.period.end)}" if record.period else ""
    told = {"机关": record.organisation or "", "年度": str(record.year or ""), "统计期": days}
    line = "　　".join(f"{name}：{value}" for name, value in told.items() if value)
    if line:
        yield paragraph(line, "Subtitle")


def _day(day: object) -> str:
    year, month, of_month = str(day).split("-")
    return f"{year}年{int(month)}月{int(of_month)}日"


# ---- running text ------------------------------------------------------------------------------------------------


def _part(record: Record, form: Form, part: Part) -> Iterable[str]:
    if form.table(part.key):
        return _table(record, form, part.key)
    narrative = record.narrative
    if part.key == "overview":
        return _topics(narrative.overview)
    if part.key == "issues_improvements":
        return _halves({"issues": narrative.issues, "improvements": narrative.improvements})
    return [paragraph(one.text) for one in narrative.other_matters] or [paragraph(_NOTHING)]


def _topics(topics: Sequence[Topic]) -> Iterator[str]:
    number = 0
    for topic in topics:
        if topic.heading:
            number += 1
            yield paragraph(f"（{_ordinal(number)}）{topic.heading}", "Heading2")
        yield paragraph(topic.text)


def _halves(lists: dict[str, Sequence[Passage]]) -> Iterator[str]:
    if not any(lists.values()):
        yield paragraph(_NOTHING)
        return
    for number, (key, title) in enumerate(_HALVES, 1):
        yield paragraph(f"（{_ordinal(number)}）{title}", "Heading2")
        for place, item in enumerate(lists[key], 1):
            yield paragraph(f"{place}.{item.text}")
        if not lists[key]:
            yield paragraph(_NOTHING)


def _ordinal(number: int) -> str:
    return _DIGITS[number] if number < len(_DIGITS) else str(number)


# ---- tables ------------------------------------------------------------------------------------------------------


def _table(record: Record, form: Form, key: str) -> Iterator[str]:
    rows = record.tables.get(key, {})
    if not any(_is_there(record, key, row) for row in rows):
        yield paragraph(_NO_TABLE)
        return
    blocks = printed_blocks(form, key, rows, _labels)
    stubs, width = max(block.stubs for block in blocks), max(block.width for block in blocks)
    for wide in _alike(blocks):
        yield _grid(record, key, wide, stubs if wide[0].stubs else 0, width if wide[0].stubs else wide[0].width)
        yield paragraph("")


def _is_there(record: Record, key: str, row: str) -> bool:
    """Whether the source has a cell of a row."""
    known = (record.evidence.get(f"/tables/{key}/{row}/{column}") for column in record.tables[key][row])
    return any(one is None or one.state != "missing" for one in known)


def _alike(blocks: Sequence[PrintedBlock]) -> list[list[PrintedBlock]]:
    """Blocks that are one table: those whose rows stand side by side are tables of their own."""
    groups: list[list[PrintedBlock]] = []
    for block in blocks:
        if groups and not block.across and not groups[-1][0].across:
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def _labels(one: Row | Column) -> Path:
    path = as_printed(one)
    is_amount = isinstance(one, Column) and one.kind == "amount"
    return (*path[:-1], path[-1] + _UNIT) if is_amount else path


def _grid(record: Record, key: str, blocks: Sequence[PrintedBlock], stubs: int, width: int) -> str:
    """One table; blocks with fewer columns than others have wider ones."""
    widths = _widths(stubs, width)
    lines = "".join(_row(line, widths) for block in blocks for line in _lines(record, key, block, stubs, width))
    columns = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    style = '<w:tblStyle w:val="TableGrid"/>'
    sized = f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/>'
    margins = "".join(f'<w:{side} w:w="40" w:type="dxa"/>' for side in ("top", "left", "bottom", "right"))
    margins = f"<w:tblCellMar>{margins}</w:tblCellMar>"
    return f"<w:tbl><w:tblPr>{style}{sized}{margins}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{lines}</w:tbl>"


def _widths(stubs: int, width: int) -> list[int]:
    first = _STUB_WIDTHS.get(stubs) or (_WIDTH // 2 // max(stubs, 1),) * stubs
    values = width - stubs
    return [*first, *([(_WIDTH - sum(first)) // values] * values)]


Cell = tuple[Head, str, bool]
"""What stands in it and over how many columns and rows, its kind, and whether it goes on from the row above."""


def _lines(record: Record, key: str, block: PrintedBlock, stubs: int, width: int) -> Iterator[list[Cell]]:
    """The rows of a block, each over the whole width."""
    if block.heading:
        yield [(Head(block.heading, width), "head", False)]
    wide = _widened(block, stubs, width)
    rows: list[list[tuple[Head, str]]] = [[(head, "head") for head in line] for line in block.head]
    for line in block.lines:
        values = [(Head(_written(record, f"/tables/{key}/{row}/{column}")), "value") for row, column in line.cells]
        rows.append([*((head, "stub") for head in line.heads), *values])
    below: dict[int, tuple[int, Head, str]] = {}
    for row in rows:
        yield list(_laid(iter(row), wide, below))


def _widened(block: PrintedBlock, stubs: int, width: int) -> list[int]:
    """Over how many columns of the table each of the block goes: the last label and the last value fill the rest."""
    spans = [1] * block.width
    if block.stubs:
        spans[block.stubs - 1] += stubs - block.stubs
    spans[-1] += width - sum(spans)
    return spans


def _laid(
    row: Iterator[tuple[Head, str]], wide: Sequence[int], below: dict[int, tuple[int, Head, str]]
) -> Iterator[Cell]:
    """A row's cells from the left, those that go on from above among them; ``below`` holds what goes on."""
    at = 0
    while at < len(wide):
        if at in below:
            left, head, kind = below.pop(at)
            is_rest = True
        else:
            head, kind = next(row)
            left, is_rest = head.rows, False
        if left > 1:
            below[at] = (left - 1, head, kind)
        yield (Head(head.text, sum(wide[at : at + head.columns]), head.rows), kind, is_rest)
        at += head.columns


_ALIGNED = {"head": "center", "stub": "left", "value": "center"}


def _row(cells: Iterable[Cell], widths: Sequence[int]) -> str:
    at, written = 0, []
    for head, kind, is_rest in cells:
        wide = sum(widths[at : at + head.columns])
        written.append(_cell(head, kind, is_rest, wide))
        at += head.columns
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(written)}</w:tr>"


def _cell(head: Head, kind: str, is_rest: bool, wide: int) -> str:
    span = f'<w:gridSpan w:val="{head.columns}"/>' if head.columns > 1 else ""
    merge = '<w:vMerge w:val="restart"/>' if head.rows > 1 and not is_rest else "<w:vMerge/>" if is_rest else ""
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/>' if kind == "head" else ""
    properties = f'<w:tcW w:w="{wide}" w:type="dxa"/>{span}{merge}{shade}<w:vAlign w:val="center"/>'
    text = "" if is_rest else _run(head.text)
    aligned = f'<w:pPr><w:pStyle w:val="Cell"/><w:jc w:val="{_ALIGNED[kind]}"/></w:pPr>'
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{aligned}{text}</w:p></w:tc>"


def _written(record: Record, path: str) -> str:
    """A cell's number, or the sign for why there is none; a cell that the record lacks is blank."""
    table, row, column = path.split("/")[2:]
    value: Number | None = record.tables[table].get(row, {}).get(column)
    if isinstance(value, int | Decimal):
        return shown(value)
    known = record.evidence.get(path)
    if known is None:
        return ""
    return (known.raw or "") if known.state == "text" else _SIGNS.get(known.state, "")
