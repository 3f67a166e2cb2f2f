"""The types of answers: anchors in the form's order, checked so that a message tells the model what to mend.

Every key is required, absent values are null, further keys are refused. Numbers may come as words (``"12"``,
``"[ab12:12]"``): what they mean is plain, so they are mended here and not asked for again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any

from instructor import ResponseSchema
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model, model_validator

from extractor.draft import Question
from extractor.forms import Block, FormTable
from extractor.metrics import metrics
from extractor.metrics.placeholders import Slotted, faults_of

FEWEST_SENTENCES, MOST_SENTENCES = 3, 5
_WRITTEN_ANCHOR = re.compile(r"\s*\[?(?:[0-9a-f]+:)?[a-z]?(\d{1,6})\]?\s*")
ROLE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?:([LON]|[IM]\d{1,3})")
"""Clauses ``a-b`` have one role: lead-in, other, nothing, issue N or measure N."""


def _anchor(value: object) -> object:
    match = _WRITTEN_ANCHOR.fullmatch(value) if isinstance(value, str) else None
    return int(match[1]) if match else value


Anchor = Annotated[int | None, BeforeValidator(_anchor)]
"""The number of an anchor, or null."""


class Strict(ResponseSchema):
    """An answer: no further keys. As one of instructor's own types it is not made into one at each call."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        """As pydantic writes it, which takes long, and instructor wants it at each call."""
        return deepcopy(_json_schema(cls)) if not args and not options else super().model_json_schema(*args, **options)


@lru_cache(maxsize=512)
def _json_schema(answer: type[Strict]) -> dict[str, Any]:
    return super(Strict, answer).model_json_schema()


_TELLING = ("table", "anchors", "width", "issues", "improvements", "topics", "placeholders")
"""What a type is made from, of a question's content; the text itself is not part of it."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What types are made from: equal for questions whose answers are of one type."""

    kind: str
    table: str
    told: str
    question: Question = field(compare=False)


def answer_type(question: Question) -> type[BaseModel]:
    """The type of answers to a question, made from its content and its form; the same one for all of one shape.

    Raises:
        KeyError: no such kind of question.
    """
    told = {name: question.content[name] for name in _TELLING if name in question.content}
    table = _table_of(question).model_dump_json() if question.kind in _ABOUT_TABLES else ""
    return _made(_Shape(question.kind, table, json.dumps(told, sort_keys=True), question))


@lru_cache(maxsize=512)
def _made(shape: _Shape) -> type[BaseModel]:
    return _MAKERS[shape.kind](shape.question)


def _numbers_known(values: Sequence[int | None], most: int, what: str) -> None:
    wrong = [value for value in values if value is not None and not 1 <= value <= most]
    if wrong:
        raise ValueError(f"{what}: {wrong[0]} is no anchor; there are 1 to {most}")


def _ascending(values: Sequence[int | None], what: str) -> None:
    told = [value for value in values if value is not None]
    for before, after in pairwise(told):
        if before == after or told.count(after) > 1:
            raise ValueError(f"{what}: {after} is named twice; each anchor can stand in one place only")
        if after < before:
            raise ValueError(
                f"{what}: {after} stands after {before}; anchors follow the form's order, null where absent"
            )


def _as_long(values: Sequence[object], due: int, what: str) -> None:
    if len(values) != due:
        raise ValueError(
            f"{what}: {len(values)} entries for {due}; give one for each, in the form's order, null if absent"
        )


# ---- tables ------------------------------------------------------------------------------------------------------
def _table_of(question: Question) -> FormTable:
    table = question.form.table(question.content["table"]) if question.form else None
    if table is None:
        raise KeyError(question.content["table"])
    return table


def _grid(question: Question) -> type[BaseModel]:
    """Which row and which column of the source is which of the form."""
    block, most, width = _table_of(question).blocks[0], question.content["anchors"], question.content["width"]

    def rows(values: list[int | None]) -> list[int | None]:
        _as_long(values, len(block.rows), "rows")
        _numbers_known(values, most, "rows")
        _ascending(_in_turn(block, values), "rows")
        return values

    def columns(values: list[int | None]) -> list[int | None]:
        _as_long(values, len(block.columns), "columns")
        _numbers_known(values, width, "columns")
        _ascending(values, "columns")
        return values

    return create_model(
        "TableGrid",
        __base__=Strict,
        rows=(Annotated[list[Anchor], AfterValidator(rows)], ...),
        columns=(Annotated[list[Anchor], AfterValidator(columns)], ...),
    )


def _in_turn(block: Block, values: Sequence[int | None]) -> list[int | None]:
    """The anchors in the form's order; a row that stands for others may stand before or behind them."""
    standing = {at for at, row in enumerate(block.rows) if row.stands_for}
    return [value for at, value in enumerate(values) if at not in standing]


Cells = list[list[Anchor] | None]


def _cells(question: Question) -> type[BaseModel]:
    """The anchors of a table's values, row by row."""
    most = question.content["anchors"]
    fields: dict[str, Any] = {
        f"b{number}": (Annotated[Cells, AfterValidator(_block_check(f"b{number}", block, most))], ...)
        for number, block in enumerate(_table_of(question).blocks, 1)
    }
    return create_model("TableCells", __base__=_OnceEach, **fields)


class _OnceEach(Strict):
    @model_validator(mode="after")
    def _once(self) -> _OnceEach:
        """No place holds two values of the record."""
        named: set[int] = set()
        for name in type(self).model_fields:
            for value in (value for row in getattr(self, name) for value in row or () if value is not None):
                if value in named:
                    raise ValueError(f"{name}: {value} is named twice; each anchor can stand in one place only")
                named.add(value)
        return self


def _block_check(name: str, block: Block, most: int) -> Callable[[Cells], Cells]:
    def check(rows: Cells) -> Cells:
        _as_long(rows, len(block.rows), name)
        for row, values in zip(block.rows, rows, strict=True):
            if values is not None:
                what = f"{name}, row {row.key}"
                _as_long(values, len(block.columns), what)
                _numbers_known(values, most, what)
                _ascending(values, what)
        first = [next((v for v in values or () if v is not None), None) for values in rows]
        _ascending(_in_turn(block, first), f"{name}, first values of rows")
        return rows

    return check


# ---- narrative ---------------------------------------------------------------------------------------------------
def _clauses(question: Question) -> type[BaseModel]:
    """A role for every clause, and the issues that each improvement answers."""
    most = question.content["anchors"]

    class Clauses(Strict):
        roles: list[str]
        answers: list[list[int]]

        @model_validator(mode="after")
        def _check(self) -> Clauses:
            found = roles_of(self.roles)
            _every_clause(found, most)
            items = _items_in_order(found, most)
            _as_long(self.answers, items["M"], "answers (one list for each improvement)")
            for number, named in enumerate(self.answers, 1):
                _numbers_known(named, items["I"], f"answers of M{number}")
            return self

    return Clauses


def roles_of(roles: Sequence[str]) -> dict[int, str]:
    """Clause number → role.

    Raises:
        ValueError: an entry is no role, or a clause has two.
    """
    found: dict[int, str] = {}
    for entry in roles:
        match = ROLE.fullmatch("".join(entry.split()))
        if match is None:
            raise ValueError(f"roles: “{entry[:30]}” is no role; write like 3-5:I1, 6:L (L, O, N, I1…, M1…)")
        for clause in range(int(match[1]), min(int(match[2] or match[1]), int(match[1]) + 10_000) + 1):
            if clause in found:
                raise ValueError(f"roles: clause {clause} has two roles, {found[clause]} and {match[3]}")
            found[clause] = match[3]
    return found


def _every_clause(found: Mapping[int, str], most: int) -> None:
    lost = [clause for clause in range(1, most + 1) if clause not in found]
    if lost:
        raise ValueError(f"roles: clauses {', '.join(map(str, lost[:20]))} have no role; every clause needs one")
    _numbers_known(list(found), most, "roles")


def _items_in_order(found: Mapping[int, str], most: int) -> dict[str, int]:
    """How many issues and improvements there are; each stands together, and they count on from 1."""
    counts = {"I": 0, "M": 0}
    before = ""
    for clause in range(1, most + 1):
        role = found[clause]
        if role[0] in counts and role != before:
            counts[role[0]] += 1
            if int(role[1:]) != counts[role[0]]:
                due = f"{role[0]}{counts[role[0]]}"
                raise ValueError(f"roles: clause {clause} is {role}, {due} is due; an item's clauses stand together")
        before = role if role != "N" else before
    return counts


def _links(question: Question) -> type[BaseModel]:
    """The issues that each improvement answers."""
    issues, improvements = question.content["issues"], question.content["improvements"]

    def check(values: list[list[int]]) -> list[list[int]]:
        _as_long(values, improvements, "answers")
        for named in values:
            _numbers_known(named, issues, "answers")
        return values

    return create_model("Links", __base__=Strict, answers=(Annotated[list[list[int]], AfterValidator(check)], ...))


def _claims(question: Question) -> type[BaseModel]:
    """What the figures of the text count."""
    most, known = question.content["anchors"], sorted(metrics())

    class OneClaim(Strict):
        anchor: Annotated[int, BeforeValidator(_anchor)]
        metric: Annotated[str, Field(json_schema_extra={"enum": known})]
        year: int | None
        scope: Annotated[str, Field(json_schema_extra={"enum": ["own", "wider"]})]

        @model_validator(mode="after")
        def _check(self) -> OneClaim:
            _numbers_known([self.anchor], most, "claims")
            if self.metric not in known:
                raise ValueError(f"metric: “{self.metric}” is none of {', '.join(known)}")
            if self.scope not in ("own", "wider"):
                raise ValueError(f"scope: “{self.scope}” is neither own nor wider")
            return self

    return create_model("Claims", __base__=Strict, claims=(list[OneClaim], ...))


def _identity(question: Question) -> type[BaseModel]:
    """The first and the last character run of the body's name."""
    most = question.content["anchors"]

    class BodyNamed(Strict):
        first: Anchor
        last: Anchor

        @model_validator(mode="after")
        def _check(self) -> BodyNamed:
            _numbers_known([self.first, self.last], most, "first, last")
            if (self.first is None) is not (self.last is None):
                raise ValueError("first and last: give both, or null for both where the report names no body")
            if self.first is not None and self.last is not None and not self.first <= self.last <= self.first + 6:
                raise ValueError("last must be first, or one of the few runs after it: the name stands in one place")
            return self

    return BodyNamed


def _year(question: Question) -> type[BaseModel]:
    """The numeral that states the reporting year."""
    most = question.content["anchors"]

    def check(value: int | None) -> int | None:
        _numbers_known([value], most, "anchor")
        return value

    return create_model("YearStated", __base__=Strict, anchor=(Annotated[Anchor, AfterValidator(check)], ...))


def _topics(question: Question) -> type[BaseModel]:
    """A topic for each passage of the overview."""
    most, known = question.content["anchors"], list(question.content["topics"])

    def check(values: list[str]) -> list[str]:
        _as_long(values, most, "topics")
        wrong = [value for value in values if value not in known]
        if wrong:
            raise ValueError(f"topics: “{wrong[0]}” is none of {', '.join(known)}")
        return values

    topic = Annotated[str, Field(json_schema_extra={"enum": known})]
    return create_model("Topics", __base__=Strict, topics=(Annotated[list[topic], AfterValidator(check)], ...))


def _summary(question: Question) -> type[BaseModel]:
    """Three to five sentences with placeholders; no figure, date or body of its own."""
    slots = slots_in(question)

    def check(values: list[str]) -> list[str]:
        if not FEWEST_SENTENCES <= len(values) <= MOST_SENTENCES:
            raise ValueError(f"sentences: {len(values)}; write {FEWEST_SENTENCES} to {MOST_SENTENCES}")
        faults = faults_of(values, slots)
        if faults:
            raise ValueError("; ".join(fault.message for fault in faults[:6]))
        return values

    return create_model(
        "SummarySentences", __base__=Strict, sentences=(Annotated[list[str], AfterValidator(check)], ...)
    )


def slots_in(question: Question) -> dict[str, Slotted]:
    """The placeholders of a question on the summary, without what fills them."""
    known = question.content["placeholders"]
    return {
        name: Slotted("", one["cues"], one["unless"], one["scope"], "", one["figure"]) for name, one in known.items()
    }


_MAKERS: Mapping[str, Callable[[Question], type[BaseModel]]] = {
    "table_grid": _grid,
    "table_cells": _cells,
    "clauses": _clauses,
    "links": _links,
    "claims": _claims,
    "identity": _identity,
    "year": _year,
    "topics": _topics,
    "summary": _summary,
}
_ABOUT_TABLES = ("table_grid", "table_cells")
KINDS = tuple(_MAKERS)
"""Every kind of question; each has a prompt of its name."""
