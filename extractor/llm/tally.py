"""What a run's questions cost, as a table by kind of question for a person to read."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from extractor.llm.money import Ledger, Sum
from extractor.llm.usage import written

_HEADS_ZH = ("问题", "个数", "缓存", "调用", "重问", "限流", "超时", "失败", "输入词元", "其中缓存", "输出词元", "费用")
_HEADS_EN = (
    *("questions", "asked", "kept", "calls", "re-asks", "refused", "late", "failed"),
    *("tokens in", "cached", "tokens out", "cost"),
)
_WASTED = ("invalid_answer", "rate_limited", "timed_out")
_FINE = ("answered", *_WASTED)


def usage_table(ledger: Ledger, currency: str) -> tuple[list[str], list[str]]:
    """The lines of the table in Chinese and in English: one line a kind, and their sum.

    ``kept``: questions answered without a call. Calls that brought nothing: ``re-asks`` (the answer was not valid),
    ``refused`` (for the endpoint's limits), ``late`` (no reply in time), ``failed`` (all others).
    """
    kinds = list(dict.fromkeys([*ledger.asked, *ledger.sums]))
    rows = [_row(kind, ledger, ledger.sums.get(kind, Sum())) for kind in kinds]
    total = [str(sum(int(row[column]) for row in rows)) for column in range(1, len(_HEADS_EN) - 1)]
    cost = written(ledger.cost)
    return (
        _aligned([_HEADS_ZH, *rows, ("合计", *total, f"{cost} {currency}")]),
        _aligned([_HEADS_EN, *rows, ("total", *total, f"{cost} {currency}")]),
    )


def _row(kind: str, ledger: Ledger, entry: Sum) -> tuple[str, ...]:
    wasted = [entry.outcomes[name] for name in _WASTED]
    failed = entry.calls - sum(entry.outcomes[name] for name in _FINE)
    tokens = (entry.tokens.into, entry.tokens.cached, entry.tokens.out)
    numbers = (ledger.asked[kind], ledger.cached[kind], entry.calls, *wasted, failed, *tokens)
    return (kind, *map(str, numbers), written(entry.cost))


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
