"""`extractor bulk status` and `retry`: how a job stands, its failures and its ledger as lines, failures put back."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from extractor.bulk import jobs, ledger, runs
from extractor.bulk.jobs import Job, State
from extractor.bulk.runs import RunRow
from extractor.bulk.showing import duration
from extractor.console import Language, say
from extractor.output import StandardOutput
from extractor.settings import load_settings
from extractor.store import Store, open_store
from extractor.store.deferred_tables import deferred_question
from extractor.store.job_tables import job_call, job_source

if TYPE_CHECKING:
    from extractor.bulk.deferred_batches import Batch

_PAGE = 1000
_SECOND = 1_000_000
_SILENT = "model_silent"
_ENDED = {
    "finished": "完成",
    "stopped": "按要求停止",
    "lost": "失去联系",
    "replaced": "由新的接替",
    "over_budget": "预算用尽",
    "store": "数据库",
}
"""How runs end, in Chinese; other endings are codes of errors and of what endpoints answer."""


def status(name: str) -> int:
    """Say how the job stands; the exit status.

    Raises:
        JobError: there is no such job.
        StoreError: the store cannot be used.
    """
    language = load_settings().language
    with _opened(name) as (store, job), store.reading() as connection:
        counts, sums = jobs.counts(connection, job.id), runs.sums_of(connection, job.id)
        last = runs.runs_of(connection, job.id, 5)
        deferred = _deferred(connection, job)
    for zh, en in [*_lines(job, counts, sums, last), *deferred]:
        say(zh, en, language)
    return 0


def _deferred(connection: Connection, job: Job) -> list[tuple[str, str]]:
    sent = select(deferred_question.c.key).where(deferred_question.c.job_id == job.id).limit(1)
    if connection.execute(sent).first() is None:
        return []
    from extractor.bulk.deferred_batches import batches_of  # noqa: PLC0415 (slow to load, and few jobs are deferred)
    from extractor.bulk.deferred_questions import question_counts  # noqa: PLC0415

    return list(lines_of(question_counts(connection, job.id), batches_of(connection, job.id)))


def lines_of(questions: Mapping[str, int], batches: Sequence[Batch]) -> Iterator[tuple[str, str]]:
    """What lies at a batch service, in Chinese and English; nothing where nothing was sent."""
    if questions:
        told = ", ".join(f"{state} {count}" for state, count in sorted(questions.items()))
        yield f"批处理的问题：{told}", f"questions at the batch service: {told}"
    for batch in batches:
        yield f"  批次 {batch.id}：{batch.state}", f"  batch {batch.id}: {batch.state}"


def list_failures(name: str) -> int:
    """Every failure as a JSON object a line on standard output, by name; the exit status."""
    with _opened(name) as (store, job):
        _write(
            {"name": one.name, "path": one.path, "tries": one.tries, "error": one.error}
            for one in _failures(store, job)
        )
    return 0


def list_calls(name: str) -> int:
    """Every call to a model as a JSON object a line on standard output, in order; the exit status."""
    with _opened(name) as (store, job):
        _write(_calls(store, job))
    return 0


def retry(name: str, code: str | None = None, *, outdated: bool = False, unanswered: bool = False) -> int:
    """Put sources back, and say how many: failures (``code``: with this error alone), or what was done with a flaw.

    ``outdated``: under other terms than the job's last; ``unanswered``: without a model's answer. The exit status.
    """
    language: Language = load_settings().language
    with _opened(name) as (store, job), store.writing() as connection:
        if outdated:
            count = jobs.retry_outdated(connection, job.id, job.terms.key)
        elif unanswered:
            count = jobs.retry_found(connection, job.id, _SILENT)
        else:
            count = jobs.retry_failed(connection, job.id, code)
    again = f"extractor bulk run --job {shlex.quote(name)}"
    say(f"{count} 份待重新处理：{again}", f"{count} to be read again: {again}", language)
    return 0


@contextmanager
def _opened(name: str) -> Iterator[tuple[Store, Job]]:
    store = open_store(load_settings())
    try:
        with store.reading() as connection:
            job = jobs.job_named(connection, name)
        yield store, job
    finally:
        store.close()


def _lines(
    job: Job, counts: Mapping[State, int], sums: dict[str, int], last: list[RunRow]
) -> Iterator[tuple[str, str]]:
    total = sum(count for state, count in counts.items() if state != "opened")
    done, failed, same = counts.get("done", 0), counts.get("failed", 0), counts.get("skipped", 0)
    left, busy = counts.get("pending", 0), counts.get("running", 0)
    terms = f"{job.terms.engine} {job.terms.version}"
    yield f"任务 {job.name}（{terms}）：共 {total} 份", f"job {job.name} ({terms}): {total} sources"
    yield (
        f"  完成 {done}，失败 {failed}，重复 {same}，进行中 {busy}，待处理 {left}",
        f"  {done} done, {failed} failed, {same} duplicates, {busy} under way, {left} pending",
    )
    if sums["calls"]:
        cost, into, out = ledger.money(sums["cost"]), sums["tokens_in"], sums["tokens_out"]
        yield (
            f"  调用 {sums['calls']}（被限流 {sums['wasted']}），输入词元 {into}，输出词元 {out}，费用 {cost:.4f}",
            f"  {sums['calls']} calls ({sums['wasted']} came too fast), {into} tokens in, {out} out, {cost:.4f}",
        )
    for one in last:
        yield _run_line(one)


def _run_line(one: RunRow) -> tuple[str, str]:
    began = datetime.fromtimestamp(one.started_at / _SECOND, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    settled = one.sums["done"] + one.sums["failed"] + one.sums["skipped"]
    took = duration((one.ended_at - one.started_at) / _SECOND) if one.ended_at else ""
    zh = f"结束（{_ENDED.get(one.ending or '', one.ending)}），{took}" if one.ended_at else "进行中"
    en = f"ended ({one.ending}), {took}" if one.ended_at else "under way"
    return (
        f"  运行 {one.id} {began} {one.kind}：{settled} 份，{zh}",
        f"  run {one.id} {began} {one.kind}: {settled}, {en}",
    )


def _failures(store: Store, job: Job) -> Iterator[jobs.Source]:
    after = ""
    while True:
        with store.reading() as connection:
            page = jobs.sources_of(connection, job.id, "failed", after=after, limit=_PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].name


def _calls(store: Store, job: Job) -> Iterator[dict[str, Any]]:
    after = 0
    while True:
        with store.reading() as connection:
            found = _page_of_calls(connection, job.id, after)
        for row in found:
            told = dict(row._mapping)
            after = told.pop("id")
            told["cost"] = f"{ledger.money(told['cost']):f}"
            yield told
        if len(found) < _PAGE:
            return


def _page_of_calls(connection: Connection, job: int, after: int) -> list[Any]:
    names = ("id", "question", "kind", "model", "outcome", "tokens_in", "tokens_cached", "tokens_out", "cost", "waited")
    columns = [job_call.c[name] for name in (*names, "took", "at")]
    joined = select(job_source.c.name.label("source"), *columns).join(
        job_source, job_source.c.id == job_call.c.source_id
    )
    wanted = joined.where(job_call.c.job_id == job, job_call.c.id > after)
    return list(connection.execute(wanted.order_by(job_call.c.id).limit(_PAGE)))


def _write(rows: Iterable[Mapping[str, Any]]) -> None:
    output = StandardOutput()
    for row in rows:
        output.write(str(row.get("name", row.get("source"))), json.dumps(row, ensure_ascii=False))
