"""The page of one report."""

from __future__ import annotations

from typing import Any

import streamlit as st

from extractor.document import Document
from extractor.errors import ClaimedError, ExtractorError, StaleEditError
from extractor.review import work
from extractor.review.compared import read_besides
from extractor.review.opening import Opened, open_report, original
from extractor.review.people import PERMITTED
from extractor.sections import find_sections
from extractor.store.events import FIRST
from extractor.store.queue import Filter
from extractor.ui.desk import desk
from extractor.ui.desk.clauses import PARTS, Clause, clauses_in
from extractor.ui.desk.sources import document_of, source_of
from extractor.ui.desk.steps import Doing, parsed
from extractor.ui.desk.topics import form_of
from extractor.ui.desk.view import Shown, view
from extractor.ui.exports import report_downloads
from extractor.ui.marks import bare
from extractor.ui.opened import Opening, opening
from extractor.ui.register_versions import also_line

_DESK = "desk"
_ACK, _PROBLEM, _PAGE = "ack", "problem", "page"
_OPEN = Filter(state="open")
_DONE = ("accepted", "rejected")


def report_page() -> None:
    """One report at work; without one, the next of the queue."""
    here = opening()
    report, number = _asked_for("report"), _asked_for("round") or FIRST
    if report is None:
        report = _next(here)
    if report is None:
        st.success(here.words("report", "queue_empty"))
        return
    try:
        _show(here, report, number)
    except ExtractorError as error:
        st.error(bare(error.zh if here.words.language == "zh" else error.en))


def go_to(report: int | None, number: int = FIRST) -> None:
    """Make ``report`` the one that the page shows, in this round of review."""
    st.query_params.pop("round", None)
    if number != FIRST:
        st.query_params["round"] = str(number)
    if report is None:
        st.query_params.pop("report", None)
    else:
        st.query_params["report"] = str(report)
    for name in (_ACK, _PROBLEM, _PAGE):
        st.session_state.pop(name, None)


def _asked_for(name: str) -> int | None:
    asked = st.query_params.get(name, "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 16 else None


def _next(here: Opening) -> int | None:
    if here.person.role not in PERMITTED["claim"]:
        return None
    report = work.claim_next(here.store, here.person, _OPEN)
    if report is not None:
        go_to(report)
    return report


def _show(here: Opening, report: int, number: int) -> None:
    read_only = _claim(here, report, number)
    found = open_report(here.store, here.person, report, number)
    also_line(here, report, go_to)
    if found.now is None:
        _show_failure(here, found)
        report_downloads(here, found)
        return
    name, data = original(here.store, here.person, report)
    page = st.session_state.get(_PAGE, {}).get(report, 1)
    source = source_of(data, name, found.text, found.machine.source.pages, page)
    document = _document(found, data, name)
    clauses = _clauses(found, document)
    others = read_besides(here.store, here.person, found)
    ack, problem = st.session_state.get(_ACK), st.session_state.get(_PROBLEM)
    shown = Shown(here.person, here.words, ack, problem, read_only, others)
    plain = view(found, source, clauses, document, shown)
    doing = Doing(here.store, here.person, document, clauses)
    desk(plain, _DESK, lambda: _take(here, found, doing), lambda: _turn(report))
    report_downloads(here, found)


def _claim(here: Opening, report: int, number: int) -> str | None:
    """Take the report; why it can only be read, where somebody else has it."""
    if here.person.role not in PERMITTED["claim"]:
        return here.words("report", "read_only")
    try:
        work.claim(here.store, here.person, report, number)
    except ClaimedError as error:
        return error.zh if here.words.language == "zh" else error.en
    return None


def _document(found: Opened, data: bytes, name: str) -> Document | None:
    document = document_of(data, name)
    return document if document is not None and document.text == found.text else None


def _clauses(found: Opened, document: Document | None) -> list[Clause]:
    form = form_of(found.record)
    if document is None or form is None:
        return []
    sections = find_sections(document, form.parts)
    there = [(name, part) for name in PARTS if (part := sections.get(name))]
    return [one for name, part in there for one in clauses_in(document, found.record, part.start, part.end, name)]


def _take(here: Opening, found: Opened, doing: Doing) -> None:
    """Do the step that the page sent, and say how it went."""
    sent: Any = st.session_state[_DESK].step
    if sent is None:
        return
    ack = sent.get("token") if isinstance(sent, dict) else None
    try:
        step = parsed(sent)
        if not step.is_for(found):
            return
        st.session_state[_ACK], st.session_state[_PROBLEM] = ack, None
        doing.do(found, step)
    except ExtractorError as error:
        message = error.zh if here.words.language == "zh" else error.en
        st.session_state[_ACK] = ack
        st.session_state[_PROBLEM] = {"message": message, "stale": isinstance(error, StaleEditError)}
        return
    if step.kind in ("accept", "reject", "park", "next"):
        if step.kind == "next" and found.row.state not in _DONE:
            work.release(here.store, here.person, found.row.id, found.round)
        go_to(_following(here, found))
        st.session_state[_ACK] = ack  # the page that follows tells the browser that the step is saved


def _following(here: Opening, found: Opened) -> int | None:
    """The next report of the queue that is not the one just left."""
    page = work.queue_page(here.store, here.person, _OPEN, limit=20)
    rows = [row for row in page if row.id != found.row.id and not row.claimed_by]
    return rows[0].id if rows else None


def _turn(report: int) -> None:
    asked: Any = st.session_state[_DESK].page
    if isinstance(asked, dict) and asked.get("report") == report and isinstance(asked.get("page"), int):
        st.session_state[_PAGE] = {report: asked["page"]}


def _show_failure(here: Opening, found: Opened) -> None:
    failure = found.reading.failure or {}
    error = failure.get("error", {})
    told = error.get("message" if here.words.language == "zh" else "message_en", "")
    st.error(bare(f"{found.row.name}: {told}"))
