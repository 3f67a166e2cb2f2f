"""The newest run of the eval, as `python -m eval run` left it: its figures; the report beside it holds the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from extractor.errors import SettingsError
from extractor.review.people import Person, permit
from extractor.settings import MEGABYTE, Settings

FOLDER = "build/eval"
"""Where `python -m eval run` writes, seen from the folder it runs in."""

_NAME = "report.json"
_LARGEST = 200 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the run for one engine: a share of 1, or a count; ``baseline``: what it must not fall below."""

    name: str
    engine: str
    value: float | None = None
    baseline: float | None = None
    passed: bool = True
    message: str = ""


@dataclass(frozen=True, slots=True)
class GoldSet:
    """A set of labelled reports: how many, and why none of them counted where it was not scored."""

    name: str
    scored: bool = True
    cases: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine of the run; ``scripted``: its answers come from a script, so no model's quality is measured."""

    name: str
    label: str = ""
    scripted: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether the change may pass, and every figure that was looked at."""

    passed: bool
    checks: list[Figure] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class EvalRun:
    """What is shown of a run; ``started`` as ISO 8601, ``versions`` by name."""

    started: str = ""
    seconds: float = 0.0
    versions: dict[str, str] = field(default_factory=dict)
    sets: list[GoldSet] = field(default_factory=list)
    engines: list[Engine] = field(default_factory=list)
    gate: Gate | None = None

    @property
    def reports(self) -> int:
        """How many labelled reports were scored."""
        return sum(one.cases for one in self.sets if one.scored)

    def figures(self, engine: str) -> list[Figure]:
        """The figures of one engine, in the run's order."""
        return [one for one in (self.gate.checks if self.gate else []) if one.engine == engine]


def newest_run(settings: Settings, lead: Person) -> EvalRun | None:
    """The run in the folder that the settings name; None where there is none.

    Raises:
        SettingsError: what lies there is no run.
    """
    permit(lead, "measure")
    path = folder_of(settings) / _NAME
    try:
        if path.stat().st_size > _LARGEST:
            raise _no_run(path, "too large", "文件过大")
        return msgspec.json.decode(path.read_bytes(), type=EvalRun)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise _no_run(path, str(error), str(error)) from None


def folder_of(settings: Settings) -> Path:
    """The folder that runs are read from."""
    return Path(settings.eval_results or FOLDER)


def _no_run(path: Path, en: str, zh: str) -> SettingsError:
    return SettingsError(
        f"EXTRACTOR_EVAL_RESULTS: {path} holds no run of the eval ({en})",
        f"EXTRACTOR_EVAL_RESULTS：{path} 不是评测结果（{zh}）",
    )
