"""What every page needs: the store, the words of the reader's language, and who reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import streamlit as st

from extractor.console import Language
from extractor.review.people import Person
from extractor.settings import load_settings
from extractor.show.words import Wording
from extractor.store import Store, open_store
from extractor.ui.marks import bare
from extractor.ui.people import has_provider, signed_in

_LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Opening:
    """The store, the person and the words of one visit."""

    store: Store
    person: Person
    words: Wording


def opening() -> Opening:
    """Sign in and open the store; the page ends here where either cannot be.

    Raises:
        StoreError: the store cannot be opened.
    """
    words = Wording(language(), also="extractor.ui")
    person = signed_in(words, the_store)  # first: who is not let in opens nothing
    _show_person(person, words)
    return Opening(the_store(), person, words)


def _show_person(person: Person, words: Wording) -> None:
    """Who is at work, and the way out."""
    st.sidebar.caption(f"{bare(person.name)} · {words('role', person.role)}")
    if has_provider():
        st.sidebar.button(words("sign_in", "out"), on_click=st.logout, width="stretch")


def language() -> Language:
    """What the reader chose, else what the browser asks for."""
    chosen = st.session_state.get(_LANGUAGE)
    if chosen is None:
        chosen = "zh" if (st.context.locale or "zh").lower().startswith("zh") else "en"
    return cast("Language", chosen)


def language_switch() -> None:
    """The switch between Chinese and English."""
    now = language()
    other: Language = "en" if now == "zh" else "zh"
    if st.sidebar.button({"en": "English", "zh": "中文"}[other], width="stretch"):
        st.session_state[_LANGUAGE] = other
        st.rerun()


@lru_cache(maxsize=1)
def the_store() -> Store:
    """The store of this server, opened when first asked for.

    Raises:
        StoreError: it cannot be opened.
    """
    return open_store(load_settings(), create=True)
