"""Options that several commands share, and what they mean; nothing slow is loaded for it."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from extractor.forms import Form


class Engine(StrEnum):
    """Who reads: rules alone, rules and a model, or a model alone."""

    RULES = "rules"
    HYBRID = "hybrid"
    MODEL = "model"


EngineOption = Annotated[
    Engine | None, typer.Option(help="[default: hybrid when a model is configured, else rules]", show_default=False)
]
FormOption = Annotated[
    Path | None, typer.Option("--form", metavar="FILE", help="Your own form, a TOML file (docs/forms.md).")
]
JobsOption = Annotated[
    int | None, typer.Option(min=1, max=256, metavar="N", help="Processes at work. [default: one per core]")
]


def engine_named(engine: Engine | None, samples: int) -> Literal["rules", "hybrid", "model"] | None:
    """The engine asked for, once it is certain that it can work."""
    from extractor.settings import is_model_configured, load_settings

    able = engine is not Engine.RULES and is_model_configured(load_settings())
    if engine not in (None, Engine.RULES) and not able:
        raise typer.BadParameter(
            f"no model is configured, so '{engine}' cannot work: set EXTRACTOR_MODEL (docs/model.md), "
            "or leave --engine out",
            param_hint="'--engine'",
        )
    if samples > 1 and not able:
        raise typer.BadParameter("only a model can be asked more than once", param_hint="'--samples'")
    return engine.value if engine else None


def form_in(path: Path | None) -> Form | None:
    """The form in a file."""
    from extractor.forms import read_form

    return read_form(path) if path else None


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
