"""The types a form file is made of. Lengths of lists, keys and references between them are checked on reading."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Key = str


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        """Forms are made once and looked up often: comparing or hashing their whole content would be slow."""
        cls.__hash__ = object.__hash__  # type: ignore[method-assign]
        cls.__eq__ = object.__eq__  # type: ignore[method-assign]


class Part(_Data):
    """One of the report's parts: its title as the form prints it, and further titles met in reports.

    ``cues`` are headings inside the part: they give it away where its own heading is lost.
    """

    key: Key
    number: int
    title: str
    aliases: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()


class Topic(_Data):
    """Something the overview speaks of, told by cue words in a paragraph's heading."""

    key: Key
    cues: tuple[str, ...]


class Column(_Data):
    """A column: ``path`` is the header from the top down to ``label``; ``kind`` says what its numbers are."""

    key: Key
    label: str
    path: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    kind: Literal["count", "signed", "amount"] = "count"

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The label and its aliases."""
        return (self.label, *self.aliases)


class Row(_Data):
    """A row: ``path`` leads from the outermost label to ``label``.

    ``stands_for`` names rows that this one replaces where a report prints it instead of them.
    """

    key: Key
    label: str
    path: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    stands_for: tuple[Key, ...] = ()

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The label and its aliases."""
        return (self.label, *self.aliases)


class Block(_Data):
    """A rectangle of a table that shares its column headers.

    ``across``: the rows stand side by side in the header over one line of values. ``stub`` is the header of the
    label column; ``column_groups`` and ``row_groups`` are labels over several columns or rows that name none.
    """

    rows: tuple[Row, ...] = Field(min_length=1)
    columns: tuple[Column, ...] = Field(min_length=1)
    heading: tuple[str, ...] = ()
    stub: str | None = None
    across: bool = False
    column_groups: tuple[str, ...] = ()
    row_groups: tuple[str, ...] = ()


class FormTable(_Data):
    """A table of the form; its part is the one with the same key, where there is one."""

    key: Key
    name: str
    en: str
    blocks: tuple[Block, ...] = Field(min_length=1)

    @cached_property
    def rows(self) -> dict[Key, Row]:
        """Every row by its key, in the form's order."""
        return {row.key: row for block in self.blocks for row in block.rows}

    @cached_property
    def columns(self) -> dict[Key, Column]:
        """Every column by its key."""
        return {column.key: column for block in self.blocks for column in block.columns}

    @cached_property
    def columns_of(self) -> dict[Key, tuple[Column, ...]]:
        """The columns of each row."""
        return {row.key: block.columns for block in self.blocks for row in block.rows}

    @cached_property
    def replaced_by(self) -> dict[Key, Key]:
        """Rows that another row may stand for: item → the row that stands for it."""
        return {item: row.key for row in self.rows.values() for item in row.stands_for}


class Identity(_Data):
    """``left`` adds up to ``right``: row keys over every column (along="column"), or column keys over every row."""

    code: str = "identity"
    table: Key
    along: Literal["row", "column"]
    left: tuple[Key, ...]
    right: tuple[Key, ...]
    name: str | None = None


class Bound(_Data):
    """A soft bound: these cells only at these levels of body, or the first of ``at_least`` not below the second."""

    table: Key
    rows: tuple[Key, ...]
    columns: tuple[Key, ...] = ()
    levels: tuple[str, ...] = ()
    at_least: tuple[Key, ...] = ()


class Check(_Data):
    """A figure of the text with this metric equals one of these sums of cells (JSON Pointers)."""

    metric: str
    sums: tuple[tuple[str, ...], ...]


class Titles(_Data):
    """Words one of which names the report in its title."""

    names: tuple[str, ...] = Field(min_length=1)


class ListScoring(_Data):
    """How two lists are compared: ``metric``, and how much alike (0 to 1) two items must be to be one."""

    metric: str
    alike: float = Field(default=0.5, ge=0, le=1)


class Scoring(_Data):
    """The metric that eval compares each field of a record with the gold by: a name of ``eval.metrics`` each.

    ``values``: by field. ``cells``: by the kind of column. ``lists``: by list.
    """

    values: dict[str, str] = Field(
        default={
            "form": "same",
            "title": "letters",
            "organisation": "accepted",
            "year": "same",
            "period": "same",
            "published": "same",
        }
    )
    cells: dict[str, str] = Field(default={"count": "number", "signed": "number", "amount": "number"})
    lists: dict[str, ListScoring] = Field(
        default={
            "issues": ListScoring(metric="passages"),
            "improvements": ListScoring(metric="passages"),
            "claims": ListScoring(metric="claims"),
            "links": ListScoring(metric="pairs"),
        }
    )


class Form(_Data):
    """A statutory form, or a user's own."""

    id: str
    report: str
    titles: Titles
    issued_as: str | None = None
    kin: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    topics: tuple[Topic, ...] = ()
    tables: tuple[FormTable, ...] = Field(min_length=1)
    identities: tuple[Identity, ...] = ()
    bounds: tuple[Bound, ...] = ()
    checks: tuple[Check, ...] = ()
    scoring: Scoring = Scoring()

    def __reduce__(self) -> tuple[Callable[[bytes], Form], tuple[bytes]]:
        """A form comes back as the object that it was before: thousands of questions speak of it, in many pickles."""
        return _form_of, (_state_of(self),)

    def table(self, key: Key) -> FormTable | None:
        """The table with this key, or None."""
        return next((table for table in self.tables if table.key == key), None)

    @model_validator(mode="after")
    def _references(self) -> Self:
        for identity in self.identities:
            table = self.table(identity.table)
            if table is None:
                raise ValueError(f"identity {identity.code}: no table {identity.table!r}")
            known = set(table.rows if identity.along == "column" else table.columns) | set(table.replaced_by)
            known |= {key for row in table.rows.values() for key in row.stands_for}
            for key in (*identity.left, *identity.right):
                if key not in known:
                    raise ValueError(f"identity {identity.code}: table {identity.table!r} has no {key!r}")
        return self


@lru_cache(maxsize=64)
def _state_of(form: Form) -> bytes:
    return pickle.dumps(form.__getstate__())


@lru_cache(maxsize=64)
def _form_of(state: bytes) -> Form:
    form = Form.__new__(Form)
    form.__setstate__(pickle.loads(state))  # noqa: S301 (only what this process would unpickle anyway)
    return form
