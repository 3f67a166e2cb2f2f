"""How often reviewers err: what blind audits found against reports they had accepted."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from extractor.review.agreement import not_installed
from extractor.review.people import Person, permit
from extractor.review.second import comparable, handed_in
from extractor.store import Store
from extractor.store.events import events_of
from extractor.store.rounds import Round, rounds
from extractor.store.state import Entry

_CERTAINTY = 0.95


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """One reviewer's audited reports: fields looked at again, and those a lead decided against the reviewer.

    ``low`` and ``high`` bound the true rate with 95% certainty (Wilson). ``pending``: reports with differences that
    nobody has decided; they count nowhere else.
    """

    reviewer: str
    reports: int
    fields: int
    errors: int
    pending: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """Errors a field."""
        return self.errors / self.fields if self.fields else 0.0


def error_rates(store: Store, lead: Person) -> list[ErrorRate]:
    """The error rate of each reviewer who was audited, by name."""
    permit(lead, "measure")
    found: dict[str, list[tuple[int, int] | None]] = {}
    with store.reading() as connection:
        for one in rounds(connection, kind="audit"):
            if one.state != "open" and one.reviewed_by:
                found.setdefault(one.reviewed_by, []).append(_errors(connection, one))
    return [_rate(name, audits) for name, audits in sorted(found.items())]


def _errors(connection: Connection, one: Round) -> tuple[int, int] | None:
    """Fields and errors of one audit; None where its differences are not decided."""
    told = handed_in(connection, one).data
    if one.state == "differs":
        return None
    decided = (
        event.data["values"]
        for event in events_of(connection, one.report)
        if event.kind == "adjudicate" and event.data["round"] == one.round
    )
    values: dict[str, dict[str, object]] = next(decided, {})
    wrong = [path for path in values if _differ(path, values[path], told["differences"][path]["first"])]
    return told["compared"], len(wrong)


def _differ(path: str, one: dict[str, object], other: dict[str, object]) -> bool:
    return comparable(path, Entry.from_plain(one)) != comparable(path, Entry.from_plain(other))


def _rate(name: str, audits: list[tuple[int, int] | None]) -> ErrorRate:
    try:
        from scipy.stats import binomtest  # noqa: PLC0415 (slow to load)
    except ImportError:
        raise not_installed("scipy") from None

    done = [audit for audit in audits if audit is not None]
    fields, errors = sum(one for one, _ in done), sum(other for _, other in done)
    low, high = 0.0, 1.0
    if fields:
        bounds = binomtest(errors, fields).proportion_ci(_CERTAINTY, method="wilson")
        low, high = float(bounds.low), float(bounds.high)
    return ErrorRate(name, len(done), fields, errors, len(audits) - len(done), low, high)
