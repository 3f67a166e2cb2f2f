"""The page of the queue: which reports wait, by what is expected to be mended, and taking the next one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, get_args

import streamlit as st

from extractor.across.versions import Also, also_of
from extractor.errors import ExtractorError
from extractor.export.lines import plain
from extractor.record import Level
from extractor.review import work
from extractor.review.people import PERMITTED
from extractor.show.words import Wording
from extractor.store.queue import Filter, choices, finding_counts
from extractor.store.reports import ReportRow
from extractor.ui.exports import export_panel
from extractor.ui.marks import bare
from extractor.ui.opened import Opening, opening
from extractor.ui.register_versions import other_report
from extractor.ui.report import go_to

_ROWS, _ALSO = 50, 3
_COLUMNS = ("form", "year", "region", "reviewer", "format")
_HEADS = ("organisation", "year", "form", "errors", "doubts", "state", "also", "reviewer", "changed", "name")
_STATES = ("open", "failed", "parked", "disputed", "accepted", "rejected", "clean")


def queue_page() -> None:
    """Filters, counts, the list, and the button that takes the next report."""
    here = opening()
    try:
        wanted = _filters(here)
        counts = _counts(here, wanted)
        rows = work.queue_page(here.store, here.person, wanted, after=st.session_state.get("after"), limit=_ROWS)
    except ExtractorError as error:
        st.error(bare(error.zh if here.words.language == "zh" else error.en))
        return
    _take_next(here, wanted)
    if not rows:
        _empty(here, wanted, counts)
        return
    _list(here, rows)
    _turning(here, rows)
    export_panel(here, wanted, counts.get(wanted.state, 0) if wanted.state else sum(counts.values()))


def _filters(here: Opening) -> Filter:
    words = here.words
    with st.container(horizontal=True, vertical_alignment="bottom"):
        hint = words("queue", "search_hint")
        body = st.text_input(words("queue", "search"), key="q_body", on_change=_first_page, placeholder=hint)
        state = (
            _select(words("queue", "state"), ["", *_STATES], _named(words, "standing"), first=1, key="q_state") or None
        )
    with st.expander(words("queue", "more_filters")), here.store.reading() as connection:
        codes = finding_counts(connection, Filter(state=state))
        offered: dict[str, list[Any]] = {name: choices(connection, name) for name in _COLUMNS}
        offered |= {"level": list(get_args(Level)), "finding": sorted(codes, key=lambda code: -codes[code])}
        columns = st.columns(4)
        kept: dict[str, Any] = {}
        for number, (name, values) in enumerate(offered.items()):
            with columns[number % 4]:
                shown = _named(words, name if name in ("level", "finding") else None, codes)
                kept[name] = _select(words("queue", name), [None, *values], shown, key=f"q_{name}")
    return Filter(state=state, body=body.strip() or None, **kept)


def _select(label: str, values: list[Any], shown: Callable[[Any], str], first: int = 0, *, key: str) -> Any:
    return st.selectbox(label, values, index=first, format_func=shown, on_change=_first_page, key=key)


def _named(words: Wording, group: str | None, counts: Mapping[str, int] | None = None) -> Callable[[Any], str]:
    """How a choice is written: as it is, or by its word of ``group``; a finding with its code and how many."""

    def name(value: Any) -> str:
        if value in (None, ""):
            return words("queue", "any")
        told = words(group, value) if group else str(value)
        if group == "finding":
            return f"{told} · {value} ({(counts or {}).get(value, 0):,})"
        return told

    return name


def _first_page() -> None:
    st.session_state.pop("after", None)


def _counts(here: Opening, wanted: Filter) -> dict[str, int]:
    found = work.queue_counts(here.store, here.person, replace(wanted, state=None))
    told = [f"{here.words('standing', state)} **{found[state]:,}**" for state in _STATES if state in found]
    st.markdown("  ·  ".join(told))
    return found


def _take_next(here: Opening, wanted: Filter) -> None:
    if here.person.role not in PERMITTED["claim"]:
        return
    if st.button(here.words("queue", "claim_next"), type="primary", shortcut="G"):
        report = work.claim_next(here.store, here.person, wanted)
        if report is None:
            st.info(here.words("queue", "none_free"))
        else:
            _open(report)


def _open(report: int) -> None:
    st.switch_page(st.session_state["pages"]["report"], query_params={"report": str(report)})


def listed(
    rows: Sequence[ReportRow], words: Wording, others: Mapping[int, Sequence[Also]] | None = None
) -> list[dict[str, Any]]:
    """The list as people see it; ``others``: by report the others of its body and year.

    The browser offers it as a file, so no text in it may be a spreadsheet's formula.
    """
    cells = [_cells(row, words, (others or {}).get(row.id, ())) for row in rows]
    return [{words("queue", name): plain(value) for name, value in zip(_HEADS, some, strict=True)} for some in cells]


def _also(others: Sequence[Also], words: Wording) -> str:
    """The first few of the other reports, and that there are more."""
    shown = words("queue", "between").join(other_report(words, one) for one in others[:_ALSO])
    return f"{shown}…" if len(others) > _ALSO else shown


def _cells(row: ReportRow, words: Wording, others: Sequence[Also]) -> tuple[Any, ...]:
    return (
        row.organisation or "",
        str(row.year or ""),
        row.form or "",
        row.errors + row.conflicts,
        row.doubts,
        words("standing", row.state),
        _also(others, words),
        row.claimed_by or row.reviewer or "",
        datetime.fromtimestamp(row.changed_at / 1_000_000, UTC).strftime("%Y-%m-%d %H:%M"),
        row.name,
    )


def _list(here: Opening, rows: list[ReportRow]) -> None:
    with here.store.reading() as connection:
        others = also_of(connection, [row.id for row in rows])
    event: Any = st.dataframe(
        listed(rows, here.words, others),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        width="stretch",
        key="queue_rows",
    )
    if event.selection.rows:
        go_to(rows[event.selection.rows[0]].id)
        _open(rows[event.selection.rows[0]].id)


def _turning(here: Opening, rows: list[ReportRow]) -> None:
    with st.container(horizontal=True):
        if st.session_state.get("after") is not None and st.button(here.words("queue", "to_first")):
            _first_page()
            st.rerun()
        if len(rows) == _ROWS and st.button(here.words("queue", "more")):
            st.session_state["after"] = rows[-1]
            st.rerun()


def _empty(here: Opening, wanted: Filter, counts: Mapping[str, int]) -> None:
    unfiltered = "none_in_state" if counts else "empty"
    told = unfiltered if wanted == Filter(state=wanted.state) else "none_match"
    st.info(here.words("queue", told))
