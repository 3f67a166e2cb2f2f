"""Every answer about the register: who, when, what; and taking one back."""

from __future__ import annotations

from typing import Any

import streamlit as st

from extractor.across.answers import answers, taken_back
from extractor.across.settling import undo
from extractor.export.lines import plain
from extractor.ui.opened import Opening
from extractor.ui.register_acts import act, in_words, may_settle, moment, names_in

_ROWS = 50
_BEFORE = "register_before"


def history_view(here: Opening) -> None:
    """The last answers first."""
    words, before = here.words, st.session_state.get(_BEFORE)
    with here.store.reading() as connection:
        given = answers(connection, limit=_ROWS, before=before)
        gone, names = taken_back(connection, given), names_in(connection, given)
    if not given and before is None:
        st.info(words("register", "no_answers"))
        return
    table = [
        {
            words("register", "number"): one.id,
            words("register", "at"): moment(one.at),
            words("register", "who"): plain(one.who),
            words("register", "what"): plain(in_words(one, names, words)),
            words("register", "taken_back"): one.id in gone,
        }
        for one in given
    ]
    event: Any = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="single-row", width="stretch", key="register_answers"
    )
    chosen = [given[at] for at in event.selection.rows if at < len(given)]
    with st.container(horizontal=True):
        if may_settle(here):
            able = [one for one in chosen if one.kind != "undo" and one.id not in gone]
            step = (here, lambda: undo(here.store, here.person, able[0].id))
            st.button(words("register", "undo"), disabled=not able, on_click=act, args=step)
        if before is not None and st.button(words("register", "to_first")):
            st.session_state.pop(_BEFORE, None)
            st.rerun()
        if len(given) == _ROWS and st.button(words("register", "more")):
            st.session_state[_BEFORE] = given[-1].id
            st.rerun()
