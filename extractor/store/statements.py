"""Values in portions that one statement may name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Value = TypeVar("Value")

AT_ONCE = 500
"""Values in one statement: below the limits of both databases."""


def portions(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """The values in their order, as many at a time as one statement takes.

    >>> [len(some) for some in portions(range(1_200))]
    [500, 500, 200]
    """
    return (values[first : first + AT_ONCE] for first in range(0, len(values), AT_ONCE))
