"""The gate: whether a change may pass.

It blocks where a figure falls below the baseline by more than its band, where an escape appears, where gold that gated
is gone, where a waiver's day has passed, and where one change lowers a baseline and alters the extractor at once.
Gold that is known to be hard, generated reports and sets without a baseline are shown, and do not gate; an escape in a
hand-labelled set gates whatever the baseline says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from eval.baseline import GATED, IN_TREE, Baseline, Figure, SetFigures, gating, is_worse, lowered
from eval.changes import Change, NoBaseError
from eval.measures import MEASURES
from eval.result import CaseResult, GateCheck, GateResult, RunResult, Waiver
from eval.waivers import is_waived, waived_measure

_NAMED = 5
"""Escapes told in a check's message; the report has them all."""


def judge(run: RunResult, baseline: Baseline | None, waivers: Sequence[Waiver] = ()) -> GateResult:
    """Whether the run's figures may pass; ``refusals_of_change`` looks at the change itself."""
    if baseline is None:
        return GateResult(False, refusals=["there is no baseline: python -m eval run --accept sets one"])
    checks = [check for engine, name in _groups(run) for check in _checks(run, (engine, name), baseline, waivers)]
    refusals = [f"the waiver of {one.field} ended on {one.until}: {one.reason}" for one in waivers if one.expired]
    refusals += _gone(run, baseline)
    passed = not refusals and all(check.passed or check.waived for check in checks)
    return GateResult(passed, checks, refusals)


def refusals_of_change(new: Baseline, change: Change | None = None) -> tuple[list[str], list[str]]:
    """Why the change may not set this baseline, and what could not be looked at.

    Lowering what is demanded and altering what is measured are two changes: in one, nobody could tell which was which.
    """
    change = change or Change()
    try:
        before = change.before(IN_TREE)
        touched = change.extractor
    except NoBaseError as error:
        return [], [f"not looked at: whether this change lowers a baseline and alters the extractor at once ({error})"]
    falls = list(lowered(Baseline.from_json(before), new)) if before else []
    if not falls or not touched:
        return [], []
    told = "; ".join(falls[:_NAMED]) + (f" and {len(falls) - _NAMED} more" if len(falls) > _NAMED else "")
    return [f"this change lowers the baseline ({told}) and alters the extractor ({touched[0]} …) at once"], []


# ---- checks ------------------------------------------------------------------------------------------------------


def _groups(run: RunResult) -> list[tuple[str, str]]:
    """Engine and set, of which there are cases that gate."""
    every = [(engine.name, one.name) for engine in run.engines for one in run.sets]
    return [(engine, name) for engine, name in every if gating(run, engine, name)]


def _checks(
    run: RunResult, group: tuple[str, str], baseline: Baseline, waivers: Sequence[Waiver]
) -> Iterator[GateCheck]:
    engine, name = group
    cases = [_without_waived(case, waivers) for case in gating(run, engine, name)]
    yield _escape_check(cases, group, waivers)
    before = baseline.of(engine, name)
    if before is None:
        return
    same = before.reports == {case.id: case.sha256 for case in cases}
    for measure in GATED.get(engine, GATED["rules"]):
        figure = before.figures.get(measure)
        if measure != "escapes" and figure is not None:
            due = _due(measure, figure, 0 if same else len(cases) / len(before.reports))
            yield _check(cases, group, (measure, due), waivers)


def _due(measure: str, figure: Figure, times: float) -> Figure:
    """What is due of a set with the same reports (``times`` 0), or with others, that many times as many.

    Over the same reports any fall is real. Over others a share may move within its band, and a count grows with them.
    A measure without a figure is new; it gates from when it is accepted.
    """
    if not times:
        return Figure(figure.value)
    return Figure(figure.value * times) if MEASURES[measure].unit == "count" else figure


def _without_waived(case: CaseResult, waivers: Sequence[Waiver]) -> CaseResult:
    kept = [field for field in case.fields if not is_waived(waivers, case, field)]
    return case if len(kept) == len(case.fields) else replace(case, fields=kept)


def _escape_check(cases: Sequence[CaseResult], group: tuple[str, str], waivers: Sequence[Waiver]) -> GateCheck:
    found = [f"{case.id}{field.pointer}" for case in cases for field in case.escapes]
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    message = f"set {group[1]}" + (f": {', '.join(found[:_NAMED])}{more}" if found else "")
    waived = waived_measure(waivers, "escapes", group[1]) if found else ""
    return GateCheck("escapes", group[0], len(found), 0, 0, not found, message, waived)


def _check(
    cases: Sequence[CaseResult], group: tuple[str, str], due: tuple[str, Figure], waivers: Sequence[Waiver]
) -> GateCheck:
    """One measure of one set against the figure that is due."""
    name, figure = due
    value = MEASURES[name].of(cases)
    passed = value is not None and not is_worse(MEASURES[name], value, figure.value, figure.band)
    told = "" if passed else ": no longer scored" if value is None else f": {value:g}, baseline {figure.value:g}"
    waived = "" if passed else waived_measure(waivers, name, group[1])
    return GateCheck(name, group[0], value, figure.value, figure.band, passed, f"set {group[1]}{told}", waived)


def _gone(run: RunResult, baseline: Baseline) -> Iterator[str]:
    """Reports that gated when the baseline was set and do not any more, in the sets that were scored."""
    for engine in run.engines:
        for one in run.sets:
            before = baseline.of(engine.name, one.name) if one.scored else None
            yield from _missing(run, engine.name, one.name, before or SetFigures())


def _missing(run: RunResult, engine: str, name: str, before: SetFigures) -> Iterator[str]:
    here = {case.id for case in gating(run, engine, name)}
    for report in before.reports.keys() - here:
        yield f"{report} of the set {name} gated for the engine {engine} and is gone: only --accept may drop it"
