"""Places told by order alone: which members of a sequence stand where they should not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from extractor.verify.labels import Word
from extractor.verify.readings import Reading


def misplaced(places: Sequence[int]) -> set[int]:
    """Indexes of the members that stand on the wrong side of another; of a run without gaps, those not in their place.

    >>> misplaced([0, 1, 2, 5]), misplaced([3, 1, 2, 0]), misplaced([7, 3, 9])
    (set(), {0, 3}, {0, 1})
    """
    if all(left < right for left, right in pairwise(places)):
        return set()
    lowest = min(places)
    if len(set(places)) == len(places) == max(places) - lowest + 1:
        return {index for index, place in enumerate(places) if place - lowest != index}
    wrong: set[int] = set()
    highest, at = places[0], 0
    for index, place in enumerate(places[1:], 1):
        if place <= highest:
            wrong |= {at, index}
        if place > highest:
            highest, at = place, index
    lowest, at = places[-1], len(places) - 1
    for index in range(len(places) - 2, -1, -1):
        if places[index] >= lowest:
            wrong |= {at, index}
        if places[index] < lowest:
            lowest, at = places[index], index
    return wrong


Told = Sequence[tuple[int | None, Word, list[Reading]]]
"""For each row of the source, from the top down: the place in the form of the row it was taken for, what its label says
of that, and what was read from it."""


def between_neighbours(told: Told, lost: Collection[int] = ()) -> Iterator[Reading]:
    """The readings of rows without a telling label that do not stand between the rows beside them.

    Rows whose label contradicts are no neighbours. A row told by its place alone is in doubt as well where the row next
    to it in the form is contradicted, or ``lost`` (nothing was read for it): the one may have taken the other's place.
    """
    known = _merged(told)
    unsure = _beside_wrong(
        known, {place for place, word, _ in told if place is not None and word == "contradicts"}, lost
    )
    for index, (place, word, cells) in enumerate(known):
        if word == "confirms":
            continue
        before = known[index - 1][0] if index else -1
        after = known[index + 1][0] if index + 1 < len(known) else place + 1
        if not before < place < after or place in unsure:
            yield from cells


def _beside_wrong(
    known: Sequence[tuple[int, Word, list[Reading]]], contradicted: Collection[int], lost: Collection[int]
) -> set[int]:
    """The places of silent rows that only silent rows part, in the form's order, from one contradicted or lost."""
    silent = {place for place, word, _ in known if word == "silent"}
    wrong = {*contradicted, *lost} - silent
    if not silent or not wrong:
        return set()
    words = {place: word == "confirms" for place, word, _ in known} | dict.fromkeys(wrong, None)
    order = sorted(words)
    return {*_reached(order, words), *_reached(order[::-1], words)}


def _reached(order: Sequence[int], words: Mapping[int, bool | None]) -> Iterator[int]:
    """The silent places that follow a wrong one (None) without a confirmed one (True) between them."""
    after_wrong = False
    for place in order:
        if words[place] is None:
            after_wrong = True
        elif words[place]:
            after_wrong = False
        elif after_wrong:
            yield place


def _merged(told: Told) -> list[tuple[int, Word, list[Reading]]]:
    """Rows with a known place; one row told of in several pieces is one, and confirmed if one piece is."""
    merged: list[tuple[int, Word, list[Reading]]] = []
    for place, word, cells in told:
        if place is None or word == "contradicts":
            continue
        if merged and merged[-1][0] == place:
            _, earlier, before = merged.pop()
            merged.append((place, "confirms" if "confirms" in (word, earlier) else word, before + cells))
        else:
            merged.append((place, word, cells))
    return merged
