"""What is asked where rules have read a part, and how samples, models and languages come into it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from extractor import extract_report
from extractor.draft import Answer, Question
from extractor.llm.client import LiveModel
from extractor.pipeline import ask_about, settle
from extractor.record import Finding
from tests.faulty_server import FaultyServer
from tests.llm.asked import FakeModel, draft, questions, report, settings, truthful
from tests.llm.truthful import places_in

Content = dict[str, Any]
KEPT = 1
"""How many claims are kept as read by rule."""


def test_anchors_of_claims_are_those_that_were_shown() -> None:
    """In ``hybrid`` lines with a claim of the rules are not shown, so the anchors of the others have other numbers."""
    one = draft()
    lost = one.narrative.claims[KEPT:]
    assert lost, "the report must state several figures"
    one.narrative.claims = one.narrative.claims[:KEPT]
    for claim in lost:
        del one.evidence[f"/narrative/claims/{claim.id}"]
    asked = [question for question in ask_about(one) if question.kind == "claims"]
    due = {(claim.metric, claim.value) for claim in lost}
    found: set[tuple[str, object]] = set()
    for question in asked:
        content = truthful()(question)
        assert content is not None
        record = settle(one, {question.id: Answer(question.id, content)})
        found = {(claim.metric, claim.value) for claim in record.narrative.claims[KEPT:]}
    assert found <= due
    assert not asked or found


def test_a_table_that_verification_doubts_is_asked_about() -> None:
    one = draft()
    assert not [question for question in ask_about(one) if question.kind.startswith("table")]
    for column in one.tables["applications"]["granted"]:
        first, second = (
            one.evidence[f"/tables/applications/{row}/{column}"] for row in ("granted", "denied_state_secret")
        )
        first.source, second.source = second.source, first.source
    assert "table/applications" in {question.id for question in ask_about(one)}


def test_a_finding_of_a_source_that_does_not_add_up_asks_nothing() -> None:
    one = draft()
    one.findings.append(Finding("row_sum", "warning", "source", ["/tables/applications/granted/total"], "x", "x"))
    assert not [question for question in ask_about(one) if question.kind.startswith("table")]


def test_extract_report_takes_engine_and_samples(tmp_path: Path) -> None:
    path = tmp_path / report().name
    path.write_bytes(report().data)
    model = FakeModel({})
    asyncio.run(extract_report(path, model))
    fewer, model.asked = len(model.asked), []
    asyncio.run(extract_report(path, model, engine="model", samples=2))
    ids = [question.id for question in model.asked]
    assert fewer < len(ids)
    assert "table/applications#2" in ids


def test_a_second_model_gives_the_second_sample(tmp_path: Path) -> None:
    asked = [one for one in ask_about(draft(), "model", samples=2) if one.id.startswith("table/applications")]
    with FaultyServer(truthful()) as server:
        server.expect(asked)
        model = LiveModel(settings(server.url, tmp_path, fallback_model="other-model"))
        answers = asyncio.run(_all(model, asked))
    assert {name: answer.model for name, answer in answers.items()} == {
        "table/applications": "test-model",
        "table/applications#2": "other-model",
    }


async def _all(model: LiveModel, asked: list[Question]) -> dict[str, Answer]:
    try:
        return await model.answer(asked)
    finally:
        await model.close()


ENGLISH = (
    "The work went on as planned.",
    "It received {applications.new_received.total} new applications.",
    "More to come.",
)
CHINESE = ("各项工作有序开展。", "本年收到申请{applications.new_received.total}件。", "今后将继续改进。")


@pytest.mark.parametrize(("language", "sentences"), [("en", ENGLISH), ("zh", CHINESE)])
def test_a_summary_is_written_in_the_language_asked_for(language: Any, sentences: tuple[str, ...]) -> None:
    one = draft()
    total = one.tables["applications"]["new_received"]["total"]
    question = next(one for one in ask_about(one, language=language) if one.kind == "summary")
    assert question.content["language"] == {"en": "英文", "zh": "中文"}[language]
    record = settle(one, {"summary": Answer("summary", {"sentences": list(sentences)})})
    assert record.narrative.summary is not None
    assert record.narrative.summary.method == "model"
    figure = f"{total} new" if language == "en" else f"{total}件"
    assert figure in record.narrative.summary.text


@pytest.mark.parametrize(
    "wrong",
    [
        "It received 12 new applications.",
        "It received twelve new applications.",
        "Last year it received {applications.new_received.total} new applications.",
        "The Bureau of Water received {applications.new_received.total} new applications.",
        "It processed {applications.new_received.total} cases.",
    ],
)
def test_an_english_summary_is_held_to_the_same(wrong: str) -> None:
    one = draft()
    record = settle(one, {"summary": Answer("summary", {"sentences": [ENGLISH[0], wrong, ENGLISH[2]]})})
    assert record.narrative.summary is not None
    assert record.narrative.summary.method == "extractive"


def test_a_summary_with_a_figure_that_is_in_doubt_is_not_taken() -> None:
    one = draft()
    claim = next((c for c in one.narrative.claims if c.metric == "applications_received"), None)
    if claim is None:
        pytest.skip("the report states no such figure")
    claim.value = 7_654_321
    sentences = [CHINESE[0], f"本年收到申请{{{claim.id}}}。", CHINESE[2]]
    record = settle(one, {"summary": Answer("summary", {"sentences": sentences})})
    assert record.narrative.summary is not None
    assert ("7654321" in record.narrative.summary.text) is (
        record.evidence[f"/narrative/claims/{claim.id}"].verdict == "accepted"
    )


def test_questions_of_both_engines_have_ids_of_their_own() -> None:
    hybrid = {one.id: one.content["text"] for one in ask_about(draft())}
    everything = {one.id: one.content["text"] for one in questions()}
    assert all(everything[name] == text for name, text in hybrid.items() if name in everything)


def test_every_anchor_that_is_shown_is_counted() -> None:
    for question in questions():
        if question.kind not in ("summary", "links", "table_grid"):
            assert [place.number for place in places_in(question)] == list(range(1, question.content["anchors"] + 1))
