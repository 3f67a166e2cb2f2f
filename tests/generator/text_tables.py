"""Tables as plain text, in the ways of converters, copiers and typists."""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable
from random import Random

from .shapes import Grid, Spot

TableText = Callable[[Grid, Random], str]


def _line(cells: Iterable[str], mark: str) -> str:
    return mark.join(cell.replace("\n", " ") for cell in cells)


def tab_cells(grid: Grid, rng: Random) -> str:
    """Each cell on a line of its own after a tab, a blank line after each row; merged columns once."""
    rows = grid.texts(across="drop", down="empty")
    return "\n".join("".join(f"\t{cell}\n" for cell in row) for row in rows) + "\n"


def tab_rows(across: str, down: str, pad: str = "") -> TableText:
    """Rows of cells between tabs; `pad` fills the rows at their right: "" (none) or trailing."""

    def write(grid: Grid, rng: Random) -> str:
        lines = []
        for row in grid.texts(across, down):
            cells = row + [""] * (grid.width - len(row)) if pad else row
            lines.append(_line(cells, "\t"))
        return "\n".join(lines)

    return write


def shifted_tab_rows(grid: Grid, rng: Random) -> str:
    """Trailing empty cells, and now and then a row that lost its leading ones."""
    lines = []
    for row in grid.texts(across="drop", down="empty"):
        lead = len(row) - len("\t".join(row).lstrip("\t").split("\t"))
        shifts = lead and any(row) and len(row) - lead >= 8 and rng.random() < 0.15
        cells = row[lead:] if shifts else row
        lines.append(_line(cells + [""] * (grid.width - len(cells)), "\t"))
    return "\n".join(lines)


def pipes(outer: bool, rule: str, across: str = "empty", down: str = "empty") -> TableText:
    """Rows between pipes; `rule` is none, plain (|---|) or aligned (| :---: |)."""

    def write(grid: Grid, rng: Random) -> str:
        lines = []
        for index, row in enumerate(grid.texts(across, down)):
            cells = [cell.replace("|", "/") for cell in row]
            lines.append(f"| {_line(cells, ' | ')} |" if outer else _line(cells, " | "))
            if index == 0 and rule != "none":
                lines.append("|" + "|".join({"plain": "---", "aligned": " :---: "}[rule] for _ in row) + "|")
        return "\n".join(lines)

    return write


def padded_pipes(grid: Grid, rng: Random) -> str:
    """Merged cells as empty ones without a space: `| a |||`."""
    lines = []
    for row in grid.spots():
        text = ""
        for spot in row:
            shown = spot.cell.text.replace("\n", " ") if spot.first_row and spot.first_column else None
            text += "|" if shown is None and not spot.first_column else f"| {shown or ''} "
        lines.append(text + "|")
    return "\n".join(lines)


def width_of(text: str) -> int:
    """Columns that a text takes in a fixed-width font."""
    return sum(2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in text)


def aligned(grid: Grid, rng: Random) -> str:
    """Columns aligned with spaces, merged cells at their first column."""
    rows = [[cell.replace("\n", "") for cell in row] for row in grid.texts("empty", "empty")]
    widths = _widths(grid, rows)
    lines = []
    for row in rows:
        line = ""
        for cell, left in zip(row, widths, strict=True):
            if cell:
                line += " " * max(2 if line else 0, left - width_of(line)) + cell
        lines.append(line)
    return "\n".join(lines)


def _widths(grid: Grid, rows: list[list[str]]) -> list[int]:
    single = [[0] * grid.width for _ in grid.rows]
    for r, spots in enumerate(grid.spots()):
        for c, spot in enumerate(spots):
            if spot.first_row and spot.first_column and spot.cell.colspan == 1:
                single[r][c] = width_of(rows[r][c])
    lefts, at = [], 0
    for c in range(grid.width):
        lefts.append(at)
        at += max(6, *(row[c] for row in single)) + 2
    return lefts


def aligned_wrapped(grid: Grid, rng: Random) -> str:
    """Columns aligned with spaces, long labels over several lines, the numbers beside their middle."""
    rows = [[_wrapped(cell, 18) for cell in row] for row in grid.texts("empty", "empty")]
    widths = [max(6, *(width_of(line) for row in rows for line in row[c])) for c in range(grid.width)]
    lines = []
    for row in rows:
        height = max(len(cell) for cell in row)
        for number in range(height):
            parts = (_middle(cell, height, number) for cell in row)
            line = "".join(_filled(part, width + 2) for part, width in zip(parts, widths, strict=True))
            lines.append(line.rstrip(" "))
    return "\n".join(lines)


def _middle(cell: list[str], height: int, number: int) -> str:
    at = number - (height - len(cell)) // 2
    return cell[at] if 0 <= at < len(cell) else ""


def boxed(corner: str = "+", across: str = "-", down: str = "|") -> TableText:
    """A drawn grid with a rule after each row, cells wrapped at 16 columns."""

    def write(grid: Grid, rng: Random) -> str:
        rows = [[_wrapped(cell, 16) for cell in row] for row in grid.texts("empty", "empty")]
        widths = [max(2, *(width_of(line) for row in rows for line in row[c])) for c in range(grid.width)]
        rule = corner + corner.join(across * (width + 2) for width in widths) + corner
        lines = [rule]
        for row in rows:
            for number in range(max(len(cell) for cell in row)):
                parts = [cell[number] if number < len(cell) else "" for cell in row]
                filled = [_filled(part, width) for part, width in zip(parts, widths, strict=True)]
                lines.append(f"{down} " + f" {down} ".join(filled) + f" {down}")
            lines.append(rule)
        return "\n".join(lines)

    return write


def wrapped_pipes(grid: Grid, rng: Random) -> str:
    """Rows between pipes whose long cells go on in the next lines, without rules (antiword)."""
    lines = []
    rows = [[_wrapped(cell, 12) for cell in row] for row in grid.texts("drop", "empty")]
    for row in rows:
        for number in range(max(len(cell) for cell in row)):
            parts = (_filled(cell[number] if number < len(cell) else "", 12) for cell in row)
            lines.append("|" + "|".join(parts) + "|")
    return "\n".join(lines)


def _wrapped(text: str, width: int) -> list[str]:
    lines, line = [], ""
    for ch in text.replace("\n", ""):
        if width_of(line + ch) > width and not (ch.isdigit() and line[-1:].isdigit()):
            lines.append(line)
            line = ""
        line += ch
    return [*lines, line]


def _filled(text: str, width: int) -> str:
    return text + " " * (width - width_of(text))


def comma_rows(grid: Grid, rng: Random) -> str:
    """Rows as comma-separated values."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(grid.texts("empty", "empty"))
    return out.getvalue().rstrip("\n")


def paragraphs(gap: str) -> TableText:
    """Every cell that is not empty as a paragraph of its own."""

    def write(grid: Grid, rng: Random) -> str:
        cells = (cell.replace("\n", "") for row in grid.texts("drop", "drop") for cell in row)
        return gap.join(cell for cell in cells if cell.strip())

    return write


def cell_lines(grid: Grid, rng: Random) -> str:
    """Every cell on a line of its own, empty ones as empty lines, no other mark (text export)."""
    return "\n".join(cell.replace("\n", " ") for row in grid.texts("drop", "empty") for cell in row)


def spaced_lines(mark: str, group_lines: bool = False, numbers_below: bool = False) -> TableText:
    """Labels and values on one line, or the label on one and its numbers on the next."""

    def write(grid: Grid, rng: Random) -> str:
        lines = []
        for row in grid.spots():
            own = [spot for spot in row if spot.first_row and spot.first_column]
            words, values = _words(own), [spot.cell.text for spot in own if spot.cell.kind == "value"]
            if group_lines and values and len(words) > 1:
                lines += words[:-1]
                words = words[-1:]
            lines += [mark.join(words), mark.join(values)] if numbers_below else [mark.join([*words, *values])]
        return "\n".join(line for line in lines if line.strip())

    return write


def glued_lines(grid: Grid, rng: Random) -> str:
    """Lines in which the cells stick together where that leaves one way to read them: `规章000`."""
    lines = []
    for row in grid.spots():
        own = [spot for spot in row if spot.first_row and spot.first_column]
        values = [spot.cell.text for spot in own if spot.cell.kind == "value"]
        sticks = len(values) == 1 or all(len(value) == 1 and value.isdigit() for value in values)
        lines.append(" ".join(_words(own)) + ("" if sticks else " ") + ("" if sticks else " ").join(values))
    return "\n".join(line for line in lines if line.strip())


def _words(own: list[Spot]) -> list[str]:
    return [spot.cell.text.replace("\n", "") for spot in own if spot.cell.kind != "value" and spot.cell.text]


def html_tags(grid: Grid, rng: Random) -> str:
    """The table as tags of HTML inside the text, as scanners' and Markdown converters write it."""
    rows = ("".join(f"<td{_span(c.rowspan, c.colspan)}>{c.text}</td>" for c in row) for row in grid.rows)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows).replace("\n", "<br>") + "</table>"


def _span(rowspan: int, colspan: int) -> str:
    return (f' rowspan="{rowspan}"' if rowspan > 1 else "") + (f' colspan="{colspan}"' if colspan > 1 else "")
