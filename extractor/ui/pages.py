"""The application: its pages, and the way between them."""

from __future__ import annotations

import streamlit as st

from extractor.errors import ExtractorError
from extractor.show.words import Wording
from extractor.ui.across import across_page
from extractor.ui.administration import administration_page
from extractor.ui.gold import gold_page
from extractor.ui.health import health_page
from extractor.ui.marks import bare
from extractor.ui.opened import language, language_switch
from extractor.ui.own_words import own_words
from extractor.ui.quality import quality_page
from extractor.ui.queue import queue_page
from extractor.ui.register import register_page
from extractor.ui.report import report_page
from extractor.ui.reviews import reviews_page
from extractor.ui.upload import upload_page

_PAGES = {
    "queue": queue_page,
    "report": report_page,
    "upload": upload_page,
    "across": across_page,
    "register": register_page,
    "reviews": reviews_page,
    "gold": gold_page,
    "quality": quality_page,
    "administration": administration_page,
    "about": health_page,
}
"""Without icons: the browser would fetch them from elsewhere."""

_ROOM = """
[data-testid="stMainBlockContainer"] { padding: 2.5rem 1.5rem 1rem !important; }
[data-testid="stButton"] kbd { color: inherit; opacity: 1; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p { color: inherit !important; opacity: .9; }
section[data-testid="stSidebar"] { width: 11rem !important; min-width: 11rem; }
"""
"""Source and record stand side by side: they need the room."""


def run() -> None:
    """Draw the page that is asked for."""
    words = Wording(language(), also="extractor.ui")
    st.set_page_config(page_title=words("page", "application"), layout="wide")
    st.html(f"<style>{_ROOM}{own_words(words)}</style>")
    pages = {
        key: st.Page(draw, title=words("page", key), url_path=key, default=key == "queue")
        for key, draw in _PAGES.items()
    }
    st.session_state["pages"] = pages
    chosen = st.navigation(list(pages.values()))
    language_switch()
    try:
        chosen.run()
    except ExtractorError as error:
        st.error(bare(error.zh if words.language == "zh" else error.en))
