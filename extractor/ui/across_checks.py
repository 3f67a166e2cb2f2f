"""What reports of different years say against each other: a list that leads to both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from extractor.across.checks import CODES, Contradicted, count_contradicted, open_contradictions
from extractor.export.lines import plain
from extractor.show.words import Wording
from extractor.ui.across_parts import ROWS, filters, offer_file, pages, report_link
from extractor.ui.opened import Opening

_HEADS = ("body", "year", "report", "other", "message")


def checks_view(here: Opening) -> None:
    """Filters, the list, and the way to the two reports of the chosen line."""
    words = here.words
    st.markdown(words("across", "checks_hint"))
    wanted = filters(here, "checks", any_year=True)
    code = st.selectbox(
        words("across", "which_check"), [None, *CODES], format_func=lambda one: _code(one, words), key="checks_code"
    )
    count = count_contradicted(here.store, here.person, wanted, code)
    if not count:
        st.success(words("across", "no_contradiction"))
        return
    skip = pages(here, count, "checks_page")
    found = open_contradictions(here.store, here.person, wanted, code, limit=ROWS, skip=skip)
    _list(here, found)
    heads = [words("across", head) for head in _HEADS]

    def rows() -> list[list[Any]]:
        every = open_contradictions(here.store, here.person, wanted, code, limit=None)
        return [_cells(one, words) for one in every]

    offer_file(here, "contradictions", heads, rows, "checks_csv")


def _code(code: str | None, words: Wording) -> str:
    return words("check", code) if code else words("queue", "any")


def _cells(one: Contradicted, words: Wording) -> list[Any]:
    return [one.name, str(one.year), one.report, one.other, one.message if words.language == "zh" else one.message_en]


def _list(here: Opening, found: Sequence[Contradicted]) -> None:
    words = here.words
    table = [
        {words("across", head): plain(cell) for head, cell in zip(_HEADS, _cells(one, words), strict=True)}
        for one in found
    ]
    event: Any = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="single-row", width="stretch", key="checks_rows"
    )
    if not event.selection.rows or event.selection.rows[0] >= len(found):
        st.caption(words("across", "choose_line"))
        return
    one = found[event.selection.rows[0]]
    with st.container(horizontal=True):
        for report in (one.report, one.other):
            report_link(here, report, words("across", "open_number").replace("{report}", str(report)))
