"""What worker processes do: a file becomes a record, packed as the store keeps it, or a draft with open questions.

Everything that takes processor time is done here, beside other workers: the runner only writes rows.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import signal
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractor.draft import Answer, Question
from extractor.errors import ExtractorError, InputError, LimitError
from extractor.forms import Form
from extractor.inputs import Input
from extractor.llm.questions import Engine, Language
from extractor.load import load_document
from extractor.load.archive.names import Skipped
from extractor.load.archive.packing import packing
from extractor.pipeline import ask_about, read_report, settle
from extractor.record import Record, Source, Usage, failed_record
from extractor.review.checking import current, summary_of
from extractor.review.comparing import stated_figures
from extractor.run import fault_of
from extractor.settings import load_settings
from extractor.store.packing import pack, pack_record
from extractor.store.readings import FAILED, Reading, failure_digest
from extractor.store.reports import Summary
from extractor.store.state import ReviewState
from extractor.unpacking import named_members

UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Manner:
    """How to read: by which forms, asking what. ``engine``: None where nobody is asked."""

    forms: tuple[Form, ...]
    own_forms: tuple[Form, ...] = ()
    engine: Engine | None = None
    samples: int = 1
    language: Language = "zh"


@dataclass(frozen=True, slots=True)
class ToRead:
    """A file to read. ``url``: where it came from, as a manifest says; ``is_single``: it is no archive for certain."""

    path: str
    name: str
    url: str | None = None
    error: InputError | None = None
    is_single: bool = False


@dataclass(frozen=True, slots=True)
class ToUnpack:
    """An archive, to be unpacked into a folder."""

    path: str
    name: str
    folder: str


@dataclass(frozen=True, slots=True)
class ToSettle:
    """A draft whose questions are answered."""

    draft: bytes
    answers: Mapping[str, Answer]
    file: Packed
    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """Bytes as ``content`` keeps them."""

    sha256: bytes
    codec: int
    size: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A reading, ready to be written: all but its ids. ``text`` is None, and ``error`` told, for one that failed.

    ``figures``: those that it states, in millionths, by which reports are compared.
    """

    name: str
    media_type: str
    file: Packed
    text: Packed | None
    status: str
    digest: bytes
    body: bytes
    evidence: bytes
    summary: Summary
    url: str | None = None
    usage: Usage = field(default_factory=Usage)
    error: Mapping[str, Any] | None = None
    figures: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Unkept:
    """A file that failed and whose bytes cannot be kept: gone, unreadable or too large."""

    error: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Open:
    """A report as rules read it: its draft, pickled, and the questions that stay open."""

    draft: bytes
    questions: list[Question]
    file: Packed


@dataclass(frozen=True, slots=True)
class Archive:
    """A file that may be an archive: it is to be unpacked."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What an archive holds: members as inputs, or None for a file that is one document after all."""

    members: list[Input] | None
    skipped: list[Skipped] = field(default_factory=list)
    error: InputError | None = None


Task = ToRead | ToUnpack | ToSettle
Result = Prepared | Unkept | Open | Archive | Unpacked


def work(task: Task, manner: Manner) -> Result:
    """Do one task. Nothing that is wrong with the file is raised."""
    if isinstance(task, ToSettle):
        return _settled(task, manner)
    return _unpacked(task) if isinstance(task, ToUnpack) else _read(task, manner)


def _unpacked(task: ToUnpack) -> Unpacked:
    from extractor.load.archive.walk import unpack  # noqa: PLC0415 (slow to load, and few jobs need it)

    signal.setitimer(signal.ITIMER_REAL, load_settings().seconds_per_archive)
    try:
        contents = unpack(Path(task.path), Path(task.folder), task.name)
    except InputError as error:
        return Unpacked([], error=error)
    except OSError:
        return Unpacked(None)  # reading it will tell why
    if contents is None:
        return Unpacked(None)
    whole = next((found.error for found in contents.found if not found.name), None)
    named = named_members(Input(Path(task.path), task.name), contents)
    return Unpacked([one for one in named if one.name != task.name], contents.skipped, whole)


def _read(task: ToRead, manner: Manner) -> Result:
    try:
        if task.error:
            raise task.error
        if not task.is_single and packing(Path(task.path)) is not None:
            return Archive()
        data = _bytes(task)
    except InputError as error:
        return Unkept(told_error(error))
    try:
        return _record_or_draft(task, manner, data)
    except InputError as error:
        return failed(task.name, task.url, packed(data), error)
    except Exception as error:  # noqa: BLE001 (a fault of ours in one report must not end the job; it is told)
        return failed(task.name, task.url, packed(data), fault_of(error))


def _record_or_draft(task: ToRead, manner: Manner, data: bytes) -> Prepared | Open:
    document = load_document(Path(task.path), name=task.name)
    if document.sha256 != hashlib.sha256(data).hexdigest():
        raise InputError(f"{task.name} was changed while it was read", f"{task.name} 在读取过程中被改动")
    draft = read_report(document, manner.forms)
    if manner.engine is not None:
        questions = ask_about(draft, manner.engine, samples=manner.samples, language=manner.language)
        if questions:
            return Open(pickle.dumps(draft), questions, packed(data))
    return _prepared(settle(draft, {}), draft.document.text, packed(data), manner, task.url)


def _settled(task: ToSettle, manner: Manner) -> Prepared:
    try:
        draft = pickle.loads(task.draft)  # noqa: S301 (a worker of ours wrote it)
        record = settle(draft, task.answers)
    except Exception as error:  # noqa: BLE001 (as above)
        return failed(task.name, task.url, task.file, fault_of(error))
    return _prepared(record, draft.document.text, task.file, manner, task.url)


def _prepared(record: Record, text: str, file: Packed, manner: Manner, url: str | None) -> Prepared:
    seen = Reading(0, 0, "", "", 0, record.status, b"", record, None, None)
    state = ReviewState(version=1, reading=0)
    summary = summary_of(seen, state, current(record, state, manner.own_forms))
    body, evidence, digest = pack_record(record)
    words = packed(text.encode("utf-8", "surrogatepass"))
    said = (record.status, digest, body, evidence, summary, url)
    about, figures = record.source, stated_figures(record, state)
    return Prepared(about.name, about.media_type, file, words, *said, usage=record.usage, figures=figures)


def failed(name: str, url: str | None, file: Packed, error: ExtractorError) -> Prepared:
    """A file that cannot become a record, as the store keeps it."""
    failure = failed_record(Source(name, file.sha256.hex(), UNKNOWN_TYPE), error)
    said = json.dumps(failure, ensure_ascii=False).encode()
    seen = Reading(0, 0, "", "", 0, FAILED, b"", None, failure, None)
    summary = summary_of(seen, ReviewState(version=1, reading=0), None)
    kept = (FAILED, failure_digest(failure), zlib.compress(said), b"", summary, url)
    return Prepared(name, UNKNOWN_TYPE, file, None, *kept, error=failure["error"])


def packed(data: bytes) -> Packed:
    """Bytes as the store keeps them."""
    return Packed(hashlib.sha256(data).digest(), *_codec_first(data))


def _codec_first(data: bytes) -> tuple[int, int, bytes]:
    codec, small = pack(data)
    return codec, len(data), small


def _bytes(task: ToRead) -> bytes:
    path, limit = Path(task.path), load_settings().max_file_bytes
    try:
        if path.stat().st_size > limit:
            raise LimitError(f"{task.name} is larger than {limit} bytes", f"{task.name} 超过 {limit} 字节的上限")
        return path.read_bytes()
    except (OSError, ValueError):
        load_document(path, name=task.name)  # says why it cannot be read
        raise InputError(f"cannot read {task.name}", f"无法读取 {task.name}") from None


def told_error(error: ExtractorError) -> dict[str, Any]:
    """An error as a source's row keeps it: ``code``, ``message``, ``message_en``."""
    told: dict[str, Any] = failed_record(Source("", "", UNKNOWN_TYPE), error)["error"]
    return told
