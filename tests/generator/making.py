"""From a seed to a file and its truth."""

import hashlib
from dataclasses import dataclass
from typing import Any, Protocol

from .cells import Fit
from .dice import Dice
from .docx_layouts import DOCX_LAYOUTS
from .faults import Fault, drawn_with_fault
from .html_layouts import HTML_LAYOUTS
from .report import Draft, draw_report
from .text_layouts import TEXT_LAYOUTS
from .traditional import retold
from .wording import FORMS


class Layout(Protocol):
    """A way to write a report: what its tables can carry, and how it becomes bytes."""

    @property
    def name(self) -> str:
        """The layout's name."""

    @property
    def suffix(self) -> str:
        """The file's suffix."""

    @property
    def fit(self) -> Fit:
        """What its cells can carry."""

    def render(self, draft: Draft, dice: Dice) -> bytes:
        """The file."""


@dataclass(frozen=True)
class Generated:
    """A file, what it is, and the truth about it in the shape of a gold file."""

    name: str
    data: bytes
    form: str
    layout: str
    features: frozenset[str]
    truth: dict[str, Any]
    seed: int


@dataclass(frozen=True)
class GeneratedFault(Generated):
    """A file with one planted fault of the source."""

    fault: Fault


_ALL: tuple[Layout, ...] = (*TEXT_LAYOUTS, *HTML_LAYOUTS, *DOCX_LAYOUTS)
_BY_NAME = {layout.name: layout for layout in _ALL}
LAYOUTS = tuple(_BY_NAME)


def generate(
    seed: int,
    *,
    form: str | None = None,
    layout: str | None = None,
    messy: float = 0.5,
    force: frozenset[str] = frozenset(),
    bar: frozenset[str] = frozenset(),
) -> Generated:
    """The report of `seed`: the same bytes on each call; `force` and `bar` name variants to have or to leave out."""
    dice = Dice(str(seed), messy, force, bar)
    form = form or dice.stream("form").choice(FORMS)
    chosen = _BY_NAME[layout or dice.stream("layout_name").choice(LAYOUTS)]
    draft = retold(dice, draw_report(dice, form, chosen.fit))
    name, data = _written(seed, draft, chosen, dice)
    return Generated(name, data, form, chosen.name, frozenset(dice.applied), draft.truth, seed)


def generate_with_fault(
    seed: int, kind: str, *, form: str | None = None, layout: str | None = None, messy: float = 0.2
) -> GeneratedFault:
    """The report of `seed` with one planted fault of `kind` (faults.KINDS)."""
    dice = Dice(f"{seed}/{kind}", messy)
    form = form or dice.stream("form").choice(FORMS)
    chosen = _BY_NAME[layout or dice.stream("layout_name").choice(LAYOUTS)]
    draft, fault = drawn_with_fault(dice, form, chosen.fit, kind)
    name, data = _written(seed, draft, chosen, dice)
    return GeneratedFault(name, data, form, chosen.name, frozenset(dice.applied), draft.truth, seed, fault)


def _written(seed: int, draft: Draft, layout: Layout, dice: Dice) -> tuple[str, bytes]:
    data = layout.render(draft, dice)
    name = f"{seed:06}_{layout.name}_{draft.form}{layout.suffix}"
    draft.truth["source"] = name
    draft.truth["sha256"] = hashlib.sha256(data).hexdigest()
    return name, data
