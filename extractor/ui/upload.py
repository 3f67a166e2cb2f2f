"""The page for bringing reports in: files or archives, each read by a process of its own: `extractor import`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from extractor.review.people import permit
from extractor.settings import is_model_configured, load_settings
from extractor.text import file_name, printable
from extractor.ui.marks import bare
from extractor.ui.opened import Opening, opening
from extractor.ui.own_words import largest_upload

_MOST_FILES = 200
_OUTCOMES = "outcomes"
_ENGINES = ("rules", "hybrid", "model")


def upload_page() -> None:
    """Drop files, choose the engine, see what becomes of each."""
    here = opening()
    permit(here.person, "import")
    words = here.words
    limits = words("upload", "limits").replace("{count}", str(_MOST_FILES))
    st.caption(limits.replace("{size}", largest_upload()))
    with st.form("upload", clear_on_submit=True):
        files: Any = st.file_uploader(words("upload", "drop"), accept_multiple_files=True)
        able = _ENGINES if is_model_configured(load_settings()) else _ENGINES[:1]
        told = None if len(able) > 1 else words("upload", "no_model")
        engine = st.selectbox(words("upload", "engine"), able, format_func=partial(words, "engine"), help=told)
        wanted = st.form_submit_button(words("upload", "start"), type="primary")
    if wanted and len(files) > _MOST_FILES:
        st.error(words("upload", "too_many").replace("{count}", str(_MOST_FILES)))
    elif wanted and not files:
        st.warning(words("upload", "no_file"))
    elif wanted:
        st.session_state[_OUTCOMES] = []
        _read_all(here, files, engine)
    elif st.session_state.get(_OUTCOMES):
        for outcome in st.session_state[_OUTCOMES]:
            _tell(*outcome)
    if st.session_state.get(_OUTCOMES) and st.button(words("upload", "to_queue")):
        del st.session_state[_OUTCOMES]
        st.switch_page(st.session_state["pages"]["queue"])


def _read_all(here: Opening, files: list[Any], engine: str) -> None:
    """Every file has a line that says where it is; the outcomes are kept for the next time the page is drawn."""
    words, bar = here.words, st.progress(0.0)
    names = [printable(file_name(file.name)) or "?" for file in files]
    lines = [st.empty() for _ in files]
    for line, name in zip(lines, names, strict=True):
        line.caption(f"{bare(name)}: {words('upload', 'waiting')}")
    for number, (file, name, line) in enumerate(zip(files, names, lines, strict=True), 1):
        bar.progress((number - 1) / len(files), words("upload", "reading").replace("{name}", bare(name)))
        line.info(f"{bare(name)}: {words('upload', 'at_it')}")
        succeeded, told = _read(file.getvalue(), name, engine)
        st.session_state[_OUTCOMES].append((succeeded, f"{name}: {told}"))
        _tell(succeeded, f"{name}: {told}", line)
    bar.progress(1.0, words("upload", "all_done").replace("{count}", str(len(files))))


def _tell(succeeded: bool, told: str, line: Any = st) -> None:
    (line.success if succeeded else line.error)(bare(told))


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
