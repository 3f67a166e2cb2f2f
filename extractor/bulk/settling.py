"""What became of sources, written in one transaction: readings into the store, rows of the job, rows of its ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from extractor.bulk import jobs, ledger
from extractor.bulk.jobs import Ended, Source
from extractor.bulk.keeping import Kept, keep
from extractor.bulk.reading import Prepared, Unkept, failed, packed, told_error
from extractor.bulk.runs import Run, wall_clock_of
from extractor.errors import CrashedError, InputError
from extractor.forms import Form
from extractor.store.readings import Reader
from extractor.store.reports import note_names
from extractor.workers import Lost

if TYPE_CHECKING:
    from extractor.llm.money import Attempt


@dataclass(frozen=True, slots=True)
class Same:
    """The source's bytes have been read under another name: ``done`` is that source, done."""

    done: Source


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a source: None where it goes back. ``attempts``: calls made for it, whatever became of it."""

    source: Source
    result: Prepared | Unkept | Same | Lost | None
    attempts: Sequence[Attempt] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """How a transaction went: states of the run's sources, and those that are done, by the hash of their bytes."""

    states: Counter[str] = field(default_factory=Counter)
    done: Mapping[bytes, Source] = field(default_factory=dict)
    lost: frozenset[int] = frozenset()


def write(
    connection: Connection, run: Run, outcomes: Sequence[Outcome], reader: Reader, forms: Sequence[Form] = ()
) -> Written:
    """Write outcomes of sources that the run holds. What others have taken over is left to them, but for its calls."""
    ours = jobs.held(connection, run, [one.source.id for one in outcomes])
    settled = jobs.settled_by(connection, run, [one.source.id for one in outcomes if one.source.id not in ours])
    paid = {one.source.id: one.attempts for one in outcomes if one.attempts and one.source.id not in settled}
    ledger.note_calls(connection, run, paid)
    mine = [one for one in outcomes if one.source.id in ours]
    kept = _keep(connection, [_lasting(one) for one in mine], reader, forms)
    ended = [_ended(one, kept) for one in map(_lasting, mine)]
    jobs.finish(connection, run, [one for one in ended if one is not None])
    _note_copies(connection, mine)
    jobs.give_back(connection, run, [one.source.id for one in mine if one.result is None])
    poison = jobs.give_back(connection, run, [one.source.id for one in mine if _crashed(one)], tried=True)
    states = Counter(one.state if one else "pending" for one in ended) + Counter(failed=poison)
    return Written(states, _done(mine, kept), frozenset(one.source.id for one in outcomes) - ours)


def _lasting(one: Outcome) -> Outcome:
    """The outcome, where reading was ended for taking too long a failure with the file's bytes."""
    if not isinstance(one.result, Lost) or isinstance(one.result.error, CrashedError):
        return one
    return Outcome(one.source, without_record(one.source, one.result.error), one.attempts)


def without_record(source: Source, error: InputError) -> Prepared | Unkept:
    """The failure of a source that no worker could tell of."""
    try:
        with open(source.path, "rb") as file:  # noqa: PTH123 (a name of any bytes)
            data = file.read()
    except (OSError, ValueError):
        return Unkept(told_error(error))
    return (
        Unkept(told_error(error)) if source.parent else failed(source.name, source.told.get("url"), packed(data), error)
    )


def _crashed(one: Outcome) -> bool:
    return isinstance(one.result, Lost) and isinstance(one.result.error, CrashedError)


def _keep(
    connection: Connection, outcomes: Sequence[Outcome], reader: Reader, forms: Sequence[Form]
) -> dict[bytes, Kept]:
    """Keep what was read, the same bytes once."""
    prepared = {one.result.file.sha256: one.result for one in reversed(outcomes) if isinstance(one.result, Prepared)}
    some = list(prepared.values())
    return (
        dict(zip(prepared, keep(connection, some, reader, wall_clock_of(connection), forms), strict=True))
        if some
        else {}
    )


def _ended(one: Outcome, kept: Mapping[bytes, Kept]) -> Ended | None:
    result, source = one.result, one.source.id
    if isinstance(result, Prepared):
        where = kept[result.file.sha256]
        state: jobs.Ending = "failed" if result.error else "done"
        return Ended(source, state, result.file.sha256, where.report, where.reading, result.error)
    if isinstance(result, Unkept):
        return Ended(source, "failed", error=result.error)
    if isinstance(result, Same):
        same = result.done
        return Ended(source, "skipped", same.sha256, same.report, same.reading, _as_duplicate(same))
    return None


def _note_copies(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """Reports are told the names and addresses under which their bytes came in again."""
    copies = [(one.source, one.result.done.report) for one in outcomes if isinstance(one.result, Same)]
    told = [(report, source.name, source.told.get("url")) for source, report in copies if report is not None]
    if told:
        note_names(connection, told, wall_clock_of(connection))


def _as_duplicate(same: Source) -> dict[str, Any]:
    return {
        "code": "duplicate",
        "message": f"与 {same.name} 内容相同",
        "message_en": f"the same bytes as {same.name}",
        "same_as": same.id,
    }


def _done(outcomes: Sequence[Outcome], kept: Mapping[bytes, Kept]) -> dict[bytes, Source]:
    """The sources that are done now, as another of the same bytes is told of them."""
    found = {}
    for one in outcomes:
        if isinstance(one.result, Prepared) and not one.result.error:
            sha, source = one.result.file.sha256, one.source
            where = kept[sha]
            found[sha] = Source(
                source.id,
                source.name,
                source.path,
                source.parent,
                "done",
                0,
                source.told,
                None,
                sha,
                where.report,
                where.reading,
            )
    return found
