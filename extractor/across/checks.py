"""What reports of different years say against each other, of all bodies: a list that leads to both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select
from sqlalchemy.orm import aliased

from extractor.across.compared import Wanted, filtered
from extractor.forms.figures import ties
from extractor.review.people import Person, permit
from extractor.store import Store
from extractor.store.bodies import canonical
from extractor.store.figure_tables import figure
from extractor.store.figures import Told, told_of_all
from extractor.store.statements import portions
from extractor.store.tables import body, finding, report

CODES = tuple(dict.fromkeys(tie.code for tie in ties()))
"""The findings that need two reports."""
_name = aliased(body)
_COLUMNS = (figure.c.report_id.label("report"), _name.c.name, figure.c.year, report.c.state)


@dataclass(frozen=True, slots=True)
class Contradicted:
    """A report, one thing that another one says against it, and that other one's number."""

    report: int
    name: str
    year: int
    state: str
    code: str
    message: str
    message_en: str
    other: int


def open_contradictions(
    store: Store, person: Person, wanted: Wanted, code: str | None = None, *, limit: int | None = 50, skip: int = 0
) -> list[Contradicted]:
    """Reports with open findings about other years, the latest year first; ``limit`` counts reports."""
    permit(person, "view")
    with store.reading() as connection:
        ids = filtered(connection, select(figure.c.report_id), wanted).where(_accused(code))
        ids = ids.order_by(figure.c.year.desc(), figure.c.report_id).limit(limit).offset(skip)
        found = list(connection.execute(ids).scalars())
        rows = _whole(connection, found)
        told = _open(connection, found)
    return [
        Contradicted(**row._mapping, **_said(one))
        for row in rows
        for one in told.get(row.report, [])
        if code in (None, one.code)
    ]


def count_contradicted(store: Store, person: Person, wanted: Wanted, code: str | None = None) -> int:
    """How many reports have open findings about other years."""
    permit(person, "view")
    with store.reading() as connection:
        query = filtered(connection, select(func.count()), wanted).where(_accused(code))
        return int(connection.execute(query).scalar_one())


def _whole(connection: Connection, reports: Sequence[int]) -> list[Row[Any]]:
    joined = figure.join(report, report.c.id == figure.c.report_id).join(body, body.c.id == figure.c.body_id)
    wanted = select(*_COLUMNS).select_from(joined.join(_name, _name.c.id == canonical()))
    rows: list[Row[Any]] = []
    for some in portions(reports):
        rows += connection.execute(wanted.where(figure.c.report_id.in_(some)))
    return sorted(rows, key=lambda row: (-row.year, row.report))


def _accused(code: str | None) -> ColumnElement[bool]:
    named = select(finding.c.report_id).where(finding.c.code.in_([code] if code else CODES))
    return figure.c.report_id.in_(named.where(finding.c.settled.is_(False)))


def _said(one: Told) -> dict[str, Any]:
    return {"code": one.code, "message": one.message, "message_en": one.message_en, "other": one.report}


def _open(connection: Connection, reports: Sequence[int]) -> dict[int, list[Told]]:
    """What is told of reports and nobody has answered: their rows of ``finding`` stand in the order of what is told."""
    found: dict[int, list[Told]] = {}
    for some in portions(reports):
        wanted = select(finding.c.report_id, finding.c.settled).where(finding.c.report_id.in_(some))
        wanted = wanted.where(finding.c.code.in_(CODES)).order_by(finding.c.report_id, finding.c.number)
        told = {report_id: iter(one) for report_id, one in told_of_all(connection, some).items()}
        for row in connection.execute(wanted):
            one = next(told.get(row.report_id, iter(())), None)
            if one is not None and not row.settled:
                found.setdefault(row.report_id, []).append(one)
    return found
