"""A second pair of eyes: a share of reports is reviewed again by somebody who does not see the first review.

Which ones is told by the file's hash, so nobody can choose, and the same report is chosen everywhere. Where the two
reviews differ the report is ``disputed`` until a lead has decided each difference. An audit is the same for reports
that were accepted before, drawn at random: what a lead decides against the first reviewer counts as that one's error.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from extractor.record import Record
from extractor.review.fields import LISTS, checked, entry_at, paths_of
from extractor.review.opening import Opened, opened
from extractor.review.people import Person, permit
from extractor.review.saving import On, Stamp, Step, add, claim_length, save, wrong_state
from extractor.settings import load_settings
from extractor.store import Store
from extractor.store.events import Event, append
from extractor.store.opinions import Pair, keep_pairs
from extractor.store.queue import Claim, Filter, identifiers
from extractor.store.rounds import Round, change, draw, next_round, round_of, rounds
from extractor.store.state import Entry

_PARTS = 2**32
_COMPARED_LISTS = ("/narrative/issues", "/narrative/improvements")


def is_chosen(before: Opened) -> bool:
    """Whether a report that is being accepted for the first time is one of those reviewed twice."""
    if any(one.kind == "accept" for one in before.events):
        return False
    digest = hashlib.sha256(before.machine.source.sha256.encode()).digest()
    return int.from_bytes(digest[:4], "big") < load_settings().second_review_share * _PARTS


def judge_round(connection: Connection, after: Opened) -> None:
    """What follows from an acceptance: a second review is drawn, or one that was handed in is compared."""
    last = after.state.last
    if last is None or last.kind != "accept":
        return
    if after.further is not None:
        _hand_in(connection, after.further, last)
        keep_pairs(connection, after.row.id, after.round, pairs_of(after.record, last.data["differences"]))
    elif last.data.get("again") and not rounds(connection, report=after.row.id, kind="second"):
        _draw(connection, after, "second", last.at)


def claim_second(store: Store, person: Person) -> Round | None:
    """Take the oldest second review or audit of a report that somebody else reviewed; None where there is none."""
    permit(person, "review_again")
    with store.writing() as connection:
        now = store.clock()
        return next_round(connection, Claim(person.name, now, now + claim_length()))


def draw_audit(store: Store, lead: Person, count: int, *, seed: int | None = None) -> list[Round]:
    """Draw accepted reports at random to be reviewed again, blind; those audited before are left out."""
    permit(lead, "audit")
    with store.writing() as connection:
        audited = {one.report for one in rounds(connection, kind="audit")}
        able = [one for one in identifiers(connection, Filter(state="accepted")) if one not in audited]
        dice = random.Random(seed)  # noqa: S311 (a sample, no secret)
        drawn = sorted(dice.sample(able, min(count, len(able))))
        return [_draw(connection, opened(connection, one), "audit", store.clock()) for one in drawn]


def compare(again: Opened, first: Opened) -> dict[str, Any]:
    """For the event that hands a review in: how many fields were compared, and where the two differ."""
    found = differences(first.record, again.record)
    told = {path: {"first": one.to_plain(), "second": other.to_plain()} for path, (one, other) in found.items()}
    return {"compared": sum(1 for _ in compared_paths(first.record)), "differences": told}


def differences(first: Record, second: Record) -> dict[str, tuple[Entry, Entry]]:
    """Where two records of a report differ, by path; of lists only the words count."""
    paths = dict.fromkeys([*compared_paths(first), *compared_paths(second)])
    pairs = {path: (entry_at(first, path), entry_at(second, path)) for path in paths}
    return {path: pair for path, pair in pairs.items() if comparable(path, pair[0]) != comparable(path, pair[1])}


def comparable(path: str, entry: Entry) -> object:
    """What of an entry counts when two are compared: a number's value, a list's words."""
    if path in LISTS:
        return tuple(item["text"] for item in entry.value)
    return (entry.value, entry.state if entry.value is None else None)


def pairs_of(again: Record, differences: Mapping[str, Mapping[str, dict[str, Any]]]) -> dict[str, Pair]:
    """What both reviews say of each field: ``again`` is the second's record, ``differences`` as it was handed in."""
    found = {}
    for path in dict.fromkeys([*compared_paths(again), *differences]):
        if path in differences:
            first, second = (Entry.from_plain(differences[path][who]) for who in ("first", "second"))
        else:
            first = second = entry_at(again, path)
        found[path] = (str(comparable(path, first)), str(comparable(path, second)))
    return found


def adjudicate(
    store: Store, lead: Person, on: On, round_number: int, chosen: Mapping[str, Entry], *, why: str = ""
) -> Opened:
    """Decide each difference between the first review and another round; the report is accepted then.

    What is chosen may be the first's entry, the second's, or a third one.

    Raises:
        StateError: the round is not to be decided, or a difference is left out.
        CorrectionError: a third entry cannot stand there.
    """
    permit(lead, "adjudicate")

    def step(connection: Connection, before: Opened) -> Step:
        one = round_of(connection, on.report, round_number)
        if one.state != "differs":
            raise wrong_state(f"round {round_number} is {one.state}", f"第 {round_number} 轮复核的状态是 {one.state}")
        told = handed_in(connection, one).data["differences"]
        if set(told) != set(chosen):
            left = "、".join(sorted(set(told) ^ set(chosen)))
            raise wrong_state(f"each difference must be decided, and no more: {left}", f"须逐项裁定各处差异：{left}")
        values = {path: _decided(before, path, chosen[path], told[path]) for path in told}
        return Step("adjudicate", None, {"round": round_number, "values": values, "why": why})

    def settled(connection: Connection, _: Opened) -> None:
        change(connection, round_of(connection, on.report, round_number), state="settled")

    return save(store, lead, on, step, then=settled)


def _decided(before: Opened, path: str, chosen: Entry, both: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """For the event: what was chosen, what stood there, and what the machine made of it (``sure``: it had no doubt)."""
    if chosen.to_plain() not in (both["first"], both["second"]):
        chosen = checked(before.record, path, chosen, before.text)
    evidence = before.machine.evidence.get(path)
    sure = evidence is not None and evidence.verdict == "accepted"
    machine = entry_at(before.machine, path).to_plain()
    return chosen.to_plain() | {"old": both["first"], "machine": machine, "sure": sure}


def handed_in(connection: Connection, one: Round) -> Event:
    """The event with which a round was handed in.

    Raises:
        StateError: it was not.
    """
    last = opened(connection, one.report, one.round).state.last
    if last is None or last.kind != "accept":
        raise wrong_state(f"round {one.round} is not handed in", f"第 {one.round} 轮复核尚未提交")
    return last


def _hand_in(connection: Connection, one: Round, last: Event) -> None:
    differs = bool(last.data["differences"])
    change(connection, one, state="differs" if differs else "agrees", done_at=last.at)
    if differs:
        step = Step("dispute", None, {"round": one.round, "kind": one.kind})
        add(connection, opened(connection, one.report), step, Stamp(last.who, last.at))


def _draw(connection: Connection, of: Opened, kind: Any, now: int) -> Round:
    """A round that starts from what the machine read; nothing of the first review is in it."""
    acceptor = next((one.who for one in reversed(of.events) if one.kind in ("accept", "adjudicate")), of.row.reviewer)
    number = draw(connection, of.row.id, kind, acceptor, now)
    append(connection, Event(of.row.id, number, 1, now, acceptor or "", "start", None, {"reading": of.reading.id}))
    return round_of(connection, of.row.id, number)


def compared_paths(record: Record) -> list[str]:
    """The fields that two reviews are compared by; of the narrative, what part five says."""
    return [path for path in paths_of(record) if path not in LISTS or path in _COMPARED_LISTS]
