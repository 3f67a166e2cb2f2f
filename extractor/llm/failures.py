"""Why a question got no answer: each cause by its name (``failures.toml``), and what it becomes in a record."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from extractor.draft import Answer
from extractor.errors import ModelError
from extractor.finding import Words, make
from extractor.record import Finding

_LONGEST_DETAIL = 200
OVER_BUDGET = "over_budget"
"""The reason of a question that was not asked; the finding of the same name sends its report to a person."""

CLOSED = "closed"
"""The reason of a question that was not asked since the endpoint wants a longer pause than is waited for."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One cause. ``passing``: a repeat may succeed; ``for_all``: no question will; ``fallback``: another model may."""

    zh: str
    en: str
    passing: bool = False
    for_all: bool = False
    fallback: bool = False


@lru_cache(maxsize=1)
def reasons() -> dict[str, Reason]:
    """Every reason by its name."""
    raw = tomllib.loads(resources.files(__package__).joinpath("failures.toml").read_text("utf-8"))
    return {name: Reason(**entry) for name, entry in raw.items()}


def words_of(reason: str, detail: str = "") -> tuple[str, str] | None:
    """A reason in Chinese and English, with what the endpoint said; None for what is none."""
    known = reasons().get(reason)
    if known is None:
        return None
    return f"{known.zh}{'：' + detail if detail else ''}", f"{known.en}{': ' + detail if detail else ''}"


class AskingError(ModelError):
    """One question failed for ``reason``; ``detail`` is what the endpoint said, on one line, without the key.

    ``retry_after``: seconds the endpoint asks to wait. ``lost``: the call may have been worked on and charged although
    no reply came, or none that can be read. ``content``: the last answer, where there was one that was not valid.
    """

    content: dict[str, Any] | None = None

    def __init__(self, reason: str, detail: str = "", *, retry_after: float | None = None, lost: bool = False) -> None:
        known = reasons()[reason]
        self.reason = reason
        self.detail = _shown(detail)
        self.retry_after = retry_after
        self.lost = lost
        more_zh, more_en = (f"：{self.detail}", f": {self.detail}") if self.detail else ("", "")
        super().__init__(known.en + more_en, known.zh + more_zh)

    def __reduce__(self) -> tuple[type[AskingError], tuple[str, str]]:
        return type(self), (self.reason, self.detail)


def _shown(detail: str) -> str:
    """What a terminal may be given of a text that a stranger wrote: no control characters, and not much of it."""
    line = " ".join(detail[: 4 * _LONGEST_DETAIL].split())
    return "".join(char for char in line if char.isprintable())[:_LONGEST_DETAIL]


def unanswered(answers: Iterable[Answer]) -> list[Finding]:
    """One finding for each reason for which questions went without an answer."""
    failed: dict[str, list[str]] = {}
    for answer in answers:
        if answer.failure:
            failed.setdefault(answer.failure, []).append(answer.id)
    return [_finding(reason, "、".join(ids)) for reason, ids in failed.items()]


def _finding(reason: str, questions: str) -> Finding:
    if reason == OVER_BUDGET:
        return make(OVER_BUDGET, [], cause="extraction", questions=questions)
    words = Words(reasons()[reason].zh, reasons()[reason].en)
    return make("model_silent", [], cause="extraction", questions=questions, reason=words)
