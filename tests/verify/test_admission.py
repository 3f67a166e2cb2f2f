"""What of a model's pointing is let in: cells, passages, claims, the summary."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from extractor.draft import Answer, Draft, Question
from extractor.forms import builtin_forms
from extractor.load import load_document
from extractor.metrics.placeholders import Slotted, faults_of, filled
from extractor.pipeline import ask_about, read_report, settle
from extractor.record import Record
from tests.generator import Generated, generate
from tests.llm.layouts import gridless
from tests.llm.truthful import Truthful


def written(made: Generated, folder: Path) -> Draft:
    path = folder / made.name
    path.write_bytes(made.data)
    return read_report(load_document(path), builtin_forms())


def truth_on(made: Generated, question: Question) -> dict[str, Any]:
    content = Truthful(made.truth)._asked(question)
    assert content is not None
    return content


def verdicts(record: Record, table: str) -> set[tuple[str, str]]:
    return {(e.verdict, e.method) for p, e in record.evidence.items() if p.startswith(f"/tables/{table}/")}


def codes(record: Record) -> set[str]:
    return {finding.code for finding in record.findings}


def test_a_whole_table_in_order_is_accepted(tmp_path: Path) -> None:
    made = gridless(3)
    draft = written(made, tmp_path)
    question = next(one for one in ask_about(draft) if one.id == "table/applications")
    record = settle(draft, {question.id: Answer(question.id, truth_on(made, question))})
    assert verdicts(record, "applications") == {("accepted", "model")}
    assert record.tables["applications"]["new_received"] == made.truth["tables"]["applications"]["new_received"]


def test_samples_that_differ_are_for_review(tmp_path: Path) -> None:
    made = gridless(3)
    draft = written(made, tmp_path)
    questions = [one for one in ask_about(draft, samples=2) if one.id.startswith("table/applications")]
    first = truth_on(made, questions[0])
    rows = [list(row) if row else None for row in first["b1"]]
    rows[0] = None
    record = settle(draft, {questions[0].id: Answer("", first), questions[1].id: Answer("", {"b1": rows})})
    cell = record.evidence["/tables/applications/new_received/total"]
    assert (cell.verdict, cell.reasons[-5:][0]) == ("review", cell.reasons[-5:][0])
    assert "samples_disagree" in cell.reasons


def test_a_swapped_row_does_not_replace_what_a_rule_read(tmp_path: Path) -> None:
    made = generate(11, layout="txt_tab_rows_empty", form="2021", messy=0.0)
    plain = settle(written(made, tmp_path), {})
    draft = written(made, tmp_path)
    question = next(one for one in ask_about(draft, "model") if one.id == "table/applications")
    content = truth_on(made, question)
    content["rows"][2], content["rows"][3] = None, content["rows"][2]
    record = settle(draft, {question.id: Answer(question.id, content)})
    assert record.tables == plain.tables
    assert codes(record) & {"model_outvoted", "model_disagreement"}


def test_agreement_is_noted(tmp_path: Path) -> None:
    made = generate(11, layout="txt_tab_rows_empty", form="2021", messy=0.0)
    draft = written(made, tmp_path)
    question = next(one for one in ask_about(draft, "model") if one.id == "table/applications")
    record = settle(draft, {question.id: Answer(question.id, truth_on(made, question))})
    assert "model_agrees" in record.evidence["/tables/applications/granted/total"].reasons
    assert record.status == settle(written(made, tmp_path), {}).status


SLOTS = {
    "c1": Slotted("12件", [["收到", "新收"], ["申请"]], ["办结"], "own", "件"),
    "c2": Slotted("9件", [["办结", "答复"]], ["新收"], "own", "件"),
    "organisation": Slotted("澄湖市水务局", figure=False),
}


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("{organisation}收到申请{c1}。", None),
        ("收到申请{c1}件，办结{c2}件。", None),
        ("收到申请{c2}，办结{c1}。", "misplaced"),
        ("全市各单位收到申请{c1}。", "scope"),
        ("去年收到申请{c1}。", "year"),
        ("收到申请十二件。", "free_figure"),
        ("收到申请{c1}，同比多3件。", "free_figure"),
        ("东明市人民政府收到申请{c1}。", "free_body"),
        ("收到申请{c7}。", "unknown"),
    ],
)
def test_placeholders_must_fit_their_sentence(sentence: str, code: str | None) -> None:
    found = {fault.code for fault in faults_of([sentence], SLOTS)}
    assert code in found if code else not found


def test_a_unit_is_not_said_twice() -> None:
    assert filled(["收到申请{c1}件，办结{c2}。"], SLOTS).text == "收到申请12件，办结9件。"


def test_a_summary_with_figures_of_its_own_is_not_taken(tmp_path: Path) -> None:
    draft = written(generate(11, layout="txt_tab_rows_empty", messy=0.0), tmp_path)
    sentences = ["本年工作有序开展。", "公开内容逐步丰富。", "今后将继续改进。"]
    record = settle(draft, {"summary": Answer("summary", {"sentences": sentences})})
    assert (record.narrative.summary.method, record.narrative.summary.text) == ("model", "".join(sentences))
    draft = written(generate(11, layout="txt_tab_rows_empty", messy=0.0), tmp_path)
    record = settle(draft, {"summary": Answer("summary", {"sentences": [*sentences[:2], "共办理99件。"]})})
    assert record.narrative.summary.method == "extractive"


@pytest.mark.parametrize("seed", [20060, 20065, 20096, 20061])
def test_rows_slipped_to_the_label_on_their_other_side_are_not_accepted(seed: int, tmp_path: Path) -> None:
    made = gridless(seed)
    draft = written(made, tmp_path)
    question = next(one for one in ask_about(draft) if one.id == "table/applications")
    content = truth_on(made, question)
    told = [at for at, row in enumerate(content["b1"]) if row is not None]
    slipped: list[Any] = [None] * len(content["b1"])
    for at, following in pairwise(told):
        slipped[at] = content["b1"][following]
    record = settle(draft, {question.id: Answer(question.id, {"b1": slipped})})
    due = made.truth["tables"]["applications"]
    wrong = [
        pointer
        for pointer, evidence in record.evidence.items()
        if pointer.startswith("/tables/applications/") and evidence.verdict == "accepted"
        for row, column in [pointer.split("/")[3:]]
        if record.tables["applications"][row][column] != due[row][column]
    ]
    assert wrong == []
