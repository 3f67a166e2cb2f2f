"""The page of administration: who may do what, since when and by whose word; the settings in force; health."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import streamlit as st

from extractor.errors import ExtractorError
from extractor.export.lines import plain
from extractor.review.accounts import Known, everybody, history_of_rights, rule
from extractor.review.people import ROLES, Role, permit
from extractor.settings import load_settings
from extractor.show.words import Wording
from extractor.store.accounts import Ruling
from extractor.ui.health import settings_shown, show_health
from extractor.ui.marks import bare
from extractor.ui.opened import Opening, opening
from extractor.ui.people import has_provider

_RULED = "ruled"
_BLOCKED, _AS_CLAIMED = "blocked", "as_claimed"
_CHOICES = (*ROLES, _AS_CLAIMED, _BLOCKED)


def administration_page() -> None:
    """People, settings and health, for leads."""
    here = opening()
    permit(here.person, "administer")
    words = here.words
    people, settings, health = st.tabs([words("administration", name) for name in ("people", "settings", "health")])
    with people:
        _people(here)
    with settings:
        st.markdown(words("administration", "settings_hint"))
        st.dataframe(settings_shown(load_settings(), words), hide_index=True, width="stretch")
    with health:
        show_health(here)


def _people(here: Opening) -> None:
    words = here.words
    st.markdown(words("administration", "hint_provider" if has_provider() else "hint_local"))
    known = everybody(here.store, here.person)
    if known:
        st.dataframe([_line(one, words) for one in known], hide_index=True, width="stretch")
    else:
        st.info(words("administration", "nobody"))
    _ruling(here, known)
    said = history_of_rights(here.store, here.person)
    if said:
        st.subheader(words("administration", "history"))
        st.dataframe([_event(one, words) for one in said], hide_index=True, width="stretch")


def _ruling(here: Opening, known: list[Known]) -> None:
    """One form: whom, what, why."""
    words = here.words
    st.subheader(words("administration", "rule"))
    if told := st.session_state.pop(_RULED, None):
        st.success(bare(told))
    with st.form("ruling", border=True):
        name = st.selectbox(
            words("administration", "name"),
            [one.name for one in known],
            index=None,
            accept_new_options=True,
            placeholder=words("administration", "name_hint"),
        )
        choice = st.selectbox(words("administration", "may"), _CHOICES, index=1, format_func=_named(words))
        why = st.text_input(words("administration", "why"), max_chars=500)
        if st.form_submit_button(words("administration", "apply"), type="primary"):
            _apply(here, name or "", choice, why)


def _apply(here: Opening, name: str, choice: str, why: str) -> None:
    role: Any = choice if choice in ROLES else None
    try:
        rule(here.store, here.person, name, role, blocked=choice == _BLOCKED, why=why)
    except ExtractorError as error:
        st.error(bare(error.zh if here.words.language == "zh" else error.en))
        return
    st.session_state[_RULED] = f"{name}: {_named(here.words)(choice)}"
    st.rerun()


def _named(words: Wording) -> Any:
    return lambda choice: words("role", choice)


def _role(role: Role | None, words: Wording) -> str:
    return words("role", role or "none")


def _line(one: Known, words: Wording) -> dict[str, Any]:
    ruling = one.ruling
    given = _said(ruling, words) if ruling else ""
    told = {
        "name": one.name,
        "role": words("role", _BLOCKED) if one.is_blocked else _role(one.role, words),
        "claimed": _role(one.claimed, words) if one.last_at else "",
        "given": given,
        "given_by": ruling.who if ruling else "",
        "given_at": moment(ruling.at) if ruling else "",
        "last_at": moment(one.last_at) if one.last_at else words("administration", "never"),
    }
    return {words("administration", name): plain(value) for name, value in told.items()}


def _event(one: Ruling, words: Wording) -> dict[str, Any]:
    told = {"given_at": moment(one.at), "name": one.name, "given": _said(one, words), "given_by": one.who}
    return {words("administration", name): plain(value) for name, value in {**told, "reason": one.why}.items()}


def _said(ruling: Ruling, words: Wording) -> str:
    if ruling.blocked:
        return words("role", _BLOCKED)
    return words("role", ruling.role or _AS_CLAIMED)


def moment(at: int) -> str:
    """A moment of the log (microseconds since 1970), in UTC."""
    return datetime.fromtimestamp(at / 1_000_000, UTC).strftime("%Y-%m-%d %H:%M")
