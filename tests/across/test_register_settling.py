"""What people settle about bodies: kept, never asked again, taken back, and the same as replaying the log."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from extractor.across.answers import answers, replay
from extractor.across.listing import Wanted, body_of, listed, proposals
from extractor.across.settling import Value, link, merge, rename, separate, set_apart, set_values, undo
from extractor.errors import CorrectionError, ExtractorError, NotPermittedError, StateError, StoreError
from extractor.record import Body
from extractor.store import Store, open_store
from tests.across.registers import body_named, filed, filed_as, hold_against_the_log, standing, suggested
from tests.stores import ANN, BEN, EVE, KINDS, LEAD, make_address, settings_for

LONG, SHORT, OTHER = "松江市北河县教育局", "北河县教育局", "北河縣教育局"


def names(store: Store) -> list[tuple[str, list[str]]]:
    with store.reading() as connection:
        return [(one.name, sorted(one.aliases.values())) for one in listed(connection, Wanted())]


def last_answer(store: Store) -> int:
    with store.reading() as connection:
        return answers(connection, limit=1)[0].id


def test_a_suggestion_is_answered_once_and_for_all(store: Store) -> None:
    long, short = filed_as(store, LONG, SHORT)
    [found] = suggested(store)
    assert ({found.one, found.other}, found.why) == ({long, short}, "prefix")
    merge(store, ANN, short, long)
    assert suggested(store) == []
    assert names(store) == [(LONG, [SHORT])]
    with pytest.raises(StateError, match="one body already"):
        merge(store, BEN, long, short)
    hold_against_the_log(store)


def test_what_is_not_the_same_is_not_suggested_again_under_any_name(store: Store) -> None:
    long, short, other = filed_as(store, LONG, SHORT, OTHER)
    assert len(suggested(store)) == 3
    merge(store, ANN, other, short)
    assert len(suggested(store)) == 1
    set_apart(store, BEN, long, other)
    assert suggested(store) == []
    with pytest.raises(StateError, match="told apart already"):
        set_apart(store, ANN, short, long)
    hold_against_the_log(store)


def test_names_stay_one_step_away(store: Store) -> None:
    long, short, other = filed_as(store, LONG, SHORT, OTHER)
    merge(store, ANN, other, short)
    merge(store, ANN, short, long)
    assert names(store) == [(LONG, sorted([SHORT, OTHER]))]
    hold_against_the_log(store)
    undo(store, BEN, last_answer(store))
    assert sorted(names(store)) == sorted([(LONG, []), (SHORT, [OTHER])])
    hold_against_the_log(store)


def test_an_answer_in_the_middle_is_taken_back(store: Store) -> None:
    long, short, other = filed_as(store, LONG, SHORT, OTHER)
    merge(store, ANN, other, short)
    first = last_answer(store)
    merge(store, ANN, short, long)
    undo(store, ANN, first)
    assert sorted(names(store)) == sorted([(LONG, [SHORT]), (OTHER, [])])
    with pytest.raises(StateError, match="taken back already"):
        undo(store, ANN, first)
    with pytest.raises(StateError, match="no answer"):
        undo(store, ANN, last_answer(store))
    assert len(suggested(store)) == 1
    hold_against_the_log(store)


def test_a_name_is_separated_and_the_two_are_not_suggested_again(store: Store) -> None:
    long, short = filed_as(store, LONG, SHORT)
    merge(store, ANN, short, long)
    separate(store, ANN, short)
    assert suggested(store) == []
    with pytest.raises(StateError, match="of its own"):
        separate(store, ANN, short)
    hold_against_the_log(store)


def test_a_body_is_called_by_a_name_that_no_report_uses(store: Store) -> None:
    [short] = filed_as(store, SHORT)
    new = rename(store, ANN, short, f" {LONG} ")
    assert names(store) == [(LONG, [SHORT])]
    assert rename(store, ANN, new, SHORT) == short
    assert names(store) == [(SHORT, [LONG])]
    with pytest.raises(StateError, match="called so"):
        rename(store, ANN, new, SHORT)
    for wrong in ("", " ", "a\nb", "x" * 101, "a\u202eb"):
        with pytest.raises(CorrectionError):
            rename(store, ANN, new, wrong)
    hold_against_the_log(store)


def test_a_name_of_another_body_is_not_taken_from_it(store: Store) -> None:
    long, short, other = filed_as(store, LONG, SHORT, "松江市水务局")
    merge(store, ANN, short, long)
    with pytest.raises(StateError, match="other name"):
        rename(store, ANN, other, SHORT)
    hold_against_the_log(store)


def test_levels_and_regions_are_set_over_what_was_seen(store: Store) -> None:
    long, short = filed_as(store, LONG, SHORT)
    set_values(store, ANN, [Value(short, "level", "department"), Value(short, "region", "松江市")])
    with pytest.raises(StateError, match="Ann"):
        set_values(store, BEN, [Value(short, "level", "county")])
    with pytest.raises(CorrectionError):
        set_values(store, BEN, [Value(short, "level", "empire", "department")])
    merge(store, ANN, short, long)
    with store.reading() as connection:
        found = body_of(connection, short)
    assert found is not None
    assert (found.id, found.level, found.region, found.settled_by) == (long, "department", "松江市", "Ann")
    set_values(store, BEN, [Value(short, "level", None, "department")])
    hold_against_the_log(store)


def test_what_name_and_reports_say_is_proposed(store: Store) -> None:
    filed(store, LONG)
    filed(store, "平安县", 2021, body=Body("county", "松江市平安县"))
    filed(store, "松江市水务局", 2021, body=Body("department", "甲乙市"))
    with store.reading() as connection:
        told = {one.name: (one.level, one.region) for one in proposals(connection)}
    assert told["平安县"] == ("county", "松江市平安县")
    assert told["松江市水务局"] == ("department", None)
    set_values(store, ANN, [Value(body_named(store, "平安县"), "level", "county")])
    set_values(store, ANN, [Value(body_named(store, "平安县"), "region", "松江市平安县")])
    with store.reading() as connection:
        assert "平安县" not in {one.name for one in proposals(connection)}


def test_a_search_finds_a_body_by_any_of_its_names(store: Store) -> None:
    long, short, _ = filed_as(store, LONG, SHORT, "松江市水务局")
    merge(store, ANN, long, short)
    with store.reading() as connection:
        for words in ("松江市北河", "北河縣", "教育局"):
            assert [one.name for one in listed(connection, Wanted(words))] == [SHORT]
        assert listed(connection, Wanted("没有")) == listed(connection, Wanted("（）")) == []
        assert [one.reports for one in listed(connection, Wanted("教育局"))] == [2]
        assert [one.name for one in listed(connection, Wanted(level=""), limit=1)] == [SHORT]


STEPS: dict[str, Callable[[Store], object]] = {
    "merge": lambda store: merge(store, EVE, 1, 2),
    "apart": lambda store: set_apart(store, EVE, 1, 2),
    "separate": lambda store: separate(store, EVE, 1),
    "rename": lambda store: rename(store, EVE, 1, "x"),
    "set": lambda store: set_values(store, EVE, [Value(1, "level", "city")]),
    "link": lambda store: link(store, EVE, 1, 2, "copy"),
    "undo": lambda store: undo(store, EVE, 1),
}


@pytest.mark.parametrize("step", STEPS)
def test_who_may_only_read_settles_nothing(store: Store, step: str) -> None:
    filed_as(store, LONG, SHORT)
    with pytest.raises(NotPermittedError):
        STEPS[step](store)
    assert standing(store).bodies == {}


@pytest.mark.parametrize("number", [0, -1, 10**9])
def test_a_body_that_is_not_there(store: Store, number: int) -> None:
    filed_as(store, LONG)
    with pytest.raises(StateError, match="no body"):
        merge(store, ANN, number, 1)
    with store.reading() as connection:
        assert body_of(connection, number) is None


@pytest.mark.parametrize("verb", ["UPDATE settling SET who = 'nobody'", "DELETE FROM settling"])
def test_answers_are_never_changed(store: Store, verb: str) -> None:
    long, short = filed_as(store, LONG, SHORT)
    merge(store, ANN, short, long)
    with pytest.raises((DBAPIError, StoreError)), store.writing() as connection:
        connection.execute(text(verb))


def test_the_register_of_any_moment_is_replayed(store: Store) -> None:
    long, short = filed_as(store, LONG, SHORT)
    merge(store, ANN, short, long)
    with store.reading() as connection:
        before = answers(connection)
    separate(store, ANN, short)
    assert replay(before).root(short) == long
    assert standing(store).root(short) == short


@pytest.mark.parametrize("seed", range(4))
def test_random_answers_leave_what_the_log_says(store: Store, seed: int) -> None:
    dice = random.Random(seed)
    ids = filed_as(store, LONG, SHORT, OTHER, "松江市北河县教育厅", "松江市水务局", "松江市水利局")
    suggested(store)
    steps: list[Callable[[], object]] = [
        lambda: merge(store, ANN, dice.choice(ids), dice.choice(ids)),
        lambda: set_apart(store, BEN, dice.choice(ids), dice.choice(ids)),
        lambda: separate(store, ANN, dice.choice(ids)),
        lambda: rename(store, LEAD, dice.choice(ids), dice.choice([LONG, SHORT, "新名局"])),
        lambda: set_values(store, ANN, [Value(dice.choice(ids), "level", dice.choice(["city", "county"]))]),
        lambda: undo(store, BEN, dice.randint(1, last_answer(store))),
    ]
    done = 0
    for _ in range(30):
        with suppress(ExtractorError, IndexError):
            dice.choice(steps)()
            done += 1
    assert done > 5
    hold_against_the_log(store)


@pytest.mark.parametrize("kind", KINDS)
def test_many_answer_at_once_and_none_is_lost_or_doubled(kind: str, tmp_path: Path) -> None:
    store = open_store(settings_for(make_address(kind, tmp_path)))
    ids = filed_as(store, *(f"松江市{letter}河县教育局" for letter in "甲乙丙丁戊己庚辛"))
    done: list[bool] = []

    def work() -> None:
        for one, other in itertools.pairwise(ids):
            with suppress(StateError):
                merge(store, ANN, one, other)
                done.append(True)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == len(ids) - 1
    assert len({standing(store).root(one) for one in ids}) == 1
    hold_against_the_log(store)
    store.close()
