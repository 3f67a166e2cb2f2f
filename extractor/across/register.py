"""The register of bodies: which names mean one body, its level and region, as people have settled it.

They are expressions for queries over ``extractor.store.reports.JOINED`` (``report`` with its ``body``)::

    select(canonical(), report.c.year, func.count()).select_from(JOINED).where(counted()).group_by(canonical(), …)
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from extractor.store.bodies import canonical
from extractor.store.register_tables import report_link
from extractor.store.tables import body, report

_OUT = ("failed", "rejected")
"""States of a report that is none of the body's."""


def counted() -> ColumnElement[bool]:
    """Whether a report stands for its body and year: no rejected one, no copy, earlier version or misfiled one.

    A link holds while both of its reports are of one body and year; where ``report`` is joined with ``body``.
    """
    other, its_body = aliased(report), aliased(body)
    holds = (
        select(report_link.c.report_id)
        .join(other, other.c.id == report_link.c.other_id)
        .join(its_body, its_body.c.id == other.c.body_id)
        .where(report_link.c.report_id == report.c.id, report_link.c.kind != "apart")
        .where(other.c.year == report.c.year, func.coalesce(its_body.c.same_as, its_body.c.id) == canonical())
    )
    return and_(report.c.state.not_in(_OUT), ~holds.exists())


def names_of(canonical_id: int) -> Select[tuple[int]]:
    """A query for the ids of every name of a body, its own too: ``report.c.body_id.in_(names_of(one))``."""
    return names_of_all([canonical_id])


def names_of_all(canonical_ids: Iterable[int]) -> Select[tuple[int]]:
    """A query for the ids of every name of some bodies."""
    wanted = list(canonical_ids)
    return select(body.c.id).where(or_(body.c.id.in_(wanted), body.c.same_as.in_(wanted)))
