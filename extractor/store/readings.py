"""What machines read of a report: one reading a version of the program and outcome, none ever replaced."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sqlalchemy import Connection, insert, select

from extractor.errors import NoReportError
from extractor.record import Record, Usage
from extractor.store.contents import get
from extractor.store.packing import DEFLATED, pack_record, unpack, unpack_record
from extractor.store.tables import reading

FAILED = "failed"
BILLION = 10**9
"""Costs are summed in billionths of their currency."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading: a record, or the object that says why there is none. ``at``: microseconds since 1970."""

    id: int
    report: int
    version: str
    engine: str
    at: int
    status: str
    digest: bytes
    record: Record | None
    failure: dict[str, Any] | None
    text_id: int | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who read: the program's version and the engine (``rules``, ``hybrid``, ``model``)."""

    version: str
    engine: str = "rules"


def program_version() -> str:
    """The version that readings are kept under."""
    try:
        return version("extractor")
    except PackageNotFoundError:
        return "source"


def add_reading(connection: Connection, report: int, reader: Reader, record: Record, text_id: int, at: int) -> int:
    """Keep a record; the reading's id."""
    body, evidence, digest = pack_record(record)
    values = {"status": record.status, "digest": digest, "text_id": text_id, **asking_columns(record.usage)}
    return _add(connection, report, reader, at, {**values, "body": body, "evidence": evidence})


def asking_columns(usage: Usage) -> dict[str, Any]:
    """What asking a model cost, as columns that can be summed; nothing where none was asked."""
    if not usage.calls:
        return {}
    told = {"calls": usage.calls, "input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}
    return {**told, "cost": int(Decimal(usage.cost) * BILLION), "currency": usage.currency}


def add_failure(connection: Connection, report: int, reader: Reader, failure: dict[str, Any], at: int) -> int:
    """Keep the object that stands for an input that became no record; the reading's id."""
    said = json.dumps(failure, ensure_ascii=False).encode()
    values = {"status": FAILED, "digest": failure_digest(failure), "text_id": None}
    return _add(connection, report, reader, at, {**values, "body": zlib.compress(said), "evidence": b""})


def failure_digest(failure: dict[str, Any]) -> bytes:
    """What tells two failures apart."""
    return hashlib.sha256(json.dumps(failure["error"], sort_keys=True).encode()).digest()


def reading_of(connection: Connection, reading_id: int) -> Reading:
    """A reading by its id.

    Raises:
        NoReportError: there is none.
    """
    row = connection.execute(select(reading).where(reading.c.id == reading_id)).first()
    if row is None:
        raise NoReportError(f"there is no reading {reading_id}", f"没有编号为 {reading_id} 的识读结果")
    failed = row.status == FAILED
    return Reading(
        row.id,
        row.report_id,
        row.version,
        row.engine,
        row.at,
        row.status,
        row.digest,
        None if failed else unpack_record(row.body, row.evidence),
        json.loads(unpack(DEFLATED, row.body)) if failed else None,
        row.text_id,
    )


def readings_of(connection: Connection, report: int) -> list[tuple[int, Reader, int, str]]:
    """The readings of a report, oldest first: id, who read, when, status."""
    columns = (reading.c.id, reading.c.version, reading.c.engine, reading.c.at, reading.c.status)
    wanted = select(*columns).where(reading.c.report_id == report).order_by(reading.c.id)
    return [(row.id, Reader(row.version, row.engine), row.at, row.status) for row in connection.execute(wanted)]


def newest(connection: Connection, report: int) -> tuple[Reader, bytes] | None:
    """Who made the last reading of a report, and its digest."""
    columns = (reading.c.version, reading.c.engine, reading.c.digest)
    wanted = select(*columns).where(reading.c.report_id == report).order_by(reading.c.id.desc()).limit(1)
    row = connection.execute(wanted).first()
    return (Reader(row.version, row.engine), row.digest) if row else None


def text_of(connection: Connection, found: Reading) -> str:
    """The text that the offsets of a reading's evidence point into; "" where nothing was read."""
    return get(connection, found.text_id).decode("utf-8", "surrogatepass") if found.text_id is not None else ""


def _add(connection: Connection, report: int, reader: Reader, at: int, values: dict[str, Any]) -> int:
    row = {"report_id": report, "version": reader.version, "engine": reader.engine, "at": at, **values}
    key = connection.execute(insert(reading).values(row)).inserted_primary_key
    return int(key[0]) if key else 0
