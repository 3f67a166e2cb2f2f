"""What the views of the comparing page share: filters, the names of figures, links to reports, files to take away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, get_args

import altair
import streamlit as st

from extractor.across.compared import Number, Wanted, choices, headlines
from extractor.across.compared_csv import csv_of
from extractor.forms.figures import Figure
from extractor.record import Level
from extractor.review.people import permit
from extractor.show.words import Wording
from extractor.ui.opened import Opening

VIEW, BODY = "view", "body"
"""What the address says: which view, and whose years."""
ROWS = 50
SIGNS = {"contradicted": "≠", "up": "↑", "down": "↓"}


def figure_name(figure: Figure, words: Wording) -> str:
    """What a person calls a figure."""
    return figure.zh if words.language == "zh" else figure.en


def choose_figure(here: Opening, label: str, key: str) -> Figure:
    """The figure that a reader looks at."""
    chosen: Figure = st.selectbox(
        here.words("across", label), headlines(), format_func=lambda one: figure_name(one, here.words), key=key
    )
    return chosen


def filters(here: Opening, key: str, *, year: bool = True, any_year: bool = False, name: bool = True) -> Wanted:
    """Year, form, level, region and a part of the name. ``any_year``: all years may be asked for."""
    words, offered = here.words, choices(here.store, here.person)
    kept: dict[str, Any] = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if name:
            kept["name"] = st.text_input(words("queue", "search"), key=f"{key}_name", max_chars=60).strip() or None
        if year:
            kept["year"] = _select(here, "year", [*([None] if any_year else []), *offered["year"]], key)
        kept["level"] = _select(here, "level", [None, *get_args(Level)], key)
        kept["region"] = _select(here, "region", [None, *offered["region"]], key)
        kept["form"] = _select(here, "form", [None, *offered["form"]], key)
    return Wanted(**kept)


def _select(here: Opening, name: str, values: list[Any], key: str) -> Any:
    words = here.words

    def shown(value: Any) -> str:
        if value is None:
            return words("queue", "any")
        return words("level", value) if name == "level" else str(value)

    return st.selectbox(words("queue", name), values, format_func=shown, key=f"{key}_{name}")


def written(value: Number | None) -> str:
    """A figure as people read it; "" where the report does not state it."""
    return "" if value is None else f"{value:,}"


def drawn(value: Number) -> float | int:
    """A figure as a chart takes it."""
    return float(value) if isinstance(value, Decimal) else value


def lines(points: list[dict[str, Any]], x: str, y: str, group: str | None = None) -> None:
    """A line chart, each value marked: a body with one report has a point."""
    across = altair.X(f"{_field(x)}:N", title=None, axis=altair.Axis(labelAngle=0))
    legend = altair.Color(f"{_field(group or '')}:N", title=None, legend=altair.Legend(orient="bottom"))
    tips = [_tip(one, kind) for one, kind in ((x, "N"), (group, "N"), (y, "Q")) if one]
    chart = altair.Chart(_data(points)).mark_line(point=True)
    chart = chart.encode(x=across, y=altair.Y(f"{_field(y)}:Q", title=y), tooltip=tips)
    st.altair_chart(chart.encode(color=legend) if group else chart, width="stretch")


def bars(points: list[dict[str, Any]], name: str, value: str) -> None:
    """A bar a body, in the order given; the names are written out."""
    side = altair.Y(f"{_field(name)}:N", title=None, sort=None, axis=altair.Axis(labelLimit=300, labelOverlap=False))
    across = altair.X(f"{_field(value)}:Q", title=value, axis=altair.Axis(tickCount=8))
    chart = altair.Chart(_data(points), height=24 * len(points) + 40).mark_bar()
    st.altair_chart(chart.encode(x=across, y=side, tooltip=[_tip(name, "N"), _tip(value, "Q")]), width="stretch")


def _data(points: list[dict[str, Any]]) -> Any:
    return altair.Data(values=points)  # type: ignore[no-untyped-call]


def _tip(name: str, kind: str) -> altair.Tooltip:
    return altair.Tooltip(f"{_field(name)}:{kind}", title=name)


def _field(name: str) -> str:
    """A field's name where brackets, dots and colons mean something else."""
    return "".join(f"\\{char}" if char in ".[]:'\"\\" else char for char in name)


def pages(here: Opening, count: int, key: str) -> int:
    """How many rows to skip, as the reader turns pages."""
    last = max(0, (count - 1) // ROWS)
    at = min(int(st.session_state.get(key, 0)), last)
    words = here.words
    with st.container(horizontal=True, vertical_alignment="center"):
        told = words("across", "rows").replace("{from}", f"{min(count, at * ROWS + 1):,}")
        st.caption(told.replace("{to}", f"{min(count, (at + 1) * ROWS):,}").replace("{count}", f"{count:,}"))
        if last and st.button(words("desk", "page_back"), key=f"{key}_back", disabled=at == 0):
            at = _turn(key, at - 1)
        if last and st.button(words("desk", "page_on"), key=f"{key}_on", disabled=at == last):
            at = _turn(key, at + 1)
    return at * ROWS


def _turn(key: str, to: int) -> int:
    st.session_state[key] = to
    st.rerun()


def report_link(here: Opening, report: int, label: str) -> None:
    """The way to a report."""
    st.page_link(st.session_state["pages"]["report"], label=label, query_params={"report": str(report)})


def offer_file(
    here: Opening, name: str, heads: Sequence[str], rows: Callable[[], Iterable[Sequence[Any]]], key: str
) -> None:
    """A button that takes away what is shown, every page of it; made when it is pressed."""

    def made() -> bytes:
        permit(here.person, "export")
        return csv_of(heads, rows())

    st.download_button(here.words("across", "csv"), made, f"{name}.csv", "text/csv", key=key, on_click="ignore")
