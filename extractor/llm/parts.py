"""A question whose answer grows too long, cut into two, and the answers put together: nothing lost, nothing doubled."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from extractor.draft import Question
from extractor.llm.answers import ROLE, roles_of

Content = dict[str, Any]
_FEWEST_LINES = 4


def parts_of(question: Question) -> list[Question]:
    """Two questions on the halves of its lines; none where it cannot be cut (a table is one mapping)."""
    lines = str(question.content.get("text", "")).split("\n")
    if question.kind not in ("claims", "clauses") or len(lines) < _FEWEST_LINES:
        return []
    half = len(lines) // 2
    if question.kind == "claims":  # its anchors are named, so they may stay as they are
        return [_with(question, text="\n".join(some)) for some in (lines[:half], lines[half:])]
    tag, anchors = question.content["tag"], question.content["anchors"]
    mark = re.compile(rf"^\[{re.escape(tag)}:(\d+)\]")
    renumbered = [mark.sub(lambda found: f"[{tag}:{int(found[1]) - half}]", line) for line in lines[half:]]
    first = _with(question, text="\n".join(lines[:half]), anchors=half)
    return [first, _with(question, text="\n".join(renumbered), anchors=anchors - half)]


def _with(question: Question, **changed: Any) -> Question:
    return replace(question, content={**question.content, **changed})


def merged(question: Question, parts: Sequence[Question], answers: Sequence[Content]) -> Content:
    """The answer to ``question`` from those to its parts."""
    if question.kind == "claims":
        return {"claims": [claim for answer in answers for claim in answer["claims"]]}
    roles: list[str] = []
    named: list[list[int]] = []
    clauses, items = 0, Counter[str]()
    for part, answer in zip(parts, answers, strict=True):
        roles += [_moved(entry, clauses, items) for entry in answer["roles"]]
        named += [[one + items["I"] for one in issues] for issues in answer["answers"]]
        items += Counter(role[0] for role in set(roles_of(answer["roles"]).values()) if len(role) > 1)
        clauses += part.content["anchors"]
    return {"roles": roles, "answers": named}


def _moved(entry: str, clauses: int, items: Counter[str]) -> str:
    """A role as it counts in the whole: ``3-5:I1`` behind 10 clauses and 2 issues is ``13-15:I3``."""
    match = ROLE.fullmatch("".join(entry.split()))
    if match is None:  # a valid answer has no such entry
        return entry
    first, last, role = int(match[1]) + clauses, int(match[2] or match[1]) + clauses, match[3]
    return f"{first}-{last}:{role[0]}{int(role[1:]) + items[role[0]] if role[1:] else ''}"
