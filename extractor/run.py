"""Many inputs, one object each: read in worker processes, delivered in input order, failures as objects too."""

from __future__ import annotations

import hashlib
import json
import pickle
import traceback
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from extractor.console import Language, progress, say, say_error
from extractor.draft import Answer, Draft, Question
from extractor.errors import CrashedError, InputError
from extractor.forms import Form, builtin_forms
from extractor.inputs import Input, list_inputs
from extractor.load import load_document
from extractor.load.archive.names import Skipped
from extractor.output import FolderOutput, Output, StandardOutput
from extractor.pipeline import ask_about, read_report, settle
from extractor.record import Source, Status, failed_record
from extractor.settings import is_model_configured, load_settings
from extractor.text import fold
from extractor.unpacking import Notes, Unpacking
from extractor.workers import Lost, in_workers

if TYPE_CHECKING:
    from extractor.asking import Asking

Engine = Literal["rules", "hybrid", "model"]
Ask = Callable[[Draft], list[Question]]
_SKIPPED_NAMED = 20
_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input: ``line`` is its JSON object; ``text`` the report's, where it was asked for.

    ``path``: the file itself, until the next outcome is asked for (a member of an archive is gone then).
    """

    name: str
    status: Status
    line: str
    error: InputError | None = None
    text: str = ""
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """A report as rules read it: its draft, pickled, and the questions that stay open."""

    draft: bytes
    questions: list[Question]
    text: str = ""


Read = Outcome | Open | Lost


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the command: what to read, where to (standard output without ``out``), by which form and engine.

    ``engine``: default: hybrid when a model is configured, else rules. ``usage``: tell what asking cost.
    """

    paths: list[Path]
    out: Path | None = None
    form: Form | None = None
    jobs: int = 1
    engine: Engine | None = None
    samples: int = 1
    usage: bool = False


def run(call: Call) -> int:
    """Extract every input of ``call``; the exit status: 0, or 1 where an input failed.

    Raises:
        SettingsError: a setting cannot be used, or the folder to write to cannot be written to.
        OutputError: a result cannot be delivered; nothing more is read then.
    """
    language = load_settings().language
    output: Output = FolderOutput(call.out) if call.out else StandardOutput()
    inputs, skipped = list_inputs(call.paths, leave_out=call.out)
    say_skipped(skipped, language)
    counts: Counter[Status] = Counter()
    with ExitStack() as stack:
        shown = stack.enter_context(progress(len(inputs), language, bar=not output.on_terminal))
        notes = Notes(partial(say_skipped, language=language), shown.grow)
        asking = asking_for(call.engine, call.samples, stack)
        reading = extract_inputs(inputs, form=call.form, jobs=call.jobs, notes=notes, asking=asking)
        with closing(reading) as outcomes:
            for outcome in outcomes:
                output.write(outcome.name, outcome.line)
                counts[outcome.status] += 1
                if outcome.error:
                    say_error(outcome.error, language, about=outcome.name)
                shown.step()
    _say_counts(counts, language)
    if asking:
        asking.say_end(language, table=call.usage)
    return 1 if counts["failed"] else 0


def extract_inputs(
    inputs: Iterable[Input],
    *,
    form: Form | None = None,
    jobs: int = 1,
    with_text: bool = False,
    notes: Notes | None = None,
    asking: Asking | None = None,
) -> Generator[Outcome, None, None]:
    """The outcome of each input in order, archives opened; up to ``jobs`` processes, a time limit each.

    ``asking``: who is asked what rules leave open; without it they read alone.

    Raises:
        SettingsError: a setting cannot be used. An input that fails raises nothing; its outcome says why.
    """
    forms = (form,) if form else builtin_forms()
    fold("")  # loaded once here, not once in each worker
    language = load_settings().summary_language
    ask = partial(ask_about, engine=asking.engine, samples=asking.samples, language=language) if asking else None
    task = partial(_outcome, forms=forms, with_text=with_text, ask=ask)
    seconds = load_settings().seconds_per_document
    with Unpacking(inputs, notes) as unpacking:
        while not unpacking.over:
            read = in_workers(task, unpacking.until_full(), workers=jobs, seconds=seconds)
            for item, result in _settled(read, asking, jobs, seconds):
                outcome = _failed(item, result.error) if isinstance(result, Lost) else result
                yield replace(outcome, path=item.path)
                unpacking.delivered(item)


def _settled(
    read: Iterator[tuple[Input, Read]], asking: Asking | None, jobs: int, seconds: float
) -> Iterator[tuple[Input, Outcome | Lost]]:
    """What was read, settled with the answers to its questions, in order: asked here, settled in worker processes."""
    if asking is None:  # nothing is left open then
        yield from ((item, result) for item, result in read if not isinstance(result, Open))
        return
    answered = asking.answered(read)
    for (item, _, _), result in in_workers(_settle, answered, workers=jobs, seconds=seconds, ready=True):
        yield item, result


def _settle(answered: tuple[Input, Read, Mapping[str, Answer]]) -> Outcome | Lost:
    item, result, answers = answered
    if not isinstance(result, Open):
        return result
    try:
        record = settle(pickle.loads(result.draft), answers)  # noqa: S301 (a worker of ours wrote it)
    except Exception as error:  # noqa: BLE001 (as in _outcome)
        return _failed(item, fault_of(error))
    return Outcome(item.name, record.status, record.to_json(), text=result.text)


def asking_for(engine: Engine | None, samples: int, stack: ExitStack) -> Asking | None:
    """Who is asked in a call, until ``stack`` is left; None where rules read alone."""
    engine = engine or ("hybrid" if is_model_configured(load_settings()) else "rules")
    if engine == "rules":
        return None
    from extractor.asking import Asking  # noqa: PLC0415 (slow to load, and rules alone do without)

    return stack.enter_context(Asking(load_settings(), engine, samples))


def say_skipped(skipped: list[Skipped], language: Language) -> None:
    """Tell which files were not taken for inputs, and why."""
    for item in skipped[:_SKIPPED_NAMED]:
        say(f"跳过 {item.path}：{item.zh}", f"skipped {item.path}: {item.en}", language)
    if len(skipped) > _SKIPPED_NAMED:
        more = len(skipped) - _SKIPPED_NAMED
        say(f"另跳过 {more} 项", f"skipped {more} more", language)


def _say_counts(counts: Counter[Status], language: Language) -> None:
    if not counts:
        return say("没有可读的文件", "no files to read", language)
    accepted, review, failed = (counts[status] for status in ("accepted", "needs_review", "failed"))
    return say(
        f"{counts.total()} 份：通过 {accepted}，待复核 {review}，失败 {failed}",
        f"{counts.total()} inputs: {accepted} accepted, {review} to review, {failed} failed",
        language,
    )


def _outcome(item: Input, forms: tuple[Form, ...], with_text: bool, ask: Ask | None) -> Read:
    try:
        return _read(item, forms, with_text, ask)
    except InputError as error:
        return _failed(item, error)
    except Exception as error:  # noqa: BLE001 (a fault of ours in one report must not end the others; it is told)
        return _failed(item, fault_of(error))


def fault_of(error: Exception) -> CrashedError:
    """A fault of ours as one sentence that tells where to look."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    told = f"{type(error).__name__}: {error}, {Path(place.filename).name}:{place.lineno}"
    return CrashedError(f"a fault of the program ({told})", f"程序出错（{told}）")


def _read(item: Input, forms: tuple[Form, ...], with_text: bool, ask: Ask | None) -> Read:
    if item.error:
        raise item.error
    document = load_document(item.path, name=item.name)
    draft = read_report(document, forms)
    text = document.text if with_text else ""
    questions = ask(draft) if ask else []
    if questions:
        return Open(pickle.dumps(draft), questions, text)
    record = settle(draft, {})
    return Outcome(item.name, record.status, record.to_json(), text=text)


def _failed(item: Input, error: InputError) -> Outcome:
    source = Source(item.name, _sha256(item.path), _UNKNOWN_TYPE)
    return Outcome(item.name, "failed", json.dumps(failed_record(source, error), ensure_ascii=False), error)


def _sha256(path: Path) -> str:
    """The file's hash; "" where it cannot be read or is over the size limit."""
    try:
        if not path.is_file() or path.stat().st_size > load_settings().max_file_bytes:
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""
