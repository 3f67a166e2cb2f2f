"""Roles from the provider and from leads: which goes before which, what is kept, and that a lead is always left."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from extractor.errors import ExtractorError, NotPermittedError, StateError, StoreError
from extractor.review.accounts import admitted, everybody, history_of_rights, note_sign_in, rule
from extractor.review.people import Person, Role, person_at_the_terminal
from extractor.store import Store
from tests.stores import ANN, EVE

LIN = Person("lin@example.org", "lead")
ZHAO = "zhao@example.org"


@pytest.mark.parametrize(
    ("claimed", "given", "blocked", "role"),
    [
        ("reviewer", None, False, "reviewer"),
        ("reviewer", "lead", False, "lead"),
        ("lead", "read_only", False, "read_only"),
        (None, "reviewer", False, "reviewer"),
        (None, None, False, None),
        ("lead", None, True, None),
        (None, "lead", True, None),
    ],
)
def test_what_goes_before_what(
    store: Store, claimed: Role | None, given: Role | None, blocked: bool, role: Role | None
) -> None:
    if given or blocked:
        rule(store, LIN, ZHAO, given, blocked=blocked)
    if role is not None:
        assert admitted(store, ZHAO, claimed) == Person(ZHAO, role)
        return
    with pytest.raises(NotPermittedError, match="blocked" if blocked else "no role"):
        admitted(store, ZHAO, claimed)


def test_a_block_is_not_got_round_by_another_spelling(store: Store) -> None:
    rule(store, LIN, ZHAO, None, blocked=True)
    for spelling in ("Zhao@Example.org", " zhao@example.org ", "ｚhao@example.org"):
        with pytest.raises(NotPermittedError, match="blocked"):
            admitted(store, spelling, "lead")


def test_a_block_can_be_lifted_and_all_of_it_is_kept(store: Store) -> None:
    rule(store, LIN, ZHAO, None, blocked=True, why=" 离职 ")
    rule(store, LIN, ZHAO, "reviewer", why="回来")
    rule(store, LIN, ZHAO, None)
    assert admitted(store, ZHAO, "read_only").role == "read_only"
    told = [(one.name, one.role, one.blocked, one.who, one.why) for one in history_of_rights(store, LIN)]
    assert told == [
        (ZHAO, None, False, LIN.name, ""),
        (ZHAO, "reviewer", False, LIN.name, "回来"),
        (ZHAO, None, True, LIN.name, "离职"),
    ]
    times = [one.at for one in history_of_rights(store, LIN)]
    assert times == sorted(times, reverse=True)


def test_who_signed_in_is_known_with_what_the_provider_said_last(store: Store) -> None:
    note_sign_in(store, ZHAO, "lead")
    note_sign_in(store, "Zhao@example.org", None)
    rule(store, LIN, "wei@example.org", "reviewer")
    wei, zhao = everybody(store, LIN)
    assert (wei.name, wei.role, wei.claimed, wei.last_at) == ("wei@example.org", "reviewer", None, None)
    assert (zhao.name, zhao.role, zhao.claimed) == ("Zhao@example.org", None, None)
    assert zhao.last_at is not None


@pytest.mark.parametrize(("role", "blocked"), [("reviewer", False), (None, True), ("read_only", False)])
def test_the_last_lead_stays(store: Store, role: Role | None, blocked: bool) -> None:
    note_sign_in(store, LIN.name, "lead")
    note_sign_in(store, ZHAO, "reviewer")
    with pytest.raises(StateError, match="last lead"):
        rule(store, LIN, LIN.name.upper(), role, blocked=blocked)
    rule(store, LIN, ZHAO, "lead")
    rule(store, LIN, LIN.name, role, blocked=blocked)
    with pytest.raises(NotPermittedError):
        rule(store, LIN, ZHAO, None)


def test_a_lead_whom_the_provider_no_longer_calls_one_is_none(store: Store) -> None:
    note_sign_in(store, ZHAO, "lead")
    note_sign_in(store, ZHAO, "reviewer")
    with pytest.raises(StateError, match="last lead"):
        rule(store, LIN, LIN.name, "reviewer")


def test_a_blocked_lead_does_not_count(store: Store) -> None:
    note_sign_in(store, ZHAO, "lead")
    rule(store, LIN, ZHAO, "lead", blocked=True)
    with pytest.raises(StateError, match="last lead"):
        rule(store, LIN, LIN.name, "reviewer")


@pytest.mark.parametrize("name", ["", "  ", "a" * 201, "a\nb", "a\u202eb"])
def test_names_that_nobody_has(store: Store, name: str) -> None:
    with pytest.raises(StateError, match="name somebody"):
        rule(store, LIN, name, "reviewer")


def test_what_changes_nothing_is_not_written(store: Store) -> None:
    rule(store, LIN, ZHAO, "reviewer")
    for role in ("reviewer",):
        with pytest.raises(StateError, match="nothing would change"):
            rule(store, LIN, ZHAO, role)
    with pytest.raises(StateError, match="nothing would change"):
        rule(store, LIN, "nobody@example.org", None)
    assert len(history_of_rights(store, LIN)) == 1


@pytest.mark.parametrize("who", [ANN, EVE])
def test_only_leads_administer(store: Store, who: Person) -> None:
    for call in (everybody, history_of_rights):
        with pytest.raises(NotPermittedError):
            call(store, who)
    with pytest.raises(NotPermittedError):
        rule(store, who, who.name, "lead")
    assert history_of_rights(store, LIN) == []


def test_two_leads_who_block_each_other_at_once_leave_one(store: Store) -> None:
    leads = [LIN, Person(ZHAO, "lead")]
    for one in leads:
        note_sign_in(store, one.name, "lead")
    start, failed = Barrier(2), []

    def block(who: Person, whom: Person) -> None:
        start.wait()
        try:
            rule(store, who, whom.name, None, blocked=True)
        except ExtractorError as error:
            failed.append(error)

    threads = [Thread(target=block, args=pair) for pair in (leads, leads[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(one) for one in failed] == [NotPermittedError]
    assert len(history_of_rights(store, Person("Root", "lead"))) == 1


@pytest.mark.parametrize("verb", ["UPDATE ruling SET who = 'nobody'", "DELETE FROM ruling"])
def test_what_leads_said_only_grows(store: Store, verb: str) -> None:
    rule(store, LIN, ZHAO, "reviewer")
    with pytest.raises((DBAPIError, StoreError)), store.writing() as connection:
        connection.execute(text(verb))


def test_a_role_that_a_newer_program_wrote_is_none(store: Store) -> None:
    rule(store, LIN, ZHAO, "reviewer")
    with store.writing() as connection:
        row = (
            "INSERT INTO ruling (key, name, role, blocked, at, who, why) VALUES (:key, :key, 'owner', :no, 1, 'x', '')"
        )
        connection.execute(text(row), {"key": ZHAO, "no": False})
    with pytest.raises(NotPermittedError, match="no role"):
        admitted(store, ZHAO, None)


def test_a_command_has_a_name_where_its_user_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that is told a number of its own."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 54_321)
    assert person_at_the_terminal() == Person("local", "lead")
