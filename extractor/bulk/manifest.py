"""The manifest of an output in parts: what was read with what, how many, at what cost; and each part's rows and hash.

It is written last, so a folder with a manifest is complete. Parts are the same, byte for byte, whenever inputs,
versions and answers are; ``cost`` is what was paid this time.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from extractor.errors import OutputError
from extractor.forms import builtin_forms
from extractor.llm.answers import KINDS
from extractor.llm.prompts import load_prompt
from extractor.output import whole
from extractor.record import SCHEMA_VERSION, Usage
from extractor.store.readings import program_version

MANIFEST, JOURNAL = "manifest.json", ".written.jsonl"
FORMAT = 1
PART = re.compile(r"part-(\d{6,})\.(jsonl|csv|parquet)")
PartKind = Literal["jsonl", "csv", "parquet"]


@dataclass(frozen=True, slots=True)
class Part:
    """One file: ``keys`` is the hash of what it was made from, ``statuses`` how many reports have which status.

    ``full``: it ended because its bounds were reached, not because there were no more reports.
    """

    name: str
    reports: int
    rows: int
    bytes: int
    sha256: str
    keys: str
    full: bool
    statuses: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder holds. ``inputs``: sources of the job; ``counts``: reports by status, and ``reports`` in all.

    ``job``: its name; "" where none was told.
    """

    kind: PartKind
    versions: dict[str, Any]
    engine: str
    model: str
    inputs: int
    counts: dict[str, int]
    cost: Usage
    parts: list[Part]
    job: str = ""
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Fault:
    """A part (or the manifest) that is not as it should be. ``code``: missing, damaged or unknown."""

    name: str
    code: Literal["missing", "damaged", "unknown"]
    zh: str
    en: str


_WORDS: Mapping[str, tuple[str, str]] = {
    "missing": ("缺失", "is missing"),
    "damaged": ("内容与清单不符", "is not what the manifest says"),
    "unknown": ("不在清单中", "is not in the manifest"),
}


@lru_cache(maxsize=1)
def versions() -> dict[str, Any]:
    """What a record depends on besides its source: program, record's schema, forms, prompts."""
    forms = {form.id: hashlib.sha256(form.model_dump_json().encode()).hexdigest()[:12] for form in builtin_forms()}
    prompts = {kind: load_prompt(kind).version for kind in sorted(KINDS)}
    return {"program": program_version(), "record": SCHEMA_VERSION, "forms": forms, "prompts": prompts}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a folder, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    with whole(folder / MANIFEST, safe=True) as file:
        file.write(json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n")


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a folder; None where there is none, or what is there is none."""
    try:
        found = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
        return None
    names = [part.name for part in found.parts]
    is_sound = len(set(names)) == len(names) and all(PART.fullmatch(name) for name in names)
    return found if is_sound and found.format == FORMAT else None


def check_free_for(folder: Path, job: str, kind: PartKind) -> None:
    """See that a folder holds no export of another job, no parts of another kind, and nobody else's manifest.

    Raises:
        OutputError: it does.
    """
    manifest = read_manifest(folder)
    if manifest is None and not _is_ours(folder / MANIFEST):
        raise OutputError(
            f"{folder} holds a {MANIFEST} that is not of an export: name another folder",
            f"{folder} 中的 {MANIFEST} 不是导出清单，请另选目录",
        )
    other = manifest.job if manifest else _job_at_work(folder)
    if job and other not in {"", job}:
        raise OutputError(
            f"{folder} holds the export of the job {other!r}: name another folder",
            f"{folder} 中是任务 {other} 的导出，请另选目录",
        )
    others = {path.name for path in folder.iterdir() if (of := PART.fullmatch(path.name)) and of[2] != kind}
    if others:
        raise OutputError(
            f"{folder} holds parts of another kind ({min(others)}): name another folder",
            f"{folder} 中已有其他格式的分片（{min(others)}），请另选目录",
        )


def head_of_journal(job: str) -> bytes:
    """The first line of the journal of an export: whose it is."""
    return json.dumps({"job": job}, ensure_ascii=False).encode() + b"\n"


def _job_at_work(folder: Path) -> str:
    """The job whose export is being written, or was broken off; "" where none is told."""
    try:
        with (folder / JOURNAL).open("rb") as journal:
            told = json.loads(journal.readline())
    except (OSError, ValueError, RecursionError):
        return ""
    return str(told.get("job", "")) if isinstance(told, dict) else ""


def _is_ours(manifest: Path) -> bool:
    """Whether a file is a manifest of an export, perhaps damaged or of another version, or is not there."""
    try:
        with manifest.open("rb") as file:
            return b'"parts"' in file.read() or manifest.stat().st_size == 0
    except OSError:
        return True


def verify(folder: Path) -> list[Fault]:
    """Where the files of a folder are not what its manifest says; [] where all is well."""
    manifest = read_manifest(folder)
    if manifest is None:
        return [_fault(MANIFEST, "damaged" if (folder / MANIFEST).exists() else "missing")]
    faults = [fault for part in manifest.parts if (fault := _held(folder, part))]
    known = {part.name for part in manifest.parts}
    stray = sorted(path.name for path in folder.iterdir() if PART.fullmatch(path.name) and path.name not in known)
    return [*faults, *(_fault(name, "unknown") for name in stray)]


def is_as_told(folder: Path, part: Part) -> bool:
    """Whether the file of a part is there, with the bytes that were written.

    Raises:
        OSError: it is there and cannot be read.
    """
    path = folder / part.name
    return path.is_file() and path.stat().st_size == part.bytes and hash_of(path) == part.sha256


def hash_of(path: Path) -> str:
    """The file's SHA-256.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def statuses_of(parts: Iterable[Part]) -> dict[str, int]:
    """Reports by status over all parts, and ``reports`` in all."""
    counts: Counter[str] = Counter()
    for part in parts:
        counts.update(part.statuses)
    return {"reports": counts.total(), **{name: counts[name] for name in ("accepted", "needs_review", "failed")}}


def _held(folder: Path, part: Part) -> Fault | None:
    if not (folder / part.name).is_file():
        return _fault(part.name, "missing")
    try:
        return None if is_as_told(folder, part) else _fault(part.name, "damaged")
    except OSError:
        return _fault(part.name, "damaged")


def _fault(name: str, code: Literal["missing", "damaged", "unknown"]) -> Fault:
    zh, en = _WORDS[code]
    return Fault(name, code, f"{name} {zh}", f"{name} {en}")
