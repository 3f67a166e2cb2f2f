"""Which issues an improvement answers: pairs, compared where the gold labels them.

A link of the record counts as the gold's where both of its ends were matched with the ends of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eval.result import FieldScore, ItemMatch, ListScore
from eval.scores.compared import Compared
from eval.scores.lists import Pairs, list_score
from extractor.gold import Gold

Link = tuple[str, str]
"""Improvement and issue: ids that are the gold's positions (``m1``, ``i1``); ``m3?`` for an item the gold lacks."""


def score_links(compared: Compared, pairs: Mapping[str, Pairs]) -> tuple[list[FieldScore], ListScore]:
    """Every link of either side, and precision and recall over them; not scored where the gold labels none."""
    due, got = set(_due(compared.gold)), dict(_got(compared, pairs))
    metric = compared.form.scoring.lists["links"].metric
    if compared.gold.links is None:
        return [], ListScore("links", 0, 0, 0, 0, None, None, None, scored=False)
    every = sorted(due | got.keys())
    matches = [_match(position, link, due, got) for position, link in enumerate(every)]
    fields = [_field(compared, metric, link, link in due, got.get(link)) for link in every]
    return fields, list_score("links", matches)


def _due(gold: Gold) -> Iterator[Link]:
    for improvement, issues in (gold.links or {}).items():
        yield from ((f"m{int(improvement) + 1}", f"i{issue + 1}") for issue in issues)


def _got(compared: Compared, pairs: Mapping[str, Pairs]) -> Iterator[tuple[Link, str]]:
    """Each link of the record, by the gold's positions, with the improvement's own id."""
    for improvement in compared.record.narrative.improvements if compared.record else ():
        for issue in improvement.answers:
            ends = (_end("m", improvement.id, pairs["improvements"]), _end("i", issue, pairs["issues"]))
            yield ends, improvement.id


def _end(letter: str, id_: str, pairs: Pairs) -> str:
    return f"{letter}{pairs[id_] + 1}" if id_ in pairs else f"{id_}?"


def _match(position: int, link: Link, due: set[Link], got: Mapping[Link, str]) -> ItemMatch:
    both = link in due and link in got
    text = "→".join(link)
    return ItemMatch(
        gold=position if link in due else None,
        got=text if link in got else None,
        similarity=float(both),
        exact=both,
        gold_text=text if link in due else None,
        got_text=text if link in got else None,
    )


def _field(compared: Compared, metric: str, link: Link, is_due: bool, improvement: str | None) -> FieldScore:
    is_got = improvement is not None
    outcome = "right" if is_due and is_got else "omitted" if is_due else "spurious"
    text = "→".join(link)
    return FieldScore(
        f"/narrative/improvements/{link[0]}/answers/{link[1]}",
        "link",
        metric,
        outcome,  # type: ignore[arg-type]
        text if is_due else None,
        text if is_got else None,
        **compared.belief(f"/narrative/improvements/{improvement}"),
    )
