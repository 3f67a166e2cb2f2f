"""Options that several commands share, and what they mean; nothing slow is loaded for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import update_wrapper
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

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


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """A command that takes dataclasses, as one with an option for each of their fields.

    A field's annotation declares the option, and its default is the option's.
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {name: hints[name] for name in signature(command).parameters if is_dataclass(hints[name])}

    def called(**told: Any) -> None:
        made = {name: one(**{each.name: told.pop(each.name) for each in fields(one)}) for name, one in groups.items()}
        command(**made, **told)

    update_wrapper(called, command)
    options = [
        option.replace(annotation=known[option.name], kind=Parameter.KEYWORD_ONLY)
        for name, parameter in signature(command).parameters.items()
        for known in [get_type_hints(groups[name], include_extras=True) if name in groups else hints]
        for option in (signature(groups[name]).parameters.values() if name in groups else [parameter])
    ]
    called.__annotations__ = {option.name: option.annotation for option in options}
    called.__signature__ = Signature(options)  # type: ignore[attr-defined]
    return called


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
