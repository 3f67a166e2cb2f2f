"""Whether a file may be an archive, by its first bytes alone.

This is asked of every input, so nothing slow is loaded for it.
"""

from __future__ import annotations

import re
from pathlib import Path

from extractor.load.detect import is_mail

_HEAD_BYTES = 65_536
_ZIP = re.compile(rb"PK(?:\x03\x04|\x05\x06)")
_DOCUMENT = re.compile(rb"(?s)PK\x03\x04.{26}(?:\[Content_Types\]\.xml|_rels/|docProps/|mimetype)")
"""How nearly every .docx and .odt begins: no need to look further."""

_PACKINGS = (
    (re.compile(rb"\x1f\x8b"), "gz"),
    (re.compile(rb"BZh\d1AY"), "bz2"),
    (re.compile(rb"\xfd7zXZ\0"), "xz"),
    (re.compile(rb"(?s).{257}ustar"), "tar"),
    (re.compile(rb"7z\xbc\xaf\x27\x1c"), "7z"),
    (re.compile(rb"Rar!\x1a\x07"), "rar"),
)


def packing(path: Path) -> str | None:
    """How the file at ``path`` may be packed, by its first bytes (``zip``, ``tar``, ``mail`` …); None where it is not.

    A document that is a zip is None if its beginning says so; else only ``unpack`` can tell.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except (OSError, ValueError):
        return None
    if _ZIP.match(head):
        return None if _DOCUMENT.match(head) else "zip"
    return next((name for mark, name in _PACKINGS if mark.match(head)), "mail" if is_mail(head) else None)
