"""How often reviewers err: what blind audits found against reports they had accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from extractor.review.agreement import not_installed
from extractor.review.people import Person, permit
from extractor.review.second import comparable
from extractor.store import Store
from extractor.store.events import FIRST, decoded
from extractor.store.rounds import Round, rounds
from extractor.store.state import Entry
from extractor.store.tables import event, review_round

_CERTAINTY = 0.95
_HANDED_IN, _DECIDED = "accept", "adjudicate"


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


@dataclass(frozen=True, slots=True)
class Escape:
    """A wrong value that was accepted and that an audit found. ``sure``: the machine had read it so, without doubt."""

    report: int
    path: str
    reviewer: str
    accepted: Entry
    decided: Entry
    at: int
    sure: bool


@dataclass(frozen=True, slots=True)
class _Audit:
    """One audit that was handed in: how many fields were compared, and what a lead decided of the differences."""

    round: Round
    compared: int
    decided: dict[str, dict[str, Any]]
    at: int


def error_rates(store: Store, lead: Person) -> list[ErrorRate]:
    """The error rate of each reviewer who was audited, by name."""
    permit(lead, "measure")
    sums: dict[str, Counter[str]] = {}
    with store.reading() as connection:
        for audit in _audits(connection):
            tally = sums.setdefault(audit.round.reviewed_by or "", Counter())
            if audit.round.state == "differs":
                tally["pending"] += 1
            else:
                tally.update(reports=1, fields=audit.compared, errors=len(_wrong(audit)))
    return [_rate(name, tally) for name, tally in sorted(sums.items()) if name]


def escapes(store: Store, lead: Person) -> list[Escape]:
    """Every wrong value that was accepted and that an audit found, the newest first."""
    permit(lead, "measure")
    with store.reading() as connection:
        found = [one for audit in _audits(connection) for one in _escapes(audit)]
    return sorted(found, key=lambda one: (-one.at, one.report, one.path))


def _escapes(audit: _Audit) -> Iterator[Escape]:
    for path in _wrong(audit):
        told = audit.decided[path]
        accepted, decided = Entry.from_plain(told["old"]), Entry.from_plain(told)
        machine = Entry.from_plain(told.get("machine", told))
        sure = bool(told.get("sure")) and comparable(path, machine) == comparable(path, accepted)
        yield Escape(audit.round.report, path, audit.round.reviewed_by or "", accepted, decided, audit.at, sure)


def _wrong(audit: _Audit) -> list[str]:
    """The fields that a lead decided against the first reviewer."""
    return [path for path, told in audit.decided.items() if _differ(path, told, told["old"])]


def _differ(path: str, one: dict[str, Any], other: dict[str, Any]) -> bool:
    return comparable(path, Entry.from_plain(one)) != comparable(path, Entry.from_plain(other))


def _audits(connection: Connection) -> list[_Audit]:
    """Every audit that was handed in, from the log alone."""
    compared = {
        (row.report_id, row.round): decoded(row.data)["compared"]
        for row in connection.execute(_events(_HANDED_IN, event.c.round == review_round.c.round))
    }
    decided = {}
    for row in connection.execute(_events(_DECIDED, event.c.round == FIRST)):
        told = decoded(row.data)
        decided[row.report_id, told["round"]] = (told["values"], row.at)
    handed_in = [one for one in rounds(connection, kind="audit") if (one.report, one.round) in compared]
    return [_audit(one, compared[one.report, one.round], decided) for one in handed_in if one.state != "open"]


def _audit(one: Round, compared: int, decided: dict[tuple[int, int], tuple[dict[str, Any], int]]) -> _Audit:
    values, at = decided.get((one.report, one.round), ({}, one.done_at or one.drawn_at))
    return _Audit(one, compared, values, at)


def _events(kind: str, of: Any) -> Any:
    """The events of a kind in reports that were audited."""
    joined = review_round.join(event, (event.c.report_id == review_round.c.report_id) & of)
    columns = (event.c.report_id, event.c.round, event.c.at, event.c.data)
    return select(*columns).select_from(joined).where(review_round.c.kind == "audit", event.c.kind == kind)


def _rate(name: str, tally: Counter[str]) -> ErrorRate:
    try:
        from scipy.stats import binomtest  # noqa: PLC0415 (slow to load)
    except ImportError:
        raise not_installed("scipy") from None

    low, high = 0.0, 1.0
    if tally["fields"]:
        bounds = binomtest(tally["errors"], tally["fields"]).proportion_ci(_CERTAINTY, method="wilson")
        low, high = float(bounds.low), float(bounds.high)
    return ErrorRate(name, tally["reports"], tally["fields"], tally["errors"], tally["pending"], low, high)
