"""The register's duplicates: two reports of one body and year beside each other, and what one is to the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import streamlit as st

from extractor.across.answers import LinkKind
from extractor.across.settling import link
from extractor.across.versions import Also, Compared, Group, also, compare, group_of, groups, open_pairs
from extractor.errors import ExtractorError
from extractor.export.lines import plain
from extractor.show.words import Wording
from extractor.ui.desk.places import field_name
from extractor.ui.desk.topics import form_of
from extractor.ui.marks import bare
from extractor.ui.opened import Opening
from extractor.ui.register_acts import act, filled, may_settle

_AFTER, _SKIPPED = "register_versions_after", "register_skipped"
_ROWS = 20
_MOST_CELLS = 40


def versions_view(here: Opening) -> None:
    """A body and year, and its first pair that nobody has answered."""
    words, after = here.words, st.session_state.get(_AFTER)
    with here.store.reading() as connection:
        asked = group_of(connection, _asked_for()) if after is None else None
        found = groups(connection, after=after, limit=_ROWS)
    shown = [asked, *(one for one in found if one != asked)] if asked else found
    if not shown:
        st.info(words("register", "none_double"))
    else:
        one = _chosen(here, shown)
        with here.store.reading() as connection:
            pairs = open_pairs(connection, one.body, one.year)
        if pairs:
            _pair(here, _not_skipped(pairs))
    with st.container(horizontal=True):
        if after is not None and st.button(words("register", "to_first")):
            st.session_state.pop(_AFTER, None)
            st.rerun()
        if len(found) == _ROWS and st.button(words("register", "more")):
            st.session_state[_AFTER] = found[-1]
            st.rerun()


def _asked_for() -> int:
    asked = st.query_params.get("report", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 16 else 0


def _chosen(here: Opening, found: list[Group]) -> Group:
    def name(one: Group) -> str:
        parts = {"{name}": one.name, "{year}": str(one.year), "{count}": str(len(one.reports))}
        return filled(here.words("register", "group_told"), parts)

    first = _first_left(found)
    key = f"register_groups_{first}_{hash(tuple(found))}"
    return st.selectbox(here.words("register", "which"), found, first, format_func=name, key=key)


def _first_left(found: list[Group]) -> int:
    """The first that was not put off."""
    skipped = st.session_state.get(_SKIPPED, set())
    left = (at for at, one in enumerate(found) if not any(set(pair) <= set(one.reports) for pair in skipped))
    return next(left, 0)


def _not_skipped(pairs: list[tuple[int, int]]) -> tuple[int, int]:
    skipped = st.session_state.get(_SKIPPED, set())
    return next((pair for pair in pairs if pair not in skipped), pairs[0])


def _pair(here: Opening, pair: tuple[int, int]) -> None:
    try:
        found = compare(here.store, here.person, *pair)
    except ExtractorError as error:
        st.warning(bare(error.zh if here.words.language == "zh" else error.en))
        return
    _answers(here, found)
    _beside(here, found)
    _cells(here, found)


def _beside(here: Opening, found: Compared) -> None:
    words = here.words
    for column, one, scope in zip(st.columns(2, gap="large"), (found.one, found.other), found.scopes, strict=True):
        with column, st.container(border=True):
            number = str(one.row.id)
            st.page_link(
                st.session_state["pages"]["report"],
                label=words("register", "report_number").replace("{report}", number),
                query_params={"report": number},
            )
            told = {
                "title": one.record.title or "",
                "file": one.row.name,
                "format": one.row.format,
                "published": str(one.record.published or ""),
                "state": words("standing", one.row.state),
                "scope": words("register", f"scope_{scope or ''}"),
            }
            lines = [f":gray[{words('register', name)}]　{bare(value)}" for name, value in told.items() if value]
            st.markdown("  \n".join(lines))


def _cells(here: Opening, found: Compared) -> None:
    words, form = here.words, form_of(found.one.record)
    if found.passages:
        names = "、".join(field_name(path, form, words) for path in found.passages)
        st.caption(words("register", "passages_differ").replace("{names}", bare(names)))
    if not found.cells:
        st.caption(words("register", "cells_same"))
        return
    st.caption(words("register", "cells_differ").replace("{count}", str(len(found.cells))))
    first, second = (
        words("register", "report_number").replace("{report}", str(one.row.id)) for one in (found.one, found.other)
    )
    table = [
        {
            words("register", "cell"): plain(field_name(cell.path, form, words)),
            first: "" if cell.one is None else str(cell.one),
            second: "" if cell.other is None else str(cell.other),
        }
        for cell in found.cells[:_MOST_CELLS]
    ]
    st.dataframe(table, hide_index=True, width="stretch")
    if len(found.cells) > _MOST_CELLS:
        st.caption(words("register", "cells_shown").replace("{count}", str(_MOST_CELLS)))


# ---- answers -----------------------------------------------------------------------------------------------------


def _answers(here: Opening, found: Compared) -> None:
    words, told = here.words, found.suggested
    if told.kind is None:
        st.markdown(words("register", "cannot_tell"))
    else:
        said = _said(here, told.kind, told.report, told.other)
        why = words("register", f"why_{told.why}")
        st.markdown(filled(words("register", "suggested"), {"{what}": f"**{said}**", "{why}": why}))
    if not may_settle(here):
        return
    pair = (found.one.row.id, found.other.row.id)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if told.kind is not None:
            step = _step(here, told.report, told.other, told.kind)
            label = words("register", "take_suggestion")
            st.button(label, type="primary", shortcut="1", key="link_take", on_click=act, args=(here, step))
        apart = _step(here, *pair, "apart")
        st.button(_said(here, "apart", *pair), shortcut="2", key="link_apart", on_click=act, args=(here, apart))
        st.button(words("register", "later"), shortcut="3", key="link_later", on_click=_skip, args=(pair,))
    with st.expander(words("register", "otherwise")):
        _otherwise(here, pair)


def _otherwise(here: Opening, pair: tuple[int, int]) -> None:
    """Every answer there is, either way round."""
    words = here.words
    kinds: list[LinkKind] = [kind for kind in get_args(LinkKind) if kind != "apart"]
    options = [(kind, *both) for kind in kinds for both in (pair, pair[::-1])]
    with st.form(f"otherwise_{pair[0]}_{pair[1]}", border=False):
        chosen: Any = st.selectbox(
            words("register", "otherwise"),
            options,
            index=None,
            format_func=lambda one: _said(here, *one),
            label_visibility="collapsed",
            placeholder="",
        )
        if st.form_submit_button(words("register", "save")) and chosen is not None:
            act(here, _step(here, chosen[1], chosen[2], chosen[0]))
            st.rerun()


def _said(here: Opening, kind: LinkKind, report: int, other: int) -> str:
    said = here.words("register", f"link_{kind}")
    return said.replace("{report}", str(report)).replace("{other}", str(other))


def _step(here: Opening, report: int, other: int, kind: LinkKind) -> Callable[[], object]:
    return lambda: link(here.store, here.person, report, other, kind)


def _skip(pair: tuple[int, int]) -> None:
    st.session_state[_SKIPPED] = st.session_state.get(_SKIPPED, set()) | {pair}


# ---- on the page of a report -------------------------------------------------------------------------------------


def also_line(here: Opening, report: int, go_to: Callable[[int], None]) -> None:
    """The other reports of the same body and year, each a way to it; nothing where there is none."""
    with here.store.reading() as connection:
        found = also(connection, report)
    if not found:
        return
    words = here.words
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(words("register", "also"), width="content")
        for one in found[:_ROWS]:
            st.button(
                bare(other_report(here.words, one)),
                key=f"also_{one.report}",
                type="tertiary",
                on_click=go_to,
                args=(one.report,),
            )
        if any(one.kind is None for one in found) and may_settle(here):
            asked = {"view": "versions", "report": str(report)}
            st.page_link(
                st.session_state["pages"]["register"], label=words("register", "settle_here"), query_params=asked
            )


def other_report(words: Wording, one: Also) -> str:
    """The number of another report, and what it is: ``report 9 · earlier version``."""
    kind = f"also_{one.kind}{'_first' if one.is_first else ''}" if one.kind else "also_open"
    return f"{words('register', 'report_number').replace('{report}', str(one.report))} · {words('register', kind)}"
