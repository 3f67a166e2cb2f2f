"""Part one cut anew, sentence by sentence: as the reader cuts it, and no word lost when a person does it otherwise."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractor.document import Document
from extractor.record import Record, Topic
from extractor.review.fields import checked, copy_of, put
from extractor.store.state import Entry
from extractor.ui.desk.clauses import Clause, Role, recast
from extractor.ui.desk.topics import recut_topic, sentences_of
from tests.factories import document_of
from tests.ui.desks import FILES, read, sentences_of_part_one

NAMES = [name for name in FILES if not name.endswith("print.pdf")]  # its text is that of the Word file
ROLES: tuple[Role, ...] = ("topic", "same", "none")
HEALTH = "qingzhen_health_bureau_2022.txt"


def after(document: Document, record: Record, at: int, role: Role) -> Record:
    """The record with one sentence given another role."""
    made = copy_of(record)
    for path, items in recast(document, record, sentences_of_part_one(document, record), at, role).items():
        assert path == "/narrative/overview"
        put(made, path, checked(made, path, Entry(items), document.text))
    return made


def told(record: Record) -> list[tuple[str, str, str, str]]:
    return [(one.id, one.topic, one.heading, one.text) for one in record.narrative.overview]


def groups(clauses: list[Clause]) -> list[list[Clause]]:
    """The sentences of each passage."""
    found: list[list[Clause]] = []
    for one in clauses:
        if one.role == "topic":
            found.append([])
        if one.role != "none":
            found[-1].append(one)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_passage_cut_as_it_was_is_what_the_reader_made_of_it(name: str) -> None:
    document, record = read(name)
    clauses = sentences_of_part_one(document, record)
    assert all(one.role != "none" for one in clauses)
    made = [recut_topic(document, record, [one.spot for one in some], None) for some in groups(clauses)]
    assert [(one.topic, one.heading, one.text, one.start, one.end) for one in made] == [
        (one.topic, one.heading, one.text, one.start, one.end) for one in record.narrative.overview
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_role_that_a_sentence_has_changes_nothing(name: str) -> None:
    document, record = read(name)
    clauses = sentences_of_part_one(document, record)
    assert all(recast(document, record, clauses, at, clause.role) == {} for at, clause in enumerate(clauses))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(NAMES), st.lists(st.tuples(st.integers(0, 99), st.sampled_from(ROLES)), min_size=1, max_size=6))
def test_any_casts_leave_a_sound_overview(name: str, casts: list[tuple[int, Role]]) -> None:
    document, record = read(name)
    spots = [clause.spot for clause in sentences_of_part_one(document, record)]
    for at, role in casts:
        record = after(document, record, at % len(spots), role)
        assert [clause.spot for clause in sentences_of_part_one(document, record)] == spots
        items = record.narrative.overview
        assert len({one.id for one in items}) == len(items)
        assert all(one.end <= other.start for one, other in pairwise(items))
        assert all(one.text == document.text[one.start : one.end] for one in items)
        assert {f"/narrative/overview/{one.id}" for one in items} == {
            path for path in record.evidence if path.startswith("/narrative/overview/")
        }


def test_a_passage_is_split_and_joined_again() -> None:
    document, record = read(HEALTH)
    clauses = sentences_of_part_one(document, record)
    at = next(at for at, one in enumerate(clauses) if one.role == "same" and clauses[at - 1].role == "same")
    split = after(document, record, at, "topic")
    whole = next(one for one in record.narrative.overview if clauses[at].path == f"/narrative/overview/{one.id}")
    first, second = [one for one in split.narrative.overview if whole.start <= one.start < whole.end]
    assert (first.id, first.heading, first.topic) == (whole.id, whole.heading, whole.topic)
    assert second.id not in {one.id for one in record.narrative.overview}
    assert second.text == document.text[second.start : whole.end]
    assert told(after(document, split, at, "same")) == told(record)


def test_a_heading_taken_out_leaves_the_words_without_it() -> None:
    document, record = read(HEALTH)
    made = after(document, record, 0, "none")
    first, was = made.narrative.overview[0], record.narrative.overview[0]
    assert was.heading and not first.heading
    assert first.text == was.text
    assert told(after(document, made, 0, "topic"))[0][2] == was.heading


def test_what_a_model_called_a_passage_stays_where_it_begins() -> None:
    document, record = read(HEALTH)
    record = copy_of(record)
    record.narrative.overview = [
        Topic(one.id, one.text, one.start, one.end, "platforms", one.heading) for one in record.narrative.overview
    ]
    made = after(document, record, len(sentences_of_part_one(document, record)) - 1, "none")
    assert {one.topic for one in made.narrative.overview} == {"platforms"}
    assert made.narrative.overview[-1].end < record.narrative.overview[-1].end


TEXTS = {
    "sentences": ("全年公开信息九条。其中动态三条；公告六条！", ["全年公开信息九条。", "其中动态三条；", "公告六条！"]),
    "commas stay": ("我局加强学习，完善制度，公开九条。", ["我局加强学习，完善制度，公开九条。"]),
    "ordinals": ("一是加强学习，二是完善制度。", ["一是加强学习，", "二是完善制度。"]),
    "lines": ("主动公开情况\n全年公开九条", ["主动公开情况", "全年公开九条"]),
    "marks of Markdown": ("**（一）主动公开。** 公开九条。", ["**（一）主动公开。", "** 公开九条。"]),
}


@pytest.mark.parametrize(("text", "sentences"), TEXTS.values(), ids=TEXTS)
def test_sentences(text: str, sentences: list[str]) -> None:
    document = document_of(text)
    assert [document.text[one.start : one.end] for one in sentences_of(document, 0, len(document.text))] == sentences
