"""Issues and improvements: the gold's items matched one to one with the record's, the sum of likenesses being most.

The likeness of two items is rapidfuzz's ``ratio`` over their letters without white space: 2 × common / both lengths,
common being the longest common subsequence. The assignment is scipy's (Jonker and Volgenant; Crouse 2016).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz import fuzz, process
from scipy.optimize import linear_sum_assignment

from eval.metrics import squeezed
from eval.result import FieldScore, ItemMatch, ListScore, Outcome
from eval.scores.compared import Compared
from extractor.forms import ListScoring

Pairs = dict[str, int]
"""Id of an item of the record → position (from 0) of the gold's item that it is."""

_LISTS = ("issues", "improvements")
_PART_FIVE = tuple(f"/narrative/{name}" for name in _LISTS)
"""A finding on part five names one of its lists; an item that is lost may be in the clause it speaks of."""


def score_items(compared: Compared) -> tuple[list[FieldScore], dict[str, Pairs], list[ListScore]]:
    """A field for every item of either side, which item is which, and the scores of both lists."""
    fields: list[FieldScore] = []
    pairs, lists = {}, []
    for name in _LISTS:
        scoring = compared.form.scoring.lists[name]
        matches = match(getattr(compared.gold.narrative, name), _items(compared, name), scoring.alike)
        fields += [_field(compared, name, one, scoring) for one in matches]
        pairs[name] = {one.got: one.gold for one in matches if one.got is not None and one.gold is not None}
        lists.append(list_score(name, matches))
    return fields, pairs, lists


def match(gold: Sequence[str], got: Mapping[str, str], alike: float) -> list[ItemMatch]:
    """The best one-to-one matching; pairs less alike than ``alike`` are none, both sides then stand alone.

    ``got``: text by id. In the gold's order, what only the record has at the end.
    """
    ids, texts = list(got), [squeezed(text) for text in got.values()]
    due = [squeezed(text) for text in gold]
    pairs = _assigned(due, texts, alike)
    matches = [
        ItemMatch(i, ids[j], likeness, due[i] == texts[j], gold[i], got[ids[j]])
        for i, (j, likeness) in sorted(pairs.items())
    ]
    matches += [ItemMatch(i, None, 0.0, False, text, None) for i, text in enumerate(gold) if i not in pairs]
    taken = {j for j, _ in pairs.values()}
    extra = [ItemMatch(None, id_, 0.0, False, None, got[id_]) for j, id_ in enumerate(ids) if j not in taken]
    return sorted(matches, key=lambda one: one.gold or 0) + extra


def _assigned(due: Sequence[str], texts: Sequence[str], alike: float) -> dict[int, tuple[int, float]]:
    if not due or not texts:
        return {}
    likeness = process.cdist(due, texts, scorer=fuzz.ratio) / 100
    rows, columns = linear_sum_assignment(likeness, maximize=True)
    found = {int(i): (int(j), float(likeness[i, j])) for i, j in zip(rows, columns, strict=True)}
    return {i: (j, value) for i, (j, value) in found.items() if value >= alike}


def list_score(name: str, matches: Sequence[ItemMatch]) -> ListScore:
    """Precision, recall and soft F1 of a matching; None where there is nothing to divide by."""
    gold = sum(one.gold is not None for one in matches)
    got = sum(one.got is not None for one in matches)
    both = [one for one in matches if one.gold is not None and one.got is not None]
    return ListScore(
        name,
        gold,
        got,
        matched=len(both),
        exact=sum(one.exact for one in both),
        precision=len(both) / got if got else None,
        recall=len(both) / gold if gold else None,
        soft_f1=2 * sum(one.similarity for one in both) / (gold + got) if gold + got else None,
        matches=list(matches),
    )


def _items(compared: Compared, name: str) -> dict[str, str]:
    items = getattr(compared.record.narrative, name) if compared.record else ()
    return {item.id: item.text for item in items}


def _field(compared: Compared, name: str, one: ItemMatch, scoring: ListScoring) -> FieldScore:
    pointer = f"/narrative/{name}/{one.got}" if one.got is not None else f"/narrative/{name}/gold-{(one.gold or 0) + 1}"
    belief = compared.belief(pointer, *_also_named(one), words=one.gold_text)
    return FieldScore(pointer, "item", scoring.metric, _outcome(one), one.gold_text, one.got_text, **belief)


def _also_named(one: ItemMatch) -> Iterator[str]:
    if one.got is None:
        yield from _PART_FIVE


def _outcome(one: ItemMatch) -> Outcome:
    if one.got is None:
        return "omitted"
    if one.gold is None:
        return "spurious"
    return "right" if one.exact else "wrong"
