"""The prompts: one Markdown file a kind of question, ``prompts/KIND.md``, found inside the package.

A file is front matter (``answer``: the kind; ``variables``: what the body names as ``{{variable}}``) and a body. What
stands before the first of the report's own variables is the same for every report of a form: it is sent first, so that
an endpoint which keeps prefixes finds it again; the report comes last.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from extractor.errors import ModelError

OF_THE_REPORT = frozenset({"tag", "text"})
"""Variables that differ from report to report."""

_FRONT = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)
_FIELD = re.compile(r"(\w+): *(.*)")
_VARIABLE = re.compile(r"\{\{ *(\w+) *\}\}")


class PromptError(ModelError):
    """A prompt file is wrong, or a question does not fit it."""

    code = "bad_prompt"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt: ``prefix`` and ``report`` are its two parts, ``version`` the hash of the file's content."""

    kind: str
    version: str
    variables: frozenset[str]
    prefix: str
    report: str

    def render(self, content: Mapping[str, Any]) -> tuple[str, str]:
        """Instructions and form, the same for all reports of a form; and the report.

        Text that is filled in is not searched for variables again.

        Raises:
            PromptError: ``content`` lacks a variable, or holds something other than text or a number for it.
        """
        wrong = [name for name in sorted(self.variables) if not isinstance(content.get(name), str | int)]
        if wrong:
            raise _wrong(self.kind, f"the question has no text for {', '.join(wrong)}", f"问题缺少 {'、'.join(wrong)}")
        return _filled(self.prefix, content), _filled(self.report, content)


@lru_cache(maxsize=64)
def load_prompt(kind: str) -> Prompt:
    """The prompt for a kind of question.

    Raises:
        PromptError: there is none, or its front matter and its body do not agree.
    """
    file = resources.files("extractor").joinpath("prompts", f"{kind}.md")
    if not kind.isidentifier() or not file.is_file():
        raise _wrong(kind, "there is no such prompt", "没有这个提示词文件")
    return read_prompt(kind, file.read_text("utf-8"))


def read_prompt(kind: str, text: str) -> Prompt:
    """A prompt from the text of its file.

    Raises:
        PromptError: as ``load_prompt``.
    """
    match = _FRONT.fullmatch(text.replace("\r\n", "\n"))
    if match is None:
        raise _wrong(kind, "no front matter between two lines of ---", "缺少 --- 之间的文件头")
    fields, body = _fields(kind, match[1]), match[2].strip()
    declared = frozenset(name.strip() for name in fields["variables"].split(",") if name.strip())
    _check(kind, fields, declared, frozenset(_VARIABLE.findall(body)))
    prefix, report = _parts(body)
    return Prompt(kind, hashlib.sha256(text.encode()).hexdigest()[:12], declared, prefix, report)


def _fields(kind: str, front: str) -> dict[str, str]:
    matches = [(line, _FIELD.fullmatch(line.strip())) for line in front.splitlines() if line.strip()]
    fields = {match[1]: match[2].strip() for _, match in matches if match}
    if len(fields) != len(matches) or fields.keys() != {"answer", "variables"}:
        raise _wrong(kind, "front matter must hold answer and variables", "文件头须有且只有 answer 和 variables")
    return fields


def _check(kind: str, fields: Mapping[str, str], declared: frozenset[str], used: frozenset[str]) -> None:
    if fields["answer"] != kind:
        raise _wrong(kind, f"its answer is {fields['answer']!r}", f"answer 为 {fields['answer']!r}")
    if declared != used:
        names = ", ".join(sorted(declared ^ used))
        raise _wrong(kind, f"declared or used only: {names}", f"只声明或只使用了变量 {names}")
    if not used >= OF_THE_REPORT:
        raise _wrong(kind, "the body must show tag and text", "正文须包含 tag 和 text")


def _parts(body: str) -> tuple[str, str]:
    """The body cut before the line on which the first variable of the report stands."""
    first = next(match.start() for match in _VARIABLE.finditer(body) if match[1] in OF_THE_REPORT)
    cut = body.rfind("\n", 0, first) + 1
    return body[:cut].rstrip(), body[cut:]


def _filled(part: str, content: Mapping[str, Any]) -> str:
    return _VARIABLE.sub(lambda match: str(content[match[1]]), part)


def _wrong(kind: str, en: str, zh: str) -> PromptError:
    return PromptError(f"prompt {kind}: {en}", f"提示词 {kind}：{zh}")
