"""The fields of a record that a person can set: by path, what stands there, what may, and putting it there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from extractor.errors import CorrectionError
from extractor.record import (
    Claim,
    Evidence,
    Improvement,
    Level,
    Passage,
    Period,
    Place,
    Record,
    Topic,
)
from extractor.store.state import Entry
from extractor.text import canonical

STATES = ("number", "blank", "not_applicable", "unreadable", "missing")
"""What a person can say of a cell; all but the first have no value."""

WORDS = ("/organisation", "/title", "/body/region")
FIELDS = (*WORDS, "/body/level", "/year", "/period", "/published")
_ITEMS: dict[str, type[Passage]] = {
    "overview": Topic,
    "issues": Passage,
    "improvements": Improvement,
    "other_matters": Passage,
    "claims": Claim,
}
LISTS = tuple(f"/narrative/{name}" for name in _ITEMS)
_LONGEST = 300
_PLACES, _LARGEST = 6, 10**15
_YEARS = range(1949, 2200)


def entry_at(record: Record, path: str) -> Entry:
    """What a record holds at a path; a cell that it does not have is ``missing``."""
    if path.startswith("/tables/"):
        return _cell(record, path)
    if path in LISTS:
        return Entry([_plain(item) for item in getattr(record.narrative, path.split("/")[2])])
    if path not in FIELDS:
        raise _no_field(path)
    holder: Any = record
    for name in path.split("/")[1:]:
        holder = getattr(holder, name)
    return Entry(_dates_written(holder))


def paths_of(record: Record) -> Iterator[str]:
    """Every path of a record that a person can set."""
    for table, rows in record.tables.items():
        for row, columns in rows.items():
            for column in columns:
                yield f"/tables/{table}/{row}/{column}"
    yield from FIELDS
    yield from LISTS


def checked(record: Record, path: str, entry: Entry, text: str) -> Entry:
    """The entry as it will be kept: numbers exact, passages with the report's own words.

    ``text`` is the report's; passages are given by ``start`` and ``end`` alone.

    Raises:
        CorrectionError: it cannot stand there.
    """
    if path.startswith("/tables/"):
        if not _has_cell(record, path):
            raise _no_field(path)
        return _checked_cell(path, entry)
    if path in LISTS:
        return Entry(_checked_items(path, entry.value, text))
    if path in FIELDS:
        return Entry(_checked_value(path, entry.value))
    raise _no_field(path)


def put(record: Record, path: str, entry: Entry) -> None:
    """Set what a person says, in place: values, and evidence that says who read it."""
    if path.startswith("/tables/"):
        table, row, column = path.split("/")[2:]
        record.tables.setdefault(table, {}).setdefault(row, {})[column] = entry.value
        _witness(record, path, entry.state or "number")
    elif path in LISTS:
        _put_items(record, path, entry.value)
    else:
        _put_value(record, path, entry.value)
        _witness(record, path, "missing" if entry.value is None else "number")


def copy_of(record: Record) -> Record:
    """A record whose tables, evidence and lists can be changed without changing this one's."""
    tables = {table: {row: dict(columns) for row, columns in rows.items()} for table, rows in record.tables.items()}
    narrative = replace(record.narrative)
    for name in _ITEMS:
        setattr(narrative, name, list(getattr(narrative, name)))
    return replace(
        record,
        body=replace(record.body),
        tables=tables,
        narrative=narrative,
        evidence=dict(record.evidence),
        findings=list(record.findings),
    )


# ---- cells -------------------------------------------------------------------------------------------------------


def _cell(record: Record, path: str) -> Entry:
    if not _has_cell(record, path):
        return Entry(None, "missing")
    table, row, column = path.split("/")[2:]
    value, known = record.tables[table][row][column], record.evidence.get(path)
    return Entry(value, known.state if known else ("missing" if value is None else "number"))


def _has_cell(record: Record, path: str) -> bool:
    keys = path.split("/")[2:]
    return len(keys) == 3 and keys[2] in record.tables.get(keys[0], {}).get(keys[1], {})


def _checked_cell(path: str, entry: Entry) -> Entry:
    state = entry.state or ("blank" if entry.value is None else "number")
    if state not in STATES:
        raise _bad(path, state, "、".join(STATES), ", ".join(STATES))
    if state != "number":
        if entry.value is not None:
            raise _bad(path, entry.value, f"没有数（{state}）", f"no number where the state is {state}")
        return Entry(None, state)
    return Entry(_number(path, entry.value), state)


def _number(path: str, value: Any) -> int | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _bad(path, value, "一个数", "a number")
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite() or abs(exact) >= _LARGEST or exact != round(exact, _PLACES):
        raise _bad(path, value, f"不超过 {_PLACES} 位小数的数", f"a number of at most {_PLACES} decimals")
    return canonical(exact)


# ---- other values ------------------------------------------------------------------------------------------------


def _checked_value(path: str, value: Any) -> Any:
    if value is None or path == "/period":
        return _checked_period(path, value) if value is not None else None
    if path == "/year":
        if isinstance(value, bool) or not isinstance(value, int) or value not in _YEARS:
            raise _bad(path, value, "年份", "a year")
        return value
    if path == "/published":
        return _date(path, value).isoformat()
    if path == "/body/level":
        if value not in get_args(Level):
            raise _bad(path, value, "、".join(get_args(Level)), ", ".join(get_args(Level)))
        return value
    words = " ".join(value.split()) if isinstance(value, str) else ""
    if not words or len(words) > _LONGEST:
        raise _bad(path, value, f"1 至 {_LONGEST} 个字", f"1 to {_LONGEST} characters")
    return words


def _checked_period(path: str, value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or set(value) != {"start", "end"}:
        raise _bad(path, value, "起止日期", "a first and a last day")
    start, end = _date(path, value["start"]), _date(path, value["end"])
    if start > end:
        raise _bad(path, value, "先起后止", "a first day before the last")
    return {"start": start.isoformat(), "end": end.isoformat()}


def _date(path: str, value: Any) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _bad(path, value, "日期（年-月-日）", "a date (YYYY-MM-DD)") from None


def _dates_written(value: Any) -> Any:
    if isinstance(value, Period):
        return {"start": value.start.isoformat(), "end": value.end.isoformat()}
    return value.isoformat() if isinstance(value, date) else value


def _put_value(record: Record, path: str, value: Any) -> None:
    if path == "/period":
        days = [date.fromisoformat(value[name]) for name in ("start", "end")] if value else None
        record.period = Period(*days) if days else None
    elif path == "/published":
        record.published = date.fromisoformat(value) if value else None
    elif path.startswith("/body/"):
        setattr(record.body, path.rpartition("/")[2], value)
    else:
        setattr(record, path[1:], value)


def _witness(record: Record, path: str, state: Any) -> None:
    known = record.evidence.get(path) or Evidence()
    record.evidence[path] = replace(
        known, state=state, method="reviewer", verdict="accepted", reasons=[], confidence=1.0
    )


# ---- lists of the narrative --------------------------------------------------------------------------------------


def _checked_items(path: str, items: Any, text: str) -> list[dict[str, Any]]:
    if not isinstance(items, list):
        raise _bad(path, items, "段落列表", "a list of passages")
    made = [_checked_item(path, item, text) for item in items]
    names = [item["id"] for item in made]
    if len(set(names)) < len(names):
        raise _bad(path, names, "各不相同的编号", "ids that differ")
    return made


def _checked_item(path: str, item: Any, text: str) -> dict[str, Any]:
    kind = _ITEMS[path.split("/")[2]]
    try:
        start, end = item["start"], item["end"]
        if not 0 <= start < end <= len(text):
            raise _bad(path, (start, end), f"0 至 {len(text)} 之内的一段", f"a stretch within 0 to {len(text)}")
        return _plain(kind(**{**item, "text": text[start:end], "id": str(item["id"])}))
    except (KeyError, TypeError):
        raise _bad(path, item, "id、start 和 end", "id, start and end") from None


def _plain(item: Passage) -> dict[str, Any]:
    return asdict(item)


def _put_items(record: Record, path: str, items: list[dict[str, Any]]) -> None:
    name = path.split("/")[2]
    made = [_ITEMS[name](**item) for item in items]
    setattr(record.narrative, name, made)
    for pointer in [pointer for pointer in record.evidence if pointer.startswith(f"{path}/")]:
        del record.evidence[pointer]
    for item in made:
        place = Place(start=item.start, end=item.end)
        record.evidence[f"{path}/{item.id}"] = Evidence(item.text, "text", place, method="reviewer")


def _no_field(path: str) -> CorrectionError:
    return CorrectionError(f"the record has no field {path[:100]}", f"记录中没有 {path[:100]} 这一项")


def _bad(path: str, value: object, zh: str, en: str) -> CorrectionError:
    said = repr(value)[:80]
    return CorrectionError(f"{path}: {said} cannot stand there: it must be {en}", f"{path}：不能是 {said}，应为{zh}")
