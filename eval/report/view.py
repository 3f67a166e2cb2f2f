"""What a report shows, before it is a page, a Markdown file or lines on a terminal: headings, tables, charts, misses.

Every text in here is either our own wording or went through ``eval.report.plain``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup

from eval.report.plain import Piece

Tone = Literal["", "good", "bad", "warn", "quiet"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A table's cell. ``label``: the form's words, shown below; ``code``: somebody else's words; ``bar``: 0 to 1."""

    text: str
    label: str = ""
    tone: Tone = ""
    code: bool = False
    bar: float | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column; ``number``: set to the right."""

    title: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``folded``: shown when asked for, since it is long and nothing depends on it.

    ``kind``: tables of one kind stand below each other, with columns of the same widths.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: list[list[Cell]]
    folded: bool = False
    kind: str = ""

    @property
    def titles(self) -> tuple[str, ...]:
        """The columns' titles."""
        return tuple(column.title for column in self.columns)


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, what it shows in a sentence, and its figures as a table for those who do not see it."""

    caption: str
    drawn: Markup
    figures: Table


@dataclass(frozen=True, slots=True)
class Quote:
    """The source text around a field; ``place`` says where: line, and page where there are pages."""

    place: str
    before: str
    quote: str
    after: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A line below a heading: a name and a value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class MissView:
    """A field that is not right: what the report says (``gold``), what was read, and where.

    ``tag``: its outcome or, in a comparison, how it changed. ``was``: what the run before read, in a comparison.
    """

    report: str
    key: str
    label: str
    pointer: str
    tag: str
    gold: list[Piece]
    got: list[Piece]
    was: list[Piece] = field(default_factory=list)
    escape: bool = False
    tone: Tone = "bad"
    facts: list[Fact] = field(default_factory=list)
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a chapter. ``nothing``: said where there is nothing to show; ``loud``: not to be overlooked.

    ``folded``: its misses are shown when asked for.
    """

    id: str
    title: str
    intro: str = ""
    tables: list[Table] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    misses: list[MissView] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    nothing: str = ""
    loud: bool = False
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A figure shown large, with what it means."""

    title: str
    value: str
    below: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """All that is said of one engine over one kind of gold. ``warning``: what its figures must not be taken for."""

    id: str
    title: str
    lead: str
    warning: str = ""
    cards: list[Card] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report. ``verdict``: the first thing to know, with its tone and the reasons below it."""

    title: str
    verdict: str
    tone: Tone
    reasons: list[str]
    facts: list[Fact]
    sections: list[Section]
    chapters: list[Chapter]
    closing: list[Section]
