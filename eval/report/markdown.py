"""A page as Markdown: the same words, tables and misses; nothing that others wrote is markup in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from eval.report.plain import Piece, code_span
from eval.report.view import Cell, MissView, Page, Section, Table
from extractor.text import printable

_SIGNS = {"bad": " ✗"}


def markdown_of(page: Page) -> str:
    """The page as Markdown. Charts are given as the tables of their figures."""
    lines = [f"# {page.title}", "", f"**{_inline(page.verdict)}**", ""]
    lines += [f"- {_inline(reason)}" for reason in page.reasons]
    lines += ["", *(f"- {fact.name}: {_inline(fact.value)}" for fact in page.facts), ""]
    lines += [line for section in page.sections for line in _section(section, "##")]
    for chapter in page.chapters:
        lines += [f"## {_inline(chapter.title)}", "", _inline(chapter.lead), ""]
        lines += [f"> **Note.** {_inline(chapter.warning)}", ""] if chapter.warning else []
        lines += [line for section in chapter.sections for line in _section(section, "###")]
    lines += [line for section in page.closing for line in _section(section, "##")]
    return "\n".join(lines).rstrip() + "\n"


def _section(section: Section, level: str) -> Iterator[str]:
    yield from (f"{level} {section.title}", "")
    for said in filter(None, (section.intro, section.nothing, *section.notes)):
        yield from (_inline(said), "")
    for chart in section.charts:
        yield from (chart.caption, "")
        yield from _table(chart.figures)
    for table in section.tables:
        yield from _table(table)
    for miss in section.misses:
        yield from _miss(miss)


def _table(table: Table) -> Iterator[str]:
    yield from (f"**{_inline(table.caption)}**", "")
    yield _row(map(_inline, table.titles))
    yield _row("--:" if column.number else "---" for column in table.columns)
    for row in table.rows:
        yield _row(map(_cell, row))
    yield ""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    text = code_span(cell.text) if cell.code else _inline(cell.text)
    label = f" {_inline(cell.label)}" if cell.label else ""
    return f"{text}{_SIGNS.get(cell.tone, '')}{label}"


def _miss(one: MissView) -> Iterator[str]:
    mark = " **ESCAPE**" if one.escape else ""
    label = f" {_inline(one.label)}" if one.label else ""
    yield f"- **{_inline(one.tag)}**{mark} {_inline(one.key)}{label} in {_inline(one.report)}"
    yield f"  - the label says {_pieces(one.gold)}"
    if one.was:
        yield f"  - read before {_pieces(one.was)}"
    yield f"  - {'read now' if one.was else 'read'} {_pieces(one.got)}"
    if one.quote:
        around = f"{one.quote.before}【{one.quote.quote}】{one.quote.after}"
        yield f"  - in the report ({one.quote.place}): {code_span(around)}"
    for fact in one.facts:
        yield f"  - {_inline(fact.name)}: {_inline(fact.value)}"
    yield ""


def _pieces(parts: Sequence[Piece]) -> str:
    return code_span("".join(part.text for part in parts))


_MARKUP = frozenset("\\`*_[]<>#|~&")


def _inline(text: str) -> str:
    """Text of unknown origin: characters that Markdown obeys are escaped, and no address in it becomes a link."""
    escaped = "".join(f"\\{char}" if char in _MARKUP else char for char in printable(text))
    return escaped.replace("://", "\\://").replace("www.", "www\\.")
