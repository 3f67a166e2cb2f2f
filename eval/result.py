"""What a run of the eval finds: one ``RunResult``, a ``CaseResult`` a report and engine, a ``FieldScore`` a field.

Everything here is plain data that goes to JSON and back without loss. Values are kept as text (``gold``, ``got``): a
number in its shortest exact form (``385``, ``25.1``, ``-8``), a date as ISO 8601, a period as ``start/end``, ``None``
where there is no value. What is computed from many cases (shares, curves, totals) is in ``eval.measures``.

>>> FieldScore("/year", "value", "exact", "wrong", "2023", "2020", verdict="accepted").is_escape
True
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec

FORMAT = 1
"""Version of the JSON that ``RunResult.to_json`` writes."""

Outcome = Literal["right", "wrong", "omitted", "spurious", "unscored"]
"""``omitted``: the gold has it and the record has none; ``spurious``: the other way round; ``wrong``: both, unlike."""

Kind = Literal["cell", "state", "value", "item", "claim", "forbidden", "link", "finding"]
"""What a field is: a table's number; why a cell has none; identity (organisation, year, form, title, period,
published); an issue or improvement; a claim that must be found, or must not; a link improvement → issue; a code."""

Origin = Literal["labelled", "generated"]
MISSES: tuple[Outcome, ...] = ("wrong", "omitted", "spurious")
_ESCAPING: tuple[Kind, ...] = ("cell", "value", "item", "claim", "forbidden")


@dataclass(slots=True)
class Excerpt:
    """The source text around a field: ``document.text[start:end]`` is ``quote``; ``line`` and ``page`` count from 1."""

    start: int
    end: int
    before: str
    quote: str
    after: str
    line: int
    page: int | None = None


@dataclass(slots=True)
class FieldScore:
    """One field of one report, judged.

    ``pointer``: JSON Pointer into the record. A list's item that only the gold has is ``/narrative/issues/gold-2`` (its
    position from 1), likewise ``/narrative/claims/gold-1``; a finding is ``/findings/row_sum``; a link is
    ``/narrative/improvements/m1/answers/i1`` (of ids that are the gold's positions); a state is ``/evidence…/state``.
    ``metric``: how it was compared, a name of ``eval.metrics``. ``nonzero``: the gold is a number other than 0.
    ``gold_state``, ``got_state``: why there is no number, ``number`` where there is one; None where not labelled.
    ``confusion``: what was taken for what, such as "blank read as zero"; None unless zero or an absence is involved.
    ``verdict``, ``confidence``, ``method``, ``raw``: of the record's evidence; None where it has none.
    ``flagged_by``: codes of the errors and warnings that name the field, its row, or its whole table.
    ``excerpt``: where the record read it; where it read nothing, where the gold's words stand, if that is plain.
    """

    pointer: str
    kind: Kind
    metric: str
    outcome: Outcome
    gold: str | None = None
    got: str | None = None
    table: str | None = None
    row: str | None = None
    column: str | None = None
    nonzero: bool = False
    gold_state: str | None = None
    got_state: str | None = None
    confusion: str | None = None
    verdict: str | None = None
    confidence: float | None = None
    method: str | None = None
    raw: str | None = None
    flagged_by: list[str] = field(default_factory=list)
    excerpt: Excerpt | None = None

    @property
    def is_scored(self) -> bool:
        """Whether the gold says anything of it. What is not scored counts neither for nor against."""
        return self.outcome != "unscored"

    @property
    def is_miss(self) -> bool:
        """Wrong, omitted or spurious."""
        return self.outcome in MISSES

    @property
    def is_accepted(self) -> bool:
        """Nobody would look at it: no verdict but ``accepted``, and no error or warning names it."""
        return self.verdict in (None, "accepted") and not self.flagged_by

    @property
    def is_escape(self) -> bool:
        """A miss that nobody would look at. Cells, identity, items and claims can escape, findings and links cannot."""
        return self.is_miss and self.is_accepted and self.kind in _ESCAPING


@dataclass(slots=True)
class ItemMatch:
    """One item of a list: the gold's (position from 0) with the record's (id); None on the side that lacks it.

    ``similarity``: 0 to 1, 1 for the same words. ``exact``: the same words from the first to the last.
    """

    gold: int | None
    got: str | None
    similarity: float
    exact: bool
    gold_text: str | None = None
    got_text: str | None = None


@dataclass(slots=True)
class ListScore:
    """A list matched one to one, best in all. Shares are None where they have no denominator.

    ``issues``, ``improvements``, ``claims``, ``links``. ``precision``: of those got, matched; ``recall``: of those due,
    matched (similarity at or above the form's threshold); ``soft_f1``: the same with similarities in place of counts.
    ``exact``: pairs with the same words. For claims ``got`` counts only those that were due, since a record may rightly
    hold more: precision is None.
    """

    name: str
    gold: int
    got: int
    matched: int
    exact: int
    precision: float | None
    recall: float | None
    soft_f1: float | None
    matches: list[ItemMatch] = field(default_factory=list)
    scored: bool = True


@dataclass(slots=True)
class FindingsScore:
    """Codes of findings. ``false_alarms``: errors that the gold does not expect; ``warnings``: unexpected warnings."""

    expected: list[str] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class SummaryScore:
    """A summary against its report (Grusky et al. 2018, Newsroom), in characters instead of words.

    ``coverage``: share of the summary's characters in fragments shared with the report; ``density``: mean length of the
    fragment a character stands in; ``compression``: characters of the report over those of the summary.
    ``numerals``, ``grounded``: figures in the summary, and those of them that the report has.
    All None or 0 where there is no summary.
    """

    method: str = ""
    characters: int = 0
    coverage: float | None = None
    density: float | None = None
    compression: float | None = None
    numerals: int = 0
    grounded: int = 0


@dataclass(slots=True)
class Spending:
    """What one report took. ``cost`` is an exact decimal in ``currency``; ``seconds`` by the wall clock."""

    calls: int = 0
    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    cost: str = "0"
    currency: str = "USD"
    seconds: float = 0.0


@dataclass(slots=True)
class CaseResult:
    """One report by one engine.

    ``key`` pairs it with the same report of another run. ``hard``: known not to be right yet, shown but not gated;
    ``why_hard`` says why. ``form``, ``year``: as the gold has them; ``format``: the file's suffix without the dot;
    ``layout``: how its tables are set; ``level``: of the body, as the record has it; None or "" where unknown.
    ``failure``: why there is no record; all its fields are then omitted. ``status``: of the record.
    """

    id: str
    set: str
    origin: Origin
    engine: str
    source: str
    sha256: str
    form: str | None = None
    format: str = ""
    layout: str = ""
    level: str | None = None
    year: int | None = None
    hard: bool = False
    why_hard: str = ""
    status: str = ""
    failure: str | None = None
    fields: list[FieldScore] = field(default_factory=list)
    lists: dict[str, ListScore] = field(default_factory=dict)
    findings: FindingsScore = field(default_factory=FindingsScore)
    summary: SummaryScore = field(default_factory=SummaryScore)
    spending: Spending = field(default_factory=Spending)

    @property
    def key(self) -> str:
        """Set, report and engine: what a report is paired by between two runs."""
        return f"{self.set}/{self.id}@{self.engine}"

    @property
    def cells(self) -> list[FieldScore]:
        """The scored cells of the tables."""
        return [one for one in self.fields if one.kind == "cell" and one.is_scored]

    @property
    def misses(self) -> list[FieldScore]:
        """Every field that is wrong, omitted or spurious."""
        return [one for one in self.fields if one.is_miss]

    @property
    def escapes(self) -> list[FieldScore]:
        """Every miss that nobody would look at."""
        return [one for one in self.fields if one.is_escape]


@dataclass(slots=True)
class GoldSet:
    """A set of gold. ``scored`` is False for one that is known but was not there or not asked for; ``why`` says so."""

    name: str
    origin: Origin
    scored: bool
    cases: int = 0
    why: str = ""


@dataclass(slots=True)
class EngineUsed:
    """An engine of the run. ``label`` is what a report must show; ``scripted``: no model's quality is measured."""

    name: str
    label: str
    scripted: bool = False


@dataclass(slots=True)
class Waiver:
    """A fall that is let pass until ``until`` (ISO date): ``field`` is a headline's or a slice's name, or a pointer."""

    field: str
    reason: str
    until: str
    expired: bool = False


@dataclass(slots=True)
class GateCheck:
    """One thing the gate looked at. ``baseline`` and ``band`` as shares of 1 or counts; ``waived``: by which reason."""

    name: str
    engine: str
    value: float | None
    baseline: float | None
    band: float
    passed: bool
    message: str = ""
    waived: str = ""


@dataclass(slots=True)
class GateResult:
    """Whether the change may pass. ``refusals``: reasons that are no headline, such as a lowered baseline."""

    passed: bool
    checks: list[GateCheck] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)


@dataclass(slots=True)
class RunResult:
    """A whole run. ``versions``: what it ran with by name (extractor, python, commit, forms, prompts …)."""

    sets: list[GoldSet] = field(default_factory=list)
    engines: list[EngineUsed] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    cases: list[CaseResult] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    gate: GateResult | None = None
    started: str = ""
    seconds: float = 0.0
    format: int = FORMAT

    def to_json(self) -> str:
        """The whole run as one JSON object."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> RunResult:
        """The run that ``to_json`` wrote.

        Raises:
            ValueError: no such JSON; names the first wrong field.
        """
        return msgspec.json.decode(text, type=cls)

    def write(self, path: Path) -> None:
        """Write the run to a file; its folder is made."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.to_json(), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> RunResult:
        """The run in a file.

        Raises:
            ValueError: it holds no run.
            OSError: it cannot be read.
        """
        return cls.from_json(path.read_bytes())
