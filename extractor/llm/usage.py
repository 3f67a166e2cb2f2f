"""What the answers to a report's questions cost together, as its record shows it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from extractor.draft import Answer
from extractor.record import Usage


def total_usage(answers: Iterable[Answer]) -> Usage:
    """What all answers cost together."""
    usages = [answer.usage for answer in answers]
    cost = sum((Decimal(usage.cost) for usage in usages), Decimal(0))
    return Usage(
        sum(usage.calls for usage in usages),
        sum(usage.input_tokens for usage in usages),
        sum(usage.cached_input_tokens for usage in usages),
        sum(usage.output_tokens for usage in usages),
        written(cost),
        next((usage.currency for usage in usages if usage.calls), Usage().currency),
    )


def written(amount: Decimal) -> str:
    """An amount in full, without exponent and closing zeros.

    >>> written(Decimal("0.00120")), written(Decimal("1E+1")), written(Decimal(0))
    ('0.0012', '10', '0')
    """
    text = f"{amount:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
