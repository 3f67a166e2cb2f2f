"""Words of a source table → rows and columns of the form.

Labels are compared whole, after ``squash``; a part of a label never matches, for 其他 stands in 其他处理 and 总计
everywhere. Where spelling fails, the nearest label is taken only if it is near and no other is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz, process

from extractor.forms import Block, Column, Form, Row
from extractor.tables.source import Phrase, phrase
from extractor.text import squash

_ORDINAL = re.compile(r"^[（(]?(?:[一二三四五六七八九十]+|\d+)[）)、.．]\s*")
_LEADING_NUMBER = re.compile(r"^(?:[一二三四五六七八九十]{1,2}|\d{1,2})(?=\D)")
_YEAR_IN_LABEL = re.compile(r"(?<=本)年?度?20\d\d年?度?|20\d\d年度?(?=制发|废止|新|处理|收费)")
_BRACKETS = re.compile(r"[(（\[【][^()（）\[\]【】]{0,30}[)）\]】]")
_UNIT_WORDS = frozenset({"单位", "单位万元", "单位元", "单位亿元", "万元", "亿元", "单位件", "单位个"})
_NEAR = 78
_CLEARLY_NEARER = 8
_SHORTEST_FUZZY = 4
_MOST_PIECES = 12
_GROUPED = 3  # table, group, label


@dataclass(frozen=True)
class RowName:
    """A row of a form: where it stands in its table, and the block whose columns it has."""

    form: str
    table: str
    row: Row
    block: Block
    index: int

    def __hash__(self) -> int:
        return hash((self.form, self.table, self.row.key))


class Wording:
    """The words of a form and its kin, made ready for looking up. The form's own rows come before its kin's."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self.forms = tuple(forms)
        self.rows: dict[str, list[RowName]] = {}
        self.groups: set[str] = set()
        self.row_groups: set[str] = set()
        self.columns: set[str] = set()
        self.across: list[tuple[str, str, Block]] = []
        self._heads: dict[str, list[tuple[Block, dict[str, Any]]]] = {}
        for form in forms:
            self._add(form)
        self.spelled = [label for label in self.rows if len(label) >= _SHORTEST_FUZZY]

    def _add(self, form: Form) -> None:
        for table in form.tables:
            order = list(table.rows)
            for block in table.blocks:
                self.groups.update(squash(word) for word in (*block.heading, *block.column_groups, *block.row_groups))
                self.groups.update([squash(block.stub)] if block.stub else [])
                for word in block.row_groups:
                    self.row_groups |= {squash(word), squash(_ORDINAL.sub("", word))}
                self.groups |= self.row_groups
                self.columns |= set(column_labels(block))
                met = self._rows_under(table.key, block)
                if block.across and not met:
                    self.across.append((form.id, table.key, block))
                for row in block.rows:
                    name = RowName(form.id, table.key, row, block, order.index(row.key))
                    for label in _row_labels(row):
                        names = self.rows.setdefault(label, [])
                        if row.key not in met or not any(other.row.key == row.key for other in names):
                            names.append(name)

    def _rows_under(self, table: str, block: Block) -> set[str]:
        """The rows met so far under just the columns and headings of ``block``: a form and its kin share some."""
        head = block.model_dump(exclude={"rows"})
        known = self._heads.setdefault(table, [])
        met = {row.key for other, its_head in known if its_head == head for row in other.rows}
        known.append((block, head))
        return met

    def blocks(self, table: str) -> list[Block]:
        """The blocks of a table, of the form and its kin."""
        return [block for block, _ in self._heads.get(table, ())]

    def knows(self, words: str) -> bool:
        """Whether these words are a label of any kind."""
        return bool(self.exactly(words)) or words in self.groups or words in self.columns

    def exactly(self, words: str) -> list[RowName]:
        """The rows with this label, with or without its ordinal; the form's own first."""
        found = self.rows.get(words)
        if found is None:
            found = self.rows.get(_LEADING_NUMBER.sub("", words))
        return found or []

    def whole(self, words: str) -> list[RowName]:
        """The rows whose label is all of ``words`` once labels over several rows are taken from its front."""
        while words:
            found = self.exactly(words)
            if found:
                return found
            group = max((g for g in self.row_groups if words.startswith(g)), key=len, default="")
            if not group:
                return []
            words = words[len(group) :]
        return []

    def under(self, names: list[RowName], words: str) -> list[RowName]:
        """Those of ``names`` that do not stand under another group than the one named in ``words``."""
        if all(len(name.row.path) < _GROUPED for name in names):
            return names
        named = {g for g in self.row_groups if g in words}
        return [name for name in names if not named or not name.row.path[1:-1] or _groups(name.row) & named]

    def ending(self, pieces: Sequence[str]) -> tuple[list[RowName], int]:
        """The rows whose label is spelled by the last pieces, as many as can be, and how many pieces those are."""
        for count in range(min(len(pieces), _MOST_PIECES), 0, -1):
            found = self.rows.get("".join(pieces[-count:]))
            if found:
                return found, count
        last = self.exactly(pieces[-1]) if pieces else []
        return last, 1 if last else 0

    def nearest(self, words: str) -> list[RowName]:
        """The rows whose label is spelled almost like ``words``, if no other label is nearly as near."""
        return self._nearest(words)[0]

    def nearness(self, words: str) -> float:
        """How near ``words`` come to a label (0–100); 0 where they come near none, or near two."""
        return self._nearest(words)[1]

    def _nearest(self, words: str) -> tuple[list[RowName], float]:
        if len(words) < _SHORTEST_FUZZY or self.knows(words):
            return [], 0.0
        best = process.extract(words, self.spelled, scorer=fuzz.ratio, score_cutoff=_NEAR, limit=8)
        if not best or number_of(words) not in ("", number_of(best[0][0])):
            return [], 0.0
        names, score = self.rows[best[0][0]], float(best[0][1])
        keys = {name.row.key for name in names}
        rival = next((s for label, s, _ in best[1:] if not keys & {name.row.key for name in self.rows[label]}), 0.0)
        return (names, score) if score - rival >= _CLEARLY_NEARER else ([], 0.0)


def number_of(words: str) -> str:
    """The ordinal that squashed words begin with, or ""."""
    match = _LEADING_NUMBER.match(words)
    return match[0] if match else ""


@lru_cache(maxsize=512)
def _groups(row: Row) -> frozenset[str]:
    return frozenset(squash(_ORDINAL.sub("", part)) for part in row.path[:-1]) | frozenset(map(squash, row.path[:-1]))


def _row_labels(row: Row) -> set[str]:
    """Every way to write a row's label: alone or after its groups, with and without ordinals."""
    labels: set[str] = set()
    for label in row.labels:
        path = [*row.path[:-1], label]
        for depth in range(len(path)):
            labels.add(squash("".join(path[depth:])))
            labels.add(squash("".join(_ORDINAL.sub("", part) for part in path[depth:])))
    return labels - {""}


@lru_cache(maxsize=32)
def wording_of(forms: tuple[Form, ...]) -> Wording:
    """The wording of these forms, made once."""
    return Wording(forms)


# ---- columns -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def column_labels(block: Block) -> dict[str, str]:
    """Squashed header → column key, for every leaf label and every way down to it."""
    labels: dict[str, str] = {}
    for column in block.columns:
        for label in column.labels:
            path = [*column.path[:-1], label]
            for depth in range(len(path)):
                labels.setdefault(squash("".join(path[depth:])), column.key)
    return labels


@lru_cache(maxsize=64)
def across_labels(block: Block) -> dict[str, tuple[str, str]]:
    """Squashed header of a block laid out across → (row key, column key)."""
    labels: dict[str, tuple[str, str]] = {}
    for row in block.rows:
        for column in block.columns:
            for row_label in row.labels:
                path = [*row.path[:-1], row_label]
                for depth in range(len(path)):
                    for label in column.labels:
                        labels[squash("".join(path[depth:]) + label)] = (row.key, column.key)
    return labels


@lru_cache(maxsize=4_000)
def header_words(text: str) -> str:
    """A header reduced to its label: without a year, a unit or a remark in brackets.

    >>> header_words("本年(2023)制发件数"), header_words("本年收费金额（单位：万元）")
    ('本年制发件数', '本年收费金额')
    """
    bare = squash(_BRACKETS.sub("", text)) or squash(text)
    return _YEAR_IN_LABEL.sub(lambda m: "年" if m[0].startswith("年") else "", bare)


@lru_cache(maxsize=4_000)
def spelled(block: Block, words: str) -> str:
    """Header words in the form's own spelling, if they are nearly one of the block's labels and no other."""
    if len(words) < _SHORTEST_FUZZY or words in column_labels(block) or _leaf_pattern(block).fullmatch(words):
        return words
    leaves = {squash(column.label): column.key for column in block.columns}
    best = process.extract(words, list(leaves), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=2)
    clear = best and (len(best) == 1 or best[0][1] - best[1][1] >= _CLEARLY_NEARER)
    return str(best[0][0]) if clear else words


@lru_cache(maxsize=256)
def _leaf_pattern(block: Block) -> re.Pattern[str]:
    leaves = {squash(label) for column in block.columns for label in column.labels}
    wider = {squash(group) for group in block.column_groups}
    wider |= {squash(label) for row in block.rows for label in row.labels}
    wider |= {header_words(word) for word in (*block.heading, block.stub or "", *block.column_groups)} - {""}
    words = sorted(leaves | wider | _UNIT_WORDS, key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in words))


@lru_cache(maxsize=4_000)
def words_along(block: Block, texts: tuple[str, ...]) -> Phrase:
    """Header texts as written → their words in the block's spelling, one after the other."""
    return phrase([spelled(block, header_words(text)) for text in texts])


@lru_cache(maxsize=4_000)
def leaves_in(block: Block, words: Phrase) -> tuple[str, ...]:
    """The column keys whose labels stand in a header, in that order.

    A label counts where it stands alone or between other labels, so 法人或其他组织 does not hold 其他.
    """
    labels = _leaf_keys(block)
    return tuple(labels[word] for word in known_words(block, words) if word in labels)


def rows_in(block: Block, words: Phrase) -> tuple[str, ...]:
    """The row keys whose labels stand in a header laid out across, each once, in that order."""
    labels = {squash(label): row.key for row in block.rows for label in row.labels}
    return tuple(dict.fromkeys(labels[word] for word in known_words(block, words) if word in labels))


@lru_cache(maxsize=256)
def _leaf_keys(block: Block) -> dict[str, str]:
    return {squash(label): column.key for column in block.columns for label in column.labels}


@lru_cache(maxsize=4_000)
def known_words(block: Block, words: Phrase) -> tuple[str, ...]:
    """The words of a block's header, of columns and of headings over them, that stand in ``words``."""
    matches = list(_leaf_pattern(block).finditer(words.text))
    begins = words.cuts | {match.end() for match in matches}
    ends = words.cuts | {match.start() for match in matches}
    return tuple(m[0] for m in matches if m.start() in begins and m.end() in ends)


def in_header_order(block: Block, words: Phrase) -> list[Column]:
    """The block's columns in the order of the header; columns under one heading swap places among themselves."""
    by_key = {column.key: column for column in block.columns}
    order = list(by_key)
    found = list(dict.fromkeys(leaves_in(block, words)))
    for group in {column.path[:-1] for column in block.columns}:
        keys = [key for key in found if by_key[key].path[:-1] == group]
        for place, key in zip(sorted(order.index(key) for key in keys), keys, strict=True):
            order[place] = key
    return [by_key[key] for key in order]


def across_order(block: Block, words: Phrase) -> list[tuple[str, str]] | None:
    """(row key, column key) of each value under a header laid out across; None where the header says otherwise.

    The leaf labels must come once for each row that the header names, in one order; or, where words are set vertically
    and so come letter by letter, the header must hold just the letters it should.
    """
    leaves = leaves_in(block, words)
    width = len(block.columns)
    first = leaves[:width]
    if len(set(first)) == width and leaves == first * (len(leaves) // width) and _ends_in_leaf(block, words):
        rows = _rows_across(block, words, len(leaves) // width)
        return [(row, key) for row in rows for key in first] or None
    whole = whole_header(block)
    if len(words.text) == len(whole) and sorted(words.text) == sorted(whole):
        return [(row.key, column.key) for row in block.rows for column in block.columns]
    return None


def _ends_in_leaf(block: Block, words: Phrase) -> bool:
    """Whether column labels close the header; where a row's label does, the rows stand below one another."""
    return known_words(block, words)[-1] in _leaf_keys(block)


def _rows_across(block: Block, words: Phrase, count: int) -> tuple[str, ...]:
    """The rows over ``count`` groups of columns: those the header names; all, where a name of theirs is misspelled."""
    named = rows_in(block, words)
    every = tuple(row.key for row in block.rows)
    if len(named) == count:
        return named
    in_order = named == tuple(key for key in every if key in named)
    return every if count == len(every) and in_order else ()


@lru_cache(maxsize=64)
def whole_header(block: Block) -> str:
    """All words of a header laid out across, line by line."""
    words = [*block.column_groups, *(row.label for row in block.rows)]
    return squash("".join(words) + "".join(column.label for column in block.columns) * len(block.rows))
