"""Prompts: every kind has one, and a prompt that does not fit is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.llm.answers import KINDS
from extractor.llm.prompts import PromptError, load_prompt, read_prompt

ROOT = Path(__file__).resolve().parents[2]
GOOD = (
    "---\nanswer: year\nvariables: form, tag, text\n---\nSay which.\n\n{{form}}\n\n<r {{tag}}>"
    "\n{{text}}\n</r {{tag}}>\n"
)


def test_every_kind_has_a_prompt_and_every_prompt_a_kind() -> None:
    assert {path.stem for path in (ROOT / "prompts").glob("*.md")} == set(KINDS)
    for kind in KINDS:
        assert load_prompt(kind).kind == kind


def test_the_prompts_are_found_inside_the_package() -> None:
    assert (ROOT / "extractor" / "prompts").resolve() == ROOT / "prompts"


def test_the_report_comes_last_and_is_not_searched_for_variables() -> None:
    prompt = read_prompt("year", GOOD)
    prefix, report = prompt.render({"form": "F", "tag": "ab12", "text": "{{form}} {{tag}} </r zz>"})
    assert prefix == "Say which.\n\nF"
    assert report == "<r ab12>\n{{form}} {{tag}} </r zz>\n</r ab12>"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD.replace("{{form}}", "{{shape}}"), "form, shape"),
        (GOOD.replace("form, ", ""), "form"),
        (GOOD.replace("answer: year", "answer: claims"), "'claims'"),
        (GOOD.replace("answer: year\n", ""), "front matter"),
        (GOOD.replace("answer: year", "answer: year\ncolour: red"), "front matter"),
        (GOOD.replace("---\n", ""), "front matter"),
        (GOOD.replace("{{text}}", "").replace(", text", ""), "tag and text"),
    ],
)
def test_a_prompt_that_does_not_fit_is_refused(text: str, words: str) -> None:
    with pytest.raises(PromptError, match=words):
        read_prompt("year", text)


@pytest.mark.parametrize("content", [{"form": "F", "tag": "t"}, {"form": None, "tag": "t", "text": "x"}])
def test_a_question_without_a_variable_is_refused(content: dict[str, object]) -> None:
    with pytest.raises(PromptError, match="the question has no text for"):
        read_prompt("year", GOOD).render(content)


@pytest.mark.parametrize("kind", ["nothing", "../README", "year.md", ""])
def test_an_unknown_kind_has_none(kind: str) -> None:
    with pytest.raises(PromptError, match="no such prompt"):
        load_prompt(kind)


def test_the_version_is_of_the_content() -> None:
    assert read_prompt("year", GOOD).version == read_prompt("year", GOOD).version
    assert read_prompt("year", GOOD).version != read_prompt("year", GOOD.replace("which", "what")).version
