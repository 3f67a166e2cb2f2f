"""Cells that a model pointed to: those that only it read, and those where the rules read another place.

See ``admission`` for the reasons.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from extractor.draft import Pointed, Spot
from extractor.finding import Words, make
from extractor.forms import FormTable
from extractor.record import Finding
from extractor.verify.labels import label_of
from extractor.verify.readings import Readings
from extractor.verify.verdicts import ACCEPTED, Judgement
from extractor.verify.vocabulary import TableWords

_LABEL_REACH = 400
_SHOWN = 40
_SUPPORTED = 0.9


def meets(spot: Spot, start: int, end: int) -> bool:
    """Whether a place and a stretch are the same, or one lies in the other."""
    return (spot.start <= start and end <= spot.end) or (start <= spot.start and spot.end <= end)


class PointedTable:
    """The cells of one table that a model pointed to, among all places that it was shown."""

    def __init__(self, readings: Readings, table: FormTable, pointed: Pointed, cells: Sequence[str]) -> None:
        self.readings, self.table, self.cells = readings, table, cells
        self.words = readings.vocabulary.tables[table.key]
        self.samples = [
            {p: s for p, s in sample.items() if p.startswith(f"/tables/{table.key}/")} for sample in pointed.cells
        ]
        self.at = {(spot.start, spot.end): index for index, spot in enumerate(pointed.places.get(table.key, ()))}
        self.order = sorted(self.at)
        self.rows = _by_row(cells)

    def judged(self, known: Mapping[str, Judgement], confirmed: Collection[str]) -> dict[str, Judgement]:
        """A judgement on each of the cells; what verification doubts stays doubted."""
        structure, labelled, apart = self._is_whole(), self._labelled(), self._apart()
        verdicts: dict[str, Judgement] = {}
        for row, pointers in self.rows.items():
            beside = self._are_neighbours(pointers)
            for pointer in pointers:
                reasons = {
                    "structure": structure,
                    "label": row in labelled,
                    "identity": pointer in confirmed,
                    "samples_agree": len(self.samples) > 1 and pointer not in apart,
                }
                enough = reasons["label"] and (reasons["identity"] or structure) and beside
                enough = enough or (structure and reasons["identity"])
                told = tuple(reason for reason, holds in reasons.items() if holds)
                verdicts[pointer] = self._judgement(pointer, known, enough, told, apart)
        return verdicts

    def _judgement(
        self, pointer: str, known: Mapping[str, Judgement], enough: bool, told: tuple[str, ...], apart: Collection[str]
    ) -> Judgement:
        doubt = known.get(pointer, ACCEPTED)
        if doubt.verdict != "accepted":
            return replace(doubt, reasons=(*doubt.reasons, *told))
        if pointer in apart:
            return Judgement("review", ("samples_disagree", *told), 0.5)
        return Judgement("accepted", told, _SUPPORTED) if enough else Judgement("review", ("unsupported", *told), 0.5)

    def _is_whole(self) -> bool:
        """Whether the rows are a whole table of the form, and its cells all places that were shown, in their order."""
        standing = {key for key, row in self.table.rows.items() if row.stands_for}
        items = {item for row in self.table.rows.values() for item in row.stands_for}
        every = set(self.table.rows)
        if set(self.rows) not in (every - standing, every - items):
            return False
        order = {row: at for at, row in enumerate(self.table.rows)}
        spots = [
            self._place(f"{self._stem(row)}/{column.key}")
            for row in sorted(self.rows, key=order.__getitem__)
            for column in self.table.columns_of[row]
        ]
        return None not in spots and spots == list(range(len(self.at)))

    def _stem(self, row: str) -> str:
        return f"/tables/{self.table.key}/{row}"

    def _place(self, pointer: str) -> int | None:
        spot = self.samples[0].get(pointer) if self.samples else None
        return self.at.get((spot.start, spot.end)) if spot else None

    def _are_neighbours(self, pointers: Sequence[str]) -> bool:
        """Whether a row's values are all of its columns, and stand one right after another."""
        row = pointers[0].rsplit("/", 2)[1]
        columns = [f"{self._stem(row)}/{column.key}" for column in self.table.columns_of.get(row, ())]
        places = [self._place(pointer) for pointer in columns]
        first = places[0] if places else None
        return first is not None and places == list(range(first, first + len(places)))

    def _labelled(self) -> set[str]:
        """The rows beside whose values their own label stands, on the side where the source has its labels."""
        side = self._side()
        return self._labelled_on(side) if side else set()

    def _side(self) -> str | None:
        """Whether labels stand before their values or behind them, told by the source alone.

        An answer slipped by a row finds its labels on the other side, so it cannot say: before the table's first
        value or behind its last one stands a row's label, and not at both ends.
        """
        if not self.order:
            return None
        before, behind = self._stretch(-1, 0), self._stretch(len(self.order) - 1, len(self.order))
        at_head, at_foot = self._is_row_label(before[-1:]), self._is_row_label(behind[:1])
        if at_head is at_foot:
            return None
        return "before" if at_head else "behind"

    def _is_row_label(self, lines: Sequence[str]) -> bool:
        """Whether a line is a row's label, and no column's."""
        return any(
            self.words.row_judge.best(line) and label_of(line).bare not in self.words.column_labels for line in lines
        )

    def _stretch(self, last: int, following: int) -> list[str]:
        """The lines between two places that follow each other; before the first one and behind the last, a few."""
        text = self.readings.document.text
        start = self.order[last][1] if last >= 0 else max(0, self.order[following][0] - _LABEL_REACH)
        end = self.order[following][0] if following < len(self.order) else start + _LABEL_REACH
        lines = text[start:end].replace("\t", "\n").split("\n")
        return [line.strip() for line in lines if line.strip()]

    def _labelled_on(self, side: str) -> set[str]:
        return {row for row, pointers in self.rows.items() if self._says(row, self._beside(pointers, side))}

    def _says(self, row: str, words: tuple[str, ...]) -> bool:
        """Whether words beside a row are its label: nearest first, none of them speaking of another row."""
        said, _ = self.words.row_judge.decide(row, words)
        return said == "confirms"

    def _beside(self, pointers: Sequence[str], side: str) -> tuple[str, ...]:
        """The words between a row's values and the next place on that side, nearest first, and all in one."""
        places = [place for pointer in pointers if (place := self._place(pointer)) is not None]
        if not places:
            return ()
        if side == "before":
            lines = self._stretch(min(places) - 1, min(places))[::-1]
        else:
            lines = self._stretch(max(places), max(places) + 1)
        whole = "".join(lines if side == "behind" else lines[::-1])
        return tuple(dict.fromkeys([whole, *lines[:3]])) if lines else ()

    def _apart(self) -> set[str]:
        """The cells to which samples do not all point alike."""
        return {
            pointer
            for pointer in self.cells
            if any(sample.get(pointer) != self.samples[0].get(pointer) for sample in self.samples[1:])
        }


def _by_row(pointers: Iterable[str]) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {}
    for pointer in pointers:
        rows.setdefault(pointer.rsplit("/", 2)[1], []).append(pointer)
    return rows


# ---- what a rule has read, and a model points elsewhere ----------------------------------------------------------
def against_cells(
    readings: Readings, pointed: Pointed, silent: Collection[str], confirmed: Collection[str]
) -> Iterator[Finding]:
    """One finding for each row in which a model points to other places than the rules read."""
    sample = pointed.cells[0] if pointed.cells else {}
    rows: dict[tuple[str, str, bool], list[tuple[str, Spot]]] = {}
    for cell in readings.cells:
        spot, place = sample.get(cell.pointer), cell.evidence.source
        if spot is None or place.start is None or place.end is None or cell.evidence.method == "model":
            continue
        if meets(spot, place.start, place.end):
            cell.evidence.reasons.append("model_agrees")
        else:
            borne_out = cell.pointer in confirmed and cell.pointer not in silent
            rows.setdefault((cell.table, cell.row, borne_out), []).append((cell.pointer, spot))
    for (table, row, borne_out), cells in rows.items():
        yield _disagreement(readings, readings.vocabulary.tables[table], row, cells, borne_out)


def _disagreement(
    readings: Readings, words: TableWords, row: str, cells: Sequence[tuple[str, Spot]], borne_out: bool
) -> Finding:
    text, evidence = readings.document.text, readings.draft.evidence
    name = words.row_name(row)
    answer = " ".join(" ".join(text[spot.start : spot.end].split()) or "□" for _, spot in cells)[:_SHOWN]
    reading = " ".join((evidence[pointer].raw or "□").strip() or "□" for pointer, _ in cells)[:_SHOWN]
    subject = Words(f"{words.name.zh}“{name.zh}”", f'{words.name.en}, "{name.en}"')
    code = "model_outvoted" if borne_out else "model_disagreement"
    return make(code, [pointer for pointer, _ in cells], subject=subject, answer=answer, reading=reading)
