"""What reports of two years say of each other: told in the queue and at the desk, gone when it no longer holds."""

from __future__ import annotations

import random
import threading
from typing import Any

from sqlalchemy import Connection, select

from extractor.across.settling import link, merge, separate
from extractor.forms import builtin_forms
from extractor.record import Number
from extractor.review import work
from extractor.review.comparing import _place_worked_on
from extractor.review.opening import history, open_report, opened_at
from extractor.review.saving import On
from extractor.review.second import draw_audit
from extractor.review.work import Change
from extractor.store import Store
from extractor.store.figures import standing_of, told_of
from extractor.store.queue import Filter
from extractor.store.state import Entry
from extractor.store.tables import finding, report
from tests.across import reports
from tests.stores import ANN, BEN, LEAD, arrival, taken

FORWARD = "/tables/applications/carried_forward/total"
OVER = "/tables/applications/carried_over/total"
IN_FORCE = "/tables/proactive_disclosure/normative_documents/in_force"
MADE = "/tables/proactive_disclosure/normative_documents/issued"
REPEALED = "/tables/proactive_disclosure/normative_documents/repealed"
CARRIED, FORCE = "carried_between_years", "in_force_between_years"
APPLICANTS = tuple(column.key for column in builtin_forms()[0].tables[1].blocks[0].columns if column.key != "total")
LEVEL: dict[str, Number] = {
    **{
        f"/tables/applications/{row}/{column}": 0
        for row in ("carried_over", "carried_forward")
        for column in APPLICANTS
    },
    **{FORWARD: 0, OVER: 0, IN_FORCE: 5, MADE: 0, REPEALED: 0},
}


def put(store: Store, number: int, year: int, body: str = "松溪市水务局", **cells: Number) -> int:
    """A report of a year; cells by the names of this module's constants."""
    named = {"forward": FORWARD, "over": OVER, "in_force": IN_FORCE, "made": MADE, "repealed": REPEALED}
    made = arrival(number, LEVEL | {named[name]: value for name, value in cells.items()}, organisation=body, year=year)
    return taken(store, made).report


def between_years(store: Store, report: int) -> list[tuple[str, int]]:
    """Open findings about other reports at the desk, which must be those that the queue counts."""
    found = open_report(store, LEAD, report)
    assert found.now is not None
    told = [(one.finding.code, one.other) for one in found.now.findings if one.other and one.settlement is None]
    for code in (CARRIED, FORCE):
        with_code = [row.id for row in work.queue_page(store, LEAD, Filter(finding=code))]
        assert (report in with_code) == (code in [one for one, _ in told])
    return told


def test_what_is_carried_forward_must_be_carried_over(store: Store) -> None:
    early, late = put(store, 1, 2022, forward=3), put(store, 2, 2023, over=4)
    assert between_years(store, early) == [(CARRIED, late)]
    assert between_years(store, late) == [(CARRIED, early)]
    found = open_report(store, LEAD, late)
    assert found.now is not None
    [told] = [one.finding for one in found.now.findings if one.other]
    assert told.paths == [OVER]  # no applicant's column differs
    assert "4" in told.message and "3" in told.message and f"见报告 {early}" in told.message
    assert "report on 2022" in told.message_en and told.severity == "warning"
    assert told in found.record.findings


def test_what_nobody_has_worked_on_is_placed_as_replaying_its_log_places_it(store: Store) -> None:
    dice = random.Random(7)
    for number in range(24):
        year, body = 2019 + number // 3 % 6, f"松溪市{'水教林'[number % 3]}局"
        cells = {name: dice.randint(3, 4) for name in ("forward", "over", "in_force", "made", "repealed")}
        if number % 2:
            put(store, number, year, body, **cells)
        else:
            reports.put(store, number, year, body, carried_forward=cells["forward"], carried_over=cells["over"])
    told = contradicted = 0
    for number in range(1, 25):
        with store.writing() as connection:
            placed = rows_of(connection, number)
            _place_worked_on(connection, number, ())
            assert rows_of(connection, number) == placed
            told += len(placed[1])
            contradicted += bool(told_of(connection, number))
    assert told > contradicted > 12


def rows_of(connection: Connection, number: int) -> tuple[Any, ...]:
    """What the queue knows of a report."""
    found = [
        select(table).where(key == number) for table, key in ((report, report.c.id), (finding, finding.c.report_id))
    ]
    return tuple([*map(tuple, connection.execute(one.order_by(*one.selected_columns)))] for one in found)


def test_a_correction_on_either_side_takes_both_back_and_no_version_changes(store: Store) -> None:
    early, late = put(store, 1, 2022, forward=3), put(store, 2, 2023, over=4)
    before = open_report(store, LEAD, early)
    late_version = open_report(store, LEAD, late).version
    after = work.correct(store, ANN, On(late, late_version), Change(OVER, Entry(3)))
    assert between_years(store, early) == between_years(store, late) == []
    assert after.now is not None and not [one for one in after.now.findings if one.other]
    assert open_report(store, LEAD, early).version == before.version
    assert [one.kind for one in history(store, LEAD, early)] == ["read"]
    work.undo(store, ANN, On(late, after.version))
    assert between_years(store, early) == [(CARRIED, late)]


def test_who_works_on_the_other_report_meanwhile_can_still_save(store: Store) -> None:
    early, late = put(store, 1, 2022, forward=3), put(store, 2, 2023, over=4)
    mine = open_report(store, ANN, early)
    work.correct(store, BEN, On(late, open_report(store, BEN, late).version), Change(OVER, Entry(5)))
    saved = work.correct(store, ANN, On(early, mine.version), Change(FORWARD, Entry(5)))
    assert saved.version == mine.version + 1
    assert between_years(store, early) == between_years(store, late) == []


def test_documents_in_force_follow_from_the_year_before(store: Store) -> None:
    put(store, 1, 2022, in_force=10)
    right = put(store, 2, 2023, in_force=12, made=3, repealed=1)
    assert between_years(store, right) == []
    wrong = put(store, 3, 2024, in_force=12, made=2, repealed=1)
    assert between_years(store, wrong) == [(FORCE, right)]
    found = open_report(store, LEAD, wrong)
    assert found.now is not None
    [told] = [one.finding for one in found.now.findings if one.other]
    assert told.paths == [IN_FORCE, MADE, REPEALED]
    assert "11" in told.message and "12" in told.message


def test_only_reports_of_one_body_and_neighbouring_years_are_compared(store: Store) -> None:
    reports = [
        put(store, 1, 2021, forward=3),
        put(store, 2, 2023, over=4),
        put(store, 3, 2022, "松溪市教育局", forward=9, over=9),
    ]
    assert [between_years(store, one) for one in reports] == [[], [], []]


def test_a_corrected_name_or_year_moves_a_report_among_others(store: Store) -> None:
    early = put(store, 1, 2022, forward=3)
    late = put(store, 2, 2024, over=4)
    found = work.correct(store, ANN, On(late, 1), Change("/year", Entry(2023)))
    assert between_years(store, early) == [(CARRIED, late)]
    found = work.correct(store, ANN, On(late, found.version), Change("/organisation", Entry("松溪市林业局")))
    assert between_years(store, early) == between_years(store, late) == []
    work.correct(store, ANN, On(late, found.version), Change("/organisation", Entry("松溪市水务局")))
    assert between_years(store, early) == [(CARRIED, late)]


def test_a_rejected_report_contradicts_nobody(store: Store) -> None:
    early, late = put(store, 1, 2022, forward=3), put(store, 2, 2023, over=4)
    found = work.reject(store, ANN, On(late, 1), why="不是年度报告")
    assert between_years(store, early) == between_years(store, late) == []
    work.reopen(store, ANN, On(late, found.version))
    assert between_years(store, late) == [(CARRIED, early)]


def test_one_of_several_reports_that_agrees_is_enough(store: Store) -> None:
    late = put(store, 1, 2023, over=4)
    put(store, 2, 2022, forward=3)
    assert between_years(store, late) == [(CARRIED, 2)]
    put(store, 3, 2022, forward=4)
    assert between_years(store, late) == []


def test_a_name_that_many_share_is_compared_with_nothing(store: Store) -> None:
    reports = [put(store, number, 2000 + number % 2, "镇人民政府", forward=number, over=number) for number in range(64)]
    assert not any(between_years(store, one) for one in (reports[0], reports[30], reports[-1]))


def test_an_answer_stands_while_the_finding_says_the_same(store: Store) -> None:
    early, late = put(store, 1, 2022, forward=3), put(store, 2, 2023, over=4)
    found = open_report(store, ANN, late)
    assert found.now is not None
    [told] = [one.finding for one in found.now.findings if one.other]
    answered = work.settle(store, ANN, On(late, found.version), told, "source_wrong", note="去年多报一件")
    assert answered.now is not None
    [one] = [one for one in answered.now.findings if one.other]
    assert one.settlement is not None and one.settlement.outcome == "source_wrong"
    assert between_years(store, late) == [] and between_years(store, early) == [(CARRIED, late)]
    assert not work.queue_page(store, LEAD, Filter(finding=CARRIED, body="水务", year=2023))
    work.correct(store, BEN, On(early, 1), Change(FORWARD, Entry(7)))
    assert between_years(store, late) == [(CARRIED, early)]


def test_history_tells_what_was_known_then(store: Store) -> None:
    early = put(store, 1, 2022, forward=3)
    alone = store.clock()
    late = put(store, 2, 2023, over=4)
    apart = store.clock()
    work.correct(store, ANN, On(late, 1), Change(OVER, Entry(3)))
    agreed = store.clock()
    for until, expected in ((alone, []), (apart, [CARRIED]), (agreed, [])):
        found = opened_at(store, LEAD, early, until)
        assert found.now is not None
        assert [one.finding.code for one in found.now.findings if one.other] == expected


def test_a_further_review_sees_nothing_of_other_years(store: Store) -> None:
    put(store, 1, 2022, forward=3)
    late = put(store, 2, 2023, over=4)
    found = open_report(store, ANN, late)
    assert found.now is not None
    for one in [one.finding for one in found.now.findings if one.finding.severity == "error"]:
        found = work.settle(store, ANN, On(late, found.version), one, "no_fault", note="")
    work.accept(store, ANN, On(late, found.version))
    [drawn] = draw_audit(store, LEAD, 1)
    again = open_report(store, BEN, drawn.report, drawn.round)
    assert again.now is not None and not [one for one in again.now.findings if one.other]


def test_two_who_mend_both_reports_at_once_leave_no_contradiction_untold(store: Store) -> None:
    reports = [put(store, 1, 2022, forward=1), put(store, 2, 2023, over=1)]
    paths = [FORWARD, OVER]

    def mend(who: int) -> None:
        for value in range(2, 8):
            version = open_report(store, (ANN, BEN)[who], reports[who]).version
            work.correct(
                store, (ANN, BEN)[who], On(reports[who], version), Change(paths[who], Entry(value * (who + 1)))
            )

    threads = [threading.Thread(target=mend, args=(who,)) for who in (0, 1)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    values = [open_report(store, LEAD, one).record for one in reports]
    assert values[0].tables["applications"]["carried_forward"]["total"] == 7
    assert values[1].tables["applications"]["carried_over"]["total"] == 14
    assert between_years(store, reports[0]) == [(CARRIED, reports[1])]
    assert between_years(store, reports[1]) == [(CARRIED, reports[0])]
    with store.reading() as connection:
        assert len(told_of(connection, reports[0])) == 1


def body_of(store: Store, report: int) -> int:
    with store.reading() as connection:
        body = standing_of(connection, report).body
    assert body is not None
    return body


def test_names_that_are_joined_are_compared_and_parted_again_are_not(store: Store) -> None:
    early, late = put(store, 1, 2022, "松溪市水务局", forward=3), put(store, 2, 2023, "松溪市水利局", over=4)
    name = body_of(store, early)
    merge(store, LEAD, name, body_of(store, late))
    assert between_years(store, early) == [(CARRIED, late)]
    assert between_years(store, late) == [(CARRIED, early)]
    separate(store, LEAD, name)
    assert between_years(store, early) == between_years(store, late) == []


def test_a_copy_or_an_earlier_version_is_compared_with_nothing(store: Store) -> None:
    put(store, 1, 2022, forward=3)
    wrong, right = put(store, 2, 2023, over=4), put(store, 3, 2023, over=3)
    assert between_years(store, wrong) == [(CARRIED, 1)] and between_years(store, right) == []
    link(store, LEAD, wrong, right, "earlier")
    assert between_years(store, wrong) == between_years(store, right) == between_years(store, 1) == []


def test_a_consolidated_report_is_compared_with_consolidated_ones(store: Store) -> None:
    own = [put(store, 1, 2022, forward=3), put(store, 2, 2023, over=3)]
    wider = [put(store, 3, 2022, forward=30), put(store, 4, 2023, over=31)]
    for one, other in zip(wider, own, strict=True):
        link(store, LEAD, one, other, "consolidated")
    assert between_years(store, own[0]) == between_years(store, own[1]) == []
    assert between_years(store, wider[0]) == [(CARRIED, wider[1])]
