"""Issues, improvements and links: matched by hand, and against stickler's assignment and scikit-learn's scores."""

from __future__ import annotations

from itertools import permutations
from random import Random

import pytest
from rapidfuzz import fuzz
from sklearn.metrics import precision_recall_fscore_support
from stickler.algorithms.hungarian import HungarianMatcher

from eval.scores.links import score_links
from eval.scores.lists import list_score, match, score_items
from extractor.forms import builtin_forms
from tests.eval.scoring import IMPROVEMENTS, ISSUES, compared, finding, gold, narrative, record

WORDS = ("目录更新常有拖延", "解读的样式偏少", "回访不够及时", "目录常有拖延", "窗口值守人手不足", "网页检索不便")


def test_the_same_lists_in_another_order_are_matched_whole() -> None:
    matches = match(["甲乙丙丁", "戊己庚辛"], {"i1": "戊己 庚辛", "i2": "甲乙丙丁"}, 0.5)
    assert [(one.gold, one.got, one.exact) for one in matches] == [(0, "i2", True), (1, "i1", True)]
    score = list_score("issues", matches)
    assert (score.precision, score.recall, score.soft_f1, score.exact) == (1.0, 1.0, 1.0, 2)


def test_a_pair_is_soft_by_its_common_letters() -> None:
    """甲乙丙丁 and 甲乙丙戊 share a subsequence of three letters: 2 · 3 / (4 + 4) = 0.75."""
    [one] = match(["甲乙丙丁"], {"i1": "甲乙丙戊"}, 0.5)
    assert (one.similarity, one.exact) == (0.75, False)
    score = list_score("issues", [one])
    assert (score.precision, score.recall, score.soft_f1, score.exact) == (1.0, 1.0, 0.75, 0)


def test_unlike_items_are_no_pair() -> None:
    matches = match(["甲乙丙丁", "戊己庚辛"], {"i1": "甲乙丙丁", "i2": "子丑寅卯"}, 0.5)
    assert [(one.gold, one.got) for one in matches] == [(0, "i1"), (1, None), (None, "i2")]
    score = list_score("issues", matches)
    assert (score.precision, score.recall, score.soft_f1) == (0.5, 0.5, 0.5)


def test_the_best_matching_in_all_is_taken_not_the_best_first_pair() -> None:
    """Greedily 甲乙丙丁 would take i1 (0.86), leaving 甲乙 to i2 (0); in all 0.75 + 0.8 is more."""
    due, got = ["甲乙丙丁", "甲乙"], {"i1": "甲乙丙", "i2": "丙丁甲乙丙"}
    likeness = {(g, i): fuzz.ratio(g, text) / 100 for g in due for i, text in got.items()}
    best = max(permutations(got), key=lambda ids: sum(likeness[g, i] for g, i in zip(due, ids, strict=True)))
    matches = match(due, got, 0.0)
    assert [one.got for one in matches] == list(best)


@pytest.mark.parametrize(
    ("due", "got", "shares"), [((), (), (None, None, None)), (("甲",), (), (None, 0, 0)), ((), ("甲",), (0, None, 0))]
)
def test_nothing_to_divide_by_is_not_zero(
    due: tuple[str, ...], got: tuple[str, ...], shares: tuple[object, ...]
) -> None:
    score = list_score("issues", match(due, {f"i{n}": text for n, text in enumerate(got)}, 0.5))
    assert (score.precision, score.recall, score.soft_f1) == shares


@pytest.mark.parametrize("seed", range(12))
def test_the_assignment_is_worth_what_sticklers_is(seed: int) -> None:
    random = Random(seed)
    due, got = (random.sample(WORDS, random.randint(1, 5)) for _ in range(2))
    ours = match(due, {str(n): text for n, text in enumerate(got)}, 0.0)
    matcher = HungarianMatcher(lambda a, b: fuzz.ratio(a, b) / 100, normalize_values=False, match_threshold=0.5)
    pairs, likeness = matcher.match(due, got)
    assert sum(one.similarity for one in ours) == pytest.approx(sum(likeness[i][j] for i, j in pairs))
    theirs = matcher.calculate_metrics(due, got)
    score = list_score("issues", match(due, {str(n): text for n, text in enumerate(got)}, 0.5))
    assert score.matched == theirs["tp"]


def test_a_lost_issue_is_omitted_and_escapes_unless_part_five_is_doubted() -> None:
    lost = record(narrative=narrative(issues=ISSUES[:1]))
    fields, _, [issues, improvements] = score_items(compared(got=lost))
    assert [one.pointer for one in fields if one.outcome == "omitted"] == ["/narrative/issues/gold-2"]
    assert (issues.recall, improvements.recall) == (0.5, 1.0)
    assert [one.pointer for one in fields if one.is_escape] == ["/narrative/issues/gold-2"]
    lost.findings = [finding("unmatched_clause", "/narrative/issues", severity="warning")]
    assert not any(one.is_escape for one in score_items(compared(got=lost))[0])


def test_what_was_lost_is_shown_where_it_stands() -> None:
    fields, _, _ = score_items(compared(got=record(narrative=narrative(issues=ISSUES[:1]))))
    excerpt = next(one.excerpt for one in fields if one.outcome == "omitted")
    assert excerpt is not None
    assert excerpt.quote == ISSUES[1]


def test_other_boundaries_are_wrong_though_matched() -> None:
    fields, _, [issues, _] = score_items(
        compared(got=record(narrative=narrative(issues=(ISSUES[0] + "。另", ISSUES[1]))))
    )
    assert [one.outcome for one in fields[:2]] == ["wrong", "right"]
    assert (issues.matched, issues.exact) == (2, 1)


@pytest.mark.parametrize(
    ("answers", "precision", "recall"),
    [
        ((("i1",), ("i2",)), 1.0, 1.0),
        ((("i1",), ()), 1.0, 0.5),
        ((("i1", "i2"), ("i2",)), 2 / 3, 1.0),
        ((("i2",), ("i1",)), 0.0, 0.0),
        (((), ()), None, 0.0),
    ],
)
def test_links_are_pairs(answers: tuple[tuple[str, ...], ...], precision: float | None, recall: float) -> None:
    due = compared(gold(links={"0": [0], "1": [1]}), record(narrative=narrative(answers=answers)))
    _, pairs, _ = score_items(due)
    _, score = score_links(due, pairs)
    assert (score.precision, score.recall) == (pytest.approx(precision) if precision else precision, recall)
    every = [(m, i) for m in ("m1", "m2") for i in ("i1", "i2")]
    truth = [pair in {("m1", "i1"), ("m2", "i2")} for pair in every]
    made = [i in answers[int(m[1]) - 1] for m, i in every]
    theirs = precision_recall_fscore_support(truth, made, average="binary", zero_division=0)
    assert (score.precision or 0, score.recall) == pytest.approx(theirs[:2])


def test_links_follow_the_items_not_their_ids() -> None:
    """The record has the gold's second issue first: its i1 is the gold's i2."""
    swapped = narrative(issues=(ISSUES[1], ISSUES[0]), answers=(("i2",), ("i1",)))
    due = compared(gold(links={"0": [0], "1": [1]}), record(narrative=swapped))
    fields, score = score_links(due, score_items(due)[1])
    assert (score.precision, score.recall) == (1.0, 1.0)
    assert [one.pointer for one in fields] == [f"/narrative/improvements/m{n}/answers/i{n}" for n in (1, 2)]


def test_a_link_to_what_the_gold_lacks_is_spurious() -> None:
    more = narrative(issues=(*ISSUES, "窗口值守人手不足"), answers=(("i1", "i3"), ("i2",)))
    due = compared(gold(links={"0": [0], "1": [1]}), record(narrative=more))
    fields, score = score_links(due, score_items(due)[1])
    assert [one.pointer for one in fields if one.outcome == "spurious"] == ["/narrative/improvements/m1/answers/i3?"]
    assert score.precision == pytest.approx(2 / 3)


def test_links_that_are_not_labelled_are_not_scored() -> None:
    linked = compared(gold(), record(narrative=narrative(answers=(("i1",), ("i2",)))))
    fields, score = score_links(linked, score_items(linked)[1])
    assert (fields, score.scored, score.recall) == ([], False, None)


def test_every_list_of_a_form_has_a_metric() -> None:
    for form in builtin_forms():
        assert form.scoring.lists.keys() == {"issues", "improvements", "claims", "links"}
    assert len(IMPROVEMENTS) == len(ISSUES)
