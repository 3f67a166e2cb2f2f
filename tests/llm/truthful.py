"""Answers to questions from the generator's truth, made wrong at a given rate of anchors.

The answerer sees a question as a model does: its anchored text. It knows what the report says (the truth), and looks
for where. Its figures measure the guard; they say nothing of any model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from random import Random
from typing import Any

from pydantic import ValidationError

from extractor.draft import Answer, Question
from extractor.forms import Block, FormTable
from extractor.llm.answers import answer_type
from extractor.llm.salvage import salvaged
from tests.generator.wording import FULL_ROWS, ITEMS, REVIEW_ROWS, SHORT_ROWS

Content = dict[str, Any]
Truth = Mapping[str, Any]
ATTEMPTS = 3
_NEAR = 0.5
"""The share of wrong anchors that are the next one to the right one, as a reader who slips by a line gives them."""
_SLIPS = 0.3
"""Of spoilt tables the share in which a stretch of anchors slips by one, in order, which no validator can see."""
_OTHER_KIND = 0.2
"""Of spoilt clauses of an item the share that changes sides: an issue is called a measure, or the other way round."""
_PLACEHOLDER = re.compile(r"\{[^{}]+\}")
MOST_FIGURES = 6
_TOKEN = re.compile(r"[+\-]?[\d,，]+(?:\.\d+)?")
_SPACE = re.compile(r"\s+")
_LABELS = {
    **{row.key: row.path[-1] for row in (*SHORT_ROWS, *FULL_ROWS)},
    **{key: text for items in ITEMS.values() for item in items for key, text in item.rows},
    **dict(REVIEW_ROWS),
}


@dataclass(frozen=True)
class Place:
    """An anchor: its number, what follows it, and the words right before it."""

    number: int
    words: str
    before: str


class Truthful:
    """A model at the seam of the pipeline that knows the truth; ``rate`` of its anchors are wrong."""

    def __init__(self, truth: Truth, rate: float = 0.0, seed: int = 0) -> None:
        self.truth = truth
        self.rate = rate
        self.random = Random(f"{seed}/{rate}")
        self.bytes = 0

    async def answer(self, questions: Sequence[Question]) -> Mapping[str, Answer]:
        """The answers that a client would let through; what is refused is asked again, with other errors."""
        found = {question.id: self._asked(question) for question in questions}
        return {name: Answer(name, content) for name, content in found.items() if content is not None}

    def _asked(self, question: Question) -> Content | None:
        right = _ANSWERERS[question.kind](self.truth, question)
        content: Content = right or {}
        for _ in range(ATTEMPTS if right is not None else 0):
            content = self._spoilt(right or {}, question)
            try:
                answer_type(question).model_validate(content)
            except ValidationError:
                continue
            return content
        return salvaged(question, content) if right is not None else None

    def _spoilt(self, content: Content, question: Question) -> Content:
        """The answer with some anchors replaced by others."""
        if not self.rate:
            return content
        if question.kind.startswith("table") and self.random.random() < _SLIPS:
            return self._slipped(content)
        if question.kind == "clauses":
            return self._spoilt_clauses(content)
        if question.kind in ("claims", "topics", "summary"):
            spoil = getattr(self, f"_spoilt_{question.kind}")
            return {name: [spoil(one, question) for one in entries] for name, entries in content.items()}
        width = question.content.get("width") or 0
        return {
            name: self._moved(value, width if name == "columns" else question.content["anchors"])
            for name, value in content.items()
        }

    def _slipped(self, content: Content) -> Content:
        """Whole rows from some row on slipped by one: to the next row's anchors, with the last or a middle row lost."""
        names = [name for name in content if name != "columns"]
        name = max(names, key=lambda one: len(content[one]))
        rows = list(content[name])
        told = [at for at, row in enumerate(rows) if row is not None]
        if not told:
            return content
        wrong = max(1, round(self.rate * len(told)))
        start = self.random.randrange(max(1, len(told) - wrong))
        stretch = told[start : start + wrong + 1]
        moved = [rows[at] for at in stretch[1:]] + [None]
        if self.random.random() < 0.5:
            moved = [None, *(rows[at] for at in stretch[:-1])]
        for at, row in zip(stretch, moved, strict=True):
            rows[at] = row
        return {**content, name: rows}

    def _moved(self, value: Any, most: int) -> Any:
        if isinstance(value, list):
            return [self._moved(one, most) for one in value]
        if value is None or most < 2 or self.random.random() >= self.rate:
            return value
        if self.random.random() < _NEAR:
            return min(most, max(1, value + self.random.choice((-1, 1))))
        return self.random.choice([number for number in range(1, most + 1) if number != value])

    def _errs(self) -> bool:
        return self.random.random() < self.rate

    def _spoilt_clauses(self, content: Content) -> Content:
        """Clauses called lead-in, nothing or other; and at a tenth of the rate an issue that is called a measure."""
        roles = [self._spoilt_role(one) for one in content["roles"]]
        return _recounted(roles)

    def _spoilt_role(self, role: str) -> str:
        clause, _, kind = role.partition(":")
        if not self._errs():
            return role
        if kind[0] in "IM" and self.random.random() < _OTHER_KIND:
            return f"{clause}:{'M' if kind[0] == 'I' else 'I'}{kind[1:]}"
        return f"{clause}:{self.random.choice(('L', 'N', 'O'))}"

    def _spoilt_topics(self, topic: str, question: Question) -> str:
        return str(self.random.choice(question.content["topics"])) if self._errs() else topic

    def _spoilt_claims(self, claim: Content, question: Question) -> Content:
        """Another anchor, another metric, another scope, or another year's taken for this one's."""
        if not self._errs():
            return claim
        what = self.random.choice(("anchor", "metric", "scope"))
        if what == "anchor":
            return {**claim, "anchor": self.random.randint(1, question.content["anchors"])}
        if what == "metric":
            return {**claim, "metric": self.random.choice(question.content["metrics"])}
        return {**claim, "scope": "own" if claim["scope"] == "wider" else "wider"}

    def _spoilt_summary(self, sentence: str, question: Question) -> str:
        """Another placeholder, a figure of its own, or last year's, in some of the clauses."""
        clauses = sentence.split("，")
        figures = [name for name, one in question.content["placeholders"].items() if one["figure"]]
        for at, clause in enumerate(clauses):
            if "{" in clause and figures and self._errs():
                other = f"{{{self.random.choice(figures)}}}"
                free = str(self.random.randint(2, 99))
                bad = (_PLACEHOLDER.sub(other, clause), _PLACEHOLDER.sub(free, clause), f"去年{clause}")
                clauses[at] = self.random.choices(bad, (6, 2, 1))[0]
        return "，".join(clauses)


def _recounted(roles: list[str]) -> Content:
    """Roles whose items count on from 1 again, as a model asked again would number them."""
    counts, before, found = {"I": 0, "M": 0}, "", []
    for entry in roles:
        clause, _, role = entry.partition(":")
        if role[0] in counts and role != before:
            counts[role[0]] += 1
        before = role if role != "N" else before
        found.append(f"{clause}:{role[0]}{counts[role[0]]}" if role[0] in counts else entry)
    return {"roles": found, "answers": [[] for _ in range(counts["M"])]}


def number(words: object) -> Decimal | None:
    """The first figure of a cell as a number, in 万元 where it says 元."""
    text = str(words).translate(str.maketrans("０１２３４５６７８９．，－", "0123456789.,-"))
    found = _TOKEN.search(text)
    if found is None:
        return None
    try:
        value = Decimal(found[0].replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    less = text[: found.start()].strip() in ("减", "减少")
    return -value if less else value


def _same(due: object, words: str) -> bool:
    said = number(words)
    if due is None or said is None:
        return due is None and said is None
    value = Decimal(str(due))
    return said in (value, value * 10_000)


# ---- tables ------------------------------------------------------------------------------------------------------
def places_in(question: Question) -> list[Place]:
    """The anchors of a question's text."""
    pieces = re.split(rf"\[{question.content['tag']}:(\d+)\]", question.content["text"])
    words = pieces[2::2]
    before = [pieces[0], *words][: len(words)]
    return [Place(int(n), w, b) for n, w, b in zip(pieces[1::2], words, before, strict=True)]


def _rows_due(table: FormTable, truth: Truth) -> list[tuple[Block, str, list[object]]]:
    """The rows that the report has, with their values, in the form's order; extra columns left out."""
    due, states = truth["tables"].get(table.key, {}), truth["states"]
    rows = []
    for block in table.blocks:
        for row in block.rows:
            pointers = [f"/tables/{table.key}/{row.key}/{column.key}" for column in block.columns]
            if row.key in due and not all(states.get(pointer) == "missing" for pointer in pointers):
                rows.append((block, row.key, [due[row.key].get(column.key) for column in block.columns]))
    return rows


def aligned(left: int, right: int, worth: Callable[[int, int], float]) -> dict[int, int]:
    """Which of ``left`` things is which of ``right`` ones, in order, so that most is gained."""
    best = [[0.0] * (right + 1) for _ in range(left + 1)]
    gain = [[worth(i, j) for j in range(right)] for i in range(left)]
    for i in range(left - 1, -1, -1):
        row, below, own = best[i], best[i + 1], gain[i]
        for j in range(right - 1, -1, -1):
            row[j] = max(below[j], row[j + 1], below[j + 1] + own[j] if own[j] > 0 else 0.0)
    pairs, i, j = {}, 0, 0
    while i < left and j < right:
        if gain[i][j] > 0 and best[i][j] == best[i + 1][j + 1] + gain[i][j]:
            pairs[i], i, j = j, i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _likeness(label: str, words: str) -> float:
    bare = _SPACE.sub("", words)
    pairs = {label[at : at + 2] for at in range(len(label) - 1)}
    return sum(pair in bare for pair in pairs) / max(1, len(pairs))


def _grid(truth: Truth, question: Question) -> Content | None:
    table = question.form.table(question.content["table"]) if question.form else None
    rows = _rows_due(table, truth) if table else []
    if table is None or not rows:
        return None
    shown = [place.words.split("\n")[0].split(" | ") for place in places_in(question)]
    columns = _columns([values for _, _, values in rows], [cells[1:] for cells in shown], question.content["width"])

    def worth(i: int, j: int) -> float:
        values = [shown[j][1 + at] for at in columns]
        same = sum(_same(due, said) for due, said in zip(rows[i][2], values, strict=True))
        return same / len(columns) * 2 + _likeness(_LABELS[rows[i][1]], shown[j][0])

    pairs = aligned(len(rows), len(shown), worth)
    named = {rows[i][1]: places_in(question)[j].number for i, j in pairs.items()}
    return {
        "rows": [named.get(row.key) for row in table.blocks[0].rows],
        "columns": [at + 1 for at in columns],
    }


def _columns(due: list[list[object]], shown: list[list[str]], width: int) -> list[int]:
    """The source columns in which the values of the form's columns stand."""
    size = len(due[0])
    if width == size:
        return list(range(size))
    sums = [[sum(_same(row[i], cells[j]) for row in due for cells in shown) for j in range(width)] for i in range(size)]
    pairs = aligned(size, width, lambda i, j: sums[i][j] + 0.001)
    return [pairs.get(i, i) for i in range(size)]


def _cells(truth: Truth, question: Question) -> Content | None:
    table = question.form.table(question.content["table"]) if question.form else None
    rows = _rows_due(table, truth) if table else []
    if table is None or not rows:
        return None
    due = [(row, at, value) for _, row, values in rows for at, value in enumerate(values)]
    places = places_in(question)
    texts = [re.split(r"[\s|]", place.words.strip() or "\n", maxsplit=1)[0] for place in places]

    def worth(i: int, j: int) -> float:
        row, at, value = due[i]
        if not _same(value, texts[j]):
            return 0.0
        return 1.0 + (0.5 * _likeness(_LABELS[row], places[j].before) if at == 0 else 0.0)

    pairs = aligned(len(due), len(places), worth)
    found = {(due[i][0], due[i][1]): places[j].number for i, j in pairs.items()}
    return {
        f"b{number}": [
            values if any(v is not None for v in values) else None
            for row in block.rows
            for values in [[found.get((row.key, at)) for at in range(len(block.columns))]]
        ]
        for number, block in enumerate(table.blocks, 1)
    }


# ---- narrative ---------------------------------------------------------------------------------------------------
def _bare(text: str) -> str:
    return _SPACE.sub("", text)


def _is_of(words: str, text: str) -> bool:
    """Whether a clause, perhaps with an ordinal before it, is part of a passage."""
    return words in text or any(words.endswith(text[:end]) for end in range(4, min(len(text), len(words)) + 1))


def _clauses(truth: Truth, question: Question) -> Content | None:
    due = [("I", n, _bare(t)) for n, t in enumerate(truth["narrative"]["issues"], 1)]
    due += [("M", n, _bare(t)) for n, t in enumerate(truth["narrative"]["improvements"], 1)]
    roles, done = [], {name: 0 for name, _, _ in due}
    for place in places_in(question):
        words = _bare(place.words).strip("。；，、;,：:")
        fit = [(name, n) for name, n, text in due if words and _is_of(words, text) and n >= done[name]]
        role = f"{fit[0][0]}{fit[0][1]}" if fit else "L"
        if fit:
            done[fit[0][0]] = fit[0][1]
        roles.append(f"{place.number}:{role}")
    return {"roles": roles, "answers": [[] for _ in range(done.get("M", 0))]}


def _identity(truth: Truth, question: Question) -> Content | None:
    names = [_bare(name) for name in truth["organisation"]["accepted"]]
    places = places_in(question)
    for name in sorted(names, key=len, reverse=True):
        for first in range(len(places)):
            for last in range(first, min(first + 7, len(places))):
                if _bare("".join(place.words for place in places[first : last + 1])).startswith(name):
                    return {"first": places[first].number, "last": places[last].number}
    return {"first": None, "last": None}


def _year(truth: Truth, question: Question) -> Content:
    places = places_in(question)
    found = next((place.number for place in places if place.words.startswith(str(truth["year"]))), None)
    return {"anchor": found}


def _claims(truth: Truth, question: Question) -> Content:
    claims = []
    for place in places_in(question):
        around = _bare(place.before[-30:] + place.words[:30])
        for due in truth["claims"]:
            quote = _bare(due["quote"])
            value = Decimal(0) if place.words[:1] in tuple("未没无") else number(place.words)
            if value == Decimal(str(due["value"])) and (quote in around or _bare(place.words)[:6] in quote):
                claim = {"anchor": place.number, "metric": due["metrics"][0], "year": None, "scope": due["scope"]}
                claims.append(claim)
                break
    return {"claims": claims}


def _links(truth: Truth, question: Question) -> None:
    """The generator knows of none."""
    del truth, question


def _topics(truth: Truth, question: Question) -> Content | None:
    """What ``tests.llm.told`` knows of topics; else the question stays unanswered."""
    del question
    return {"topics": truth["topics"]} if "topics" in truth else None


def leads(question: Question) -> dict[str, str]:
    """Placeholder of a figure → the words that a summary of ``_summary`` puts right before it."""
    found: dict[str, str] = {}
    for name, one in question.content["placeholders"].items():
        words = "".join(group[0] for group in one["cues"])
        words = f"全县各单位{words}" if one["scope"] == "wider" else words
        if one["figure"] and words not in found.values() and not any(word in words for word in one["unless"]):
            found[name] = words
    return found


def _summary(truth: Truth, question: Question) -> Content:
    del truth
    clauses = [f"{words}{{{name}}}" for name, words in list(leads(question).items())[:MOST_FIGURES]]
    figures = f"本单位{'，'.join(clauses)}。" if clauses else "本单位依法办理申请。"
    return {"sentences": ["各项工作有序开展。", figures, "今后将继续改进。"]}


_ANSWERERS: Mapping[str, Callable[[Truth, Question], Content | None]] = {
    "table_grid": _grid,
    "table_cells": _cells,
    "clauses": _clauses,
    "identity": _identity,
    "year": _year,
    "claims": _claims,
    "links": _links,
    "topics": _topics,
    "summary": _summary,
}
