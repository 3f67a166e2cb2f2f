"""What a field is called: its key, and beside it the words of the form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from eval.report.plain import plain
from eval.result import FieldScore
from extractor.forms import Form, builtin_forms

_PARTS = " · "
_INSIDE = " › "


@dataclass(frozen=True, slots=True)
class Name:
    """``key`` in English as the record has it; ``label``: the form's own words, "" where it has none."""

    key: str
    label: str = ""


_NAMED = {
    "organisation": "报告机关",
    "year": "年度",
    "form": "表单",
    "title": "标题",
    "period": "统计期",
    "published": "落款日期",
    "narrative/issues": "存在的主要问题",
    "narrative/improvements": "改进情况",
    "narrative/claims": "正文中的数字",
    "answers": "对应的问题",
    "state": "无数字的原因",
    "note": "单元格内的备注",
    "status": "状态",
}
"""What the record has beside the tables: not in a form, so said here."""


def table_name(table: str, form: str | None = None) -> Name:
    """The name of a table.

    >>> table_name("applications").label
    '第三部分表（依申请公开）'
    """
    found = next((one for each in _forms(form) if (one := each.table(table))), None)
    return Name(plain(table), found.name if found else "")


def row_name(table: str, row: str, form: str | None = None) -> Name:
    """The name of a row, under the outer labels that tell it from rows of the same label.

    >>> row_name("applications", "denied_state_secret").label
    '（三）不予公开 › 1.属于国家秘密'
    """
    for each in _forms(form):
        found = each.table(table)
        if found and row in found.rows:
            path = found.rows[row].path or (found.rows[row].label,)
            return Name(plain(row), _INSIDE.join(path[1:] if len(path) > 1 else path))
    return Name(plain(row))


def column_name(table: str, column: str, form: str | None = None) -> Name:
    """The name of a column.

    >>> column_name("applications", "natural_person").label
    '自然人'
    """
    for each in _forms(form):
        found = each.table(table)
        if found and column in found.columns:
            return Name(plain(column), found.columns[column].label)
    return Name(plain(column))


def field_name(field: FieldScore, form: str | None = None) -> Name:
    """The name of a field: of a cell its table, row and column, else what its pointer names."""
    if not (field.table and field.row and field.column):
        return _pointed(field)
    found = cell_name(field.table, field.row, field.column, form)
    if field.kind != "state":
        return found
    about = field.pointer.rpartition("/")[2]
    return Name(f"{found.key}{_PARTS}{plain(about)}", found.label + _PARTS + _NAMED.get(about, ""))


def cell_name(table: str, row: str, column: str, form: str | None = None) -> Name:
    """The name of a cell.

    >>> cell_name("applications", "granted", "total")
    Name(key='applications · granted · total', label='（一）予以公开 · 总计')
    """
    parts = row_name(table, row, form), column_name(table, column, form)
    labels = [part.label for part in parts if part.label]
    return Name(_PARTS.join((plain(table), *(part.key for part in parts))), _PARTS.join(labels))


def group_of(field: FieldScore) -> str:
    """The pointer of the field without what differs from report to report: an item's or a claim's id.

    >>> group_of(FieldScore("/narrative/issues/i2", "item", "match", "omitted"))
    '/narrative/issues'
    """
    if field.kind in ("item", "claim", "forbidden"):
        return field.pointer.rpartition("/")[0]
    return "/narrative/improvements/answers" if field.kind == "link" else field.pointer


def group_name(field: FieldScore, form: str | None = None) -> Name:
    """The name of the field's group.

    >>> group_name(FieldScore("/narrative/issues/i2", "item", "match", "omitted"))
    Name(key='narrative · issues', label='存在的主要问题')
    """
    return Name(_key(group_of(field)), _pointed(field).label) if not field.column else field_name(field, form)


def _pointed(field: FieldScore) -> Name:
    parts = field.pointer.strip("/").split("/")
    named = "answers" if field.kind == "link" else "/".join(parts[:2] if parts[0] == "narrative" else parts[:1])
    return Name(_key(field.pointer), _NAMED.get(named, ""))


def _key(pointer: str) -> str:
    return plain(_PARTS.join(pointer.strip("/").split("/")))


@lru_cache(maxsize=16)
def _forms(form: str | None) -> tuple[Form, ...]:
    """The built-in forms, the one with this id first."""
    return tuple(sorted(builtin_forms(), key=lambda one: one.id != form))
