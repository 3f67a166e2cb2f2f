"""One row a report: what the queue is ordered, filtered and counted by. It follows from the log and can be remade."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, delete, func, insert, select, update

from extractor.errors import NoReportError
from extractor.store.bodies import body_id
from extractor.store.contents import insert_new, put
from extractor.store.statements import portions
from extractor.store.tables import body, field, finding, report, source

_URGENT = 10**9
"""One step of urgency weighs more than any doubt."""


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as the queue counts it; ``settled``: a person has answered it."""

    code: str
    severity: str
    settled: bool = False


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field whose verdict is not ``accepted``."""

    path: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a report's row says. ``doubt``: how many fields are likely wrong, in thousandths."""

    state: str
    reading: int
    version: int
    form: str | None = None
    year: int | None = None
    title: str | None = None
    organisation: str | None = None
    level: str | None = None
    region: str | None = None
    doubt: int = 0
    conflicts: int = 0
    edits: int = 0
    findings: tuple[FindingRow, ...] = ()
    fields: tuple[FieldRow, ...] = ()

    @property
    def errors(self) -> int:
        """Errors nobody has answered."""
        return sum(1 for one in self.findings if one.severity == "error" and not one.settled)

    @property
    def benefit(self) -> int:
        """What looking at the report is expected to mend: errors first, then warnings, then by doubt."""
        is_open = bool(self.fields) or any(not one.settled for one in self.findings)
        return _benefit(self.errors + self.conflicts, is_open=is_open, doubt=self.doubt)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report in the queue. Times in microseconds since 1970."""

    id: int
    name: str
    url: str | None
    format: str
    form: str | None
    year: int | None
    title: str | None
    organisation: str | None
    level: str | None
    region: str | None
    state: str
    benefit: int
    errors: int
    doubts: int
    conflicts: int
    edits: int
    version: int
    reviewer: str | None
    claimed_by: str | None
    claimed_until: int | None
    added_at: int
    changed_at: int
    content_id: int
    reading_id: int | None


def _benefit(errors: int, *, is_open: bool, doubt: int) -> int:
    urgency = 2 if errors else int(is_open)
    return urgency * _URGENT + min(doubt, _URGENT - 1)


COLUMNS = tuple(
    body.c.name.label("organisation") if name == "organisation" else report.c[name]
    for name in ReportRow.__dataclass_fields__
)
JOINED = report.outerjoin(body, report.c.body_id == body.c.id)


def row_of(connection: Connection, report_id: int, *, lock: bool = False) -> ReportRow:
    """A report's row; ``lock`` keeps it for this transaction.

    Raises:
        NoReportError: there is none.
    """
    wanted = select(*COLUMNS).select_from(JOINED).where(report.c.id == report_id)
    found = connection.execute(wanted.with_for_update(of=report) if lock else wanted).first()
    if found is None:
        raise NoReportError(f"there is no report {report_id}", f"没有编号为 {report_id} 的报告")
    return made(found)


def made(found: Row[Any]) -> ReportRow:
    """A row of ``COLUMNS`` with names."""
    return ReportRow(**found._mapping)


def report_with(connection: Connection, data: bytes, name: str, media_type: str, at: int) -> tuple[int, bool]:
    """The id of the report that is these bytes, and whether it is new; its name is noted either way."""
    content_id = put(connection, data)
    wanted = select(report.c.id).where(report.c.content_id == content_id)
    known = connection.execute(wanted).scalar()
    is_new = known is None
    if known is None:
        empty = dict.fromkeys(("benefit", "errors", "doubts", "conflicts", "edits", "version"), 0)
        told = {"content_id": content_id, "name": name, "format": media_type, "state": "open"}
        insert_new(connection, report, {**told, **empty, "added_at": at, "changed_at": at})
        known = connection.execute(wanted).scalar_one()
    insert_new(connection, source, {"report_id": known, "name": name, "seen_at": at})
    return int(known), is_new


def note_names(connection: Connection, told: Collection[tuple[int, str, str | None]], at: int) -> None:
    """Note that the bytes of reports came in under further names: of each the report, the name, and the address."""
    rows = [{"report_id": report_id, "name": name, "url": url, "seen_at": at} for report_id, name, url in told]
    if rows:
        insert_new(connection, source, sorted(rows, key=itemgetter("report_id", "name")))
        tell_address(connection, [one for one in told if one[-1]])


def tell_address(connection: Connection, told: Sequence[tuple[int, str, str | None]]) -> None:
    """Keep where files came from, as somebody says: of each the report, the name it came in under, the address."""
    values = [
        {"row": report_id, "under": name, "where": url} for report_id, name, url in sorted(told, key=itemgetter(0, 1))
    ]
    if values:
        under: BindParameter[str] = bindparam("under")
        where: BindParameter[str | None] = bindparam("where")
        named = update(source).where(source.c.report_id == bindparam("row"), source.c.name == under)
        connection.execute(named.values(url=where), values)
        first = update(report).where(report.c.id == bindparam("row"), (report.c.name == under) | report.c.url.is_(None))
        connection.execute(first.values(url=where), values)


def names_of(connection: Connection, report_id: int) -> list[str]:
    """Every name under which the same bytes came in, the first one first."""
    wanted = select(source.c.name).where(source.c.report_id == report_id).order_by(source.c.seen_at, source.c.name)
    return list(connection.execute(wanted).scalars())


def save_summary(connection: Connection, report_id: int, summary: Summary, who: str | None, at: int) -> None:
    """Write what follows from the log; ``who`` is the person who acted, None for a machine."""
    body_key = body_id(connection, summary.organisation) if summary.organisation else None
    values = summary_values(summary, body_key, at)
    if who is not None:
        values["reviewer"] = who
    connection.execute(update(report).where(report.c.id == report_id).values(values))
    _replace(connection, finding, report_id, _finding_rows(summary.findings))
    _replace(connection, field, report_id, [{"path": one.path, "verdict": one.verdict} for one in summary.fields])


def tell_untouched(
    connection: Connection, told: Mapping[int, Sequence[FindingRow]], codes: Collection[str]
) -> set[int]:
    """Replace findings of ``codes`` by those ``told``, in reports to which nothing ever happened but one reading.

    The rows come out as ``save_summary`` writes them: what is told after reading stands behind what reading told, and
    warns. The reports that were changed; the others are for whoever replays their logs.
    """
    changed: set[int] = set()
    for some in portions(sorted(told)):
        wanted = select(report.c.id, report.c.benefit, report.c.errors, report.c.doubts)
        wanted = wanted.where(report.c.id.in_(some), report.c.version == 1).order_by(report.c.id)
        rows: dict[int, Any] = {row.id: row for row in connection.execute(wanted.with_for_update())}
        last = _last_but(connection, codes, list(rows))
        connection.execute(delete(finding).where(finding.c.report_id.in_(list(rows)), finding.c.code.in_(codes)))
        new = [
            {"report_id": key, **values} for key in rows for values in _finding_rows(told[key], last.get(key, -1) + 1)
        ]
        if new:
            connection.execute(insert(finding), new)
        _rank(connection, [(row, bool(told[key]) or key in last) for key, row in rows.items()])
        changed |= rows.keys()
    return changed


def _last_but(connection: Connection, codes: Collection[str], reports: Sequence[int]) -> dict[int, int]:
    """The number of the last finding of each report that is of no such code."""
    wanted = select(finding.c.report_id, func.max(finding.c.number)).group_by(finding.c.report_id)
    found = connection.execute(wanted.where(finding.c.report_id.in_(reports), finding.c.code.not_in(codes)))
    return {row[0]: row[1] for row in found}


def _rank(connection: Connection, rows: Iterable[tuple[Any, bool]]) -> None:
    """The benefit of reports of which it is told whether they have findings."""
    ranked = [
        {"row": row.id, "now": now}
        for row, has_findings in rows
        for now in [_benefit(row.errors, is_open=has_findings or row.doubts > 0, doubt=row.benefit % _URGENT)]
        if now != row.benefit
    ]
    if ranked:
        ranking = update(report).where(report.c.id == bindparam("row")).values(benefit=bindparam("now"))
        connection.execute(ranking, ranked)


def summary_values(summary: Summary, body_key: int | None, at: int) -> dict[str, Any]:
    """A summary as columns of a report's row; ``body_key``: the id of its organisation."""
    return {
        "state": summary.state,
        "reading_id": summary.reading,
        "version": summary.version,
        "form": summary.form,
        "year": summary.year,
        "title": summary.title,
        "body_id": body_key,
        "level": summary.level,
        "region": summary.region,
        "benefit": summary.benefit,
        "errors": summary.errors,
        "doubts": len(summary.fields),
        "conflicts": summary.conflicts,
        "edits": summary.edits,
        "changed_at": at,
    }


def _finding_rows(findings: Iterable[FindingRow], first: int = 0) -> list[dict[str, Any]]:
    return [
        {"number": number, "code": one.code, "severity": one.severity, "settled": one.settled}
        for number, one in enumerate(findings, first)
    ]


def _replace(connection: Connection, table: Any, report_id: int, rows: list[dict[str, Any]]) -> None:
    """The rows of a report in ``table``; nothing is written where they are the same."""
    names = [column.name for column in table.c if column.name != "report_id"]
    wanted = select(*(table.c[name] for name in names)).where(table.c.report_id == report_id)
    there = {tuple(row) for row in connection.execute(wanted)}
    if there == {tuple(row[name] for name in names) for row in rows}:
        return
    connection.execute(delete(table).where(table.c.report_id == report_id))
    if rows:
        connection.execute(insert(table), [{"report_id": report_id, **row} for row in rows])
