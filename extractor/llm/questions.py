"""What is asked about a draft: only what rules leave open (``hybrid``), or everything (``model``).

Every question is made from the draft alone, so that the same report gives the same questions, byte for byte, and what
its anchors stand for can be worked out again when the answer comes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from extractor.draft import Draft, Question, Spot
from extractor.forms import Form, FormTable
from extractor.llm import narrative
from extractor.llm.anchors import Anchors
from extractor.llm.layout import form_text
from extractor.llm.sources import Rows, TableSource, table_source

Engine = Literal["hybrid", "model"]
Language = Literal["zh", "en"]

_LANGUAGES: Mapping[Language, str] = {"zh": "中文", "en": "英文"}

SAMPLE_MARK = "#"
"""Stands before the number of a sample in a question's id, from the second on."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the places that its anchors stand for."""

    question: Question
    anchors: Anchors
    table: TableSource | None = None
    spots: tuple[Spot, ...] = ()


def questions_on(
    draft: Draft,
    rows: Rows,
    engine: Engine = "hybrid",
    *,
    samples: int = 1,
    language: Language = "zh",
    doubted: Collection[str] = (),
) -> list[Question]:
    """The questions to put; with ``samples`` above 1 tables and clauses are asked as often, independently.

    ``language``: of the summary; ``doubted``: paths of which verification thinks that they were misread.
    """
    found = [_in_language(one.question, language) for one in asked_about(draft, rows, engine, doubted)]
    again = [
        replace(one, id=f"{one.id}{SAMPLE_MARK}{number}", content={**one.content, "sample": number})
        for number in range(2, samples + 1)
        for one in found
        if one.kind in ("table_grid", "table_cells", "clauses")
    ]
    return [*found, *again]


def _in_language(question: Question, language: Language) -> Question:
    if "language" not in question.content:
        return question
    return replace(question, content={**question.content, "language": _LANGUAGES[language]})


def asked_about(draft: Draft, rows: Rows, engine: Engine, doubted: Collection[str] = ()) -> list[Asked]:
    """The questions of an engine, with what their anchors stand for."""
    tables = [one for one in _tables_of(draft) if engine == "model" or is_open(draft, one, doubted)]
    return _asked(draft, rows, tables, _topics_of(draft, engine))


def asked_by(draft: Draft, rows: Rows, ids: Collection[str]) -> list[Asked]:
    """The questions of those ids, whichever engine put them, with what their anchors stand for."""
    named = {of_sample(one) for one in ids}
    tables = [one for one in _tables_of(draft) if f"table/{one.key}" in named]
    stems = {one.rpartition("/")[0] or one for one in named}
    asked = _asked(draft, rows, tables, [one for one in _NARRATIVE if one in stems])
    return [one for one in asked if one.question.id in named]


def _asked(draft: Draft, rows: Rows, tables: Sequence[FormTable], topics: Sequence[str]) -> list[Asked]:
    asked = [_table(one, source) for one in tables if (source := table_source(draft, one, rows)) is not None]
    for one in (shown for topic in topics for shown in _NARRATIVE[topic](draft)):
        question = Question(one.id, one.kind, one.content)
        asked.append(Asked(question, one.anchors, spots=tuple(one.anchors.spots)))
    return [replace(one, question=_with_form(one.question, draft.form)) for one in asked]


def _with_form(question: Question, form: Form | None) -> Question:
    content: dict[str, Any] = {"form": form_text(form) if form else "", "sample": 1, **question.content}
    return replace(question, content=content, form=form)


def _tables_of(draft: Draft) -> Sequence[FormTable]:
    return draft.form.tables if draft.form else ()


def _table(table: FormTable, source: TableSource) -> Asked:
    content = {
        "table": table.key,
        "name": table.name,
        "tag": source.tag,
        "text": source.text,
        "anchors": len(source.anchors.spots),
        "width": source.width,
    }
    question = Question(f"table/{table.key}", "table_grid" if source.grid else "table_cells", content)
    return Asked(question, source.anchors, table=source)


def is_open(draft: Draft, table: FormTable, doubted: Collection[str] = ()) -> bool:
    """Whether rules left a cell of the table unread, reported that one could not be, or one of them is ``doubted``."""
    stem = f"/tables/{table.key}"
    named = (path for finding in draft.findings if finding.severity == "error" for path in finding.paths)
    if any(path == stem or path.startswith(f"{stem}/") for path in (*named, *doubted)):
        return True
    rows = draft.tables.get(table.key, {})
    pointers = (f"{stem}/{row}/{column}" for row, columns in rows.items() for column in columns)
    return not rows or any(draft.evidence[pointer].state in ("missing", "unreadable") for pointer in pointers)


_NARRATIVE: Mapping[str, Callable[[Draft], Iterable[narrative.Shown]]] = {
    "identity": narrative.identity,
    "year": narrative.year,
    "clauses": narrative.clauses,
    "links": narrative.links,
    "topics": narrative.topics,
    "claims/open": partial(narrative.claims, everything=False),
    "claims": partial(narrative.claims, everything=True),
    "summary": narrative.summary,
}
"""What makes the questions on the text, by what their ids begin with, in their order."""


def _topics_of(draft: Draft, engine: Engine) -> list[str]:
    """What an engine asks about the text."""
    everything = engine == "model"
    asks_clauses = everything or narrative.lacks_items(draft)
    asked = {
        "identity": everything or narrative.is_doubtful(draft, "organisation"),
        "year": everything or narrative.is_doubtful(draft, "year"),
        "clauses": asks_clauses,
        "links": not asks_clauses and narrative.lacks_links(draft),
        "topics": everything or any(topic.topic == "other" for topic in draft.narrative.overview),
        "claims/open": not everything,
        "claims": everything,
        "summary": True,
    }
    return [topic for topic in _NARRATIVE if asked[topic]]


def of_sample(question_id: str) -> str:
    """The id of the question of which this is a sample.

    >>> of_sample("table/applications#2"), of_sample("year")
    ('table/applications', 'year')
    """
    return question_id.partition(SAMPLE_MARK)[0]


def samples_of(question_id: str, ids: Sequence[str]) -> list[str]:
    """The ids of all samples of a question, the first one first."""
    return sorted((one for one in ids if of_sample(one) == question_id), key=len)
