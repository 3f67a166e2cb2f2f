"""Exports from the pages: what the queue shows in any format, and one report as a Word file, a record or its file."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from extractor.export import FORMATS, Exported, export_to
from extractor.export.word import document_of, name_of
from extractor.review.opening import Opened, original
from extractor.review.people import PERMITTED
from extractor.store.events import FIRST
from extractor.store.queue import Filter
from extractor.text import file_name, printable
from extractor.ui.opened import Opening

MOST = 5_000
"""Reports that a page exports: what it hands to the browser is held in memory until then."""
_SUFFIXES = {"cells": "csv", "docx": "zip"}
_OPTIONS = ("state", "year", "body", "region", "finding")
"""Filters that the command has, too."""


def export_panel(here: Opening, wanted: Filter, count: int) -> None:
    """Format and button for the reports that the queue shows; for very many, the command that does the same."""
    words = here.words
    if here.person.role not in PERMITTED["export"] or not count:
        return
    with st.expander(words("export", "title").replace("{count}", f"{count:,}")):
        kind = st.selectbox(words("export", "format"), FORMATS, format_func=partial(words, "format"), key="export_kind")
        name = f"reports-{kind}.{_SUFFIXES.get(kind, kind)}"
        if count > MOST:
            st.info(words("export", "too_many").replace("{count}", f"{MOST:,}"))
        else:
            label = words("export", "start")
            st.download_button(label, partial(_written, here, wanted, kind), name, on_click="ignore", key="export")
        if command := _command(wanted, kind, name):
            st.caption(words("export", "command"))
            st.code(command, language=None)


def _written(here: Opening, wanted: Filter, kind: str) -> bytes:
    """What the browser gets; made when it asks."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"out.{_SUFFIXES.get(kind, kind)}"
        export_to(here.store, here.person, wanted, kind, out)
        return out.read_bytes()


def _command(wanted: Filter, kind: str, name: str) -> str:
    """The command that exports the same; "" where it has no option for a filter."""
    asked = {field: value for field in Filter.__dataclass_fields__ if (value := getattr(wanted, field)) is not None}
    if not set(asked) <= set(_OPTIONS):
        return ""
    options = [part for field, value in asked.items() for part in (f"--{field}", str(value))]
    return shlex.join(["extractor", "export", "--format", kind, *options, "--out", name])


def report_downloads(here: Opening, found: Opened) -> None:
    """One report: the form filled in, the record as it stands, and the file as it came in.

    Whoever reviews it a second time gets only the file.
    """
    words, row = here.words, found.row
    with st.container(horizontal=True):
        _download(words("export", "source"), partial(_source, here, row.id), _safe_name(row.name))
        if found.round != FIRST or found.now is None or here.person.role not in PERMITTED["export"]:
            return
        one: Any = Exported(row, found.now.record, None)
        _download(words("export", "word"), partial(document_of, one, found.now.record), name_of(one))
        _download(words("export", "record"), found.now.record.to_json, f"{row.id}.json")


def _download(label: str, made: Callable[[], bytes | str], name: str) -> None:
    """A button; its file is made when it is pressed, and the browser saves it and shows nothing of it."""
    st.download_button(label, made, name, "application/octet-stream", on_click="ignore", key=f"download {label}")


def _source(here: Opening, report: int) -> bytes:
    return original(here.store, here.person, report)[1]


def _safe_name(name: str) -> str:
    return printable(file_name(name)).replace("/", "_").replace("\\", "_")[-100:] or "report"
