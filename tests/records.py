"""Records for tests: a whole one of the 2021 form, every cell 0 but those that are named."""

from __future__ import annotations

from datetime import date
from typing import Any

from extractor.forms import builtin_forms
from extractor.record import (
    Body,
    Claim,
    Evidence,
    Finding,
    Improvement,
    Narrative,
    Number,
    Passage,
    Period,
    Place,
    Record,
    Source,
    Summary,
    Tables,
    Topic,
)

TEXT = "\n".join(
    [
        "松江口镇2023年政府信息公开工作年度报告",
        "一、总体情况",
        "（一）主动公开。全年公开信息128条。",
        "三、收到和处理政府信息公开申请情况",
        "（一）予以公开\t3\t0\t0\t0\t0\t0\t4",
        "五、存在的主要问题及改进情况",
        "一是目录更新偏慢；二是解读形式单一。",
        "下一步，每季度核对一次目录。",
    ]
)


def tables(**cells: Number | None) -> Tables:
    """The 2021 form's tables, all 0; ``cells`` are named ``table__row__column``."""
    made: Tables = {
        table.key: {
            row: {column.key: 0 for column in table.columns_of[row]}
            for row in table.rows
            if row not in table.replaced_by.values()
        }
        for table in builtin_forms()[0].tables
    }
    for name, value in cells.items():
        table, row, column = name.split("__")
        made[table][row][column] = value
    return made


def found(words: str, **more: Any) -> Evidence:
    """Evidence for ``words`` where they stand in ``TEXT``."""
    start = TEXT.index(words)
    return Evidence(raw=words, source=Place(start=start, end=start + len(words)), **more)


def passage(kind: type[Passage], id: str, words: str, **more: Any) -> Any:  # noqa: A002 (the record's own name)
    """A passage of ``TEXT``."""
    start = TEXT.index(words)
    return kind(id, words, start, start + len(words), **more)


def a_record(**changes: Any) -> Record:
    """A record of ``TEXT`` with one row that does not add up."""
    total = "/tables/applications/granted/total"
    end = TEXT.index("0\t4") + 3
    evidence = {
        "/title": found("松江口镇2023年政府信息公开工作年度报告"),
        "/organisation": found("松江口镇"),
        "/tables/applications/granted/natural_person": found("3\t0"),
        total: Evidence(raw="4", source=Place(start=end - 1, end=end, table=0, row=0, column=7), verdict="review"),
    }
    narrative = Narrative(
        overview=[
            passage(Topic, "o1", "全年公开信息128条。", topic="proactive_disclosure", heading="（一）主动公开。")
        ],
        issues=[passage(Passage, "i1", "目录更新偏慢"), passage(Passage, "i2", "解读形式单一")],
        improvements=[passage(Improvement, "m1", "每季度核对一次目录", answers=["i1"])],
        claims=[passage(Claim, "c1", "公开信息128条", metric="items_disclosed", value=128, unit="条")],
        summary=Summary("全年公开信息128条。", "extractive"),
    )
    finding = Finding("row_sum", "error", "source", [total], "“予以公开”一行：3 = 3，总计却写 4。", "3 = 3, reads 4.")
    defaults: dict[str, Any] = {
        "source": Source("a.txt", "0" * 64, "text/plain"),
        "form": "2021",
        "title": "松江口镇2023年政府信息公开工作年度报告",
        "organisation": "松江口镇",
        "body": Body("township", None),
        "year": 2023,
        "period": Period(date(2023, 1, 1), date(2023, 12, 31)),
        "published": date(2024, 1, 20),
        "tables": tables(applications__granted__natural_person=3, applications__granted__total=4),
        "narrative": narrative,
        "evidence": evidence,
        "findings": [finding],
        "status": "needs_review",
    }
    return Record(**defaults | changes)
