"""`extractor bulk run`: a job on this machine, from its files to its end, whatever that is."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from extractor.across.arrivals import compare_arrivals
from extractor.bulk import jobs, runs
from extractor.bulk.adding import found_in, in_batches, listed_in
from extractor.bulk.ending import Asked, asked_to_end
from extractor.bulk.jobs import Job, New, Terms
from extractor.bulk.patience import Patient
from extractor.bulk.reading import Manner
from extractor.bulk.runner import Runner, counts_now
from extractor.bulk.runs import Kind, Run, RunRow
from extractor.bulk.showing import Progress, progress
from extractor.bulk.supply import Supply
from extractor.bulk.terms import terms_of
from extractor.bulk.watch import Event, Watching, watching
from extractor.console import Language, say, say_error
from extractor.errors import ExtractorError, StoreError
from extractor.forms import Form, builtin_forms
from extractor.load.archive.names import Skipped
from extractor.run import Engine, say_skipped
from extractor.settings import Settings, load_settings
from extractor.store import open_store
from extractor.store.readings import Reader
from extractor.text import fold

if TYPE_CHECKING:
    from extractor.bulk.answering import Answering

DEFAULT_JOB = "bulk"
UNFINISHED = 3
"""Exit status of a run that ended before its job did, for another reason than a signal."""

_LISTED = 200
_PAGES_KEPT = 16 * 2**20
"""Bytes of a SQLite file in memory: a job writes each page about once, and is soon as large as it ever gets."""

_ENDINGS = {
    "stopped": ("已按要求停止", "stopped as asked"),
    "store": (
        "数据库无法使用，任务中断，未写入的会重做",
        "the store cannot be used; what was not written is done again",
    ),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the command. Without paths and manifest it goes on with what is pending.

    ``budget``: money, ``tokens``: tokens that the run's calls may take together.
    """

    paths: list[Path] = field(default_factory=list)
    manifest: Path | None = None
    job: str = DEFAULT_JOB
    form: Form | None = None
    workers: int = 1
    engine: Engine | None = None
    samples: int = 1
    budget: Decimal | None = None
    tokens: int | None = None
    watching: Watching = field(default_factory=Watching)


def run(call: Call) -> int:
    """Work on a job until nothing is left to do; the exit status: 0, 1 where inputs failed, 3 where it ended before.

    Raises:
        SettingsError: a setting cannot be used.
        StoreError: the store cannot be opened.
        JobError: the manifest cannot be read, or there is no job of that name to go on with.
        SystemExit, KeyboardInterrupt: a signal ended it; what was under way is given back.
    """
    settings, begun = settings_of(call), time.monotonic()
    terms = terms_of(settings, call.engine, call.form, call.samples)
    language, skipped = settings.language, list[Skipped]()
    with ExitStack() as stack:
        store = open_store(settings, create=True, cache=_PAGES_KEPT)
        stack.callback(store.close)
        patient = Patient(store, partial(say_gone, language=language))
        job, listing = opened(call, terms, patient, skipped)
        runner = assembled(call, settings, terms, patient, job, stack)
        runner.watcher = stack.enter_context(watching(call.watching))
        runner.asked = stack.enter_context(asked_to_end(partial(say_ending, language)))
        runner.shown = stack.enter_context(progress(language, runner.currency))
        runner.listing, runner.shown.grows = listing, listing is not None
        ending = _worked(runner, language)
        say_skipped(skipped, language)
        compare_done(runner.patient, ending, begun, runner.asked, language)
    return tell_end(job, runner.shown, ending, runner.detail(ending), runner.asked.number, language)


def opened(
    call: Call, terms: Terms, patient: Patient, skipped: list[Skipped]
) -> tuple[Job, Iterator[list[New]] | None]:
    """The call's job in the store, and the files that it names, some at a time; None where it names none.

    Raises:
        JobError: the manifest cannot be read, or there is no job of that name to go on with.
    """
    listing = listing_of(call, skipped)
    if listing is None:
        patient.read(partial(jobs.job_named, name=call.job))
    return patient.write(partial(jobs.open_job, name=call.job, terms=terms)), listing


def compare_done(patient: Patient, ending: str, begun: float, asked: Asked, language: Language) -> None:
    """Compare what a finished run has read with other reports, for a while; ``begun``: when it began, monotonic."""
    if ending == "finished":
        took = time.monotonic() - begun
        compare_arrivals(patient.store, language, took=took, is_over=lambda: bool(asked.number), again=patient.again)


def assembled(  # noqa: PLR0913, PLR0917 (what a run is made of)
    call: Call, settings: Settings, terms: Terms, patient: Patient, job: Job, stack: ExitStack, kind: Kind = "local"
) -> Runner:
    """A runner with its workers started and a run begun, until ``stack`` is left; nobody watches it yet."""
    fold("")  # loaded once here, not once in each worker
    before = patient.read(partial(runs.runs_of, job=job.id, limit=1))
    begun = patient.write(partial(runs.start_run, job=job.id, key=terms.key, kind=kind))
    stack.push(partial(_end_unbegun, patient, begun))
    manner = manner_of(call, terms.engine, settings)
    skipped = partial(say_skipped, language=settings.language)
    supply = Supply(patient, job, begun, manner, workers=call.workers, skipped=skipped)
    stack.callback(supply.close)
    supply.make_ready()  # forked before any thread is
    answering = _answering(settings, before, stack) if terms.engine != "rules" else None
    reader = Reader(terms.version, terms.engine)
    return Runner(
        patient,
        job,
        supply,
        reader,
        Progress(settings.language),
        Asked(lambda: None),
        answering,
        forms=manner.own_forms,
    )


def _end_unbegun(patient: Patient, begun: Run, _kind: object, error: object, _trace: object) -> None:
    """End a run that something wrong with the call has kept from its work: to others it would seem under way."""
    if isinstance(error, ExtractorError) and not isinstance(error, StoreError):
        patient.write(partial(runs.end_run, run=begun, ending="stopped"))


def _worked(runner: Runner, language: Language) -> str:
    """Work, and end the run in the store; why it ended."""
    runner.shown.began(counts_now(runner.patient, runner.job))
    runner.watcher.see(Event("job_started", runner.job.name))
    ending = _end_of(runner, language)
    runner.watcher.see(Event("job_ended", runner.job.name, outcome=ending, count=runner.shown.states.total()))
    return ending


def _end_of(runner: Runner, language: Language) -> str:
    try:
        ending = runner.work()
    except StoreError as error:
        say_error(error, language)
        return "store"
    except ExtractorError as error:
        say_error(error, language)
        ending = error.code
    except (KeyboardInterrupt, SystemExit):
        with suppress(StoreError):
            runner.note_rest(Patient(runner.patient.store, patience=0.0))
        raise
    try:
        runner.note_rest(runner.patient)
        runner.patient.write(partial(runs.end_run, run=runner.supply.run, ending=ending))
    except StoreError as error:
        say_error(error, language)
    _say_lost(runner, language)
    if runner.answering:
        say_unanswered(runner.job, runner.unanswered, runner.answering.told, language)
    return ending


def say_unanswered(
    job: Job, unanswered: Mapping[str, int], told: Callable[[str], tuple[str, str] | None], language: Language
) -> None:
    """Say how many reports are done without an answer, for each reason, and how they can be asked about again.

    ``told``: a reason in Chinese and English.
    """
    for reason, count in sorted(unanswered.items()):
        zh, en = told(reason) or (reason, reason)
        say(f"{count} 份有问题未得到回答：{zh}", f"{count} done without an answer to some question: {en}", language)
    if unanswered:
        again = f"extractor bulk retry --unanswered --job {shlex.quote(job.name)}"
        say(f"重新提问：{again}", f"to ask about them again: {again}", language)


def _say_lost(runner: Runner, language: Language) -> None:
    lost = runner.answering.model.lost_answers if runner.answering else ""
    if lost:
        say(
            f"回答无法保存到 {lost}；被中断的报告会重新付费提问",
            f"answers could not be kept in {lost}; what is ended before its report is written is paid for again",
            language,
        )


def _answering(settings: Settings, before: Sequence[RunRow], stack: ExitStack) -> Answering:
    from extractor.bulk.answering import Answering  # noqa: PLC0415 (slow to load, and rules alone do without)
    from extractor.llm.failures import reasons  # noqa: PLC0415

    told = reasons().get(before[0].ending or "") if before else None
    answering = Answering(settings, goes_on=told is not None and not told.passing and not told.for_all)
    stack.callback(answering.end)
    return answering


def settings_of(call: Call) -> Settings:
    """The settings, with the call's budgets."""
    told = {"budget_per_run": call.budget, "tokens_per_run": call.tokens}
    return load_settings().model_copy(update={name: value for name, value in told.items() if value is not None})


def manner_of(call: Call, engine: str, settings: Settings) -> Manner:
    """How the call's workers read."""
    own = (call.form,) if call.form else ()
    asks: dict[str, Literal["hybrid", "model"]] = {"hybrid": "hybrid", "model": "model"}
    return Manner(own or builtin_forms(), own, asks.get(engine), call.samples, settings.summary_language)


def listing_of(call: Call, skipped: list[Skipped]) -> Iterator[list[New]] | None:
    """The files that the call names, some at a time; None where it names none."""
    if not call.paths and call.manifest is None:
        return None
    listed = listed_in(call.manifest) if call.manifest else iter(())
    return in_batches(chain(listed, found_in(call.paths, skipped)), _LISTED)


def tell_end(
    job: Job, shown: Progress, ending: str, detail: tuple[str, str] | None, signalled: int, language: Language
) -> int:
    """Say how a run ended, and how to go on; the exit status. ``detail``: why it ended, in Chinese and English."""
    say(*shown.line(), language)
    status = tell_failed(job, shown.states["failed"], language)
    if ending == "finished":
        return status
    reason_zh, reason_en = detail or _ENDINGS.get(ending) or ("任务中断", "the run has ended early")
    again = f"extractor bulk run --job {shlex.quote(job.name)}"
    say(f"{reason_zh}；继续：{again}", f"{reason_en}; to go on: {again}", language)
    return 128 + signalled if signalled else UNFINISHED


def tell_failed(job: Job, failed: int, language: Language) -> int:
    """Say how to list what failed, if anything did; the exit status of a call that came to its end."""
    if not failed:
        return 0
    named = f"--job {shlex.quote(job.name)}"
    say(
        f"失败的列表：extractor bulk status --failed {named}；重试：extractor bulk retry {named}",
        f"to list failures: extractor bulk status --failed {named}; to retry: extractor bulk retry {named}",
        language,
    )
    return 1


def say_gone(error: StoreError, language: Language) -> None:
    """Say that the store is waited for."""
    say(f"{error.zh}；稍后重试", f"{error.en}; trying again", language)


def say_ending(language: Language) -> None:
    """Say that a signal has come."""
    say(
        "正在结束：完成进行中的，其余退回；再按一次立即结束",
        "ending: what is under way is finished, the rest given back; once more to end at once",
        language,
    )
