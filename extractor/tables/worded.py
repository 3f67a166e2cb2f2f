"""Words in place of a value (见附件, 待核实) where every cell has a line of its own → a value of their row.

Lines say nothing of where a row begins but a label does; words that are no label, before or between figures that with
them make just one row, are one of its cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractor.tables.labels import Wording, number_of
from extractor.tables.source import Slot
from extractor.tables.stream import Run

_LONGEST = 20
"""Letters of such words; longer ones are a label, or a sentence."""


def with_worded_values(runs: Sequence[Run], wording: Wording, text: str) -> list[Run]:
    """The runs of ``text``, with words among a row's cells taken for its values and the runs they part joined."""
    joined: list[Run] = []
    at = 0
    while at < len(runs):
        count = _further(runs, at, wording, text)
        joined.append(_joined(runs[at : at + count + 1]) if count else _led_by_words(runs[at], wording, text))
        at += count + 1
    return joined


def _further(runs: Sequence[Run], at: int, wording: Wording, text: str) -> int:
    """How many runs after this one belong to the same row."""
    if at + 1 == len(runs) or not runs[at].pieces or not _goes_on(runs[at], runs[at + 1], wording, text):
        return 0
    widths = _widths(runs[at].pieces, wording)
    width, count = len(runs[at].slots), 0
    while width < max(widths, default=0) and at + count + 1 < len(runs):
        if not _goes_on(runs[at + count], runs[at + count + 1], wording, text):
            return 0
        count += 1
        width += 1 + len(runs[at + count].slots)
        if width in widths:
            return count
    return 0


def _goes_on(run: Run, following: Run, wording: Wording, text: str) -> bool:
    """Whether both are lines of one cell each, and the second begins, on the next line, with words of no label."""
    if len(following.pieces) != 1 or not _is_single(run) or not _is_single(following):
        return False
    return _is_next_line(text, run.slots[-1].end, following.places[0]) and _is_no_label(following.pieces[0], wording)


def _led_by_words(run: Run, wording: Wording, text: str) -> Run:
    """The run, with words right below its label for its first value where it has one too few."""
    if len(run.pieces) < 2 or not _is_single(run) or not _is_no_label(run.pieces[-1], wording):
        return run
    label_end = run.places[-2] + len(run.texts[-2])
    if len(run.slots) + 1 not in _widths(run.pieces[:-1], wording):
        return run
    if not _is_next_line(text, label_end, run.places[-1]) or not _is_next_line(text, run.words_end, run.slots[0].start):
        return run
    slots = [_slot(run), *run.slots]
    return replace(
        run,
        pieces=run.pieces[:-1],
        texts=run.texts[:-1],
        places=run.places[:-1],
        words_end=label_end,
        slots=slots,
        lines=[1] * len(slots),
    )


def _widths(pieces: Sequence[str], wording: Wording) -> set[int]:
    """How many values a row can have whose label these pieces end with; the last column's 总计 is none."""
    if pieces[-1] in wording.columns:
        return set()
    return {len(name.block.columns) for name in wording.ending(pieces)[0]}


def _is_single(run: Run) -> bool:
    return bool(run.lines) and max(run.lines) == 1


def _is_next_line(text: str, end: int, start: int) -> bool:
    between = text[end:start]
    return between.count("\n") == 1 and not between.strip()


def _is_no_label(words: str, wording: Wording) -> bool:
    """Whether these words neither are nor nearly are a label, nor are numbered like one."""
    return not (len(words) > _LONGEST or number_of(words) or wording.knows(words) or wording.nearest(words))


def _joined(runs: Sequence[Run]) -> Run:
    """The first run with the words and values of the others as values."""
    slots = list(runs[0].slots)
    for run in runs[1:]:
        slots += [_slot(run), *run.slots]
    return replace(runs[0], slots=slots, lines=[1] * len(slots))


def _slot(run: Run) -> Slot:
    """The last words of a run as a value."""
    return Slot(run.texts[-1], run.places[-1], run.places[-1] + len(run.texts[-1]))
