"""The rows of a manifest: a CSV file as spreadsheets write it, in UTF-8 or GB18030."""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from extractor.errors import JobError
from extractor.text import printable

_WHERE = frozenset({"path", "url"})
_CHUNK = 1 << 20

Row = dict[str, str]


def rows_of(manifest: Path) -> Iterator[Row]:
    """The rows of a CSV file by the names of its columns, in small letters; cells without text are left out.

    It is read to its end before: what is wrong in the last row is told before the first one is used. One that can be
    read only once, as from a pipe, is held in memory.

    Raises:
        JobError: it cannot be read, or has no column ``path`` or ``url``.
    """
    with _told(manifest):
        data = None if manifest.is_file() else manifest.read_bytes()
        encoding = _encoding(manifest, data)
    deque(_read(manifest, data, encoding), maxlen=0)
    return _read(manifest, data, encoding)


@contextmanager
def _told(manifest: Path) -> Iterator[None]:
    """Say what is wrong with a manifest."""
    try:
        yield
    except OSError as error:
        raise _unreadable(manifest, error.strerror or str(error)) from None
    except (UnicodeError, csv.Error) as error:
        raise _unreadable(manifest, f"{error} (expected: CSV in UTF-8 or GB18030)") from None


def _opened(manifest: Path, data: bytes | None) -> BinaryIO:
    return manifest.open("rb") if data is None else BytesIO(data)


def _encoding(manifest: Path, data: bytes | None) -> str:
    """UTF-8 where all of it is; else what Chinese spreadsheets write."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with _opened(manifest, data) as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8-sig"


def _read(manifest: Path, data: bytes | None, encoding: str) -> Iterator[Row]:
    with _told(manifest), TextIOWrapper(_opened(manifest, data), encoding, newline="") as file:
        rows = csv.DictReader(file, strict=True)
        names = rows.fieldnames or ()
        rows.fieldnames = [name.strip().lower() for name in names]
        if not _WHERE & set(rows.fieldnames):
            raise _no_columns(manifest, names)
        for row in rows:
            yield {key: value.strip() for key, value in row.items() if key and value}


def _unreadable(manifest: Path, why: str) -> JobError:
    told = printable(why)
    return JobError(f"cannot read the manifest {manifest}: {told}", f"无法读取清单 {manifest}：{told}")


def _no_columns(manifest: Path, names: Sequence[str]) -> JobError:
    told = printable(", ".join(names)) or "-"
    return JobError(
        f"the manifest {manifest} has no column path or url; its columns: {told}",
        f"清单 {manifest} 没有 path 或 url 列；现有列：{told}",
    )
