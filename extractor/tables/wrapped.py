"""Labels that run over several lines around their values → whole labels.

A converter that keeps the page's lines puts a row's values beside any line of its label: the first, the last or one in
the middle. Lines without values next to a row belong to its label if together they spell one of the form's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractor.tables.labels import RowName, Wording
from extractor.tables.source import SourceRow
from extractor.tables.stream import Run
from extractor.text import squash

_MOST_LINES = 8
_MOST_PIECES = 12
_WIDE = "\u2e80"


def whole_rows(rows: Sequence[SourceRow], wording: Wording) -> list[SourceRow]:
    """The rows with every label in one piece; lines that were a part of one are gone."""
    whole: list[SourceRow] = []
    at, free = 0, 0
    while at < len(rows):
        row = rows[at]
        if row.empty:
            following, row = _blank_row(row, _label_lines(rows, at + 1, wording), wording)
            whole.append(row)
            at, free = at + 1 + following, 0 if following or _is_known(row, wording) else free + 1
            continue
        before = whole[len(whole) - min(free, _MOST_LINES) :] if free else []
        taken, following, better = _best(before, row, _label_lines(rows, at + 1, wording), wording)
        del whole[len(whole) - taken :]
        whole.append(better)
        at, free = at + 1 + following, 0
    return whole


def _blank_row(row: SourceRow, after: Sequence[SourceRow], wording: Wording) -> tuple[int, SourceRow]:
    """A row without values and with all of its label: how many lines after it belong to it, and the row."""
    if not row.slots or not after or wording.whole(row.words):
        return 0, row
    for following in range(1, len(after) + 1):
        words = _spelled([row, *after[:following]], wording)
        if words:
            return following, replace(row, pieces=[words])
    _, following, row = _best_misspelled((), row, after, wording)
    return following, row


def _label_lines(rows: Sequence[SourceRow], at: int, wording: Wording) -> Sequence[SourceRow]:
    """The lines from ``at`` on that can finish a label: without values, and with words that are none by themselves."""
    end = at
    while end < len(rows) and end - at < _MOST_LINES and rows[end].empty and rows[end].pieces:
        if _is_known(rows[end], wording):
            break
        end += 1
    return rows[at:end]


def _is_known(row: SourceRow, wording: Wording) -> bool:
    """Whether a row without values is a header of its own and so no part of a label."""
    return bool(row.pieces) and wording.knows(row.own)


def _best(
    before: Sequence[SourceRow], row: SourceRow, after: Sequence[SourceRow], wording: Wording
) -> tuple[int, int, SourceRow]:
    """How many lines before and after the row make its longest label, and the row with that label."""
    best = (0, 0, row)
    if not before and not after:
        return best
    longest = len(_spelled([row], wording))
    for taken in range(len(before) + 1):
        for following in range(len(after) + 1):
            lines = [*before[len(before) - taken :], row, *after[:following]]
            words = _spelled(lines, wording) if len(lines) > 1 else ""
            if len(words) > longest:
                longest, best = len(words), (taken, following, replace(row, pieces=[words]))
    if longest or wording.exactly(row.own) or wording.ending(row.pieces)[0]:
        return best
    return _best_misspelled(before, row, after, wording)


def _best_misspelled(
    before: Sequence[SourceRow], row: SourceRow, after: Sequence[SourceRow], wording: Wording
) -> tuple[int, int, SourceRow]:
    """As ``_best``, for a label that only nearly spells one of the form's: the lines that come nearest."""
    best, most = (0, 0, row), 0.0
    for taken in range(len(before) + 1):
        for following in range(len(after) + 1):
            lines = [*before[len(before) - taken :], row, *after[:following]]
            for words in {"".join(line.words for line in lines), _down(lines)}:
                score = wording.nearness(words)
                if score > most:
                    most, best = score, (taken, following, replace(row, pieces=[words]))
    return best


def _spelled(lines: Sequence[SourceRow], wording: Wording) -> str:
    """The words of these lines, line by line or column by column, if they are a label; else nothing."""
    across = "".join(line.words for line in lines)
    if wording.whole(across):
        return across
    down = _down(lines)
    return down if wording.whole(down) else ""


def _down(lines: Sequence[SourceRow]) -> str:
    """The words of these lines column by column."""
    stacks: dict[int, list[str]] = {}
    for line in lines:
        for cell in line.labels:
            stacks.setdefault(cell.column, []).append(squash(cell.text))
    return "".join("".join(stacks[column]) for column in sorted(stacks))


def label_of(run: Run, following: Run, wording: Wording, text: str) -> tuple[list[RowName], int]:
    """The rows that a run's label can mean and how many of its pieces spell it.

    Pieces that finish the label are taken from the front of the following run; a label over several rows that stands
    on a line between them is passed over.
    """
    for pieces in (run.pieces, [piece for piece in run.pieces if piece not in wording.row_groups]):
        names, count = wording.ending(pieces)
        if names:
            return names, len(run.pieces) - len(pieces) + count
        for cut in range(1, min(_MOST_LINES, len(following.pieces)) + 1):
            names, count = wording.ending([*pieces, *following.pieces[:cut]])
            if names and count > cut and not wording.ending(following.pieces[:cut])[0]:
                following.drop(slice(0, cut))
                return names, len(run.pieces) - len(pieces) + count - cut
    return _label_below_itself(run, following, wording, text)


def _label_below_itself(run: Run, following: Run, wording: Wording, text: str) -> tuple[list[RowName], int]:
    """As ``label_of``, of the pieces that begin just below each other, as in a page that is drawn with spaces."""
    near = range(max(0, len(run.pieces) - _MOST_PIECES), len(run.pieces))
    indents = {at: _indent(text, run.places[at]) for at in near}
    own = [at for at in near if indents[at] == indents[near[-1]]]
    if len(indents) < 2:
        return [], 0
    after = [_indent(text, place) == indents[near[-1]] for place in following.places[:_MOST_LINES]]
    for cut in range(len(after) + 1):
        tail = [piece for piece, is_below in zip(following.pieces[:cut], after, strict=False) if is_below]
        names, count = wording.ending([*(run.pieces[at] for at in own), *tail])
        if names and count > max(1, len(tail)) and not wording.ending(tail)[0]:
            following.drop(slice(0, cut))
            return names, len(run.pieces) - own[len(own) + len(tail) - count]
    return [], 0


def _indent(text: str, at: int) -> int:
    """How far from the left of its line a character stands, wide ones counted twice."""
    before = text[text.rfind("\n", 0, at) + 1 : at]
    return len(before) + sum(1 for char in before if char > _WIDE)
