"""The rules of ``claims.toml``, compiled: what a figure counts, and what denies that there was any."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from extractor.narrative.wordings import wordings

COUNTED = frozenset(
    ("条次", "件次", "篇次", "条", "件", "篇", "份", "个", "项", "起", "例", "宗", "则", "次", "笔", "部")
)
"""Units of things; a rule on money names its own."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way a figure counts ``metrics``.

    ``before`` is matched against what leads up to the figure, ``after`` against what follows its unit; ``unless``
    against both; ``context`` names what else the sentence must hold. ``together``: one figure for all the metrics.
    """

    metrics: tuple[str, ...]
    needs: str
    before: re.Pattern[str]
    after: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    context: str
    units: frozenset[str]
    together: bool


@dataclass(frozen=True, slots=True)
class Denial:
    """How a clause says that there was none of ``metric``, and what makes it deny something else.

    ``needs`` is a word that every such clause holds.
    """

    metric: str
    needs: str
    said: re.Pattern[str]
    blocked: re.Pattern[str] | None


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """Every rule, in the order they are tried."""
    return tuple(_rule(one) for one in wordings("claims")["rules"])


@lru_cache(maxsize=100)
def rules_for(unit: str) -> tuple[Rule, ...]:
    """The rules that a figure with this unit can fit, in the order they are tried."""
    return tuple(rule for rule in rules() if unit in rule.units)


def _rule(one: Mapping[str, Any]) -> Rule:
    words = wordings("claims")
    parts, qualifiers = words["parts"], words["qualifiers"]
    before, after = (
        one.get(key, "").replace("{noun}", parts["noun"]).replace("{count}", parts["count"])
        for key in ("before", "after")
    )
    unless = qualifiers.get(one.get("unless")) or words.get(one.get("unless", ""))
    return Rule(
        tuple(one["metrics"]),
        one.get("needs", ""),
        re.compile(before),
        re.compile(after) if after else None,
        re.compile(unless) if unless else None,
        one.get("context", ""),
        frozenset(one["units"].split("|")) if "units" in one else COUNTED,
        one.get("together", False),
    )


@lru_cache(maxsize=1)
def denials() -> tuple[Denial, ...]:
    """How each metric is denied."""
    words = wordings("claims")["none"]
    said = words["said"].replace("{verb}", words["verb"])
    spoken = [
        ("applications_received", "申请", said + words["applications"], "applications_blocked"),
        ("reviews", "复议", said + words["reviews"], "reviews_blocked"),
        ("litigations", "诉讼", said + words["litigations"], "reviews_blocked"),
        ("fees_charged_yuan", "费", words["fees"], "fees_blocked"),
        ("normative_documents_issued", "规范性文件", words["normative"], "normative_blocked"),
        *((metric, "为", pattern + words["zero"], None) for metric, pattern in words["zeros"].items()),
    ]
    return tuple(
        Denial(metric, needs, re.compile(pattern), re.compile(words[blocked]) if blocked else None)
        for metric, needs, pattern, blocked in spoken
    )


@lru_cache(maxsize=8)
def own_scope(level: str | None) -> re.Pattern[str]:
    """Words for a region that mean no more than a body of ``level`` itself; none for a department."""
    return re.compile(wordings("claims")["scope"]["own"].get(level or "", r"(?!)"))


@lru_cache(maxsize=1)
def triggers() -> re.Pattern[str]:
    """What a sentence with a claim holds at least: a figure with a unit, or a denial before something counted."""
    return re.compile(wordings("claims")["trigger"])
