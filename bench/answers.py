"""What answers cost: bytes of answers that point, against one answer that holds the whole record as values.

The answers are those that the rules' own reading gives: where each value, item and claim of the real reports stands. A
summary of three sentences with placeholders is counted in. The usual way, one call for everything, answers with the
values themselves, rows and columns by name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.draft import Answer, Draft, Question
from extractor.forms import builtin_forms
from extractor.llm.prompts import load_prompt
from extractor.llm.questions import Asked, Engine, asked_about
from extractor.load import load_document
from extractor.pipeline import read_report, settle
from extractor.record import Record
from extractor.tables.pointed import show_rows

_HAN = re.compile("[\u4e00-\u9fff]")
_SUMMARY = (
    "{organisation}{year}年按规定公开政府信息，收到政府信息公开申请{applications.new_received.total}件。",
    "存在的主要问题是公开内容不够丰富，解读形式较为单一，工作人员业务能力有待提高。",
    "下一步将完善制度，加强培训，提高公开质量。",
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Bytes of JSON that answers on one report take: as values, and by each engine."""

    name: str
    values: int
    model: int
    hybrid: int


def costs(reports: Sequence[Path]) -> list[Cost]:
    """What the answers on each report take."""
    return [_cost(path) for path in reports]


def _cost(path: Path) -> Cost:
    draft = read_report(load_document(path), builtin_forms())
    answers: dict[Engine, int] = {engine: _pointing(draft, engine) for engine in ("model", "hybrid")}
    record = settle(read_report(load_document(path), builtin_forms()), {})
    return Cost(path.name, _size(as_values(record)), answers["model"], answers["hybrid"])


def _pointing(draft: Draft, engine: Engine) -> int:
    return sum(_size(answer.content) for answer in answers_by_rule(draft, engine).values())


def _size(content: Mapping[str, Any]) -> int:
    return len(json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str).encode())


def as_values(record: Record) -> dict[str, Any]:
    """The answer of the usual way: every value of the record by name, and its narrative word by word."""
    plain = record.to_dict()
    narrative = {name: _worded(part) for name, part in plain["narrative"].items() if name != "summary"}
    keys = ("form", "title", "organisation", "body", "year", "period", "published", "tables")
    summary = "".join(_SUMMARY).replace("{organisation}", record.organisation or "").replace("{year}", str(record.year))
    return {**{key: plain[key] for key in keys}, "narrative": {**narrative, "summary": summary}}


def _worded(passages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in one.items() if key not in ("start", "end", "id")} for one in passages]


# ---- answers that point where the rules have read ----------------------------------------------------------------
def answers_by_rule(draft: Draft, engine: Engine) -> dict[str, Answer]:
    """The answers that say what the rules say."""
    found = {}
    for asked in asked_about(draft, show_rows(draft.document), engine):
        found[asked.question.id] = Answer(asked.question.id, _answer(draft, asked))
    return found


def _answer(draft: Draft, asked: Asked) -> dict[str, Any]:
    kind = asked.question.kind
    if kind == "table_grid":
        return _grid(draft, asked)
    if kind == "table_cells":
        return _cells(draft, asked)
    if kind == "clauses":
        return _clauses(draft, asked)
    if kind == "claims":
        return _claims(draft, asked)
    if kind == "topics":
        return {"topics": [topic.topic for topic in draft.narrative.overview]}
    fixed: dict[str, dict[str, Any]] = {
        "identity": {"first": 1, "last": 1},
        "year": {"anchor": 1},
        "links": {"answers": [[1] for _ in draft.narrative.improvements]},
        "summary": {"sentences": list(_SUMMARY)},
    }
    return fixed[kind]


def _start(draft: Draft, pointer: str) -> int | None:
    evidence = draft.evidence.get(pointer)
    return evidence.source.start if evidence else None


def _grid(draft: Draft, asked: Asked) -> dict[str, Any]:
    table = _table(asked.question)
    block, source = table.blocks[0], asked.table
    rows_of = {s.start: at for at, row in enumerate(source.rows if source else (), 1) for s in row.spots}
    first = [f"/tables/{table.key}/{row.key}/{block.columns[0].key}" for row in block.rows]
    rows = [rows_of.get(_start(draft, pointer) or -1) for pointer in first]
    return {"rows": rows, "columns": list(range(1, len(block.columns) + 1))}


def _table(question: Question) -> Any:
    assert question.form is not None  # noqa: S101 - a question on a table has a form
    return question.form.table(question.content["table"])


def _cells(draft: Draft, asked: Asked) -> dict[str, Any]:
    table = _table(asked.question)
    at = {spot.start: number for number, spot in enumerate(asked.anchors.spots, 1)}
    return {
        f"b{number}": [
            [at.get(_start(draft, f"/tables/{table.key}/{row.key}/{c.key}") or -1) for c in block.columns]
            for row in block.rows
        ]
        for number, block in enumerate(table.blocks, 1)
    }


def _clauses(draft: Draft, asked: Asked) -> dict[str, Any]:
    items = [(one.start, one.end, f"I{at}") for at, one in enumerate(draft.narrative.issues, 1)]
    items += [(one.start, one.end, f"M{at}") for at, one in enumerate(draft.narrative.improvements, 1)]
    roles: list[tuple[int, int, str]] = []
    for number, spot in enumerate(asked.anchors.spots, 1):
        role = next((name for start, end, name in items if start < spot.end and spot.start < end), "L")
        if roles and roles[-1][2] == role:
            roles[-1] = (roles[-1][0], number, role)
        else:
            roles.append((number, number, role))
    written = [f"{a}-{b}:{role}" if b > a else f"{a}:{role}" for a, b, role in roles]
    return {"roles": written, "answers": [[1] for _ in draft.narrative.improvements]}


def _claims(draft: Draft, asked: Asked) -> dict[str, Any]:
    at = {spot.start: number for number, spot in enumerate(asked.anchors.spots, 1)}
    claims = []
    for claim in draft.narrative.claims:
        number = at.get(_start(draft, f"/narrative/claims/{claim.id}") or -1)
        if number is not None:
            claims.append({"anchor": number, "metric": claim.metric, "year": None, "scope": claim.scope})
    return {"claims": claims}


def prefixes(reports: Sequence[Path]) -> dict[tuple[str, str], set[str]]:
    """(form, question) → the prefixes that its prompt has over the reports; there must be one each."""
    found: dict[tuple[str, str], set[str]] = {}
    for path in reports:
        draft = read_report(load_document(path), builtin_forms())
        for asked in asked_about(draft, show_rows(draft.document), "model"):
            question = asked.question
            prefix, _ = load_prompt(question.kind).render(question.content)
            form = question.form.id if question.form else ""
            key = (form, f"{question.kind} {question.content.get('table', '')}")
            found.setdefault(key, set()).add(prefix)
    return found


def fewest_tokens(reports: Sequence[Path]) -> int:
    """Tokens of the shortest prefix, counted low: tokenisers take at least half a token a Chinese letter."""
    shortest = [prefix for found in prefixes(reports).values() for prefix in found]
    return min(int(0.5 * han + 0.2 * (len(prefix) - han)) for prefix in shortest for han in [len(_HAN.findall(prefix))])


def lines(reports: Sequence[Path]) -> list[str]:
    """The table for ``make bench``."""
    found = costs(reports)
    values = sum(one.values for one in found)
    shown = [
        f"{one.name[:20]:20} values {one.values:6} B  model {one.model:5} B  hybrid {one.hybrid:5} B" for one in found
    ]
    model, hybrid = sum(one.model for one in found), sum(one.hybrid for one in found)
    several = sum(len(one) > 1 for one in prefixes(reports).values())
    return [
        *shown,
        f"answers as a share of values: model {model / values:.3f} (≤ 0.333), hybrid {hybrid / values:.3f} (≤ 0.125)",
        f"prefixes that differ between reports of a form: {several} (0); tokens of the shortest, counted low: "
        f"{fewest_tokens(reports)} (≥ 1024)",
    ]
