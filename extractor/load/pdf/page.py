"""What a PDF page shows → ``Sheet``: glyphs as lines, inside the cells of its rulings and outside of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from extractor.load.pdf.color import PALE
from extractor.load.pdf.device import UNKNOWN, Glyph, Painted
from extractor.load.pdf.hanging import take_hanging
from extractor.load.pdf.marks import Marks, is_figure, lies_over, without_marks
from extractor.load.pdf.rulings import Lattice, lattices
from extractor.load.pdf.shades import shaded
from extractor.load.sheet.order import around
from extractor.load.sheet.sheet import Box, Grid, GridCell, Line, Sheet
from extractor.settings import load_settings

_SPACE = 0.33
"""Sizes of print by which letters of an alphabet or digits are apart where a space parts them."""

_WIDE_SPACE = 0.9
"""The same for Chinese letters, which are often spaced out."""

_APART = 1.6
"""Sizes of print that part two lines side by side, where the letters of a line are spaced out."""

_WORDS_APART = 0.55
"""The same for words of Chinese: heads of narrow columns stand that close."""

_FIGURES_APART = 0.75
"""The same for figures."""

_COLUMNS_APART = 0.4
"""The same for figures that were painted one by one."""

_CHINESE = "\u4e00"
_TIGHT = 0.15
"""Sizes of print between the letters of a line that is not spaced out, at most."""

_TWICE = 0.15
"""Sizes of print within which the same letter is painted twice to look bold."""

_OVERLAP = 0.5
_FIGURES = frozenset("0123456789,.，．０１２３４５６７８９")
_HANGING = frozenset("，。、；：）》」！？")
_OVERPRINTED = 0.5
_NEAREST = 12


_TABLE_WIDTH, _TABLE_HEIGHT = 0.3, 0.06
"""Shares of the page that a picture takes at least if it can be a table."""


def _tables_as_pictures(painted: Painted, glyphs: Sequence[Glyph]) -> list[Box]:
    """Pictures as large as tables without print upon them; one cut into strips, as scans often are, is one."""
    boxes: list[Box] = []
    for box in sorted(painted.pictures, key=lambda each: (each[1], each[0])):
        last = boxes[-1] if boxes else None
        if last and box[1] <= last[3] + 1 and box[0] < last[2] and last[0] < box[2]:
            boxes[-1] = around([last, box])
        else:
            boxes.append(box)
    wide = [b for b in boxes if b[2] - b[0] >= _TABLE_WIDTH * painted.width]
    large = [b for b in wide if b[3] - b[1] >= _TABLE_HEIGHT * painted.height]
    return [box for box in large if not any(_is_on(glyph.box, box) for glyph in glyphs)]


def _is_on(inner: Box, outer: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] < x < outer[2] and outer[1] < y < outer[3]


def sheet_of(painted: Painted, number: int) -> Sheet:
    """The lines and grids of a page, turned until most of its print is upright."""
    kept, marks = without_marks(painted)
    glyphs = list(_once(kept))
    turns = Counter(glyph.turn for glyph in glyphs)
    turn = turns.most_common(1)[0][0] if turns else 0
    if turn:
        painted, glyphs, marks = _upright(painted, glyphs, marks, turn)
    sheet = Sheet(number, painted.width, painted.height, turn=turn)
    sheet.pictures = _tables_as_pictures(painted, glyphs)
    most = load_settings().max_table_cells
    found = lattices(painted.level, painted.upright, most)
    found += shaded(painted, found, most)
    outside = _fill(sheet, found, glyphs)
    sheet.lines = [line for line in lines_of(outside) if line.text]
    take_hanging(sheet)
    _set_aside(sheet, marks)
    return sheet


def _set_aside(sheet: Sheet, marks: Marks) -> None:
    """Keep what is no part of the report beside the page; a cell that holds nothing but a hidden figure is in doubt."""
    for kind in ("hidden", "mark"):
        glyphs = [glyph for each, glyph in marks if each == kind]
        sheet.aside += [(kind, line) for line in lines_of(glyphs)]
    figures = [glyph.box for kind, glyph in marks if is_figure(glyph)]
    for cell in (cell for grid in sheet.grids for cell in grid.cells) if figures else ():
        cell.unreadable |= not cell.lines and any(_is_on(box, cell.box) for box in figures)


def _once(glyphs: Sequence[Glyph]) -> Iterator[Glyph]:
    """Glyphs without those painted a second time to look bold."""
    seen: set[tuple[str, int, int]] = set()
    for glyph in glyphs:
        step = max(_TWICE * glyph.size, 0.3)
        x, y = int(glyph.box[0] / step), int(glyph.box[1] / step)
        near = ((glyph.text, x + dx, y + dy) for dx in (0, -1, 1) for dy in (0, -1, 1))
        if glyph.text == " " or not any(place in seen for place in near):
            seen.add((glyph.text, x, y))
            yield glyph


def _upright(painted: Painted, glyphs: Sequence[Glyph], marks: Marks, turn: int) -> tuple[Painted, list[Glyph], Marks]:
    """The page turned clockwise by ``turn`` degrees."""
    page = Sheet(0, painted.width, painted.height)
    if turn in (90, 270):
        page.width, page.height = page.height, page.width
    page.turn = (360 - turn) % 360
    back = Sheet(0, painted.width, painted.height, turn=page.turn)
    turned = Painted(page.width, page.height, pictures=[back.shown(box) for box in painted.pictures])
    turned.fills = [replace(fill, box=back.shown(fill.box)) for fill in painted.fills]
    _turn_rulings(back, (painted.level, painted.upright), (turned.level, turned.upright))
    _turn_rulings(back, (painted.white_level, painted.white_upright), (turned.white_level, turned.white_upright))

    def upright(glyph: Glyph) -> Glyph:
        return replace(glyph, box=back.shown(glyph.box), turn=(glyph.turn - turn) % 360)

    return turned, list(map(upright, glyphs)), [(kind, upright(glyph)) for kind, glyph in marks]


Rulings = list[tuple[float, float, float]]


def _turn_rulings(back: Sheet, rulings: tuple[Rulings, Rulings], turned: tuple[Rulings, Rulings]) -> None:
    """Append level and upright ``rulings``, turned with the page, to ``turned``."""
    level, upright = rulings
    boxes = [(x0, y, x1, y) for y, x0, x1 in level] + [(x, y0, x, y1) for x, y0, y1 in upright]
    for x0, y0, x1, y1 in map(back.shown, boxes):
        if y0 == y1:
            turned[0].append((y0, x0, x1))
        else:
            turned[1].append((x0, y0, y1))


# ---- cells -------------------------------------------------------------------------------------------------------


def _fill(sheet: Sheet, found: Sequence[Lattice], glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Lay the glyphs into the cells around them; those that are in none. A lattice without print is no table."""
    inside: defaultdict[tuple[int, int], list[Glyph]] = defaultdict(list)
    outside: list[Glyph] = []
    for word in _words(glyphs):
        place = _place(word, found)
        (outside if place is None else inside[place]).extend(word)
    used = {lattice for lattice, _ in inside}
    for index, lattice in enumerate(found):
        if index in used:
            sheet.grids.append(
                Grid(lattice.box, [_cell(lattice, i, inside[index, i]) for i in range(len(lattice.cells))])
            )
    return outside


def _is_overprinted(glyphs: Sequence[Glyph]) -> bool:
    """Whether a digit lies over another glyph, so that neither can be read."""
    shown = [glyph for glyph in glyphs if not glyph.text.isspace()]
    if not any(map(is_figure, shown)):
        return False
    shown.sort(key=lambda each: each.box[0])
    for at, glyph in enumerate(shown):
        for other in shown[at + 1 : at + _NEAREST]:
            if (is_figure(glyph) or is_figure(other)) and lies_over(glyph.box, other.box, _OVERPRINTED):
                return True
    return False


def _words(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Figures painted in one go, which no ruling cuts, and marks that hang over the edge; every other glyph alone."""
    word: list[Glyph] = []
    for glyph in glyphs:
        if word and _goes_on(word[-1], glyph):
            word.append(glyph)
            continue
        if word:
            yield word
        word = [glyph]
    if word:
        yield word


def _goes_on(last: Glyph, glyph: Glyph) -> bool:
    whole = glyph.run == last.run and glyph.text in _FIGURES and last.text in _FIGURES
    if not whole and glyph.text not in _HANGING:
        return False
    beside = -0.5 * glyph.size < glyph.box[0] - last.box[2] < _SPACE * glyph.size
    return beside and abs(glyph.box[1] - last.box[1]) < 0.2 * glyph.size


def _place(word: Sequence[Glyph], found: Sequence[Lattice]) -> tuple[int, int] | None:
    box = word[0].box if len(word) == 1 or word[1].text in _HANGING else around([glyph.box for glyph in word])
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    for index, lattice in enumerate(found):
        cell = lattice.at(x, y)
        if cell is not None:
            return index, cell
    return None


def _cell(lattice: Lattice, index: int, glyphs: list[Glyph]) -> GridCell:
    row, column, rowspan, colspan = lattice.cells[index]
    dark = [glyph for glyph in glyphs if glyph.light < PALE and not glyph.text.isspace()]
    glyphs = dark if 0 < len(dark) < len(glyphs) and any(glyph.light >= PALE for glyph in glyphs) else glyphs
    lines = _downward(glyphs) or lines_of(glyphs, apart=False)
    unreadable = any(UNKNOWN in line.text for line in lines) or _is_overprinted(glyphs)
    return GridCell(row, column, lattice.cell_box(index), lines, rowspan, colspan, unreadable)


def _downward(glyphs: Sequence[Glyph]) -> list[Line]:
    """The lines of a cell that is set from top to bottom in more than one column; else nothing."""
    letters = [glyph for glyph in glyphs if not glyph.text.isspace()]
    steps = list(pairwise(letters))
    down = sum(1 for a, b in steps if abs(a.box[0] - b.box[0]) < 0.5 * a.size and b.box[1] > a.box[1] + 0.5 * a.size)
    if len(letters) < 4 or down < 0.6 * len(steps):
        return []
    columns: list[list[Glyph]] = [[letters[0]]]
    for a, b in steps:
        if abs(a.box[0] - b.box[0]) < 0.5 * a.size and b.box[1] > a.box[1]:
            columns[-1].append(b)
        else:
            columns.append([b])
    return [Line("".join(g.text for g in column), around([g.box for g in column])) for column in columns]


# ---- lines -------------------------------------------------------------------------------------------------------


def lines_of(glyphs: Sequence[Glyph], *, apart: bool = True) -> list[Line]:
    """Glyphs as lines of print, from top to bottom; ``apart``: words far from each other are lines of their own."""
    found: list[Line] = []
    for turn in sorted({glyph.turn for glyph in glyphs}):
        own = [glyph for glyph in glyphs if glyph.turn == turn]
        if turn:
            found += _turned_lines(own)
            continue
        for row in _rows(own):
            pieces = _pieces(row) if apart else [row]
            found += [_line(piece) for piece in pieces]
    return [line for line in found if line.text]


def _turned_lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """Print that lies across the page's own, in the order of painting."""
    runs: dict[int, list[Glyph]] = {}
    for glyph in glyphs:
        runs.setdefault(glyph.run, []).append(glyph)
    return [Line("".join(g.text for g in run).strip(), around([g.box for g in run])) for run in runs.values()]


def _rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Glyphs whose heights overlap by half, as rows from top to bottom, each from left to right."""
    rows: list[tuple[list[Glyph], float, float]] = []
    for glyph in sorted(glyphs, key=lambda each: each.box[1] + each.box[3]):
        top, bottom = glyph.box[1], glyph.box[3]
        if rows and min(rows[-1][2], bottom) - max(rows[-1][1], top) >= _OVERLAP * min(
            rows[-1][2] - rows[-1][1], bottom - top
        ):
            rows[-1][0].append(glyph)
        else:
            rows.append(([glyph], top, bottom))
    for row, _, _ in rows:
        row.sort(key=lambda each: each.box[0])
    return [row for row, _, _ in rows]


def _pieces(row: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """A row of glyphs cut where they are far apart; words of Chinese, where a line is not spaced out, at less."""
    gaps = sorted(b.box[0] - a.box[2] for a, b in pairwise(row) if a.text >= _CHINESE and b.text >= _CHINESE)
    spaced = bool(gaps) and gaps[len(gaps) // 4] > _TIGHT * row[0].size
    piece: list[Glyph] = []
    last: Glyph | None = None
    for glyph in row:
        if glyph.text.isspace():
            if piece:
                piece.append(glyph)
            continue
        if last is not None and glyph.box[0] - last.box[2] > _apart(last, glyph, spaced) * glyph.size:
            yield piece
            piece = []
        piece.append(glyph)
        last = glyph
    if piece:
        yield piece


def _apart(last: Glyph, glyph: Glyph, spaced: bool) -> float:
    if spaced:
        return _APART
    if last.run != glyph.run and is_figure(last) and is_figure(glyph):
        return _COLUMNS_APART
    words = last.text >= _CHINESE and glyph.text >= _CHINESE
    return _WORDS_APART if words else _FIGURES_APART


def _line(row: Sequence[Glyph]) -> Line:
    """Glyphs from left to right as one line; a gap that no glyph fills is a space."""
    text = ""
    last: Glyph | None = None
    seen: list[Box] = []
    for glyph in row:
        if glyph.text.isspace():
            text += "" if text[-1:].isspace() or not text else " "
            continue
        if last is not None and not text[-1:].isspace() and _gap(last, glyph):
            text += " "
        text += glyph.text
        seen.append(glyph.box)
        last = glyph
    return Line(text.rstrip(), around(seen) if seen else (0.0, 0.0, 0.0, 0.0))


def _gap(last: Glyph, glyph: Glyph) -> bool:
    narrow = last.text.isascii() and glyph.text.isascii()
    return glyph.box[0] - last.box[2] > (_SPACE if narrow else _WIDE_SPACE) * glyph.size
