"""Where the misses are: by kind of report, by field, by table, row and column; what was taken for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from eval.measures import Pair, by_place, confusions
from eval.report import figures
from eval.report.headlines import Headline, headline, tone_of, value_text
from eval.report.names import Name, column_name, group_name, group_of, row_name, table_name
from eval.report.plain import plain
from eval.report.view import Cell, Column, Section, Table, Tone
from eval.report.wording import say
from eval.result import CaseResult, FieldScore
from extractor.show.words import Wording

SLICES = ("form", "format", "layout", "level", "year", "set")
WORST = 20
_SLICED = ("nonzero_cells", "cells", "reports_cells_right", "reports_all_right", "escapes", "review_load")

Place = Literal["table", "row", "column"]


# ---- by kind of report -------------------------------------------------------------------------------------------


def slice_section(cases: Sequence[CaseResult], prefix: str) -> Section:
    """The main figures for each form, format, layout, level of body, year and set."""
    tables = [_slice_table(what, cases) for what in SLICES]
    return Section(f"{prefix}-slices", say("section", "slices"), say("intro", "slices"), tables)


def _slice_table(what: str, cases: Sequence[CaseResult]) -> Table:
    groups: dict[str, list[CaseResult]] = {}
    for case in cases:
        groups.setdefault(_slice_of(case, what), []).append(case)
    columns = Column(say("slice", what).capitalize()), Column("Reports", number=True), *_measured_columns()
    rows = [_slice_row(what, name, groups[name]) for name in sorted(groups)]
    return Table(say("caption", "by", what=say("slice", what)), columns, rows, kind="slices")


def _slice_of(case: CaseResult, what: str) -> str:
    value = getattr(case, what)
    return str(value) if value not in (None, "") else ""


def _measured_columns() -> Iterator[Column]:
    return (Column(say("measure", name), number=True) for name in _SLICED)


def _slice_row(what: str, name: str, cases: Sequence[CaseResult]) -> list[Cell]:
    label = plain(Wording("zh")("level", name)) if what == "level" and name else ""
    shown = plain(say("layout", name) if what == "layout" and name else name) or say("slice", "unknown")
    figured = [_figure(headline(one, cases, spread=False)) for one in _SLICED]
    return [Cell(shown, label), Cell(figures.count(len(cases))), *figured]


def _figure(found: Headline) -> Cell:
    basis = figures.of(found.part, found.whole) if found.measure.unit == "share" else ""
    tone = "" if found.is_perfect else tone_of(found)
    return Cell(value_text(found), basis, tone)


# ---- by field ----------------------------------------------------------------------------------------------------


def worst_section(cases: Sequence[CaseResult], prefix: str) -> Section:
    """The fields with most misses, how they were missed, and of how many."""
    table = _worst_table(cases)
    return Section(
        f"{prefix}-worst",
        say("section", "worst"),
        say("intro", "worst") if table.rows else "",
        [table] if table.rows else [],
        nothing="" if table.rows else say("nothing", "worst"),
    )


def _worst_table(cases: Sequence[CaseResult]) -> Table:
    names: dict[str, Name] = {}
    missed: dict[str, Counter[str]] = {}
    scored = Counter[str]()
    for form, field in _scored(cases):
        group = group_of(field)
        scored[group] += 1
        if field.is_miss:
            names.setdefault(group, group_name(field, form))
            missed.setdefault(group, Counter()).update((field.outcome, *(["escape"] if field.is_escape else [])))
    worst = sorted(missed, key=lambda group: (-_misses(missed[group]), -_misses(missed[group]) / scored[group], group))
    columns = (Column("Field"), *(Column(title, number=True) for title in ("Misses", "Of", *_HOW)))
    rows = [_worst_row(names[group], missed[group], scored[group]) for group in worst[:WORST]]
    return Table(say("caption", "worst"), columns, rows)


def _scored(cases: Sequence[CaseResult]) -> Iterator[tuple[str | None, FieldScore]]:
    """Form and field of every scored field; a report that became no record would drown all others."""
    records = (case for case in cases if not case.failure)
    return ((case.form, field) for case in records for field in case.fields if field.is_scored)


_HOW = ("Wrong", "Left out", "Made up", "Escapes")


def _misses(how: Counter[str]) -> int:
    return how.total() - how["escape"]


def _worst_row(name: Name, how: Counter[str], scored: int) -> list[Cell]:
    counts = [how[one] for one in ("wrong", "omitted", "spurious", "escape")]
    tones: list[Tone] = ["", "", "", "bad" if how["escape"] else "quiet"]
    told = [Cell(figures.count(one), tone=tone) for one, tone in zip(counts, tones, strict=True)]
    return [Cell(name.key, name.label), Cell(figures.count(_misses(how)), tone="bad"), Cell(str(scored)), *told]


def place_section(cases: Sequence[CaseResult], prefix: str) -> Section:
    """Cells right in each table, row and column of the form."""
    parts: tuple[Place, ...] = ("table", "row", "column")
    tables = [_place_table(part, cases) for part in parts]
    return Section(
        f"{prefix}-places", say("section", "places"), say("intro", "places"), [one for one in tables if one.rows]
    )


def _place_table(part: Place, cases: Sequence[CaseResult]) -> Table:
    columns = Column(part.capitalize()), Column("Right", number=True), Column("Counted", number=True)
    rows = [_place_row(_place_name(part, name), counts) for name, counts in by_place(cases, part).items()]
    return Table(say("caption", f"by_{part}"), columns, rows, folded=part != "table")


def _place_name(part: Place, name: str) -> Name:
    table, _, inner = name.partition("/")
    if part == "table":
        return table_name(table)
    found = (row_name if part == "row" else column_name)(table, inner)
    return Name(f"{plain(table)} · {found.key}", found.label)


def _place_row(name: Name, counts: Pair) -> list[Cell]:
    share = counts[0] / counts[1]
    return [
        Cell(name.key, name.label),
        Cell(figures.percent(share), tone="" if share == 1 else "bad", bar=share),
        Cell(figures.of(*counts)),
    ]


def confusion_section(cases: Sequence[CaseResult], prefix: str) -> Section:
    """How often zero, blank and missing were taken for one another."""
    rows = [[Cell(plain(name)), Cell(figures.count(number))] for name, number in confusions(cases).most_common()]
    table = Table(say("caption", "confusions"), (Column("Taken for another"), Column("Times", number=True)), rows)
    return Section(
        f"{prefix}-confusions",
        say("section", "confusions"),
        say("intro", "confusions"),
        [table] if rows else [],
        nothing="" if rows else say("nothing", "confusions"),
    )
