"""``python -m eval compare A B``: what run B gained and lost against run A, report by report and field by field.

A and B are each a result file (``report.json``), a folder with one, or a git revision, whose extractor is then run on
the gold of today. Only reports of both runs are compared; those of one alone are named. A difference that two runs over
the same reports show is real, so every one is listed; the paired statistics say how far the headlines would also differ
over other reports like these.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec

from eval.measures import HEADLINES, MEASURES, Measure
from eval.result import CaseResult, Excerpt, FieldScore, RunResult
from eval.revision import RevisionError, result_of
from eval.statistics import Counts, Interval, paired_interval, paired_permutation

SPENDING = ("cost", "calls", "input_tokens", "cached_input_tokens", "output_tokens", "seconds")
"""Measures of what a run took: they are shown, but two runs that differ in nothing else do not differ."""

Kind = Literal["gained", "lost", "wrong otherwise", "to be looked at", "to be looked at no more", "labelled anew"]
"""``wrong otherwise``: wrong in both, but not alike. ``to be looked at``: the value is as before, its verdict is not.
``labelled anew``: the gold itself differs, so the two runs say nothing of the field."""

LOSSES: tuple[Kind, ...] = ("lost", "to be looked at")
_AROUND = 24
"""Characters of the source shown on either side of a field."""

_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one report that came out otherwise; ``before`` and ``after`` are what each run read.

    ``escape``: the run after has it wrong, and nobody would look at it. ``excerpt``: the source text around it.
    """

    report: str
    pointer: str
    kind: Kind
    gold: str | None
    before: str | None
    after: str | None
    escape: bool = False
    excerpt: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """One measure over the reports of both runs, by engine; ``interval`` of ``after`` - ``before``; ``p`` two-sided.

    ``group``: engine, origin of the gold, and whether it is hard: they are never mixed.
    """

    name: str
    label: str
    group: str
    reports: int
    before: float | None
    after: float | None
    interval: Interval | None
    p: float
    better: str


@dataclass(slots=True)
class Comparison:
    """Two runs held against each other. Reports are named by ``CaseResult.key``.

    ``resourced``: reports whose source file differs between the runs; they are not compared. ``turned``: reports that
    became a record in one run only, or whose status differs: (report, before, after).
    """

    paired: int = 0
    only_before: list[str] = field(default_factory=list)
    only_after: list[str] = field(default_factory=list)
    resourced: list[str] = field(default_factory=list)
    turned: list[tuple[str, str, str]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        """Whether anything but time and cost is not the same in both runs."""
        apart = self.only_before or self.only_after or self.resourced
        return bool(apart or self.turned or self.changes)

    @property
    def losses(self) -> list[Change]:
        """What got worse."""
        return [one for one in self.changes if one.kind in LOSSES or one.escape]


def compare(before: RunResult, after: RunResult) -> Comparison:
    """What ``after`` gained and lost against ``before``."""
    first, second = ({case.key: case for case in run.cases} for run in (before, after))
    shared = [key for key in first if key in second]
    pairs = [(first[key], second[key]) for key in shared if first[key].sha256 == second[key].sha256]
    return Comparison(
        paired=len(pairs),
        only_before=[key for key in first if key not in second],
        only_after=[key for key in second if key not in first],
        resourced=[key for key in shared if first[key].sha256 != second[key].sha256],
        turned=[(a.key, _status(a), _status(b)) for a, b in pairs if _status(a) != _status(b)],
        changes=[change for a, b in pairs for change in changes_of(a, b)],
        shifts=list(_shifts(pairs)),
    )


def _status(case: CaseResult) -> str:
    return f"failed ({case.failure})" if case.failure else case.status


# ---- field by field ----------------------------------------------------------------------------------------------


def changes_of(before: CaseResult, after: CaseResult) -> Iterator[Change]:
    """The fields of one report that came out otherwise, in the order of the record."""
    first, second = _by_key(before.fields), _by_key(after.fields)
    for key in dict.fromkeys((*first, *second)):
        a, b = first.get(key), second.get(key)
        kind = _kind(a, b)
        shown = b or a
        if kind and shown:
            yield Change(
                report=after.key,
                pointer=shown.pointer,
                kind=kind,
                gold=shown.gold,
                before=a.got if a else None,
                after=b.got if b else None,
                escape=bool(b and b.is_escape and not (a and a.is_escape)),
                excerpt=(b.excerpt if b else None) or (a.excerpt if a else None),
            )


def _by_key(fields: Iterable[FieldScore]) -> dict[_Key, FieldScore]:
    seen: Counter[_Key] = Counter()
    found = {}
    for one in fields:
        key = _key(one)
        seen[key] += 1
        found[*key, str(seen[key])] = one
    return found


def _key(one: FieldScore) -> _Key:
    """What a field of two runs is paired by: its pointer; of lists, whose ids shift when one item is lost, its words.

    An item or claim that is due is named by the gold's words, one that is not by the record's.
    """
    if one.kind not in ("item", "claim", "forbidden"):
        return one.kind, one.pointer
    stem = one.pointer.rpartition("/")[0]
    return (one.kind, stem, "due", one.gold) if one.gold is not None else (one.kind, stem, "got", one.got or "")


def _kind(a: FieldScore | None, b: FieldScore | None) -> Kind | None:
    """How a field changed. One that only a run has which read too much there was right in the other: it had nothing."""
    if a and b and a.gold != b.gold:
        return "labelled anew"
    if _is_miss(a) is not _is_miss(b):
        return "gained" if _is_miss(a) else "lost"
    return _kind_alike(a, b) if a and b and (a.is_scored or b.is_scored) else None


def _kind_alike(a: FieldScore, b: FieldScore) -> Kind | None:
    """How a field changed that is right in both runs, or wrong in both."""
    if a.got != b.got:
        return "wrong otherwise" if a.is_miss else None
    if a.is_accepted is b.is_accepted:
        return None
    return "to be looked at no more" if b.is_accepted else "to be looked at"


def _is_miss(one: FieldScore | None) -> bool:
    return one is not None and one.is_miss


# ---- measures ----------------------------------------------------------------------------------------------------


def _shifts(pairs: Sequence[tuple[CaseResult, CaseResult]]) -> Iterator[Shift]:
    """Both headlines of each group of reports, and every other measure that is not the same."""
    groups: dict[str, list[tuple[CaseResult, CaseResult]]] = {}
    for a, b in pairs:
        groups.setdefault(_group(b), []).append((a, b))
    for group, cases in groups.items():
        for measure in MEASURES.values():
            before, after = measure.over(a for a, _ in cases), measure.over(b for _, b in cases)
            if measure.name in HEADLINES or before != after:
                yield _shift(measure, group, before, after)


def _group(case: CaseResult) -> str:
    return f"{case.engine}, {case.origin}{', hard' if case.hard else ''}"


def _shift(measure: Measure, group: str, before: Counts, after: Counts) -> Shift:
    interval = paired_interval(before, after)
    if interval and measure.unit == "count":  # the statistics speak of means, a count of the sum
        interval = Interval(interval.low * len(before), interval.high * len(before), interval.level)
    values = [_value(measure, counts) for counts in (before, after)]
    p = paired_permutation(before, after)
    return Shift(measure.name, measure.label, group, len(before), values[0], values[1], interval, p, measure.better)


def _value(measure: Measure, counts: Counts) -> float | None:
    first, second = sum(one for one, _ in counts), sum(of for _, of in counts)
    if not second:
        return None
    return first if measure.unit == "count" else first / second


# ---- for a reader ------------------------------------------------------------------------------------------------


def text_of(found: Comparison) -> str:
    """The comparison as lines of text: what differs as a whole, then every field, report by report."""
    lines = [f"{found.paired} reports in both runs"]
    lines += [f"only in the run before: {key}" for key in found.only_before]
    lines += [f"only in the run after: {key}" for key in found.only_after]
    lines += [f"another source file, not compared: {key}" for key in found.resourced]
    lines += [f"{key}: {was} -> {is_}" for key, was, is_ in found.turned]
    lines += [_shift_line(one) for one in found.shifts]
    counts = Counter(change.kind for change in found.changes)
    lines.append(", ".join(f"{kind}: {number}" for kind, number in counts.items()) or "no field differs")
    lines += _change_lines(found.changes)
    lines.append("The runs differ." if found.differs else "No difference.")
    return "\n".join(lines)


def _shift_line(one: Shift) -> str:
    interval = f" [{one.interval.low:+.3g}, {one.interval.high:+.3g}]" if one.interval else ""
    name = f"{one.label} ({one.group}, {one.reports} reports)"
    return f"{name}: {_shown(one.before)} -> {_shown(one.after)}{interval} p={one.p:.3g}"


def _shown(value: float | None) -> str:
    return "not scored" if value is None else f"{value:.4g}"


def _change_lines(changes: Sequence[Change]) -> Iterator[str]:
    report = ""
    for one in changes:
        if one.report != report:
            report = one.report
            yield f"\n{report}"
        mark = " ESCAPE" if one.escape else ""
        yield f"  {one.kind}{mark}: {one.pointer}: {one.before} -> {one.after} (gold {one.gold})"
        if one.excerpt:
            yield f"    {excerpt_line(one.excerpt)}"


def excerpt_line(excerpt: Excerpt) -> str:
    """The source around a field on one line, with the field's own words in 【】.

    >>> excerpt_line(Excerpt(3, 4, "总计\\t", "5", "\\t0", line=7))
    'line 7: 总计 【5】 0'
    """
    before, quote, after = (" ".join(part.split()) for part in (excerpt.before, excerpt.quote, excerpt.after))
    page = f", page {excerpt.page}" if excerpt.page else ""
    return f"line {excerpt.line}{page}: {before[-_AROUND:]} 【{quote}】 {after[:_AROUND]}"


# ---- the command -------------------------------------------------------------------------------------------------


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``A B``, and what to do with what is found."""
    parser.add_argument("before", metavar="A", help="result file, its folder, or git revision")
    parser.add_argument("after", metavar="B", help="the same; . for the working tree")
    parser.add_argument("--engine", action="append", default=[], help="of a revision only this engine (default: all)")
    parser.add_argument("--gold", action="append", default=[], metavar="DIR", help="of a revision a further set, too")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the comparison as JSON, too")
    parser.add_argument("--losses", action="store_true", help="exit with 1 for losses only, not for every difference")


def main(args: argparse.Namespace) -> int:
    """Print the comparison. 0: no difference (with ``--losses``: none for the worse); 1: some; 2: no such run."""
    try:
        options = [word for name in args.engine for word in ("--engine", name)]
        options += [word for folder in args.gold for word in ("--gold", str(Path(folder).resolve()))]
        runs = [result_of(name, options) for name in (args.before, args.after)]
    except (RevisionError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    found = compare(*runs)
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_bytes(msgspec.json.encode(found))
    print(text_of(found))
    return int(bool(found.losses) if args.losses else found.differs)
