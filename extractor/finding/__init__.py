"""Findings are made here and nowhere else: code, severity and wording come from ``catalogue.toml``.

>>> words = {"line": Words("予以公开", "granted"), "sum": "3 + 1 = 4", "total": 5, "where": Words("", "")}
>>> make("row_sum", ["/tables/applications/granted/total"], cause="source", table=Words("申请", "applications"),
...      **words).message_en
'applications, row "granted": 3 + 1 = 4, but the total reads 5.'
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from extractor.record import Cause, Finding, Number, Severity


@dataclass(frozen=True, slots=True)
class Words:
    """A name in both languages, for a message."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One code of the catalogue: its severity, message templates and, for docs/findings.md, what it says."""

    code: str
    severity: Severity
    says: str
    zh: str
    en: str


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Kind]:
    """Every kind of finding by its code, in the order of the file."""
    raw = tomllib.loads(resources.files(__package__).joinpath("catalogue.toml").read_text("utf-8"))
    return {code: Kind(code=code, **entry) for code, entry in raw.items()}


def make(
    code: str,
    paths: list[str],
    *,
    cause: Cause = "unknown",
    repair: dict[str, Number] | None = None,
    **values: object,
) -> Finding:
    """A finding of the catalogue's kind ``code``; ``values`` fill its templates (``Words`` by language).

    Raises:
        KeyError: the catalogue has no such code, or its template wants a value that is not given.
    """
    kind = catalogue()[code]
    zh = {name: value.zh if isinstance(value, Words) else value for name, value in values.items()}
    en = {name: value.en if isinstance(value, Words) else value for name, value in values.items()}
    return Finding(code, kind.severity, cause, paths, kind.zh.format(**zh), kind.en.format(**en), repair)
