"""A whole little report from parts with sensible defaults, so that a test states only its point.

``Report`` says what stands in it; ``written``, ``paged`` and ``worded`` make it plain text, a web page or a Word file.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from functools import lru_cache
from html import escape
from random import Random
from zipfile import ZipFile

import docx

from extractor.record import Number
from tests.generator import docx_layouts, html_layouts
from tests.generator import text_tables as drawings
from tests.generator.shapes import Grid, GridCell
from tests.generator.wording import (
    APPLICANTS,
    BALANCE_NOTE,
    FULL_ROWS,
    ITEMS,
    OUTCOMES,
    REVIEW_ROWS,
    SHORT_ROWS,
    TOTAL,
    Row,
)

BODY = "云岫县望溪镇人民政府"
TITLE = f"{BODY}2024年政府信息公开工作年度报告"
PREAMBLE = (
    "本报告按照《中华人民共和国政府信息公开条例》的要求编制，所列数据的统计期限自2024年1月1日起至2024年12月31日止。"
)
HEADINGS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
OVERVIEW = "2024年，镇里把办事指南逐条核对了一遍，并在便民大厅设了查阅角。"
ISSUES = ("栏目更新不够及时", "政策解读形式单一")
IMPROVEMENTS = ("每月核对一次栏目更新情况", "请文化站绘制图解")
PART_FIVE = (
    f"（一）存在的主要问题\n一是{ISSUES[0]}；二是{ISSUES[1]}。\n"
    f"（二）改进情况\n一是{IMPROVEMENTS[0]}；二是{IMPROVEMENTS[1]}。"
)
MATTER = "本机关2024年度没有收取信息处理费"
TABLES = ("proactive_disclosure", "applications", "review_litigation")
_FLOW = {"new_received", "carried_over", "total_processed", "carried_forward"}
_HEADINGS_BEFORE_TABLES = range(1, 4)

Values = dict[str, Number]
"""``table/row/column`` → number."""

TableText = Callable[[Grid, Random], str]

DRAWINGS: dict[str, TableText] = {
    "one cell a line after a tab": drawings.tab_cells,
    "rows of tabs": drawings.tab_rows("drop", "empty"),
    "rows of tabs, merged cells empty": drawings.tab_rows("empty", "empty"),
    "pipes": drawings.padded_pipes,
    "every value a paragraph": drawings.paragraphs("\n\n"),
    "label and values on one line": drawings.spaced_lines(" "),
}


# ---- figures -----------------------------------------------------------------------------------------------------
def application_rows(form: str, collapsed: bool = False) -> tuple[Row, ...]:
    """The rows of the applications table as a form, or a report that collapses （六）, prints them."""
    return SHORT_ROWS if collapsed or form == "2019" else FULL_ROWS


@lru_cache(maxsize=4)
def figures(form: str = "2021", collapsed: bool = False) -> Values:
    """Figures that satisfy every identity; no two rows or columns of a table are alike."""
    return {**_first(form), **_applications(application_rows(form, collapsed)), **_review()}


def _first(form: str) -> Values:
    numbers: dict[str, Sequence[Number]] = {
        "2021": (0, 0, 0, 4, 1, 23, 316, 57, 8, Decimal("12.5")),
        "2019": (0, 0, 0, 4, 3, 23, 31, -2, 316, 12, 5, 88, 40, 19, 57, 6, 0, 8, 3, -1, 52, Decimal("385.4")),
    }
    places = [(row, column) for item in ITEMS[form] for row, _ in item.rows for column, _ in item.columns]
    return {
        f"proactive_disclosure/{row}/{column}": number
        for (row, column), number in zip(places, numbers[form], strict=True)
    }


def _applications(rows: Sequence[Row]) -> Values:
    keys = [row.key for row in rows]
    results = [key for key in keys if key not in _FLOW]
    parts: dict[str, list[int]] = {
        key: [(i * i + 3 * j * i + j) % 11 for j in range(6)] for i, key in enumerate(results)
    }
    parts["total_processed"] = [sum(parts[key][j] for key in results) for j in range(6)]
    parts["carried_over"], parts["carried_forward"] = [3, 0, 1, 0, 2, 4], [1, 5, 0, 0, 2, 0]
    flows = zip(parts["total_processed"], parts["carried_forward"], parts["carried_over"], strict=True)
    parts["new_received"] = [processed + forward - over for processed, forward, over in flows]
    columns = [column for column, _ in (*APPLICANTS, TOTAL)]
    lines = {key: [*parts[key], sum(parts[key])] for key in keys}
    return {f"applications/{key}/{c}": n for key, line in lines.items() for c, n in zip(columns, line, strict=True)}


def _review() -> Values:
    lines = {"review": [2, 1, 0, 3], "litigation_direct": [0, 4, 1, 0], "litigation_after_review": [5, 0, 0, 2]}
    columns = [column for column, _ in OUTCOMES]
    return {
        f"review_litigation/{row}/{column}": number
        for row, line in lines.items()
        for column, number in zip(columns, [*line, sum(line)], strict=True)
    }


# ---- a report ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Report:
    """What a report says. ``None`` for a part's text leaves it out, for a heading the heading.

    ``cells``: ``table/row/column`` or ``table/row`` → what is printed there instead of the figure.
    ``labels``: a label or header of the form → how this report writes it.
    ``tables``: table → what stands in its place ("" for nothing).
    """

    form: str = "2021"
    collapsed: bool = False
    before: str = ""
    title: str = TITLE
    preamble: str = PREAMBLE
    headings: Sequence[str | None] = HEADINGS
    overview: str = OVERVIEW
    part_five: str | None = PART_FIVE
    part_six: str | None = f"{MATTER}。"
    after: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    unit: str = "（单位：万元）"
    change: Callable[[Grid], Grid] = lambda grid: grid

    @property
    def values(self) -> Values:
        """The figures as they stand before ``cells`` changes what is printed."""
        return figures(self.form, self.collapsed)

    def shown(self, place: str) -> str:
        """What is printed in a cell."""
        return self.cells.get(place, self.cells.get(place.rpartition("/")[0], str(self.values[place])))

    def label(self, words: str) -> str:
        """How this report writes a label."""
        return self.labels.get(words, words)

    def blocks(self) -> Iterator[str | Grid]:
        """Paragraphs (lines parted by ``\\n``) and tables, in order."""
        grids = {
            grid.name: self.change(grid) for grid in (_first_grid(self), applications_grid(self), _review_grid(self))
        }
        yield from (text for text in (self.before, self.title, self.preamble) if text)
        bodies: list[str | Grid | None] = [self.overview]
        bodies += [self.tables.get(key, grids[key]) for key in TABLES]
        bodies += [self.part_five, self.part_six]
        for heading, body in zip(self.headings, bodies, strict=True):
            if body is not None:
                yield from (block for block in (heading, body) if block)
        if self.after:
            yield self.after


def _first_grid(report: Report) -> Grid:
    return joined([item_grid(report, number) for number in range(len(ITEMS[report.form]))])


def joined(grids: Sequence[Grid]) -> Grid:
    """Tables of one width as one."""
    return Grid(grids[0].name, tuple(row for grid in grids for row in grid.rows), grids[0].width, grids[0].head)


def item_grid(report: Report, number: int) -> Grid:
    """One item of article 20 as the first table prints it."""
    item = ITEMS[report.form][number]
    heads = [report.label(words) + (report.unit if key == "amount_10k_yuan" else "") for key, words in item.columns]
    rows = [
        (GridCell(f"第二十条第（{item.number}）项", "header", 1, 4),),
        (GridCell(report.label("信息内容"), "header"), *_spread([GridCell(head, "header") for head in heads])),
    ]
    for row, words in item.rows:
        cells = [GridCell(report.shown(f"proactive_disclosure/{row}/{key}")) for key, _ in item.columns]
        rows.append((GridCell(report.label(words), "label"), *_spread(cells)))
    return Grid("proactive_disclosure", tuple(rows), 4, 2)


def _spread(cells: list[GridCell]) -> list[GridCell]:
    last = cells[-1]
    return [*cells[:-1], GridCell(last.text, last.kind, 1, 4 - len(cells))]


def applications_grid(report: Report) -> Grid:
    """The applications table with its three label columns."""
    rows = application_rows(report.form, report.collapsed)
    columns = [key for key, _ in (*APPLICANTS, TOTAL)]
    body = [
        (*_labels(report, rows, at), *(GridCell(report.shown(f"applications/{row.key}/{key}")) for key in columns))
        for at, row in enumerate(rows)
    ]
    return Grid("applications", (*applications_head(report), *body), 10, 3)


def applications_head(report: Report) -> tuple[tuple[GridCell, ...], ...]:
    """The three header rows of the applications table."""
    natural, *others = [report.label(words) for _, words in APPLICANTS]

    def head(words: str, rowspan: int = 1, colspan: int = 1) -> GridCell:
        return GridCell(report.label(words), "header", rowspan, colspan)

    return (
        (head(BALANCE_NOTE, 3, 3), head("申请人情况", 1, 7)),
        (head(natural, 2), head("法人或其他组织", 1, 5), head(TOTAL[1], 2)),
        tuple(GridCell(words, "header") for words in others),
    )


def _labels(report: Report, rows: Sequence[Row], at: int) -> Iterator[GridCell]:
    path = rows[at].path
    for depth, words in enumerate(path):
        if at and rows[at - 1].path[: depth + 1] == path[: depth + 1]:
            continue
        height = sum(row.path[: depth + 1] == path[: depth + 1] for row in rows[at:])
        last = depth == len(path) - 1
        yield GridCell(report.label(words), "label", 1 if last else height, 3 - depth if last else 1)


def _review_grid(report: Report) -> Grid:
    (_, review), (_, direct), (_, after) = REVIEW_ROWS

    def outcomes(rowspan: int) -> list[GridCell]:
        return [GridCell(report.label(words), "header", rowspan) for _, words in OUTCOMES]

    def group(words: str, width: int = 5) -> GridCell:
        return GridCell(report.label(words), "header", 1, width)

    values = [report.shown(f"review_litigation/{row}/{column}") for row, _ in REVIEW_ROWS for column, _ in OUTCOMES]
    rows = (
        (group(review), group("行政诉讼", 10)),
        (*outcomes(2), group(direct), group(after)),
        (*outcomes(1), *outcomes(1)),
        tuple(GridCell(value) for value in values),
    )
    return Grid("review_litigation", rows, 15, 3)


# ---- files -------------------------------------------------------------------------------------------------------
def written(report: Report | None = None, drawing: str | TableText = "rows of tabs", **parts: object) -> str:
    """The report as plain text, its tables in a drawing; ``parts`` are fields of ``Report``."""
    draw = DRAWINGS[drawing] if isinstance(drawing, str) else drawing
    blocks = (report or made(**parts)).blocks()
    return "\n".join(block if isinstance(block, str) else draw(block, Random(0)) + "\n" for block in blocks) + "\n"


def paged(report: Report | None = None, table: TableText = html_layouts.clean_table, **parts: object) -> str:
    """The report as a web page: each line a paragraph (a line that begins with ``<`` as it is), tables as ``table``."""
    blocks = (report or made(**parts)).blocks()
    body = "\n".join("\n".join(_paragraphs(b)) if isinstance(b, str) else table(b, Random(0)) for b in blocks)
    return f'<html><head><meta charset="utf-8"></head><body>\n{body}\n</body></html>\n'


def _paragraphs(lines: str) -> Iterator[str]:
    return (line if line.startswith("<") else f"<p>{escape(line, quote=False)}</p>" for line in lines.split("\n"))


def worded(report: Report | None = None, table: docx_layouts.TableXml = docx_layouts.merged, **parts: object) -> bytes:
    """The report as a Word file, each line a paragraph, its tables with merged cells."""
    xml: list[str] = []
    for block in (report or made(**parts)).blocks():
        if isinstance(block, str):
            xml += (f"<w:p><w:r><w:t>{escape(line, quote=False)}</w:t></w:r></w:p>" for line in block.split("\n"))
        else:
            xml += table(block, Random(0))
    return _zipped({**_empty_word(), _WORD_TEXT: _WORD_BODY.format(docx_layouts.W, "".join(xml)).encode()})


_WORD_TEXT = "word/document.xml"
_WORD_BODY = '<w:document xmlns:w="{}"><w:body>{}</w:body></w:document>'


@lru_cache(maxsize=1)
def _empty_word() -> dict[str, bytes]:
    """The parts of a Word file without text."""
    file = io.BytesIO()
    docx.Document().save(file)
    with ZipFile(file) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def made(**parts: object) -> Report:
    """A report with these parts, the others as by default."""
    unknown = parts.keys() - {field.name for field in fields(Report)}
    assert not unknown, f"a report has no {unknown}"
    return Report(**parts)  # type: ignore[arg-type]


def swap(text: str, old: str, new: str, times: int = 1) -> str:
    """``text`` with its first ``times`` ``old`` replaced; it must hold them."""
    assert text.count(old) >= times, f"{old!r} does not stand there {times} times"
    return text.replace(old, new, times)
