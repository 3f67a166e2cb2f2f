"""A run in the terminal: the verdict, the headlines of each engine without what they mean, misses in short."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from eval.report.view import Cell, Chapter, MissView, Page, Section, Table
from eval.report.wording import say
from extractor.text import printable

_STYLES = {"": "", "good": "green", "bad": "bold red", "warn": "yellow", "quiet": "dim"}
_SHOWN = 12
"""Misses in the terminal; the files have them all."""

_CLOSING = ("compared", "gate", "waivers")
_KEPT = 4
"""Columns of the headlines: without what they mean."""


def print_page(page: Page, console: Console) -> None:
    """Print the page's verdict, sets, gate and, for each engine, headlines, escapes and the first misses."""
    console.print(_text(page.verdict, style=_STYLES[page.tone]))
    for reason in page.reasons:
        console.print(_text(f"  {reason}"))
    for section in page.sections:
        _print_overall(section, console)
    for chapter in page.chapters:
        _print_chapter(chapter, console)
    for section in page.closing:
        if section.id in _CLOSING:
            _print_overall(section, console)


def _print_overall(section: Section, console: Console) -> None:
    if section.tables or section.notes:
        console.rule(_text(section.title, style="bold"))
    for table in section.tables:
        if not table.folded:
            console.print(_grid(table))
    for note in section.notes:
        console.print(_text(note))
    _print_misses(section.misses, console)


def _print_chapter(chapter: Chapter, console: Console) -> None:
    console.rule(_text(chapter.title, style="bold"))
    if chapter.warning:
        console.print(_text(chapter.warning, style="yellow"))
    sections = {section.id.partition("-")[2]: section for section in chapter.sections}
    if "headlines" in sections:
        console.print(_headlines(sections["headlines"]))
    for name in ("worst", "confusions"):
        for table in sections[name].tables if name in sections else ():
            console.print(_grid(table))
    misses = [miss for name in ("escapes", "misses") if name in sections for miss in sections[name].misses]
    _print_misses(misses, console)


def _headlines(section: Section) -> Grid:
    """All groups of headlines in one table."""
    grid = _empty(section.title, section.tables[0], _KEPT)
    for table in section.tables:
        for row in table.rows:
            grid.add_row(*map(_cell, row[:_KEPT]))
        grid.add_section()
    return grid


def _grid(table: Table) -> Grid:
    grid = _empty(table.caption, table, len(table.columns))
    for row in table.rows:
        grid.add_row(*map(_cell, row))
    return grid


def _empty(title: str, table: Table, columns: int) -> Grid:
    grid = Grid(title=_text(title), title_justify="left", show_edge=False)
    for column in table.columns[:columns]:
        grid.add_column(_text(column.title), justify="right" if column.number else "left")
    return grid


def _cell(cell: Cell) -> Text:
    label = f" {cell.label}" if cell.label else ""
    return _text(f"{cell.text}{label}", style=_STYLES[cell.tone])


def _print_misses(misses: list[MissView], console: Console) -> None:
    for one in misses[:_SHOWN]:
        console.print(_line(one))
        if one.quote:
            around = _text(f"    {one.quote.place}: {one.quote.before}", style="dim")
            console.print(
                around.append(_text(one.quote.quote, style="bold")).append(_text(one.quote.after, style="dim"))
            )
    if len(misses) > _SHOWN:
        console.print(_text(say("nothing", "more", more=len(misses) - _SHOWN)))


def _line(one: MissView) -> Text:
    got, gold, was = ("".join(part.text for part in parts) for parts in (one.got, one.gold, one.was))
    tag = f"{'ESCAPE ' if one.escape else ''}{one.tag}"
    text = Text().append(_text(f"{tag}: ", style=_STYLES[one.tone]))
    text.append(_text(f"{one.key} {one.label} in {one.report}: "))
    return text.append(_text(f"label {gold}, {f'before {was}, ' if was else ''}read {got}"))


def _text(text: str, style: str = "") -> Text:
    """Text as it is, never rich's markup, and nothing in it that steers the terminal."""
    return Text(printable(text), style=style)
