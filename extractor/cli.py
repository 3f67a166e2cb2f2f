"""The command line: what a call means. The work is done below; modules are loaded by the command that needs them."""

from __future__ import annotations

import os
import signal
import sys
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.bulk.commands import with_bulk
from extractor.console import Language, say_error
from extractor.errors import ExtractorError, OutputError
from extractor.options import EngineOption, FormOption, JobsOption, cores, engine_named, form_in

if TYPE_CHECKING:
    from extractor.settings import Settings

_ENDINGS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Signals by which a person or the system asks the command to end."""

app = with_bulk(
    typer.Typer(
        name="extractor",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        epilog="Settings come from EXTRACTOR_… variables or a .env file, e.g. EXTRACTOR_LANGUAGE=en.",
    )
)


class ExportFormat(StrEnum):
    """What reports are written as: records, a row a report, a row a cell, a workbook, the form filled in."""

    JSONL = "jsonl"
    CSV = "csv"
    CELLS = "cells"
    XLSX = "xlsx"
    PARQUET = "parquet"
    DOCX = "docx"


class StoreAction(StrEnum):
    """What is done to the store as a whole."""

    UPGRADE = "upgrade"


LanguageOption = Annotated[
    Language | None, typer.Option("--lang", help="Language of labels and messages. [default: from settings]")
]


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"extractor {version('extractor')}")
        except PackageNotFoundError:
            typer.echo("extractor (run from its source, not installed)")
        raise typer.Exit


@app.callback()
def extractor(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Turn Chinese government information disclosure reports into data with evidence.

    \b
    Examples:
      extractor extract report.docx                 one report, JSON on standard output
      extractor extract reports/ --out results/     a folder, one JSON file a report
      extractor show report.docx                    the same record for a person to read
      extractor show results/                       an overview of many records
    """


@app.command()
def extract(  # noqa: PLR0913, PLR0917 (a command's options are its parameters)
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files, archives, or folders to walk.")],
    engine: EngineOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write DIR/<source name>.json for each input instead.")
    ] = None,
    jobs: JobsOption = None,
    form: FormOption = None,
    samples: Annotated[
        int, typer.Option(min=1, max=9, metavar="N", help="How often a model is asked about tables and part five.")
    ] = 1,
    usage: Annotated[bool, typer.Option("--usage", help="Tell at the end what asking a model cost.")] = False,
) -> None:
    """Read reports; one JSON object each, one per line, on standard output, in input order.

    \b
    Examples:
      extractor extract a.docx b.html c.txt > records.jsonl
      extractor extract reports/2024 reports/2023 --out results --jobs 4
      extractor extract yearly/ --form my-form.toml
      extractor extract reports/ --engine hybrid --usage --out results
      extractor extract 2024.zip --out results      its members as results/2024.zip/….json

    An input that cannot become a record gives an object too: {"source": …, "status": "failed", "error": …}.
    Messages and progress go to standard error.

    \b
    Exit status:
      0  every input became a record
      1  some failed
      2  the call itself is wrong
    """
    from extractor.run import Call, run

    raise typer.Exit(
        run(Call(paths, out, form_in(form), jobs or cores(), engine_named(engine, samples), samples, usage))
    )


@app.command()
def show(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A report, a record, or a folder of records.")],
    lang: LanguageOption = None,
    form: FormOption = None,
    page: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Draw page N of a PDF or picture, its evidence marked …")
    ] = None,
    save: Annotated[Path | None, typer.Option(metavar="PNG", help="… and save it there.")] = None,
) -> None:
    """Show a record to a person: tables, narrative, and each finding with the line it is about.

    \b
    Examples:
      extractor show report.docx                    read it now and show the record
      extractor show results/report.docx.json       a record written earlier
      extractor show results/                       an overview, one line a record
      extractor show report.docx --lang en | less -R
      extractor show report.pdf --page 2 --save page2.png

    On a page, green marks what was accepted, amber what to review, red what an error is about.

    \b
    Exit status:
      0  shown
      1  the report could not become a record
      2  the call itself is wrong
    """
    if page is not None or save is not None:
        from extractor.show.page import save_page

        raise typer.Exit(save_page(file, *_both(page, save), form_in(form), lang or _language()))
    from extractor.show import show_path

    raise typer.Exit(show_path(file, form_in(form), lang or _language()))


@app.command()
def forms(
    form: Annotated[str | None, typer.Argument(metavar="[FORM]", help="A form's id, or a form file.")] = None,
    lang: LanguageOption = None,
) -> None:
    """List the forms, or one form's parts, tables, rows, columns and identities.

    \b
    Examples:
      extractor forms
      extractor forms 2021
      extractor forms my-form.toml                  checks the file, too
    """
    from extractor.show import show_forms

    show_forms(form, lang or _language())


@app.command()
def schema() -> None:
    """Print the JSON Schema of a record.

    \b
    Example:
      extractor schema > record.schema.json
    """
    import json

    from extractor.record import json_schema

    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


@app.command()
def db(
    action: Annotated[StoreAction, typer.Argument(metavar="upgrade", help="What to do.", show_default=False)],
) -> None:
    """Set up the store, or bring it to this version (EXTRACTOR_DATABASE_URL; a SQLite file by default).

    \b
    Examples:
      extractor db upgrade
      EXTRACTOR_DATABASE_URL=postgresql://me@host/reports extractor db upgrade
    """
    from extractor.settings import load_settings
    from extractor.store import create_store
    from extractor.store.address import shown

    if action is StoreAction.UPGRADE:
        settings = load_settings()
        typer.echo(shown(create_store(settings)))
        _tell_figures(settings)


def _tell_figures(settings: Settings) -> None:
    """What reports are compared by, of those that were kept before there was any comparing."""
    from extractor.across.arrivals import compare_waiting
    from extractor.store import open_store

    store = open_store(settings)
    try:
        compare_waiting(store, tell=lambda done, count: typer.echo(f"{done} / {count}", err=True))
    finally:
        store.close()


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files, archives, or folders to walk.")],
    engine: EngineOption = None,
    jobs: JobsOption = None,
    form: FormOption = None,
) -> None:
    """Read reports into the store, to be reviewed there; what is there already is read again only when it changed.

    \b
    Examples:
      extractor import reports/2024
      extractor import 2024.zip --engine rules

    \b
    Exit status:
      0  every input became a record
      1  some failed; they are in the store too, with the reason
      2  the call itself is wrong, or the store cannot be used
    """
    from extractor.intake import Call, import_reports

    raise typer.Exit(import_reports(Call(paths, form_in(form), jobs or cores(), engine_named(engine, 1))))


@app.command()
def export(  # noqa: PLR0913, PLR0917 (a command's options are its parameters)
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write.")],
    kind: Annotated[ExportFormat, typer.Option("--format", help="What to write.")] = ExportFormat.JSONL,
    state: Annotated[str | None, typer.Option(metavar="STATE", help="Only reports in this state.")] = None,
    year: Annotated[int | None, typer.Option(metavar="YEAR", help="… of this year.")] = None,
    body: Annotated[str | None, typer.Option(metavar="WORDS", help="… of bodies whose name holds this.")] = None,
    region: Annotated[str | None, typer.Option(metavar="REGION", help="… of this region.")] = None,
    finding: Annotated[str | None, typer.Option(metavar="CODE", help="… with this finding open.")] = None,
) -> None:
    """Write the store's reports as they stand, corrections in (docs/store.md).

    \b
    Examples:
      extractor export --out all.jsonl
      extractor export --format xlsx --state accepted --year 2024 --out 2024.xlsx
      extractor export --format parquet --out cells.parquet
      extractor export --format docx --year 2024 --out forms.zip

    Word files: --out FILE.docx for one report, FILE.zip for many, any other name is a folder.
    States: clean, open, accepted, rejected, parked, disputed, failed.
    """
    from extractor.intake import export_reports
    from extractor.store.queue import Filter

    wanted = Filter(state=state, year=year, body=body, region=region, finding=finding)
    raise typer.Exit(export_reports(kind.value, out, wanted))


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8501,
    browser: Annotated[bool, typer.Option("--browser", help="Open a browser, too.")] = False,
) -> None:
    """Start the review pages for the store (docs/review.md); only this machine may ask for them without sign-in.

    \b
    Examples:
      extractor serve
      EXTRACTOR_DATABASE_URL=postgresql://me@host/reports extractor serve --port 8600

    Ctrl-C ends it; nothing that was saved is lost.
    """
    from extractor.ui.serving import serve_pages

    raise typer.Exit(serve_pages(port, browser=browser))


def _both(page: int | None, save: Path | None) -> tuple[int, Path]:
    if page is None or save is None:
        raise typer.BadParameter("--page N and --save PNG belong together", param_hint="'--page', '--save'")
    return page, save


def _language() -> Language:
    from extractor.settings import load_settings

    return load_settings().language


def _message_language() -> Language:
    """As set; a setting that cannot be read must not hide the message about it."""
    try:
        return _language()
    except ExtractorError:
        return "en" if os.environ.get("EXTRACTOR_LANGUAGE") == "en" else "zh"


def _end(number: int, _: FrameType | None) -> None:
    """End as on Ctrl-C, nothing left behind; a second signal does not break into the clearing up."""
    for ending in _ENDINGS:
        signal.signal(ending, lambda *_: None)  # not SIG_IGN: one that has come already would be complained of
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)


def main() -> None:
    """The console command: every error ends as one sentence and an exit status.

    Typer sees to wrong calls (2), Ctrl-C (130) and a reader that went away (1); SIGTERM and a terminal that was closed
    end it like Ctrl-C, with 128 and their number.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    for ending in _ENDINGS:
        if signal.getsignal(ending) is not signal.SIG_IGN:
            signal.signal(ending, _end)
    try:
        app()
    except KeyboardInterrupt:  # before Typer has begun
        sys.exit(128 + signal.SIGINT)
    except ExtractorError as error:
        say_error(error, _message_language())
        sys.exit(1 if isinstance(error, OutputError) else 2)
    except OSError as error:
        sys.exit(f"error: {error.strerror or error}")


if __name__ == "__main__":
    main()
