"""Which cells carry a sign, and how a finding or a state looks with colour and without."""

from __future__ import annotations

from decimal import Decimal

from rich.text import Text

from extractor.record import Evidence, Finding, Number, Record
from extractor.text import printable

SIGNS = {"error": "✗", "warning": "!", "info": "i", "review": "?"}
STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan", "review": "magenta"}
STATE_SIGNS = {"blank": "␣", "not_applicable": "/", "text": "…", "missing": "–", "unreadable": "×"}
STATUS_STYLES = {"accepted": "green", "needs_review": "yellow", "failed": "bold red"}
ZERO = "dim"

_GRAVEST_FIRST = ("error", "warning", "info", "review")


class Marks:
    """The sign of each path of a record: its gravest finding, else that its verdict is not accepted."""

    def __init__(self, record: Record) -> None:
        self._evidence = record.evidence
        self._signs: dict[str, str] = {}
        for kind in reversed(_GRAVEST_FIRST):
            self._signs |= dict.fromkeys(_paths(record, kind), kind)

    def of(self, path: str) -> str | None:
        """``error``, ``warning``, ``info``, ``review`` or None."""
        return self._signs.get(path)

    def cell(self, path: str, value: Number | None) -> Text:
        """A cell as shown: the number, or the sign of why there is none; with its mark in front."""
        state = self.state(path)
        shown = plain(value) if value is not None else STATE_SIGNS.get(state, "?")
        mark = self.of(path)
        if mark is None:
            return Text(shown, style=ZERO if not value else "")
        return Text(f"{SIGNS[mark]}{shown}", style=STYLES[mark])

    def state(self, path: str) -> str:
        """Why a cell holds no number, as its evidence says; ``missing`` where there is none."""
        return self._evidence.get(path, _NO_EVIDENCE).state


_NO_EVIDENCE = Evidence(state="missing")


def plain(value: Number) -> str:
    """A number as digits, never with an exponent.

    >>> plain(12), plain(Decimal("0.0000001"))
    ('12', '0.0000001')
    """
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def severity(finding: Finding) -> Text:
    """The sign of a finding with its code."""
    return Text(f"{SIGNS[finding.severity]} {printable(finding.code)}", style=STYLES[finding.severity])


def _paths(record: Record, kind: str) -> list[str]:
    if kind == "review":
        return [path for path, evidence in record.evidence.items() if evidence.verdict != "accepted"]
    return [path for finding in record.findings if finding.severity == kind for path in finding.paths]
