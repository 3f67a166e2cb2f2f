"""Answers → what they point to in the document. Nothing is read here, and nothing in the draft is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from extractor.draft import Answer, Draft, Pointed, PointedClaim, PointedItem, Spot
from extractor.forms import FormTable
from extractor.llm.answers import answer_type, roles_of
from extractor.llm.clauses import bare_item
from extractor.llm.questions import Asked, asked_by, samples_of
from extractor.llm.salvage import salvaged
from extractor.llm.slots import slots_of
from extractor.llm.sources import Rows

Content = dict[str, Any]


def pointed_by(draft: Draft, rows: Rows, answers: Mapping[str, Answer]) -> Pointed:
    """What valid answers to any of the questions on a draft point to; of an invalid one what breaks no rule."""
    pointed = Pointed()
    for asked in asked_by(draft, rows, answers):
        samples = [_valid(asked, answers[one]) for one in samples_of(asked.question.id, list(answers))]
        contents = [content for content in samples if content is not None]
        if contents:
            first = answers.get(asked.question.id)
            pointed.versions[asked.question.kind] = str(getattr(first, "prompt_version", None) or "-")
            _take(draft, asked, contents, pointed)
    return pointed


def _valid(asked: Asked, answer: Answer) -> Content | None:
    try:
        model: BaseModel = answer_type(asked.question).model_validate(answer.content)
    except ValidationError:
        return salvaged(asked.question, answer.content)
    return model.model_dump()


def _take(draft: Draft, asked: Asked, contents: Sequence[Content], pointed: Pointed) -> None:
    kind, first = asked.question.kind, contents[0]
    if kind in ("table_grid", "table_cells"):
        _take_table(draft, asked, contents, pointed)
    elif kind == "clauses":
        _take_clauses(draft, asked, contents, pointed)
    elif kind == "claims":
        pointed.claims = [*(pointed.claims or []), *_claims(asked, first)]
    elif kind == "identity":
        pointed.organisation = _stretch(asked.anchors.get(first["first"]), asked.anchors.get(first["last"]))
    elif kind == "year":
        pointed.year = asked.anchors.get(first["anchor"])
    elif kind == "topics":
        named = zip(draft.narrative.overview, first["topics"], strict=False)
        pointed.topics = {passage.id: topic for passage, topic in named}
    elif kind == "links":
        pointed.links = _links(draft, first["answers"])
    elif kind == "summary":
        pointed.sentences = first["sentences"]
        pointed.slots = slots_of(draft)


def _stretch(first: Spot | None, last: Spot | None) -> Spot | None:
    return Spot(first.start, last.end) if first and last else None


# ---- tables ------------------------------------------------------------------------------------------------------
def _take_table(draft: Draft, asked: Asked, contents: Sequence[Content], pointed: Pointed) -> None:
    table = draft.form.table(asked.question.content["table"]) if draft.form else None
    if table is None or asked.table is None:
        return
    places = asked.table.places
    pointed.places[table.key] = places
    for number, content in enumerate(contents):
        while len(pointed.cells) <= number:
            pointed.cells.append({})
        read = _grid_cells if asked.table.grid else _listed_cells
        pointed.cells[number].update(read(asked, table, content))


def _grid_cells(asked: Asked, table: FormTable, content: Content) -> Iterator[tuple[str, Spot]]:
    """The cells of a grid: where a source row and a source column cross."""
    block, source = table.blocks[0], asked.table
    for row, row_anchor in zip(block.rows, content["rows"], strict=True):
        for column, at in zip(block.columns, content["columns"], strict=True):
            if source is not None and row_anchor is not None and at is not None:
                yield f"/tables/{table.key}/{row.key}/{column.key}", source.rows[row_anchor - 1].spots[at - 1]


def _listed_cells(asked: Asked, table: FormTable, content: Content) -> Iterator[tuple[str, Spot]]:
    """The cells that an answer lists row by row."""
    for number, block in enumerate(table.blocks, 1):
        for row, anchors in zip(block.rows, content[f"b{number}"], strict=True):
            for column, anchor in zip(block.columns, anchors or [None] * len(block.columns), strict=True):
                spot = asked.anchors.get(anchor)
                if spot is not None:
                    yield f"/tables/{table.key}/{row.key}/{column.key}", spot


# ---- narrative ---------------------------------------------------------------------------------------------------
def _take_clauses(draft: Draft, asked: Asked, contents: Sequence[Content], pointed: Pointed) -> None:
    for number, content in enumerate(contents):
        while len(pointed.items) <= number:
            pointed.items.append([])
        pointed.items[number] += _items(draft, asked, content, pointed.items[number])
    roles = roles_of(contents[0]["roles"])
    spots = asked.anchors.spots
    pointed.unsaid += [spots[at - 1] for at in range(1, len(spots) + 1) if roles.get(at, "O") == "O"]


def _items(draft: Draft, asked: Asked, content: Content, before: Sequence[PointedItem]) -> list[PointedItem]:
    """The items of one answer; ``before`` are those of the chunks before, so that issues count on."""
    counted = sum(item.kind == "issue" for item in before)
    spots: dict[str, list[Spot]] = {}
    for clause, role in sorted(roles_of(content["roles"]).items()):
        if role[0] in "IM":
            spots.setdefault(role, []).append(asked.anchors.spots[clause - 1])
    items = []
    for role, clauses in spots.items():
        kind = "issue" if role[0] == "I" else "improvement"
        named = content["answers"][int(role[1:]) - 1] if kind == "improvement" else []
        items.append(PointedItem(bare_item(draft.document, clauses), kind, tuple(counted + one - 1 for one in named)))
    return items


def _claims(asked: Asked, content: Content) -> Iterator[PointedClaim]:
    for claim in content["claims"]:
        spot = asked.anchors.get(claim["anchor"])
        if spot is not None:
            yield PointedClaim(spot, claim["metric"], claim["year"], claim["scope"])


def _links(draft: Draft, answers: Sequence[Sequence[int]]) -> dict[str, list[str]]:
    issues = draft.narrative.issues
    pairs = zip(draft.narrative.improvements, answers, strict=False)
    return {measure.id: [issues[one - 1].id for one in named if one <= len(issues)] for measure, named in pairs}
