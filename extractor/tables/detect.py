"""Which form a report fills in: told by the column headers of its tables, never by its year nor by what it cites.

Both statutory forms share two of their tables, so only wordings that one form has and the other has not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from extractor.forms import Form
from extractor.text import squash

_ENOUGH_WORDS = 3


@dataclass(frozen=True, slots=True)
class Detected:
    """The form; ``mixed`` with headers of the other in it; ``uncertain`` where no telling header stood."""

    form: Form | None
    mixed: tuple[str, ...] = ()
    uncertain: bool = False


@lru_cache(maxsize=16)
def _telling(forms: tuple[Form, ...]) -> dict[str, dict[str, int]]:
    """Form id → words that tell the form → the number of the block they stand in.

    A label as the form prints it tells unless another form prints it too; an alias, unless another form knows it.
    """
    telling: dict[str, dict[str, int]] = {}
    for form in forms:
        others = [other for other in forms if other is not form]
        printed = {word for other in others for word in _column_words(other, aliases=False)}
        known = {word for other in others for word in _column_words(other)}
        own = _column_words(form, aliases=False)
        words = own | _column_words(form)
        telling[form.id] = {w: at for w, at in words.items() if w not in (printed if w in own else known)}
    return telling


def _column_words(form: Form, *, aliases: bool = True) -> dict[str, int]:
    blocks = [block for table in form.tables for block in table.blocks]
    columns = [(at, column) for at, block in enumerate(blocks) for column in block.columns]
    return {squash(label): at for at, column in columns for label in (column.labels if aliases else (column.label,))}


@lru_cache(maxsize=16)
def _row_words(form: Form) -> frozenset[str]:
    return frozenset(squash(label) for table in form.tables for row in table.rows.values() for label in row.labels)


def detect_form(forms: Sequence[Form], headers: Iterable[str], rows: set[str]) -> Detected:
    """The form whose headers (squashed words of columns) stand in the report's tables; ``rows`` are row labels met.

    A report with no header that tells is taken for the form whose rows explain the most labels (newest first).
    """
    telling = _telling(tuple(forms))
    told = set(headers)
    blocks = {form.id: {telling[form.id][word] for word in told if word in telling[form.id]} for form in forms}
    best = max(forms, key=lambda form: len(blocks[form.id]))
    if blocks[best.id]:
        mixed = tuple(form.id for form in forms if form is not best and blocks[form.id])
        return Detected(best, mixed)
    explained = {form.id: len(rows & _row_words(form)) for form in forms}
    best = max(forms, key=lambda form: (explained[form.id], -len(_row_words(form))))
    if explained[best.id] < _ENOUGH_WORDS:
        return Detected(None)
    return Detected(best, uncertain=len(forms) > 1)
