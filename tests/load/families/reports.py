"""The reports that the families print, as the generator draws them, and what is read of them against the truth."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from extractor.errors import InputError
from tests.generator.dice import Dice
from tests.generator.html_layouts import HTML_LAYOUTS, ROOMY
from tests.generator.making import generate
from tests.generator.report import draw_report
from tests.generator.scoring import Miss
from tests.generator.shapes import Grid
from tests.generator.traditional import retold
from tests.load.conversions import LAYOUTS as WORD_LAYOUTS
from tests.load.conversions import Printed, compared, fitted
from tests.load.conversions import printed as converted
from tests.load.families import browser, paper
from tests.load.families.drawn import LARGE, LOOKS, changed, enlarged
from tests.load.families.layers import LAYERS
from tests.load.families.press import pressed

FORMS = ("2021", "2019")
PAGES = ("html_clean", "html_heads", "html_word", "html_nested", "html_repeated", "html_empty")
"""Layouts of web pages that are tables when printed."""

_CLEAN = next(layout for layout in HTML_LAYOUTS if layout.name == "html_clean")
_CHARSET = re.compile(r'charset="?[\w-]+"?')
_MESSY = 0.3


def drawn(family: str, seeds: Sequence[int], folder: Path) -> Iterator[Printed]:
    """Reports drawn as PDFs; each with the same report as a clean page, to tell what is no matter of print."""
    for seed in seeds:
        dice = Dice(str(seed), _MESSY)
        draft = retold(dice, draw_report(dice, FORMS[seed % 2], ROOMY))
        draft = enlarged(draft) if family in LARGE else draft
        source = folder / f"{family}_{seed}.html"
        source.write_bytes(_CLEAN.render(draft, dice))
        blocks = [changed(family, block) if isinstance(block, Grid) else block for block in draft.blocks]
        target = folder / f"{family}_{seed}.pdf"
        target.write_bytes(pressed(blocks, LOOKS[family], seed))
        yield Printed(target, draft.truth, source)


def browsed(family: str, seeds: Sequence[int], folder: Path) -> Iterator[Printed]:
    """Web pages printed by Chromium."""
    style = browser.STYLES[family]
    sources, truths = [], []
    for seed in seeds:
        report = generate(seed, layout=PAGES[seed % len(PAGES)], messy=_MESSY)
        sources.append(folder / f"{family}_{seed}.html")
        sources[-1].write_text(style.applied(_CHARSET.sub("charset=utf-8", _decoded(report.data))), "utf-8")
        truths.append(report.truth)
    prints = browser.printed([(source, style) for source in sources], folder)
    yield from (Printed(*each) for each in zip(prints, truths, sources, strict=True))


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def typed(family: str, seeds: Sequence[int], folder: Path) -> Iterator[Printed]:
    """Word files printed by LibreOffice on other paper."""
    sources, truths = [], []
    for seed in seeds:
        layouts = (
            WORD_LAYOUTS[:-1] if family in ("columns", "repeated_head") else WORD_LAYOUTS
        )  # nested ones are cut off
        report = generate(seed, layout=layouts[seed % len(layouts)], messy=_MESSY)
        sources.append(folder / f"{family}_{seed}.docx")
        sources[-1].write_bytes(paper.set_on(fitted(report.data, seed), paper.SHEETS[family]))
        truths.append(report.truth)
    yield from (Printed(*each) for each in zip(converted(sources, folder), truths, sources, strict=True))


def layered(family: str, seeds: Sequence[int], folder: Path) -> Iterator[Printed]:
    """Word files printed by LibreOffice, of which the text layer was then taken away or replaced."""
    for report in typed("serif", seeds, folder):
        report.path.write_bytes(LAYERS[family](report.path.read_bytes()))
        yield report


Maker = Callable[[Sequence[int], Path], Iterator[Printed]]
FAMILIES: dict[str, Maker] = {
    **{f"drawn_{name}": partial(drawn, name) for name in LOOKS},
    **{f"browser_{name}": partial(browsed, name) for name in browser.STYLES},
    **{f"office_{name}": partial(typed, name) for name in paper.SHEETS},
    **{f"layer_{name}": partial(layered, name) for name in LAYERS},
}


@dataclass
class Count:
    """What became of one family's cells: ``right`` counts those that the report's source gives too."""

    reports: int = 0
    refused: int = 0
    cells: int = 0
    wrong: int = 0
    silent: int = 0
    alarms: int = 0
    misses: list[tuple[str, Miss]] = field(default_factory=list)

    @property
    def right(self) -> int:
        """Cells that are right, or that are not read right from the source of the print either."""
        return self.cells - self.wrong

    def __str__(self) -> str:
        cells = f"{self.cells:7} {self.right:7} {self.wrong - self.silent:8} {self.silent:7}"
        return f"{cells} {self.alarms:7} {self.refused:8}"


HEAD = f"{'family':32} {'cells':>7} {'right':>7} {'flagged':>8} {'silent':>7} {'alarms':>7} {'refused':>8}"
"""The columns of a count: ``alarms`` are right cells that a finding names."""


def counted(reports: Iterator[Printed]) -> Count:
    """What is read of the prints of one family."""
    count = Count()
    for report in reports:
        count.reports += 1
        try:
            score, misses = compared(report)
        except InputError:  # said to be unreadable: nothing is wrong
            count.refused += 1
            continue
        cells = [miss for miss in misses if miss.pointer.startswith("/tables/")]
        count.cells += score.cells
        count.wrong += len(cells)
        count.silent += sum(1 for miss in cells if not miss.flagged)
        count.alarms += score.flagged_right
        count.misses += [(report.path.name, miss) for miss in cells]
    return count


def as_json(miss: Miss) -> str:
    """A miss in one line."""
    found = [miss.pointer, str(miss.expected), str(miss.got), str(miss.raw), "flagged" if miss.flagged else "SILENT"]
    return json.dumps(found, ensure_ascii=False)
