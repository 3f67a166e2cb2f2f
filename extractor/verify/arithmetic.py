"""The form's identities over the cells of a record: a blank counts as 0, words and lost cells do not count.

A blank total over parts that are not is ``blank_total``, and counts from then on as what its parts give. Where a form's
parts were left out wholesale, only totals being filled in (all applicant columns empty), their sums are not checked and
``blank_parts`` says so. What fails otherwise is reported under the identity's own code; ``parity`` finds the cell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from extractor.finding import Words, make
from extractor.forms import Form, FormTable, Identity
from extractor.record import Cause, Finding, Number
from extractor.verify.parity import Equation, Explanation, explanations
from extractor.verify.readings import BLANK_STATES, Readings
from extractor.verify.vocabulary import TableWords

_MOST_TERMS = 8
_VERBATIM = ("rule", "reviewer")


@dataclass(slots=True)
class Sums:
    """What the identities say: findings, and the cells that stand in an identity that holds."""

    findings: list[Finding] = field(default_factory=list)
    confirmed: set[str] = field(default_factory=set)


def check_sums(readings: Readings, doubted: Collection[str]) -> Sums:
    """Every identity of the form; ``doubted`` are the cells known to be misread."""
    sums = Sums()
    for key, cells in readings.by_table.items():
        equations = _equations(readings, key)
        if equations:
            blanks = {cell.pointer for cell in cells if cell.evidence.state in BLANK_STATES}
            numbers = {
                cell.pointer: cell.value or 0 for cell in cells if cell.value is not None or cell.pointer in blanks
            }
            hold = _all_hold(equations, numbers, sums.confirmed)
            if not hold or (blanks and any(_lacks_total(equation, blanks) for equation in equations)):
                sums.findings += _Failing(readings, key, equations, numbers, doubted).findings()
    return sums


def _lacks_total(equation: Equation, blanks: Collection[str]) -> bool:
    """Whether the total was left blank though a part was not."""
    return (
        len(equation.right) == 1 and equation.right[0] in blanks and not all(cell in blanks for cell in equation.left)
    )


def _all_hold(equations: Sequence[Equation], numbers: Mapping[str, Number], confirmed: set[str]) -> bool:
    """Whether every equation that can be checked holds; adds the cells of those that do."""
    hold = True
    for equation in equations:
        try:
            if equation.difference(numbers):
                hold = False
            else:
                confirmed.update(equation.left, equation.right)
        except KeyError:
            continue
    return hold


# ---- from identities to equations --------------------------------------------------------------------------------


Shape = tuple[tuple[str, tuple[str, ...]], ...]
"""The rows a table of the record has, each with its columns."""


def _equations(readings: Readings, key: str) -> tuple[Equation, ...]:
    """The equations over the rows and columns that a table of the record has."""
    form, rows = readings.vocabulary.form, readings.draft.tables[key]
    table = readings.vocabulary.tables[key].table
    absent = _absent_rows(readings, table, rows) if table.replaced_by else ()
    return equations_of(
        form, table, tuple([(row, tuple(columns)) for row, columns in rows.items() if row not in absent])
    )


def _absent_rows(readings: Readings, table: FormTable, rows: Collection[str]) -> set[str]:
    """Of rows that can stand for one another, those the document does not have."""
    group = [row for row in {*table.replaced_by, *table.replaced_by.values()} if row in rows]
    states = readings.draft.evidence
    return {
        row
        for row in group
        if all(
            (known := states.get(f"/tables/{table.key}/{row}/{column}")) is not None and known.state == "missing"
            for column in readings.draft.tables[table.key][row]
        )
    }


@lru_cache(maxsize=64)
def equations_of(form: Form, table: FormTable, shape: Shape) -> tuple[Equation, ...]:
    """The form's identities over the rows and columns of ``shape``, as equations between cells."""
    identities = [identity for identity in form.identities if identity.table == table.key]
    return tuple(equation for identity in identities for equation in _lines(identity, table, dict(shape)))


def _lines(identity: Identity, table: FormTable, rows: Mapping[str, tuple[str, ...]]) -> Iterator[Equation]:
    if identity.along == "row":
        needed = {*identity.left, *identity.right}
        for row, columns in rows.items():
            if needed.issubset(columns):
                yield _equation(identity, row, [(row, c) for c in identity.left], [(row, c) for c in identity.right])
        return
    left, right = _standing(identity.left, table, rows), _standing(identity.right, table, rows)
    if left is None or right is None or set(left) & set(right):
        return
    for column in rows[right[0]]:
        if all(column in rows[row] for row in (*left, *right)):
            yield _equation(identity, column, [(r, column) for r in left], [(r, column) for r in right])


def _equation(
    identity: Identity, line: str, left: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]]
) -> Equation:
    stem = f"/tables/{identity.table}/"
    sides = [tuple(f"{stem}{row}/{column}" for row, column in side) for side in (left, right)]
    return Equation(identity.code, identity.along, line, identity.name, sides[0], sides[1])


def _standing(keys: Sequence[str], table: FormTable, rows: Collection[str]) -> list[str] | None:
    """The rows that stand in the record for these; None if one is neither there nor stood for."""
    standing: dict[str, None] = {}
    for key in keys:
        row = key if key in rows else table.replaced_by.get(key)
        if row is None or row not in rows:
            return None
        standing[row] = None
    return list(standing)


# ---- where something fails ---------------------------------------------------------------------------------------


class _Failing:
    """One table with an identity that fails; ``numbers`` holds what its cells count as."""

    def __init__(
        self,
        readings: Readings,
        key: str,
        equations: Sequence[Equation],
        numbers: dict[str, Number],
        doubted: Collection[str],
    ) -> None:
        self.words: TableWords = readings.vocabulary.tables[key]
        self.cells = readings.by_pointer
        self.equations = [equation for equation in equations if all(cell in numbers for cell in equation.cells)]
        self.numbers = numbers
        self.doubted = doubted
        self.blanks = {cell for cell in numbers if self._is_blank(cell)}
        self.given: set[str] = set()

    def findings(self) -> list[Finding]:
        """Blank totals, parts left out wholesale, then what is broken, each with the cell to look at."""
        found = self._blank_totals()
        wholesale = self._wholesale()
        self.equations = [equation for equation in self.equations if equation.code not in wholesale]
        found += wholesale.values()
        broken = [index for index, equation in enumerate(self.equations) if equation.difference(self.numbers)]
        if not broken:
            return found
        known = {
            index: one for one in explanations(self.equations, self.numbers, self._possible) for index in one.equations
        }
        return found + [self._broken(self.equations[index], known.get(index)) for index in broken]

    def _blank_totals(self) -> list[Finding]:
        """Totals left blank over parts that are not; each then counts as the sum of its parts."""
        found: list[Finding] = []
        again = True
        while again:
            again = False
            for equation in self.equations:
                total = equation.right[0]
                if total not in self.given and _lacks_total(equation, self.blanks):
                    found.append(self._finding(equation, "blank_total", [total], "source"))
                    self.numbers[total] = equation.difference(self.numbers)
                    self.given.add(total)
                    again = True
        return found

    def _wholesale(self) -> dict[str, Finding]:
        """Identities none of whose parts was filled in anywhere, by code."""
        found = {}
        for code in {equation.code for equation in self.equations}:
            lines = [equation for equation in self.equations if equation.code == code]
            if all(cell in self.blanks for equation in lines for cell in equation.left):
                filled = [equation for equation in lines if equation.difference(self.numbers)]
                if filled:
                    totals = [cell for equation in filled for cell in equation.right]
                    found[code] = make("blank_parts", totals, cause="source", table=self.words.name)
        return found

    def _is_blank(self, pointer: str) -> bool:
        return self.cells[pointer].evidence.state in BLANK_STATES

    def _possible(self, pointer: str, value: Number) -> bool:
        """Whether a cell could hold a value: a count is whole and not negative; a blank total's is not for changing."""
        kind = self.words.kind(*self.cells[pointer].label)
        if pointer in self.given:
            return False
        return kind == "signed" or (value >= 0 and (kind == "amount" or value == int(value)))

    def _broken(self, equation: Equation, known: Explanation | None) -> Finding:
        """Names the cells that explain it; every cell of the identity where none do for sure."""
        paths = list(known.changes if known and known.sure else equation.cells)
        cause = self._cause(paths)
        where = self._where(known, cause) if known else _unlocated(cause)
        finding = self._finding(equation, equation.code, paths, cause, where)
        if known and len(known.changes) == 1 and self.cells[paths[0]].evidence.method in ("ocr", "model"):
            finding.repair = dict(known.changes)
        return finding

    def _cause(self, paths: Sequence[str]) -> Cause:
        """The source's own error only where every value stands in it verbatim."""
        if any(path in self.doubted for path in paths):
            return "extraction"
        return "source" if all(self.cells[path].evidence.method in _VERBATIM for path in paths) else "unknown"

    def _finding(
        self, equation: Equation, code: str, paths: list[str], cause: Cause, where: Words | None = None
    ) -> Finding:
        return make(
            code,
            paths,
            cause=cause,
            table=self.words.name,
            line=self._line(equation),
            sum=self._side(equation.left),
            total=self._side(equation.right),
            where=where or Words("", ""),
        )

    def _line(self, equation: Equation) -> Words:
        first = self.cells[equation.left[0]]
        named = self.words.row_name(first.row) if equation.along == "row" else self.words.column_name(*first.label)
        return Words(f"{named.zh}（{equation.name}）", f"{named.en} ({equation.name})") if equation.name else named

    def _side(self, cells: Sequence[str]) -> str:
        """The terms of one side and their sum; of many terms only those that are not 0."""
        terms = [self.numbers[cell] for cell in cells]
        if len(terms) > _MOST_TERMS:
            terms = [term for term in terms if term] or [0]
        return " + ".join(shown(term) for term in terms) + (f" = {shown(sum(terms))}" if len(terms) > 1 else "")

    def _where(self, known: Explanation, cause: Cause) -> Words:
        names = [self.words.cell_name(*self.cells[path].label) for path in known.changes]
        held = _AS_PRINTED if cause == "source" else Words("", "")
        if len(names) == 2:
            zh = f"把{names[0].zh}与{names[1].zh}两格的数对调，各式即全部成立。"
            return Words(zh + held.zh, f" Exchanging {names[0].en} and {names[1].en} satisfies every sum.{held.en}")
        [(path, value)] = known.changes.items()
        now = self.cells[path].value
        old = Words("空", "blank") if now is None else Words(shown(now), shown(now))
        zh = f"只有{names[0].zh}由 {old.zh} 改为 {shown(value)}，各式才全部成立。"
        en = f" Only {names[0].en} changed from {old.en} to {shown(value)} satisfies every sum."
        return Words(zh + held.zh, en + held.en)


_AS_PRINTED = Words("原文即如此，未作改动。", " The source prints it so; nothing was changed.")


def _unlocated(cause: Cause) -> Words:
    if cause == "source":
        return Words(
            "各数均与原文一致，无法判断错在哪一格。",
            " All are as the source prints them; which one is wrong cannot be told.",
        )
    return Words("请逐格核对。", " Check each of these cells.")


def shown(value: Number) -> str:
    """A number in plain digits for a message.

    >>> shown(Decimal("25.10")), shown(3)
    ('25.1', '3')
    """
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)
