"""How two values are compared: each metric by the name that a form's ``[scoring]`` uses.

>>> METRICS["letters"](["2023年 度报告"], "2023 年度报告"), METRICS["same"](["2023"], "2020")
(True, False)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from extractor.text import fold

Metric = Callable[[Sequence[str | None], str | None], bool]
"""Whether what was got is one of the values that are right, all as text (``eval.result``)."""

LIST_METRICS = ("passages", "claims", "pairs")
"""How lists are matched: ``eval.scores.lists``, ``eval.scores.claims``, ``eval.scores.links``."""

_SPACE = re.compile(r"\s+")


def number_text(value: Decimal | int | None) -> str | None:
    """A number in its shortest exact form, so that equal numbers are equal texts.

    >>> number_text(Decimal("25.10")), number_text(-8), number_text(Decimal("300")), number_text(None)
    ('25.1', '-8', '300', None)
    """
    if value is None:
        return None
    exact = Decimal(value)
    return format(exact.normalize() if exact else Decimal(0), "f")


def squeezed(text: str) -> str:
    """The text without white space: what passages and quotes are compared by.

    >>> squeezed("公开 渠道\\n单一")
    '公开渠道单一'
    """
    return _SPACE.sub("", text)


def letters(text: str) -> str:
    """The letters alone, of one width: what titles and names are compared by.

    >>> letters("２０２３年　报告（试行）")
    '2023年报告(试行)'
    """
    return squeezed(fold(text))


def _same(due: Sequence[str | None], got: str | None) -> bool:
    return got in due


def _letters(due: Sequence[str | None], got: str | None) -> bool:
    if got is None:
        return None in due
    return letters(got) in {letters(one) for one in due if one is not None}


METRICS: Mapping[str, Metric] = {"same": _same, "number": _same, "letters": _letters, "accepted": _letters}
"""``number`` compares canonical texts (``number_text``); ``accepted`` is ``letters`` over every accepted variant."""
