"""What the views of the register share: doing a step and saying how it went, and answers in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import streamlit as st
from sqlalchemy import Connection, select

from extractor.across.answers import Answer, last_standing
from extractor.across.settling import undo
from extractor.errors import ExtractorError
from extractor.review.people import PERMITTED
from extractor.show.words import Wording
from extractor.store.tables import body
from extractor.ui.marks import bare
from extractor.ui.opened import Opening

COUNTS = "register_counts"
"""Where a visit keeps what was counted."""

_PROBLEM, _DONE = "register_problem", "register_done"


def may_settle(here: Opening) -> bool:
    """Whether the person may answer."""
    return here.person.role in PERMITTED["register"]


def act(here: Opening, step: Callable[[], object]) -> None:
    """Do a step that a button stands for; how it went is told when the page is drawn again."""
    try:
        step()
    except ExtractorError as error:
        st.session_state[_PROBLEM] = error.zh if here.words.language == "zh" else error.en
        return
    st.session_state[_DONE] = True
    st.session_state.pop(COUNTS, None)


def told(here: Opening) -> None:
    """How the last step went, with a way to take it back."""
    problem = st.session_state.pop(_PROBLEM, None)
    if problem:
        st.warning(bare(problem))
    if not st.session_state.pop(_DONE, False):
        return
    with here.store.reading() as connection:
        last = last_standing(connection, here.person.name)
        names = names_in(connection, [last] if last else [])
    if last is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(here.words("register", "saved").replace("{what}", bare(in_words(last, names, here.words))))
        take_back = (here, lambda: undo(here.store, here.person, last.id))
        st.button(here.words("register", "undo"), key="undo_last", shortcut="U", on_click=act, args=take_back)
    if last.data.get("kind") == "misfiled":
        st.caption(here.words("register", "misfiled_hint"))


def names_in(connection: Connection, given: Iterable[Answer]) -> dict[int, str]:
    """The names of the bodies that answers are about."""
    ids = {number for one in given for number in one.bodies}
    return {row.id: row.name for row in connection.execute(select(body.c.id, body.c.name).where(body.c.id.in_(ids)))}


def in_words(one: Answer, names: dict[int, str], words: Wording) -> str:
    """An answer as people read it: plain text."""
    if one.kind == "link":
        said = words("register", f"link_{one.data['kind']}")
        return said.replace("{report}", str(one.report)).replace("{other}", str(one.other_report))
    said = words("register", f"did_{one.kind}").replace("{undoes}", str(one.undoes))
    new = one.data.get("new")
    shown = words("level", new) if one.kind == "level" and new else new or words("register", "unsettled")
    parts = {"{one}": names.get(one.body or 0, ""), "{other}": names.get(one.other_body or 0, ""), "{new}": shown}
    return filled(said, parts)


def filled(template: str, parts: dict[str, str]) -> str:
    """A sentence with its blanks filled in; what is filled in is not looked at for blanks again.

    >>> filled("{one} is {other}", {"{one}": "{other}", "{other}": "b"})
    '{other} is b'
    """
    made = template
    for at, name in enumerate(parts):
        made = made.replace(name, f"\0{at}\0")
    for at, value in enumerate(parts.values()):
        made = made.replace(f"\0{at}\0", value.replace("\0", ""))
    return made


def moment(at: int | None) -> str:
    """A time as people read it."""
    return datetime.fromtimestamp(at / 1_000_000, UTC).strftime("%Y-%m-%d %H:%M") if at else ""
