"""Reports as the desk gets them, without a browser: read, kept in a store, opened, and shown."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from extractor.document import Document
from extractor.forms import builtin_forms
from extractor.load import load_document
from extractor.pipeline import read_report, settle
from extractor.record import Record
from extractor.review.intake import Arrival, take_in
from extractor.review.opening import Opened, open_report
from extractor.review.people import Person
from extractor.sections import find_sections
from extractor.show.words import Wording
from extractor.store import Store, open_store
from extractor.ui.desk.clauses import PARTS, Clause, clauses_in
from extractor.ui.desk.sources import source_of
from extractor.ui.desk.topics import form_of
from extractor.ui.desk.view import Shown, view
from tests.stores import LEAD, READER, SAMPLES, Clock, make_address, settings_for

FILES = sorted(path.name for path in SAMPLES.iterdir() if path.name != "README.md")
WORDS = {"zh": Wording("zh", also="extractor.ui"), "en": Wording("en", also="extractor.ui")}


@lru_cache(maxsize=32)
def read(name: str) -> tuple[Document, Record]:
    """A sample, read by rule."""
    document = load_document(SAMPLES / name)
    return document, settle(read_report(document, builtin_forms()), {})


def clauses_of(document: Document, record: Record, name: str = "issues_improvements") -> list[Clause]:
    """The clauses of part five, or of another part, that the desk offers."""
    form = form_of(record)
    assert form is not None
    part = find_sections(document, form.parts).get(name)
    return clauses_in(document, record, part.start, part.end, name) if part else []


def sentences_of_part_one(document: Document, record: Record) -> list[Clause]:
    """The sentences of the overview."""
    return clauses_of(document, record, "overview")


def arrival_of(name: str) -> Arrival:
    """A sample as it comes into a store."""
    document, record = read(name)
    return Arrival(name, (SAMPLES / name).read_bytes(), record.source.media_type, record, document.text)


def new_store(folder: Path) -> Store:
    """An empty store of its own."""
    return open_store(settings_for(make_address("sqlite", folder)), clock=Clock())


def opened_in(store: Store, name: str) -> Opened:
    """A sample, taken in and opened."""
    return open_report(store, LEAD, take_in(store, LEAD, arrival_of(name), READER).report)


def shown_to(person: Person, found: Opened, name: str, language: str = "zh") -> dict[str, Any]:
    """What the page gets of a report."""
    document, record = read(name)
    source = source_of((SAMPLES / name).read_bytes(), name, found.text, record.source.pages, 1)
    clauses = [one for part in PARTS for one in clauses_of(document, record, part)]
    return view(found, source, clauses, document, Shown(person, WORDS[language]))
