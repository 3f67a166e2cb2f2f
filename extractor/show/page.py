"""One page of a report as a picture, evidence marked: of the report itself, or of a record beside its source."""

from __future__ import annotations

import hashlib
from pathlib import Path

from extractor.console import Language, say, say_error
from extractor.draw import draw_page, marks
from extractor.errors import InputError, PageError, SettingsError
from extractor.forms import Form
from extractor.inputs import list_inputs
from extractor.load import read_source
from extractor.record import Record
from extractor.run import extract_inputs
from extractor.show.stored import stored_objects
from extractor.text import printable


def save_page(path: Path, page: int, save: Path, form: Form | None, language: Language) -> int:
    """Draw page ``page`` of the report or record at ``path`` to ``save``, a PNG file; the exit status.

    Raises:
        PageError: there is no such page, or no file to draw it from.
        RecordError: ``path`` is a folder without records.
        SettingsError: ``save`` cannot be written to.
    """
    stored = stored_objects(path)
    try:
        record, data = _stored(path, stored) if stored is not None else _read(path, form)
    except InputError as error:
        say_error(error, language, about=printable(path.name))
        return 1
    _write(save, draw_page(data, record, page, printable(record.source.name)))
    count = len(marks(record, page))
    say(f"第 {page} 页：标出 {count} 处，已写入 {save}", f"page {page}: {count} places marked in {save}", language)
    return 0


def _read(path: Path, form: Form | None) -> tuple[Record, bytes]:
    found, _ = list_inputs([path])
    outcomes = list(extract_inputs(found, form=form))
    if len(outcomes) != 1:
        raise _not_one(path, len(outcomes))
    (outcome,) = outcomes
    if outcome.error:
        raise outcome.error
    return Record.from_json(outcome.line), read_source(path, printable(path.name))


def _stored(path: Path, stored: list[str]) -> tuple[Record, bytes]:
    if len(stored) != 1:
        raise _not_one(path, len(stored))
    record = Record.from_json(stored[0])
    name = record.source.name
    for place in (path.parent / name, path.with_suffix(""), path.parent.parent / name, Path(name)):
        try:
            data = read_source(place, printable(name))
        except InputError:
            continue
        if hashlib.sha256(data).hexdigest() == record.source.sha256:
            return record, data
    folder = printable(str(path.parent))
    raise PageError(
        f"{printable(name)}, which this record was read from, is not there: it was expected beside it, in {folder}",
        f"找不到记录的来源文件 {printable(name)}：应与记录放在同一目录 {folder}",
    )


def _not_one(path: Path, count: int) -> PageError:
    name = printable(str(path))
    return PageError(
        f"{name} holds {count} reports: one was expected with --page", f"{name} 有 {count} 份报告：--page 只用于一份"
    )


def _write(save: Path, picture: bytes) -> None:
    beside = save.with_name(f".{save.name}.part")
    try:
        beside.write_bytes(picture)
        beside.replace(save)
    except OSError as error:
        shown = printable(str(save))
        raise SettingsError(f"cannot write {shown}: {error.strerror}", f"无法写入 {shown}：{error.strerror}") from None
    finally:
        beside.unlink(missing_ok=True)
