"""The sets of gold: which there are, which are here, and their cases.

A set is a folder of cases (``<id>/record.json`` beside ``source.*``), or two folders, one of records (``*.json``) and
one of the reports they name. The project's own set is ``eval/gold``; ``../shared`` holds the real reports, where it is
there; further ones are named on the command line. A set that is not there is named, never passed over in silence.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eval.result import GoldSet, Origin
from extractor.errors import GoldError
from extractor.forms import Form, builtin_forms
from extractor.gold import Gold, load_gold, read_gold

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "eval" / "gold"
SHARED = ROOT.parent / "shared"
LABEL = "record.json"
_RECORDS = ("gold", "records", "labels")
_SOURCES = ("reports", "sources")


@dataclass(frozen=True, slots=True)
class Case:
    """One report with its labels; ``path`` is the report's file."""

    id: str
    set: str
    gold: Gold
    path: Path


@dataclass(slots=True)
class Cases:
    """What there is to score: the cases, and every set, scored or not."""

    cases: list[Case] = field(default_factory=list)
    sets: list[GoldSet] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Folder:
    """Where a set lies: ``records`` holds the labels, ``sources`` the reports; the same for a folder of cases."""

    name: str
    records: Path
    sources: Path
    why_absent: str = ""

    @property
    def is_there(self) -> bool:
        """Whether there is anything to read."""
        return not self.why_absent


def find_cases(further: Sequence[str] = (), forms: Sequence[Form] | None = None) -> Cases:
    """The project's own cases, the shared ones where they are there, and those of ``further`` (``--gold``).

    Raises:
        GoldError: a gold file is faulty, its source changed, or a set that was named holds no cases.
    """
    named = [folder_of(given) for given in further]
    known = [Folder("own", OWN, OWN), shared_folder()]
    places: dict[tuple[Path, Path], Folder] = {}
    for folder in (*known, *named):
        places.setdefault((folder.records.resolve(), folder.sources.resolve()), folder)
    found = Cases()
    for folder in places.values():
        _take(folder, found, forms or builtin_forms(), must=folder in named)
    return found


def shared_folder(parent: Path = SHARED) -> Folder:
    """The real reports beside the project; not there in a checkout that stands alone."""
    there = (parent / "gold").is_dir() and (parent / "reports").is_dir()
    return Folder("shared", parent / "gold", parent / "reports", "" if there else f"{_shown(parent)} is not there")


def folder_of(given: str) -> Folder:
    """The set that ``--gold`` names: a folder of cases; one that holds both folders; or ``RECORDS:SOURCES``.

    A folder of records alone has its reports in it, or in the folder ``reports`` or ``sources`` next to it.

    Raises:
        GoldError: there is no such folder, or nothing of a set in it.
    """
    parts = [Path(part) for part in given.split(os.pathsep)] if not Path(given).exists() else [Path(given)]
    if not parts or not all(part.is_dir() for part in parts) or len(parts) > 2:
        raise GoldError(f"--gold {given}: no such folder", f"--gold {given}：没有这个文件夹")
    if len(parts) == 2:
        records, sources = parts if _has_records(parts[0]) else reversed(parts)
        return Folder(_name_of(records), records, sources)
    return _folder(parts[0])


def _folder(folder: Path) -> Folder:
    if any(folder.glob(f"*/{LABEL}")):
        return Folder(_name_of(folder), folder, folder)
    if _has_records(folder):
        return Folder(_name_of(folder), folder, _first([folder.parent / name for name in _SOURCES], folder))
    records = _first([folder / name for name in _RECORDS], folder)
    return Folder(_name_of(folder), records, _first([folder / name for name in _SOURCES], records))


def _first(folders: Iterable[Path], default: Path) -> Path:
    return next((one for one in folders if one.is_dir()), default)


def _has_records(folder: Path) -> bool:
    return any(folder.glob("*.json"))


def _name_of(folder: Path) -> str:
    """The folder's name; its parent's where it only says what it holds (``shared/gold``)."""
    folder = folder.resolve()
    return folder.parent.name if folder.name in _RECORDS and folder.parent.name else folder.name


def labels_in(folder: Folder) -> list[tuple[str, Path, Path]]:
    """Each case of a set: its id, its gold file and its report.

    Raises:
        GoldError: a gold file has not the shape of one.
    """
    nested = sorted(folder.records.glob(f"*/{LABEL}"))
    if nested:
        return [(path.parent.name, path, path.parent / read_gold(path).source) for path in nested]
    return [
        (path.stem, path, folder.sources / read_gold(path).source) for path in sorted(folder.records.glob("*.json"))
    ]


def _take(folder: Folder, found: Cases, forms: Sequence[Form], *, must: bool) -> None:
    name = _unused(folder.name, found)
    if not folder.is_there:
        found.sets.append(GoldSet(name, "labelled", scored=False, why=folder.why_absent))
        return
    cases = [Case(id_, name, load_gold(path, source, forms), source) for id_, path, source in labels_in(folder)]
    if must and not cases:
        raise GoldError(f"{folder.records} holds no gold", f"{folder.records} 中没有标注")
    found.cases += cases
    found.sets.append(GoldSet(name, _origin(folder, cases), scored=True, cases=len(cases)))


def _origin(folder: Folder, cases: Sequence[Case]) -> Origin:
    """Of all cases of a set: figures over generated reports are never mixed with those over labelled ones.

    Raises:
        GoldError: the set holds both.
    """
    origins = {case.gold.origin for case in cases} or {"labelled"}
    if len(origins) > 1:
        raise GoldError(
            f"{folder.records} mixes generated with hand-labelled reports",
            f"{folder.records} 混有生成的和人工标注的报告",
        )
    return origins.pop()


def _unused(name: str, found: Cases) -> str:
    """A name that no other set has."""
    taken = {one.name for one in found.sets}
    return next(one for one in (name, *(f"{name}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)


def _shown(path: Path) -> str:
    """A path as seen from the project's folder, so that reports name no machine."""
    return os.path.relpath(path, ROOT)
