"""How far two reviewers of the same report agree, field by field, beyond what chance would give."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from extractor.errors import SettingsError
from extractor.review.checking import Current
from extractor.review.fields import entry_at
from extractor.review.opening import opened
from extractor.review.people import Person, permit
from extractor.review.second import comparable, compared_paths, handed_in
from extractor.store import Store
from extractor.store.rounds import Round, rounds
from extractor.store.state import Entry

ALL = "*"
"""Stands for every field together."""

Pair = tuple[str, str]
"""What the first and the second reviewer say of one field of one report."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One field over the reports reviewed twice; ``ALL`` stands for every field.

    ``kappa``: Cohen's; ``alpha``: Krippendorff's, nominal. None where every answer is the same, so that chance alone
    would give full agreement, and ``alpha`` also where nltk is not installed.
    """

    field: str
    reports: int
    same: int
    kappa: float | None
    alpha: float | None


def agreement(store: Store, lead: Person, *, limit: int = 1000) -> list[Agreement]:
    """The agreement of the last ``limit`` reports reviewed twice, every field together first."""
    permit(lead, "measure")
    pairs: dict[str, list[Pair]] = {}
    with store.reading() as connection:
        done = [one for one in rounds(connection, kind="second") if one.state != "open"][-limit:]
        for one in done:
            for path, pair in _pairs(connection, one).items():
                pairs.setdefault(path, []).append(pair)
    everything = [pair for some in pairs.values() for pair in some]
    return [_of(ALL, everything), *(_of(path, some) for path, some in sorted(pairs.items()))]


def cohens_kappa(pairs: Sequence[Pair]) -> float | None:
    """Cohen's kappa by scikit-learn; None where it is not defined."""
    try:
        from sklearn.metrics import cohen_kappa_score  # noqa: PLC0415 (slow to load)
    except ImportError:
        raise not_installed("scikit-learn") from None

    if len({label for pair in pairs for label in pair}) < 2:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kappa = float(cohen_kappa_score([one for one, _ in pairs], [other for _, other in pairs]))
    return None if math.isnan(kappa) else kappa


def krippendorffs_alpha(pairs: Sequence[Pair]) -> float | None:
    """Krippendorff's alpha for two coders and nominal answers, by nltk; None where it is not defined or not there."""
    try:
        from nltk.metrics.agreement import AnnotationTask  # noqa: PLC0415 (slow to load, and not always there)
    except ImportError:
        return None
    if len({label for pair in pairs for label in pair}) < 2:
        return None
    said = [(str(coder), str(item), label) for item, pair in enumerate(pairs) for coder, label in enumerate(pair)]
    return float(AnnotationTask(data=said).alpha())


def not_installed(name: str) -> SettingsError:
    """Measuring needs what extracting does not."""
    return SettingsError(
        f"this needs {name}: pip install 'extractor[eval]'", f"此功能需要 {name}：pip install 'extractor[eval]'"
    )


def _of(field: str, pairs: Sequence[Pair]) -> Agreement:
    same = sum(one == other for one, other in pairs)
    return Agreement(field, len(pairs), same, cohens_kappa(pairs), krippendorffs_alpha(pairs))


def _pairs(connection: Connection, one: Round) -> dict[str, Pair]:
    """What both said of each field when the second review was handed in, before anybody decided."""
    told: Mapping[str, Mapping[str, dict[str, object]]] = handed_in(connection, one).data["differences"]
    again: Current | None = opened(connection, one.report, one.round).now
    if again is None:
        return {}
    found = {}
    for path in _named(compared_paths(again.record), told):
        if path in told:
            entries = [Entry.from_plain(dict(told[path][who])) for who in ("first", "second")]
        else:
            entries = [entry_at(again.record, path)] * 2
        first, second = (str(comparable(path, entry)) for entry in entries)
        found[path] = (first, second)
    return found


def _named(paths: Iterable[str], told: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*paths, *told]))
