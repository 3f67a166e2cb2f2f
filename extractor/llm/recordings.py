"""Real answers kept for replay in tests and eval: one file a question, with all that it depends on.

A recording whose question, prompt, schema or model changed since is an error, never a reason to ask again or to go on
without.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from extractor.draft import Answer, Question
from extractor.errors import RecordingError
from extractor.llm.answers import answer_type
from extractor.llm.cache import FORMAT, Content, Key, key_of, read_json, write_json
from extractor.llm.prompts import load_prompt
from extractor.llm.wire import strict_schema

_UNSAFE = re.compile(r"[^\w#-]+")


def recording_path(folder: Path, question: Question) -> Path:
    """Where the answer to a question lies: by the report's tag and the question's id."""
    return folder / f"{question.content.get('tag', '')}-{_UNSAFE.sub('-', question.id)}.json"


def write_recording(folder: Path, question: Question, key: Key, content: Content) -> None:
    """Keep an answer.

    Raises:
        OSError: the folder cannot be written to.
    """
    write_json(
        recording_path(folder, question),
        {"format": FORMAT, "question": question.id, "kind": question.kind, "key": asdict(key), "content": content},
    )


class RecordedModel:
    """Answers from recordings in ``folder``, made with ``model`` (default: whichever made them)."""

    def __init__(self, folder: Path, model: str = "") -> None:
        self._folder = folder
        self._model = model

    async def answer(self, questions: Sequence[Question]) -> dict[str, Answer]:
        """The recorded answers.

        Raises:
            RecordingError: one is missing, or was made for something else; says what changed.
        """
        return {question.id: self._recorded(question) for question in questions}

    def _recorded(self, question: Question) -> Answer:
        kept = read_json(recording_path(self._folder, question))
        if kept is None:
            raise RecordingError(
                f"no recording of {question.id} in {self._folder}; make record makes one",
                f"{self._folder} 中没有 {question.id} 的录制结果，可运行 make record",
            )
        prompt, answer, was = load_prompt(question.kind), answer_type(question), _key(kept)
        key = key_of(question, self._model or was.get("model", ""), prompt.version, strict_schema(answer))
        changed = [name for name, value in asdict(key).items() if was.get(name) != value]
        if changed or kept.get("format") != FORMAT:
            names = ", ".join(changed) or "format"
            raise RecordingError(
                f"the recording of {question.id} is stale ({names} changed); make record makes it anew",
                f"{question.id} 的录制结果已过期（{names} 已变），可运行 make record 重新录制",
            )
        try:
            content: Content = answer.model_validate(kept.get("content")).model_dump(mode="json")
        except ValueError:
            raise RecordingError(
                f"the recording of {question.id} holds no valid answer; make record makes it anew",
                f"{question.id} 的录制结果不是有效的回答，可运行 make record 重新录制",
            ) from None
        return Answer(question.id, content, model=key.model, prompt_version=key.prompt)


def _key(kept: Content) -> Content:
    key = kept.get("key")
    return key if isinstance(key, dict) else {}
