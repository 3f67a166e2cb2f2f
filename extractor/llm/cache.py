"""Answers on disk, so that nothing is asked and paid twice: one small JSON file an answer.

The key is the model, the prompt's version, the answer's schema and the question's content. Only valid answers are kept.
A file is written beside its place and renamed, so that other processes see all of it or nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.draft import Question

FORMAT = 1
OFF = "off"
Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """What an answer depends on: model, prompt version, and the hashes of answer schema and question content."""

    model: str
    prompt: str
    schema: str
    content: str

    def digest(self) -> str:
        """The key as one hash."""
        return _hash([FORMAT, self.model, self.prompt, self.schema, self.content])


def key_of(question: Question, model: str, prompt: str, schema: Mapping[str, Any]) -> Key:
    """The key of a question's answer."""
    return Key(model, prompt, _hash(schema), _hash([question.kind, question.content]))


def _hash(value: object) -> str:
    written = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def cache_folder(setting: str) -> Path | None:
    """The folder that ``EXTRACTOR_CACHE_DIR`` names; the user's cache folder where it is empty, None where ``off``."""
    if setting.strip().lower() == OFF:
        return None
    if setting.strip():
        return Path(os.path.expanduser(setting.strip()))  # noqa: PTH111 (a user nobody knows is no error here)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    return Path(home) / "extractor"


class AnswerCache:
    """The answers below ``folder``; without one, none. A folder that cannot be written to is as good as none.

    ``lost``: why an answer could not be kept, "" while all were.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.lost = ""

    def get(self, key: Key) -> Content | None:
        """The answer kept for ``key``; None where there is none, or what is there is damaged."""
        kept = read_json(self._path(key)) if self.folder else None
        content = kept.get("content") if kept else None
        return content if isinstance(content, dict) else None

    def put(self, key: Key, content: Content) -> None:
        """Keep a valid answer."""
        if self.folder:
            try:
                write_json(self._path(key), {"format": FORMAT, "model": key.model, "content": content})
            except (OSError, ValueError) as error:  # ValueError: no file system takes such a name
                self.lost = getattr(error, "strerror", None) or str(error)

    def _path(self, key: Key) -> Path:
        digest = key.digest()
        return Path(self.folder or "") / "answers" / digest[:2] / f"{digest[2:]}.json"


def read_json(path: Path) -> Content | None:
    """The JSON object in a file; None where there is no file, or no object in it."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON object beside ``path`` and rename it into place.

    Raises:
        OSError: the folder cannot be written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass") as file:
            json.dump(content, file, ensure_ascii=False, sort_keys=True, indent=1)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
