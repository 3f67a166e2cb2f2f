"""Which cell is wrong when sums fail: the applications table is a two-dimensional parity code.

A changed cell breaks every equation it stands in, by the same amount. So the set of broken equations names the cell:
it is the one whose equations are just those, and which one new value would satisfy all at once. Two cells that
changed places are found likewise. Nothing is named unless it is the only explanation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from extractor.record import Number

_MOST_SWAPPED = 6
_MOST_CELLS = 150
_TELLING = 10


@dataclass(frozen=True, slots=True)
class Equation:
    """``left`` adds up to ``right``, cells by pointer; ``line`` is the row or column key it runs along."""

    code: str
    along: str
    line: str
    name: str | None
    left: tuple[str, ...]
    right: tuple[str, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """Every cell of the equation, in the order of the form."""
        return self.left + self.right

    def difference(self, numbers: Mapping[str, Number]) -> Number:
        """Left less right; 0 where the equation holds.

        Raises:
            KeyError: a cell holds no number.
        """
        return sum(map(numbers.__getitem__, self.left)) - sum(map(numbers.__getitem__, self.right))


@dataclass(frozen=True, slots=True)
class Explanation:
    """Cells and the values that would satisfy these equations; ``sure`` unless mere chance may have made it fit."""

    equations: frozenset[int]
    changes: dict[str, Number]
    sure: bool = True


Terms = dict[str, list[tuple[int, int]]]
"""Cell → the equations it stands in: index and +1 (left) or -1 (right)."""


def explanations(
    equations: Sequence[Equation], numbers: Mapping[str, Number], possible: Callable[[str, Number], bool]
) -> list[Explanation]:
    """The only explanations of what is broken; equations that have none, or several, are in none of them.

    ``possible(pointer, value)`` tells whether the cell could hold the value.
    """
    differences = {index: equation.difference(numbers) for index, equation in enumerate(equations)}
    broken = {index: difference for index, difference in differences.items() if difference}
    terms = _terms(equations)
    singles = _singles(_cells_of(equations, broken), terms, broken, numbers, possible)
    found = [explanation for group in _linked(singles) if (explanation := _only_whole(group))]
    rest = broken.keys() - {index for explanation in found for index in explanation.equations}
    swap = _swap(_cells_of(equations, rest), terms, {index: broken[index] for index in rest}, numbers)
    return [*found, swap] if swap else found


def _terms(equations: Sequence[Equation]) -> Terms:
    terms: Terms = {}
    for index, equation in enumerate(equations):
        for cell in equation.left:
            terms.setdefault(cell, []).append((index, 1))
        for cell in equation.right:
            terms.setdefault(cell, []).append((index, -1))
    return terms


def _cells_of(equations: Sequence[Equation], indexes: Iterable[int]) -> list[str]:
    return list(dict.fromkeys(cell for index in sorted(indexes) for cell in equations[index].cells))


def _singles(
    cells: Iterable[str],
    terms: Terms,
    broken: Mapping[int, Number],
    numbers: Mapping[str, Number],
    possible: Callable[[str, Number], bool],
) -> list[Explanation]:
    """Each cell that one other value would bring into agreement with every equation it stands in."""
    found = []
    for cell in cells:
        needed = {-sign * broken.get(index, 0) for index, sign in terms[cell]}
        if len(needed) == 1 and 0 not in needed:
            value = numbers[cell] + needed.pop()
            if possible(cell, value):
                found.append(Explanation(frozenset(index for index, _ in terms[cell]), {cell: value}))
    return found


def _linked(singles: Sequence[Explanation]) -> list[list[Explanation]]:
    """Explanations that share equations, in groups."""
    groups: list[list[Explanation]] = []
    for single in singles:
        touching = [group for group in groups if any(single.equations & other.equations for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([single, *(other for group in touching for other in group)])
    return groups


def _only_whole(group: Sequence[Explanation]) -> Explanation | None:
    """The one explanation of a group that covers all equations of the group, if there is just one."""
    every = frozenset[int]().union(*(explanation.equations for explanation in group))
    whole = [explanation for explanation in group if explanation.equations == every]
    return whole[0] if len(whole) == 1 else None


def _swap(
    cells: Sequence[str], terms: Terms, broken: Mapping[int, Number], numbers: Mapping[str, Number]
) -> Explanation | None:
    """The only two cells whose exchange would mend everything that is still broken; small differences may be chance."""
    if not 2 <= len(broken) <= _MOST_SWAPPED or len(cells) > _MOST_CELLS:
        return None
    found = []
    for one, other in _exchangeable(cells, terms, broken, numbers):
        shift = numbers[other] - numbers[one]
        if _mends(terms, broken, {one: shift, other: -shift}):
            found.append({one: numbers[other], other: numbers[one]})
    if len(found) != 1:
        return None
    return Explanation(
        frozenset(broken), found[0], not any(-_TELLING < difference < _TELLING for difference in broken.values())
    )


def _exchangeable(
    cells: Sequence[str], terms: Terms, broken: Mapping[int, Number], numbers: Mapping[str, Number]
) -> list[tuple[str, str]]:
    """Pairs of unlike cells whose exchange mends the first broken equation, in the order of the cells.

    One of them stands in it and changes by the difference, or both do, on either side, and change by half of it.
    """
    place = {cell: at for at, cell in enumerate(cells)}
    by_number: dict[Number, list[str]] = {}
    for cell in cells:
        by_number.setdefault(numbers[cell], []).append(cell)
    index, difference = next(iter(broken.items()))
    pairs = set()
    for one in cells:
        for sign in (sign for equation, sign in terms[one] if equation == index):
            for shift in (-sign * difference, -sign * difference / Decimal(2)):
                pairs |= {
                    tuple(sorted((place[one], place[other]))) for other in by_number.get(numbers[one] + shift, ())
                }
    return [(cells[one], cells[other]) for one, other in sorted(pairs)]


def _mends(terms: Terms, broken: Mapping[int, Number], shifts: Mapping[str, Number]) -> bool:
    left = dict(broken)
    for cell, shift in shifts.items():
        for index, sign in terms[cell]:
            left[index] = left.get(index, 0) + sign * shift
    return not any(left.values())
