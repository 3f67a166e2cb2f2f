"""Reports of a run: in the terminal, and as report.json, report.md and report.html (docs/eval.md)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from eval.report.html import html_of
from eval.report.markdown import markdown_of
from eval.report.page import page_of
from eval.report.terminal import print_page
from eval.result import RunResult

if TYPE_CHECKING:
    from eval.compare import Comparison

__all__ = ["print_run", "write_reports"]


def write_reports(run: RunResult, folder: Path, comparison: Comparison | None = None) -> list[Path]:
    """Write report.json (the whole run), report.md and report.html into ``folder``, which is made; their paths."""
    page = page_of(run, comparison)
    run.write(folder / "report.json")
    for name, text in (("report.md", markdown_of(page)), ("report.html", html_of(page))):
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in ("report.json", "report.md", "report.html")]


def print_run(run: RunResult, console: Console, comparison: Comparison | None = None) -> None:
    """Print a run: its verdict, headlines, escapes and first misses."""
    print_page(page_of(run, comparison), console)
