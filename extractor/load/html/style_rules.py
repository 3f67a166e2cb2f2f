"""The rules of a page's own style sheets, and which elements they are for.

Selectors are read as far as they name tags, classes and ids, one in the other (``.list li > span.cell``); a rule with
any other selector, or for some media only, is passed over. Of two rules for one element the later counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from extractor.load.tree import Element

_COMMENT = re.compile(r"/\*[^*]*(?:\*(?!/)[^*]*)*\*/|<!--|-->")
_BRACE = re.compile(r"[{}]")
_COMPOUND = re.compile(r"(\*|[A-Za-z][-\w]*)?((?:[.#][-\w]+)*)")
_NAME = re.compile(r"[.#][-\w]+")
_ANCESTORS = 30
_MOST_STEPS = 6
_MOST_RULES = 500
_MOST_TRIALS = 1_000_000
"""How often rules are held against elements: a page of thousands of both is not worth minutes."""


def rules_of(sheet: str) -> Iterator[tuple[str, str]]:
    """The rules of a style sheet as (selectors, declarations), those that hold for some media only left out."""
    depth, selectors, at = 0, "", 0
    sheet = _COMMENT.sub("", sheet)
    for brace in _BRACE.finditer(sheet):
        piece = sheet[at : brace.start()]
        at = brace.end()
        if brace[0] == "{":
            selectors = piece if depth == 0 else selectors
            depth += 1
            continue
        if depth == 1 and not selectors.lstrip().startswith("@"):
            yield selectors, piece
        depth = max(depth - 1, 0)


@dataclass(frozen=True, slots=True)
class _Step:
    """What one element on the way to the one that is meant must have; ``child``: it is the parent of the next."""

    tag: str
    names: frozenset[str]
    child: bool = False

    def fits(self, element: Element, names: frozenset[str]) -> bool:
        return self.names <= names and self.tag in ("", "*", element.tag)


@dataclass(slots=True)
class Rules:
    """Selectors with what each does, by the name or tag that the element meant must have."""

    _steps: dict[str, list[tuple[int, str, list[_Step]]]] = field(default_factory=dict)
    _count: int = 0

    def add(self, selector: str, does: str) -> None:
        """A rule: what it does to the elements that ``selector`` is for."""
        steps = _steps_of(selector)
        if not steps or self._count >= _MOST_RULES:
            return
        key = min(steps[-1].names, default=steps[-1].tag)
        self._count += 1
        self._steps.setdefault(key, []).append((self._count, does, steps))

    def found(self, root: Element) -> list[tuple[Element, str]]:
        """The elements that rules are for, with what the last of their rules does, in document order."""
        found: list[tuple[Element, str]] = []
        trials = 0
        for element in root.iter() if self._steps else ():
            names = names_of(element)
            rules = [rule for key in (str(element.tag), *names) for rule in self._steps.get(key, ())]
            trials += len(rules)
            if trials > _MOST_TRIALS:
                break
            fitting = [(number, does) for number, does, steps in rules if _fits(element, names, steps)]
            if fitting:
                found.append((element, max(fitting)[1]))
        return found


def names_of(element: Element) -> frozenset[str]:
    """The classes (``.x``) and the id (``#x``) of an element."""
    names = {f".{word}" for word in element.get("class", "").split()}
    if own := element.get("id"):
        names.add(f"#{own}")
    return frozenset(names)


def _steps_of(selector: str) -> list[_Step]:
    """The selector step by step, the element it is for last; empty for one that is not understood."""
    steps: list[_Step] = []
    child = False
    for word in reversed(selector.replace(">", " > ").split()):
        if word == ">":
            child = True
            continue
        found = _COMPOUND.fullmatch(word)
        if not found or len(steps) == _MOST_STEPS:
            return []
        steps.append(_Step((found[1] or "").lower(), frozenset(_NAME.findall(found[2])), child))
        child = False
    return steps[::-1] if steps and (steps[0].names or steps[0].tag not in ("", "*")) else []


def _fits(element: Element, names: frozenset[str], steps: list[_Step]) -> bool:
    if not steps[-1].fits(element, names):
        return False
    left = len(steps) - 1
    for _, above in zip(range(_ANCESTORS), element.iterancestors() if left else (), strict=False):
        if steps[left - 1].fits(above, names_of(above)):
            left -= 1
            if not left:
                return True
        elif steps[left - 1].child:
            return False
    return not left


def read_rules(
    sheets: Iterable[str], effect: Callable[[str], str], wanted: frozenset[str], properties: tuple[str, ...]
) -> Rules:
    """The rules of all sheets with a ``wanted`` effect; one with another for the same ``properties`` takes it back."""
    rules = Rules()
    for sheet in sheets:
        for selectors, declarations in rules_of(sheet):
            does = effect(declarations)
            if does in wanted or any(name in declarations.lower() for name in properties):
                for selector in selectors.split(","):
                    rules.add(selector, does if does in wanted else "")
    return rules
