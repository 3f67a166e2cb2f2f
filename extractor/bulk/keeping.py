"""Many readings into the store in one transaction, as ``extractor.review.intake`` takes in one.

A report that is there already goes through the very steps of ``review.intake``, since people may have worked on it. A
new one, of which nobody has seen anything, is rows only, written many at a time.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from extractor.bulk.reading import Packed, Prepared
from extractor.forms import Form
from extractor.record import Usage
from extractor.review.intake import Arrival, take_in_on
from extractor.store.bodies import body_ids
from extractor.store.contents import insert_new
from extractor.store.events import FIRST, Event, append_all
from extractor.store.figures import keep_new
from extractor.store.packing import unpack, unpack_record
from extractor.store.readings import Reader, asking_columns
from extractor.store.reports import summary_values, tell_address
from extractor.store.statements import portions
from extractor.store.tables import content, field, finding, reading, report, source

_ASKING = tuple(asking_columns(Usage(calls=1)))
"""Columns that only a reading has for which a model was asked."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The report and the reading that a prepared one became."""

    report: int
    reading: int | None


def keep(
    connection: Connection, prepared: Sequence[Prepared], reader: Reader, now: int, forms: Sequence[Form] = ()
) -> list[Kept]:
    """Keep files and readings, and put the reports into the queue; ``now`` in microseconds since 1970.

    No two of ``prepared`` may have the same bytes.
    """
    known = _reports(connection, prepared)
    old = [one for one in prepared if one.file.sha256 in known]
    new = [one for one in prepared if one.file.sha256 not in known]
    kept = _keep_new(connection, new, reader, now) if new else {}
    late = [one for one in new if one.file.sha256 not in kept]  # somebody else was quicker
    for one in (*old, *late):
        taken = take_in_on(connection, _arrival(one), reader, now, forms)
        kept[one.file.sha256] = Kept(taken.report, _newest(connection, taken.report))
        tell_address(connection, [(taken.report, one.name, one.url)] if one.url else [])
    return [kept[one.file.sha256] for one in prepared]


def _keep_new(connection: Connection, new: Sequence[Prepared], reader: Reader, now: int) -> dict[bytes, Kept]:
    """Rows of reports that are not there yet, by the hash of their bytes; others may have been quicker with some."""
    contents = put_packed([packed for one in new for packed in (one.file, one.text) if packed is not None], connection)
    bodies = body_ids(connection, (one.summary.organisation for one in new if one.summary.organisation))
    made = _insert_reports(connection, new, contents, bodies, now)
    ours = [one for one in new if one.file.sha256 in made]
    readings = _insert_readings(connection, ours, [made[one.file.sha256] for one in ours], contents, reader, now)
    kept = [(one, made[one.file.sha256], key) for one, key in zip(ours, readings, strict=True)]
    if kept:
        _point(connection, kept)
        _log(connection, kept, reader, now)
        _list_doubts(connection, kept)
        keep_new(connection, {key: one.figures for one, key, _ in kept if one.figures is not None})
    return {one.file.sha256: Kept(key, seen) for one, key, seen in kept}


def put_packed(packed: Iterable[Packed], connection: Connection) -> dict[bytes, int]:
    """The ids of contents, those kept that are not there yet."""
    by_hash = {one.sha256: one for one in packed}
    known = _ids(connection, content, content.c.sha256, by_hash)
    new = [by_hash[key] for key in sorted(by_hash.keys() - known.keys())]
    if new:
        rows = [{"sha256": one.sha256, "codec": one.codec, "size": one.size, "data": one.data} for one in new]
        insert_new(connection, content, rows)
        known |= _ids(connection, content, content.c.sha256, [one.sha256 for one in new])
    return known


def _insert_reports(
    connection: Connection,
    new: Sequence[Prepared],
    contents: Mapping[bytes, int],
    bodies: Mapping[str, int],
    now: int,
) -> dict[bytes, int]:
    """The ids of the reports that are this transaction's."""
    rows = []
    for one in sorted(new, key=lambda one: contents[one.file.sha256]):
        body = bodies[one.summary.organisation] if one.summary.organisation else None
        told = {"content_id": contents[one.file.sha256], "name": one.name, "url": one.url, "format": one.media_type}
        rows.append({**summary_values(one.summary, body, now), **told, "reading_id": None, "added_at": now})
    insert_new(connection, report, rows)
    hashes = {contents[one.file.sha256]: one.file.sha256 for one in new}
    wanted = select(report.c.content_id, report.c.id, report.c.reading_id)
    portioned = (wanted.where(report.c.content_id.in_(some)) for some in portions(list(hashes)))
    found = [row for asked in portioned for row in connection.execute(asked)]
    names = {one.file.sha256: one for one in new}
    made = {hashes[row.content_id]: int(row.id) for row in found if row.reading_id is None}
    seen = [
        {"report_id": key, "name": names[sha].name, "url": names[sha].url, "seen_at": now} for sha, key in made.items()
    ]
    if seen:
        insert_new(connection, source, sorted(seen, key=lambda row: row["report_id"]))
    return made


def _insert_readings(
    connection: Connection,
    ours: Sequence[Prepared],
    reports: Sequence[int],
    contents: Mapping[bytes, int],
    reader: Reader,
    now: int,
) -> list[int]:
    rows = [
        {
            "report_id": key,
            "version": reader.version,
            "engine": reader.engine,
            "at": now,
            "status": one.status,
            "digest": one.digest,
            "text_id": contents[one.text.sha256] if one.text else None,
            "body": one.body,
            "evidence": one.evidence,
            **dict.fromkeys(_ASKING),
            **asking_columns(one.usage),
        }
        for one, key in zip(ours, reports, strict=True)
    ]
    if not rows:
        return []
    made = connection.execute(insert(reading).returning(reading.c.id, sort_by_parameter_order=True), rows)
    return [int(key) for key in made.scalars()]


def _point(connection: Connection, kept: Sequence[tuple[Prepared, int, int]]) -> None:
    """Each report to its reading."""
    pointing = update(report).where(report.c.id == bindparam("row")).values(reading_id=bindparam("seen"))
    connection.execute(pointing, [{"row": key, "seen": seen} for _, key, seen in kept])


def _log(connection: Connection, kept: Sequence[tuple[Prepared, int, int]], reader: Reader, now: int) -> None:
    who = f"extractor {reader.version} {reader.engine}"
    told = {"version": reader.version, "engine": reader.engine}
    events = [Event(key, FIRST, 1, now, who, "read", None, {"reading": seen, **told}) for _, key, seen in kept]
    append_all(connection, events)


def _list_doubts(connection: Connection, kept: Sequence[tuple[Prepared, int, int]]) -> None:
    """Findings, and fields under review."""
    findings = [
        {"report_id": key, "number": number, "code": row.code, "severity": row.severity, "settled": row.settled}
        for one, key, _ in kept
        for number, row in enumerate(one.summary.findings)
    ]
    fields = [
        {"report_id": key, "path": row.path, "verdict": row.verdict}
        for one, key, _ in kept
        for row in one.summary.fields
    ]
    for table, rows in ((finding, findings), (field, fields)):
        if rows:
            connection.execute(insert(table), rows)


def _reports(connection: Connection, prepared: Sequence[Prepared]) -> dict[bytes, int]:
    """Which contents are reports already."""
    found: dict[bytes, int] = {}
    for some in portions([one.file.sha256 for one in prepared]):
        joined = select(content.c.sha256, report.c.id).join(report, report.c.content_id == content.c.id)
        found |= {bytes(row[0]): row[1] for row in connection.execute(joined.where(content.c.sha256.in_(some)))}
    return found


def _ids(connection: Connection, table: Any, column: Any, values: Iterable[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for some in portions(list(values)):
        wanted = select(column, table.c.id).where(column.in_(some))
        found |= {bytes(row[0]): row[1] for row in connection.execute(wanted)}
    return found


def _newest(connection: Connection, key: int) -> int | None:
    return connection.execute(
        select(reading.c.id).where(reading.c.report_id == key).order_by(reading.c.id.desc()).limit(1)
    ).scalar()


def _arrival(one: Prepared) -> Arrival:
    data = unpack(one.file.codec, one.file.data)
    if one.text is None:
        return Arrival(one.name, data, one.media_type, failure=json.loads(zlib.decompress(one.body)))
    text = unpack(one.text.codec, one.text.data).decode("utf-8", "surrogatepass")
    return Arrival(one.name, data, one.media_type, unpack_record(one.body, one.evidence), text)
