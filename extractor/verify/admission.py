"""What of a model's answers is let into the record: accepted, for review, or rejected, with the reasons.

A model only points; what it points to was read by the same code as everything else, and stands in the draft marked
``model``. Here each pointing is held against what it cannot know to satisfy by luck:

=====================  =============================================================================================
reason                 says
=====================  =============================================================================================
``model_agrees``       the model pointed to the very place that the rule had read
``structure``          every place of the table was pointed to, once and in order: no other assignment is possible
``label``              the words beside the row are its label, and no other row's
``identity``           an identity of the form that covers the cell holds
``samples_agree``      every independent sample pointed to the same place
``samples_disagree``   a sample pointed elsewhere: for review
``unsupported``        none of the above suffices: for review
=====================  =============================================================================================

A cell is accepted on structure with a label or an identity, or on label and identity over a row of neighbours; a
passage of part five where samples agree. Values read by rule are kept whatever a model says: where it points elsewhere
the finding shows both, as an error unless label and identity bear the rule's reading out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from extractor.draft import Draft, Pointed, PointedClaim, Spot
from extractor.finding import Words, make
from extractor.forms import FormTable
from extractor.metrics import metrics
from extractor.metrics.placeholders import faults_of, filled
from extractor.record import Finding, Passage, Summary
from extractor.verify.labels import label_of
from extractor.verify.readings import Readings
from extractor.verify.verdicts import ACCEPTED, Judgement
from extractor.verify.vocabulary import TableWords

_CUE_REACH = 40
_LABEL_REACH = 400
_SHOWN = 40
_SAME = 0.8
"""The share of two passages that they have in common, from which on they are the same."""

_SUPPORTED = 0.9
_AGREED = 0.8
_SURE = 0.95


@dataclass(frozen=True, slots=True)
class Admission:
    """What is added to what verification found: findings, and judgements on what a model had a part in."""

    findings: list[Finding]
    verdicts: dict[str, Judgement]


def admit(
    draft: Draft,
    pointed: Pointed,
    read: Collection[str],
    known: Mapping[str, Judgement],
    witnesses: tuple[Collection[str], Collection[str]],
) -> Admission:
    """Judge everything that answers point to.

    ``read``: the pointers read from them; ``known``: the verdicts of verification; ``witnesses``: the cells of which no
    label tells anything, and those that stand in an identity that holds.
    """
    readings = Readings(draft)
    silent, confirmed = witnesses
    verdicts: dict[str, Judgement] = {}
    for table in draft.form.tables if draft.form else ():
        cells = [pointer for pointer in read if pointer.startswith(f"/tables/{table.key}/")]
        if cells:
            verdicts |= _Table(readings, table, pointed, cells).judged(known, confirmed)
    findings = [*_against_cells(readings, pointed, silent, confirmed), *_against_words(draft, pointed)]
    verdicts |= {pointer: _word(draft, pointed, pointer) for pointer in read if not pointer.startswith("/tables/")}
    errors = {path for finding in findings if finding.severity == "error" for path in finding.paths}
    verdicts |= {path: Judgement("review", ("model_disagreement",), 0.5) for path in errors if path in draft.evidence}
    return Admission([*findings, *_summary(draft, pointed)], verdicts)


# ---- cells that only a model read --------------------------------------------------------------------------------
class _Table:
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
def _against_cells(
    readings: Readings, pointed: Pointed, silent: Collection[str], confirmed: Collection[str]
) -> Iterator[Finding]:
    """One finding for each row in which a model points to other places than the rules read."""
    sample = pointed.cells[0] if pointed.cells else {}
    rows: dict[tuple[str, str, bool], list[tuple[str, Spot]]] = {}
    for cell in readings.cells:
        spot, place = sample.get(cell.pointer), cell.evidence.source
        if spot is None or place.start is None or place.end is None or cell.evidence.method == "model":
            continue
        if _meets(spot, place.start, place.end):
            cell.evidence.reasons.append("model_agrees")
        else:
            borne_out = cell.pointer in confirmed and cell.pointer not in silent
            rows.setdefault((cell.table, cell.row, borne_out), []).append((cell.pointer, spot))
    for (table, row, borne_out), cells in rows.items():
        yield _disagreement(readings, readings.vocabulary.tables[table], row, cells, borne_out)


def _meets(spot: Spot, start: int, end: int) -> bool:
    return (spot.start <= start and end <= spot.end) or (start <= spot.start and spot.end <= end)


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


def _against_words(draft: Draft, pointed: Pointed) -> Iterator[Finding]:
    """Body, year, passages of part five and claims that a model reads otherwise than the rules did."""
    text = draft.document.text
    for pointer, spot, zh, en in (
        ("/organisation", pointed.organisation, "报告单位", "the body"),
        ("/year", pointed.year, "年份", "the year"),
    ):
        if spot and _read_by_rule(draft, pointer) and not _same_words(draft, pointer, spot):
            reading = draft.evidence[pointer].raw or ""
            yield _shown(pointer, Words(zh, en), text[spot.start : spot.end], reading)
    yield from _against_items(draft, pointed)
    yield from _against_claims(draft, pointed)


def _shown(pointer: str, subject: Words, answer: str, reading: str) -> Finding:
    said, read = (" ".join(words.split())[:_SHOWN] for words in (answer, reading))
    return make("model_disagreement", [pointer], subject=subject, answer=f"“{said}”", reading=f"“{read}”")


def _read_by_rule(draft: Draft, pointer: str) -> bool:
    return pointer in draft.evidence and draft.evidence[pointer].method != "model"


def _same_words(draft: Draft, pointer: str, spot: Spot) -> bool:
    """Whether the words pointed to are those that were read, or part of them (a name may stand in two places)."""
    said = "".join(draft.document.folded[spot.start : spot.end].split())
    value = "".join(str(draft.organisation if pointer == "/organisation" else draft.year).split())
    return said in value or value in said or said in "".join((draft.evidence[pointer].raw or "").split())


def _against_items(draft: Draft, pointed: Pointed) -> Iterator[Finding]:
    narrative, items = draft.narrative, pointed.items[0] if pointed.items else []
    lists: tuple[tuple[str, str, Words, Sequence[Passage]], ...] = (
        ("issues", "issue", Words("问题", "an issue"), narrative.issues),
        ("improvements", "improvement", Words("改进措施", "an improvement"), narrative.improvements),
    )
    for name, kind, subject, passages in lists if items else ():
        for passage in passages:
            pointer = f"/narrative/{name}/{passage.id}"
            near = [item for item in items if item.spot.start < passage.end and passage.start < item.spot.end]
            if not _read_by_rule(draft, pointer):
                continue
            if not any(item.kind == kind and _share(item.spot, passage) >= _SAME for item in near):
                answer = " / ".join(draft.document.text[item.spot.start : item.spot.end] for item in near) or "-"
                yield _shown(pointer, subject, answer, passage.text)


def _share(spot: Spot, passage: Passage) -> float:
    """The part of the longer of two stretches that they have in common."""
    shared = min(spot.end, passage.end) - max(spot.start, passage.start)
    return max(0, shared) / max(spot.end - spot.start, passage.end - passage.start, 1)


def _against_claims(draft: Draft, pointed: Pointed) -> Iterator[Finding]:
    """A claim whose figure a model points to as one of another metric, in words that bear it out."""
    for claim in draft.narrative.claims:
        pointer = f"/narrative/claims/{claim.id}"
        place = draft.evidence[pointer].source
        if not _read_by_rule(draft, pointer) or place.start is None or place.end is None:
            continue
        named = [one for one in pointed.claims or () if _meets(one.spot, place.start, place.end)]
        if named and all(one.metric != claim.metric for one in named) and all(_cued(draft, one) for one in named):
            answer = ", ".join(one.metric for one in named)
            yield _shown(pointer, Words(f"“{claim.text[:_SHOWN]}”", f"“{claim.text[:_SHOWN]}”"), answer, claim.metric)


# ---- words that only a model read --------------------------------------------------------------------------------
def _word(draft: Draft, pointed: Pointed, pointer: str) -> Judgement:
    """The judgement on a passage, claim, body or year that no rule read."""
    if pointer.startswith("/narrative/claims/"):
        return _claim(draft, pointed, pointer)
    if len(pointed.items) > 1 and pointer.startswith("/narrative/"):
        place = draft.evidence[pointer].source
        alike = [any((i.spot.start, i.spot.end) == (place.start, place.end) for i in items) for items in pointed.items]
        if all(alike):
            return Judgement("accepted", ("samples_agree",), _AGREED)
        return Judgement("review", ("samples_disagree",), 0.5)
    return Judgement("review", ("unsupported",), 0.5)


def _claim(draft: Draft, pointed: Pointed, pointer: str) -> Judgement:
    """A claim is accepted where cue words beside its anchor confirm the metric, and no year or scope speaks against."""
    place = draft.evidence[pointer].source
    for one in pointed.claims or ():
        if (one.spot.start, one.spot.end) == (place.start, place.end) and _cued(draft, one):
            return Judgement("accepted", ("label",), _SURE)
    return Judgement("rejected", ("unsupported",), 0.0)


def _cued(draft: Draft, claim: PointedClaim) -> bool:
    """Whether the words of the anchor's clause speak of the metric, and of no other."""
    folded, spot = draft.document.folded, claim.spot
    start = max(folded.rfind(stop, max(0, spot.start - _CUE_REACH), spot.start) for stop in "。;,\n") + 1
    start = max(start, spot.start - _CUE_REACH)
    ends = [at for stop in "。;,\n" if (at := folded.find(stop, spot.end, spot.end + _CUE_REACH)) >= 0]
    words = folded[start : min(ends, default=spot.end + _CUE_REACH)]
    metric = metrics()[claim.metric]
    return metric.is_spoken_of(words) and not metric.is_denied(words)


def _summary(draft: Draft, pointed: Pointed) -> Iterator[Finding]:
    """Put a model's summary in place of the extractive one, if each of its placeholders fits; else say why not."""
    if pointed.sentences is None:
        return
    faults = faults_of(pointed.sentences, pointed.slots)
    if faults:
        yield make("summary_rejected", ["/narrative/summary"], faults="; ".join(fault.message for fault in faults[:3]))
        return
    draft.narrative.summary = Summary(filled(pointed.sentences, pointed.slots).text, "model")
