"""What is said of the run as a whole: sets, gate, waivers, versions; and each report in a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eval.measures import MEASURES
from eval.report import figures
from eval.report.plain import plain
from eval.report.view import Cell, Column, Section, Table, Tone
from eval.report.wording import say, words
from eval.result import CaseResult, GateCheck, GateResult, GoldSet, RunResult, Waiver

_RESULTS: dict[str, Tone] = {"waived": "warn", "passed": "good", "blocks": "bad"}
_ORIGINS = {"labelled": "labelled by hand", "generated": "generated"}


def set_section(sets: Sequence[GoldSet]) -> Section:
    """Every set of gold, scored or not, and why not."""
    columns = Column("Set"), Column("Origin"), Column("Scored"), Column("Reports", number=True), Column("Why not")
    rows = [
        [
            Cell(plain(one.name)),
            Cell(_ORIGINS[one.origin]),
            Cell("yes" if one.scored else "not scored", tone="good" if one.scored else "warn"),
            Cell(figures.count(one.cases)),
            Cell(plain(one.why)),
        ]
        for one in sets
    ]
    return Section("sets", say("section", "sets"), say("intro", "sets"), [Table(say("caption", "sets"), columns, rows)])


def gate_section(gate: GateResult | None) -> Section:
    """What the gate looked at, what failed first."""
    if gate is None:
        return Section("gate", say("section", "gate"), nothing=say("nothing", "gate"))
    titles = "Check", "Engine", "Value", "Baseline", "Noise band", "Result", "Why"
    numbers = "Value", "Baseline", "Noise band"
    columns = tuple(Column(one, number=one in numbers) for one in titles)
    passed, stopped = ([one for one in gate.checks if one.passed is which] for which in (True, False))
    tables = [
        Table(say("caption", "gate_stopped"), columns, [_check_row(one) for one in stopped]),
        Table(say("caption", "gate_passed"), columns, [_check_row(one) for one in passed], folded=True),
    ]
    counted = say("page", "checks", passed=figures.count(len(passed)), checks=figures.plural(len(gate.checks), "check"))
    return Section(
        "gate",
        say("section", "gate"),
        say("intro", "gate"),
        [table for table in tables if table.rows],
        notes=[*(say("page", "refusal", reason=plain(one)) for one in gate.refusals), counted],
        loud=not gate.passed,
    )


def _check_row(one: GateCheck) -> list[Cell]:
    measure = MEASURES.get(one.name)
    write = figures.percent if measure and measure.unit == "share" else figures.count
    result = "waived" if one.waived else "passed" if one.passed else "blocks"
    why = "; ".join(plain(said) for said in (one.message, one.waived) if said)
    return [
        Cell(say("measure", one.name) if measure else plain(one.name)),
        Cell(plain(one.engine)),
        Cell(write(one.value)),
        Cell(write(one.baseline)),
        Cell(write(one.band)),
        Cell(result, tone=_RESULTS[result]),
        Cell(why),
    ]


def waiver_section(waivers: Sequence[Waiver]) -> Section:
    """Every waiver: for what, why, and until when."""
    columns = Column("For"), Column("Reason"), Column("Until"), Column("State")
    rows = [
        [Cell(plain(one.field), code=True), Cell(plain(one.reason)), Cell(plain(one.until)), _waiver_state(one)]
        for one in waivers
    ]
    return Section(
        "waivers",
        say("section", "waivers"),
        say("intro", "waivers") if rows else "",
        [Table(say("caption", "waivers"), columns, rows)] if rows else [],
        nothing="" if rows else say("nothing", "waivers"),
    )


def _waiver_state(one: Waiver) -> Cell:
    return Cell("ended: no longer holds", tone="bad") if one.expired else Cell("in force", tone="warn")


def version_section(run: RunResult) -> Section:
    """What the run was made with."""
    rows = [[Cell(plain(name)), Cell(plain(value), code=True)] for name, value in run.versions.items()]
    columns = Column("What"), Column("Version")
    tables = [Table(say("caption", "versions"), columns, rows)] if rows else []
    return Section("versions", say("section", "versions"), tables=tables)


def reading_section() -> Section:
    """The words that a reader needs."""
    rows = [[Cell(term), Cell(meaning)] for term, meaning in words("reading").items()]
    return Section(
        "reading",
        say("section", "reading"),
        tables=[Table("Words of this report", (Column("Word"), Column("What it means")), rows)],
    )


# ---- reports -----------------------------------------------------------------------------------------------------


def report_section(cases: Sequence[CaseResult], prefix: str) -> Section:
    """Each report in a line."""
    return Section(f"{prefix}-reports", say("section", "reports"), say("intro", "reports"), [_reports(cases)])


def hard_section(cases: Sequence[CaseResult], prefix: str) -> Section:
    """Reports that do not gate, and why they are hard."""
    columns = Column("Report"), Column("Why it is hard")
    why = Table(say("caption", "hard"), columns, [[Cell(plain(one.key)), Cell(plain(one.why_hard))] for one in cases])
    return Section(f"{prefix}-hard", say("section", "hard"), say("intro", "hard"), [why, _reports(cases)])


def _reports(cases: Iterable[CaseResult]) -> Table:
    titles = "Report", "Form", "Format", "Layout", "Level", "Year", "Status", "Cells right", "Misses", "Escapes", "Time"
    numbers = "Year", "Cells right", "Misses", "Escapes", "Time"
    ordered = sorted(cases, key=lambda case: (-len(case.escapes), -len(case.misses), case.key))
    columns = tuple(Column(one, number=one in numbers) for one in titles)
    return Table(say("caption", "reports"), columns, [_report_row(case) for case in ordered])


def _report_row(case: CaseResult) -> list[Cell]:
    right = sum(one.outcome == "right" for one in case.cells)
    facts = case.form, case.format, case.layout, case.level, case.year
    misses, escapes = len(case.misses), len(case.escapes)
    return [
        Cell(plain(case.id), plain(case.set)),
        *(Cell(plain(str(one)) if one not in (None, "") else figures.NONE) for one in facts),
        Cell(plain(f"failed: {case.failure}") if case.failure else plain(case.status.replace("_", " "))),
        Cell(figures.of(right, len(case.cells))),
        Cell(figures.count(misses), tone=_bad_where(misses)),
        Cell(figures.count(escapes), tone=_bad_where(escapes)),
        Cell(figures.seconds(case.spending.seconds)),
    ]


def _bad_where(number: int) -> Tone:
    return "bad" if number else "good"
