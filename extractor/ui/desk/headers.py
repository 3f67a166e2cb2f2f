"""Headers of a form's table as the form prints them: labels over several columns, or before several rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

Path = Sequence[str]


@dataclass(frozen=True, slots=True)
class Head:
    """A header cell and how many columns and rows it spans."""

    text: str
    columns: int = 1
    rows: int = 1


def column_heads(paths: Sequence[Path]) -> list[list[Head]]:
    """The lines of a header, from the top; ``paths`` are the labels over each column, the outermost first.

    >>> lines = column_heads([["a", "x"], ["a", "y"], ["b"]])
    >>> [[(head.text, head.columns, head.rows) for head in line] for line in lines]
    [[('a', 2, 1), ('b', 1, 2)], [('x', 1, 1), ('y', 1, 1)]]
    """
    depth = max(map(len, paths), default=0)
    return [
        [
            Head(paths[first][level], columns=last - first, rows=_left(paths[first], level, depth))
            for first, last in _groups(paths, level)
        ]
        for level in range(depth)
    ]


def row_heads(paths: Sequence[Path]) -> list[list[Head]]:
    """The header cells that begin in each row, from the outermost in.

    >>> [[(head.text, head.columns, head.rows) for head in row] for row in row_heads([["a", "x"], ["a", "y"], ["b"]])]
    [[('a', 1, 2), ('x', 1, 1)], [('y', 1, 1)], [('b', 2, 1)]]
    """
    depth = max(map(len, paths), default=0)
    heads: list[list[Head]] = [[] for _ in paths]
    for level in range(depth):
        for first, last in _groups(paths, level):
            spanned = _left(paths[first], level, depth)
            heads[first].append(Head(paths[first][level], columns=spanned, rows=last - first))
    return heads


def plain(heads: Sequence[Sequence[Head]]) -> list[list[dict[str, Any]]]:
    """For the page."""
    return [[asdict(head) for head in line] for line in heads]


def _left(path: Path, level: int, depth: int) -> int:
    """How many levels the label at ``level`` fills: the last one fills all that are left."""
    return depth - level if level == len(path) - 1 else 1


def _groups(paths: Sequence[Path], level: int) -> list[tuple[int, int]]:
    """Stretches of neighbours that have the same labels down to ``level``."""
    groups: list[tuple[int, int]] = []
    for at, path in enumerate(paths):
        if len(path) <= level:
            continue
        before = paths[at - 1] if at else ()
        if (
            groups
            and groups[-1][1] == at
            and list(before[: level + 1]) == list(path[: level + 1])
            and level < min(len(path), len(before)) - 1
        ):
            groups[-1] = (groups[-1][0], at + 1)
        else:
            groups.append((at, at + 1))
    return groups
