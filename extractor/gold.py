"""Gold files: the truth about one report, labelled by hand (docs/record.md, docs/eval.md).

A gold file lies beside its report (``eval/gold/<id>/record.json`` with ``source.*``), or in a folder of records next to
a folder of reports. What it says is checked on reading: by its schema, by the keys and identities of its form, and by
the hash of its source. Keys that are not known here are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from extractor.errors import GoldError
from extractor.finding import catalogue
from extractor.forms import Form, FormTable, builtin_forms, kin_of
from extractor.metrics import metrics
from extractor.record import Number, Record, State, Status, Tables
from extractor.verify.arithmetic import equations_of
from extractor.verify.parity import Equation

_UNSCORABLE = frozenset({"form", "title", "organisation", "year", "period", "published"})


class _Label(BaseModel):
    model_config = ConfigDict(extra="allow")


class GoldOrganisation(_Label):
    """The reporting body; ``accepted`` are all the names of it that are right, none where the report names no body."""

    name: str | None
    accepted: list[str]


class GoldPeriod(_Label):
    """First and last day reported on."""

    start: date
    end: date


class GoldNarrative(_Label):
    """Issues and improvements as the report words them, in its order."""

    issues: list[str]
    improvements: list[str]


class GoldClaim(_Label):
    """A figure that must be found under one of ``metrics``; ``quote`` holds the words that state it."""

    metrics: list[str] = Field(min_length=1)
    value: Number
    scope: Literal["own", "wider"] = "own"
    quote: str = Field(min_length=1)


class ForbiddenClaim(_Label):
    """A claim that the words of ``quote`` invite but do not make."""

    metric: str
    value: Number
    quote: str = Field(min_length=1)


class GoldReview(_Label):
    """A person who looked at the report and accepted it, the time, and what they noted."""

    by: str = Field(min_length=1)
    at: datetime
    note: str = ""


class Gold(_Label):
    """The labels of one report.

    ``states``: pointer → why there is no number, for each cell without one; None where that is not labelled.
    ``links``: position of an improvement (from 0, as text) → positions of the issues it answers; None where not
    labelled. ``unscored``: identity fields that nobody can tell. ``allowed_findings``: errors that may be raised, or
    not. ``hard``: why the report is not right yet and does not gate; empty for all others. ``layout``: how its tables
    are set, where that is told by hand. ``evidence_notes``: pointer → the remark that stands in the cell.
    ``reviews``: who accepted the record that these labels were promoted from.
    """

    source: str = Field(min_length=1)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    form: str | None
    title: str | None
    organisation: GoldOrganisation
    year: int | None = Field(ge=1990, le=2100)
    period: GoldPeriod | None
    published: date | None
    tables: Tables
    narrative: GoldNarrative
    claims: list[GoldClaim]
    forbidden_claims: list[ForbiddenClaim]
    expected_findings: list[str]
    allowed_findings: list[str] = []
    title_accepted: list[str] = []
    states: dict[str, State] | None = None
    links: dict[str, list[int]] | None = None
    expected_status: Status | None = None
    unscored: list[str] = []
    evidence_notes: dict[str, str] = {}
    origin: Literal["labelled", "generated"] = "labelled"
    hard: str = ""
    layout: str = ""
    reviews: list[GoldReview] = []

    def cells(self) -> Iterator[tuple[str, Decimal | int | None]]:
        """Every labelled cell: its pointer, and its number or None."""
        for table, rows in self.tables.items():
            for row, columns in rows.items():
                for column, value in columns.items():
                    yield f"/tables/{table}/{row}/{column}", value

    def state(self, pointer: str) -> State | None:
        """Why a cell has no number, ``number`` where it has one; None where that is not labelled."""
        table, row, column = pointer.split("/")[2:]
        if self.tables[table][row][column] is not None:
            return "number"
        return self.states.get(pointer) if self.states is not None else None


# ---- reading and writing -----------------------------------------------------------------------------------------


def read_gold(path: Path) -> Gold:
    """The labels in a gold file, its shape checked and nothing else (``check_gold``, ``check_source``).

    Raises:
        GoldError: it cannot be read, is no JSON, or has not the shape of gold; names the first wrong field.
    """
    try:
        return Gold.model_validate(json.loads(path.read_text("utf-8"), parse_float=Decimal))
    except ValidationError as error:
        first = error.errors()[0]
        where = "/".join(str(part) for part in first["loc"])
        raise GoldError(f"{path}: /{where}: {first['msg']}", f"{path}：/{where}：{first['msg']}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise GoldError(f"{path}: no gold file: {error}", f"{path}：不是标注文件：{error}") from None


def write_gold(gold: Gold, path: Path) -> None:
    """Write labels so that ``read_gold`` gives them back: numbers exact, what is not set left out.

    Raises:
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(gold_text(gold), encoding="utf-8")


def gold_text(gold: Gold) -> str:
    """Labels as a gold file holds them."""
    plain = gold.model_dump(exclude_unset=True)
    written = msgspec.json.format(msgspec.json.Encoder(decimal_format="number").encode(plain), indent=1)
    return written.decode() + "\n"


def load_gold(path: Path, source: Path, forms: Sequence[Form] | None = None) -> Gold:
    """The labels of ``source`` in the gold file ``path``, checked in every way.

    Raises:
        GoldError: a check failed; names each fault.
    """
    gold = read_gold(path)
    faults = [*check_source(gold, source), *check_gold(gold, forms or builtin_forms())]
    if faults:
        listed = "; ".join(faults)
        raise GoldError(f"{path}: {listed}", f"{path}：{listed}")
    return gold


# ---- from a record that people have reviewed ---------------------------------------------------------------------


def gold_of(record: Record, reviews: Sequence[GoldReview]) -> Gold:
    """The labels that a reviewed record is: every value as it stands, with who reviewed it, when, and why.

    The findings that are left are those to expect. Written beside the report's file, whose hash the record knows.
    """
    narrative = record.narrative
    issues = {item.id: at for at, item in enumerate(narrative.issues)}
    return Gold(
        source=record.source.name.rpartition("/")[2],
        sha256=record.source.sha256,
        form=record.form,
        title=record.title,
        organisation=GoldOrganisation(name=record.organisation, accepted=_known(record.organisation)),
        year=record.year,
        period=GoldPeriod(start=record.period.start, end=record.period.end) if record.period else None,
        published=record.published,
        tables=record.tables,
        narrative=GoldNarrative(
            issues=[item.text for item in narrative.issues], improvements=[item.text for item in narrative.improvements]
        ),
        claims=[
            GoldClaim(metrics=[claim.metric], value=claim.value, scope=claim.scope, quote=claim.text)
            for claim in narrative.claims
        ],
        forbidden_claims=[],
        expected_findings=sorted({one.code for one in record.findings if one.severity != "info"}),
        states=_states(record),
        links={
            str(at): [issues[one] for one in item.answers if one in issues]
            for at, item in enumerate(narrative.improvements)
        },
        reviews=list(reviews),
    )


def _known(name: str | None) -> list[str]:
    return [name] if name is not None else []


def _states(record: Record) -> dict[str, State]:
    """Why each cell without a number has none."""
    cells = (
        (f"/tables/{table}/{row}/{column}", value)
        for table, rows in record.tables.items()
        for row, columns in rows.items()
        for column, value in columns.items()
    )
    return {pointer: record.evidence[pointer].state for pointer, value in cells if value is None}


# ---- checks ------------------------------------------------------------------------------------------------------


def check_source(gold: Gold, source: Path) -> list[str]:
    """What is wrong with the report that the labels belong to: it is not there, or it changed since."""
    try:
        found = hashlib.sha256(source.read_bytes()).hexdigest()
    except OSError as error:
        return [f"its source cannot be read: {error}"]
    return [] if found == gold.sha256 else [f"its source {source.name} changed: sha256 {found}, labelled {gold.sha256}"]


def check_gold(gold: Gold, forms: Sequence[Form]) -> list[str]:
    """What is wrong with the labels: keys that the form or the contract does not know, sums that fail unexplained."""
    faults = [*_check_words(gold), *_check_links(gold), *_check_states(gold)]
    form = next((one for one in forms if one.id == gold.form), None)
    if gold.form is not None and form is None:
        return [*faults, f"there is no form {gold.form!r}"]
    if form is None:
        return [*faults, *(["tables without a form"] if gold.tables else [])]
    return [*faults, *_check_tables(gold, form), *_check_identities(gold, form)]


def _check_words(gold: Gold) -> Iterator[str]:
    for code in (*gold.expected_findings, *gold.allowed_findings):
        if code not in catalogue():
            yield f"there is no finding {code!r}"
    for metric in [
        *(one for claim in gold.claims for one in claim.metrics),
        *(c.metric for c in gold.forbidden_claims),
    ]:
        if metric not in metrics():
            yield f"there is no metric {metric!r}"
    for name in gold.unscored:
        if name not in _UNSCORABLE:
            yield f"unscored names {name!r}, one of {sorted(_UNSCORABLE)} was expected"
    if gold.organisation.name is not None and gold.organisation.name not in gold.organisation.accepted:
        yield "the organisation's own name is not among those accepted"
    if gold.period is not None and gold.period.end < gold.period.start:
        yield "the period ends before it starts"


def _check_links(gold: Gold) -> Iterator[str]:
    for improvement, issues in (gold.links or {}).items():
        if not improvement.isdecimal() or int(improvement) >= len(gold.narrative.improvements):
            yield f"links: there is no improvement {improvement}"
        if any(issue not in range(len(gold.narrative.issues)) for issue in issues):
            yield f"links: improvement {improvement} answers {issues}, there are {len(gold.narrative.issues)} issues"


def _check_states(gold: Gold) -> Iterator[str]:
    if gold.states is None:
        return
    empty = {pointer for pointer, value in gold.cells() if value is None}
    for pointer in sorted(empty ^ gold.states.keys()):
        yield f"{pointer}: " + ("no number and no state" if pointer in empty else "a state where a number stands")


def _check_tables(gold: Gold, form: Form) -> Iterator[str]:
    for key, rows in gold.tables.items():
        table = form.table(key)
        if table is None:
            yield f"table {key!r} is no table of the form {form.id}"
            continue
        columns_of = _columns_of(form, key)
        for row, columns in rows.items():
            if not any(columns.keys() <= known for known in columns_of.get(row, ())):
                yield f"/tables/{key}/{row}: no row of the form with the columns {sorted(columns)}"


def _columns_of(form: Form, key: str) -> dict[str, list[set[str]]]:
    """The columns a row may have: its own, or those of the same row in a form whose blocks turn up in this one."""
    found: dict[str, list[set[str]]] = {}
    for one in (form, *kin_of(form)):
        table = one.table(key)
        for row, columns in table.columns_of.items() if table else ():
            found.setdefault(row, []).append({column.key for column in columns})
    return found


def unlabelled(gold: Gold, form: Form) -> list[str]:
    """Tables and rows of the form that the gold says nothing of; a row stands for those that it replaces."""
    found = [f"/tables/{table.key}" for table in form.tables if table.key not in gold.tables]
    for table in form.tables:
        rows = gold.tables.get(table.key, table.rows)
        found += [
            f"/tables/{table.key}/{row}" for row in table.rows if row not in rows and not stands_for(row, table, rows)
        ]
    return found


def stands_for(row: str, table: FormTable, rows: Container[str]) -> bool:
    """Whether another of the ``rows`` stands for this one, or those that it would stand for are there themselves."""
    return table.replaced_by.get(row) in rows or any(item in rows for item in table.rows[row].stands_for)


def _check_identities(gold: Gold, form: Form) -> Iterator[str]:
    """Sums over numbers that fail where no expected finding says so, and expected findings of sums that all hold."""
    known = {*gold.expected_findings, *gold.allowed_findings}
    numbers = {pointer: value for pointer, value in gold.cells() if value is not None}
    failing, unsure = set(), set()
    for equation in _equations(gold, form):
        if not all(cell in numbers for cell in equation.cells):
            unsure.add(equation.code)
        elif equation.difference(numbers):
            failing.add(equation.code)
            if equation.code not in known:
                left, right = (sum(numbers[cell] for cell in side) for side in (equation.left, equation.right))
                yield f"{equation.code} fails along {equation.line} ({left}, not {right}), and no finding is expected"
    codes = {identity.code for identity in form.identities} & set(gold.expected_findings)
    for code in sorted(codes - failing - unsure):
        yield f"{code} is expected, and every sum of its kind holds"


def _equations(gold: Gold, form: Form) -> Iterator[Equation]:
    for table in form.tables:
        rows = gold.tables.get(table.key)
        if rows:
            yield from equations_of(form, table, tuple((row, tuple(columns)) for row, columns in rows.items()))


@lru_cache(maxsize=1)
def gold_schema() -> dict[str, Any]:
    """The JSON Schema of a gold file, made from the types above."""
    return Gold.model_json_schema()
