"""Every field of a record as the desk shows it: value, sign, where it stands in the source, what is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from extractor.forms import Column, Form, FormTable, Row
from extractor.record import Evidence, Record
from extractor.review.compared import model_answers
from extractor.review.fields import FIELDS, LISTS, entry_at
from extractor.review.opening import Opened
from extractor.show.words import Wording
from extractor.store.state import Entry

Plain = dict[str, Any]

LEVEL = "/body/level"
_SIGNS = {"not_applicable": "—", "text": "…", "missing": "∅", "unreadable": "?"}


class Places:
    """The places of one report, by path; made once for a page."""

    def __init__(
        self, found: Opened, form: Form | None, words: Wording, others: Mapping[str, Record] | None = None
    ) -> None:
        self._found = found
        self._form = form
        self._words = words
        self._accused = _accused(found)
        self._others = others or {}
        self._codes = {one.finding.code for one in (found.now.findings if found.now else ())}
        self._answers = model_answers(found.machine.findings)

    def all(self) -> dict[str, Plain]:
        """Fields, cells and passages."""
        fields = {path: self._field(path) for path in FIELDS}
        return {**fields, **dict(self._cells()), **dict(self._passages())}

    def name(self, path: str) -> str:
        """What a person calls the field at a path."""
        return field_name(path, self._form, self._words)

    def _field(self, path: str) -> Plain:
        value = written(path, entry_at(self._found.record, path).value, self._words)
        place = self._place(path, value, "", is_cell=False, editable=True)
        return {**place, "choices": list(self._words.group("level").values()) if path == LEVEL else []}

    def _cells(self) -> Iterator[tuple[str, Plain]]:
        for table, rows in self._found.record.tables.items():
            for row, columns in rows.items():
                for column in columns:
                    path = f"/tables/{table}/{row}/{column}"
                    entry = entry_at(self._found.record, path)
                    value = written(path, entry.value, self._words)
                    yield path, self._place(path, value, entry.state or "", is_cell=True, editable=True)

    def _passages(self) -> Iterator[tuple[str, Plain]]:
        for path in LISTS:
            for item in getattr(self._found.record.narrative, path.split("/")[2]):
                place = self._place(f"{path}/{item.id}", item.text, "", is_cell=False, editable=False)
                yield f"{path}/{item.id}", {**place, "start": item.start, "end": item.end}

    def _place(self, path: str, value: str, state: str, *, is_cell: bool, editable: bool) -> Plain:
        evidence = self._found.record.evidence.get(path) or Evidence()
        source, beside = evidence.source, self._beside(path, value, state)
        model = next((one for one in beside if one["by_model"] and not one["stands"]), None)
        return {
            "value": value,
            "label": self.name(path),
            "sign": _SIGNS.get(state, ""),
            "state_label": self._words("state", state) if state else "",
            "mark": self._mark(path, evidence),
            "start": source.start,
            "end": source.end,
            "page": source.page,
            "box": list(source.bbox) if source.bbox else None,
            "is_cell": is_cell,
            "editable": editable,
            "edited": path in self._found.state.corrections,
            "beside": beside if any(not one["stands"] for one in beside) else [],
            "model": model["value"] if model else None,
            "known": self._known(path, value, state, evidence),
        }

    def _mark(self, path: str, evidence: Evidence) -> str:
        row = path.rpartition("/")[0]
        if {path, row, row.rpartition("/")[0]} & self._accused:
            return "error"
        return "ok" if evidence.verdict == "accepted" else "review"

    def _beside(self, path: str, value: str, state: str) -> list[Plain]:
        """What the machine, a model, other engines and a person say of a field; ``stands``: it is the value now."""
        if path.startswith("/narrative/"):
            return []
        words, correction = self._words, self._found.state.corrections.get(path)
        now = value or self._state_words(state)
        told = [(words("known", "machine"), entry_words(path, entry_at(self._found.machine, path), words), False)]
        if path in self._answers:
            told.append((words("known", "model"), self._answers[path] or self._state_words("blank"), True))
        for engine, record in self._others.items():
            said = entry_words(path, entry_at(record, path), words)
            told.append((words("engine", engine), said, engine != "rules"))
        if correction is not None:
            told.append((f"{words('known', 'person')} {correction.who}", now, False))
        return [{"label": who, "value": said, "by_model": by, "stands": said == now} for who, said, by in told]

    def _state_words(self, state: str) -> str:
        return self._words("state", state) if state else self._words("desk", "none")

    def _known(self, path: str, value: str, state: str, evidence: Evidence) -> list[tuple[str, str, str]]:
        """What is known of a field: what it is, in words, and beside them the code that they stand for."""
        words, correction = self._words, self._found.state.corrections.get(path)
        rows = [("value", value or self._state_words(state))] if not path.startswith("/narrative/") else []
        rows += [("why", correction.why)] if correction is not None and correction.why else []
        rows += [("raw", evidence.raw)] if evidence.raw and evidence.raw != value else []
        rows += [("note", evidence.note)] if evidence.note else []
        if correction is None and evidence.method != "rule":
            rows.append(("method", f"{words('method', evidence.method)} {evidence.confidence:.0%}"))
        return [*((words("known", key), str(text), "") for key, text in rows), *self._reasons(evidence)]

    def _reasons(self, evidence: Evidence) -> Iterator[tuple[str, str, str]]:
        """What is held against a value, then what bears it out; each kind is named once."""
        told = [(*self._reason(code), code) for code in dict.fromkeys(evidence.reasons)]
        for kind in ("reasons", "witness"):
            some = [(said, code) for one, said, code in told if one == kind]
            for number, (said, code) in enumerate(some):
                yield self._words("known", kind) if number == 0 else "", said, code

    def _reason(self, code: str) -> tuple[str, str]:
        """Its kind, and its words: a finding's title, what bears a value out, a doubt, or a cell's state."""
        name = code.partition(":")[0]
        groups = ("witness", "doubt", "finding", "state")
        known = (group for group in groups if name in self._words.group(group))
        group = "finding" if name in self._codes else next(known, "doubt")
        return "witness" if group == "witness" else "reasons", self._words(group, name)


def field_name(path: str, form: Form | None, words: Wording) -> str:
    """What a person calls the field at a path of a form's record."""
    keys = path.split("/")[1:]
    if keys[0] == "tables" and len(keys) > 1:
        table = form.table(keys[1]) if form else None
        return " · ".join(_names(table, keys[2:], words) or [table.name if table else keys[1]])
    if keys[0] == "narrative":
        return " ".join([words("part", keys[1]), *keys[2:]])
    return words("header", keys[-1])


def _names(table: FormTable | None, keys: list[str], words: Wording) -> list[str]:
    if table is None or not keys:
        return keys
    found: list[Row | Column | None] = [table.rows.get(keys[0])]
    found += [table.columns.get(key) for key in keys[1:]]
    return [words.label(one.label, one.key) if one else key for one, key in zip(found, keys, strict=True)]


def _accused(found: Opened) -> set[str]:
    errors = found.now.open_errors if found.now else []
    return {path for finding in errors for path in finding.paths}


def entry_words(path: str, entry: Entry, words: Wording) -> str:
    """What stands in a field, in one line; of passages their words."""
    if isinstance(entry.value, list):
        return " / ".join(str(item.get("text", "")) for item in entry.value) or words("desk", "none")
    said = written(path, entry.value, words)
    return said or (words("state", entry.state) if entry.state else words("desk", "none"))


def written(path: str, value: Any, words: Wording) -> str:
    """A value as people write it; "" where there is none."""
    if isinstance(value, dict):
        return " – ".join(str(part) for part in value.values())
    if path == LEVEL and value is not None:
        return words("level", value)
    return "" if value is None else str(value)
