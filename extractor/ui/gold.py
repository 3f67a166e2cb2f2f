"""The page of gold: which accepted reports can become labels, and why others cannot yet. Writing them is a command."""

from __future__ import annotations

import streamlit as st

from extractor.export.lines import plain
from extractor.promotion import candidates
from extractor.review.people import permit
from extractor.store.queue import Filter, identifiers
from extractor.ui.opened import opening

_MOST = 200
_COMMAND = "python -m eval promote"


def gold_page() -> None:
    """Every accepted report with what holds it back."""
    here = opening()
    permit(here.person, "export")
    words = here.words
    with here.store.reading() as connection:
        reports = identifiers(connection, Filter(state="accepted"))
    if not reports:
        st.info(words("gold", "none"))
        return
    st.markdown(words("gold", "hint"))
    st.code(_COMMAND, language=None)
    found = candidates(here.store, here.person, reports[:_MOST])
    table = [
        {
            words("gold", "report"): one.report,
            words("gold", "name"): plain(one.name),
            words("gold", "ready"): one.gold is not None,
            words("gold", "why_not"): one.why_not,
        }
        for one in found
    ]
    st.dataframe(table, hide_index=True, width="stretch")
    if len(reports) > _MOST:
        st.caption(words("gold", "shown").replace("{count}", str(_MOST)))
