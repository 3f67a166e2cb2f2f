"""Who reports on what: form, title, organisation, year, period, date of publication."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from eval.metrics import METRICS
from eval.result import FieldScore
from eval.scores.cells import outcome_of
from eval.scores.compared import Compared
from extractor.gold import Gold, GoldPeriod
from extractor.record import Period, Record

Due = list[str | None]


def score_identity(compared: Compared) -> Iterator[FieldScore]:
    """Each field by the metric that the form declares; one that nobody can tell is not scored."""
    for name, metric in compared.form.scoring.values.items():
        due = _DUE[name](compared.gold)
        got = _GOT[name](compared.record) if compared.record else None
        outcome = outcome_of(compared.record is not None and METRICS[metric](due, got), due[0], got)
        unscored = name in compared.gold.unscored
        yield FieldScore(
            f"/{name}",
            "value",
            metric,
            "unscored" if unscored else outcome,
            None if unscored else due[0],
            got,
            **compared.belief(f"/{name}"),
        )


def _organisation(gold: Gold) -> Due:
    """The fullest name first, then the variants."""
    return [gold.organisation.name, *gold.organisation.accepted]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _period(value: GoldPeriod | Period | None) -> str | None:
    return None if value is None else f"{value.start}/{value.end}"


_DUE: Mapping[str, Callable[[Gold], Due]] = {
    "form": lambda gold: [gold.form],
    "title": lambda gold: [gold.title, *gold.title_accepted],
    "organisation": _organisation,
    "year": lambda gold: [_text(gold.year)],
    "period": lambda gold: [_period(gold.period)],
    "published": lambda gold: [_text(gold.published)],
}
_GOT: Mapping[str, Callable[[Record], str | None]] = {
    "form": lambda record: record.form,
    "title": lambda record: record.title,
    "organisation": lambda record: record.organisation,
    "year": lambda record: _text(record.year),
    "period": lambda record: _period(record.period),
    "published": lambda record: _text(record.published),
}
