"""What a mutant is, and how its defect is planted: a function of the pipeline gives way to a broken one for the run.

No file is touched. A place is named ``module:function`` (or ``module:Class.method``) as Python finds it, so that a
mutant whose function was renamed fails at once and is not passed over.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

Function = Callable[..., Any]
Make = Callable[[Function], Function]
"""Turns a function into the broken one."""

Stage = Literal["load", "sections", "tables", "narrative", "verify", "llm"]
EngineName = Literal["rules", "model", "misled", "unaided"]


@dataclass(frozen=True, slots=True)
class Plant:
    """One function that is replaced: ``make`` turns it into the broken one."""

    place: str
    make: Make


@dataclass(frozen=True, slots=True)
class Mutant:
    """A seeded defect. ``breaks`` says in one line what it does.

    ``near``: words of the gold it concerns (ids, formats, layouts): cases that hold one are scored first.
    ``engine``: with which the defect shows; admission is asked of a model, everything else of rules.
    """

    name: str
    stage: Stage
    breaks: str
    plants: tuple[Plant, ...]
    near: tuple[str, ...] = ()
    engine: EngineName = "rules"


class PlantError(Exception):
    """A mutant names a function that is not there."""


# ---- how a function is broken ------------------------------------------------------------------------------------


def instead(other: Function) -> Make:
    """Another function takes its place."""
    return lambda _: other


def giving(value: Any) -> Make:
    """It gives this, whatever it is asked."""
    return lambda _: lambda *args, **named: value


def changed(change: Function) -> Make:
    """What it gives is changed before anyone sees it."""
    return lambda original: lambda *args, **named: change(original(*args, **named))


def then(change: Function) -> Make:
    """It works as before, and what it worked on (its first argument: a draft) is changed after."""

    def make(original: Function) -> Function:
        def broken(first: Any, *args: Any, **named: Any) -> Any:
            given = original(first, *args, **named)
            change(first)
            return given

        return broken

    return make


def told(change: Function) -> Make:
    """It is told something else: ``change`` makes its first argument."""
    return lambda original: lambda first, *args, **named: original(change(first), *args, **named)


# ---- planting ----------------------------------------------------------------------------------------------------


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """The pipeline with the mutant's defect in it, and without again after.

    Raises:
        PlantError: a function that the mutant names is not there.
    """
    with ExitStack() as stack:
        for plant in mutant.plants:
            owner, name = _owner(plant.place)
            original = getattr(owner, name)
            stack.callback(setattr, owner, name, original)
            setattr(owner, name, plant.make(original))
        yield


def _owner(place: str) -> tuple[Any, str]:
    module, _, path = place.partition(":")
    *owners, name = path.split(".")
    try:
        owner: Any = importlib.import_module(module)
        for one in owners:
            owner = getattr(owner, one)
        getattr(owner, name)
    except (ImportError, AttributeError) as error:
        raise PlantError(f"{place} is not there: {error}") from None
    return owner, name
