"""Answers from a script that knows the truth, put to the client over the wire as a model's would be.

The script sees a question as a model does, and finds where the report says what the gold says (``tests.llm.truthful``).
Its figures show whether asking and admitting work; they say nothing of any model.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from eval.cases import Case
from extractor.draft import Answer, Question
from extractor.errors import RecordingError
from extractor.gold import Gold
from extractor.llm.client import LiveModel
from extractor.settings import Settings
from tests.faulty_server import FaultyServer
from tests.llm.truthful import Truthful

Content = dict[str, Any]
_UNKNOWN = ("topics", "summary")
"""Questions that no gold answers; the script leaves them, as an endpoint does that gives no answer."""

_NOT_OF_THE_SCRIPT = ("invalid_answer",)
"""Why a question may go without an answer: what is wrong may be refused. Any other reason is a fault of the eval."""


class Script:
    """A server on loopback that answers from the gold; ``rate`` of its places are wrong."""

    def __init__(self, server: FaultyServer, rate: float) -> None:
        self.server = server
        self.rate = rate
        self.model = LiveModel(_settings(server.url))

    async def answer(self, case: Case, questions: Sequence[Question]) -> Mapping[str, Answer]:
        """What a client makes of the script's answers.

        Raises:
            RecordingError: the client got no answer for a reason that is not the answer's content; figures over such a
                run would be those of the rules alone.
        """
        asked = [one for one in questions if one.kind not in _UNKNOWN]
        self.server.answer = partial(self._content, case.gold)
        self.server.expect(asked)
        answers = await self.model.answer(asked)
        failed = {one.failure for one in answers.values()} - {"", *_NOT_OF_THE_SCRIPT}
        if failed:
            reasons = ", ".join(sorted(failed))
            raise RecordingError(f"the script gave no answer: {reasons}", f"脚本没有给出回答：{reasons}")
        return answers

    async def close(self) -> None:
        """Close the connections."""
        await self.model.close()

    def _content(self, gold: Gold, question: Question) -> Content | None:
        """The answer to one question, the same in whatever order they are asked."""
        if question.kind == "links":
            return {"answers": _links(gold)}
        truth = gold.model_dump() | {"states": gold.states or {}}
        content = Truthful(truth, self.rate, zlib.crc32(question.id.encode()))._asked(question)
        if question.kind == "clauses" and content and len(content["answers"]) == len(gold.narrative.improvements):
            content["answers"] = _links(gold)
        return content


def _links(gold: Gold) -> list[list[int]]:
    """The issues that each improvement answers, counted from 1."""
    links = gold.links or {}
    return [[issue + 1 for issue in links.get(str(at), ())] for at in range(len(gold.narrative.improvements))]


def _settings(url: str) -> Settings:
    """Settings that nothing in the environment or in a ``.env`` file changes."""
    fields = Settings.model_fields.items()
    given = {info.validation_alias or name: info.get_default(call_default_factory=True) for name, info in fields}
    given |= {"model": "script", "cache_dir": "off", "seconds_of_waiting": 2.0, "model_calls_at_once": 4}
    given |= {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": url}
    return Settings.model_validate(given)
