"""A figure over the years, of all bodies that the filters leave: sum or middle, as a chart and a table."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st

from extractor.across.trends import OfYears, Split, by_year
from extractor.show.words import Wording
from extractor.ui.across_parts import choose_figure, drawn, filters, lines, offer_file, written
from extractor.ui.opened import Opening

_TOLD = ("total", "middle", "high", "largest")
_MOST_GROUPS = 12


def trends_view(here: Opening) -> None:
    """Filters, the figure, the chart, the table."""
    words = here.words
    wanted = filters(here, "trends", year=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        figure = choose_figure(here, "figure", "trends_figure")
        what = st.selectbox(words("across", "what"), _TOLD, format_func=lambda one: words("across", one))
        split: Split | None = st.selectbox(
            words("across", "split"), [None, *get_args(Split)], format_func=lambda one: _split_name(one, words)
        )
    found = by_year(here.store, here.person, wanted, figure.key, split)
    if not found:
        st.info(words("across", "none_match"))
        return
    _chart(found, what, split, words)
    rows = [_line(one, split, words) for one in found]
    st.dataframe(rows, hide_index=True, width="stretch")
    offer_file(
        here,
        f"trend-{figure.key}",
        list(rows[0]),
        lambda: [list(_exact(one, split, words)) for one in found],
        "trends_csv",
    )


def _split_name(split: str | None, words: Wording) -> str:
    return words("queue", split) if split else words("across", "not_split")


def _group(one: OfYears, split: str | None, words: Wording) -> str:
    if one.group is None:
        return words("desk", "none") if split else ""
    return words("level", one.group) if split == "level" else one.group


def _chart(found: list[OfYears], what: str, split: str | None, words: Wording) -> None:
    """A line a group; of many groups those with the most bodies."""
    weight: dict[str | None, int] = {}
    for one in found:
        weight[one.group] = weight.get(one.group, 0) + one.bodies
    drawn_groups = sorted(weight, key=lambda group: -weight[group])[:_MOST_GROUPS]
    year, value, group = words("across", "year"), words("across", what), words("across", "group")
    points = [
        {year: str(one.year), value: drawn(getattr(one, what)), group: _group(one, split, words)}
        for one in found
        if one.group in drawn_groups
    ]
    lines(points, year, value, group if split else None)
    if len(weight) > _MOST_GROUPS:
        st.caption(words("across", "most_groups").replace("{count}", str(_MOST_GROUPS)))


def _line(one: OfYears, split: str | None, words: Wording) -> dict[str, Any]:
    heads = ["year", *(["group"] if split else []), "bodies_count", "total", "low", "middle", "high", "largest"]
    cells = _exact(one, split, words)
    shown = [value if isinstance(value, str) else written(value) for value in cells]
    return {words("across", head): cell for head, cell in zip(heads, shown, strict=True)}


def _exact(one: OfYears, split: str | None, words: Wording) -> tuple[Any, ...]:
    group = (_group(one, split, words),) if split else ()
    return (str(one.year), *group, one.bodies, one.total, one.low, one.middle, one.high, one.largest)
