"""The register's levels and regions: what names and reports say, settled many at a time after a look."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st

from extractor.across.listing import Proposal, proposals
from extractor.across.settling import Value, set_values
from extractor.export.lines import plain
from extractor.record import Level
from extractor.ui.opened import Opening
from extractor.ui.register_acts import act, may_settle

_AFTER = "register_levels_after"
_ROWS = 100


def levels_view(here: Opening) -> None:
    """Bodies that lack either, with what is proposed."""
    words, after = here.words, st.session_state.get(_AFTER, "")
    with here.store.reading() as connection:
        found = proposals(connection, after=after, limit=_ROWS)
    if not found and not after:
        st.info(words("register", "none_lacking"))
        return
    st.caption(words("register", "levels_hint"))
    edited = _table(here, found)
    with st.container(horizontal=True):
        if may_settle(here) and st.button(words("register", "settle_ticked"), type="primary"):
            _settle(here, found, edited)
        if after and st.button(words("register", "to_first")):
            st.session_state.pop(_AFTER, None)
            st.rerun()
        if len(found) == _ROWS and st.button(words("register", "more")):
            st.session_state[_AFTER] = found[-1].name
            st.rerun()


def _table(here: Opening, found: list[Proposal]) -> list[dict[str, Any]]:
    words = here.words
    rows = [
        {
            "settle": one.level is not None or one.region is not None,
            "name": plain(one.name),
            "level": words("level", one.level) if one.level else "",
            "region": plain(one.region or ""),
        }
        for one in found
    ]
    config: dict[str, Any] = {
        "settle": st.column_config.CheckboxColumn(words("register", "settle"), width="small"),
        "name": st.column_config.TextColumn(words("register", "name"), disabled=True),
        "level": st.column_config.SelectboxColumn(
            words("register", "level"), options=["", *(words("level", level) for level in get_args(Level))]
        ),
        "region": st.column_config.TextColumn(words("register", "region"), max_chars=60),
    }
    key = f"register_levels_{hash(tuple(one.body for one in found))}"  # other rows, other ticks
    edited: list[dict[str, Any]] = st.data_editor(
        rows, column_config=config, hide_index=True, width="stretch", disabled=not may_settle(here), key=key
    )
    return edited


def _settle(here: Opening, found: list[Proposal], edited: list[dict[str, Any]]) -> None:
    levels = {here.words("level", level): level for level in get_args(Level)}
    values = []
    for one, row in zip(found, edited, strict=True):
        if row["settle"]:
            level, region = levels.get(row["level"] or ""), (row["region"] or "").removeprefix("'").strip()
            values += [Value(one.body, "level", level)] if level and not one.has_level else []
            values += [Value(one.body, "region", region)] if region and not one.has_region else []
    if not values:
        st.info(here.words("register", "nothing_ticked"))
        return
    act(here, lambda: set_values(here.store, here.person, values))
    st.rerun()
