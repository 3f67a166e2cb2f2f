"""Two weeks of invented work in a store: what the pages of quality and administration have to show."""

from __future__ import annotations

import random
import time
from dataclasses import replace

from extractor.record import Number, Usage
from extractor.review import work
from extractor.review.accounts import note_sign_in, rule
from extractor.review.intake import take_in
from extractor.review.opening import open_report
from extractor.review.people import Person
from extractor.review.saving import On
from extractor.review.second import adjudicate, claim_second, draw_audit
from extractor.store import Store
from extractor.store.readings import Reader
from extractor.store.state import Entry
from tests.stores import arrival

LIN = Person("lin@example.org", "lead")
REVIEWERS = [Person(f"{name}@example.org", "reviewer") for name in ("ann", "ben", "chen")]
DAYS, EACH_DAY = 14, 3
MISREAD: dict[str, Number] = {"/tables/applications/granted/natural_person": 7}
CELL = "/tables/proactive_disclosure/licences/decisions"
_HOUR = 3_600_000_000


class Past:
    """A clock that goes on by some seconds each time it is looked at."""

    def __init__(self, now: int, dice: random.Random) -> None:
        self.now = now
        self._dice = dice

    def __call__(self) -> int:
        self.now += self._dice.randint(2, 9) * 1_000_000
        return self.now


def make_history(store: Store) -> None:
    """Reports reviewed day after day, some audited, some read with a model; people, and a block."""
    dice = random.Random(5)
    clock = Past(time.time_ns() // 1000 - DAYS * 24 * _HOUR, dice)
    store.clock = clock
    for number in range(DAYS * EACH_DAY):
        if number and number % EACH_DAY == 0:
            clock.now += 23 * _HOUR
        if number % 7 != 5:  # not every day is a full one
            _reviewed(store, number, dice)
    draw_audit(store, LIN, 12, seed=3)
    for number in range(10):
        _audited(store, number)
    for person in REVIEWERS:
        note_sign_in(store, person.name, "reviewer")
    note_sign_in(store, LIN.name, None)
    rule(store, Person("root", "lead"), LIN.name, "lead", why="set up")
    rule(store, LIN, "chen@example.org", "read_only", why="on leave")
    rule(store, LIN, "dai@example.org", None, blocked=True, why="has left")


def _reviewed(store: Store, number: int, dice: random.Random) -> None:
    person = dice.choice(REVIEWERS)
    made = arrival(number + 1, MISREAD if number % 2 else None)
    if number % 3 == 0 and made.record is not None:
        made.record.usage = Usage(3, 9_000 + number, 0, 700, "0.0213")
        made = replace(made)
    report = take_in(store, LIN, made, Reader("1.0", "hybrid" if number % 3 == 0 else "rules")).report
    one = work.claim(store, person, report)
    if number % 2:
        presses = dice.choice((1, 1, 1, 3))
        one = work.correct(store, person, On(report, one.version, presses=presses), _mended())
    work.accept(store, person, On(report, one.version, presses=1))


def _mended() -> work.Change:
    """The misread cell as the source has it."""
    right = arrival().record
    assert right is not None
    return work.Change(next(iter(MISREAD)), Entry(right.tables["applications"]["granted"]["natural_person"]))


def _audited(store: Store, number: int) -> None:
    """A few audits find another value; of those a lead decides all but the last."""
    person, taken = next((one, claimed) for one in REVIEWERS if (claimed := claim_second(store, one)) is not None)
    one = open_report(store, person, taken.report, taken.round)
    if one.record.findings:
        one = work.correct(store, person, On(taken.report, one.version, taken.round), _mended())
    if number % 3 == 0:
        change = work.Change(CELL, Entry(398 + number))
        one = work.correct(store, person, On(taken.report, one.version, taken.round), change)
    on = On(taken.report, one.version, taken.round)
    done = work.accept(store, person, on)
    if done.further is not None and done.further.state == "differs" and number != 9:
        found = open_report(store, LIN, taken.report)
        last = done.state.last
        assert last is not None
        chosen = {path: Entry.from_plain(both["second"]) for path, both in last.data["differences"].items()}
        adjudicate(store, LIN, On(taken.report, found.version), taken.round, chosen)
