"""The record: what one report becomes, on every way out of the project (docs/record.md).

Values stay plain; belief stands beside them in ``evidence`` (JSON Pointer → where and how it was read) and
``findings``. Numbers are ``int`` or ``Decimal`` and are written as JSON numbers without passing through a float.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field, TypeAdapter, ValidationError, WithJsonSchema

from extractor.errors import ExtractorError, RecordError

SCHEMA_VERSION = 1

Number = Annotated[
    Annotated[int, Field(strict=True)] | Annotated[Decimal, Field(strict=True)],
    Field(union_mode="left_to_right"),
    WithJsonSchema({"type": "number"}),
]
State = Literal["number", "blank", "not_applicable", "text", "missing", "unreadable"]
Method = Literal["rule", "ocr", "model", "reviewer"]
Verdict = Literal["accepted", "review", "rejected"]
Severity = Literal["error", "warning", "info"]
Cause = Literal["source", "extraction", "unknown"]
Status = Literal["accepted", "needs_review", "failed"]
Level = Literal["state", "province", "city", "county", "township", "department", "other"]
Tables = dict[str, dict[str, dict[str, Number | None]]]


@dataclass(slots=True)
class Source:
    """The file a record was read from; ``pages`` counts the pages of a paged format."""

    name: str
    sha256: str
    media_type: str
    pages: int | None = None
    url: str | None = None


@dataclass(slots=True)
class Body:
    """The reporting body's level, and the region it stands in as far as name and text state it."""

    level: Level | None = None
    region: str | None = None


@dataclass(slots=True)
class Period:
    """First and last day reported on."""

    start: date
    end: date


@dataclass(slots=True)
class Passage:
    """A stretch of ``document.text``; ``text`` is ``document.text[start:end]``."""

    id: str
    text: str
    start: int
    end: int


@dataclass(slots=True)
class Topic(Passage):
    """A part of the overview: ``topic`` is the form's key for it, ``heading`` the report's own words or ""."""

    topic: str = "other"
    heading: str = ""


@dataclass(slots=True)
class Improvement(Passage):
    """One measure; ``answers`` holds the ids of the issues it answers, where that is stated or plain."""

    answers: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Claim(Passage):
    """A figure stated in the narrative; ``scope`` is ``wider`` where it covers more than the body itself."""

    metric: str = ""
    value: Number = 0
    unit: str | None = None
    scope: Literal["own", "wider"] = "own"


@dataclass(slots=True)
class Summary:
    """A summary, cut from the report or written by a model."""

    text: str
    method: Literal["extractive", "model"]


@dataclass(slots=True)
class Narrative:
    """The running text, taken apart; every list is in the order of the report."""

    overview: list[Topic] = field(default_factory=list)
    issues: list[Passage] = field(default_factory=list)
    improvements: list[Improvement] = field(default_factory=list)
    other_matters: list[Passage] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    summary: Summary = field(default_factory=lambda: Summary("", "extractive"))

    def passages(self) -> Iterator[tuple[str, Passage]]:
        """JSON Pointer and passage of all that is taken from the text word for word, claims left out."""
        lists: dict[str, Sequence[Passage]] = {
            "overview": self.overview,
            "issues": self.issues,
            "improvements": self.improvements,
            "other_matters": self.other_matters,
        }
        for name, passages in lists.items():
            for passage in passages:
                yield f"/narrative/{name}/{passage.id}", passage

    def pointers_at(self, offset: int) -> list[str]:
        """JSON Pointers of the passages that hold an offset into the text."""
        return [pointer for pointer, passage in self.passages() if passage.start <= offset < passage.end]


@dataclass(slots=True)
class Place:
    """Where a value stands: offsets into the text; table, row and column (from 0); page (from 1) and box (points)."""

    start: int | None = None
    end: int | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    page: int | None = None
    bbox: tuple[float, float, float, float] | None = None


@dataclass(slots=True)
class Evidence:
    """How one value was read: ``raw`` is ``document.text[source.start:source.end]`` wherever offsets stand."""

    raw: str | None = None
    state: State = "number"
    source: Place = field(default_factory=Place)
    note: str | None = None
    method: Method = "rule"
    verdict: Verdict = "accepted"
    reasons: list[str] = field(default_factory=list)
    confidence: float = 1.0


@dataclass(slots=True)
class Finding:
    """Something a reader of the record must know; ``message`` in Chinese, ``message_en`` in English."""

    code: str
    severity: Severity
    cause: Cause
    paths: list[str]
    message: str
    message_en: str
    repair: dict[str, Number] | None = None


@dataclass(slots=True)
class Usage:
    """What asking models cost; ``cost`` is an exact decimal in ``currency``."""

    calls: int = 0
    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    cost: str = "0"
    currency: str = "USD"


@dataclass(slots=True)
class Record:
    """One report as data. Absent values are None; why they are stands in ``evidence`` and ``findings``."""

    source: Source
    form: str | None = None
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
    status: Status = "needs_review"
    usage: Usage = field(default_factory=Usage)
    schema_version: int = SCHEMA_VERSION

    def to_json(self) -> str:
        """One line of JSON, numbers exact."""
        return _encoder().encode(self).decode()

    def to_dict(self) -> dict[str, Any]:
        """The record as plain dicts and lists; fractions are ``Decimal``."""
        plain: dict[str, Any] = json.loads(self.to_json(), parse_float=Decimal)
        return plain

    @classmethod
    def from_json(cls, line: str | bytes) -> Record:
        """The record written by ``to_json``.

        Raises:
            RecordError: ``line`` is no JSON or has not the shape of a record; names the first wrong field.
        """
        try:
            plain = json.loads(line, parse_float=Decimal)
            return _adapter().validate_python(plain)
        except ValidationError as error:
            first = error.errors()[0]
            where = "/".join(str(part) for part in first["loc"])
            raise RecordError(f"no record: /{where}: {first['msg']}", f"不是记录：/{where}：{first['msg']}") from None
        except (ValueError, RecursionError) as error:
            raise RecordError(f"no record: not JSON ({error})", f"不是记录：不是 JSON（{error}）") from None


@dataclass(slots=True)
class Failure:
    """Why an input did not become a record: a code for programs, a sentence in Chinese and in English."""

    code: str
    message: str
    message_en: str


@dataclass(slots=True)
class FailedRecord:
    """The object that stands for an input that did not become a record."""

    source: Source
    error: Failure
    status: Literal["failed"] = "failed"


def failed_record(source: Source, error: ExtractorError) -> dict[str, Any]:
    """The object that stands for an input that did not become a record, as plain dicts."""
    plain: dict[str, Any] = msgspec.to_builtins(FailedRecord(source, Failure(error.code, error.zh, error.en)))
    return plain


def json_schema() -> dict[str, Any]:
    """The JSON Schema of every object that comes out, made from the types above: a record or a failed one."""
    return TypeAdapter(Record | FailedRecord).json_schema(mode="serialization")


@lru_cache(maxsize=1)
def _encoder() -> msgspec.json.Encoder:
    return msgspec.json.Encoder(decimal_format="number")


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Record]:
    return TypeAdapter(Record)
