"""The page for bringing reports in: files or archives, each read by a process of its own: `extractor import`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import streamlit as st

from extractor.review.people import permit
from extractor.settings import is_model_configured, load_settings
from extractor.text import file_name, printable
from extractor.ui.marks import bare
from extractor.ui.opened import Opening, opening

_MOST_FILES = 200
_OUTCOMES = "outcomes"
_ENGINES = ("rules", "hybrid", "model")


def upload_page() -> None:
    """Drop files, choose the engine, see what becomes of each."""
    here = opening()
    permit(here.person, "import")
    words = here.words
    with st.form("upload", clear_on_submit=True):
        files: Any = st.file_uploader(words("upload", "drop"), accept_multiple_files=True)
        able = _ENGINES if is_model_configured(load_settings()) else _ENGINES[:1]
        engine = st.selectbox(words("upload", "engine"), able)
        wanted = st.form_submit_button(words("upload", "start"), type="primary")
    if wanted and len(files) > _MOST_FILES:
        st.error(words("upload", "too_many").replace("{count}", str(_MOST_FILES)))
    elif wanted and files:
        st.session_state[_OUTCOMES] = []
        _read_all(here, files, engine)
    elif st.session_state.get(_OUTCOMES):
        for outcome in st.session_state[_OUTCOMES]:
            _tell(*outcome)
    if st.session_state.get(_OUTCOMES) and st.button(words("upload", "to_queue")):
        del st.session_state[_OUTCOMES]
        st.switch_page(st.session_state["pages"]["queue"])


def _read_all(here: Opening, files: list[Any], engine: str) -> None:
    """Each file's outcome is shown as it comes, and kept for the next time the page is drawn."""
    bar = st.progress(0.0)
    for number, file in enumerate(files, 1):
        name = printable(file_name(file.name)) or "?"
        bar.progress((number - 1) / len(files), here.words("upload", "reading").replace("{name}", bare(name)))
        succeeded, told = _read(file.getvalue(), name, engine)
        st.session_state[_OUTCOMES].append((succeeded, f"{name}: {told}"))
        _tell(succeeded, f"{name}: {told}")
    bar.progress(1.0)


def _tell(succeeded: bool, told: str) -> None:
    (st.success if succeeded else st.error)(bare(told))


def _read(data: bytes, name: str, engine: str) -> tuple[bool, str]:
    """Whether a file was read into the store, and what the command said of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / _kept_name(name)
        path.write_bytes(data)
        command = [sys.executable, "-m", "extractor.cli", "import", "--engine", engine, "--jobs", "1", "--", str(path)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (its own command, no shell)
    lines = [line for line in ran.stderr.replace(folder, "").splitlines() if line.strip()]
    return ran.returncode == 0, " ".join(lines[-2:])


def _kept_name(name: str) -> str:
    """A name without any way out of the folder; what the file is, its content tells."""
    bare = name.replace("/", "_").replace("\\", "_").strip(". ")
    return bare.encode("utf-8", "replace")[-180:].decode("utf-8", "ignore") or "report"
