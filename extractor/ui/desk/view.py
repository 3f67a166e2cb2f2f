"""A report as the desk shows it: plain data for the page, and nothing in it that the page would take for markup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from extractor.document import Document
from extractor.forms import Block, Column, Form, Row, builtin_forms
from extractor.record import Finding, Passage, Record
from extractor.review.checking import Checked, key_of
from extractor.review.fields import FIELDS
from extractor.review.opening import Opened
from extractor.review.people import PERMITTED, Person
from extractor.show.words import Wording
from extractor.store.events import Event
from extractor.ui.desk.clauses import Clause
from extractor.ui.desk.headers import column_heads, plain, row_heads
from extractor.ui.desk.places import Places

Plain = dict[str, Any]
_ORDER = ("error", "warning", "info")
_LISTS = ("claims", "other_matters", "overview")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the desk needs besides the report: whom it is shown to, and how the last save went."""

    person: Person
    words: Wording
    ack: str | None = None
    problem: Plain | None = None
    read_only: str | None = None


def form_of(record: Record, forms: Sequence[Form] = ()) -> Form | None:
    """The form that a record names."""
    return next((one for one in (*forms, *builtin_forms()) if one.id == record.form), None)


def view(found: Opened, source: Plain, clauses: Sequence[Clause], document: Document | None, shown: Shown) -> Plain:
    """The desk's data."""
    record, words = found.record, shown.words
    form = form_of(record)
    places = Places(found, form, words)
    permitted = not shown.read_only
    return {
        "report": found.row.id,
        "round": found.round,
        "version": found.version,
        "ack": shown.ack,
        "problem": shown.problem,
        "read_only": shown.read_only,
        "question": found.state.question or found.state.reason,
        "name": found.row.name,
        "organisation": record.organisation,
        "year": record.year,
        "standing": found.row.state,
        "standing_label": words("standing", found.row.state),
        "may": {
            "correct": permitted and shown.person.role in PERMITTED["correct"],
            "decide": permitted and shown.person.role in PERMITTED["decide"],
        },
        "words": {**words.group("desk"), "key_list": list(words.group("key").items())},
        "source": source,
        "places": places.all(),
        "fields": [{"path": path, "label": places.name(path)} for path in FIELDS],
        "tables": [_table(key, rows, form, words) for key, rows in record.tables.items()],
        "clauses": _clauses(clauses, document),
        "lists": [_list(key, getattr(record.narrative, key), words) for key in _LISTS],
        "findings": _findings(found, words),
        "conflicts": _conflicts(found, places),
        "history": [_happened(event, places, words) for event in reversed(found.events)],
    }


def _clauses(clauses: Sequence[Clause], document: Document | None) -> list[Plain]:
    if document is None:
        return []
    text = document.text
    return [
        {"text": " ".join(text[one.spot.start : one.spot.end].split()), "role": one.role, "path": one.path}
        for one in clauses
    ]


# ---- tables ------------------------------------------------------------------------------------------------------


def _table(key: str, rows: Plain, form: Form | None, words: Wording) -> Plain:
    described = form.table(key) if form else None
    name = (described.name if words.language == "zh" else described.en) if described else key
    blocks = list(described.blocks) if described else []
    printed = {row.key for block in blocks for row in block.rows}
    besides = {row: cells for row, cells in rows.items() if row not in printed and cells}
    blocks += [_bare(besides)] if besides else []
    known = described.columns if described else {}
    made = [_block(block, rows, known, words) for block in blocks]
    return {"key": key, "name": name, "blocks": [block for block in made if block]}


def _bare(rows: Plain) -> Block:
    """Rows that no form describes, by their keys."""
    columns = dict.fromkeys(column for row in rows.values() for column in row)
    return Block(
        rows=tuple(Row(key=row, label=row) for row in rows),
        columns=tuple(Column(key=column, label=column) for column in columns),
    )


def _block(block: Block, rows: Plain, known: Mapping[str, Column], words: Wording) -> Plain | None:
    """A block as the form prints it, and behind it the columns that this report has besides."""
    kept = [row for row in block.rows if row.key in rows]
    if not kept:
        return None
    printed = {column.key for column in block.columns}
    more = [key for key in dict.fromkeys(key for row in kept for key in rows[row.key]) if key not in printed]
    columns = [*block.columns, *(known.get(key) or Column(key=key, label=key) for key in more)]
    row_paths = [_path(row, words) for row in kept]
    heads = column_heads([_path(column, words) for column in columns])
    depth = max(map(len, row_paths))
    corner = {"text": (block.stub or "") if words.language == "zh" else "", "columns": depth, "rows": len(heads)}
    head = plain(heads)
    head[0].insert(0, corner)
    body = [
        {"key": row.key, "heads": line, "columns": [column.key for column in columns]}
        for row, line in zip(kept, plain(row_heads(row_paths)), strict=True)
    ]
    return {"head": head, "rows": body}


def _path(one: Row | Column, words: Wording) -> tuple[str, ...]:
    """The labels from the outermost in; in English the key alone, as words."""
    return (one.path or (one.label,)) if words.language == "zh" else (words.label(one.label, one.key),)


# ---- findings, lists, history ------------------------------------------------------------------------------------


def _findings(found: Opened, words: Wording) -> list[Plain]:
    """Open ones first, the gravest first."""
    all_found = found.now.findings if found.now else []
    ordered = sorted(all_found, key=lambda one: (one.settlement is not None, _ORDER.index(one.finding.severity)))
    return [_finding(one, words) for one in ordered]


def _finding(one: Checked, words: Wording) -> Plain:
    finding, answer = one.finding, one.settlement
    repair = list(finding.repair.items()) if finding.repair else []
    told = f"{words('desk', answer.outcome)}：{answer.note}（{answer.who}）" if answer else None
    return {
        "key": key_of(finding),
        "severity": finding.severity,
        "title": words("severity", finding.severity),
        "message": _message(finding, words),
        "paths": finding.paths,
        "suspect": repair[0][0] if len(repair) == 1 else None,
        "repair": str(repair[0][1]) if len(repair) == 1 else None,
        "settled": told,
    }


def _message(finding: Finding, words: Wording) -> str:
    return finding.message if words.language == "zh" else finding.message_en


def _conflicts(found: Opened, places: Places) -> list[Plain]:
    return [
        {"path": path, "message": places.name(path), "kept": _brief(one.kept.value), "read": _brief(one.read.value)}
        for path, one in found.state.conflicts.items()
    ]


def _list(key: str, items: Sequence[Passage], words: Wording) -> Plain:
    path = f"/narrative/{key}"
    made = [{"path": f"{path}/{item.id}", "text": item.text, "note": _note(item, words)} for item in items]
    return {"label": words("part", key), "items": made}


def _note(item: Any, words: Wording) -> str:
    metric = getattr(item, "metric", "")
    if not metric:
        return getattr(item, "heading", "")
    wider = f"，{words('claim', 'wider')}" if item.scope == "wider" else ""
    return f"{words('metric', metric)} = {item.value}{item.unit or ''}{wider}"


def _happened(event: Event, places: Places, words: Wording) -> Plain:
    data = {key: _brief(value) for key, value in _told(event)}
    path = (event.path or "").split(" ")[-1]
    data["path"] = places.name(path) if path.startswith("/") else path
    pattern = words("event", event.kind)
    for name in ("path", "old", "new", "note", "why", "question"):
        pattern = pattern.replace(f"{{{name}}}", str(data.get(name, "")))
    when = datetime.fromtimestamp(event.at / 1_000_000, UTC)
    return {"when": when.strftime("%Y-%m-%d %H:%M"), "who": event.who, "what": pattern}


def _told(event: Event) -> Iterator[tuple[str, Any]]:
    for key, value in event.data.items():
        is_entry = isinstance(value, dict) and "value" in value
        yield key, (value["value"] if value["value"] is not None else value.get("state")) if is_entry else value


def _brief(value: Any) -> str:
    if isinstance(value, list):
        return f"[{len(value)}]"
    return "∅" if value is None else str(value)[:200]
