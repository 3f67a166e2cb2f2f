"""Sentences with placeholders where figures, dates and names go: whether each placeholder fits its sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from extractor.metrics.scope import said_of
from extractor.text import fold

PLACEHOLDER = re.compile(r"\{([^{}]{1,80})\}")
_CLAUSE = re.compile(r"[^,。;!?，；！？\n]+")
_FREE = re.compile(
    r"\d|[零〇一二两三四五六七八九十百千万亿]+(?=\s?(?:[余多]?[件条项个次份宗起篇部例笔]|元|万元|年|月|日|%|个百分点))"
)
_FREE_ENGLISH = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|"
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundreds?|thousands?|millions?|dozens?|percent|half|twice)\b",
    re.IGNORECASE,
)
_OTHER_BODY = re.compile(
    r"[\u4e00-\u9fff]{2,20}(?:人民政府|办事处|委员会|管理局|管委会)|某[局市县镇]"
    r"|\b(?:[Bb]ureau|[Gg]overnment|[Cc]ommission|[Dd]epartment|[Oo]ffice) of [A-Z]\w+"
    r"|\b[A-Z][a-z]+ (?:City|County|District|Town|Township|Province|Bureau|Subdistrict)\b"
)


@dataclass(frozen=True, slots=True)
class Slotted:
    """What may be put in place of a placeholder: its words, the cues that must stand beside it, and its scope."""

    words: str = ""
    cues: Sequence[Sequence[str]] = ()
    unless: Sequence[str] = ()
    scope: str = "own"
    unit: str = ""
    figure: bool = True


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a sentence: a code, and a message to whoever wrote it."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its placeholders filled in."""

    text: str
    used: list[str] = field(default_factory=list)


def faults_of(sentences: Sequence[str], known: Mapping[str, Slotted]) -> list[Fault]:
    """Everything that keeps sentences from being admitted; empty where nothing does.

    >>> slots = {"c1": Slotted("3件", [["复议"]])}
    >>> faults_of(["发生行政复议{c1}。"], slots), [fault.code for fault in faults_of(["收到申请{c1}，共5件。"], slots)]
    ([], ['misplaced', 'free_figure'])
    """
    return [fault for number, one in enumerate(sentences, 1) for fault in _faults(number, one, known)]


def _faults(number: int, sentence: str, known: Mapping[str, Slotted]) -> Iterator[Fault]:
    for clause in _CLAUSE.finditer(sentence):
        names = PLACEHOLDER.findall(clause[0])
        for name in names:
            if name not in known:
                yield Fault("unknown", f"sentence {number}: {{{name}}} is no placeholder of the list")
            elif known[name].figure:
                yield from _misplaced(number, name, clause[0], sentence, known[name])
    bare = fold(PLACEHOLDER.sub("", sentence))
    if "{" in bare or "}" in bare:
        yield Fault("braces", f"sentence {number}: a brace is open or empty")
    free = _FREE.search(bare) or _FREE_ENGLISH.search(bare)
    if free:
        yield Fault("free_figure", f"sentence {number}: “{free[0]}” is a figure of your own; use a placeholder")
    body = _OTHER_BODY.search(bare)
    if body:
        yield Fault("free_body", f"sentence {number}: “{body[0]}” names a body; use {{organisation}}")


def _misplaced(number: int, name: str, clause: str, sentence: str, slot: Slotted) -> Iterator[Fault]:
    """A figure stands with cues of its own metric, alone or nearest, in the scope and year it is of."""
    before = clause[: clause.index("{" + name + "}")]
    words = PLACEHOLDER.sub("", clause)
    near = PLACEHOLDER.split(before)[-1]
    missing = [group for group in slot.cues if not any(cue in words for cue in group)]
    if missing and all(any(cue in sentence for cue in group) for group in missing[1:]):
        missing = missing[:1]
    if missing:
        yield Fault("misplaced", f"sentence {number}: beside {{{name}}} must stand one of {'、'.join(missing[0])}")
    wrong = next((word for word in slot.unless if word in near), None)
    if wrong:
        yield Fault("misplaced", f"sentence {number}: {{{name}}} does not count “{wrong}”")
    if bool(said_of("wider", words)) is not (slot.scope == "wider"):
        yield Fault("scope", f"sentence {number}: {{{name}}} is of scope “{slot.scope}”; say so")
    year = said_of("other_year", words) or said_of("compared", words)
    if year:
        yield Fault("year", f"sentence {number}: {{{name}}} is this year's, not “{year}”")


def filled(sentences: Sequence[str], known: Mapping[str, Slotted]) -> Filled:
    """The sentences with every placeholder filled; a unit that follows a figure already is not said twice.

    >>> filled(["收到申请{c1}件。"], {"c1": Slotted("3件", unit="件")}).text
    '收到申请3件。'
    >>> filled(["It received {c1} applications.", "All is well."], {"c1": Slotted("3件", unit="件")}).text
    'It received 3 applications. All is well.'
    """
    used: list[str] = []
    texts = [_filled_one(sentence.strip(), known, used) for sentence in sentences]
    spaced = [text + " " if text.isascii() or text.endswith((".", "!", "?")) else text for text in texts]
    return Filled("".join(spaced).strip(), used)


def _filled_one(text: str, known: Mapping[str, Slotted], used: list[str]) -> str:
    english = PLACEHOLDER.sub("", text).isascii()
    pieces, at = [], 0
    for match in PLACEHOLDER.finditer(text):
        slot = known[match[1]]
        used.append(match[1])
        pieces += [text[at : match.start()], _words_of(slot, text[match.end() :], english)]
        at = match.end()
    return "".join([*pieces, text[at:]])


def _words_of(slot: Slotted, behind: str, english: bool) -> str:
    """What is put in: with its unit, where the text does not go on with it; in English without."""
    bare = slot.words.removesuffix(slot.unit)
    if english and slot.figure:
        return f"over {bare.removesuffix('余')}" if bare.endswith("余") else bare
    return bare if slot.unit and behind.startswith(slot.unit) else slot.words
