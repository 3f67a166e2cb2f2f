"""A gold and a record of the same invented report, alike but for what a test changes. All sentences are invented."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from eval.scores.compared import Compared
from extractor.forms import builtin_forms
from extractor.gold import Gold
from extractor.record import (
    Claim,
    Evidence,
    Finding,
    Improvement,
    Narrative,
    Passage,
    Period,
    Place,
    Record,
    Source,
    Summary,
)
from tests.factories import document_of

ISSUES = ("目录更新常有拖延", "解读的样式偏少")
IMPROVEMENTS = ("每月核对一次目录", "增配图解与短片")
TEXT = f"""青石镇2023年政府信息公开工作年度报告
本镇全年公开信息12条。
一是{ISSUES[0]}；二是{ISSUES[1]}。
一是{IMPROVEMENTS[0]}；二是{IMPROVEMENTS[1]}。
维持 1
"""
ROW = {"upheld": 1, "corrected": 0, "other": None, "pending": 2, "total": 3}
"""One row of the gold: a zero, a cell without a number, and numbers."""

SHA = "0" * 64


def gold(**changed: Any) -> Gold:
    """The labels; one row of one table, nothing else of the tables."""
    fields: dict[str, Any] = {
        "source": "report.txt",
        "sha256": SHA,
        "form": "2021",
        "title": "青石镇2023年政府信息公开工作年度报告",
        "organisation": {"name": "青石镇人民政府", "accepted": ["青石镇人民政府", "青石镇"]},
        "year": 2023,
        "period": {"start": "2023-01-01", "end": "2023-12-31"},
        "published": None,
        "tables": {"review_litigation": {"review": dict(ROW)}},
        "narrative": {"issues": list(ISSUES), "improvements": list(IMPROVEMENTS)},
        "claims": [{"metrics": ["items_disclosed"], "value": 12, "quote": "全年公开信息12条"}],
        "forbidden_claims": [],
        "expected_findings": [],
    }
    return Gold.model_validate(fields | changed)


def record(**changed: Any) -> Record:
    """The record of the report, every value right."""
    found = Record(
        source=Source("report.txt", SHA, "text/plain"),
        form="2021",
        title="青石镇2023年政府信息公开工作年度报告",
        organisation="青石镇",
        year=2023,
        period=Period(date(2023, 1, 1), date(2023, 12, 31)),
        tables={"review_litigation": {"review": dict(ROW)}},
        narrative=narrative(),
        evidence={f"/tables/review_litigation/review/{column}": evidence(value) for column, value in ROW.items()},
        status="accepted",
    )
    for name, value in changed.items():
        setattr(found, name, value)
    return found


def evidence(value: Decimal | int | None, state: str = "blank", **changed: Any) -> Evidence:
    """What a cell's evidence says of its value."""
    start = TEXT.index("维持 1") + 3
    found = Evidence(raw=None if value is None else str(value), source=Place(start=start, end=start + 1))
    found.state = "number" if value is not None else state  # type: ignore[assignment]
    for name, given in changed.items():
        setattr(found, name, given)
    return found


def narrative(
    issues: tuple[str, ...] = ISSUES,
    improvements: tuple[str, ...] = IMPROVEMENTS,
    answers: tuple[tuple[str, ...], ...] = ((), ()),
) -> Narrative:
    """Part five with these items, the claim that is due, and a summary."""
    return Narrative(
        issues=[Passage(f"i{n}", text, 0, len(text)) for n, text in enumerate(issues, 1)],
        improvements=[
            Improvement(f"m{n}", text, 0, len(text), list(answers[n - 1]) if n <= len(answers) else [])
            for n, text in enumerate(improvements, 1)
        ],
        claims=[claim()],
        summary=Summary("本镇全年公开信息12条。", "extractive"),
    )


def claim(**changed: Any) -> Claim:
    """The claim that is due."""
    fields: dict[str, Any] = {
        "id": "c1",
        "text": "公开信息12条",
        "start": 0,
        "end": 8,
        "metric": "items_disclosed",
        "value": 12,
    }
    return Claim(**(fields | changed))


def finding(code: str, *paths: str, severity: str = "error") -> Finding:
    """A finding that names these."""
    return Finding(code, severity, "source", list(paths), "", "")  # type: ignore[arg-type]


def compared(due: Gold | None = None, got: Record | None = None, *, failed: bool = False) -> Compared:
    """Both sides, over the report's text."""
    document = None if failed else document_of(TEXT)
    return Compared(due or gold(), None if failed else got or record(), document, builtin_forms()[0])
