"""Two reports of one body and neighbouring years: what the one carries forward the other must carry over.

Which of the two is wrong cannot be told from figures, so these are warnings, and each report gets its own. The ties are
data (``forms/figures.toml``); a tie is looked at only where both reports state every figure of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from extractor.finding import Words, make
from extractor.forms.figures import Tie, exact, figures_by_key, ties
from extractor.record import Finding

_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Stated:
    """What a report states: its year, and its figures in millionths. ``report``: its number in the store."""

    report: int
    year: int
    figures: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A finding about a report, and the report it is contradicted by."""

    finding: Finding
    report: int


@dataclass(frozen=True, slots=True)
class _Fault:
    """A tie that fails: what the report and the other one give for their sides of it."""

    own: tuple[str, ...]
    own_sum: int
    other: tuple[str, ...]
    other_sum: int


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """The codes of what reports tell of each other; nothing else has them."""
    return frozenset(tie.code for tie in ties())


def contradictions(own: Stated, others: Sequence[Stated]) -> list[Contradiction]:
    """What reports of the year before and the year after say otherwise.

    Of several reports of one year (copies, versions nobody has told apart) one that agrees is enough; where none does,
    the first is named.
    """
    found: list[Contradiction] = []
    for year in (own.year - 1, own.year + 1):
        beside = [one for one in others if one.year == year]
        faults: dict[tuple[str, int], list[_Fault]] = {}
        for tie in ties() if beside else ():
            if fault := _fault(tie, own, beside):
                faults.setdefault((tie.code, fault[0]), []).append(fault[1])
        found += [_contradiction(code, year, report, some) for (code, report), some in faults.items()]
    return found


def _fault(tie: Tie, own: Stated, beside: Sequence[Stated]) -> tuple[int, _Fault] | None:
    """The first report that contradicts the tie and how; None where one keeps it, or none can tell."""
    told: list[tuple[int, _Fault]] = []
    for other in beside:
        mine, theirs = (tie.later, tie.earlier) if other.year < own.year else (tie.earlier, tie.later)
        one, another = _sum(mine, own.figures), _sum(theirs, other.figures)
        if one is None or another is None:
            continue
        if one == another:
            return None
        told.append((other.report, _Fault(mine, one, theirs, another)))
    return told[0] if told else None


def _sum(names: Sequence[str], stated: Mapping[str, int]) -> int | None:
    values = [stated.get(name.lstrip("-")) for name in names]
    if any(value is None for value in values):
        return None
    return sum(
        -(value or 0) if name.startswith("-") else (value or 0) for name, value in zip(names, values, strict=True)
    )


def _contradiction(code: str, year: int, report: int, faults: Sequence[_Fault]) -> Contradiction:
    paths = dict.fromkeys(path for fault in faults for name in fault.own for path in _paths(name))
    shown = [_told(fault, year) for fault in faults[:_MOST_SHOWN]]
    more = len(faults) - len(shown)
    zh = "；".join(one.zh for one in shown) + (f"；另有 {more} 处" if more else "")
    en = "; ".join(one.en for one in shown) + (f"; and {more} more" if more else "")
    finding = make(code, list(paths), report=report, faults=Words(zh, en))
    return Contradiction(finding, report)


def _paths(name: str) -> Iterator[str]:
    for cell in figures_by_key()[name.lstrip("-")].sums[0]:
        yield f"/tables/{cell}"


def _told(fault: _Fault, year: int) -> Words:
    own, other = _side(fault.own), _side(fault.other)
    mine, theirs = exact(fault.own_sum), exact(fault.other_sum)
    zh = f"本报告{own.zh}为 {mine}，{year} 年报告{other.zh}为 {theirs}"
    return Words(zh, f"{own.en} {mine} here, {other.en} {theirs} in the report on {year}")


def _side(names: Sequence[str]) -> Words:
    """A side of a tie in words: ``现行有效－本年制发＋本年废止``."""
    known = [(name.startswith("-"), figures_by_key()[name.lstrip("-")]) for name in names]
    zh = "".join(f"{('－' if minus else '＋') if at else ''}“{one.zh}”" for at, (minus, one) in enumerate(known))
    en = "".join(f"{(' - ' if minus else ' + ') if at else ''}{one.en}" for at, (minus, one) in enumerate(known))
    return Words(zh, en)
