"""What an OCR engine read, looked at a second time: the code sees the engine's text, not the report.

A cell that an identity confirms needs no more: a misread digit would break the sum. Any other, and so every cell of a
table without identities, is read again at another setting of the engine; where the two readings differ, or the second
comes to nothing, a person must look (``uncertain_reading``). So it is with the body's name and the year. A scan of
which much is uncertain is a ``low_quality_scan``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from extractor.document import Recognition
from extractor.finding import Words, make
from extractor.record import Evidence, Finding
from extractor.text import fold
from extractor.verify.readings import Reading, Readings
from extractor.verify.verdicts import ACCEPTED, Judgement

_SURE = 0.9
"""Confidence of the engine from which a name or a date needs no second reading."""

_SURE_DIGITS = 0.95
"""Confidence of the engine from which two equal readings of a cell are taken for what is printed there."""

_POOR = 0.75
"""Confidence under which a cell is hard to read."""

_FEWEST, _SHARE = 3, 0.04
"""How many cells of a scan must be hard to read for a poor one: at least so many, and so large a share."""

_FIELDS = ("/organisation", "/year", "/period", "/published")
_FIELD_WORDS = {
    "/organisation": Words("报告单位", "the reporting body"),
    "/year": Words("报告年度", "the reporting year"),
    "/period": Words("统计期限", "the period"),
    "/published": Words("发布日期", "the date of publication"),
}


@dataclass(slots=True)
class Recognised:
    """What the second look at recognised text says: findings, pointers in doubt, and the engine's confidences."""

    findings: list[Finding] = field(default_factory=list)
    doubtful: set[str] = field(default_factory=set)
    confidence: dict[str, float] = field(default_factory=dict)

    def applied(self, verdicts: dict[str, Judgement]) -> dict[str, Judgement]:
        """``verdicts`` with what is in doubt for review, and no judgement surer than the engine was."""
        for pointer, sure in self.confidence.items():
            judged = verdicts.get(pointer, ACCEPTED)
            if pointer in self.doubtful and judged.verdict != "rejected":
                judged = Judgement("review", (*judged.reasons, "uncertain_reading"), min(judged.confidence, 0.5))
            verdicts[pointer] = replace(judged, confidence=min(judged.confidence, round(sure, 2)))
        return verdicts


def check_recognition(readings: Readings, confirmed: Collection[str]) -> Recognised:
    """Look again at what an engine read; ``confirmed`` are the cells that stand in an identity that holds."""
    found = Recognised()
    recognition = readings.document.recognition
    if recognition is None:
        return found
    for reading in readings.cells:
        _check_cell(readings, recognition, reading, reading.pointer in confirmed, found)
    for pointer in _FIELDS:
        evidence = readings.draft.evidence.get(pointer)
        if evidence is not None and evidence.method == "ocr":
            _check_field(readings, recognition, pointer, evidence, found)
    found.findings += _poor_scan(readings, found)
    return found


def drop_sure_repairs(findings: Iterable[Finding], recognised: Recognised) -> None:
    """Take back the repair of a cell that two sure readings agree on: it is printed so, and the source is at fault."""
    for finding in findings:
        if finding.repair and all(
            pointer not in recognised.doubtful and recognised.confidence.get(pointer, 0.0) >= _SURE_DIGITS
            for pointer in finding.repair
        ):
            finding.repair = None


def _check_cell(
    readings: Readings, recognition: Recognition, reading: Reading, confirmed: bool, found: Recognised
) -> None:
    place = reading.evidence.source
    if reading.evidence.method != "ocr" or place.start is None or place.end is None:
        return
    cell = readings.cell_of(reading)
    start, end = (cell.start, cell.end) if cell else (place.start, place.end)
    if reading.evidence.state == "unreadable":
        found.confidence[reading.pointer] = 0.0
        return
    sure = recognition.confidence(start, end)
    if sure is None:
        return
    found.confidence[reading.pointer] = sure
    if confirmed:
        return
    again = recognition.second_reading(start, end)
    if again is None or _bare(again) != _bare(readings.document.text[start:end]):
        _doubt(found, reading.pointer, _cell_words(readings, reading), reading.evidence.raw, again)


def _check_field(
    readings: Readings, recognition: Recognition, pointer: str, evidence: Evidence, found: Recognised
) -> None:
    start, end = evidence.source.start, evidence.source.end
    sure = recognition.confidence(start, end) if start is not None and end is not None else None
    if start is None or end is None or sure is None:
        return
    found.confidence[pointer] = sure
    if sure >= _SURE:
        return
    again = recognition.second_reading(start, end)
    if again is None or _bare(readings.document.text[start:end]) not in _bare(again):
        _doubt(found, pointer, _FIELD_WORDS[pointer], evidence.raw, again)


def _bare(text: str) -> str:
    """``text`` without white space, look-alikes made one: what two readings must agree in."""
    return "".join(fold(text).split())


def _doubt(found: Recognised, pointer: str, name: Words, first: str | None, second: str | None) -> None:
    found.doubtful.add(pointer)
    other = Words(f"“{second}”", f"'{second}'") if second else Words("无法识别", "nothing that can be read")
    read = " ".join((first or "").split())
    found.findings.append(make("uncertain_reading", [pointer], cause="extraction", name=name, first=read, second=other))


def _cell_words(readings: Readings, reading: Reading) -> Words:
    words = readings.vocabulary.tables[reading.table]
    cell = words.cell_name(*reading.label)
    return Words(f"{words.name.zh}{cell.zh}", f"{words.name.en}, {cell.en}")


def _poor_scan(readings: Readings, found: Recognised) -> Iterator[Finding]:
    """One finding for the whole scan where many cells are hard to read."""
    cells = [pointer for pointer in found.confidence if pointer in readings.by_pointer]
    poor = [pointer for pointer in cells if pointer in found.doubtful or found.confidence[pointer] < _POOR]
    if len(poor) < max(_FEWEST, _SHARE * len(cells)):
        return
    places = (readings.by_pointer[pointer].evidence.source.start for pointer in poor)
    pages = {readings.document.locate(start).page for start in places if start is not None}
    named = sorted(page for page in pages if page is not None)
    yield make("low_quality_scan", poor, cause="extraction", pages=", ".join(map(str, named)))
