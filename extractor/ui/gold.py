"""The page of gold: which accepted reports can become labels, why others cannot, what changed, and promoting them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from extractor.errors import GoldError
from extractor.export.lines import plain
from extractor.gold import read_gold
from extractor.promotion import LABEL, Candidate, candidates, files_of, write_case
from extractor.review.opening import Opened, open_report
from extractor.review.people import PERMITTED, permit
from extractor.review.second import differences
from extractor.settings import load_settings
from extractor.show.words import Wording
from extractor.store.queue import Filter, identifiers
from extractor.ui.desk.places import entry_words, field_name
from extractor.ui.desk.topics import form_of
from extractor.ui.marks import bare
from extractor.ui.opened import Opening, opening

_MOST = 200
_LONGEST = 120


def gold_page() -> None:
    """Every accepted report: whether it can become gold, and what people changed in it."""
    here = opening()
    permit(here.person, "export")
    words = here.words
    with here.store.reading() as connection:
        reports = identifiers(connection, Filter(state="accepted"))
    if not reports:
        st.info(words("gold", "none"))
        return
    st.markdown(words("gold", "hint"))
    found = list(candidates(here.store, here.person, reports[:_MOST]))
    known = _known(_folder())
    _promoting(here, [one for one in found if one.gold and one.gold.sha256 not in known])
    _list(here, found, known)
    if len(reports) > _MOST:
        st.caption(words("gold", "shown").replace("{count}", str(_MOST)))


def _folder() -> Path | None:
    named = load_settings().gold_dir
    return Path(named) if named else None


def _known(folder: Path | None) -> set[str]:
    """The hashes of the reports that are gold already."""
    found = set()
    for path in sorted(folder.glob(f"*/{LABEL}")) if folder else ():
        try:
            found.add(read_gold(path).sha256)
        except GoldError:  # whoever runs the eval is told of it
            continue
    return found


def _promoting(here: Opening, ready: Sequence[Candidate]) -> None:
    """The button: into the folder of gold where one is set, else as an archive."""
    words, folder = here.words, _folder()
    if here.person.role not in PERMITTED["adjudicate"]:
        st.caption(words("gold", "only_leads"))
        return
    st.caption(bare(words("gold", "folder").replace("{folder}", str(folder)) if folder else words("gold", "no_folder")))
    if not ready:
        return
    label = words("gold", "promote" if folder else "download").replace("{count}", str(len(ready)))
    if folder is None:
        st.download_button(label, partial(_packed, ready), "gold.zip", on_click="ignore", type="primary")
    elif st.button(label, type="primary"):
        for one in ready:
            write_case(one, folder)
        st.success(words("gold", "promoted").replace("{count}", str(len(ready))))


def _packed(ready: Sequence[Candidate]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in ready:
            for name, data in files_of(one).items():
                archive.writestr(f"{one.case}/{name}", data)
    return made.getvalue()


def _list(here: Opening, found: Sequence[Candidate], known: set[str]) -> None:
    """The reports; of the one that is chosen, what people changed."""
    words = here.words
    opened = [open_report(here.store, here.person, one.report) for one in found]
    rows = [_row(one, report, known, words) for one, report in zip(found, opened, strict=True)]
    event: Any = st.dataframe(
        rows, hide_index=True, width="stretch", on_select="rerun", selection_mode="single-row", key="gold_rows"
    )
    if not event.selection.rows:
        st.caption(words("gold", "choose"))
        return
    _changes(opened[event.selection.rows[0]], words)


def _row(one: Candidate, found: Opened, known: set[str], words: Wording) -> dict[str, Any]:
    return {
        words("gold", "report"): one.report,
        words("queue", "organisation"): plain(found.row.organisation or ""),
        words("gold", "name"): plain(one.name),
        words("gold", "ready"): one.gold is not None,
        words("gold", "is_gold"): one.gold is not None and one.gold.sha256 in known,
        words("gold", "changed"): len(found.state.corrections),
        words("gold", "why_not"): one.why_not,
    }


def _changes(found: Opened, words: Wording) -> None:
    """Where the accepted record differs from what the machine read."""
    st.subheader(words("gold", "what_changed"))
    form, said = form_of(found.record), found.state.corrections
    told = [
        {
            words("gold", "field"): plain(field_name(path, form, words)),
            words("gold", "machine"): plain(entry_words(path, machine, words)[:_LONGEST]),
            words("gold", "accepted"): plain(entry_words(path, accepted, words)[:_LONGEST]),
            words("gold", "who"): plain(said[path].who if path in said else ""),
        }
        for path, (machine, accepted) in differences(found.machine, found.record).items()
    ]
    if told:
        st.dataframe(told, hide_index=True, width="stretch", key="gold_changes")
    else:
        st.info(words("gold", "unchanged"))
