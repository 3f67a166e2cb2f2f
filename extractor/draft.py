"""What passes between the stages before a record is settled: the parts of a report, readings, questions, answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from extractor.document import Document
from extractor.forms import Form
from extractor.record import Body, Evidence, Finding, Narrative, Period, Tables


@dataclass(frozen=True, slots=True)
class Section:
    """One of the form's parts: ``key`` of the form, the heading's span, and the span of what follows it."""

    key: str
    heading_start: int
    heading_end: int
    start: int
    end: int


@dataclass(slots=True)
class Sections:
    """The parts that were found, in the report's order; ``preamble`` is the span before the first."""

    preamble: tuple[int, int]
    parts: list[Section]

    def get(self, key: str) -> Section | None:
        """The part with this key, or None where the report lacks it."""
        return next((part for part in self.parts if part.key == key), None)


@dataclass(slots=True)
class Draft:
    """A report as far as rules could read it. Readers fill it; ``verify`` only looks; ``settle`` makes the record."""

    document: Document
    form: Form | None
    sections: Sections
    title: str | None = None
    organisation: str | None = None
    body: Body = field(default_factory=Body)
    year: int | None = None
    period: Period | None = None
    published: date | None = None
    tables: Tables = field(default_factory=dict)
    narrative: Narrative = field(default_factory=Narrative)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Question:
    """One thing the rules leave open: ``kind`` names the prompt, ``content`` fills it."""

    id: str
    kind: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What someone (a model, a batch file, a test) answered to the question ``id``."""

    id: str
    content: dict[str, Any]
