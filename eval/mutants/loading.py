"""Defects of loading and of finding the parts: text, tables and headings lost, joined or misunderstood."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from eval.mutants.planting import Function, Make, Mutant, Plant, Stage, changed, instead, told
from extractor.document import Document, Table
from extractor.draft import Sections
from extractor.load.encoding import Decoded
from extractor.load.plain import Cleaned

LOADED = "extractor.load:load_bytes"
PARTS = "extractor.pipeline:find_sections"
FIVE, SIX = "issues_improvements", "other_matters"


# ---- load --------------------------------------------------------------------------------------------------------


def _uncleaned(text: str) -> Cleaned:
    return Cleaned(text, [(0, 0)], [])


def _as_utf8(data: bytes, *_: object) -> Decoded:
    return Decoded(data.decode("utf-8", errors="replace"), "utf-8")


def _without_table(document: Document) -> Document:
    tables = document.tables
    lost = tables[len(tables) // 2] if tables else None
    return replace(document, blocks=[block for block in document.blocks if block is not lost])


def _without_end(document: Document) -> Document:
    return document.before(len(document.text) * 9 // 10)


def _without_merged_cells(document: Document) -> Document:
    """Rows of a grid that have a cell merged across or down lose it."""
    for table in document.tables:
        for row in table.rows if table.layout == "grid" else ():
            row[:] = [cell for cell in row if cell.rowspan == 1]
    return document


def _stacked(document: Document) -> Document:
    """Each row of a grid begins at its left edge, whatever spans it from above."""
    for table in document.tables:
        for row in table.rows if table.layout == "grid" else ():
            for at, cell in enumerate(row):
                cell.column, cell.rowspan, cell.colspan = at, 1, 1
    return document


def _tables_once(document: Document) -> Document:
    """The first row that a page break repeats or cuts off is dropped with its table's rest: tables end at 20 rows."""
    for table in document.tables:
        _cut_at(document, table, 20)
    return document


def _cut_at(document: Document, table: Table, most: int) -> None:
    del document, table.rows[most:]


def _unsimplified(text: str) -> str:
    """Half width, and nothing else."""
    wide = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    return text.translate(wide | {0x3000: " ", 0xA0: " "})


def _load(name: str, breaks: str, make: Make, *near: str, place: str = LOADED) -> Mutant:
    return Mutant(name, "load", breaks, (Plant(place, make),), near)


LOADING = (
    _load(
        "ignore_page_breaks",
        "page numbers, furniture and converter marks stay in the text",
        instead(_uncleaned),
        "liuqing_town_2024",
        place="extractor.load.plain:clean",
    ),
    _load(
        "take_everything_for_utf8",
        "a GB18030 page is decoded as UTF-8",
        instead(_as_utf8),
        "gbk",
        place="extractor.load:decode",
    ),
    _load("lose_a_source_table", "one of the document's tables is not loaded", changed(_without_table), "docx", "html"),
    _load("lose_the_end", "the last tenth of the document is not loaded", changed(_without_end)),
    _load("skip_merged_cells", "cells that span rows are skipped", changed(_without_merged_cells), "docx", "html"),
    _load("ignore_spans", "merged cells are laid out as if they spanned nothing", changed(_stacked), "print"),
    _load("stop_at_twenty_rows", "a table ends at its twentieth row", changed(_tables_once), "docx", "html", "md"),
    _load(
        "leave_traditional_characters",
        "traditional characters are not compared as simplified ones",
        instead(_unsimplified),
        "fengyan_township_2022",
        place="extractor.document:fold",
    ),
)


# ---- sections ----------------------------------------------------------------------------------------------------


def _without_part(key: str) -> Function:
    def lose(sections: Sections) -> Sections:
        return replace(sections, parts=[part for part in sections.parts if part.key != key])

    return lose


def _swapped(sections: Sections) -> Sections:
    names = {FIVE: SIX, SIX: FIVE}
    return replace(sections, parts=[replace(part, key=names.get(part.key, part.key)) for part in sections.parts])


def _first_half(sections: Sections) -> Sections:
    parts = [replace(part, end=(part.start + part.end) // 2) for part in sections.parts]
    return replace(sections, parts=parts)


def _running_on(sections: Sections) -> Sections:
    """Each part goes on to the end of the next."""
    ends = [part.end for part in sections.parts][1:] + [part.end for part in sections.parts[-1:]]
    return replace(sections, parts=[replace(part, end=end) for part, end in zip(sections.parts, ends, strict=True)])


def _without_preamble(sections: Sections) -> Sections:
    return replace(sections, preamble=(0, 0))


def _numbered_only(headings: list[Any]) -> list[Any]:
    return [heading for heading in headings if heading.number is not None]


def _parts(name: str, breaks: str, make: Make, *near: str, place: str = PARTS) -> Mutant:
    stage: Stage = "sections"
    return Mutant(name, stage, breaks, (Plant(place, make),), near)


SECTIONS = (
    _parts("lose_part_five", "the part on problems and improvements is not found", changed(_without_part(FIVE))),
    _parts("swap_last_parts", "parts five and six change places", changed(_swapped)),
    _parts("end_parts_early", "each part ends half way", changed(_first_half)),
    _parts("let_parts_run_on", "each part goes on to the end of the next", changed(_running_on), "liuqing", "heyan"),
    _parts("forget_the_preamble", "nothing before the first part is looked at", changed(_without_preamble)),
    _parts(
        "numbered_headings_only",
        "a part's title without a number is no heading",
        told(_numbered_only),
        "county_archives_2024",
        place="extractor.sections.find:_chosen",
    ),
)

MUTANTS = (*LOADING, *SECTIONS)
