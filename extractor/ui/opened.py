"""What every page needs: the store, the words of the reader's language, and who reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import streamlit as st

from extractor.console import Language
from extractor.review.people import Person
from extractor.settings import load_settings
from extractor.show.words import Wording
from extractor.store import Store, open_store
from extractor.ui.people import signed_in

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
    return Opening(_store(), signed_in(words), words)


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


@st.cache_resource(show_spinner=False)
def _store() -> Store:
    return open_store(load_settings(), create=True)
