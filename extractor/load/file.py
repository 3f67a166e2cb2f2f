"""A path → the bytes of a regular file, within the size limit."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from extractor.errors import EmptyFileError, InputError, LimitError, MissingFileError, PermissionDeniedError
from extractor.settings import load_settings


def read_file(path: Path, label: str) -> bytes:
    """The bytes of the regular file at ``path``; ``label`` names it in messages.

    Opened without waiting and looked at before it is read: a pipe or a device is refused and never hangs.

    Raises:
        MissingFileError, PermissionDeniedError, EmptyFileError, LimitError
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        try:
            _check(os.fstat(handle), label)
            with open(handle, "rb", closefd=False) as file:
                data = file.read(load_settings().max_file_bytes + 1)
        finally:
            os.close(handle)
    except (OSError, ValueError) as error:
        raise _unreadable(error, label) from None
    return check_size(data, label)


def check_size(data: bytes, label: str) -> bytes:
    """``data``, if there is any and not more than the settings allow."""
    if not data:
        raise EmptyFileError(f"{label} is empty: a report was expected", f"{label} 是空文件：应为一份年度报告")
    _check_length(len(data), label)
    return data


def check_kind(status: os.stat_result, label: str) -> None:
    """See that it is a regular file: reading a pipe would wait for whoever writes to it.

    Raises:
        MissingFileError: it is none.
    """
    if not stat.S_ISREG(status.st_mode):
        kind_en, kind_zh = ("a folder", "目录") if stat.S_ISDIR(status.st_mode) else ("a pipe or device", "管道或设备")
        raise MissingFileError(
            f"{label} is {kind_en}: a regular file was expected", f"{label} 是{kind_zh}：应为普通文件"
        )


def _check(status: os.stat_result, label: str) -> None:
    check_kind(status, label)
    _check_length(status.st_size, label)


def _check_length(length: int, label: str) -> None:
    limit = load_settings().max_file_bytes
    if length > limit:
        raise LimitError(
            f"{label} is too large: at most {limit:,} bytes were expected (EXTRACTOR_MAX_FILE_BYTES)",
            f"{label} 过大：应不超过 {limit:,} 字节（设置 EXTRACTOR_MAX_FILE_BYTES）",
        )


def _unreadable(error: OSError | ValueError, label: str) -> InputError:
    if isinstance(error, PermissionError):
        return PermissionDeniedError(
            f"{label} may not be read: read permission was expected", f"没有读取 {label} 的权限：应有读权限"
        )
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return MissingFileError(f"{label} does not exist: a file was expected", f"{label} 不存在：应为一个文件")
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return MissingFileError(
        f"{label} cannot be opened ({reason}): a file was expected", f"{label} 无法打开（{reason}）：应为一个文件"
    )
