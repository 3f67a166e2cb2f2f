"""What a record got right of the truth, and whether it said so where it did not."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from typing import Any

Record = dict[str, Any]
WHOLE_TABLE = {"missing_table", "blank_table"}


@dataclass(frozen=True)
class Miss:
    """One thing that is wrong: where, what was due, what came, as which raw text, and whether it was flagged."""

    pointer: str
    expected: object
    got: object
    raw: object = None
    flagged: bool = False


@dataclass
class Score:
    """Counts over one document or many: of how many, how many right."""

    documents: int = 0
    failed: int = 0
    flawless: int = 0
    cells: int = 0
    cells_right: int = 0
    nonzero: int = 0
    nonzero_right: int = 0
    unflagged_wrong: int = 0
    flagged_right: int = 0
    states: int = 0
    states_right: int = 0
    organisation_right: int = 0
    year_right: int = 0
    form_right: int = 0
    title_right: int = 0
    period_right: int = 0
    published_right: int = 0
    issues_right: int = 0
    improvements_right: int = 0
    claims: int = 0
    claims_found: int = 0
    forbidden: int = 0
    forbidden_present: int = 0
    findings: int = 0
    findings_present: int = 0
    unexpected_errors: int = 0
    misses: list[Miss] = field(default_factory=list)

    def __add__(self, other: "Score") -> "Score":
        """Both scores together."""
        names = [f.name for f in fields(self)]
        return Score(**{name: getattr(self, name) + getattr(other, name) for name in names})


def score(record: Record, truth: Record) -> Score:
    """How `record` (a record as a dict) compares with `truth` (a gold file as a dict)."""
    result = Score(documents=1)
    _score_cells(record, truth, result)
    _score_fields(record, truth, result)
    _score_narrative(record, truth, result)
    _score_claims(record, truth, result)
    _score_findings(record, truth, result)
    result.flawless = int(not result.misses)
    return result


def score_failure(truth: Record, error: str) -> Score:
    """The score of a document that became no record."""
    result = score({}, truth)
    result.failed = 1
    result.misses = [Miss("", "a record", error)]
    return result


def _table_cells(tables: Record) -> Iterator[tuple[str, object]]:
    for name, table in tables.items():
        for row, columns in table.items():
            for column, value in columns.items():
                yield f"/tables/{name}/{row}/{column}", value


def _number(value: object) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal("NaN")


def _score_cells(record: Record, truth: Record, result: Score) -> None:
    got = dict(_table_cells(record.get("tables") or {}))
    evidence, excused = record.get("evidence") or {}, _excused(truth)
    findings = record.get("findings") or []
    for pointer, due in _table_cells(truth["tables"]):
        right = pointer in got and _number(got[pointer]) == _number(due)
        weighs = bool(_number(due))
        result.cells += 1
        result.cells_right += right
        result.nonzero += weighs
        result.nonzero_right += right and weighs
        seen = evidence.get(pointer) or {}
        codes = _codes_naming(pointer, findings)
        if right:
            _score_right_cell(pointer, seen, codes, excused, truth, result)
            continue
        flagged = bool(codes)
        result.unflagged_wrong += not flagged
        result.misses.append(Miss(pointer, due, got.get(pointer, "absent"), seen.get("raw"), flagged))


def _score_right_cell(
    pointer: str, seen: Record, codes: set[str], excused: set[str], truth: Record, result: Score
) -> None:
    due = truth.get("states", {}).get(pointer, "number")
    result.states += 1
    result.states_right += seen.get("state") == due
    if seen.get("state") != due:
        result.misses.append(Miss(f"/evidence{pointer}/state", due, seen.get("state"), seen.get("raw"), bool(codes)))
    doubted = seen.get("verdict", "accepted") != "accepted" and not codes & excused
    if (codes - excused or doubted) and due in ("number", "blank", "not_applicable"):
        result.flagged_right += 1
        got = sorted(codes) or "review"
        result.misses.append(Miss(f"/evidence{pointer}/verdict", "accepted", got, seen.get("raw"), True))


def _excused(truth: Record) -> set[str]:
    return {*truth["expected_findings"], *truth.get("allowed_findings", ())}


def _codes_naming(pointer: str, findings: Iterable[Record]) -> set[str]:
    """Codes of the errors and warnings that name the cell, its row, or (a whole table gone) its table."""
    row, table = pointer.rsplit("/", 1)[0], pointer.rsplit("/", 2)[0]
    named = set()
    for finding in findings:
        if finding.get("severity") not in ("error", "warning"):
            continue
        paths = set(finding.get("paths") or ())
        if paths & {pointer, row} or (finding.get("code") in WHOLE_TABLE and table in paths):
            named.add(str(finding.get("code")))
    return named


def _score_fields(record: Record, truth: Record, result: Score) -> None:
    unscored = truth.get("unscored", ())
    due_name: list[str | None] = truth["organisation"]["accepted"] or [None]
    checks = {
        "organisation": (record.get("organisation") in due_name, due_name),
        "year": (record.get("year") == truth["year"], truth["year"]),
        "form": (record.get("form") == truth["form"], truth["form"]),
        "title": (_folded(record.get("title")) in _titles(truth), truth["title"]),
        "period": (record.get("period") == truth["period"], truth["period"]),
        "published": (record.get("published") == truth["published"], truth["published"]),
    }
    for name, (same, due) in checks.items():
        right = bool(record) and (same or name in unscored)
        setattr(result, f"{name}_right", int(right))
        if not right:
            result.misses.append(Miss(f"/{name}", due, record.get(name)))


def _titles(truth: Record) -> set[str]:
    return {_folded(title) for title in (truth["title"], *truth.get("title_accepted", ()))}


def _folded(text: object) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(text or "")))


def _score_narrative(record: Record, truth: Record, result: Score) -> None:
    narrative = record.get("narrative") or {}
    for name in ("issues", "improvements"):
        due = [re.sub(r"\s+", "", text) for text in truth["narrative"][name]]
        got = [re.sub(r"\s+", "", str(item.get("text"))) for item in narrative.get(name) or []]
        right = bool(record) and due == got
        setattr(result, f"{name}_right", int(right))
        if not right:
            result.misses.append(Miss(f"/narrative/{name}", due, got))


def _score_claims(record: Record, truth: Record, result: Score) -> None:
    made = (record.get("narrative") or {}).get("claims") or []
    for due in truth["claims"]:
        found = any(_says(claim, due["metrics"], due) and claim.get("scope") == due["scope"] for claim in made)
        result.claims += 1
        result.claims_found += found
        if not found:
            near = [(c.get("metric"), c.get("value"), c.get("scope")) for c in made if _overlap(c, due)]
            result.misses.append(Miss("/narrative/claims", (due["metrics"], due["value"], due["quote"]), near))
    for due in truth["forbidden_claims"]:
        present = any(_says(claim, [due["metric"]], due) for claim in made)
        result.forbidden += 1
        result.forbidden_present += present
        if present:
            result.misses.append(Miss("/narrative/claims", "no such claim", due))


def _says(claim: Record, metrics: Iterable[str], due: Record) -> bool:
    same = claim.get("metric") in set(metrics) and _number(claim.get("value")) == _number(due["value"])
    return same and _overlap(claim, due)


def _overlap(claim: Record, due: Record) -> bool:
    said, quote = _folded(claim.get("text")), _folded(due["quote"])
    return bool(said) and (quote in said or said in quote)


def _score_findings(record: Record, truth: Record, result: Score) -> None:
    findings = record.get("findings") or []
    codes = {finding.get("code") for finding in findings}
    for code in truth["expected_findings"]:
        result.findings += 1
        result.findings_present += code in codes
        if code not in codes:
            result.misses.append(Miss("/findings", code, None))
    for finding in findings:
        if finding.get("severity") == "error" and finding.get("code") not in _excused(truth):
            result.unexpected_errors += 1
            result.misses.append(Miss("/findings", None, finding.get("code"), finding.get("message")))
