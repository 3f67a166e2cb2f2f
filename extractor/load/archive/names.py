"""Names in folders and archives: which are no reports, which lead nowhere, and what the bytes of one say."""

from __future__ import annotations

from dataclasses import dataclass

MEMBER = "!/"
"""Stands between the name of an archive and that of a member."""

_LOCK_NAMES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
_LOCK_STARTS = (".", "~$")
_ENCODINGS = ("utf-8", "gb18030")


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something a folder or an archive holds that is not read, and why (``zh``, ``en``)."""

    path: str
    zh: str
    en: str


def is_beside(name: str) -> bool:
    """Whether a file or folder of this name (one component) is hidden, a lock, or what a system leaves behind.

    >>> [is_beside(name) for name in ("~$年报.docx", "__MACOSX", ".DS_Store", "年报.docx")]
    [True, True, True, False]
    """
    return name.startswith(_LOCK_STARTS) or name.lower() in _LOCK_NAMES


def hidden(path: str) -> Skipped:
    """The note on a file that ``is_beside``."""
    return Skipped(path, "隐藏文件或锁文件", "hidden or a lock file")


def inner_path(name: str) -> str | None:
    """A member's path with ``/`` between its components; None where it leads out of the archive.

    >>> inner_path(".\\\\2024\\\\年报.docx"), inner_path("a/../../b"), inner_path("C:/b"), inner_path("/b")
    ('2024/年报.docx', None, None, None)
    """
    path = name.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or ".." in parts or not parts or "\0" in path or parts[0][1:2] == ":":
        return None
    return "/".join(parts)


def decoded(raw: bytes) -> str:
    """A name as its bytes say: UTF-8, else GB18030 as Chinese systems write; bytes of neither stay as surrogates.

    >>> decoded("年报.docx".encode("gbk"))
    '年报.docx'
    """
    for encoding in _ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "surrogateescape")
