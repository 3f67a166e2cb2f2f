"""The page of second reviews: taking one, deciding where two differ, drawing audits."""

from __future__ import annotations

from typing import Any

import streamlit as st

from extractor.errors import ExtractorError
from extractor.review.fields import LISTS
from extractor.review.opening import Opened, open_report
from extractor.review.people import PERMITTED, permit
from extractor.review.saving import On
from extractor.review.second import adjudicate, claim_second, draw_audit, handed_in
from extractor.show.words import Wording
from extractor.store.rounds import Round, rounds
from extractor.store.state import Entry
from extractor.ui.desk.places import Places, entry_words
from extractor.ui.desk.steps import entry_at_path
from extractor.ui.desk.topics import form_of
from extractor.ui.marks import bare
from extractor.ui.opened import Opening, opening

_MOST_DRAWN = 500
_THIRD = "third"
_STATES = ("blank", "not_applicable", "unreadable")


def reviews_page() -> None:
    """For reviewers what waits for a second look; for a lead also what to decide, and what to look at again."""
    here = opening()
    permit(here.person, "review_again")
    _second(here)
    if here.person.role in PERMITTED["adjudicate"]:
        _differences(here)
        _audit(here)


def _second(here: Opening) -> None:
    words = here.words
    st.subheader(words("reviews", "second_reviews"))
    with here.store.reading() as connection:
        waiting = [one for one in rounds(connection, state="open") if one.reviewed_by != here.person.name]
    st.markdown(words("reviews", "second_hint").replace("{count}", str(len(waiting))))
    if not st.button(words("reviews", "take_second"), type="primary", disabled=not waiting):
        return
    taken = claim_second(here.store, here.person)
    if taken is None:
        st.info(words("reviews", "none_waiting"))
        return
    asked = {"report": str(taken.report), "round": str(taken.round)}
    st.switch_page(st.session_state["pages"]["report"], query_params=asked)


# ---- differences -------------------------------------------------------------------------------------------------


def _differences(here: Opening) -> None:
    words = here.words
    st.subheader(words("reviews", "differ"))
    if st.session_state.pop("decided", False):
        st.success(words("reviews", "decided"))
    with here.store.reading() as connection:
        open_ones = rounds(connection, state="differs")
    if not open_ones:
        st.info(words("reviews", "none_differ"))
        return
    one = st.selectbox(words("reviews", "which"), open_ones, format_func=lambda it: f"{it.report} · {it.reviewer}")
    with here.store.reading() as connection:
        told = handed_in(connection, one).data["differences"]
    found = open_report(here.store, here.person, one.report)
    _decide(here, found, one, told)


def _decide(here: Opening, found: Opened, one: Round, told: dict[str, Any]) -> None:
    """Both entries of each difference side by side, and room for a third; nothing is chosen before a person does."""
    words, places = here.words, Places(found, form_of(found.record), here.words)
    chosen: dict[str, Entry] = {}
    for path, both in told.items():
        options = {who: Entry.from_plain(both[who]) for who in ("first", "second")}
        entry = _choice(words, f"differ:{one.report}:{one.round}:{path}", path, places.name(path), options)
        if entry is not None:
            chosen[path] = entry
    why = st.text_input(words("reviews", "why"), max_chars=500)
    left = len(told) - len(chosen)
    if left:
        st.caption(words("reviews", "undecided").replace("{count}", str(left)))
    if st.button(words("reviews", "decide"), disabled=bool(left)):
        on = On(one.report, found.version)
        adjudicate(here.store, here.person, on, one.round, chosen, why=why.strip())
        st.session_state["decided"] = True
        st.rerun()


def _choice(words: Wording, key: str, path: str, name: str, options: dict[str, Entry]) -> Entry | None:
    """What is chosen for one field: the first's entry, the second's, or another that is typed; None: nothing yet."""
    said = {
        who: words("reviews", who).replace("{value}", bare(entry_words(path, one, words)))
        for who, one in options.items()
    }
    if path not in LISTS:  # passages are cut in the report, not typed
        said[_THIRD] = words("reviews", _THIRD)
    choice = st.radio(bare(name), list(said), index=None, format_func=said.__getitem__, horizontal=True, key=key)
    if choice != _THIRD:
        return options[choice] if choice else None
    return _third(words, key, path)


def _third(words: Wording, key: str, path: str) -> Entry | None:
    """A value that neither of them has, or why there is none."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        states: tuple[str, ...] = ("number", *_STATES) if path.startswith("/tables/") else ("number",)
        state: Any = st.selectbox(
            words("reviews", "kind"), states, format_func=lambda one: words("third", one), key=f"{key}:state"
        )
        typed = st.text_input(words("reviews", "value"), max_chars=500, disabled=state != "number", key=f"{key}:typed")
    if state == "number" and not typed.strip():
        return None
    try:
        return entry_at_path(path, typed, None if state == "number" else state)
    except ExtractorError as error:
        st.error(bare(error.zh if words.language == "zh" else error.en))
        return None


# ---- audits ------------------------------------------------------------------------------------------------------


def _audit(here: Opening) -> None:
    words = here.words
    st.subheader(words("reviews", "audit"))
    st.markdown(words("reviews", "audit_hint"))
    with st.form("audit"):
        count = st.number_input(words("reviews", "audit_count"), min_value=1, max_value=_MOST_DRAWN, value=10)
        if st.form_submit_button(words("reviews", "draw")):
            drawn = draw_audit(here.store, here.person, int(count))
            st.success(words("reviews", "drawn").replace("{count}", str(len(drawn))))
