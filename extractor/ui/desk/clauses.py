"""Parts five, six and one piece by piece, each with its role, and the lists anew when a person gives one another role.

Parts five and six are cut into clauses, part one into sentences.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from extractor.document import Document
from extractor.draft import Spot
from extractor.llm.clauses import bare_item, clauses_of
from extractor.record import Passage, Record
from extractor.ui.desk.topics import begins_at, recut_topic, sentences_of

Role = Literal["issue", "improvement", "matter", "topic", "same", "none"]
LISTS: dict[str, str] = {
    "issue": "/narrative/issues",
    "improvement": "/narrative/improvements",
    "matter": "/narrative/other_matters",
    "topic": "/narrative/overview",
}
PARTS: dict[str, tuple[Role, ...]] = {
    "issues_improvements": ("issue", "improvement"),
    "other_matters": ("matter",),
    "overview": ("topic",),
}
"""The parts of a report that are cut so, and what a piece of each can begin; what is cut most often stands first."""
_LETTERS = {"issue": "i", "improvement": "m", "matter": "x", "topic": "o"}
_CUTS = {"overview": sentences_of}


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a part, its role, and the path of the item it is part of; ``first`` of its part."""

    spot: Spot
    role: Role
    path: str | None = None
    part: str = "issues_improvements"
    first: bool = False

    @property
    def roles(self) -> tuple[Role, ...]:
        """What it may be."""
        begins = PARTS[self.part]
        return (*begins, "none") if self.first else (*begins, "same", "none")


def clauses_in(
    document: Document, record: Record, start: int, end: int, part: str = "issues_improvements"
) -> list[Clause]:
    """The clauses of ``start:end``, which is ``part``, with the roles that the record gives them."""
    held = _Held(document, record, part)
    found: list[Clause] = []
    for spot in _CUTS.get(part, clauses_of)(document, start, end):
        path, kind = held.at(spot)
        is_same = bool(path) and bool(found) and found[-1].path == path
        found.append(Clause(spot, "same" if is_same else kind, path, part, first=not found))
    return found


class _Held:
    """The items of a part, to be found by place."""

    def __init__(self, document: Document, record: Record, part: str) -> None:
        items: list[tuple[int, int, str, Role]] = [
            (begins_at(document, item), item.end, f"{LISTS[kind]}/{item.id}", kind)
            for kind in PARTS[part]
            for item in _known(record, kind)
        ]
        self._items = sorted(items)

    def at(self, spot: Spot) -> tuple[str | None, Role]:
        """Path and kind of the item that a clause is part of."""
        number = bisect_left(self._items, spot.end, key=lambda item: item[0])
        if number and self._items[number - 1][1] > spot.start:
            return self._items[number - 1][2:]
        return None, "none"


def _known(record: Record, kind: str) -> list[Passage]:
    return list(getattr(record.narrative, LISTS[kind].split("/")[2]))


def recast(document: Document, record: Record, clauses: Sequence[Clause], at: int, role: Role) -> dict[str, list[Any]]:
    """The lists, by path, as they are when clause ``at`` is given ``role``; those that stay the same are left out.

    An item whose clauses stay the same keeps its own boundaries.
    """
    before = _items(clauses)
    changed = [*clauses[:at], replace(clauses[at], role=role), *clauses[at + 1 :]]
    after = _items(_kept_apart(clauses, changed, at))
    lists: dict[str, list[Any]] = {}
    for kind in PARTS[clauses[at].part]:
        path = LISTS[kind]
        old = {tuple(spots): known for spots, known_kind, known in before if known_kind == kind}
        known = {f"{path}/{item.id}": item for item in _known(record, kind)}
        items = []
        for spots, found_kind, was in after:
            if found_kind == kind:
                same = known.get(old.get(tuple(spots)) or "")
                items.append(_plain(same) if same else _recut(document, record, kind, spots, known.get(was or "")))
        if [_cut(one) for one in items] != [_cut(_plain(one)) for one in known.values()]:
            lists[path] = _numbered(items, kind, [item.id for item in known.values()])
    return _without_dangling(record, lists)


def _cut(item: dict[str, Any]) -> tuple[Any, ...]:
    """What makes an item another one than it was."""
    return item["start"], item["end"], item.get("heading")


def _without_dangling(record: Record, lists: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """A measure answers no issue that is there no more."""
    issues, improvements = LISTS["issue"], LISTS["improvement"]
    if issues not in lists:
        return lists
    there = {item["id"] for item in lists[issues]}
    measures = lists.get(improvements, [_plain(item) for item in record.narrative.improvements])
    kept = [{**item, "answers": [one for one in item.get("answers", []) if one in there]} for item in measures]
    return {**lists, improvements: kept} if improvements in lists or kept != measures else lists


def _kept_apart(clauses: Sequence[Clause], changed: list[Clause], at: int) -> list[Clause]:
    """A clause that went on with ``at`` begins an item of its own where ``at`` is taken out of both."""
    goes_on = at + 1 < len(changed) and changed[at + 1].role == "same"
    if goes_on and changed[at].role == "none":
        kind = _kind_of(clauses, at + 1)
        changed[at + 1] = replace(changed[at + 1], role=kind)
    return changed


def _kind_of(clauses: Sequence[Clause], at: int) -> Role:
    while at and clauses[at].role == "same":
        at -= 1
    return clauses[at].role


def _items(clauses: Sequence[Clause]) -> list[tuple[list[Spot], str, str | None]]:
    """The clauses of each item, its kind, and the path it had."""
    items: list[tuple[list[Spot], str, str | None]] = []
    open_item = False
    for clause in clauses:
        open_item = open_item and not clause.first
        if clause.role == "same" and open_item:
            items[-1][0].append(clause.spot)
        elif clause.role in LISTS:
            items.append(([clause.spot], clause.role, clause.path))
        open_item = clause.role in LISTS or (clause.role == "same" and open_item)
    return items


def _recut(document: Document, record: Record, kind: str, spots: Sequence[Spot], was: Passage | None) -> dict[str, Any]:
    """An item of these clauses; where it begins as a known one did, it is that one, cut anew."""
    if kind == "topic":
        return _plain(recut_topic(document, record, spots, was))
    spot = bare_item(document, spots)
    if spot.start >= spot.end:  # nothing but an ordinal or closing words: as they are
        spot = Spot(spots[0].start, spots[-1].end)
    return {**(_plain(was) if was else {"id": ""}), "start": spot.start, "end": spot.end}


def _plain(item: Passage) -> dict[str, Any]:
    """An item without its words: those are the report's."""
    return {name: value for name, value in asdict(item).items() if name != "text"}


def _numbered(items: list[dict[str, Any]], kind: str, known: Sequence[str]) -> list[dict[str, Any]]:
    """An id once only, and new ones for new items: links and findings that name a known one must not mean another."""
    seen: set[str] = set()
    free = (name for name in (f"{_LETTERS[kind]}{number}" for number in range(1, 10_000)) if name not in known)
    made = []
    for item in items:
        name = item["id"] if item["id"] and item["id"] not in seen else next(free)
        seen.add(name)
        made.append({**item, "id": name})
    return made
