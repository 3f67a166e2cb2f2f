"""What passes between the stages before a record is settled: the parts of a report, readings, questions, answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from extractor.document import Document
from extractor.forms import Form
from extractor.metrics.placeholders import Slotted
from extractor.record import Body, Evidence, Finding, Narrative, Period, Tables, Usage


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
    """The parts that were found, in the report's order; ``preamble`` is the span before the first.

    ``further`` is where a second report in the same file begins; nothing behind it belongs to the draft.
    """

    preamble: tuple[int, int]
    parts: list[Section]
    further: int | None = None

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
    """One thing the rules leave open: ``kind`` names the prompt, ``content`` (JSON) fills it.

    ``form``: the form whose tables and topics the question speaks of.
    """

    id: str
    kind: str
    content: dict[str, Any]
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What someone (a model, a batch file, a test) answered to the question ``id``.

    ``usage``: what it cost. ``failure``: why there is no answer, a reason of ``extractor.llm.failures``; ``content`` is
    empty then.
    """

    id: str
    content: dict[str, Any]
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    prompt_version: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where a value may stand: offsets into the text, and the cell of the source table, where it is one."""

    start: int
    end: int
    table: int | None = None
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of a source table as a model is shown it: its words, and the places of its values from left to right."""

    words: str
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class PointedClaim:
    """A figure or a denial of the text that a model pointed to, and what it says it counts."""

    spot: Spot
    metric: str
    year: int | None
    scope: str


@dataclass(frozen=True, slots=True)
class PointedItem:
    """A stretch of part five that a model took for one issue or one improvement; ``answers`` counts issues from 0."""

    spot: Spot
    kind: str
    answers: tuple[int, ...] = ()


@dataclass(slots=True)
class Pointed:
    """What answers point to, resolved into places of the document; nothing of it is in the draft yet.

    ``cells``: pointer → place, one reading a sample. ``unsaid``: stretches of part five that an answer calls none of
    issue, improvement, lead-in or nothing. ``slots``: what fills the placeholders of ``sentences``. ``places``: table
    key → every place of a value that was shown, in reading order.
    ``versions``: question kind → version of the prompt it was asked with.
    """

    cells: list[dict[str, Spot]] = field(default_factory=list)
    claims: list[PointedClaim] | None = None
    items: list[list[PointedItem]] = field(default_factory=list)
    unsaid: list[Spot] = field(default_factory=list)
    links: dict[str, list[str]] = field(default_factory=dict)
    organisation: Spot | None = None
    year: Spot | None = None
    topics: dict[str, str] = field(default_factory=dict)
    sentences: list[str] | None = None
    slots: dict[str, Slotted] = field(default_factory=dict)
    places: dict[str, list[Spot]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
