"""`extractor bulk …`: what a call means. The work is done below; modules are loaded by the command that needs them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from extractor.console import say, say_error
from extractor.errors import StoreFullError
from extractor.options import EngineOption, FormOption, JobsOption, cores, engine_named, form_in, spread

if TYPE_CHECKING:
    from extractor.bulk.local import Call
    from extractor.bulk.watch import Watching

bulk = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Read very many reports into the store: planned, resumable, within a budget (docs/bulk.md).",
)


def with_bulk(app: typer.Typer) -> typer.Typer:
    """The application, with these commands in it."""
    app.add_typer(bulk, name="bulk")
    return app


class Kind(StrEnum):
    """What a job's reports are written as: records, a row a report, a row a cell."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


def _money(text: str) -> Decimal:
    try:
        money = Decimal(text)
    except InvalidOperation:
        money = Decimal(-1)
    if not money.is_finite() or money < 0:
        raise typer.BadParameter(f"{text!r} is no amount of money")
    return money


def _job_name(name: str) -> str:
    if not name.strip() or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise typer.BadParameter(f"a job's name has 1 to {_LONGEST_NAME} characters that can be printed")
    return name


PathsArgument = Annotated[
    list[Path] | None, typer.Argument(metavar="PATH", help="Files, archives, or folders to walk.")
]
ManifestOption = Annotated[
    Path | None,
    typer.Option(metavar="CSV", help="A list of files: path, url, body, region, level, year (docs/bulk.md)."),
]
JobOption = Annotated[str, typer.Option("--job", metavar="NAME", help="Which job of the store.", callback=_job_name)]
SamplesOption = Annotated[
    int, typer.Option(min=1, max=9, metavar="N", help="How often a model is asked about tables and part five.")
]
BudgetOption = Annotated[
    Any, typer.Option(parser=_money, metavar="MONEY", help="Most that this run may cost. [EXTRACTOR_BUDGET_PER_RUN]")
]
TokensOption = Annotated[int | None, typer.Option(min=1, metavar="N", help="Most tokens that this run may take.")]
LogOption = Annotated[
    str | None, typer.Option(metavar="FILE", help="Log events as JSON Lines; - is standard error. [EXTRACTOR_LOG]")
]
MetricsOption = Annotated[
    int | None, typer.Option(min=0, max=65535, metavar="PORT", help="Metrics for Prometheus, on this machine only.")
]
ClusterOption = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Work with all nodes of a Ray cluster; auto: of the one this machine is in."),
]
TraceOption = Annotated[bool, typer.Option("--trace", help="Send spans by OpenTelemetry (extra [tracing]).")]
_JOB, _LONGEST_NAME = "bulk", 200


@dataclass(frozen=True, slots=True)
class Files:
    """What is to be read."""

    paths: PathsArgument = None
    manifest: ManifestOption = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Which job it is part of, and how it is read."""

    job: JobOption = _JOB
    engine: EngineOption = None
    form: FormOption = None
    samples: SamplesOption = 1
    jobs: JobsOption = None


@dataclass(frozen=True, slots=True)
class Watched:
    """Who is told what happens."""

    log: LogOption = None
    metrics_port: MetricsOption = None
    trace: TraceOption = False


@bulk.command()
@spread
def plan(files: Files, reading: Reading) -> None:
    """Count, find duplicates, and estimate calls, money and hours from a sample; nothing is paid or changed.

    \b
    Examples:
      extractor bulk plan reports/
      extractor bulk plan --manifest reports.csv --engine hybrid
    """
    from extractor.bulk.plan import plan

    if not files.paths and files.manifest is None:
        raise typer.BadParameter("name a file, a folder or a manifest", param_hint="'PATH'")
    raise typer.Exit(plan(_call(files, reading)))


@bulk.command()
@spread
def run(
    files: Files,
    reading: Reading,
    *,
    budget: BudgetOption = None,
    tokens: TokensOption = None,
    watched: Watched,
    cluster: ClusterOption = None,
) -> None:
    """Read reports into the store; what was done before is not done again. Without PATH, go on with the job.

    \b
    Examples:
      extractor bulk run reports/
      extractor bulk run --manifest reports.csv --engine hybrid --budget 25
      extractor bulk run                            go on after it was ended

    \b
    Exit status: 0 nothing is left to do, 1 inputs failed (`bulk status --failed`, `bulk retry`), 2 the call is wrong,
    3 it ended before its job (budget, endpoint, store; the same command goes on). Ctrl-C gives back what is not begun.
    """
    from extractor.bulk.cluster import run_on_cluster
    from extractor.bulk.local import UNFINISHED, run
    from extractor.settings import load_settings

    call = _call(files, reading, budget=budget, tokens=tokens, watching=_watching(watched))
    try:
        status = run(call) if cluster is None else run_on_cluster(call, cluster, reading.jobs or 0)
    except StoreFullError as error:  # before the job had its first row
        language = load_settings().language
        say_error(error, language)
        say("有空间后用同一命令继续", "to go on: the same command, when there is room", language)
        status = UNFINISHED
    raise typer.Exit(status)


@bulk.command()
def status(
    job: JobOption = _JOB,
    failed: Annotated[bool, typer.Option("--failed", help="List every failure, one JSON object a line.")] = False,
    calls: Annotated[bool, typer.Option("--calls", help="List every call to a model, one JSON object a line.")] = False,
) -> None:
    """Tell how a job stands: counts, rate, cost, its last runs.

    \b
    Examples:
      extractor bulk status
      extractor bulk status --failed > failures.jsonl
      extractor bulk status --calls > ledger.jsonl
    """
    from extractor.bulk.status import list_calls, list_failures, status

    raise typer.Exit(list_failures(job) if failed else list_calls(job) if calls else status(job))


@bulk.command()
def retry(
    job: JobOption = _JOB,
    code: Annotated[str | None, typer.Option(metavar="CODE", help="Only failures with this error code.")] = None,
    outdated: Annotated[
        bool, typer.Option("--outdated", help="Instead: what another version or engine than the job's last has read.")
    ] = False,
    unanswered: Annotated[
        bool, typer.Option("--unanswered", help="Instead: what a model did not answer in full (model_silent).")
    ] = False,
) -> None:
    """Put failed sources back, or what was done with a flaw, to be read by the next `bulk run`.

    \b
    Examples:
      extractor bulk retry
      extractor bulk retry --code time_limit
      extractor bulk retry --outdated
      extractor bulk retry --unanswered
    """
    from extractor.bulk.status import retry

    if (code is not None) + outdated + unanswered > 1:
        raise typer.BadParameter("name one of --code, --outdated and --unanswered")
    raise typer.Exit(retry(job, code, outdated=outdated, unanswered=unanswered))


@bulk.command()
def export(
    kind: Annotated[Kind, typer.Option("--format", help="What to write.")] = Kind.JSONL,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write to.")] = Path("export"),
    job: JobOption = _JOB,
) -> None:
    """Write a job's reports to a folder in parts, with a manifest; the same job gives the same bytes.

    \b
    Examples:
      extractor bulk export --out export-2024
      extractor bulk export --format parquet --out cells
    """
    from extractor.bulk.exporting import export

    raise typer.Exit(export(job, kind.value, out))


@bulk.command()
@spread
def submit(files: Files, reading: Reading, budget: BudgetOption = None) -> None:
    """Read reports by rule, and send what stays open to the provider's batch service, at its lower price.

    \b
    Examples:
      extractor bulk submit reports/ --engine hybrid
    """
    from extractor.bulk.posting import submit

    raise typer.Exit(submit(_call(files, reading, budget=budget, watching=_watching(Watched()))))


@bulk.command()
@spread
def collect(
    reading: Reading,
    wait: Annotated[bool, typer.Option("--wait", help="Until nothing is under way any more.")] = False,
) -> None:
    """Take what the batch service has answered, and finish the reports that waited for it.

    \b
    Examples:
      extractor bulk collect --engine hybrid --wait
    """
    from extractor.bulk.posting import collect

    raise typer.Exit(collect(_call(Files(), reading, watching=_watching(Watched())), wait=wait))


def _call(files: Files, reading: Reading, **more: Any) -> Call:
    """The call as the commands' work takes it; ``more``: of its budgets and watchers."""
    from extractor.bulk.local import Call

    named = engine_named(reading.engine, reading.samples)
    form, workers = form_in(reading.form), reading.jobs or cores()
    return Call(files.paths or [], files.manifest, reading.job, form, workers, named, reading.samples, **more)


def _watching(watched: Watched) -> Watching:
    """As the call says, else as the settings do."""
    from extractor.bulk.watch import Watching
    from extractor.settings import load_settings

    of = Watching.of(load_settings())
    log, port = watched.log, watched.metrics_port
    return Watching(
        of.log if log is None else log, of.metrics_port if port is None else port, watched.trace or of.tracing
    )
