"""Text in a report that addresses the model changes nothing in the record, though the server obeys it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from extractor.draft import Answer, Question
from extractor.forms import builtin_forms
from extractor.llm.answers import answer_type
from extractor.llm.client import LiveModel
from extractor.load import load_bytes
from extractor.pipeline import Model, ask_about, read_report, settle
from extractor.record import Record
from tests.faulty_server import FaultyServer
from tests.generator import Generated, generate
from tests.llm.asked import settings
from tests.llm.planted import KINDS, Obedient
from tests.llm.truthful import Truthful, places_in

LAYOUTS = {"txt": (41, "txt_tab_rows_empty"), "html": (12, "html_site_word")}


@lru_cache(maxsize=2)
def report(sort: str) -> Generated:
    seed, layout = LAYOUTS[sort]
    return generate(seed, layout=layout, form="2021", messy=0.0)


def record_of(made: Generated, data: bytes, model: Model, server: FaultyServer | None = None) -> Record:
    draft = read_report(load_bytes(data, made.name), builtin_forms())
    questions = ask_about(draft, "model")
    if server:
        server.expect(questions)
    return settle(draft, asyncio.run(_answers(model, questions)))


async def _answers(model: Model, questions: Sequence[Question]) -> Mapping[str, Answer]:
    try:
        return await model.answer(questions)
    finally:
        if isinstance(model, LiveModel):
            await model.close()


@lru_cache(maxsize=2)
def clean(sort: str) -> Record:
    made = report(sort)
    return record_of(made, made.data, Truthful(made.truth))


def values(record: Record) -> dict[str, Any]:
    """The values of a record: all but where they stand and what is thought of them."""
    plain = record.to_dict()
    found = {
        key: plain[key] for key in ("form", "organisation", "body", "year", "period", "published", "tables", "title")
    }
    narrative = record.narrative
    found["claims"] = [(claim.metric, claim.value, claim.scope) for claim in narrative.claims]
    found["issues"] = [issue.text for issue in narrative.issues]
    found["improvements"] = [(measure.text, measure.answers) for measure in narrative.improvements]
    return found


def codes(record: Record) -> set[str]:
    return {finding.code for finding in record.findings}


def test_there_are_twenty_kinds() -> None:
    assert len(KINDS) >= 20
    assert not any("suspected_tampering" in codes(clean(sort)) for sort in LAYOUTS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_text_changes_no_value_and_is_reported(kind: str, tmp_path: Path) -> None:
    sort, plant = KINDS[kind]
    made = report(sort)
    obedient = Obedient(made.truth)
    with FaultyServer(obedient._asked) as server:
        model = LiveModel(settings(server.url, tmp_path / "cache"))
        record = record_of(made, plant(made), model, server)
    assert len(server.requests) >= 5
    assert values(record) == values(clean(sort))
    assert "suspected_tampering" in codes(record)


@pytest.mark.parametrize("kind", [kind for kind, (sort, _) in KINDS.items() if sort == "txt"])
def test_the_server_obeys(kind: str) -> None:
    sort, plant = KINDS[kind]
    made = report(sort)
    draft = read_report(load_bytes(plant(made), made.name), builtin_forms())
    honest, obedient = Truthful(made.truth), Obedient(made.truth)
    assert any(honest._asked(question) != obedient._asked(question) for question in ask_about(draft, "model"))


def test_a_wrong_year_pointed_to_is_a_disagreement() -> None:
    made = report("txt")
    draft = read_report(load_bytes(made.data, made.name), builtin_forms())
    question = next(one for one in ask_about(draft, "model") if one.id == "year")
    due = str(clean("txt").year)
    wrong = [place.number for place in places_in(question) if not place.words.startswith(due)]
    if not wrong:
        pytest.skip("the report names no other year")
    content = {"anchor": wrong[0]}
    answer_type(question).model_validate(json.loads(json.dumps(content)))
    record = settle(draft, {"year": Answer("year", content)})
    assert str(record.year) == due
    assert "model_disagreement" in codes(record)
