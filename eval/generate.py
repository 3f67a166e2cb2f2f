"""``python -m eval generate``: reports with known truth over all layouts and formats, as a set of gold of their own.

For load and stress. Each report comes from ``tests.generator`` by its seed, in one of its layouts in turn, and is
written as every case of gold is: ``DIR/<id>/{source.*, record.json, note.md}``. Its record.json says
``"origin": "generated"``, so that no figure over it is ever added to one over hand-labelled reports.

    python -m eval generate --seed 7 --count 52 --out build/generated
    python -m eval run --gold build/generated
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path

from eval.cases import LABEL
from eval.result import Origin
from extractor.errors import GoldError
from extractor.gold import Gold, read_gold, write_gold
from tests.generator import LAYOUTS, Generated, generate
from tests.load.conversions import LAYOUTS as PRINTABLE
from tests.load.conversions import SOFFICE, WITHOUT, fitted, printed

PLAIN_FORMATS = ("txt", "md", "html", "docx")
"""Formats that the generator writes itself."""

OFFICE_FORMATS = ("pdf", "doc", "odt", "rtf")
"""Formats that LibreOffice makes of a Word file."""

ORIGIN: Origin = "generated"
MESSY = 0.5
OUT = Path("build/generated")


class GenerateError(Exception):
    """What was asked for cannot be generated."""


@dataclass(frozen=True, slots=True)
class Order:
    """One report to be made: its seed, its layout, the format it is written in; ``form`` None for either."""

    seed: int
    layout: str
    format: str
    form: str | None = None
    messy: float = MESSY

    def made(self) -> Generated:
        """The report as the generator writes it, before any conversion."""
        return generate(self.seed, form=self.form, layout=self.layout, messy=self.messy)


def orders(
    seed: int,
    count: int,
    formats: Sequence[str] = PLAIN_FORMATS,
    layout: str | None = None,
    form: str | None = None,
    messy: float = MESSY,
) -> list[Order]:
    """``count`` reports from ``seed`` on: every layout and format in turn, those whose name contains ``layout``.

    Raises:
        GenerateError: no layout can be written so; names those that can.
    """
    known = [[(name, format_) for name in layouts_of(format_)] for format_ in formats]
    in_turn = [kind for kinds in zip_longest(*known) for kind in kinds if kind is not None]
    chosen = [(name, format_) for name, format_ in in_turn if layout is None or layout in name]
    if not chosen:
        names = ", ".join(dict.fromkeys(name for name, _ in in_turn))
        raise GenerateError(f"no layout of {', '.join(formats)} contains {layout!r}; layouts: {names}")
    return [Order(seed + at, *chosen[at % len(chosen)], form, messy) for at in range(count)]


def layouts_of(format_: str) -> tuple[str, ...]:
    """The layouts that a format can be written in."""
    if format_ in OFFICE_FORMATS:
        return PRINTABLE
    return tuple(name for name in LAYOUTS if name.startswith(f"{format_}_"))


def write(todo: Sequence[Order], folder: Path) -> list[Path]:
    """Make each report and write its case into ``folder``; the folders of the cases, in order.

    Raises:
        GenerateError: LibreOffice is needed and not there, or ``folder`` holds cases that were labelled by hand.
    """
    if any(order.format in OFFICE_FORMATS for order in todo) and SOFFICE is None:
        raise GenerateError(WITHOUT)
    if labelled := _labelled(folder):
        raise GenerateError(f"{folder} holds gold that was labelled by hand ({labelled}): generate into another folder")
    with tempfile.TemporaryDirectory() as scratch:
        return [_case(order, report, folder) for order, report in _reports(todo, Path(scratch))]


def _labelled(folder: Path) -> str | None:
    """A case in the folder that is not generated."""
    labels = sorted(folder.glob(f"*/{LABEL}"))
    return next((label.parent.name for label in labels if read_gold(label).origin != ORIGIN), None)


def _reports(todo: Sequence[Order], scratch: Path) -> Iterator[tuple[Order, Generated]]:
    """Each report in its format; those that LibreOffice makes are made together, one start a format."""
    converted: dict[Order, bytes] = {}
    for format_ in dict.fromkeys(order.format for order in todo if order.format in OFFICE_FORMATS):
        converted |= _converted([order for order in todo if order.format == format_], format_, scratch)
    for order in todo:
        report = order.made()
        yield order, _as_converted(report, order, converted[order]) if order in converted else report


def _converted(todo: Sequence[Order], format_: str, scratch: Path) -> Mapping[Order, bytes]:
    folder = scratch / format_
    folder.mkdir()
    sources = [folder / f"{number:06}.docx" for number in range(len(todo))]
    for source, order in zip(sources, todo, strict=True):
        source.write_bytes(fitted(order.made().data, order.seed))
    return {
        order: path.read_bytes() for order, path in zip(todo, printed(sources, folder / "out", format_), strict=True)
    }


def _as_converted(report: Generated, order: Order, data: bytes) -> Generated:
    truth = report.truth | {"sha256": hashlib.sha256(data).hexdigest()}
    return replace(report, name=f"{Path(report.name).stem}.{order.format}", data=data, truth=truth)


# ---- a case on disk ----------------------------------------------------------------------------------------------


def _case(order: Order, report: Generated, folder: Path) -> Path:
    case = folder / f"{Path(report.name).stem}_{order.format}"
    case.mkdir(parents=True, exist_ok=True)
    source = case / f"source{Path(report.name).suffix}"
    source.write_bytes(report.data)
    write_gold(gold_of(report, source.name), case / LABEL)
    (case / "note.md").write_text(_note(order, report), encoding="utf-8")
    return case


def gold_of(report: Generated, source: str) -> Gold:
    """The gold of a generated report: its truth, numbers exact, marked as generated."""
    truth = report.truth | {"source": source, "origin": ORIGIN, "layout": report.layout, "seed": report.seed}
    return Gold.model_validate(json.loads(json.dumps(truth), parse_float=Decimal))


def _note(order: Order, report: Generated) -> str:
    features = ", ".join(sorted(report.features)) or "none"
    return (
        f"# {Path(report.name).stem}\n\nGenerated, not labelled: the truth is what the report was written from.\n\n"
        f"Seed {order.seed}, layout {order.layout}, form {report.form}, messy {order.messy}. Variants: {features}.\n"
    )


# ---- the command -------------------------------------------------------------------------------------------------


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Seed, count, folder, and what to narrow it down to."""
    parser.add_argument("--seed", type=int, default=0, help="the first seed; each report takes the next")
    parser.add_argument("--count", type=int, default=len(LAYOUTS), help="how many reports (default: one a layout)")
    parser.add_argument("--out", type=Path, default=OUT, help=f"folder for the set (default: {OUT})")
    known = (*PLAIN_FORMATS, *OFFICE_FORMATS)
    parser.add_argument("--format", nargs="+", choices=known, default=list(PLAIN_FORMATS), metavar="FORMAT")
    parser.add_argument("--layout", help="only layouts whose name contains this")
    parser.add_argument("--form", choices=("2019", "2021"))
    parser.add_argument("--messy", type=float, default=MESSY, help="how messy, from 0 to 1")


def main(args: argparse.Namespace) -> int:
    """Write the set and say where. 0: written; 2: it cannot be."""
    try:
        cases = write(orders(args.seed, args.count, args.format, args.layout, args.form, args.messy), args.out)
    except (GenerateError, GoldError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(cases)} generated reports in {args.out}; score them: python -m eval run --gold {args.out}")
    return 0
