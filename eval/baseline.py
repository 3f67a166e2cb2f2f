"""``eval/baseline.json``: the figures that a change must not fall below, per engine and set of gold.

A figure's ``band`` says how far it may move by the choice of reports alone (``eval.statistics.noise_band``). It is
granted where the set holds other reports than when the baseline was set. Over the same reports the engines of the gate
are deterministic: there any fall is real, and the band is 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from eval.cases import ROOT
from eval.measures import MEASURES, Measure
from eval.result import CaseResult, RunResult
from eval.statistics import noise_band

IN_TREE = "eval/baseline.json"
PATH = ROOT / IN_TREE
_ROUND = 6
_SLACK = 1e-6
"""What rounding may make of a figure."""

SPENDING = ("cost", "calls", "input_tokens", "cached_input_tokens", "output_tokens", "seconds")
"""Measures of what a run took: shown, not gated."""

_OF_ANSWERS = ("findings_recall", "false_alarms", "states", "straight_through", "review_load", "vain_review", "links_")
"""Measures that rightly suffer where a model is wrong: a finding says so, and somebody has to look."""

GATED: dict[str, tuple[str, ...]] = {
    "rules": tuple(one.name for one in MEASURES.values() if one.better != "neither" and one.name not in SPENDING)
}
GATED["model"] = GATED["rules"]
GATED["misled"] = tuple(
    name for name in GATED["rules"] if not name.startswith(_OF_ANSWERS) and name != "reports_all_right"
)
GATED["unaided"] = GATED["misled"]
"""The measures that gate, by engine. Escapes gate whatever the baseline says: none may appear."""


@dataclass(slots=True)
class Figure:
    """A measure's value, and how far it may move where the set holds other reports."""

    value: float
    band: float = 0.0


@dataclass(slots=True)
class SetFigures:
    """The figures over one set; ``reports``: id → hash of the source of each that gates."""

    reports: dict[str, str] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)


@dataclass(slots=True)
class Baseline:
    """Engine → set → figures."""

    engines: dict[str, dict[str, SetFigures]] = field(default_factory=dict)

    def of(self, engine: str, set_name: str) -> SetFigures | None:
        """The figures over a set by an engine; None where none were accepted."""
        return self.engines.get(engine, {}).get(set_name)

    def to_json(self) -> str:
        """The file's content: keys in order, a figure a line."""
        written = msgspec.json.format(msgspec.json.encode(self, order="sorted"), indent=1)
        return written.decode() + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Baseline:
        """The baseline that ``to_json`` wrote.

        Raises:
            ValueError: no such JSON; names the first wrong field.
        """
        return msgspec.json.decode(text, type=cls)


def read_baseline(path: Path = PATH) -> Baseline | None:
    """The baseline in a file; None where there is no file.

    Raises:
        ValueError: the file holds no baseline.
    """
    return Baseline.from_json(path.read_bytes()) if path.is_file() else None


def gating(run: RunResult, engine: str, set_name: str) -> list[CaseResult]:
    """The cases that gate: labelled by hand, and not known to be hard."""
    return [
        case
        for case in run.cases
        if case.engine == engine and case.set == set_name and case.origin == "labelled" and not case.hard
    ]


def raised(old: Baseline | None, run: RunResult) -> Baseline:
    """The baseline with this run's figures; sets and engines that the run did not score keep theirs."""
    engines = {name: dict(sets) for name, sets in (old.engines if old else {}).items()}
    for engine in run.engines:
        for one in run.sets:
            cases = gating(run, engine.name, one.name)
            if cases:
                engines.setdefault(engine.name, {})[one.name] = _figures(cases, engine.name)
    return Baseline(engines)


def _figures(cases: Sequence[CaseResult], engine: str) -> SetFigures:
    found = {name: _figure(MEASURES[name], cases) for name in GATED.get(engine, GATED["rules"])}
    return SetFigures({case.id: case.sha256 for case in cases}, {n: one for n, one in found.items() if one is not None})


def _figure(measure: Measure, cases: Sequence[CaseResult]) -> Figure | None:
    value = measure.of(cases)
    if value is None:
        return None
    counts = measure.over(cases)
    wrong = [(of - right, of) for right, of in counts]
    band = noise_band(counts if measure.better == "more" else wrong) if measure.unit == "share" else 0.0
    return Figure(round(value, _ROUND), round(band, _ROUND))


def is_worse(measure: Measure, value: float, than: float, band: float = 0.0) -> bool:
    """Whether a value lies further than ``band`` on the bad side of another; rounding aside.

    >>> is_worse(MEASURES["cells"], 0.98, 0.99), is_worse(MEASURES["escapes"], 1, 0), is_worse(MEASURES["cells"], 1, 1)
    (True, True, False)
    """
    fall: float = than - value if measure.better == "more" else value - than
    return fall > band + _SLACK


def lowered(old: Baseline, new: Baseline) -> Iterator[str]:
    """What the new baseline lowers or drops of the old one, in words."""
    for engine, sets in old.engines.items():
        for name, before in sets.items():
            after = new.of(engine, name)
            if after is None:
                yield f"{engine}, {name}: dropped"
                continue
            yield from (f"{engine}, {name}: report {one} dropped" for one in before.reports if one not in after.reports)
            yield from (f"{engine}, {name}: {said}" for said in _lowered_figures(before, after))


def _lowered_figures(before: SetFigures, after: SetFigures) -> Iterator[str]:
    for name, figure in before.figures.items():
        now = after.figures.get(name)
        if name not in MEASURES:
            continue
        if now is None:
            yield f"{name} dropped"
        elif is_worse(MEASURES[name], now.value, figure.value):
            yield f"{name} {figure.value:g} → {now.value:g}"
        elif now.band > figure.band + _SLACK:
            yield f"{name}: its band {figure.band:g} → {now.band:g}"
