"""Defects of reading tables: values in the wrong place, rows and columns lost, absences and sums taken for figures."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from eval.mutants.planting import Make, Mutant, Plant, changed, giving, instead, then
from extractor.draft import Draft
from extractor.record import Evidence, Number, Place
from extractor.tables.detect import Detected

READ = "extractor.pipeline:read_tables"
APPLICATIONS, PROACTIVE, REVIEW = "applications", "proactive_disclosure", "review_litigation"
CLEAR = ("clear_river_county_2023", "heyan_town_2021")
"""Reports without any trouble, most of whose cells are not 0."""


def _swap(draft: Draft, one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    """Two cells change places, with all that is known of them."""
    tables, evidence = draft.tables, draft.evidence
    places = [(tables.get(table, {}).get(row, {}), column) for table, row, column in (one, other)]
    if not all(column in columns for columns, column in places):
        return
    (first, a), (second, b) = places
    first[a], second[b] = second[b], first[a]
    left, right = ("/tables/" + "/".join(cell) for cell in (one, other))
    evidence[left], evidence[right] = evidence[right], evidence[left]


def _lose(draft: Draft, table: str, row: str, column: str) -> None:
    """A cell as if the document had none."""
    draft.tables[table][row][column] = None
    draft.evidence[f"/tables/{table}/{row}/{column}"] = Evidence(None, "missing", Place(), verdict="review")


def _put(draft: Draft, table: str, row: str, column: str, value: Number) -> None:
    """Another number in a cell; its place in the source stays."""
    draft.tables[table][row][column] = value
    draft.evidence[f"/tables/{table}/{row}/{column}"].state = "number"


def _swap_columns(draft: Draft) -> None:
    for row in draft.tables.get(APPLICATIONS, {}):
        _swap(draft, (APPLICATIONS, row, "natural_person"), (APPLICATIONS, row, "commercial_enterprise"))


def _swap_proactive_columns(draft: Draft) -> None:
    for row in draft.tables.get(PROACTIVE, {}):
        _swap(draft, (PROACTIVE, row, "issued"), (PROACTIVE, row, "in_force"))
        _swap(draft, (PROACTIVE, row, "new_issued"), (PROACTIVE, row, "total_disclosed"))


def _swap_rows_of(table: str, one: str, other: str) -> Callable[[Draft], None]:
    def swap_rows(draft: Draft) -> None:
        for column in list(draft.tables.get(table, {}).get(one, {})):
            _swap(draft, (table, one, column), (table, other, column))

    return swap_rows


def _shift_rows(draft: Draft) -> None:
    rows = list(draft.tables.get(APPLICATIONS, {}))
    for lower, upper in zip(rows[:1:-1], rows[-2:0:-1], strict=True):
        _swap_rows_of(APPLICATIONS, lower, upper)(draft)


def _shift_columns(draft: Draft) -> None:
    for row, columns in draft.tables.get(APPLICATIONS, {}).items():
        keys = list(columns)
        for right, left in zip(keys[:0:-1], keys[-2::-1], strict=True):
            _swap(draft, (APPLICATIONS, row, right), (APPLICATIONS, row, left))


def _lose_last_row(draft: Draft) -> None:
    for rows in draft.tables.values():
        _lose_row(draft, rows)


def _lose_row(draft: Draft, rows: dict[str, Any]) -> None:
    table = next(key for key, found in draft.tables.items() if found is rows)
    for column in rows[list(rows)[-1]] if rows else ():
        _lose(draft, table, list(rows)[-1], column)


def _lose_column(column: str) -> Callable[[Draft], None]:
    def lose(draft: Draft) -> None:
        for table, rows in draft.tables.items():
            for row, columns in rows.items():
                if column in columns:
                    _lose(draft, table, row, column)

    return lose


def _lose_table(table: str) -> Callable[[Draft], None]:
    def lose(draft: Draft) -> None:
        for row, columns in draft.tables.get(table, {}).items():
            for column in columns:
                _lose(draft, table, row, column)

    return lose


def _sum_up(draft: Draft) -> None:
    """Totals made from their parts: right until a report adds up wrongly itself."""
    for table in (APPLICATIONS, REVIEW):
        for row, columns in draft.tables.get(table, {}).items():
            parts = [columns[column] for column in columns if column != "total"]
            if "total" in columns and any(part is not None for part in parts):
                _put(draft, table, row, "total", sum(part or 0 for part in parts))


def _zero_where(*states: str) -> Callable[[Draft], None]:
    def zero(draft: Draft) -> None:
        for pointer, evidence in draft.evidence.items():
            if pointer.startswith("/tables/") and evidence.state in states:
                _, _, table, row, column = pointer.split("/")
                _put(draft, table, row, column, 0)

    return zero


def _call_collapsed_other(draft: Draft) -> None:
    """The one row （六） is taken for its third item."""
    rows = draft.tables.get(APPLICATIONS, {})
    for column in list(rows.get("other_processing", {})):
        columns = rows.setdefault("other_reason", dict.fromkeys(rows["other_processing"]))
        columns[column] = rows["other_processing"][column]
        draft.evidence[f"/tables/{APPLICATIONS}/other_reason/{column}"] = draft.evidence.pop(
            f"/tables/{APPLICATIONS}/other_processing/{column}"
        )
    rows.pop("other_processing", None)


def _take_next(draft: Draft) -> None:
    """Each cell of a row that the one before it repeats is lost, as if it were its copy."""
    for table, rows in draft.tables.items():
        for row, columns in rows.items():
            keys = list(columns)
            for left, right in itertools.pairwise(keys):
                if columns[left] == columns[right] and columns[left]:
                    _lose(draft, table, row, right)


def _without_findings(*codes: str) -> Callable[[Draft], None]:
    def silence(draft: Draft) -> None:
        draft.findings = [finding for finding in draft.findings if finding.code not in codes]

    return silence


def _always_newest(forms: Sequence[Any], *_: object) -> Detected:
    return Detected(forms[0])


def _without_mixed(found: Detected) -> Detected:
    return replace(found, mixed=())


def _of(name: str, breaks: str, make: Make, *near: str, place: str = READ) -> Mutant:
    return Mutant(name, "tables", breaks, (Plant(place, make),), near or CLEAR)


MUTANTS = (
    _of("swap_columns", "自然人 and 商业企业 change places, evidence and all", then(_swap_columns)),
    _of("swap_proactive_columns", "制发 and 现行有效 of the first table change places", then(_swap_proactive_columns)),
    _of(
        "swap_rows",
        "予以公开 and 部分公开 change places, which no sum can see",
        then(_swap_rows_of(APPLICATIONS, "granted", "partially_granted")),
    ),
    _of(
        "swap_litigation_groups",
        "litigation without and after review change places",
        then(_swap_rows_of(REVIEW, "litigation_direct", "litigation_after_review")),
    ),
    _of("shift_rows", "from the second row on each row's values slip to the row below", then(_shift_rows)),
    _of("shift_columns", "the values of each row slip by one column", then(_shift_columns)),
    _of("drop_last_row", "the last row of every table is lost", then(_lose_last_row)),
    _of("drop_total", "the totals of rows are lost", then(_lose_column("total"))),
    _of(
        "drop_first_column", "the first column of the applications table is lost", then(_lose_column("natural_person"))
    ),
    _of("lose_a_table", "the table of proactive disclosure is lost", then(_lose_table(PROACTIVE))),
    _of("lose_the_last_table", "the table of reviews and litigation is lost", then(_lose_table(REVIEW))),
    _of(
        "compute_totals",
        "totals are computed from their parts instead of read",
        then(_sum_up),
        "shihong_district_2025",
        "dongli_subdistrict_2023",
    ),
    _of("missing_as_zero", "cells that the report lacks are filled with 0", then(_zero_where("missing")), "yunzhen"),
    _of("skip_equal_neighbours", "a cell equal to the one before it is skipped as its copy", then(_take_next)),
    _of(
        "collapsed_row_as_item",
        "（六）其他处理 in one row is taken for its item 3",
        then(_call_collapsed_other),
        "bozhou_transport_bureau_2022",
        "2019",
    ),
    _of(
        "newest_form_always",
        "every report is read by the newest form, whatever its headers say",
        instead(_always_newest),
        "2019",
        place="extractor.tables.read:detect_form",
    ),
    _of(
        "miss_mixed_forms",
        "headers of two forms in one report are not told",
        changed(_without_mixed),
        "moting_market_bureau_2021",
        place="extractor.tables.read:detect_form",
    ),
    _of(
        "swallow_unknown_rows",
        "rows that the form does not have vanish without a finding",
        then(_without_findings("unmatched_row")),
        "bozhou_transport_bureau_2022",
    ),
    _of(
        "assume_units_silently",
        "an amount without a unit is taken for 万元 without a finding",
        then(_without_findings("unit_assumed")),
        "yangang_education_bureau_2020",
    ),
    _of(
        "leave_digits_glued",
        "figures written in one go (规章000) are not taken apart",
        giving([]),
        "shihong_district_2025",
        place="extractor.tables.stream:_unglued",
    ),
    _of(
        "skip_wrapped_labels",
        "labels broken over lines are not joined",
        giving(([], 0)),
        "moting_market_bureau_2021",
        "txt",
        place="extractor.tables.match:label_of",
    ),
)
