"""What a reviewer does with a report: claim, correct, settle, decide, undo. Each step is one event of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from extractor.forms import Form
from extractor.record import Finding
from extractor.review.checking import key_of
from extractor.review.fields import checked, entry_at
from extractor.review.opening import Opened, opened
from extractor.review.people import Person, permit
from extractor.review.saving import On, Step, claim_length, claimed, holder, let_go, renew, save, wrong_state
from extractor.review.second import compare, is_chosen, judge_round
from extractor.store import Store, queue
from extractor.store.events import FIRST
from extractor.store.queue import Claim, Filter
from extractor.store.reports import ReportRow
from extractor.store.state import Entry

Outcome = Literal["source_wrong", "no_fault"]
"""How a finding is settled: the source itself is wrong, or there is nothing wrong."""

_DECISIONS = frozenset({"accept", "reject", "reopen", "park"})


@dataclass(frozen=True, slots=True)
class Change:
    """What a person puts at a path, and why."""

    path: str
    entry: Entry
    why: str = ""


# ---- the queue ---------------------------------------------------------------------------------------------------


def queue_page(
    store: Store, person: Person, wanted: Filter, *, after: ReportRow | None = None, limit: int = 50
) -> list[ReportRow]:
    """A page of the queue, from ``after`` on."""
    permit(person, "view")
    with store.reading() as connection:
        return queue.page(connection, wanted, after=after, limit=limit)


def queue_counts(store: Store, person: Person, wanted: Filter) -> dict[str, int]:
    """How many reports, by state."""
    permit(person, "view")
    with store.reading() as connection:
        return queue.counts(connection, wanted)


def claim_next(store: Store, person: Person, wanted: Filter) -> int | None:
    """Take the first report that nobody else has; None where there is none."""
    permit(person, "claim")
    with store.writing() as connection:
        now = store.clock()
        return queue.claim_next(connection, wanted, Claim(person.name, now, now + claim_length()))


def claim(store: Store, person: Person, report: int, round_number: int = FIRST) -> Opened:
    """Take a report.

    Raises:
        ClaimedError: somebody else has it.
    """
    permit(person, "claim")
    with store.writing() as connection:
        found = opened(connection, report, round_number, lock=True)
        now = store.clock()
        other = holder(found, now)
        if other not in (None, person.name):
            raise claimed(found, str(other))
        renew(connection, found, Claim(person.name, now, now + claim_length()))
        return found


def release(store: Store, person: Person, report: int, round_number: int = FIRST) -> None:
    """Give a report back; a lead may take it from somebody else so.

    Raises:
        NotPermittedError: it is somebody else's, and the person no lead.
    """
    permit(person, "claim")
    with store.writing() as connection:
        found = opened(connection, report, round_number, lock=True)
        if holder(found, store.clock()) not in (None, person.name):
            permit(person, "release")
        let_go(connection, found)


# ---- steps -------------------------------------------------------------------------------------------------------


def correct(store: Store, person: Person, on: On, what: Change, *, forms: Sequence[Form] = ()) -> Opened:
    """Put a value at a path; every check that depends on values is made again.

    Raises:
        CorrectionError: it cannot stand there.
        StaleEditError, ClaimedError: see ``save``.
    """
    permit(person, "correct")

    def step(_: Connection, before: Opened) -> Step:
        new = checked(before.record, what.path, what.entry, before.text)
        old = entry_at(before.record, what.path)
        data = {"old": old.to_plain(), "new": new.to_plain()}
        return Step("correct", what.path, {**data, "why": what.why} if what.why else data)

    return save(store, person, on, step, forms=forms)


def apply_repair(store: Store, person: Person, on: On, finding: Finding) -> Opened:
    """Put the value that a finding proposes.

    Raises:
        StateError: it proposes none, or one for several cells.
    """
    if not finding.repair or len(finding.repair) != 1:
        raise wrong_state("the finding proposes no value", "该问题没有建议值")
    [(path, value)] = finding.repair.items()
    return correct(store, person, on, Change(path, Entry(value, "number"), finding.code))


def settle(store: Store, person: Person, on: On, finding: Finding, outcome: Outcome, *, note: str) -> Opened:
    """Answer a finding: the source itself is wrong, or nothing is.

    Raises:
        StateError: the report has no such finding, or it is answered; or a source is called wrong without a note.
    """
    permit(person, "decide")
    if outcome == "source_wrong" and not note.strip():
        raise wrong_state("say in a note what is wrong in the source", "请在备注中说明原文何处有误")

    def step(_: Connection, before: Opened) -> Step:
        key = key_of(finding)
        known = [one for one in (before.now.findings if before.now else []) if key_of(one.finding) == key]
        if not known or known[0].settlement is not None:
            raise wrong_state(f"there is no open finding {finding.code} there", f"该处没有待处理的问题 {finding.code}")
        data = {"outcome": outcome, "note": note.strip(), "message": known[0].finding.message}
        return Step("settle", key, data)

    return save(store, person, on, step)


def unsettle(store: Store, person: Person, on: On, finding: Finding) -> Opened:
    """Take back the answer to a finding."""
    permit(person, "decide")

    def step(_: Connection, before: Opened) -> Step:
        if key_of(finding) not in before.state.settled:
            raise wrong_state("the finding was not answered", "该问题尚未处理")
        return Step("unsettle", key_of(finding))

    return save(store, person, on, step)


def accept(store: Store, person: Person, on: On, *, why: str = "") -> Opened:
    """Say that the record is right as it stands.

    Ends a second review or an audit too: what it found is compared with what the first reviewer accepted.

    Raises:
        StateError: errors or conflicts are open; or it is accepted.
    """
    permit(person, "decide" if on.round == FIRST else "review_again")

    def step(connection: Connection, before: Opened) -> Step:
        _stop_open(before)
        data: dict[str, Any] = {"why": why} if why else {}
        if before.further is not None:
            data |= compare(before, opened(connection, on.report))
        elif is_chosen(before):
            data |= {"again": True}
        return Step("accept", None, data)

    return save(store, person, on, step, then=judge_round)


def reject(store: Store, person: Person, on: On, *, why: str) -> Opened:
    """Say that the file is no report that belongs here, or cannot be used; says why."""
    return _decide(store, person, on, Step("reject", None, {"why": _said(why)}))


def park(store: Store, person: Person, on: On, *, question: str) -> Opened:
    """Lay a report aside with a question."""
    return _decide(store, person, on, Step("park", None, {"question": _said(question)}))


def reopen(store: Store, person: Person, on: On, *, why: str = "") -> Opened:
    """Put a decided or parked report back into the queue."""
    return _decide(store, person, on, Step("reopen", None, {"why": why} if why else {}))


def undo(store: Store, person: Person, on: On) -> Opened:
    """Take back the person's own last step, if nothing has happened since; it stays in the log.

    Raises:
        StateError: the last step is a machine's or somebody else's, or there is none.
    """
    permit(person, "correct")

    def step(_: Connection, before: Opened) -> Step:
        last = before.state.last
        if last is None or last.who != person.name or last.kind not in {*_DECISIONS, "correct", "settle", "unsettle"}:
            raise wrong_state("there is no step of yours to take back", "没有可以撤销的操作")
        if before.further is not None and last.kind == "accept":
            raise wrong_state("a second review cannot be taken back once handed in", "二次复核提交后不能撤销")
        return Step("undo", last.path, {"undoes": last.seq, "kind": last.kind})

    return save(store, person, on, step)


def _decide(store: Store, person: Person, on: On, step: Step) -> Opened:
    permit(person, "decide")
    if on.round != FIRST:
        raise wrong_state("a second review is handed in, not decided", "二次复核只能提交，不能另作决定")

    def decided(_: Connection, before: Opened) -> Step:
        standing = {"reject": "rejected", "park": "parked", "reopen": "open"}[step.kind]
        if before.state.standing == standing:
            raise wrong_state(f"the report is {standing} already", f"报告已是该状态（{standing}）")
        return step

    return save(store, person, on, decided)


def _stop_open(before: Opened) -> None:
    if before.now is None:
        raise wrong_state("a file that could not be read cannot be accepted", "未能识读的文件不能通过")
    if count := len(before.now.open_errors) + len(before.state.conflicts):
        raise wrong_state(
            f"{count} open (see the list of findings): correct or settle them first",
            f"还有 {count} 处“待处理的问题”：请先逐条改正或说明",
        )
    if before.state.standing == "accepted":
        raise wrong_state("the report is accepted already", "报告已经通过")


def _said(words: str) -> str:
    if not words.strip():
        raise wrong_state("say why", "请说明理由")
    return words.strip()
