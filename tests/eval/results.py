"""Results of a run for tests: every field right but those that are named. All words in them are invented."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from eval.compare import Comparison, compare
from eval.result import (
    CaseResult,
    EngineUsed,
    Excerpt,
    FieldScore,
    FindingsScore,
    GateCheck,
    GateResult,
    GoldSet,
    ItemMatch,
    ListScore,
    Outcome,
    RunResult,
    Spending,
    SummaryScore,
    Waiver,
)
from extractor.forms import builtin_forms

RULES = EngineUsed("rules", "rules")
SCRIPTED = EngineUsed("model", "model, replayed recordings", scripted=True)
_IDENTITY = {
    "organisation": "松江口镇人民政府",
    "year": "2023",
    "form": "2021",
    "title": "松江口镇2023年政府信息公开工作年度报告",
    "period": "2023-01-01/2023-12-31",
    "published": "2024-01-20",
}
_ISSUES = ("目录更新偏慢", "解读形式单一", "回访不够及时")
TRIPLE = ("applications", "granted", "total")


def cell(table: str, row: str, column: str, gold: str | None = "3", got: str | None = "3", **more: Any) -> FieldScore:
    """A scored cell; its outcome follows from the two values."""
    fields: dict[str, Any] = {
        "nonzero": gold not in (None, "0"),
        "verdict": "accepted",
        "confidence": 0.99,
        "method": "rule",
        "table": table,
        "row": row,
        "column": column,
    }
    pointer = f"/tables/{table}/{row}/{column}"
    return FieldScore(pointer, "cell", "exact", outcome_of(gold, got), gold, got, **fields | more)


def outcome_of(gold: str | None, got: str | None) -> Outcome:
    if gold == got:
        return "right"
    return "spurious" if gold is None else "omitted" if got is None else "wrong"


def value(name: str, gold: str | None, got: str | None, **more: Any) -> FieldScore:
    """A scored field of identity."""
    fields: dict[str, Any] = {"verdict": "accepted", "confidence": 0.95, "method": "rule"}
    return FieldScore(f"/{name}", "value", "exact", outcome_of(gold, got), gold, got, **fields | more)


def excerpt(before: str = "（一）予以公开\t", quote: str = "4", after: str = "\t0\t1", line: int = 41) -> Excerpt:
    return Excerpt(120, 120 + len(quote), before, quote, after, line)


def all_cells() -> list[FieldScore]:
    """Every cell of the 2021 form with its three items, right; two in three are 0."""
    triples = [
        (table.key, row, column.key)
        for table in builtin_forms()[0].tables
        for row in table.rows
        if row not in table.replaced_by.values()
        for column in table.columns_of[row]
    ]
    figures = [("0" if at % 3 else str(at + 1)) for at in range(len(triples))]
    return [cell(*triple, gold=figure, got=figure) for triple, figure in zip(triples, figures, strict=True)]


def matched(name: str, due: int = 3, got: int = 3) -> ListScore:
    pairs = min(due, got)
    matches = [ItemMatch(at, f"i{at + 1}", 1.0, exact=True) for at in range(pairs)]
    precision, recall = pairs / got if got else None, pairs / due if due else None
    return ListScore(name, due, got, pairs, pairs, precision, recall, 2 * pairs / (due + got), matches)


def items() -> list[FieldScore]:
    return [
        FieldScore(
            f"/narrative/issues/i{at}", "item", "match", "right", words, words, confidence=0.9, verdict="accepted"
        )
        for at, words in enumerate(_ISSUES, 1)
    ]


def case(name: str = "songjiangkou_2023", *changed: FieldScore, **more: Any) -> CaseResult:
    """A report by the rules engine, right in every field but those ``changed``."""
    right = [*all_cells(), *(value(key, words, words) for key, words in _IDENTITY.items()), *items()]
    instead = {one.pointer: one for one in changed}
    fields = [instead.pop(one.pointer, one) for one in right] + list(instead.values())
    facts: dict[str, Any] = {
        "set": "eval/gold",
        "origin": "labelled",
        "engine": "rules",
        "source": "source.txt",
        "sha256": "ab" * 32,
        "form": "2021",
        "format": "txt",
        "layout": "tabs",
        "level": "township",
        "year": 2023,
        "status": "accepted",
        "lists": {one: matched(one) for one in ("issues", "improvements", "claims", "links")},
        "findings": FindingsScore(expected=["row_sum"], raised=["row_sum"]),
        "summary": SummaryScore("extractive", 120, 1.0, 40.0, 30.0, 4, 4),
        "spending": Spending(seconds=0.012),
    }
    return CaseResult(id=name, fields=fields, **facts | more)


def run(*cases: CaseResult, **more: Any) -> RunResult:
    """A run over these reports, its gate passed."""
    facts: dict[str, Any] = {
        "sets": [
            GoldSet("eval/gold", "labelled", scored=True, cases=len(cases)),
            GoldSet("../shared", "labelled", scored=False, why="the folder is not there"),
        ],
        "engines": [RULES],
        "versions": {"extractor": "0.1.0", "python": "3.11.2", "commit": "6b8c49a"},
        "gate": GateResult(passed=True, checks=[GateCheck("nonzero_cells", "rules", 1.0, 1.0, 0.0, passed=True)]),
        "started": "2026-11-21T06:00:00Z",
        "seconds": 12.5,
    }
    return RunResult(cases=list(cases), **facts | more)


def many(number: int = 18) -> list[CaseResult]:
    """Reports of several forms, formats, layouts, levels and years, all right."""
    forms, formats, levels = ("2021", "2019"), ("txt", "html", "docx", "pdf"), ("township", "county", "department")
    return [
        case(
            f"report_{at:02}",
            form=forms[at % 5 == 0],
            format=formats[at % 4],
            level=levels[at % 3],
            layout=("tabs", "cells", "grid")[at % 3],
            year=2019 + at % 6,
            status="needs_review" if at % 4 == 0 else "accepted",
        )
        for at in range(number)
    ]


def missed() -> list[CaseResult]:
    """Reports with misses of every kind: flagged ones, escapes, a failure, and one that is known to be hard."""
    flagged = cell(*TRIPLE, gold="3", got="4", flagged_by=["row_sum"], confidence=0.4, excerpt=excerpt())
    escaped = cell("applications", "new_received", "natural_person", gold="30", got="80", excerpt=excerpt())
    blank = cell("applications", "carried_over", "total", None, "0", gold_state="blank", confusion="blank read as zero")
    lost = cell("review_litigation", "review", "upheld", gold="2", got=None, got_state="missing", verdict="review")
    item = FieldScore("/narrative/issues/gold-2", "item", "match", "omitted", "解读形式单一，群众看不懂", None)
    body = value("organisation", "松江口镇人民政府", "松江口县人民政府", flagged_by=["organisation_uncertain"])
    false = FindingsScore(expected=["row_sum"], raised=["column_sum"], missed=["row_sum"], false_alarms=["column_sum"])
    return [
        case("escaping_2023", escaped, format="html", year=2022),
        case("flagged_2022", flagged, blank, lost, findings=false, status="needs_review", layout="cells"),
        case("worded_2021", item, body, lists={"issues": matched("issues", 3, 2)}, form="2019", level="county"),
        case("broken_2020", *lost_altogether(), failure="not_a_report", status="failed", lists={}),
        case("scan_2021", flagged, hard=True, why_hard="a photograph of a folded page", format="jpg"),
    ]


def lost_altogether() -> list[FieldScore]:
    return [replace(one, outcome="omitted", got=None, verdict=None, flagged_by=["failed"]) for one in all_cells()]


def compared(*pairs: tuple[CaseResult, CaseResult]) -> Comparison:
    """The comparison of two runs over the same reports."""
    return compare(run(*(before for before, _ in pairs)), run(*(after for _, after in pairs)))


def waiver(field: str = "cells", until: str = "2026-12-31", **more: Any) -> Waiver:
    return Waiver(field, "the loader of this format is being rewritten", until, **more)
