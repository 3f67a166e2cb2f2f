"""A form made ready for checking: names for messages, the order of rows, kinds of columns, and what labels say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Literal

from extractor.finding import Words
from extractor.forms import Column, Form, FormTable, Row, kin_of
from extractor.verify.labels import LabelJudge, label_of

Kind = Literal["count", "signed", "amount"]


class TableWords:
    """One table of the record: its own rows and columns, and after them those of the form's kin."""

    def __init__(self, table: FormTable, kin: list[FormTable]) -> None:
        self.table = table
        self.name = Words(table.name, table.en)
        self.rows: dict[str, Row] = {}
        self.columns: dict[tuple[str, str], Column] = {}
        for one in (table, *kin):
            for key, row in one.rows.items():
                self.rows.setdefault(key, row)
                for column in one.columns_of[key]:
                    self.columns.setdefault((key, column.key), column)
        self.across = frozenset(row.key for block in table.blocks if block.across for row in block.rows)
        self.order = {key: index for index, key in enumerate(table.rows)}
        self._layouts = {
            row: [list(one.columns_of[row]) for one in (table, *kin) if row in one.rows] for row in self.rows
        }
        self._column_orders: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}
        self._foreign: dict[tuple[str, tuple[str, ...]], frozenset[str]] = {}
        self._column_judges: dict[tuple[str, tuple[str, ...]], LabelJudge] = {}

    @cached_property
    def row_judge(self) -> LabelJudge:
        """Judges the labels of rows."""
        return LabelJudge({key: (row.labels, row.path) for key, row in self.rows.items()})

    def column_judge(self, row: str, columns: tuple[str, ...]) -> LabelJudge:
        """Judges the headers over these columns of a row."""
        judge = self._column_judges.get((row, columns))
        if judge is None:
            known = {key: self.columns[row, key] for key in columns if (row, key) in self.columns}
            judge = LabelJudge({key: (column.labels, column.path) for key, column in known.items()})
            self._column_judges[row, columns] = judge
        return judge

    def foreign(self, row: str, columns: tuple[str, ...]) -> frozenset[str]:
        """The labels, as compared, of columns that only another form has of a row."""
        foreign = self._foreign.get((row, columns))
        if foreign is None:
            labels = {key: {label_of(label).bare for label in column.labels} for key, column in self._of_row(row)}
            own = frozenset[str]().union(*(labels.get(key, ()) for key in columns))
            foreign = self._foreign[row, columns] = frozenset[str]().union(*labels.values()) - own
        return foreign

    def is_foreign(self, row: str, columns: tuple[str, ...], text: str) -> bool:
        """Whether words are the very label of a column that only another form has of a row."""
        return label_of(text).bare in self.foreign(row, columns)

    def misnamed(self, row: str, columns: tuple[str, ...], heads: Sequence[str], only: str | None) -> str:
        """Of a row's headers the one that speaks of another form's columns, or, alone, not of the ``only`` one read."""
        foreign = next((text for text in heads if self.is_foreign(row, columns, text)), "")
        if foreign or only is None:
            return foreign
        judge = self.column_judge(row, columns)
        named = {key: text for text in heads for key in judge.exactly(text)}
        return next(iter(named.values())) if len(named) == 1 and only not in named else ""

    def _of_row(self, row: str) -> Iterator[tuple[str, Column]]:
        return ((key, column) for (one, key), column in self.columns.items() if one == row)

    def column_order(self, row: str, columns: tuple[str, ...]) -> tuple[str, ...]:
        """The columns that the record has of a row, in the order in which a form prints them."""
        order = self._column_orders.get((row, columns))
        if order is None:
            printed = [[column.key for column in layout] for layout in self._layouts.get(row, [])]
            fitting = next((keys for keys in printed if set(columns) <= set(keys)), list(columns))
            order = self._column_orders[row, columns] = tuple(key for key in fitting if key in columns)
        return order

    @cached_property
    def column_labels(self) -> frozenset[str]:
        """Every column label as compared; over or beside a value such words name no row."""
        return frozenset(label_of(label).bare for column in self.columns.values() for label in column.labels)

    def row_name(self, row: str) -> Words:
        """A row's name for a message."""
        return Words(self.rows[row].label if row in self.rows else row, spoken(row))

    def column_name(self, row: str, column: str) -> Words:
        """A column's name for a message."""
        known = self.columns.get((row, column))
        return Words(known.label if known else column, spoken(column))

    def cell_name(self, row: str, column: str) -> Words:
        """A cell's name for a message: row and column."""
        of_row, of_column = self.row_name(row), self.column_name(row, column)
        return Words(f"“{of_row.zh}”行“{of_column.zh}”列", f'"{of_row.en} / {of_column.en}"')

    def kind(self, row: str, column: str) -> Kind:
        """What the numbers of a cell are; an unknown column counts."""
        known = self.columns.get((row, column))
        return known.kind if known else "count"


class Vocabulary:
    """The tables of a form by key; ``amounts`` are the keys of columns that hold amounts of money."""

    def __init__(self, form: Form) -> None:
        self.form = form
        kin = kin_of(form)
        self.tables = {
            table.key: TableWords(table, [k for other in kin if (k := other.table(table.key))]) for table in form.tables
        }
        self.amounts = frozenset(
            key
            for words in self.tables.values()
            for (_, key), column in words.columns.items()
            if column.kind == "amount"
        )


def spoken(key: str) -> str:
    """A key as English words.

    >>> spoken("total_processed")
    'total processed'
    """
    return key.replace("_", " ")


@lru_cache(maxsize=16)
def vocabulary_of(form: Form) -> Vocabulary:
    """The vocabulary of a form, made once."""
    return Vocabulary(form)
