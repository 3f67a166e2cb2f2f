"""Bytes → ``Document``, one file a format; what a file is, its content tells."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from extractor.document import Document
from extractor.errors import EmptyFileError, LimitError, MissingFileError
from extractor.load import scan
from extractor.load.archive.names import MEMBER
from extractor.load.detect import Kind, binary_kind, declared_encoding, is_open_document, is_zip, text_kind
from extractor.load.encoding import Decoded, decode
from extractor.load.file import check_size, read_file
from extractor.load.html.document import load_html
from extractor.load.office.convert import load_office
from extractor.load.plain import load_plain
from extractor.load.word.document import load_word
from extractor.settings import load_settings
from extractor.text import file_name, is_blank, printable


def load_document(path: Path, name: str | None = None) -> Document:
    """Read the file at ``path``: PDF, Word, OpenDocument, RTF, HTML, mail, picture, Markdown or plain text.

    ``archive.zip!/member`` names a member of an archive. ``name`` becomes ``Document.name``; by default the file's
    own, bytes that are no UTF-8 written ``\\xff``.

    Raises:
        InputError: the file cannot be read or is of no such kind; the subclass says why, in Chinese and English.
    """
    if name is None:
        outer = _outer(path)
        name = os.fspath(path)[len(os.fspath(outer.parent)) :].lstrip("/") if outer else Path(path).name
    return load_bytes(read_source(Path(path), printable(name)), name)


def read_source(path: Path, label: str) -> bytes:
    """The bytes of the file at ``path``, or of a member of an archive: ``archive.zip!/member``.

    Raises:
        InputError: there is none, or it cannot be read.
    """
    outer = _outer(path)
    return _member(outer, os.fspath(path)[len(os.fspath(outer)) + len(MEMBER) :]) if outer else read_file(path, label)


def _outer(path: Path) -> Path | None:
    return None if os.path.lexists(path) else archive_of(Path(path))


def archive_of(path: Path) -> Path | None:
    """The archive that a path like ``reports/a.zip!/b.txt`` names a member of; None where there is no such file."""
    pieces = os.fspath(path).split(MEMBER)
    outer = (Path(MEMBER.join(pieces[:count])) for count in range(1, len(pieces)))
    return next((path for path in outer if path.is_file()), None)


def load_bytes(data: bytes, name: str) -> Document:
    """Read a file's content; ``name`` names it.

    Raises:
        InputError: as ``load_document``.
    """
    label = printable(name)
    name = file_name(name)
    check_size(data, label)
    sha256 = hashlib.sha256(data).hexdigest()
    if kind := _zip_kind(data) or binary_kind(data, label):
        return _load_binary(data, kind, name, sha256, label)
    decoded = _text(data, label)
    kind = text_kind(decoded, label)
    if kind is Kind.HTML:
        return load_html(decoded, name, sha256, label)
    if kind in (Kind.PLAIN, Kind.MARKDOWN):
        return load_plain(decoded, name, sha256, kind.value)
    return load_office(data, kind, name, sha256, label)


def _zip_kind(data: bytes) -> Kind | None:
    return (Kind.ODT if is_open_document(data) else Kind.WORD) if is_zip(data) else None


def _load_binary(data: bytes, kind: Kind, name: str, sha256: str, label: str) -> Document:
    if kind is Kind.WORD:
        return load_word(data, name, sha256, label)
    if kind is Kind.PDF:
        return _load_pdf(data, name, sha256, label)
    if kind is Kind.MAIL:
        return _load_mail(data, name, sha256, label)
    if kind.value.startswith("image/"):
        shown: Document = scan.picture_reader(label).load_picture(data, name, sha256, kind.value, label)
        return shown
    return load_office(data, kind, name, sha256, label)


def _load_pdf(data: bytes, name: str, sha256: str, label: str) -> Document:
    from extractor.load.pdf.document import load_pdf  # noqa: PLC0415 (slow to load, and of no use to other files)

    return load_pdf(data, name, sha256, label)


def _load_mail(data: bytes, name: str, sha256: str, label: str) -> Document:
    from extractor.load.mail.message import load_mail  # noqa: PLC0415 (few files need it)

    return load_mail(data, name, sha256, label, load_bytes)


def _member(outer: Path, member: str) -> bytes:
    from extractor.load.archive.walk import unpack  # noqa: PLC0415 (slow to load, and few files need it)

    label = printable(f"{outer.name}{MEMBER}{file_name(member)}")
    with tempfile.TemporaryDirectory(prefix="extractor-") as folder:
        contents = unpack(outer, Path(folder), outer.name)
        for found in contents.found if contents else ():
            if found.name == file_name(member) and found.path:
                return read_file(found.path, label)
            if found.error and found.name in ("", file_name(member)):
                raise found.error
    raise MissingFileError(
        f"{label} does not exist: a member of {printable(outer.name)} was expected",
        f"{label} 不存在：应为 {printable(outer.name)} 中的文件",
    )


def _text(data: bytes, label: str) -> Decoded:
    decoded = decode(data, declared_encoding(data))
    if is_blank(decoded.text):
        raise EmptyFileError(
            f"{label} holds nothing but white space: a report was expected", f"{label} 只有空白字符：应为一份年度报告"
        )
    limit = load_settings().max_text_characters
    if len(decoded.text) > limit:
        raise LimitError(
            f"{label} is too long: at most {limit:,} characters were expected (EXTRACTOR_MAX_TEXT_CHARACTERS)",
            f"{label} 过长：应不超过 {limit:,} 字（设置 EXTRACTOR_MAX_TEXT_CHARACTERS）",
        )
    return decoded
