"""The register's suggestions: two names that may mean one body, answered with one key each."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from extractor.across.listing import Listed, bodies_of
from extractor.across.settling import merge, set_apart
from extractor.across.suggesting import Suggestion, compare_some, suggestions, waiting
from extractor.text import fold
from extractor.ui.marks import bare
from extractor.ui.opened import Opening
from extractor.ui.register_acts import act, filled, may_settle
from extractor.ui.register_bodies import years_of

_AFTER = "register_same_after"
_ROWS = 8
_AT_ONCE = 300
"""New names that are compared while a page opens."""


def compare_new(here: Opening) -> None:
    """Compare names that came in since: a few at once, many when somebody says so."""
    if not may_settle(here):
        return
    with here.store.reading() as connection:
        count = waiting(connection)
    if 0 < count <= _AT_ONCE:
        compare_some(here.store, here.person, _AT_ONCE)
    elif count:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(here.words("register", "new_names").replace("{count}", f"{count:,}"))
            if st.button(here.words("register", "compare")):
                _compare_all(here, count)


def _compare_all(here: Opening, count: int) -> None:
    left = count
    bar = st.progress(0.0)
    while done := compare_some(here.store, here.person):
        left = max(0, left - done)
        told = here.words("register", "comparing").replace("{count}", f"{left:,}")
        bar.progress(1 - left / count, told)
    st.rerun()


def same_view(here: Opening) -> None:
    """What is likeliest first; the first one by key."""
    after = st.session_state.get(_AFTER)
    with here.store.reading() as connection:
        found = suggestions(connection, after=after, limit=_ROWS)
        bodies = bodies_of(connection, {number for one in found for number in (one.one, one.other)})
    if not found and after is None:
        st.info(here.words("register", "none_same"))
        return
    for at, one in enumerate(found):
        _suggestion(here, one, bodies[one.one], bodies[one.other], is_first=at == 0)
    with st.container(horizontal=True):
        if after is not None:
            st.button(here.words("register", "to_first"), on_click=_go_on, args=(None,))
        if len(found) == _ROWS:
            st.button(here.words("register", "more"), on_click=_go_on, args=(found[-1],))


def _go_on(after: Suggestion | None) -> None:
    if after is None:
        st.session_state.pop(_AFTER, None)
    else:
        st.session_state[_AFTER] = after


def _suggestion(here: Opening, one: Suggestion, left: Listed, right: Listed, *, is_first: bool) -> None:
    words = here.words
    with st.container(border=True):
        first, second, why = st.columns((5, 5, 3), vertical_alignment="center")
        with first:
            _named(here, left, one.names[0])
        with second:
            _named(here, right, one.names[1])
        why.caption(f"{words('register', f'why_{one.why}')}　{one.score / 10:.0f}%")
        if may_settle(here):
            with st.container(horizontal=True):
                _answers(here, one, left, right, is_first=is_first)


def _named(here: Opening, one: Listed, alike: str) -> None:
    st.markdown(f"**{bare(one.name)}**" + (f"　({bare(alike)})" if alike != one.name else ""))
    told = here.words("register", "body_told" if one.reports else "no_reports")
    years = "　".join(filter(None, (years_of(one), bare(one.region or ""))))
    st.caption(filled(told, {"{count}": str(one.reports), "{years}": years}))


def _answers(here: Opening, one: Suggestion, left: Listed, right: Listed, *, is_first: bool) -> None:
    """The fuller name is the one proposed; of equals the one in simplified characters."""
    words, both = here.words, [(len(one.name), fold(one.name) == one.name) for one in (left, right)]
    proposed = 0 if both[0] >= both[1] else 1
    keep = words("register", "keep")
    steps: list[tuple[str, Callable[[], object]]] = [
        (keep.replace("{name}", bare(left.name)), lambda: merge(here.store, here.person, right.id, left.id)),
        (keep.replace("{name}", bare(right.name)), lambda: merge(here.store, here.person, left.id, right.id)),
        (words("register", "not_same"), lambda: set_apart(here.store, here.person, left.id, right.id)),
    ]
    # the first ones keep their place: a key pressed while the page is drawn anew must not press an old button too
    key = "first" if is_first else f"{one.like[0]}_{one.like[1]}"
    for at, (label, step) in enumerate(steps):
        shortcut = str(at + 1) if is_first else None
        kind = "primary" if at == proposed and is_first else "secondary"
        st.button(label, key=f"same_{at}_{key}", type=kind, shortcut=shortcut, on_click=act, args=(here, step))  # type: ignore[arg-type]
    if is_first:
        st.button(words("register", "later"), shortcut="4", on_click=_go_on, args=(one,))
