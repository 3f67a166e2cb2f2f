"""Bytes → ``Document``, one file a format; what a file is, its content tells."""

from __future__ import annotations

import hashlib
from pathlib import Path

from extractor.document import Document
from extractor.errors import EmptyFileError, LimitError
from extractor.load.detect import Kind, declared_encoding, is_zip, refuse_binary, text_kind
from extractor.load.encoding import Decoded, decode
from extractor.load.file import check_size, read_file
from extractor.load.html import load_html
from extractor.load.plain import load_plain
from extractor.load.word import load_word
from extractor.settings import load_settings
from extractor.text import is_blank, printable


def load_document(path: Path, name: str | None = None) -> Document:
    """Read the file at ``path``: Word (.docx), HTML, Markdown or plain text.

    ``name`` becomes ``Document.name``; by default the file's own, bytes that are no UTF-8 written ``\\xff``.

    Raises:
        InputError: the file cannot be read or is of no such kind; the subclass says why, in Chinese and English.
    """
    name = Path(path).name if name is None else name
    return load_bytes(read_file(Path(path), printable(name)), name)


def load_bytes(data: bytes, name: str) -> Document:
    """Read a file's content; ``name`` names it.

    Raises:
        InputError: as ``load_document``.
    """
    label = printable(name)
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    check_size(data, label)
    sha256 = hashlib.sha256(data).hexdigest()
    if is_zip(data):
        return load_word(data, name, sha256, label)
    refuse_binary(data, label)
    decoded = _text(data, label)
    kind = text_kind(decoded, label)
    if kind is Kind.HTML:
        return load_html(decoded, name, sha256, label)
    return load_plain(decoded, name, sha256, kind.value)


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
