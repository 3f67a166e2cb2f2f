"""A step that came from the page: what it may be, and doing it. Nothing that the browser says is trusted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from extractor.console import Language
from extractor.document import Document
from extractor.errors import CorrectionError
from extractor.record import Finding
from extractor.review import work
from extractor.review.checking import key_of
from extractor.review.opening import Opened
from extractor.review.people import Person
from extractor.review.saving import On
from extractor.show.words import Wording
from extractor.store import Store
from extractor.store.state import Entry
from extractor.tables.cells import amount_in_10k, is_amount_unit, read_cell
from extractor.ui.desk.clauses import Clause, Role, recast

_LONGEST = 2_000


class Step(BaseModel):
    """One step; which of the values it needs depends on its kind."""

    model_config = ConfigDict(extra="ignore", str_max_length=_LONGEST)

    kind: Literal[
        "correct", "repair", "settle", "unsettle", "keep", "recut", "accept", "reject", "reopen", "park", "undo", "next"
    ]
    token: str = Field(pattern="^[0-9a-f]{32}$")
    report: int
    round: int
    version: int = Field(ge=0)
    path: str = ""
    text: str = ""
    state: Literal["blank", "not_applicable", "unreadable"] | None = None
    finding: str = ""
    outcome: Literal["source_wrong", "no_fault"] = "no_fault"
    note: str = ""
    choice: Literal["kept", "read"] = "kept"
    at: int = Field(default=0, ge=0)
    role: Role = "none"
    presses: int | None = Field(default=None, ge=0, le=9_999)

    def is_for(self, found: Opened) -> bool:
        """Whether it was made on this report: one sent again may come when the page has gone on to the next."""
        return (self.report, self.round) == (found.row.id, found.round)


def parsed(sent: object) -> Step:
    """What the page sent.

    Raises:
        CorrectionError: it is no step.
    """
    try:
        return Step.model_validate(sent)
    except ValidationError as error:
        name = ".".join(str(part) for part in error.errors()[0]["loc"]) or "step"
        raise CorrectionError(f"the page sent no valid step ({name})", f"页面发来的操作无效（{name}）") from None


class Doing:
    """Does the steps of one person on one report."""

    def __init__(self, store: Store, person: Person, document: Document | None, clauses: Sequence[Clause]) -> None:
        self._store = store
        self._person = person
        self._document = document
        self._clauses = clauses

    def do(self, found: Opened, step: Step) -> Opened:
        """The report after the step.

        Raises:
            ReviewError: it cannot be done; says why.
        """
        on = On(found.row.id, step.version, found.round, step.token, step.presses)
        if step.finding:
            return self._answered(found, step, on)
        match step.kind:
            case "correct":
                return self._corrected(on, step.path, entry_typed(step))
            case "keep":
                return self._corrected(on, step.path, _chosen(found, step))
            case "recut":
                return self._recut(found, step, on)
            case _:
                return self._decided(found, step, on)

    def _corrected(self, on: On, path: str, entry: Entry) -> Opened:
        return work.correct(self._store, self._person, on, work.Change(path, entry))

    def _answered(self, found: Opened, step: Step, on: On) -> Opened:
        store, person, finding = self._store, self._person, _finding(found, step.finding)
        match step.kind:
            case "repair":
                return work.apply_repair(store, person, on, finding)
            case "unsettle":
                return work.unsettle(store, person, on, finding)
            case _:
                return work.settle(store, person, on, finding, step.outcome, note=step.note)

    def _decided(self, found: Opened, step: Step, on: On) -> Opened:
        store, person = self._store, self._person
        match step.kind:
            case "accept":
                return work.accept(store, person, on)
            case "reject":
                return work.reject(store, person, on, why=step.note)
            case "park":
                return work.park(store, person, on, question=step.note)
            case "reopen":
                return work.reopen(store, person, on)
            case "undo":
                return work.undo(store, person, on)
            case _:
                return found

    def _recut(self, found: Opened, step: Step, on: On) -> Opened:
        clause = self._clauses[step.at] if step.at < len(self._clauses) else None
        if self._document is None or clause is None or step.role not in clause.roles:
            raise _gone("clause", "这一句")
        lists = recast(self._document, found.record, self._clauses, step.at, step.role)
        for number, (path, items) in enumerate(lists.items()):  # each list is a field with a history of its own
            if number:
                on = On(on.report, found.version, on.round, f"{on.token}{number}")
            found = self._corrected(on, path, Entry(items))
        return found


def entry_typed(step: Step) -> Entry:
    """What a person typed at the desk."""
    return entry_at_path(step.path, step.text, step.state)


def entry_at_path(path: str, text: str, state: str | None) -> Entry:
    """What a person typed, read as a cell of a report is read: 1,180 and １１８０ are numbers, — is not applicable.

    Raises:
        CorrectionError: words where a number belongs.
    """
    if state is not None:
        return Entry(None, state)
    if not path.startswith("/tables/"):
        return Entry(_typed_value(path, text.strip()))
    read = read_cell(text)
    if read.state in ("blank", "not_applicable"):
        return Entry(None, read.state)
    if read.state != "number" or read.number is None:
        said = text[:60]
        raise CorrectionError(f"{path}: {said!r} is no number", f"“{said}”不是一个数")
    if "amount" in path.rpartition("/")[2]:
        unit = read.unit if is_amount_unit(read.unit) else "万元"
        return Entry(amount_in_10k(read.number, unit or "万元"), "number")
    return Entry(read.count, "number")


def _typed_value(path: str, text: str) -> object:
    if not text:
        return None
    if path == "/body/level":
        return _level(text)
    if path == "/year":
        return int(text) if text.isdecimal() and len(text) < 6 else text
    if path == "/period":
        start, _, end = text.replace("—", "–").partition("–")
        return {"start": start.strip(), "end": end.strip()}
    return text


def _level(text: str) -> str:
    known = _levels()
    if text.lower() not in known:
        zh, en = ("、".join(Wording(language).group("level").values()) for language in ("zh", "en"))
        raise CorrectionError(f"{text[:60]!r} is no level; known are: {en}", f"“{text[:60]}”不是层级，可填：{zh}")
    return known[text.lower()]


@lru_cache(maxsize=1)
def _levels() -> dict[str, str]:
    """Levels by what they are called, in both languages."""
    return {word: key for language in get_args(Language) for key, word in Wording(language).group("level").items()}


def _finding(found: Opened, key: str) -> Finding:
    from_key = [one.finding for one in (found.now.findings if found.now else []) if key_of(one.finding) == key]
    if not from_key:
        raise _gone("finding", "该问题")
    return from_key[0]


def _chosen(found: Opened, step: Step) -> Entry:
    conflict = found.state.conflicts.get(step.path)
    if conflict is None:
        raise _gone("conflict", "该处不一致")
    return conflict.kept if step.choice == "kept" else conflict.read


def _gone(en: str, zh: str) -> CorrectionError:
    return CorrectionError(f"the {en} is not there any more", f"{zh}已不在")
