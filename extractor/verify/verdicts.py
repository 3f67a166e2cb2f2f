"""From findings to verdicts: what stands accepted, what a person must look at, what is not to be used.

======================  ==========  ==========================================================================
verdict                 confidence  when
======================  ==========  ==========================================================================
accepted (the default)  0.99        grounded; label and header agree; an identity that covers the cell holds.
                                    Also: a passage that is the report's own words.
accepted                0.95        grounded, label and header agree, but no identity covers the cell
accepted                0.95        an identity holds, but no label tells the cell apart (told by its place)
accepted                0.85        told by its place alone
review                  0.50        an error names the pointer, its row or its table; or nothing could be read there
                                    (``missing``, ``unreadable``), or words stand there (``text``), and a person
                                    should see that it is so; or digits that may be several figures
                                    (``digits_rejoined``) are in no identity that holds
rejected                0.00        ``not_grounded``
======================  ==========  ==========================================================================

Warnings change no verdict.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from extractor.record import Finding, Verdict
from extractor.verify.readings import ABSENT_STATES, Readings


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one pointer, the codes that led to it, and how far it can be relied on (0 to 1)."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    confidence: float = 0.99


ACCEPTED = Judgement("accepted")
"""The default: what no entry of ``Verification.verdicts`` names is judged so."""

_ONE_WITNESS = Judgement("accepted", (), 0.95)
_BY_PLACE = Judgement("accepted", (), 0.85)
_UNREAD = {state: Judgement("review", (state,), 0.5) for state in (*ABSENT_STATES, "text")}
_REJOINED = "digits_rejoined"
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?: \d{3})+(?:\.\d+)?")
_REJECTING = "not_grounded"


def judge(
    readings: Readings, findings: Iterable[Finding], silent: Collection[str], confirmed: Collection[str]
) -> dict[str, Judgement]:
    """Judgements that differ from the default. ``silent``: no label told the cell; ``confirmed``: an identity holds."""
    judgements: dict[str, Judgement] = {}
    for cell in readings.cells:
        pointer = cell.pointer
        if cell.evidence.state in _UNREAD:
            judgements[pointer] = _UNREAD[cell.evidence.state]
        elif _REJOINED in cell.evidence.reasons and pointer not in confirmed and not _is_grouped(cell.evidence.raw):
            judgements[pointer] = Judgement("review", (_REJOINED,), 0.5)
        elif pointer in silent:
            judgements[pointer] = _ONE_WITNESS if pointer in confirmed else _BY_PLACE
        elif pointer not in confirmed:
            judgements[pointer] = _ONE_WITNESS
    codes = _codes(readings, findings)
    judgements.update((pointer, _judgement(tuple(named))) for pointer, named in codes.items())
    return judgements


def _is_grouped(raw: str | None) -> bool:
    """Whether a space parts the digits just where it parts thousands."""
    return _THOUSANDS.fullmatch(" ".join((raw or "").split())) is not None


def _codes(readings: Readings, findings: Iterable[Finding]) -> dict[str, dict[str, None]]:
    """The codes of the errors that name a pointer, or the whole table it is in."""
    codes: dict[str, dict[str, None]] = {}
    for finding in findings:
        if finding.severity == "error":
            for path in finding.paths:
                for pointer in readings.named_by(path):
                    codes.setdefault(pointer, {})[finding.code] = None
    return codes


def _judgement(codes: tuple[str, ...]) -> Judgement:
    if _REJECTING in codes:
        return Judgement("rejected", codes, 0.0)
    return Judgement("review", codes, 0.5)
