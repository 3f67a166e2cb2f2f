"""The bodies of a year beside each other, ordered by a figure: a table, the first of them as a chart, a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from extractor.across.compared import OfBody, Ranked, Wanted, count_of_year, headlines, of_year
from extractor.export.lines import plain
from extractor.forms.figures import Figure
from extractor.show.words import Wording
from extractor.ui.across_parts import (
    BODY,
    ROWS,
    SIGNS,
    VIEW,
    bars,
    choose_figure,
    drawn,
    figure_name,
    filters,
    offer_file,
    pages,
    written,
)
from extractor.ui.opened import Opening

_DRAWN = 20
_WIDE = 240
"""Pixels of the column that says what stands out."""
_FIRST = ("new_received", "granted", "carried_forward", "documents_in_force", "reviews", "litigations")


def bodies_view(here: Opening) -> None:
    """Filters, the order, the table, the chart."""
    words = here.words
    wanted = filters(here, "bodies")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = choose_figure(here, "rank", "bodies_by")
        first = [one for one in headlines() if one.key in _FIRST]
        shown = st.multiselect(
            words("across", "columns"), headlines(), first, format_func=lambda one: figure_name(one, words)
        )
        rising = st.toggle(words("across", "rising"), key="bodies_rising")
    columns = [by, *(one for one in shown if one.key != by.key)]
    count = count_of_year(here.store, here.person, wanted)
    if not count:
        st.info(words("across", "none_match"))
        return
    ranked = Ranked(by.key, rising)
    skip = pages(here, count, "bodies_page")
    rows = of_year(here.store, here.person, wanted, ranked, limit=ROWS, skip=skip)
    _list(here, rows, columns)
    _offer(here, wanted, ranked, columns)
    _chart(rows, by, words)


def _list(here: Opening, rows: Sequence[OfBody], columns: Sequence[Figure]) -> None:
    event: Any = st.dataframe(
        [_line(row, columns, here.words) for row in rows],
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        width="stretch",
        key="bodies_rows",
        column_config={here.words("across", "stands_out"): st.column_config.TextColumn(width=_WIDE)},
    )
    st.caption(here.words("across", "choose_body"))
    if event.selection.rows and event.selection.rows[0] < len(rows):
        chosen = rows[event.selection.rows[0]].body
        st.switch_page(st.session_state["pages"]["across"], query_params={VIEW: "years", BODY: str(chosen)})


def _line(row: OfBody, columns: Sequence[Figure], words: Wording) -> dict[str, Any]:
    """The figure that counts and what stands out first: a wide table is cut off at the right."""
    figures = {figure_name(one, words): _number(row, one) for one in columns}
    first = figure_name(columns[0], words)
    told = {words("across", "body"): plain(row.name), first: figures[first]}
    told |= {words("across", "stands_out"): _stands_out(row, words), **figures}
    told |= {words("queue", "level"): words("level", row.level) if row.level else ""}
    return told | {words("queue", "region"): plain(row.region or ""), words("queue", "form"): row.form or ""}


def _number(row: OfBody, figure: Figure) -> float | int | None:
    value = row.values.get(figure.key)
    return None if value is None else drawn(value)


def _stands_out(row: OfBody, words: Wording) -> str:
    """``↑ new applications 3 → 40``, of every figure that stands out."""
    return words("queue", "between").join(
        f"{SIGNS[row.marks[one.key]]} {figure_name(one, words)} "
        f"{written(row.before.get(one.key))} → {written(row.values.get(one.key))}"
        for one in headlines()
        if one.key in row.marks
    )


def _offer(here: Opening, wanted: Wanted, ranked: Ranked, columns: Sequence[Figure]) -> None:
    words = here.words
    heads = [words("across", "body"), words("queue", "level"), words("queue", "region"), words("queue", "form")]
    heads += [*(figure_name(one, words) for one in columns), words("across", "stands_out")]

    def rows() -> list[list[Any]]:
        found = of_year(here.store, here.person, wanted, ranked, limit=None)
        return [
            [
                *(row.name, words("level", row.level) if row.level else "", row.region, row.form),
                *(row.values.get(one.key) for one in columns),
                _stands_out(row, words),
            ]
            for row in found
        ]

    offer_file(here, f"bodies-{wanted.year}", heads, rows, "bodies_csv")


def _chart(rows: Sequence[OfBody], by: Figure, words: Wording) -> None:
    name, value = words("across", "body"), figure_name(by, words)
    some = [row for row in rows[:_DRAWN] if by.key in row.values]
    if some:
        bars(
            [{name: f"{at}. {row.name}", value: drawn(row.values[by.key])} for at, row in enumerate(some, 1)],
            name,
            value,
        )
