"""The desk: one report at work, source and record side by side, every step a key.

A component of the page (``js/``, ``desk.css``): Streamlit's own editor cannot mark the cells that are edited. It gets
plain data (``view``), makes elements of text nodes alone, and sends steps (``steps``), each until it is answered.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import resources
from typing import Any

import streamlit as st


def desk(data: dict[str, Any], key: str, on_step: Callable[[], None], on_page: Callable[[], None]) -> Any:
    """Draw the desk; ``st.session_state[key]`` holds the ``step`` and the ``page`` that it asks for."""
    return _component()(key=key, data=data, on_step_change=on_step, on_page_change=on_page)


@lru_cache(maxsize=1)
def _component() -> Any:
    folder = resources.files(__package__)
    scripts = sorted(
        (one for one in folder.joinpath("js").iterdir() if one.name.endswith(".js")), key=lambda one: one.name
    )
    js = "\n".join(one.read_text("utf-8") for one in scripts)
    css = folder.joinpath("desk.css").read_text("utf-8")
    return st.components.v2.component("extractor_desk", js=js, css=css)
