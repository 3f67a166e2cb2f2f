"""What Streamlit's own elements say, in Chinese: they know English alone, so a style puts other words there."""

from __future__ import annotations

import json

import streamlit as st

from extractor.show.words import Wording

_PLACES = (
    ("[data-testid=stFileUploaderDropzoneInstructions]", "> div", "each"),
    ("[data-testid=stFileUploaderDropzone] button [data-testid=stMarkdownContainer]", "> p", "choose"),
    ("[data-testid=stFileUploaderDropzone] > input + div:has(> span)", "> span", "let_go"),
    ("[data-testid=InputInstructions]", "> span:first-child", "enter"),
    ("[data-testid=stTextArea] [data-testid=InputInstructions]", "> span:first-child", "ctrl_enter"),
)
"""Where something stands that is not to be seen, what of it, and the words instead."""


def largest_upload() -> str:
    """The largest file that the server takes, in megabytes."""
    return str(st.get_option("server.maxUploadSize"))


def own_words(words: Wording) -> str:
    """The style; none is needed in English."""
    if words.language == "en":
        return ""
    rules = []
    for place, hidden, key in _PLACES:
        said = json.dumps(words("element", key).replace("{size}", largest_upload()), ensure_ascii=False)
        rules.append(f"{place} {hidden} {{ display: none; }} {place}::after {{ content: {said}; font-size: .875rem; }}")
    return "\n".join(rules)
