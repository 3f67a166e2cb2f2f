"""Files into the store, read as `extract` reads them and kept with their bytes, and its reports out of it again."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from extractor.across.arrivals import compare_arrivals
from extractor.console import Language, progress, say, say_error
from extractor.errors import ExtractorError, InputError
from extractor.export import export_to
from extractor.forms import Form
from extractor.inputs import list_inputs
from extractor.record import Record
from extractor.review.intake import Arrival, take_in
from extractor.review.people import person_at_the_terminal
from extractor.run import Engine, Outcome, asking_for, extract_inputs, say_skipped
from extractor.settings import load_settings
from extractor.store import Store, open_store
from extractor.store.queue import Filter
from extractor.store.readings import Reader, program_version
from extractor.unpacking import Notes

_UNKNOWN = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the command: what to read, by which form and engine, with how many processes."""

    paths: list[Path]
    form: Form | None = None
    jobs: int = 1
    engine: Engine | None = None


def import_reports(call: Call) -> int:
    """Read every input of ``call`` into the store; the exit status: 0, or 1 where an input failed.

    Raises:
        StoreError: the store cannot be opened or written to; what was taken in before stays.
    """
    settings, begun = load_settings(), time.monotonic()
    language, counts = settings.language, Counter[str]()
    inputs, skipped = list_inputs(call.paths)
    say_skipped(skipped, language)
    store = open_store(settings, create=True)
    with ExitStack() as stack:
        stack.callback(store.close)
        shown = stack.enter_context(progress(len(inputs), language, bar=True))
        notes = Notes(partial(say_skipped, language=language), shown.grow)
        asking = asking_for(call.engine, 1, stack)
        reader = Reader(program_version(), asking.engine if asking else "rules")
        forms = (call.form,) if call.form else ()
        reading = extract_inputs(inputs, form=call.form, jobs=call.jobs, with_text=True, notes=notes, asking=asking)
        with closing(reading) as outcomes:
            for outcome in outcomes:
                counts[_keep(store, outcome, reader, forms, language)] += 1
                shown.step()
        compare_arrivals(store, language, took=time.monotonic() - begun)
    _say_counts(counts, language)
    return 1 if counts["failed"] or counts["unkept"] else 0


def export_reports(kind: str, out: Path, wanted: Filter) -> int:
    """Write the store's reports that are wanted to a file, and say how many there were; the exit status.

    Raises:
        StoreError: the store cannot be opened.
        OutputError: the file cannot be written.
    """
    settings = load_settings()
    store = open_store(settings)
    try:
        count = export_to(store, person_at_the_terminal(), wanted, kind, out)
    finally:
        store.close()
    say(f"{count} 份 → {out}", f"{count} reports → {out}", settings.language)
    return 0


def _keep(store: Store, outcome: Outcome, reader: Reader, forms: tuple[Form, ...], language: Language) -> str:
    """Keep one outcome; what became of it."""
    if outcome.error:
        say_error(outcome.error, language, about=outcome.name)
    try:
        arrival = _arrival(outcome)
    except ExtractorError as error:
        say_error(error, language, about=outcome.name)
        return "unkept"
    taken = take_in(store, person_at_the_terminal(), arrival, reader, forms=forms)
    return "failed" if arrival.record is None else taken.what


def _arrival(outcome: Outcome) -> Arrival:
    """What came in, its bytes being those that were read.

    Raises:
        InputError: the file is gone, too large to keep, or was changed meanwhile.
    """
    data = _bytes(outcome)
    if outcome.status == "failed":
        return Arrival(outcome.name, data, _UNKNOWN, failure=json.loads(outcome.line))
    record = Record.from_json(outcome.line)
    if hashlib.sha256(data).hexdigest() != record.source.sha256:
        raise InputError(f"{outcome.name} was changed while it was read", f"{outcome.name} 在读取过程中被改动")
    return Arrival(outcome.name, data, record.source.media_type, record, outcome.text)


def _bytes(outcome: Outcome) -> bytes:
    path, limit = outcome.path, load_settings().max_file_bytes
    try:
        if path is not None and path.stat().st_size <= limit:
            return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {outcome.name}: {error.strerror}", f"无法读取 {outcome.name}") from None
    raise InputError(f"{outcome.name} is not kept: larger than {limit} bytes", f"{outcome.name} 过大，未保存")


def _say_counts(counts: Counter[str], language: Language) -> None:
    new, again, same, failed, unkept = (counts[one] for one in ("new", "again", "same", "failed", "unkept"))
    say(
        f"{counts.total()} 份：新增 {new}，重新识读 {again}，已有 {same}，失败 {failed}，未保存 {unkept}",
        f"{counts.total()} inputs: {new} new, {again} read again, {same} there already, {failed} failed, "
        f"{unkept} not kept",
        language,
    )
