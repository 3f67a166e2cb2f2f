"""Reports with consistent figures, as documents and as what a faultless reader would make of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from extractor.document import Cell, Document, Paragraph, Position, Table, TextBuilder
from extractor.draft import Draft, Section, Sections
from extractor.forms import Form, FormTable, builtin_forms
from extractor.record import Evidence, Number, Place, State

Layout = Literal["grid", "rows", "stream", "lines"]
LAYOUTS: tuple[Layout, ...] = ("grid", "rows", "stream", "lines")
"""A table with spans; one whose spans a converter dropped; a table of single cells; single lines of text."""

APPLICANTS = (
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "public_interest_organisation",
    "legal_service_institution",
    "other_organisation",
)
Values = dict[str, dict[str, dict[str, Number | None]]]


@dataclass(frozen=True)
class Spot:
    """A cell of a source table: words, or the place of a value of the record."""

    text: str = ""
    colspan: int = 1
    rowspan: int = 1
    pointer: str | None = None


@dataclass
class Map:
    """A source map for tests: every character is where it is."""

    def locate(self, offset: int) -> Position:
        return Position(byte=offset)


@dataclass
class Shown:
    """How values are printed where not in plain digits: pointer → the cell's text, state and note."""

    texts: dict[str, str] = field(default_factory=dict)
    states: dict[str, State] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


def form_of(form_id: str) -> Form:
    return next(form for form in builtin_forms() if form.id == form_id)


# ---- figures -----------------------------------------------------------------------------------------------------


def figures(rng: Random, form: Form, collapsed: bool = False) -> Values:
    """Figures that satisfy every identity, most of them not 0."""
    return {
        "proactive_disclosure": _proactive(rng, form),
        "applications": _applications(rng, form, collapsed),
        "review_litigation": {
            row: _with_total({c: rng.randint(0, 30) for c in ("upheld", "corrected", "other", "pending")})
            for row in ("review", "litigation_direct", "litigation_after_review")
        },
    }


def _table(form: Form, key: str) -> FormTable:
    table = form.table(key)
    assert table is not None
    return table


def _proactive(rng: Random, form: Form) -> dict[str, dict[str, Number | None]]:
    table = _table(form, "proactive_disclosure")
    rows: dict[str, dict[str, Number | None]] = {}
    for row, columns in table.columns_of.items():
        numbers = rng.sample(range(1, 900), len(columns))
        signed = {c.key for c in columns if c.kind == "signed"}
        rows[row] = {
            c.key: -n if c.key in signed and rng.random() < 0.5 else n for c, n in zip(columns, numbers, strict=True)
        }
    for row in ("regulations", "normative_documents"):
        keys = list(rows[row])
        ordered = sorted(number for number in rows[row].values() if number is not None)
        rows[row] = dict(zip(keys, ordered, strict=True))
    return rows


def _with_total(parts: dict[str, int]) -> dict[str, Number | None]:
    return {**parts, "total": sum(parts.values())}


def result_rows(form: Form, collapsed: bool) -> list[str]:
    """The rows of results that a report on a form has."""
    items = {"other_uncorrected", "other_unpaid", "other_reason"}
    rows = [row for row in _table(form, "applications").rows if row not in _FLOW]
    out = items if collapsed or form.id == "2019" else {"other_processing"}
    return [row for row in rows if row not in out]


_FLOW = ("new_received", "carried_over", "total_processed", "carried_forward")


def _applications(rng: Random, form: Form, collapsed: bool) -> dict[str, dict[str, Number | None]]:
    results = {row: {a: rng.randint(0, 40) for a in APPLICANTS} for row in result_rows(form, collapsed)}
    processed = {a: sum(row[a] for row in results.values()) for a in APPLICANTS}
    forward = {a: rng.randint(0, 9) for a in APPLICANTS}
    over = {a: rng.randint(0, min(9, processed[a] + forward[a])) for a in APPLICANTS}
    new = {a: processed[a] + forward[a] - over[a] for a in APPLICANTS}
    rows = {"new_received": new, "carried_over": over, **results, "total_processed": processed}
    return {row: _with_total(parts) for row, parts in {**rows, "carried_forward": forward}.items()}


# ---- source tables -----------------------------------------------------------------------------------------------


def source_table(form: Form, key: str, values: Values) -> list[list[Spot]]:
    """A table of the form as it is printed, spans and all."""
    table = _table(form, key)
    if key == "applications":
        return [*_applications_header(table), *_applications_rows(table, list(values[key]))]
    if key == "review_litigation":
        return _review(table)
    return [row for block in _proactive_blocks(table) for row in block]


def _at(table: FormTable, row: str, column: str) -> Spot:
    return Spot(pointer=f"/tables/{table.key}/{row}/{column}")


def _proactive_blocks(table: FormTable) -> Iterator[list[list[Spot]]]:
    for block in table.blocks:
        header = [Spot(block.stub or ""), *(Spot(column.label) for column in block.columns)]
        if block.columns[-1].kind == "amount":
            header[-1] = Spot(f"{block.columns[-1].label}（单位：万元）")
        rows = [[Spot(row.label), *(_at(table, row.key, column.key) for column in block.columns)] for row in block.rows]
        yield [[Spot(block.heading[0], colspan=4)], header, *rows]


def _applications_header(table: FormTable) -> list[list[Spot]]:
    labels = [column.label for column in table.columns.values()]
    return [
        [Spot(table.blocks[0].stub or "", 3, 3), Spot("申请人情况", 7)],
        [Spot(labels[0], 1, 2), Spot("法人或其他组织", 5), Spot(labels[-1], 1, 2)],
        [Spot(label) for label in labels[1:-1]],
    ]


def _applications_rows(table: FormTable, keys: list[str]) -> list[list[Spot]]:
    paths = {key: table.rows[key].path or (table.rows[key].label,) for key in keys}
    rows = []
    for at, key in enumerate(keys):
        path = paths[key]
        labels = []
        for depth, label in enumerate(path):
            if at and paths[keys[at - 1]][: depth + 1] == path[: depth + 1]:
                continue
            height = sum(1 for other in keys if paths[other][: depth + 1] == path[: depth + 1])
            last = depth == len(path) - 1
            labels.append(Spot(label, 3 - depth if last else 1, 1 if last else height))
        rows.append([*labels, *(_at(table, key, column) for column in table.columns)])
    return rows


def _review(table: FormTable) -> list[list[Spot]]:
    labels = [column.label for column in table.columns.values()]
    rows = [row.label for row in table.rows.values()]
    return [
        [Spot(rows[0], 5), Spot("行政诉讼", 10)],
        [*(Spot(label, 1, 2) for label in labels), Spot(rows[1], 5), Spot(rows[2], 5)],
        [Spot(label) for label in labels * 2],
        [_at(table, row, column) for row in table.rows for column in table.columns],
    ]


# ---- documents and drafts ----------------------------------------------------------------------------------------


@dataclass
class Report:
    """A document with what a faultless reader makes of it."""

    document: Document
    draft: Draft


class _Writer:
    """Writes a report and, cell by cell, the evidence of what stands in it."""

    def __init__(self, form: Form, values: Values, shown: Shown, layout: Layout) -> None:
        self.form, self.values, self.shown, self.layout = form, values, shown, layout
        self.text = TextBuilder()
        self.blocks: list[Paragraph | Table] = []
        self.evidence: dict[str, Evidence] = {}
        self.parts: list[Section] = []
        self.tables = 0

    def line(self, words: str) -> tuple[int, int]:
        start, end = self.text.add(words, 0)
        self.text.glue("\n")
        self.blocks.append(Paragraph(start, end))
        return start, end

    def report(self) -> Report:
        self.line("2024年度虚构镇政府信息公开工作年度报告")
        for part in self.form.parts:
            start, end = self.line(f"{'一二三四五六'[part.number - 1]}、{part.title}")
            if self.form.table(part.key):
                self.table(source_table(self.form, part.key, self.values))
            else:
                self.line("本镇按要求公开各类信息。")
            self.parts.append(Section(part.key, start, end, end + 1, self.text.length))
        document = Document("a.txt", "0" * 64, "text/plain", self.text.build(), self.blocks, Map())
        draft = Draft(document, self.form, Sections((0, self.parts[0].heading_start), self.parts))
        draft.organisation, draft.year, draft.title = "虚构镇人民政府", 2024, "2024年度虚构镇政府信息公开工作年度报告"
        draft.tables, draft.evidence = self.values, self.evidence
        for evidence in self.evidence.values():
            evidence.raw = document.text[evidence.source.start : evidence.source.end]
        return Report(document, draft)

    def table(self, rows: list[list[Spot]]) -> None:
        if self.layout == "lines":
            for row in rows:
                for spot in row:
                    self._note(spot, *self.line(self._words(spot)), None)
            return
        start = self.text.length
        cells = [[self._cell(spot, at, column) for column, spot in row] for at, row in enumerate(self._placed(rows))]
        if self.layout == "stream":
            flat = [cell for row in cells for cell in row]
            for at, cell in enumerate(flat):
                cell.row, cell.column, cell.rowspan, cell.colspan = at, 0, 1, 1
            cells = [[cell] for cell in flat]
        self.blocks.append(Table(start, self.text.length, "rows" if self.layout == "rows" else self._kind(), cells))
        self.tables += 1
        self.text.glue("\n")

    def _kind(self) -> Literal["grid", "stream"]:
        return "stream" if self.layout == "stream" else "grid"

    def _placed(self, rows: list[list[Spot]]) -> list[list[tuple[int, Spot]]]:
        """Spots with their lattice columns; where spans are dropped, each takes the next and those below get blanks."""
        taken: set[tuple[int, int]] = set()
        placed: list[list[tuple[int, Spot]]] = []
        for at, row in enumerate(rows):
            line: list[tuple[int, Spot]] = []
            column = 0
            for spot in row:
                while (at, column) in taken:
                    if self.layout == "rows":
                        line.append((column, Spot()))
                    column += 1
                spans = (spot.rowspan, 1 if self.layout == "rows" else spot.colspan)
                taken |= {(at + down, column + right) for down in range(spans[0]) for right in range(spans[1])}
                line.append((column, spot))
                column += spans[1]
            placed.append(line)
        return placed

    def _cell(self, spot: Spot, row: int, column: int) -> Cell:
        words = self._words(spot)
        start, end = self.text.add(words, 0)
        self.text.glue("\t")
        self._note(spot, start, end, (row, column))
        spans = (1, 1) if self.layout == "rows" else (spot.rowspan, spot.colspan)
        return Cell(words, start, end, row, column, *spans)

    def _words(self, spot: Spot) -> str:
        if spot.pointer is None:
            return spot.text
        _, _, table, row, column = spot.pointer.split("/")
        value = self.values[table][row][column]
        return self.shown.texts.get(spot.pointer, "" if value is None else str(value))

    def _note(self, spot: Spot, start: int, end: int, at: tuple[int, int] | None) -> None:
        if spot.pointer is None:
            return
        placed = at is not None and self.layout != "stream"
        place = Place(start, end, self.tables, *at) if placed and at is not None else Place(start, end)
        _, _, table, row, column = spot.pointer.split("/")
        blank: State = "number" if self.values[table][row][column] is not None else "blank"
        state = self.shown.states.get(spot.pointer, blank)
        self.evidence[spot.pointer] = Evidence("", state, place, self.shown.notes.get(spot.pointer))


def report_of(
    form_id: str = "2021",
    layout: Layout = "grid",
    seed: int = 0,
    *,
    collapsed: bool = False,
    values: Values | None = None,
    shown: Shown | None = None,
) -> Report:
    """A report on a form in a layout, read without fault; figures drawn from ``seed`` unless given."""
    form = form_of(form_id)
    values = values or figures(Random(seed), form, collapsed)
    return _Writer(form, values, shown or Shown(), layout).report()


def tabbed(form_id: str, lines: list[str], places: dict[str, tuple[int, int]]) -> Draft:
    """A draft of one table of tab-separated lines, with the cells (row, column) that pointers were read from."""
    text, rows = "\n".join(lines) + "\n", []
    start = 0
    for at, line in enumerate(lines):
        row = []
        for column, words in enumerate(line.split("\t")):
            row.append(Cell(words, start, start + len(words), at, column))
            start += len(words) + 1
        rows.append(row)
    document = Document("a.txt", "0" * 64, "text/plain", text, [Table(0, len(text), "grid", rows)], Map())
    draft = Draft(document, form_of(form_id), Sections((0, 0), []))
    for pointer, (at, column) in places.items():
        cell = rows[at][column]
        _, _, table, row_key, key = pointer.split("/")
        draft.tables.setdefault(table, {}).setdefault(row_key, {})[key] = int(cell.text)
        draft.evidence[pointer] = Evidence(cell.text, source=Place(cell.start, cell.end, 0, at, column))
    return draft
