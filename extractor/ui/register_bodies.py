"""The register's list of bodies, and one of them with its names, level, region and reports."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st

from extractor.across.listing import Listed, Wanted, body_of, listed, reports_of
from extractor.across.settling import Value, merge, rename, separate, set_values
from extractor.export.lines import plain
from extractor.record import Level
from extractor.ui.marks import bare
from extractor.ui.opened import Opening
from extractor.ui.register_acts import act, filled, may_settle, moment

_ROWS = 50
_AFTER, _CHOSEN = "register_after", "register_body"
_MOST_FOUND = 8


def bodies_view(here: Opening) -> None:
    """Search, list, and the body that was chosen."""
    wanted = _filters(here)
    with here.store.reading() as connection:
        rows = listed(connection, wanted, after=st.session_state.get(_AFTER), limit=_ROWS)
    if not rows:
        st.info(here.words("register", "empty" if wanted == Wanted() else "none_match"))
        return
    chosen = _list(here, rows)
    _turning(here, rows)
    if chosen is None:
        st.caption(here.words("register", "choose_body"))
        return
    with here.store.reading() as connection:
        one = body_of(connection, chosen)
        reports = reports_of(connection, one.id) if one else []
    if one is not None:
        _one(here, one, reports)


def _filters(here: Opening) -> Wanted:
    words = here.words
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(words("register", "search"), key="register_search", on_change=_first_page)
        level = st.selectbox(
            words("register", "level"),
            [None, *get_args(Level), ""],
            format_func=lambda value: _level(here, value) if value is not None else words("register", "any"),
            key="register_level",
            on_change=_first_page,
        )
    return Wanted(search.strip() or None, level)


def _level(here: Opening, value: str | None) -> str:
    return here.words("level", value) if value else here.words("register", "unsettled")


def _first_page() -> None:
    st.session_state.pop(_AFTER, None)


def _list(here: Opening, rows: list[Listed]) -> int | None:
    words = here.words
    table = [
        {
            words("register", "name"): plain(one.name),
            words("register", "other_names"): plain("　".join(one.aliases.values())),
            words("register", "level"): words("level", one.level) if one.level else "",
            words("register", "region"): plain(one.region or ""),
            words("register", "reports"): one.reports,
            words("register", "years"): years_of(one),
        }
        for one in rows
    ]
    event: Any = st.dataframe(
        table,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        width="stretch",
        height=min(36 * (len(table) + 1), 330),
        key="register_rows",
    )
    if event.selection.rows and event.selection.rows[0] < len(rows):
        return rows[int(event.selection.rows[0])].id
    return rows[0].id if len(rows) == 1 else None


def years_of(one: Listed) -> str:
    """The years that a body reported, the run of them made short: 2019–2022, 2024."""
    runs: list[list[int]] = []
    for year in sorted(year for year in one.years if year is not None):
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _turning(here: Opening, rows: list[Listed]) -> None:
    with st.container(horizontal=True):
        if st.session_state.get(_AFTER) is not None and st.button(here.words("register", "to_first")):
            _first_page()
            st.rerun()
        if len(rows) == _ROWS and st.button(here.words("register", "more")):
            st.session_state[_AFTER] = rows[-1]
            st.rerun()


# ---- one body ----------------------------------------------------------------------------------------------------


def _one(here: Opening, one: Listed, reports: list[tuple[int, int | None, str, str, bool]]) -> None:
    words = here.words
    st.subheader(bare(one.name), divider="gray")
    if one.settled_by:
        parts = {"{who}": bare(one.settled_by), "{at}": moment(one.settled_at)}
        st.caption(filled(words("register", "settled_by"), parts))
    left, right = st.columns(2, gap="large")
    with left:
        _reports(here, reports)
    with right:
        _names(here, one)
        if may_settle(here):
            _values(here, one)
            _rename(here, one)
            _same_as(here, one)


def _reports(here: Opening, reports: list[tuple[int, int | None, str, str, bool]]) -> None:
    words = here.words
    table = [
        {
            words("register", "year"): str(year or ""),
            words("register", "state"): words("standing", state),
            words("register", "counts"): counts,
            words("register", "file"): plain(name),
        }
        for _, year, state, name, counts in reports
    ]
    event: Any = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="single-row", width="stretch", key="register_reports"
    )
    if event.selection.rows and event.selection.rows[0] < len(reports):
        asked = {"report": str(reports[event.selection.rows[0]][0])}
        st.switch_page(st.session_state["pages"]["report"], query_params=asked)


def _names(here: Opening, one: Listed) -> None:
    words = here.words
    if one.aliases:
        st.markdown(f"**{words('register', 'other_names')}**")
    for number, name in one.aliases.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(bare(name))
            if may_settle(here):
                apart = (here, lambda number=number: separate(here.store, here.person, number))
                st.button(words("register", "separate"), key=f"separate_{number}", on_click=act, args=apart)


def _values(here: Opening, one: Listed) -> None:
    words = here.words
    with st.form(f"register_values_{one.id}"):
        levels = ["", *get_args(Level)]
        at = levels.index(one.level) if one.level in levels else 0
        level = st.selectbox(words("register", "level"), levels, at, format_func=lambda value: _level(here, value))
        region = st.text_input(words("register", "region"), one.region or "", max_chars=60)
        if st.form_submit_button(words("register", "save")):
            given = {"level": (level or None, one.level), "region": (region.strip() or None, one.region)}
            changed = [Value(one.id, name, *both) for name, both in given.items() if both[0] != both[1]]  # type: ignore[arg-type]
            if changed:
                act(here, lambda: set_values(here.store, here.person, changed))
                st.rerun()


def _rename(here: Opening, one: Listed) -> None:
    words = here.words
    with st.form(f"register_name_{one.id}"):
        hint = words("register", "called_hint")
        name = st.text_input(words("register", "called"), one.name, max_chars=100, help=hint)
        if st.form_submit_button(words("register", "rename")) and name.strip() not in ("", one.name):
            act(here, lambda: rename(here.store, here.person, one.id, name))
            st.rerun()


def _same_as(here: Opening, one: Listed) -> None:
    """Another body that the rules did not think of."""
    words = here.words
    search = st.text_input(
        words("register", "is_same_as"), placeholder=words("register", "is_same_hint"), key=f"same_as_{one.id}"
    )
    if not search.strip():
        return
    with here.store.reading() as connection:
        found = [other for other in listed(connection, Wanted(search), limit=_MOST_FOUND) if other.id != one.id]
    if not found:
        st.caption(words("register", "none_match"))
    for other in found:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(bare(other.name))
            into = (here, lambda other=other: merge(here.store, here.person, one.id, other.id))
            st.button(words("register", "merge_into"), key=f"into_{other.id}", on_click=act, args=into)
