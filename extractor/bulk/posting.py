"""`extractor bulk submit` and `collect`: files into a job, and the calls of ``extractor.bulk.deferred`` for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from extractor.across.arrivals import compare_arrivals
from extractor.bulk import jobs
from extractor.bulk.adding import add
from extractor.bulk.deferred import Standing, Terms, check_submitted
from extractor.bulk.deferred import collect as collect_answers
from extractor.bulk.deferred import submit as submit_questions
from extractor.bulk.local import UNFINISHED, Call, listing_of, manner_of, settings_of, tell_failed
from extractor.bulk.patience import Patient
from extractor.bulk.runner import counts_now
from extractor.bulk.status import lines_of
from extractor.bulk.terms import terms_of
from extractor.bulk.watch import watching
from extractor.console import Language, say
from extractor.errors import SettingsError
from extractor.load.archive.names import Skipped
from extractor.run import say_skipped
from extractor.store import open_store


def submit(call: Call) -> int:
    """Add files, read them by rule, and send what stays open; the exit status: 0, or 1 where inputs failed.

    Raises:
        ExtractorError: the settings, the manifest, the store or the provider say no.
    """
    with _terms(call, must_exist=False) as (terms, language):
        skipped: list[Skipped] = []
        patient = Patient(terms.store)
        for batch in listing_of(call, skipped) or ():
            patient.write(partial(add, job=terms.job, sources=batch))
        say_skipped(skipped, language)
        _say(submit_questions(terms), language)
        return _tell_failed(terms, language)


def collect(call: Call, *, wait: bool) -> int:
    """Take answers, and finish what waited for them; the exit status.

    That is 3 where something is still under way, else 0, or 1 where inputs failed.

    Raises:
        ExtractorError: as ``submit``.
    """
    with _terms(call, must_exist=True) as (terms, language):
        begun = time.monotonic()
        standing = collect_answers(terms, wait=wait)
        _say(standing, language)
        if standing.is_over:
            compare_arrivals(terms.store, language, took=time.monotonic() - begun)
        status = _tell_failed(terms, language)
    return status if standing.is_over else UNFINISHED


@contextmanager
def _terms(call: Call, *, must_exist: bool) -> Iterator[tuple[Terms, Language]]:
    settings = settings_of(call)
    terms = terms_of(settings, call.engine, call.form, call.samples)
    if terms.engine == "rules":
        raise SettingsError("no model is configured: set EXTRACTOR_MODEL", "没有配置模型：请设置 EXTRACTOR_MODEL")
    store = open_store(settings, create=not must_exist)
    try:
        with store.writing() as connection:
            if must_exist or not (call.paths or call.manifest):
                known = jobs.job_named(connection, call.job)
            if must_exist:
                check_submitted(connection, known, terms)
            job = jobs.open_job(connection, call.job, terms)
        with watching(call.watching) as watcher:
            manner = manner_of(call, terms.engine, settings)
            skipped = partial(say_skipped, language=settings.language)
            yield Terms(store, job, manner, settings, call.workers, watcher, skipped), settings.language
    finally:
        store.close()


def _tell_failed(terms: Terms, language: Language) -> int:
    return tell_failed(terms.job, counts_now(Patient(terms.store), terms.job).get("failed", 0), language)


def _say(standing: Standing, language: Language) -> None:
    sources = ", ".join(f"{state} {count}" for state, count in sorted(standing.sources.items())) or "-"
    say(f"本次报告：{sources}", f"reports now: {sources}", language)
    for lines in lines_of(standing.questions, standing.batches):
        say(*lines, language)
