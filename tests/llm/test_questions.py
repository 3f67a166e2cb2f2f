"""What is asked: only what is open, the same for the same report, with a fixed prefix."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.draft import Answer, Draft
from extractor.forms import builtin_forms
from extractor.llm.answers import KINDS
from extractor.llm.prompts import load_prompt
from extractor.llm.questions import Engine, asked_by, of_sample, samples_of
from extractor.load import load_document
from extractor.pipeline import ask_about, read_report, settle
from extractor.tables.pointed import show_rows
from tests.generator import generate
from tests.llm.layouts import gridless

TABLES = ("table_grid", "table_cells")


def draft_of(seed: int, folder: Path, *, bare: bool = False, layout: str = "txt_tab_rows_empty") -> Draft:
    made = gridless(seed) if bare else generate(seed, layout=layout, messy=0.0)
    path = folder / made.name
    path.write_bytes(made.data)
    return read_report(load_document(path), builtin_forms())


def test_tables_that_rules_settle_are_not_asked_about(tmp_path: Path) -> None:
    kinds = {question.kind for question in ask_about(draft_of(1, tmp_path))}
    assert kinds.isdisjoint(TABLES)
    assert "summary" in kinds


def test_the_engine_model_asks_everything(tmp_path: Path) -> None:
    questions = ask_about(draft_of(1, tmp_path), "model")
    assert sum(question.kind in TABLES for question in questions) == 3
    assert {"identity", "year", "clauses", "topics"} <= {question.kind for question in questions}


def test_a_table_without_a_grid_is_asked_about(tmp_path: Path) -> None:
    ids = {question.id for question in ask_about(draft_of(3, tmp_path, bare=True))}
    assert "table/applications" in ids


def test_questions_are_the_same_each_time(tmp_path: Path) -> None:
    first, second = (ask_about(draft_of(5, tmp_path), "model") for _ in range(2))
    assert first == second


@pytest.mark.parametrize("engine", ["hybrid", "model"])
@pytest.mark.parametrize("seed", range(12))
def test_a_question_is_known_again_by_its_id(tmp_path: Path, engine: Engine, seed: int) -> None:
    draft = draft_of(seed, tmp_path, bare=seed % 3 == 0)
    questions = ask_about(draft, engine, samples=2)
    rows = show_rows(draft.document)
    for ids in ([one.id for one in questions], *([one.id] for one in questions)):
        known = {one.question.id: one for one in asked_by(draft, rows, ids)}
        assert known.keys() == {of_sample(one) for one in ids}
        for question in (one for one in questions if one.id in known):
            again = known[question.id]
            assert again.question.content["text"] == question.content["text"]
            assert len(again.anchors.spots) == question.content["anchors"]


def test_samples_are_questions_of_their_own(tmp_path: Path) -> None:
    questions = ask_about(draft_of(1, tmp_path), "model", samples=3)
    ids = [question.id for question in questions]
    assert samples_of("table/applications", ids) == [f"table/applications{n}" for n in ("", "#2", "#3")]
    contents = [question.content for question in questions if question.id.startswith("table/applications")]
    assert [content["sample"] for content in contents] == [1, 2, 3]


def test_prefixes_are_long_and_the_same_for_all_reports_of_a_form(tmp_path: Path) -> None:
    prefixes: dict[tuple[str, str, str], set[str]] = {}
    for seed in range(6):
        for question in ask_about(draft_of(seed, tmp_path), "model"):
            assert question.form is not None
            key = (question.form.id, question.kind, question.content.get("table", ""))
            prefixes.setdefault(key, set()).add(load_prompt(question.kind).render(question.content)[0])
    assert all(len(found) == 1 for found in prefixes.values())
    assert min(fewest_tokens(prefix) for found in prefixes.values() for prefix in found) >= 1_024


def fewest_tokens(text: str) -> int:
    """Tokens, counted low: a tokeniser takes at least half a token a Chinese letter, a fifth for another."""
    han = sum("\u4e00" <= char <= "\u9fff" for char in text)
    return int(0.5 * han + 0.2 * (len(text) - han))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_prompt(kind: str) -> None:
    assert load_prompt(kind).kind == kind


def test_answers_that_fail_leave_the_record_of_the_rules(tmp_path: Path) -> None:
    plain = settle(draft_of(7, tmp_path), {}).to_dict()
    broken = {"table/applications": Answer("table/applications", {}), "year": Answer("year", {"anchor": "none"})}
    assert settle(draft_of(7, tmp_path), broken).to_dict() == plain
