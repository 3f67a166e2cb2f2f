"""What a run gained and lost against the one before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from eval.measures import HEADLINES, MEASURES
from eval.report import figures
from eval.report.misses import MOST, quote_of
from eval.report.names import cell_name
from eval.report.plain import Piece, differing, plain
from eval.report.view import Cell, Column, Fact, MissView, Section, Table, Tone
from eval.report.wording import say

if TYPE_CHECKING:  # comparing runs the extractor, and running writes reports
    from eval.compare import Change, Comparison, Shift

_GAINS = ("gained", "to be looked at no more")
_CELL_PARTS = 4
"""Parts of the pointer of a cell: /tables/<table>/<row>/<column>."""


def compared_section(found: Comparison | None) -> Section:
    """The figures that differ, reports of one run alone, then every field that came out otherwise, losses first."""
    title = say("section", "compared")
    if found is None:
        return Section("compared", title, nothing=say("nothing", "compared_not"))
    lost = {id(one) for one in found.losses}
    gone = {report for report, _, now in found.turned if now.startswith("failed")}
    kept = [one for one in found.changes if one.report not in gone]
    shown = sorted(kept, key=lambda one: (not one.escape, id(one) not in lost))
    tables = [*_shift_tables(found.shifts), _turned_table(found.turned)]
    more = len(shown) - MOST
    left_out = [say("nothing", "more", more=figures.count(more))] if more > 0 else []
    return Section(
        "compared",
        title,
        say("intro", "compared"),
        [table for table in tables if table.rows],
        misses=[_change(one, id(one) in lost) for one in shown[:MOST]],
        notes=[*_notes(found), *left_out],
        nothing="" if found.differs else say("nothing", "compared"),
        loud=bool(found.losses),
    )


def _notes(found: Comparison) -> Iterator[str]:
    gained = sum(one.kind == "gained" for one in found.changes)
    yield (
        f"{figures.plural(found.paired, 'report')} in both runs: {figures.plural(gained, 'field')} gained, "
        f"{figures.count(len(found.losses))} lost or worse, {figures.count(len(found.changes))} changed in all."
    )
    for keys, where in (
        (found.only_before, "only before"),
        (found.only_after, "only now"),
        (found.resourced, "changed"),
    ):
        if keys:
            yield f"{say('compared', where)}: {', '.join(map(plain, keys))}"


def _shift_tables(shifts: Sequence[Shift]) -> Iterator[Table]:
    """A table for each engine and kind of gold: its headlines, and whatever moved."""
    titles = "Figure", "Reports", "Before", "Now", "Difference", "95% interval", "p"
    columns = tuple(Column(one, number=one != "Figure") for one in titles)
    for group in dict.fromkeys(one.group for one in shifts):
        shown = [one for one in shifts if one.group == group and (one.name in HEADLINES or one.before != one.after)]
        caption = say("caption", "shifts", group=plain(group))
        yield Table(caption, columns, [_shift_row(one) for one in shown], kind="shifts")


def _shift_row(one: Shift) -> list[Cell]:
    shares = MEASURES[one.name].unit == "share"
    write = figures.percent if shares else figures.count
    moved = None if one.before is None or one.after is None else one.after - one.before
    signs = {"more": 1, "less": -1}.get(one.better, 0) * (moved or 0)
    tone: Tone = "good" if signs > 0 else "bad" if signs < 0 else ""
    ends = (one.interval.low, one.interval.high) if one.interval else (None, None)
    write_moved = figures.points if shares else figures.signed
    difference, low, high = (write_moved(end) for end in (moved, *ends))
    return [
        Cell(say("measure", one.name)),
        Cell(figures.count(one.reports)),
        Cell(write(one.before)),
        Cell(write(one.after)),
        Cell(difference, tone=tone),
        Cell(low if low == high else f"{low} to {high}"),
        Cell(f"{one.p:.3f}"),
    ]


def _turned_table(turned: Sequence[tuple[str, str, str]]) -> Table:
    rows = [[Cell(plain(report)), Cell(plain(was)), Cell(plain(now))] for report, was, now in turned]
    return Table(say("caption", "turned"), (Column("Report"), Column("Before"), Column("Now")), rows)


def _change(one: Change, is_loss: bool) -> MissView:
    """A change as a card: what the report says, what was read before and is read now."""
    parts = one.pointer.strip("/").split("/")
    named = cell_name(parts[1], parts[2], parts[3]) if len(parts) == _CELL_PARTS and parts[0] == "tables" else None
    gold, got = _against(one.gold, one.after)
    return MissView(
        report=plain(one.report),
        key=named.key if named else plain(" · ".join(parts)),
        label=named.label if named else "",
        pointer=plain(one.pointer),
        tag=say("change", one.kind),
        gold=gold,
        got=got,
        was=_against(one.gold, one.before)[1],
        escape=one.escape,
        tone="bad" if is_loss else "good" if one.kind in _GAINS else "warn",
        facts=[Fact("Change", say("change_means", one.kind))],
        quote=quote_of(one.excerpt),
    )


def _against(gold: str | None, value: str | None) -> tuple[list[Piece], list[Piece]]:
    """Gold and a value, marked where they differ."""
    if gold is not None and value is not None:
        return differing(gold, value)
    shown = [[Piece(plain(one) if one is not None else say("state", "none"))] for one in (gold, value)]
    return shown[0], shown[1]
