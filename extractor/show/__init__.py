"""A record, many records, or a form, for a person at a terminal.

Everything a report or a file name brings is passed through ``text.printable`` and shown as rich ``Text``, never as
markup, so that nothing in it can steer the terminal.
"""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console, Group, RenderableType

from extractor.console import Language, say_error
from extractor.forms import Form, builtin_forms, read_form
from extractor.inputs import list_inputs
from extractor.record import Record
from extractor.run import extract_inputs
from extractor.show.findings import findings
from extractor.show.forms import form_detail, form_list
from extractor.show.marks import Marks
from extractor.show.narrative import header, narrative
from extractor.show.overview import line_of, overview
from extractor.show.stored import stored_objects
from extractor.show.tables import tables
from extractor.show.words import Wording

_WIDEST = 120


def show_path(path: Path, form: Form | None, language: Language) -> int:
    """Show the report, record, JSON Lines file or folder of records at ``path``; the exit status.

    Raises:
        RecordError: a file that should hold a record holds none.
    """
    console, words = _console(), Wording(language)
    stored = stored_objects(path)
    if stored is None:
        return _show_report(path, form, console, words)
    plain = [json.loads(line) for line in stored]
    if len(plain) == 1 and plain[0]["status"] != "failed" and not path.is_dir():
        console.print(record_view(Record.from_json(stored[0]), "", form, words, console.width))
    else:
        console.print(overview(map(line_of, plain), words))
    return 0


def show_forms(form: str | None, language: Language) -> None:
    """Show the built-in forms, or the one with the id or at the path ``form``.

    Raises:
        FormError: there is no such form, or the file does not describe one.
    """
    console, words = _console(), Wording(language)
    if form is None:
        console.print(form_list(builtin_forms(), words))
    else:
        console.print(form_detail(_named(form), words))


def record_view(record: Record, text: str, form: Form | None, words: Wording, width: int) -> RenderableType:
    """The whole record; ``text`` is the report's where it is at hand, for quoting."""
    marks = Marks(record)
    form = form or next((known for known in builtin_forms() if known.id == record.form), None)
    return Group(
        header(record, marks, words),
        tables(record, form, marks, words, width),
        narrative(record, marks, words),
        findings(record, text, words),
    )


def _console() -> Console:
    console = Console(highlight=False, markup=False, emoji=False)
    console.width = min(console.width, _WIDEST)
    return console


def _show_report(path: Path, form: Form | None, console: Console, words: Wording) -> int:
    found, _ = list_inputs([path])
    outcomes = list(extract_inputs(found, form=form, with_text=True))
    if len(outcomes) > 1:  # an archive
        console.print(overview((line_of(json.loads(outcome.line)) for outcome in outcomes), words))
        return 1 if any(outcome.error for outcome in outcomes) else 0
    (outcome,) = outcomes
    if outcome.error:
        say_error(outcome.error, words.language, about=outcome.name)
        return 1
    console.print(record_view(Record.from_json(outcome.line), outcome.text, form, words, console.width))
    return 0


def _named(form: str) -> Form:
    """The built-in form with this id, else the one in this file."""
    known = {built_in.id: built_in for built_in in builtin_forms()}
    return known.get(form) or read_form(Path(form))
