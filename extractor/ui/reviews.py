"""The page of second reviews: taking one, deciding differences, drawing audits, and how well reviewers agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from extractor.errors import ExtractorError
from extractor.review.agreement import ALL, agreement
from extractor.review.auditing import ErrorRate, error_rates
from extractor.review.opening import Opened, open_report
from extractor.review.people import PERMITTED, permit
from extractor.review.saving import On
from extractor.review.second import adjudicate, claim_second, draw_audit, handed_in
from extractor.show.words import Wording
from extractor.store.rounds import Round, rounds
from extractor.store.state import Entry
from extractor.ui.desk.places import Places
from extractor.ui.desk.view import form_of
from extractor.ui.marks import bare
from extractor.ui.opened import Opening, opening

_MOST_DRAWN = 500


def reviews_page() -> None:
    """For reviewers what waits for a second look; for a lead also what to decide, and how it went."""
    here = opening()
    permit(here.person, "review_again")
    _second(here)
    if here.person.role in PERMITTED["measure"]:
        _differences(here)
        _audit(here)
        _agreement(here)
        _error_rates(here)


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
    """Both entries of each difference side by side; nothing is chosen before a person does."""
    words, places = here.words, Places(found, form_of(found.record), here.words)
    chosen: dict[str, Entry] = {}
    for path, both in told.items():
        options = {who: Entry.from_plain(both[who]) for who in ("first", "second")}
        said = {who: _said(option, who, words) for who, option in options.items()}
        key = f"differ:{one.report}:{one.round}:{path}"
        choice = st.radio(
            bare(places.name(path)), list(said), index=None, format_func=said.__getitem__, horizontal=True, key=key
        )
        if choice is not None:
            chosen[path] = options[choice]
    why = st.text_input(words("reviews", "why"), max_chars=500)
    left = len(told) - len(chosen)
    if left:
        st.caption(words("reviews", "undecided").replace("{count}", str(left)))
    if st.button(words("reviews", "decide"), disabled=bool(left)):
        on = On(one.report, found.version)
        adjudicate(here.store, here.person, on, one.round, chosen, why=why.strip())
        st.session_state["decided"] = True
        st.rerun()


def _said(entry: Entry, who: str, words: Wording) -> str:
    value = entry.value
    if isinstance(value, list):
        value = " / ".join(item["text"] for item in value)
    shown = str(value) if value is not None else words("state", entry.state or "missing")
    return words("reviews", who).replace("{value}", bare(shown or words("desk", "none")))


# ---- audits and figures ------------------------------------------------------------------------------------------


def _audit(here: Opening) -> None:
    words = here.words
    st.subheader(words("reviews", "audit"))
    st.markdown(words("reviews", "audit_hint"))
    with st.form("audit"):
        count = st.number_input(words("reviews", "audit_count"), min_value=1, max_value=_MOST_DRAWN, value=10)
        if st.form_submit_button(words("reviews", "draw")):
            drawn = draw_audit(here.store, here.person, int(count))
            st.success(words("reviews", "drawn").replace("{count}", str(len(drawn))))


def _agreement(here: Opening) -> None:
    words = here.words
    st.subheader(words("reviews", "agreement"))
    try:
        found = [one for one in agreement(here.store, here.person) if one.reports]
    except ExtractorError as error:
        st.info(error.zh if words.language == "zh" else error.en)
        return
    if not found:
        st.info(words("reviews", "none_measured"))
        return
    table = [
        {
            words("reviews", "field"): words("reviews", "every") if one.field == ALL else one.field,
            words("reviews", "reports"): one.reports,
            words("reviews", "same"): one.same,
            "κ": one.kappa,
            "α": one.alpha,
        }
        for one in found
    ]
    st.dataframe(table, hide_index=True, width="stretch")


def _error_rates(here: Opening) -> None:
    words = here.words
    st.subheader(words("reviews", "errors"))
    try:
        found = error_rates(here.store, here.person)
    except ExtractorError as error:
        st.info(error.zh if words.language == "zh" else error.en)
        return
    if not found:
        st.info(words("reviews", "none_audited"))
        return
    st.dataframe(_rates(found, words), hide_index=True, width="stretch")


def _rates(found: Sequence[ErrorRate], words: Wording) -> list[dict[str, Any]]:
    return [
        {
            words("reviews", "reviewer"): one.reviewer,
            words("reviews", "reports"): one.reports,
            words("reviews", "fields"): one.fields,
            words("reviews", "wrong"): one.errors,
            words("reviews", "rate"): f"{one.rate:.2%}",
            words("reviews", "bounds"): f"{one.low:.2%} – {one.high:.2%}",
            words("reviews", "pending"): one.pending,
        }
        for one in found
    ]
