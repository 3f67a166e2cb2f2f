"""Who has not reported on a year: of the bodies known from other years, or of a list that somebody brings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, get_args

import streamlit as st

from extractor.across.absent import (
    LARGEST_LIST,
    Absent,
    Asked,
    Known,
    absent,
    absent_count,
    expect,
    expected_count,
    parse_list,
)
from extractor.across.compared import choices
from extractor.errors import CorrectionError, ExtractorError
from extractor.export.lines import plain
from extractor.record import Level
from extractor.review.people import PERMITTED
from extractor.show.words import Wording
from extractor.ui.across_parts import ROWS, offer_file, pages
from extractor.ui.marks import bare
from extractor.ui.opened import Opening

_HEADS = ("body", "level", "region", "last_year")


def absent_view(here: Opening) -> None:
    """The year, where bodies are known from, how many lack, and who."""
    words = here.words
    if message := st.session_state.pop("listed", None):
        st.success(message)
    asked = _asked(here)
    if asked.known == "list":
        _bring_list(here)
    missing, known = absent_count(here.store, here.person, asked)
    if not known:
        st.info(words("across", "no_list" if asked.known == "list" else "nobody_known"))
        return
    told = words("across", "absent_count").replace("{missing}", f"{missing:,}").replace("{known}", f"{known:,}")
    st.progress((known - missing) / known, told.replace("{year}", str(asked.year)))
    if not missing:
        st.success(words("across", "all_reported"))
        return
    skip = pages(here, missing, "absent_page")
    _list(here, absent(here.store, here.person, asked, limit=ROWS, skip=skip))
    heads = [words("across", head) for head in _HEADS]

    def rows() -> list[list[Any]]:
        return [_cells(one, words) for one in absent(here.store, here.person, asked, limit=None)]

    offer_file(here, f"absent-{asked.year}", heads, rows, "absent_csv")


def _asked(here: Opening) -> Asked:
    words, offered = here.words, choices(here.store, here.person)
    years = offered["year"] or [datetime.now(UTC).year - 1]

    def level_name(level: str | None) -> str:
        return words("level", level) if level else words("queue", "any")

    with st.container(horizontal=True, vertical_alignment="bottom"):
        year = st.selectbox(words("queue", "year"), [years[0] + 1, *years], index=1, key="absent_year")
        known: Known = st.selectbox(
            words("across", "known_from"),
            get_args(Known),
            format_func=lambda one: words("across", f"from_{one}"),
            key="absent_known",
        )
        level = st.selectbox(
            words("queue", "level"), [None, *get_args(Level)], format_func=level_name, key="absent_level"
        )
        region = st.selectbox(
            words("queue", "region"),
            [None, *offered["region"]],
            format_func=lambda one: one or words("queue", "any"),
            key="absent_region",
        )
    return Asked(int(year), known, level, region)


def _bring_list(here: Opening) -> None:
    """Bring a list; who may only read is shown how long it is."""
    words = here.words
    count = expected_count(here.store, here.person)
    st.caption(words("across", "listed").replace("{count}", f"{count:,}"))
    if here.person.role not in PERMITTED["register"]:
        return
    with st.expander(words("across", "bring_list"), expanded=not count), st.form("list", clear_on_submit=True):
        st.markdown(words("across", "list_hint"))
        pasted = st.text_area(words("across", "paste"), max_chars=LARGEST_LIST, height=120)
        file = st.file_uploader(words("across", "list_file"), type=["csv", "txt", "tsv"], max_upload_size=20)
        instead = st.checkbox(words("across", "instead"))
        if st.form_submit_button(words("across", "keep_list"), type="primary"):
            _keep(here, pasted, file.getvalue() if file else b"", instead=instead)


def _keep(here: Opening, pasted: str, data: bytes, *, instead: bool) -> None:
    words = here.words
    try:
        text = pasted if pasted.strip() else _decoded(data)
        count = expect(here.store, here.person, parse_list(text), instead=instead)
    except ExtractorError as error:
        st.error(bare(error.zh if words.language == "zh" else error.en))
        return
    st.session_state["listed"] = words("across", "listed").replace("{count}", f"{count:,}")
    st.rerun()


def _decoded(data: bytes) -> str:
    """A spreadsheet's CSV: UTF-8, or the encoding that Chinese Windows writes.

    Raises:
        CorrectionError: it is neither.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CorrectionError("the file is no text in UTF-8 or GB 18030", "文件不是 UTF-8 或 GB 18030 编码的文本")


def _cells(one: Absent, words: Wording) -> list[Any]:
    return [one.name, words("level", one.level) if one.level else "", one.region or "", str(one.last or "")]


def _list(here: Opening, found: Sequence[Absent]) -> None:
    words = here.words
    table = [
        {words("across", head): plain(cell) for head, cell in zip(_HEADS, _cells(one, words), strict=True)}
        for one in found
    ]
    st.dataframe(table, hide_index=True, width="stretch")
