"""Files into a job, as they are found: a folder of millions is never held in memory, and what is known costs a look.

A source is known by its name: its path below the folder that was named, or the file's own. Where another path has the
name already, more of the path is put before it, the same in every run. What changed on disk, or was done under other
terms, is to be read again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from extractor.bulk.jobs import Added, Job, New, told_as_text
from extractor.bulk.listing import rows_of
from extractor.bulk.reading import told_error
from extractor.errors import InputError
from extractor.inputs import Found, walked
from extractor.load.archive.names import Skipped
from extractor.load.file import check_kind
from extractor.store.job_tables import job_source
from extractor.store.reports import tell_address
from extractor.store.statements import portions
from extractor.text import file_name

_FILE_NAMES = 1
_BATCH = 1000


def found_in(
    paths: Iterable[Path], skipped: list[Skipped] | None = None, leave_out: Path | None = None
) -> Iterator[New]:
    """The files that are named and those in the folders that are, one after another; ``skipped`` takes the rest."""
    for argument in paths:
        for item in walked(os.fspath(argument), leave_out):
            if isinstance(item, Skipped):
                if skipped is not None:
                    skipped.append(item)
            else:
                yield _source(item)


def listed_in(manifest: Path) -> Iterator[New]:
    """The files that a CSV manifest lists; paths are relative to the manifest's folder.

    Raises:
        JobError: it cannot be read, or has no column ``path`` or ``url``; told before the first file is.
    """
    rows = rows_of(manifest)
    return (_listed(manifest.parent, row) for row in rows)


def in_batches(sources: Iterable[New], size: int = _BATCH) -> Iterator[list[New]]:
    """Sources some at a time."""
    rest = iter(sources)
    while batch := list(islice(rest, size)):
        yield batch


def add(connection: Connection, job: Job, sources: Sequence[New]) -> Added:
    """Put sources into a job: new ones as they are, changed ones to be read again; of others, what is told anew."""
    new, changed, same, corrected = _compared(connection, job, sources)
    if new:
        connection.execute(insert(job_source), [_row(job.id, one) for one in new])
    if changed:
        _begin_anew(connection, changed)
    if corrected:
        _tell(connection, corrected)
    failed, reopened = (one.state == "failed" for one in new), (row.state == "opened" for row, _ in changed)
    return Added(len(new), len(changed), same, sum(failed), sum(reopened))


def compare(connection: Connection, job: Job, sources: Sequence[New]) -> Added:
    """What ``add`` would do, without doing it."""
    new, changed, same, _ = _compared(connection, job, sources)
    return Added(len(new), len(changed), same)


def to_read(connection: Connection, job: Job, sources: Sequence[New]) -> list[New]:
    """Those of the sources that a run would read: new and changed ones, and those that wait already."""
    new, changed, *_ = _compared(connection, job, sources)
    names = [one.name for one in sources]
    waiting = {name for name, row in _known(connection, job.id, names).items() if row.state in ("pending", "running")}
    return [*new, *(one for _, one in changed), *(one for one in sources if one.name in waiting)]


def _compared(
    connection: Connection, job: Job, sources: Sequence[New]
) -> tuple[list[New], list[tuple[Any, New]], int, list[tuple[Any, New]]]:
    """New sources, changed ones with their rows, how many are as they were, and those of which else is told now."""
    named = _named(connection, job.id, sources)
    known = _known(connection, job.id, [one.name for one in named])
    new = [one for one in named if one.name not in known]
    old = [(known[one.name], one) for one in named if one.name in known]
    changed = [(row, one) for row, one in old if _is_changed(row, one, job.terms.key)]
    corrected = [(row, one) for row, one in old if one.told and row.told != told_as_text(one.told)]
    return new, changed, len(old) - len(changed), corrected


def _source(item: Found) -> New:
    name, path = file_name(_last(item.path, item.depth)), os.path.abspath(item.path)  # noqa: PTH100 (links stay)
    if item.error:
        return New(name, path, state="failed", error=told_error(item.error))
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return New(name, path)  # reading it will tell why
    try:
        check_kind(status, name)
    except InputError as error:
        return New(name, path, state="failed", error=told_error(error))
    return New(name, path, status.st_size, max(-_LATEST, min(status.st_mtime_ns, _LATEST)))


def _listed(folder: Path, row: Mapping[str, str]) -> New:
    told = {key: value for key, value in row.items() if key != "path" and value}
    if not row.get("path"):
        error = {
            "code": "not_fetched",
            "message": "清单只给出网址，没有文件：请先下载，并在 path 列写明",
            "message_en": "the manifest gives an address and no file: fetch it first, and name it in the column path",
        }
        name = file_name(row.get("url", ""))
        return New(name, "", told=told, state="failed", error=error)
    path = folder / row["path"]
    depth = _FILE_NAMES if Path(row["path"]).is_absolute() else row["path"].count("/") + 1
    return replace(_source(Found(os.fspath(path), depth)), told=told)


def _named(connection: Connection, job: int, sources: Sequence[New]) -> list[New]:
    """The sources with names of their own: more of the path stands before a name that another path has."""
    named, taken = list(sources), dict[str, str]()
    for _ in range(_MOST_NAMES):
        there = _known(connection, job, [one.name for one in named])
        taken = {name: os.fsdecode(bytes(row.path)) for name, row in there.items()}
        clashes = False
        for number, one in enumerate(named):
            if taken.setdefault(one.name, one.path) != one.path:
                named[number], clashes = replace(one, name=_longer(one)), True
        if not clashes:
            break
    return list({one.name: one for one in named}.values())


_MOST_NAMES = 64
_LATEST = 2**63 - 1
"""Nanoseconds since 1970 that a row can hold; a file may tell of any time."""


def _longer(one: New) -> str:
    """The name with one folder more before it; the whole path where there is none."""
    return file_name(_last(one.path, one.name.count("/") + 2))


def _last(path: str, depth: int) -> str:
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return "/".join(parts[-depth:]) or path


def _known(connection: Connection, job: int, names: Sequence[str]) -> dict[str, Any]:
    columns = [job_source.c[name] for name in ("id", "name", "path", "size", "changed", "state", "key", "told")]
    found: dict[str, Any] = {}
    for some in portions(names):
        for row in connection.execute(select(*columns).where(job_source.c.job_id == job, job_source.c.name.in_(some))):
            found[row.name] = row
    return found


def _is_changed(row: Any, one: New, key: str) -> bool:
    """Whether a known source is to be read again; what is under way is left alone."""
    if row.state in ("pending", "running"):
        return False
    if (row.size, row.changed) != (one.size, one.changed):
        return True
    return row.key is not None and row.key != key


def _begin_anew(connection: Connection, changed: Sequence[tuple[Any, New]]) -> None:
    names = ("path", "size", "changed", "told", "state", "error")
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    empty = {"tries": 0, "run_id": None, "sha256": None}
    rows = [{"row": row.id, **{f"new_{name}": _row(0, one)[name] for name in names}} for row, one in changed]
    connection.execute(update(job_source).where(job_source.c.id == bindparam("row")).values(**values, **empty), rows)


def _tell(connection: Connection, corrected: Sequence[tuple[Any, New]]) -> None:
    """Keep what a manifest tells of sources now, and of the members of archives among them."""
    telling = update(job_source).where(
        (job_source.c.id == bindparam("row")) | (job_source.c.parent_id == bindparam("row"))
    )
    rows = [{"row": row.id, "new_told": told_as_text(one.told or {})} for row, one in corrected]
    connection.execute(telling.values(told=bindparam("new_told")), rows)
    columns = [job_source.c[name] for name in ("report_id", "name", "told")]
    for some in portions([row.id for row, _ in corrected]):
        theirs = job_source.c.id.in_(some) | job_source.c.parent_id.in_(some)
        found = connection.execute(select(*columns).where(theirs, job_source.c.report_id.is_not(None)))
        tell_address(connection, [(row.report_id, row.name, json.loads(row.told).get("url")) for row in found])


def _row(job: int, one: New) -> dict[str, Any]:
    return {
        "job_id": job,
        "name": one.name,
        "path": os.fsencode(one.path),
        "parent_id": one.parent,
        "size": one.size,
        "changed": one.changed,
        "told": told_as_text(one.told) if one.told else None,
        "state": one.state,
        "tries": 0,
        "error": told_as_text(one.error) if one.error else None,
    }
