"""What of a model's reading of the narrative is let in: claims by the words beside them, passages, links, topics."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from extractor.draft import Answer, Draft, Question, Section, Sections
from extractor.forms import builtin_forms
from extractor.llm.anchors import Anchors
from extractor.pipeline import ask_about, settle
from extractor.record import Body, Evidence, Improvement, Passage, Place, Record, Topic
from tests.factories import document_of
from tests.llm.asked import FakeModel
from tests.llm.truthful import places_in

Content = dict[str, Any]
FORM = builtin_forms()[0]
TITLE = "澄湖市水务局2023年政府信息公开工作年度报告"


def draft_of(overview: str, part_five: str = "") -> Draft:
    """A draft of which no rule has read anything but the body and the year."""
    text = f"{TITLE}\n{overview}\n{part_five}"
    document = document_of(text)
    start = len(text) - len(part_five)
    part = Section("issues_improvements", start, start, start, len(text))
    draft = Draft(document, FORM, Sections((0, len(TITLE)), [part] if part_five else []))
    draft.organisation, draft.year, draft.body = "澄湖市水务局", 2023, Body("department", None)
    for pointer, words in (("/organisation", "澄湖市水务局"), ("/year", "2023")):
        first = text.index(words)
        draft.evidence[pointer] = Evidence(raw=words, source=Place(start=first, end=first + len(words)))
    return draft


def settled(draft: Draft, contents: Callable[[Question], Content | None], *, samples: int = 1) -> Record:
    model = FakeModel(contents)
    return settle(draft, asyncio.run(_answers(model, ask_about(draft, samples=samples))))


async def _answers(model: FakeModel, questions: Sequence[Question]) -> dict[str, Answer]:
    return dict(await model.answer(questions))


def claiming(metric: str, scope: str = "own") -> Callable[[Question], Content | None]:
    """Takes the last anchor that is shown for a claim."""

    def answer(question: Question) -> Content | None:
        if question.kind != "claims":
            return None
        last = places_in(question)[-1].number
        return {"claims": [{"anchor": last, "metric": metric, "year": None, "scope": scope}]}

    return answer


@pytest.mark.parametrize(
    ("sentence", "metric", "scope", "verdict"),
    [
        ("全年收到政府信息公开申请12件。", "applications_received", "own", "accepted"),
        ("政府信息公开申请方面，全年收到12件。", "applications_received", "own", "accepted"),
        ("全年发生行政复议3件、行政诉讼2件。", "litigations", "own", "accepted"),
        ("全年收到申请12件，办结11件。", "applications_processed", "own", "accepted"),
        ("全市各单位公开政府信息900条。", "items_disclosed", "wider", "accepted"),
        ("未收到政府信息公开申请。", "applications_received", "own", "accepted"),
        ("全年收到申请12件，办结11件。", "applications_received", "own", "dropped"),
        ("全年发生行政复议3件。", "litigations", "own", "dropped"),
        ("收取信息处理费300元，收到申请。", "applications_received", "own", "dropped"),
        ("全市各单位公开政府信息900条。", "items_disclosed", "own", "review"),
        ("全年公开政府信息900条。", "items_disclosed", "wider", "review"),
        ("2022年收到政府信息公开申请12件。", "applications_received", "own", "review"),
        ("去年收到政府信息公开申请12件。", "applications_received", "own", "review"),
        ("收到政府信息公开申请，其中自然人申请收到3件。", "applications_received", "own", "review"),
        ("力争公开政府信息900条。", "items_disclosed", "own", "review"),
        ("公开政府信息较上年增加90条。", "items_disclosed", "own", "review"),
        ("没有收到超出一定数量范围的政府信息公开申请。", "applications_received", "own", "review"),
        ("未收取费用，收到公开信息申请的。", "items_disclosed", "own", "dropped"),
    ],
)
def test_a_claim_is_confirmed_by_the_words_beside_it(sentence: str, metric: str, scope: str, verdict: str) -> None:
    record = settled(draft_of(sentence), claiming(metric, scope))
    found = [
        (claim.metric, record.evidence[f"/narrative/claims/{claim.id}"].verdict) for claim in record.narrative.claims
    ]
    dropped = "answer_rejected" in {finding.code for finding in record.findings}
    assert (found, dropped) == (([], True) if verdict == "dropped" else ([(metric, verdict)], False))


# ---- part five ---------------------------------------------------------------------------------------------------
PART_FIVE = "一是公开内容不够丰富；二是解读形式单一。下一步，一是丰富公开内容；二是开展图文解读。"


def roles(*named: str) -> Callable[[Question], Content | None]:
    def answer(question: Question) -> Content | None:
        if question.kind != "clauses":
            return None
        measures = len({role for role in named if role.startswith("M")})
        entries = [f"{number}:{role}" for number, role in enumerate(named, 1)]
        return {"roles": entries, "answers": [[]] * measures}

    return answer


def judged(record: Record) -> list[tuple[str, str]]:
    found = [*record.narrative.issues, *record.narrative.improvements]
    names = [f"issues/{one.id}" if one in record.narrative.issues else f"improvements/{one.id}" for one in found]
    verdicts = [record.evidence[f"/narrative/{name}"].verdict for name in names]
    return list(zip([one.text for one in found], verdicts, strict=True))


def test_passages_that_samples_shape_and_wording_bear_out_are_accepted() -> None:
    record = settled(draft_of("概况。", PART_FIVE), roles("I1", "I2", "L", "M1", "M2"), samples=2)
    texts = ["公开内容不够丰富", "解读形式单一", "丰富公开内容", "开展图文解读"]
    assert judged(record) == [(text, "accepted") for text in texts]


def test_one_sample_is_not_enough() -> None:
    record = settled(draft_of("概况。", PART_FIVE), roles("I1", "I2", "L", "M1", "M2"))
    assert {verdict for _, verdict in judged(record)} == {"review"}


@pytest.mark.parametrize(
    ("part", "named"),
    [
        ("一是公开内容不够丰富，更新不及时；二是解读形式单一。", ("I1", "L", "I2")),
        ("一是公开内容不够丰富。栏目更新不及时。二是解读形式单一。", ("I1", "L", "I2")),
        ("一是公开内容不够丰富；二是解读形式单一。", ("I1", "I1")),
        ("一是公开内容不够丰富；二是解读形式单一。", ("M1", "M2")),
        ("栏目设置，公开内容不够丰富。", ("L", "I1")),
    ],
)
def test_a_passage_of_the_wrong_shape_or_sort_is_for_review(part: str, named: Sequence[str]) -> None:
    record = settled(draft_of("概况。", part), roles(*named), samples=2)
    assert judged(record)[0][1] == "review"


def test_a_clause_that_is_called_neither_is_reported() -> None:
    record = settled(draft_of("概况。", PART_FIVE), roles("I1", "O", "L", "M1", "M2"), samples=2)
    assert "解读形式单一" in "".join(f.message for f in record.findings if f.code == "unmatched_clause")


# ---- links and topics --------------------------------------------------------------------------------------------
ISSUES = ("政策解读形式单一", "依申请公开答复不够规范", "村级公开栏更新滞后", "业务人员培训不足")
MEASURES = ("采用图解等方式改进政策解读", "统一依申请公开答复文书", "每月检查村级公开栏", "组织业务人员集中培训")


@pytest.mark.parametrize("measure", range(4))
@pytest.mark.parametrize("issue", range(4))
def test_a_measure_answers_the_issue_that_it_shares_words_with(measure: int, issue: int) -> None:
    draft = draft_of("概况。", "无问题。")
    draft.narrative.issues = [Passage(f"i{n}", text, 0, 1) for n, text in enumerate(ISSUES, 1)]
    draft.narrative.improvements = [Improvement(f"m{n}", text, 0, 1) for n, text in enumerate(MEASURES, 1)]
    named = [[issue + 1] if number == measure else [] for number in range(4)]
    record = settled(draft, lambda question: {"answers": named} if question.kind == "links" else None)
    expected = [f"i{issue + 1}"] if measure == issue else []
    assert record.narrative.improvements[measure].answers == expected


@pytest.mark.parametrize(("topic", "taken"), [("platforms", "platforms"), ("applications", "other")])
def test_a_topic_is_taken_where_the_passage_speaks_of_it(topic: str, taken: str) -> None:
    draft = draft_of("今年新建公开平台两处，拓宽渠道，丰富载体。")
    start = len(TITLE) + 1
    draft.narrative.overview = [Topic("o1", draft.document.text[start:], start, len(draft.document.text))]
    record = settled(draft, lambda question: {"topics": [topic]} if question.kind == "topics" else None)
    assert record.narrative.overview[0].topic == taken


def test_anchors_number_from_one() -> None:
    assert Anchors("ab12").get(0) is None
