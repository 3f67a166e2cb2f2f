"""Identities over figures the source itself gets wrong: every one is reported, single wrong cells are located."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

from extractor.draft import Draft
from extractor.forms import read_form
from extractor.record import Finding
from extractor.verify import verify
from tests.verify.factory import Values, figures, form_of, report_of

SUMS = {"row_sum", "column_sum", "carry_balance", "subtotal", "review_sum", "identity"}
AT = "/tables/applications/{}/{}"


def values_of(form_id: str = "2021", seed: int = 1, collapsed: bool = False) -> Values:
    return figures(Random(seed), form_of(form_id), collapsed)


def with_changes(values: Values, changes: dict[str, int | None]) -> Draft:
    """The draft of a report that prints other figures (None: a blank) in these cells."""
    for pointer, number in changes.items():
        _, _, table, row, column = pointer.split("/")
        values[table][row][column] = number
    return report_of(values=values).draft


def sums(draft: Draft) -> list[Finding]:
    return [finding for finding in verify(draft).findings if finding.code in SUMS]


def codes(findings: Iterable[Finding]) -> set[str]:
    return {finding.code for finding in findings}


def number_at(values: Values, pointer: str) -> int:
    _, _, table, row, column = pointer.split("/")
    number = values[table][row][column]
    assert isinstance(number, int)
    return number


@pytest.mark.parametrize("step", [1, 7])
def test_any_single_wrong_cell_of_the_applications_table_is_located_with_the_value_that_fits(step: int) -> None:
    pointers = [AT.format(row, column) for row, columns in values_of()["applications"].items() for column in columns]
    assert len(pointers) == 175
    for pointer in pointers:
        values = values_of()
        right = number_at(values, pointer)
        found = sums(with_changes(values, {pointer: right + step}))
        assert found and all(finding.paths == [pointer] for finding in found), pointer
        assert all(f"{right + step} 改为 {right}，" in f.message and f.cause == "source" for f in found)
        assert all(f"from {right + step} to {right} " in f.message_en and f.repair is None for f in found)


CASES = [
    ("granted", "total", {"row_sum", "column_sum"}),
    ("granted", "natural_person", {"row_sum", "column_sum"}),
    ("new_received", "natural_person", {"row_sum", "carry_balance"}),
    ("carried_forward", "total", {"row_sum", "carry_balance"}),
    ("total_processed", "natural_person", {"row_sum", "column_sum", "carry_balance"}),
]


@pytest.mark.parametrize(("row", "column", "expected"), CASES)
def test_each_broken_identity_is_reported_under_its_own_code(row: str, column: str, expected: set[str]) -> None:
    values = values_of()
    pointer = AT.format(row, column)
    assert codes(sums(with_changes(values, {pointer: number_at(values, pointer) + 2}))) == expected


@pytest.mark.parametrize("form_id", ["2021", "2019"])
def test_one_row_for_a_group_stands_in_the_columns_for_its_items(form_id: str) -> None:
    values = values_of(form_id, collapsed=True)
    assert "other_processing" in values["applications"]
    report = report_of(form_id, values=values)
    assert sums(report.draft) == []
    values["applications"]["other_processing"]["natural_person"] = 999
    assert codes(sums(report_of(form_id, values=values).draft)) == {"row_sum", "column_sum"}


def test_a_group_that_stands_beside_its_items_must_be_their_sum_and_counts_once() -> None:
    values = values_of()
    items = [values["applications"][row] for row in ("other_uncorrected", "other_unpaid", "other_reason")]
    group = {column: sum(item[column] or 0 for item in items) for column in items[0]}
    values["applications"] = {"other_processing": dict(group), **values["applications"]}
    draft = report_of(values=values).draft
    assert sums(draft) == []
    values["applications"]["other_processing"]["natural_person"] = group["natural_person"] + 4
    found = sums(report_of(values=values).draft)
    assert codes(found) == {"subtotal", "row_sum"}
    assert {path for finding in found for path in finding.paths} == {AT.format("other_processing", "natural_person")}


def test_a_review_group_that_fails_names_its_cells_and_the_total_where_only_that_can_be_wrong() -> None:
    values = values_of()
    values["review_litigation"]["review"] = {"upheld": 10, "corrected": 1, "other": 0, "pending": 0, "total": 0}
    values["review_litigation"]["litigation_direct"] = {
        "upheld": 5,
        "corrected": 0,
        "other": 0,
        "pending": 0,
        "total": 4,
    }
    first, second = sums(report_of(values=values).draft)
    assert (first.code, first.paths) == ("review_sum", ["/tables/review_litigation/review/total"])
    assert "10 + 1 + 0 + 0 = 11，总计却写 0" in first.message and "改为 11" in first.message
    assert second.paths == [f"/tables/review_litigation/litigation_direct/{c}" for c in second_cells()]


def second_cells() -> tuple[str, ...]:
    return ("upheld", "corrected", "other", "pending", "total")


def test_two_wrong_cells_far_apart_are_both_located() -> None:
    values = values_of()
    one, other = AT.format("granted", "natural_person"), AT.format("not_processed_repeat", "other_organisation")
    changes: dict[str, int | None] = {one: number_at(values, one) + 3, other: number_at(values, other) + 8}
    found = sums(with_changes(values, changes))
    assert {tuple(finding.paths) for finding in found} == {(one,), (other,)}


def test_two_cells_of_a_row_that_changed_places_are_named() -> None:
    values = values_of()
    row = values["applications"]["granted"]
    row["natural_person"], row["research_institution"] = 500, 7
    for column in ("natural_person", "research_institution"):
        rebalance(values, column)
    row["total"] = sum(number or 0 for column, number in row.items() if column != "total")
    rebalance(values, "total")
    for name in ("total_processed", "new_received"):
        cells = values["applications"][name]
        cells["total"] = sum(number or 0 for column, number in cells.items() if column != "total")
    assert sums(report_of(values=values).draft) == []
    row["natural_person"], row["research_institution"] = 7, 500
    found = sums(report_of(values=values).draft)
    swapped = {AT.format("granted", "natural_person"), AT.format("granted", "research_institution")}
    assert found and all(set(finding.paths) == swapped and "对调" in finding.message for finding in found)


def test_an_exchange_that_chance_may_suggest_is_told_but_every_cell_of_the_sum_named() -> None:
    values = values_of()
    values["review_litigation"]["review"] = {"upheld": 5, "corrected": 1, "other": 1, "pending": 1, "total": 7}
    values["applications"]["granted"]["total"] = int(values["applications"]["granted"]["total"] or 0) + 1
    values["applications"]["denied_state_secret"]["total"] = (
        int(values["applications"]["denied_state_secret"]["total"] or 0) - 1
    )
    found = [finding for finding in sums(report_of(values=values).draft) if finding.code == "row_sum"]
    assert [len(finding.paths) for finding in found] == [7, 7]


def rebalance(values: Values, column: str) -> None:
    """Make a column add up again by its totals."""
    table = values["applications"]
    flow = ("new_received", "carried_over", "total_processed", "carried_forward")
    table["total_processed"][column] = sum(cells[column] or 0 for row, cells in table.items() if row not in flow)
    forward, over = table["carried_forward"][column] or 0, table["carried_over"][column] or 0
    table["new_received"][column] = (table["total_processed"][column] or 0) + forward - over


def test_what_cannot_be_located_names_every_cell_of_the_identity() -> None:
    values = values_of()
    row = values["applications"]["granted"]
    changes: dict[str, int | None] = {
        AT.format("granted", column): int(row[column] or 0) + 5 for column in ("natural_person", "total")
    }
    found = sums(with_changes(values, changes))
    assert codes(found) == {"column_sum"}
    assert [len(finding.paths) for finding in found] == [22, 22]
    assert all("无法判断" in finding.message for finding in found)


# ---- blanks ------------------------------------------------------------------------------------------------------


def test_blanks_count_as_zero() -> None:
    values = values_of()
    for columns in values["applications"].values():
        columns |= {column: None for column, number in columns.items() if number == 0}
    assert sums(report_of(values=values).draft) == []


def test_a_blank_total_is_a_warning_and_counts_elsewhere_as_what_its_parts_give() -> None:
    values = values_of()
    changes: dict[str, int | None] = {
        AT.format("total_processed", "natural_person"): None,
        AT.format("granted", "total"): None,
    }
    findings = verify(with_changes(values, changes)).findings
    assert [finding.code for finding in findings] == ["blank_total", "blank_total"]
    assert sorted(path for finding in findings for path in finding.paths) == sorted(changes)
    assert {finding.severity for finding in findings} == {"warning"}


def test_a_total_left_blank_over_zeros_is_blank_too() -> None:
    values = values_of()
    values["review_litigation"]["review"] = {"upheld": 0, "corrected": 0, "other": 0, "pending": 0, "total": None}
    assert [finding.code for finding in verify(report_of(values=values).draft).findings] == ["blank_total"]


def test_totals_over_columns_left_out_wholesale_are_not_checked_against_them() -> None:
    values = values_of()
    for columns in values["applications"].values():
        columns |= {column: None for column in columns if column != "total"}
    findings = verify(report_of(values=values).draft).findings
    assert [(finding.code, finding.severity) for finding in findings] == [("blank_parts", "info")]
    values["applications"]["granted"]["total"] = 4_000
    assert "column_sum" in codes(sums(report_of(values=values).draft))


def test_a_part_left_blank_where_others_were_filled_in_is_an_error() -> None:
    values = values_of()
    pointer = AT.format("granted", "natural_person")
    right = number_at(values, pointer)
    found = sums(with_changes(values, {pointer: None}))
    assert codes(found) == {"row_sum", "column_sum"}
    assert all(finding.paths == [pointer] and f"由 空 改为 {right}" in finding.message for finding in found)


def test_an_all_blank_table_is_not_checked() -> None:
    values = values_of()
    values["applications"] = {row: dict.fromkeys(columns) for row, columns in values["applications"].items()}
    findings = verify(report_of(values=values).draft).findings
    assert [(finding.code, finding.paths) for finding in findings] == [("blank_table", ["/tables/applications"])]


def test_identities_over_a_cell_without_a_number_are_not_checked() -> None:
    draft = report_of().draft
    pointer = AT.format("granted", "natural_person")
    draft.tables["applications"]["granted"]["natural_person"] = None
    draft.evidence[pointer].state = "unreadable"
    assert sums(draft) == []


# ---- who is to blame ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["model", "ocr"])
def test_a_repair_is_offered_only_for_what_a_machine_saw(method: str) -> None:
    values = values_of()
    pointer = AT.format("granted", "natural_person")
    right = number_at(values, pointer)
    draft = with_changes(values, {pointer: right + 5})
    draft.evidence[pointer].method = method  # type: ignore[assignment]
    found = sums(draft)
    assert [finding.repair for finding in found] == [{pointer: right}] * 2
    assert {finding.cause for finding in found} == {"unknown"}
    assert draft.tables["applications"]["granted"]["natural_person"] == right + 5


def test_a_misread_cell_makes_the_cause_ours() -> None:
    draft = report_of().draft
    cells = draft.tables["applications"]["granted"]
    cells["natural_person"] = int(cells["natural_person"] or 0) + 5
    found = sums(draft)
    assert {finding.cause for finding in found} == {"extraction"}
    assert all(finding.paths == [AT.format("granted", "natural_person")] for finding in found)


def test_a_form_of_ones_own_is_checked_by_its_own_identities(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN_FORM, "utf-8")
    form = read_form(tmp_path / "own.toml")
    draft = report_of().draft
    draft.form = form
    draft.tables = {"visits": {"petitions": {"letters": 3, "calls": 4, "all": 9}}}
    [finding] = sums(draft)
    assert (finding.code, len(finding.paths)) == ("identity", 3)
    assert finding.message.startswith("信访表“来信来访（合计）”：3 + 4 = 7，应等于 9")


OWN_FORM = """
id = "visits"
report = "信访工作年度报告"
titles = {names = ["信访工作年度报告"]}

[[tables]]
key = "visits"
name = "信访表"
en = "visits"

[[tables.blocks]]
columns = [{key = "letters", label = "来信"}, {key = "calls", label = "来访"}, {key = "all", label = "合计"}]
rows = [{key = "petitions", label = "来信来访"}]

[[identities]]
table = "visits"
along = "row"
left = ["letters", "calls"]
right = ["all"]
name = "合计"
"""
