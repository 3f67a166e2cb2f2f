"""A form is data: parts, tables, rows, columns, wordings and identities of a yearly report, read from TOML.

The built-in forms are ``2019.toml`` and ``2021.toml`` beside this file; ``read_form`` takes a user's own
(docs/forms.md). Nothing else in the project holds a wording of a table.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from extractor.errors import FormError
from extractor.forms.form import Block, Bound, Check, Column, Form, FormTable, Identity, ListScoring, Part, Row, Topic

__all__ = [
    "Block",
    "Bound",
    "Check",
    "Column",
    "Form",
    "FormTable",
    "Identity",
    "ListScoring",
    "Part",
    "Row",
    "Topic",
    "builtin_forms",
    "kin_of",
    "read_form",
]

_BUILTIN = ("2021", "2019")


@lru_cache(maxsize=1)
def builtin_forms() -> tuple[Form, ...]:
    """The statutory forms, newest first."""
    return tuple(_build(_builtin_toml(name), f"{name}.toml") for name in _BUILTIN)


def kin_of(form: Form) -> list[Form]:
    """The built-in forms whose blocks turn up inside reports of ``form``."""
    return [other for other in builtin_forms() if other.id in form.kin and other.id != form.id]


def read_form(path: Path) -> Form:
    """A user's own form.

    Raises:
        FormError: the file cannot be read, is no TOML, or does not describe a form; names the first wrong field.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FormError(f"cannot read the form {path}: {error}", f"无法读取表单文件 {path}：{error}") from None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FormError(f"the form {path} is not TOML: {error}", f"表单文件 {path} 不是 TOML：{error}") from None
    return _build(raw, str(path))


def _builtin_toml(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


def _build(raw: dict[str, Any], origin: str) -> Form:
    try:
        return Form.model_validate(_extended(raw))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise FormError(f"{origin}: {where}: {first['msg']}", f"{origin}：字段 {where}：{first['msg']}") from None


def _extended(raw: dict[str, Any]) -> dict[str, Any]:
    """``raw`` over the form it extends: its tables replace those of the same key, rows in ``without`` go."""
    base_id = raw.pop("extends", None)
    without = raw.pop("without", {})
    if base_id is None:
        return raw
    if base_id not in _BUILTIN:
        raise FormError(
            f"extends {base_id!r}: no such form; there are {_BUILTIN}", f"extends {base_id!r}：没有这个表单"
        )
    base = _builtin_toml(base_id)
    own = {table["key"]: table for table in raw.pop("tables", [])}
    tables = [own.pop(table["key"], table) for table in base["tables"]] + list(own.values())
    for table in tables:
        gone = without.get(table["key"], ())
        for block in table["blocks"]:
            block["rows"] = [row for row in block["rows"] if row["key"] not in gone]
    return base | raw | {"tables": tables}
