"""A report as the desk shows it: plain data for the page, and nothing in it that the page would take for markup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from extractor.document import Document
from extractor.forms import Column, Form, Row
from extractor.forms.printed import Head, PrintedBlock, as_printed, printed_blocks
from extractor.record import Finding, Passage, Record
from extractor.review.checking import Checked, key_of
from extractor.review.fields import FIELDS
from extractor.review.opening import Opened
from extractor.review.people import PERMITTED, Person
from extractor.review.sums import Sum, sums_of
from extractor.show.words import Wording
from extractor.store.events import Event
from extractor.ui.desk.clauses import Clause
from extractor.ui.desk.places import LEVEL, Places, written
from extractor.ui.desk.topics import form_of, topics_by_path

Plain = dict[str, Any]
_ORDER = ("error", "warning", "info")
_LISTS = ("claims", "overview")
"""What is listed whole; a list of them that is cut by clauses is not told twice."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the desk needs besides the report: whom it is shown to, how the last save went, what other engines read."""

    person: Person
    words: Wording
    ack: str | None = None
    problem: Plain | None = None
    read_only: str | None = None
    others: Mapping[str, Record] = field(default_factory=dict)


def view(found: Opened, source: Plain, clauses: Sequence[Clause], document: Document | None, shown: Shown) -> Plain:
    """The desk's data."""
    record, words = found.record, shown.words
    form = form_of(record)
    places, sums = Places(found, form, words, shown.others), sums_of(record, form)
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
        "language": words.language,
        "words": {**words.group("desk"), "key_list": list(words.group("key").items())},
        "source": source,
        "places": places.all(),
        "fields": [{"path": path, "label": places.name(path)} for path in FIELDS],
        "tables": [_table(key, rows, form, words, sums) for key, rows in record.tables.items()],
        "parts": _parts(clauses, document, record, words),
        "lists": [
            _list(key, getattr(record.narrative, key), words)
            for key in _LISTS
            if key not in {one.part for one in clauses}
        ],
        "findings": _findings(found, words),
        "conflicts": _conflicts(found, places),
        "history": [_happened(event, places, words) for event in reversed(found.events)],
    }


def _parts(clauses: Sequence[Clause], document: Document | None, record: Record, words: Wording) -> list[Plain]:
    """The parts that are cut by clauses; each clause by its place among all."""
    found: dict[str, list[Plain]] = {}
    topics = dict(topics_by_path(record))
    for at, one in enumerate(clauses if document else ()):
        text = " ".join(document.text[one.spot.start : one.spot.end].split()) if document else ""
        topic = words("topic", topics[one.path]) if one.role == "topic" and one.path in topics else None
        told = {"at": at, "text": text, "role": one.role, "roles": list(one.roles), "path": one.path, "note": topic}
        found.setdefault(one.part, []).append(told)
    return [{"label": words("cut", part), "clauses": some} for part, some in found.items()]


# ---- tables ------------------------------------------------------------------------------------------------------


def _table(key: str, rows: Plain, form: Form | None, words: Wording, sums: Sequence[Sum]) -> Plain:
    described = form.table(key) if form else None
    name = (described.name if words.language == "zh" else described.en) if described else key
    blocks = printed_blocks(form, key, rows, as_printed if words.language == "zh" else _in_english)
    return {"key": key, "name": name, "blocks": [_block(key, block, words, sums) for block in blocks]}


def _in_english(one: Row | Column) -> tuple[str, ...]:
    """The key alone, as words."""
    return (one.key.replace("_", " "),)


def _block(key: str, block: PrintedBlock, words: Wording, sums: Sequence[Sum]) -> Plain:
    lines = [
        {"heads": _heads([line.heads])[0], "paths": [f"/tables/{key}/{row}/{column}" for row, column in line.cells]}
        for line in block.lines
    ]
    head = _heads(block.head)
    if words.language != "zh" and block.stubs:
        head[0][0]["text"] = ""
    heading = block.heading if words.language == "zh" else ""
    return {"heading": heading, "stubs": block.stubs, "head": head, "rows": lines, **_checks(key, block, words, sums)}


def _heads(lines: Sequence[Sequence[Head]]) -> list[list[Plain]]:
    return [[asdict(head) for head in line] for line in lines]


def _checks(key: str, block: PrintedBlock, words: Wording, sums: Sequence[Sum]) -> Plain:
    """Beside each line and under the columns: what the sums that were checked come to."""
    mine = [one for one in sums if one.table == key]
    rows = {one.line: one for one in mine if one.along == "row"}
    if block.across:
        groups = dict.fromkeys(row for row, _ in block.lines[0].cells)
        width = len(block.lines[0].cells) // len(groups)
        cells = [_sum(rows.get(row), words, width) for row in groups]
        return {"beside": None, "under": [{"label": "", "cells": cells}] if any(row in rows for row in groups) else []}
    beside = [_sum(rows.get(line.cells[0][0]), words) for line in block.lines]
    columns = [column for _, column in block.lines[0].cells]
    return {"beside": beside if any(beside) else None, "under": list(_under(columns, mine, words))}


def _under(columns: Sequence[str], sums: Sequence[Sum], words: Wording) -> Iterator[Plain]:
    """A line of checks for each identity along the columns."""
    for code in dict.fromkeys(one.code for one in sums if one.along == "column"):
        found = {one.line: one for one in sums if one.along == "column" and one.code == code}
        if any(column in found for column in columns):
            cells = [_sum(found.get(column), words) for column in columns]
            yield {"label": words("sum", code), "cells": cells}


def _sum(one: Sum | None, words: Wording, columns: int = 1) -> Plain | None:
    if one is None:
        return {"columns": columns, "holds": None, "text": "", "told": ""} if columns > 1 else None
    told = f"{words('sum', one.code)}：{one.left} {'=' if one.holds else '≠'} {one.right}"
    text = "✓" if one.holds else f"{one.left} ≠ {one.right}"
    return {"columns": columns, "holds": one.holds, "text": text, "told": told, "path": one.paths[-1]}


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
        "other": one.other,
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
    data = {key: _brief(value) for key, value in _values(event)}
    path = (event.path or "").split(" ")[-1]
    data |= {name: written(path, data[name], words) for name in ("old", "new") if path == LEVEL and name in data}
    data["path"] = places.name(path) if path.startswith("/") else path
    pattern = words("event", event.kind)
    for name in ("path", "old", "new", "note", "why", "question"):
        pattern = pattern.replace(f"{{{name}}}", str(data.get(name, "")))
    when = datetime.fromtimestamp(event.at / 1_000_000, UTC)
    return {"when": when.strftime("%Y-%m-%d %H:%M"), "who": event.who, "what": pattern}


def _values(event: Event) -> Iterator[tuple[str, Any]]:
    for key, value in event.data.items():
        is_entry = isinstance(value, dict) and "value" in value
        yield key, (value["value"] if value["value"] is not None else value.get("state")) if is_entry else value


def _brief(value: Any) -> str:
    if isinstance(value, list):
        return f"[{len(value)}]"
    return "∅" if value is None else str(value)[:200]
