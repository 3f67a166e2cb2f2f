"""Places told by order alone: which members of a sequence stand where they should not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def between_neighbours(told: Sequence[tuple[int | None, Word, list[Reading]]]) -> Iterator[Reading]:
    """The readings of rows without a telling label that do not stand between the rows beside them.

    ``told``: for each row of the source, from the top down, the place in the form of the row it was taken for, what its
    label says of that, and what was read from it. Rows whose label contradicts are no neighbours.
    """
    known = _merged(told)
    for index, (place, word, cells) in enumerate(known):
        if word == "confirms":
            continue
        before = known[index - 1][0] if index else -1
        after = known[index + 1][0] if index + 1 < len(known) else place + 1
        if not before < place < after:
            yield from cells


def _merged(told: Sequence[tuple[int | None, Word, list[Reading]]]) -> list[tuple[int, Word, list[Reading]]]:
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
