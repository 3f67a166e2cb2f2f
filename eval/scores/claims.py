"""Figures of the text: those that must be found, and those that must not be made of it.

A record may rightly hold more claims than the gold labels: these are not scored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np
from scipy.optimize import linear_sum_assignment

from eval.metrics import letters, number_text
from eval.result import FieldScore, ItemMatch, ListScore
from eval.scores.cells import outcome_of
from eval.scores.compared import Compared
from eval.scores.lists import list_score
from extractor.gold import ForbiddenClaim, GoldClaim
from extractor.record import Claim

_LIST = "/narrative/claims"


def score_claims(compared: Compared) -> tuple[list[FieldScore], ListScore]:
    """A field for every claim that is due or forbidden and for every other of the record, and how many were found."""
    made = compared.record.narrative.claims if compared.record else []
    due = compared.gold.claims
    metric = compared.form.scoring.lists["claims"].metric
    found = match_claims(due, made)
    others = [claim for at, claim in enumerate(made) if at not in found.values()]
    fields = [_due(compared, at, made[found[at]] if at in found else None, others) for at in range(len(due))]
    fields += [_forbidden(compared, metric, at, made) for at in range(len(compared.gold.forbidden_claims))]
    told = {field.pointer for field in fields}
    fields += [
        FieldScore(pointer, "claim", metric, "unscored", None, _said(claim), **compared.belief(pointer))
        for claim in made
        if (pointer := f"{_LIST}/{claim.id}") not in told
    ]
    return fields, _list(due, made, found)


def match_claims(due: Sequence[GoldClaim], made: Sequence[Claim]) -> dict[int, int]:
    """Position of a due claim → position of the claim that states it; one to one, as many as there can be."""
    if not due or not made:
        return {}
    fits = np.array([[_is_due(one, claim) for claim in made] for one in due], dtype=float)
    rows, columns = linear_sum_assignment(fits, maximize=True)
    return {int(i): int(j) for i, j in zip(rows, columns, strict=True) if fits[i, j]}


def _is_due(due: GoldClaim, claim: Claim) -> bool:
    same = claim.metric in due.metrics and Decimal(claim.value) == Decimal(due.value) and claim.scope == due.scope
    return same and _overlap(due.quote, claim.text)


def _overlap(quote: str, text: str) -> bool:
    quoted, said = letters(quote), letters(text)
    return bool(said) and (quoted in said or said in quoted)


def _said(claim: Claim) -> str:
    return f"{claim.metric} = {number_text(claim.value)} ({claim.scope})"


def _due(compared: Compared, at: int, found: Claim | None, others: Sequence[Claim]) -> FieldScore:
    due, metric = compared.gold.claims[at], compared.form.scoring.lists["claims"].metric
    near = found or next(_near(due, others), None)
    text = f"{' | '.join(due.metrics)} = {number_text(due.value)} ({due.scope})"
    got = _said(near) if near else None
    pointer = f"{_LIST}/{near.id}" if near else f"{_LIST}/gold-{at + 1}"
    belief = compared.belief(pointer, *([] if near else [_LIST]), words=due.quote)
    return FieldScore(pointer, "claim", metric, outcome_of(found is not None, text, got), text, got, **belief)


def _near(due: GoldClaim, made: Sequence[Claim]) -> Iterator[Claim]:
    """Claims on the same words under one of the same metrics: what was made of it instead."""
    return (claim for claim in made if claim.metric in due.metrics and _overlap(due.quote, claim.text))


def _forbidden(compared: Compared, metric: str, at: int, made: Sequence[Claim]) -> FieldScore:
    forbidden = compared.gold.forbidden_claims[at]
    claim = next((one for one in made if _is_forbidden(forbidden, one)), None)
    pointer = f"{_LIST}/{claim.id}" if claim else f"{_LIST}/forbidden-{at + 1}"
    got = _said(claim) if claim else None
    belief = compared.belief(pointer, words=forbidden.quote)
    return FieldScore(pointer, "forbidden", metric, "spurious" if claim else "right", None, got, **belief)


def _is_forbidden(forbidden: ForbiddenClaim, claim: Claim) -> bool:
    same = claim.metric == forbidden.metric and Decimal(claim.value) == Decimal(forbidden.value)
    return same and _overlap(forbidden.quote, claim.text)


def _list(due: Sequence[GoldClaim], made: Sequence[Claim], found: dict[int, int]) -> ListScore:
    matches = [
        ItemMatch(
            at,
            made[found[at]].id if at in found else None,
            float(at in found),
            at in found,
            one.quote,
            made[found[at]].text if at in found else None,
        )
        for at, one in enumerate(due)
    ]
    score = list_score("claims", matches)
    score.precision = score.soft_f1 = None
    return score
