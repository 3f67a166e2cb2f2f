"""``eval/waivers.toml``: falls that are let pass for a reason, until a day.

    [[waiver]]
    field = "improvements_exact"            # a measure, a set's measure (own/improvements_exact),
    reason = "…"                            # or one field of one report (<report id>/tables/applications/…)
    until = 2027-03-31

A waiver that names a field takes it out of the gate's counts. One whose day has passed fails the gate.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.cases import ROOT
from eval.result import CaseResult, FieldScore, Waiver
from extractor.errors import GoldError

PATH = ROOT / "eval" / "waivers.toml"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    field: str = Field(min_length=1)
    reason: str = Field(min_length=10)
    until: date


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    waiver: list[_Entry] = []


def read_waivers(path: Path = PATH, today: date | None = None) -> list[Waiver]:
    """The waivers in a file, those whose day has passed marked; none where there is no file.

    Raises:
        GoldError: the file is no TOML, or a waiver lacks its field, reason or date.
    """
    if not path.is_file():
        return []
    try:
        entries = _File.model_validate(tomllib.loads(path.read_text("utf-8"))).waiver
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GoldError(f"{path}: no list of waivers: {error}", f"{path}：不是豁免清单：{error}") from None
    now = today or date.today()
    return [Waiver(one.field, one.reason, one.until.isoformat(), expired=one.until < now) for one in entries]


def in_force(waivers: Iterable[Waiver]) -> list[Waiver]:
    """Those whose day has not passed."""
    return [one for one in waivers if not one.expired]


def waived_measure(waivers: Iterable[Waiver], measure: str, set_name: str) -> str:
    """Why a measure of a set may fall; empty where it may not."""
    return next((one.reason for one in in_force(waivers) if one.field in (measure, f"{set_name}/{measure}")), "")


def is_waived(waivers: Iterable[Waiver], case: CaseResult, field: FieldScore) -> bool:
    """Whether a waiver names this field of this report."""
    return any(one.field == f"{case.id}{field.pointer}" for one in in_force(waivers))
