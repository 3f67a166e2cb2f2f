"""What a summary may name by placeholder: claims, totals that a metric or a row's own words tell, names and dates."""

from __future__ import annotations

import re
from functools import lru_cache

from extractor.draft import Draft
from extractor.metrics import Metric, metrics
from extractor.metrics.placeholders import Slotted

_TOTAL = "total"
_ORDINAL = re.compile(r"^[（(]?(?:[一二三四五六七八九十]+|\d+)[）)、.．]")
_REMARK = re.compile(r"[（(][^）)]*[）)]")


def slots_of(draft: Draft) -> dict[str, Slotted]:
    """Placeholder → what fills it, and the words that must stand beside it."""
    slots: dict[str, Slotted] = {}
    if draft.organisation:
        slots["organisation"] = Slotted(draft.organisation, figure=False)
    if draft.year:
        slots["year"] = Slotted(str(draft.year), figure=False, unit="年")
    if draft.published:
        day = draft.published
        slots["published"] = Slotted(f"{day.year}年{day.month}月{day.day}日", figure=False)
    for claim in draft.narrative.claims:
        metric = metrics().get(claim.metric)
        if metric is not None:
            unit = (claim.unit or "").lstrip("余")
            about = "余" if (claim.unit or "").startswith("余") else ""
            words = f"{claim.value}{about}{unit}"
            slots[claim.id] = _slotted(metric, words, claim.scope, unit)
    return slots | _cells(draft)


def _slotted(metric: Metric, words: str, scope: str, unit: str) -> Slotted:
    return Slotted(words, metric.cues, metric.unless, scope, unit)


def _cells(draft: Draft) -> dict[str, Slotted]:
    """Totals that are not zero: those that a check of the form ties to a metric, and results by their row's words."""
    form = draft.form
    if form is None:
        return {}
    by_pointer = {sums[0][0]: check.metric for check in form.checks if len((sums := check.sums)[0]) == 1}
    found: dict[str, Slotted] = {}
    for table in form.tables:
        words = _words_of(tuple((row, one.label) for row, one in table.rows.items()))
        for row, columns in draft.tables.get(table.key, {}).items():
            for column, value in columns.items():
                name, pointer = f"{table.key}.{row}.{column}", f"/tables/{table.key}/{row}/{column}"
                metric = metrics().get(by_pointer.get(pointer, ""))
                if metric is not None and value is not None:
                    found[name] = _slotted(metric, str(value), "own", "")
                elif column == _TOTAL and value and row in table.rows:
                    found[name] = Slotted(str(value), *words[row])
    return found


@lru_cache(maxsize=64)
def _words_of(labels: tuple[tuple[str, str], ...]) -> dict[str, tuple[list[list[str]], list[str]]]:
    """What tells each row: its own words, in English those of its key, and no longer label that holds them (其他 …)."""
    names = {row: _names(row, label) for row, label in labels}
    return {
        row: (
            [own],
            [
                name
                for other, some in names.items()
                if other != row
                for name in some
                if any(word in name and word != name for word in own)
            ],
        )
        for row, own in names.items()
    }


def _names(row: str, label: str) -> list[str]:
    return [_REMARK.sub("", _ORDINAL.sub("", label)), row.replace("_", " ")]
