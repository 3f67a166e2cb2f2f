"""Accepted reviews become gold: what a person has settled, with who, when and why.

A report is held back while anything about it is undecided: a second review that is not handed in, a difference that no
lead has decided, or labels that contradict themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from extractor.errors import OutputError
from extractor.forms import builtin_forms
from extractor.gold import Gold, GoldReview, check_gold, gold_of, gold_text
from extractor.output import unwritable, whole
from extractor.review.opening import Opened, open_report, original
from extractor.review.people import Person, permit
from extractor.store import Store
from extractor.store.queue import Filter, identifiers
from extractor.store.rounds import rounds

LABEL = "record.json"
_SUFFIX = re.compile(r"\A\.[a-z0-9]{1,8}\Z")
_DECIDED = ("agrees", "settled")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An accepted report: its labels and its file, or why it is held back."""

    report: int
    name: str
    gold: Gold | None = None
    data: bytes = b""
    why_not: str = ""

    @property
    def case(self) -> str:
        """The name of the case that it becomes."""
        return f"review_{self.gold.sha256[:12]}" if self.gold else ""


def candidates(store: Store, person: Person, reports: Sequence[int] = ()) -> Iterator[Candidate]:
    """Every accepted report, or those named, the oldest first.

    Raises:
        NoReportError: there is no such report.
        NotPermittedError: the person may not export.
    """
    permit(person, "export")
    with store.reading() as connection:
        wanted = list(reports) or identifiers(connection, Filter(state="accepted"))
        undecided = {one.report: one.state for one in rounds(connection) if one.state not in _DECIDED}
    for report in wanted:
        found = open_report(store, person, report)
        why_not = _why_not(found, undecided.get(report))
        yield Candidate(report, found.row.name, why_not=why_not) if why_not else _made(store, person, found)


def files_of(one: Candidate) -> dict[str, bytes]:
    """The files of the case that a candidate becomes, by name: source, labels, and a note on who reviewed it."""
    if one.gold is None:
        return {}
    suffix = Path(one.name).suffix.lower()
    source = f"source{suffix if _SUFFIX.match(suffix) else '.txt'}"
    gold = one.gold.model_copy(update={"source": source})
    lines = [f"- {review.at:%Y-%m-%d %H:%M} {review.by}: {review.note or 'accepted'}" for review in gold.reviews]
    note = "Labels: a reviewed record.\n\n" + "\n".join(lines) + "\n"
    return {source: one.data, LABEL: gold_text(gold).encode(), "note.md": note.encode()}


def write_case(one: Candidate, folder: Path) -> Path:
    """Write a candidate as a case of ``folder``; where it is.

    Raises:
        OutputError: it cannot be written.
    """
    place = folder / one.case
    try:
        place.mkdir(parents=True, exist_ok=True)
        for name, data in files_of(one).items():
            with whole(place / name) as file:
                file.write(data)
    except OSError as error:
        raise OutputError(*unwritable(place, error)) from None
    return place


def _why_not(found: Opened, undecided: str | None) -> str:
    if found.row.state != "accepted" or not _reviews(found):
        return f"not accepted by a person: {found.row.state}"
    return f"its second review is {undecided}" if undecided else ""


def _made(store: Store, person: Person, found: Opened) -> Candidate:
    gold = _labels(found)
    faults = check_gold(gold, builtin_forms())
    if faults:
        return Candidate(found.row.id, found.row.name, why_not="; ".join(faults))
    return Candidate(found.row.id, found.row.name, gold, original(store, person, found.row.id)[1])


def _labels(found: Opened) -> Gold:
    """The record's labels; of the findings about the file itself, those that a person did not call unfounded."""
    checked = found.now.findings if found.now else []
    expected = [
        one.finding.code
        for one in checked
        if one.finding.severity != "info"
        and one.other is None
        and (one.settlement is None or one.settlement.outcome == "source_wrong")
    ]
    made = gold_of(found.record, _reviews(found))
    labels: Gold = made.model_copy(update={"expected_findings": sorted(set(expected))})
    return labels


def _reviews(found: Opened) -> list[GoldReview]:
    """Who accepted or decided, and what was noted on the way."""
    notes = [one.note for one in found.state.settled.values() if one.note]
    notes += [one.why for one in found.state.corrections.values() if one.why]
    return [
        GoldReview(by=event.who, at=datetime.fromtimestamp(event.at / 1_000_000, UTC), note="; ".join(notes))
        for event in found.events
        if event.kind in ("accept", "adjudicate")
    ]
