"""Lists and findings: what was due, what came, and how well the two go together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from eval.report import figures
from eval.report.plain import plain
from eval.report.view import Cell, Column, Section, Table
from eval.report.wording import say
from eval.result import CaseResult
from extractor.finding import catalogue

_LISTS = ("issues", "improvements", "links", "claims")


def list_section(cases: Sequence[CaseResult], prefix: str) -> Section:
    """Issues, improvements, links and claims, paired one to one with the labels, over all reports."""
    rows = [row for name in _LISTS if (row := _list_row(name, cases))]
    titles = "List", "Due", "Read", "Paired", "Word for word", "Precision", "Recall"
    table = Table(say("caption", "lists"), tuple(Column(one, number=one != "List") for one in titles), rows)
    return Section(
        f"{prefix}-lists",
        say("section", "lists"),
        say("intro", "lists"),
        [table] if rows else [],
        nothing="" if rows else say("nothing", "lists"),
    )


def _list_row(name: str, cases: Sequence[CaseResult]) -> list[Cell]:
    found = [case.lists[name] for case in cases if name in case.lists and case.lists[name].scored]
    if not found:
        return []
    parts = "gold", "got", "matched", "exact"
    due, got, matched, exact = (sum(getattr(one, part) for one in found) for part in parts)
    precision = figures.percent(matched / got) if got and name != "claims" else figures.NONE
    recall = figures.percent(matched / due) if due else figures.NONE
    counts = [Cell(figures.count(one)) for one in (due, got, matched, exact)]
    return [Cell(name.capitalize(), say("list_labels", name)), *counts, Cell(precision), Cell(recall)]


def finding_section(cases: Sequence[CaseResult], prefix: str) -> Section:
    """Every code that was expected or raised: how often, missed, and raised for nothing."""
    counts = {part: _counted(cases, part) for part in ("expected", "raised", "missed", "false_alarms", "warnings")}
    codes = sorted(set().union(*counts.values()), key=lambda code: (-counts["false_alarms"][code], code))
    rows = [_finding_row(code, counts) for code in codes]
    titles = "Code", "Expected", "Raised", "Missed", "False alarms", "Unexpected warnings", "What it says"
    words = ("Code", "What it says")
    table = Table(say("caption", "findings"), tuple(Column(one, number=one not in words) for one in titles), rows)
    return Section(
        f"{prefix}-findings",
        say("section", "findings"),
        say("intro", "findings"),
        [table] if rows else [],
        nothing="" if rows else say("nothing", "findings"),
    )


def _counted(cases: Sequence[CaseResult], part: str) -> Counter[str]:
    """In how many reports each code is."""
    return Counter(code for case in cases for code in set(getattr(case.findings, part)))


def _finding_row(code: str, counts: dict[str, Counter[str]]) -> list[Cell]:
    bad = "missed", "false_alarms"
    told = [
        Cell(figures.count(counted[code]), tone="bad" if part in bad and counted[code] else "")
        for part, counted in counts.items()
    ]
    kind = catalogue().get(code)
    return [Cell(plain(code), code=True), *told, Cell(kind.says if kind else "")]
