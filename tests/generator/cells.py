"""How a number looks in its cell, and what a careful reader takes it for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from .dice import Dice
from .figures import Figures
from .shapes import Number

FULL_WIDTH = str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")
NOT_APPLICABLE = ("/", "-", "—", "--", "无", "不适用", "／", "——")
REMARKS = ("其中修订{n}件", "含联合发文{n}件", "其中{n}件为上年延期办理", "含下属单位{n}件", "其中线上{n}件")


@dataclass(frozen=True)
class Shown:
    """A cell as printed: its text; its value (None: no number); the state of that; a remark in it."""

    text: str
    value: Number | None
    state: str = "number"
    note: str | None = None


@dataclass(frozen=True)
class Fit:
    """What a layout can carry: empty cells; in a cell line breaks, spaces, words; parted cells; parted rows."""

    blanks: bool = True
    breaks: bool = True
    spaces: bool = True
    words: bool = True
    delimited: bool = True
    rows: bool = True


Cells = dict[str, Shown]


def plain(value: Number) -> str:
    """A number in plain digits."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def pointers(figures: Figures) -> Iterator[tuple[str, Number]]:
    """Each cell's JSON Pointer and number."""
    for name, table in figures.tables().items():
        for row, cells in table.items():
            for column, value in cells.items():
                yield f"/tables/{name}/{row}/{column}", value


def is_total(pointer: str) -> bool:
    """Whether a cell is a sum that other cells must add up to."""
    return pointer.endswith("/total") or "/total_processed/" in pointer


def show_cells(dice: Dice, figures: Figures, fit: Fit) -> Cells:
    """Every cell as printed in this report."""
    cells = {pointer: Shown(_digits(pointer, value, dice), value) for pointer, value in pointers(figures)}
    _set_thousands(dice, cells)
    if fit.words:
        _set_units(dice, cells)
        _set_notes(dice, cells)
        _set_words(dice, cells)
    _set_no_numbers(dice, cells, figures, fit)
    _set_widths(dice, cells, fit)
    return cells


def _digits(pointer: str, value: Number, dice: Dice) -> str:
    if not pointer.endswith("/change") or value == 0:
        return plain(value)
    style = dice.pick("change_sign", "plain", "words", "plus")
    if style == "words":
        return f"{'增' if value > 0 else '减'}{plain(max(value, -value))}"
    return f"+{plain(value)}" if style == "plus" and value > 0 else plain(value)


def _set_thousands(dice: Dice, cells: Cells) -> None:
    large: dict[str, Number] = {
        p: shown.value for p, shown in cells.items() if shown.value is not None and not -1000 < shown.value < 1000
    }
    if not large or not dice.has("thousands_commas", 0.2):
        return
    mark = "，" if dice.has("thousands_commas_full_width", 0.25) else ","
    for pointer, value in large.items():
        if not pointer.endswith("/change"):
            text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
            cells[pointer] = replace(cells[pointer], text=text.replace(",", mark))


def _set_units(dice: Dice, cells: Cells) -> None:
    rng = dice.stream("units")
    for pointer, shown in cells.items():
        if pointer.endswith("/amount_10k_yuan") and shown.value:
            if dice.has("unit_in_cell", 0.3):
                cells[pointer] = replace(shown, text=_money(rng, Decimal(shown.value)))
        elif shown.value and not pointer.endswith("/change") and dice.has("count_unit_in_cell", 0.05):
            cells[pointer] = replace(shown, text=shown.text + ("件" if "items" not in pointer else "项"))


def _money(rng: Random, value: Decimal) -> str:
    billions = value.scaleb(-4)
    choices = [f"{plain(value)}万元", f"{plain(value)} 万元", f"{plain(trimmed(value.scaleb(4)))}元"]
    if value >= 1000 and -int(trimmed(billions).as_tuple().exponent) <= 4:
        choices.append(f"{plain(trimmed(billions))}亿元")
    return rng.choice(choices)


def trimmed(value: Decimal) -> Decimal:
    """The same number without closing zeros."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _set_notes(dice: Dice, cells: Cells) -> None:
    rng = dice.stream("notes")
    counts = [p for p, s in cells.items() if isinstance(s.value, int) and s.value > 1 and s.text.isdigit()]
    counts = [p for p in counts if not p.endswith("/change") and "amount" not in p]
    if not counts or not dice.has("note_in_cell", 0.15):
        return
    for pointer in rng.sample(counts, min(len(counts), rng.choice((1, 1, 2)))):
        shown = cells[pointer]
        note = rng.choice(REMARKS).format(n=rng.randint(1, int(shown.value or 1)))
        left, right = rng.choice(("（）", "（）", "()"))
        cells[pointer] = replace(shown, text=f"{shown.text}{left}{note}{right}", note=note)


def _set_words(dice: Dice, cells: Cells) -> None:
    rng = dice.stream("words")
    zeros = [p for p, s in cells.items() if s.value == 0 and not is_total(p)]
    if zeros and dice.has("text_in_cell", 0.04):
        word = rng.choice(("见附件", "详见附表", "待核实", "按规定不公开"))
        cells[rng.choice(zeros)] = Shown(word, None, "text")


def _set_no_numbers(dice: Dice, cells: Cells, figures: Figures, fit: Fit) -> None:
    for name in figures.tables():
        zeros = [p for p, s in cells.items() if p.startswith(f"/tables/{name}/") and s.text == "0"]
        parts = [p for p in zeros if not is_total(p)]
        whole = len(zeros) == sum(p.startswith(f"/tables/{name}/") for p in cells)
        chosen = _empty_cells(dice, name, zeros, parts, whole, fit)
        for pointer in chosen:
            cells[pointer] = Shown("", None, "blank")
        if not chosen and parts and dice.has(f"not_applicable_{name}", 0.06):
            _set_not_applicable(dice.stream(f"na/{name}"), cells, zeros if whole else parts)


def _empty_cells(dice: Dice, name: str, zeros: list[str], parts: list[str], whole: bool, fit: Fit) -> list[str]:
    if not fit.blanks or not parts:
        return []
    if whole and dice.has(f"blank_table_{name}", 0.15):
        return zeros
    if dice.has(f"blanks_for_zero_{name}", 0.12):
        return parts
    if dice.has(f"single_blanks_{name}", 0.1):
        return dice.stream(f"single/{name}").sample(parts, max(1, len(parts) // 6))
    return []


def _set_not_applicable(rng: Random, cells: Cells, zeros: list[str]) -> None:
    mark = rng.choice(NOT_APPLICABLE)
    share = rng.choice((0.15, 1.0))
    for pointer in zeros:
        if share == 1.0 or (rng.random() < share and not is_total(pointer)):
            cells[pointer] = Shown(mark, None, "not_applicable")


def _set_widths(dice: Dice, cells: Cells, fit: Fit) -> None:
    rng = dice.stream("widths")
    full, padded = dice.has("full_width_digits", 0.1), fit.spaces and dice.has("padded_cells", 0.2)
    share = rng.choice((0.1, 0.5, 1.0))
    for pointer, shown in cells.items():
        text = shown.text
        if full and shown.state == "number" and shown.note is None and rng.random() < share:
            text = text.translate(FULL_WIDTH)
        if padded and text and rng.random() < share:
            text = rng.choice(("　{}", "{} ", "{}\u00a0", " {}", "\u00a0{}\u00a0")).format(text)
        cells[pointer] = replace(shown, text=text)
    long = [p for p, s in cells.items() if s.text.isdigit() and len(s.text) > 1]
    if long and fit.spaces and dice.has("split_digits", 0.06):
        pointer = rng.choice(long)
        text = cells[pointer].text
        cells[pointer] = replace(cells[pointer], text=f"{text[:-1]} {text[-1]}")


def as_tables(cells: Cells) -> dict[str, dict[str, dict[str, int | float | None]]]:
    """The truth of the three tables in the shape of the contract."""
    tables: dict[str, dict[str, dict[str, int | float | None]]] = {}
    for pointer, shown in cells.items():
        _, _, table, row, column = pointer.split("/")
        tables.setdefault(table, {}).setdefault(row, {})[column] = json_number(shown.value)
    return tables


def json_number(value: Number | None) -> int | float | None:
    """A number for JSON: whole amounts as integers (six decimals at most, so a float is exact in print)."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
