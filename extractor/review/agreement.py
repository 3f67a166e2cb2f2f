"""How far two reviewers of the same report agree, field by field, beyond what chance would give."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from extractor.errors import SettingsError
from extractor.review.opening import opened
from extractor.review.people import Person, permit
from extractor.review.second import handed_in, pairs_of
from extractor.store import Store
from extractor.store.opinions import Pair, pairs_kept
from extractor.store.rounds import Round

ALL = "*"
"""Stands for every field together."""

Pairs = Counter[Pair]
"""What the first and the second reviewer say of one field, and how often."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One field over the reports reviewed twice; ``ALL`` stands for every field.

    ``kappa``: Cohen's; ``alpha``: Krippendorff's, nominal. None where every answer is the same, so that chance alone
    would give full agreement; ``alpha`` also for ``ALL``, and where nltk is not installed.
    """

    field: str
    reports: int
    same: int
    kappa: float | None
    alpha: float | None


def agreement(store: Store, lead: Person, *, limit: int = 200) -> list[Agreement]:
    """The agreement of the last ``limit`` reports reviewed twice, every field together first."""
    permit(lead, "measure")
    fields: dict[str, Pairs] = {}
    with store.reading() as connection:
        for said in _said(connection, limit):
            for path, both in said.items():
                fields.setdefault(path, Counter())[(both, both) if isinstance(both, str) else tuple(both)] += 1
    everything: Pairs = Counter()
    for some in fields.values():
        everything.update(some)
    told = [_of(path, some) for path, some in sorted(fields.items())]
    return [Agreement(ALL, everything.total(), _same(everything), cohens_kappa(everything), None), *told]


def cohens_kappa(pairs: Pairs | Sequence[Pair]) -> float | None:
    """Cohen's kappa by scikit-learn; None where it is not defined."""
    try:
        from sklearn import config_context  # noqa: PLC0415 (slow to load)
        from sklearn.metrics import cohen_kappa_score  # noqa: PLC0415 (as above)
    except ImportError:
        raise not_installed("scikit-learn") from None

    if _is_one_answer(pairs):
        return None
    counted = Counter(pairs)
    places = {label: place for place, label in enumerate(sorted({label for pair in counted for label in pair}))}
    one, other = ([places[pair[coder]] for pair in counted] for coder in (0, 1))
    with warnings.catch_warnings(), config_context(skip_parameter_validation=True, assume_finite=True):
        warnings.simplefilter("ignore")
        kappa = float(cohen_kappa_score(one, other, sample_weight=list(counted.values())))
    return None if math.isnan(kappa) else kappa


def krippendorffs_alpha(pairs: Pairs | Sequence[Pair]) -> float | None:
    """Krippendorff's alpha for two coders and nominal answers, by nltk; None where it is not defined or not there."""
    try:
        from nltk.metrics.agreement import AnnotationTask  # noqa: PLC0415 (slow to load, and not always there)
    except ImportError:
        return None
    if _is_one_answer(pairs):
        return None
    each = enumerate(Counter(pairs).elements())
    said = [(str(coder), str(item), label) for item, pair in each for coder, label in enumerate(pair)]
    return float(AnnotationTask(data=said).alpha())


def not_installed(name: str) -> SettingsError:
    """Measuring needs what extracting does not."""
    return SettingsError(
        f"this needs {name}: pip install 'extractor[eval]'", f"此功能需要 {name}：pip install 'extractor[eval]'"
    )


def _is_one_answer(pairs: Iterable[Pair]) -> bool:
    return len({label for pair in pairs for label in pair}) < 2


def _of(field: str, pairs: Pairs) -> Agreement:
    same = _same(pairs)
    if same == pairs.total() and not _is_one_answer(pairs):  # most fields of most reports: 1 by definition
        return Agreement(field, same, same, 1.0, 1.0)
    return Agreement(field, pairs.total(), same, cohens_kappa(pairs), krippendorffs_alpha(pairs))


def _same(pairs: Pairs) -> int:
    return sum(count for (one, other), count in pairs.items() if one == other)


def _said(connection: Connection, limit: int) -> Iterator[dict[str, Any]]:
    """What both said of each field when the second review was handed in, before anybody decided."""
    for one, said in list(pairs_kept(connection, "second", limit)):
        yield said if said is not None else _said_in_log(connection, one)


def _said_in_log(connection: Connection, one: Round) -> dict[str, Any]:
    """The same of a report reviewed before such things were kept."""
    again = opened(connection, one.report, one.round).now
    return dict(pairs_of(again.record, handed_in(connection, one).data["differences"])) if again else {}
