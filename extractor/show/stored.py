"""Records that were written earlier: one JSON file each, JSON Lines, or a folder of either."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from extractor.errors import RecordError
from extractor.inputs import list_inputs
from extractor.text import printable

_SUFFIXES = (".json", ".jsonl")
_LOOK_BYTES = 64


def stored_objects(path: Path) -> list[str] | None:
    """The JSON object of each record at ``path``; None where it is a file that holds none (a report, then).

    Raises:
        RecordError: ``path`` is a folder without records, or one of its JSON files holds none.
    """
    if not path.is_dir():
        return _objects(path) if path.is_file() else None
    objects = list(_in_folder(path))
    if not objects:
        name = printable(str(path))
        raise RecordError(
            f"no records in {name}: write some with `extractor extract {name} --out DIR`",
            f"{name} 中没有记录：可先运行 extractor extract {name} --out DIR",
        )
    return objects


def _in_folder(folder: Path) -> Iterator[str]:
    found, _ = list_inputs([folder])
    for item in found:
        if item.path.suffix in _SUFFIXES:
            objects = _objects(item.path)
            if objects is None:
                raise RecordError(f"{item.name} holds no record", f"{item.name} 不是记录")
            yield from objects


def _objects(path: Path) -> list[str] | None:
    with path.open("rb") as file:
        if not file.read(_LOOK_BYTES).lstrip().startswith(b"{"):
            return None
    try:
        text = path.read_text("utf-8")
        return [text] if _is_stored(text) else None
    except UnicodeDecodeError:
        return None
    except json.JSONDecodeError:
        return _lines(text)


def _lines(text: str) -> list[str] | None:
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        return lines if all(map(_is_stored, lines)) else None
    except json.JSONDecodeError:
        return None


def _is_stored(line: str) -> bool:
    plain = json.loads(line)
    return isinstance(plain, dict) and {"source", "status"} <= plain.keys()
