"""Defects of verification: errors that nobody is told of, alarms without a cause, verdicts that say nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from eval.mutants.planting import Function, Make, Mutant, Plant, changed, giving
from extractor.draft import Draft
from extractor.finding import Words, make
from extractor.record import Record
from extractor.verify import Verification
from extractor.verify.arithmetic import Sums
from extractor.verify.verdicts import Judgement

VERIFY = "extractor.pipeline:verify"
RECORD_MADE = "eval.engines:settle"
_DOUBT = Judgement("review", ("doubted",), 0.5)


def _silent(found: Verification) -> Verification:
    return replace(found, findings=[], verdicts={})


def _without_errors(found: Verification) -> Verification:
    return replace(found, findings=[finding for finding in found.findings if finding.severity != "error"])


def _accept_everything(record: Record) -> Record:
    """Every value accepted and every finding gone: a record that nobody has to look at."""
    for evidence in record.evidence.values():
        evidence.verdict = "accepted"
    record.findings, record.status = [], "accepted"
    return record


def _review_everything(record: Record) -> Record:
    for evidence in record.evidence.values():
        evidence.verdict = "review"
    record.status = "needs_review"
    return record


def _doubt_zeros(original: Function) -> Function:
    """Each cell that holds a 0 is for review."""

    def verify(draft: Draft) -> Verification:
        found: Verification = original(draft)
        zeros = {
            f"/tables/{table}/{row}/{column}": _DOUBT
            for table, rows in draft.tables.items()
            for row, columns in rows.items()
            for column, value in columns.items()
            if value == 0
        }
        return replace(found, verdicts=found.verdicts | zeros)

    return verify


def _cry_wolf(original: Function) -> Function:
    """Each report is said to add up wrongly, in a row that nothing is wrong with."""

    def verify(draft: Draft) -> Verification:
        found: Verification = original(draft)
        none = Words("", "")
        path = "/tables/applications/new_received/total"
        wolf = make("row_sum", [path], sum="0", total=0, table=none, line=none, where=none)
        return replace(found, findings=[*found.findings, wolf])

    return verify


def _about_right(original: Function) -> Function:
    """Sums that are less than 100 apart are equal."""

    def difference(equation: Any, numbers: Any) -> Any:
        found = original(equation, numbers)
        return 0 if abs(found) < 100 else found

    return difference


def _without(*codes: str) -> Callable[[Verification], Verification]:
    return lambda found: replace(found, findings=[one for one in found.findings if one.code not in codes])


def _correct_the_source(record: Record) -> Record:
    """A total that does not fit its parts is put right, though it stands so in the report."""
    for table in ("applications", "review_litigation"):
        for columns in record.tables.get(table, {}).values():
            parts = [value for column, value in columns.items() if column != "total" and value is not None]
            if columns.get("total") is not None and parts and columns["total"] != sum(parts):
                columns["total"] = sum(parts)
    return record


def _of(name: str, breaks: str, place: str, make_: Make, *near: str) -> Mutant:
    return Mutant(name, "verify", breaks, (Plant(place, make_),), near)


MUTANTS = (
    _of(
        "silence_findings",
        "verification finds nothing and doubts nothing",
        VERIFY,
        changed(_silent),
        "dongli",
        "yunzhen",
    ),
    _of("silence_errors", "findings that are errors are not told", VERIFY, changed(_without_errors), "dongli"),
    _of(
        "accept_everything",
        "every value is accepted, no finding told",
        RECORD_MADE,
        changed(_accept_everything),
        "dongli",
    ),
    _of("review_everything", "every value is for review", RECORD_MADE, changed(_review_everything), "clear"),
    _of("doubt_every_zero", "a right 0 is for review", VERIFY, _doubt_zeros, "clear", "heyan"),
    _of("cry_wolf", "an error is reported in every report", VERIFY, _cry_wolf, "clear"),
    _of(
        "skip_sums",
        "the identities of the form are not checked",
        "extractor.verify:check_sums",
        giving(Sums()),
        "dongli",
    ),
    _of(
        "sums_about_right",
        "sums that are nearly equal are equal",
        "extractor.verify.parity:Equation.difference",
        _about_right,
        "dongli_subdistrict_2023",
        "qingzhen",
    ),
    _of("skip_row_sums", "rows that do not add up are not told", VERIFY, changed(_without("row_sum")), "qingzhen"),
    _of(
        "skip_column_sums", "columns that do not add up are not told", VERIFY, changed(_without("column_sum")), "dongli"
    ),
    _of(
        "skip_review_sums",
        "reviews that do not add up are not told",
        VERIFY,
        changed(_without("review_sum")),
        "shihong",
    ),
    _of(
        "skip_blank_totals",
        "a blank total over figures is not told",
        VERIFY,
        changed(_without("blank_total")),
        "yunzhen",
    ),
    _of(
        "skip_completeness",
        "missing and blank tables are not told",
        "extractor.verify:completeness_findings",
        giving([]),
        "yunzhen_zone_2023",
        "county_archives_2024",
    ),
    _of(
        "skip_plausibility",
        "text and tables may contradict each other",
        "extractor.verify:plausibility_findings",
        giving([]),
        "bozhou_transport_bureau_2022",
    ),
    _of(
        "skip_tampering",
        "text that addresses a model is not told",
        "extractor.verify:tampering_findings",
        giving([]),
        "qingzhen_health_bureau_2022",
    ),
    _of(
        "correct_the_source",
        "a total that the report itself has wrong is put right",
        RECORD_MADE,
        changed(_correct_the_source),
        "shihong_district_2025",
        "qingzhen",
    ),
)
