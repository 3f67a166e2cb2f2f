"""Does a label in the source speak of the row or column that was read from it?

The answer is made by likeness of spelling (rapidfuzz), apart from the exact comparison the table reader uses: a label
confirms a key where no other key is more like it, contradicts it where another clearly is, and is silent where it is
too short, broken or unknown to say either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz

from extractor.text import fold, squash

Word = Literal["confirms", "contradicts", "silent"]

LIKE = 80.0
"""From this likeness (of 100) on, words are taken for a label."""

_RIVAL = 75.0
_CLEARLY = 10.0
_ORDINAL_DIFFERS = 15.0
_PIECE = (2, 4)
"""From how many letters on words may be a piece of a label, and from how many they tell it."""

_LONGEST = 160
_KEPT = 20_000
_ORDINAL = re.compile(r"\s*(?:[(\[]?([一二三四五六七八九十]{1,3}|\d{1,2})\s*[)\]、.,:]+\s*)+")
_MARKUP = " *_`~$"
_YEAR = re.compile(r"[(\[]?(?:19|20)\d\d年?度?[)\]]?")
_REMARK = re.compile(r"[(\[][^()\[\]]{0,40}[)\]]\s*$")


@dataclass(frozen=True, slots=True)
class Label:
    """A label without its ordinal; ``ordinal`` is "" where it has none."""

    ordinal: str
    bare: str


@lru_cache(maxsize=4_000)
def label_of(text: str) -> Label:
    """Words as compared: the last ordinal apart, without years, a closing remark in brackets, spaces and stops.

    >>> label_of("（三）3．其他"), label_of("本年(2023)收费金额（单位：万元）").bare
    (Label(ordinal='3', bare='其他'), '本年收费金额')
    """
    folded = fold(text[-_LONGEST:]).lstrip(_MARKUP)
    match = _ORDINAL.match(folded)
    rest = _YEAR.sub("", folded[match.end() :] if match else folded)
    without = _REMARK.sub("", rest)
    return Label(match[1] if match else "", squash(without) or squash(rest))


@dataclass(frozen=True, slots=True)
class _Entry:
    labels: tuple[Label, ...]
    groups: tuple[str, ...]
    texts: tuple[str, ...]


class LabelJudge:
    """Judges labels against the labels of a set of keys (the rows of a table, the columns of a row)."""

    def __init__(self, wordings: Mapping[str, tuple[Sequence[str], Sequence[str]]]) -> None:
        """``wordings``: key → (its labels, its path from the outermost group down)."""
        self._entries = {key: _entry(labels, path) for key, (labels, path) in wordings.items()}
        self._exact: dict[str, dict[str, str]] = {}
        for key, entry in self._entries.items():
            for label in entry.labels:
                self._exact.setdefault(label.bare, {})[key] = label.ordinal
        self._groups = {group for entry in self._entries.values() for group in entry.groups} - self._exact.keys()
        self._ranks: dict[str, dict[str, float]] = {}
        self._decided: dict[tuple[str, tuple[str, ...]], tuple[Word, str]] = {}

    def decide(self, key: str, candidates: tuple[str, ...]) -> tuple[Word, str]:
        """What the words nearest a value, nearest first, say of ``key``; and the words that say it.

        >>> judge = LabelJudge({"a": (["予以公开"], []), "b": (["部分公开"], [])})
        >>> judge.decide("a", ("（一）予以公开",)), judge.decide("b", ("（一）予以公开",))[0]
        (('confirms', '（一）予以公开'), 'contradicts')
        """
        known = self._decided.get((key, candidates))
        if known is None:
            if len(self._decided) >= _KEPT:
                self._decided.clear()
            known = self._decided[key, candidates] = self._decide(key, candidates)
        return known

    def best(self, text: str) -> set[str]:
        """The keys whose label these words are, or are nearly; empty where they are none's."""
        ranks = self._ranked(text)
        top = max(ranks.values(), default=0.0)
        return {key for key, score in ranks.items() if score == top} if top >= LIKE else set()

    def exactly(self, text: str) -> set[str]:
        """The keys one of whose labels these words are, ordinals and remarks apart."""
        return set(self._exact.get(label_of(text).bare, ()))

    def ordinals(self, text: str) -> set[str]:
        """The ordinals that the labels nearest these words have in the form."""
        return {label.ordinal for key in self.best(text) for label in self._entries[key].labels if label.ordinal}

    def _decide(self, key: str, candidates: tuple[str, ...]) -> tuple[Word, str]:
        if key not in self._entries:
            return "silent", ""
        for at, text in enumerate(candidates):
            word = self._judge(key, text, candidates[at + 1 :])
            if word != "silent":
                return word, text
        return "silent", ""

    def _judge(self, key: str, text: str, outer: Sequence[str]) -> Word:
        ranks = self._ranked(text)
        own = ranks.get(key, 0.0)
        other = max((score for rival, score in ranks.items() if rival != key), default=0.0)
        if own >= LIKE and own > other:
            return "confirms"
        if own >= LIKE and own == other:
            return self._by_group(key, [rival for rival, score in ranks.items() if score == own], outer)
        piece = self._as_piece(key, text)
        if piece is not None:
            return piece
        return "contradicts" if other >= _RIVAL and other > own + _CLEARLY else "silent"

    def _by_group(self, key: str, tied: Sequence[str], outer: Sequence[str]) -> Word:
        """Same words, several keys: the labels further out decide, where they name the group of one of them."""
        for text in outer:
            bare = label_of(text).bare
            named = {rival for rival in tied if bare in self._entries[rival].groups}
            if named and len(named) < len(tied):
                return "confirms" if key in named else "contradicts"
        return "confirms"

    def _as_piece(self, key: str, text: str) -> Word | None:
        """What words say that are the group over a key, or a piece of its own label; None where they are neither.

        A label broken over lines leaves such pieces; one that only this key's label holds confirms it.
        """
        label, entry = label_of(text), self._entries[key]
        if label.bare in entry.groups:
            return "silent"
        ordinals = {own.ordinal for own in entry.labels if own.ordinal}
        if (label.bare in self._exact and not label.ordinal) or len(label.bare) < _PIECE[0]:
            return None
        if label.ordinal and ordinals and label.ordinal not in ordinals:
            return None
        if not any(label.bare in whole for whole in entry.texts):
            return None
        holders = [one for one in self._entries.values() if any(label.bare in whole for whole in one.texts)]
        return "confirms" if len(holders) == 1 and len(label.bare) >= _PIECE[1] else "silent"

    def _ranked(self, text: str) -> dict[str, float]:
        ranks = self._ranks.get(text)
        if ranks is None:
            if len(self._ranks) >= _KEPT:
                self._ranks.clear()
            ranks = self._ranks[text] = self._rank(label_of(text))
        return ranks

    def _rank(self, label: Label) -> dict[str, float]:
        """The likeness of a label to each key's; the name of a group over several keys is like none."""
        if not label.bare or label.bare in self._groups:
            return {}
        return {key: _likeness(label, entry) for key, entry in self._entries.items()}


def _entry(labels: Sequence[str], path: Sequence[str]) -> _Entry:
    groups = tuple(label_of(group).bare for group in path[:-1])
    whole = squash("".join(path))
    return _Entry(
        tuple(label_of(label) for label in labels), groups, (*(squash(label) for label in labels), *groups, whole)
    )


def _likeness(label: Label, entry: _Entry) -> float:
    return max(_likeness_of(label, own) for own in entry.labels)


def _likeness_of(label: Label, own: Label) -> float:
    """100 for the same words, about 90 for words that end (or begin) with the label, else the share of letters kept."""
    differs = _ORDINAL_DIFFERS if label.ordinal and own.ordinal and label.ordinal != own.ordinal else 0.0
    if label.bare == own.bare:
        return 100.0 - differs
    size = len(own.bare)
    if label.bare.endswith(own.bare) and (size > 3 or label.bare[:-size][-1:].isdigit()):
        return 85.0 + min(size, 10)
    if size > 3 and label.bare.startswith(own.bare):
        return 84.0 + min(size, 10) - differs
    return fuzz.ratio(label.bare, own.bare) - differs
