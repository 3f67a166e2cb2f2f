"""What a run's questions cost, as a table by kind of question for a person to read."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from extractor.llm.money import Attempt, Ledger, Tokens
from extractor.llm.usage import written

_HEADS_ZH = ("问题", "个数", "缓存", "调用", "重问", "输入词元", "其中缓存", "输出词元", "费用")
_HEADS_EN = ("questions", "asked", "kept", "calls", "re-asks", "tokens in", "cached", "tokens out", "cost")


def usage_table(ledger: Ledger, currency: str) -> tuple[list[str], list[str]]:
    """The lines of the table in Chinese and in English: one line a kind, and their sum.

    ``kept``: questions answered without a call. ``re-asks``: calls because an answer was not valid.
    """
    kinds = list(dict.fromkeys([*ledger.asked, *(attempt.kind for attempt in ledger.attempts)]))
    rows = [_row(kind, ledger, [one for one in ledger.attempts if one.kind == kind]) for kind in kinds]
    total = [str(sum(int(row[column]) for row in rows)) for column in range(1, 8)]
    cost = written(sum((attempt.cost for attempt in ledger.attempts), Decimal(0)))
    return (
        _aligned([_HEADS_ZH, *rows, ("合计", *total, f"{cost} {currency}")]),
        _aligned([_HEADS_EN, *rows, ("total", *total, f"{cost} {currency}")]),
    )


def _row(kind: str, ledger: Ledger, attempts: Sequence[Attempt]) -> tuple[str, ...]:
    tokens = sum((attempt.tokens for attempt in attempts), Tokens())
    cost = sum((attempt.cost for attempt in attempts), Decimal(0))
    invalid = sum(attempt.outcome == "invalid_answer" for attempt in attempts)
    numbers = (ledger.asked[kind], ledger.cached[kind], len(attempts), invalid, tokens.into, tokens.cached, tokens.out)
    return (kind, *map(str, numbers), written(cost))


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            _padded(cell, width, left=column == 0) for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _padded(cell: str, width: int, *, left: bool) -> str:
    room = " " * (width - _width(cell))
    return cell + room if left else room + cell


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese letter takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
