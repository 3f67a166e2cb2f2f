"""A run as a page: the verdict, what was scored, and a chapter for each engine over each kind of gold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.report import figures
from eval.report.breakdown import confusion_section, place_section, slice_section, worst_section
from eval.report.compared import compared_section
from eval.report.confidence import chart_section, spending_section
from eval.report.headlines import cards, headline_section
from eval.report.lists import finding_section, list_section
from eval.report.misses import escape_section, escapes_of, miss_section
from eval.report.overall import (
    gate_section,
    hard_section,
    reading_section,
    report_section,
    set_section,
    version_section,
    waiver_section,
)
from eval.report.plain import plain
from eval.report.view import Chapter, Fact, Page, Section, Tone
from eval.report.wording import say
from eval.result import CaseResult, EngineUsed, Origin, RunResult

if TYPE_CHECKING:
    from eval.compare import Comparison

_SCORED = (
    escape_section,
    headline_section,
    slice_section,
    worst_section,
    place_section,
    confusion_section,
    list_section,
    finding_section,
    chart_section,
    spending_section,
)
"""The sections of a chapter, in their order, each of the reports that count."""


@dataclass(frozen=True, slots=True)
class _Group:
    """The reports of one engine over one kind of gold: they are never mixed with others."""

    engine: EngineUsed
    origin: Origin
    cases: list[CaseResult]

    @property
    def kind(self) -> str:
        return "generated" if self.origin == "generated" else "scripted" if self.engine.scripted else "labelled"


def page_of(run: RunResult, comparison: Comparison | None = None) -> Page:
    """The page of a run; ``comparison``: with the baseline's run, where there is one."""
    groups = _groups(run)
    verdict, tone = _verdict(run)
    return Page(
        say("page", "title"),
        verdict,
        tone,
        _reasons(run),
        _facts(run),
        [set_section(run.sets)],
        [_chapter(group, f"c{number}") for number, group in enumerate(groups, 1)],
        [
            compared_section(comparison),
            gate_section(run.gate),
            waiver_section(run.waivers),
            reading_section(),
            version_section(run),
        ],
    )


def counted(run: RunResult) -> list[CaseResult]:
    """The reports that gate: labelled by hand and not known to be hard, by every engine."""
    return [case for case in run.cases if case.origin == "labelled" and not case.hard]


def _groups(run: RunResult) -> list[_Group]:
    """Labelled reports first, then those of a scripted server, then generated ones."""
    known = {engine.name for engine in run.engines}
    unnamed = dict.fromkeys(case.engine for case in run.cases if case.engine not in known)
    engines = [*run.engines, *(EngineUsed(name, name) for name in unnamed)]
    origins: tuple[Origin, ...] = ("labelled", "generated")
    groups = [
        _Group(engine, origin, [case for case in run.cases if (case.engine, case.origin) == (engine.name, origin)])
        for origin in origins
        for engine in engines
    ]
    order = ["labelled", "scripted", "generated"]
    return sorted((group for group in groups if group.cases), key=lambda group: order.index(group.kind))


def _chapter(group: _Group, prefix: str) -> Chapter:
    easy, hard = ([case for case in group.cases if case.hard is is_hard] for is_hard in (False, True))
    said = say("chapter", "hard", reports=figures.plural(len(hard), "report")) if hard else ""
    scripted = " ".join((say("chapter", "warn_scripted"), plain(group.engine.label))) if group.engine.scripted else ""
    generated = say("chapter", "warn_generated") if group.origin == "generated" else ""
    lead = say("chapter", f"lead_{group.origin}", reports=figures.plural(len(easy), "report"), hard=said)
    return Chapter(
        prefix,
        say("chapter", group.kind, engine=plain(group.engine.label or group.engine.name)),
        lead,
        " ".join(one for one in (generated, scripted) if one),
        cards(easy),
        [*_sections(easy, prefix, aside=group.kind != "labelled"), *_hard_sections(hard, prefix)],
    )


def _sections(cases: Sequence[CaseResult], prefix: str, *, aside: bool) -> list[Section]:
    if not cases:
        return []
    parts = [make(cases, prefix) for make in _SCORED]
    return [*parts, miss_section(cases, prefix, aside=aside), report_section(cases, prefix)]


def _hard_sections(cases: Sequence[CaseResult], prefix: str) -> list[Section]:
    return [hard_section(cases, prefix), miss_section(cases, f"{prefix}-hard")] if cases else []


# ---- the verdict -------------------------------------------------------------------------------------------------


def _verdict(run: RunResult) -> tuple[str, Tone]:
    """The first thing to know: escapes before all else, then what the gate says."""
    escapes = escapes_of(counted(run))
    if escapes:
        return say("page", "escapes", escapes=figures.plural(escapes, "escape")), "bad"
    if run.gate is None:
        return say("page", "ungated"), "warn"
    return (say("page", "passed"), "good") if run.gate.passed else (say("page", "blocked"), "bad")


def _reasons(run: RunResult) -> list[str]:
    reasons = []
    if not escapes_of(counted(run)):
        reasons.append(say("page", "no_escape"))
    if run.gate is None:
        return reasons
    if escapes_of(counted(run)):
        reasons.append(say("page", "passed" if run.gate.passed else "blocked") + ".")
    reasons += [say("page", "refusal", reason=plain(one)) for one in run.gate.refusals]
    failed = [one for one in run.gate.checks if not one.passed and not one.waived]
    return reasons + [
        say("page", "failed_check", name=say("measure", one.name), engine=plain(one.engine), message=plain(one.message))
        for one in failed
    ]


def _facts(run: RunResult) -> list[Fact]:
    cases = {(case.set, case.id) for case in run.cases}
    waivers = sum(not one.expired for one in run.waivers)
    unscored = [plain(one.name) for one in run.sets if not one.scored]
    return [
        Fact("Started", plain(run.started) or figures.NONE),
        Fact("Took", figures.seconds(run.seconds)),
        Fact("Reports", figures.count(len(cases))),
        Fact("Engines", ", ".join(plain(one.name) for one in run.engines) or figures.NONE),
        Fact("Sets not scored", ", ".join(unscored) or "none"),
        Fact("Waivers in force", figures.count(waivers)),
    ]
