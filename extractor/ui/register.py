"""The page of the register: bodies and their names, what may be the same, levels, duplicates, and every answer."""

from __future__ import annotations

import time

import streamlit as st

from extractor.across.suggesting import suggestion_count
from extractor.across.versions import group_count
from extractor.review.people import permit
from extractor.ui.opened import Opening, opening
from extractor.ui.register_acts import COUNTS, may_settle, told
from extractor.ui.register_bodies import bodies_view
from extractor.ui.register_history import history_view
from extractor.ui.register_levels import levels_view
from extractor.ui.register_same import compare_new, same_view
from extractor.ui.register_versions import versions_view

_VIEW = "register_view"
_VIEWS = {
    "bodies": bodies_view,
    "same": same_view,
    "levels": levels_view,
    "versions": versions_view,
    "history": history_view,
}
_MOST_COUNTED = 1_000
_SECONDS = 60


def register_page() -> None:
    """One of the views, with what waits in each."""
    here = opening()
    permit(here.person, "view")
    st.caption(here.words("register", "hint" if may_settle(here) else "read_only"))
    compare_new(here)
    view = _chosen(here)
    told(here)
    _VIEWS[view](here)


def _chosen(here: Opening) -> str:
    """The view that the address names; choosing one changes the address, so that a reload and a link find it."""
    asked = st.query_params.get("view")
    st.session_state[_VIEW] = asked if asked in _VIEWS else "bodies"
    counts = _counts(here)

    def name(view: str) -> str:
        count = counts.get(view, 0)
        many = f"{_MOST_COUNTED}+" if count >= _MOST_COUNTED else str(count)
        return here.words("register", view) + (f" ({many})" if count else "")

    label = here.words("page", "register")
    st.segmented_control(
        label,
        list(_VIEWS),
        format_func=name,
        key=_VIEW,
        required=True,
        label_visibility="collapsed",
        on_change=_go_to_view,
    )
    return str(st.session_state[_VIEW])


def _go_to_view() -> None:
    st.query_params.from_dict({"view": st.session_state[_VIEW] or "bodies"})


def _counts(here: Opening) -> dict[str, int]:
    """How much waits, looked at once a minute and after each answer: counting takes longer than a page."""
    known = st.session_state.get(COUNTS)
    if known is None or time.monotonic() - known[0] > _SECONDS:
        with here.store.reading() as connection:
            counts = {"same": suggestion_count(connection, _MOST_COUNTED), "versions": group_count(connection)}
        known = st.session_state[COUNTS] = (time.monotonic(), counts)
    return dict(known[1])
