"""Defects of reading one cell: signs, units, notes, marks and digits."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from eval.mutants.planting import Make, Mutant, Plant
from extractor.tables.cells import Reading, count
from extractor.text import fold

CELL = "extractor.tables.fill:read_cell"
AMOUNT = "extractor.tables.fill:amount_in_10k"
_BLANK = ("liuqing_town_2024", "county_archives_2024", "dongli_subdistrict_2023")
_GROUPED = re.compile(r"\d[,，]\d")


def _number(reading: Reading, number: Decimal) -> Reading:
    return replace(reading, state="number", number=number, count=count(number, reading.unit))


def reading(change: Callable[[str, Reading], Reading]) -> Make:
    """Each cell is read as before, and ``change`` makes something else of it."""
    return lambda original: lambda text: change(text, original(text))


def _zero_for(state: str) -> Callable[[str, Reading], Reading]:
    return lambda _, found: _number(found, Decimal(0)) if found.state == state else found


def _without_sign(_: str, found: Reading) -> Reading:
    return _number(found, abs(found.number)) if found.number is not None else found


def _words_if_noted(_: str, found: Reading) -> Reading:
    return Reading("text") if found.note else found


def _note_run_on(_: str, found: Reading) -> Reading:
    digits = "".join(re.findall(r"\d", found.note or ""))
    return _number(found, Decimal(f"{found.number}{digits}")) if found.number is not None and digits else found


def _cut_at_comma(text: str, found: Reading) -> Reading:
    if found.number is None or not _GROUPED.search(fold(text)):
        return found
    return _number(found, Decimal(re.split(r"[,，]", fold(text).strip())[0]))


def _half_width_only(text: str, found: Reading) -> Reading:
    return Reading("text") if re.search(r"[０-９]", text) else found


def _whole_part(_: str, found: Reading) -> Reading:
    return _number(found, Decimal(int(found.number))) if found.number is not None else found


def _two_places(_: str, found: Reading) -> Reading:
    return _number(found, round(found.number, 2)) if found.number is not None else found


def _first_digits(text: str, found: Reading) -> Reading:
    return (
        _number(found, Decimal(text.split(maxsplit=1)[0]))
        if found.rejoined and text.split(maxsplit=1)[0].isdigit()
        else found
    )


def _without_last_digit(_: str, found: Reading) -> Reading:
    large = found.number is not None and abs(found.number) >= 1_000
    return _number(found, Decimal(int(found.number or 0) // 10)) if large else found


def _six_for_nine(_: str, found: Reading) -> Reading:
    if found.number is None:
        return found
    return _number(found, Decimal(str(found.number).replace("9", "6")))


def _blank_for_zero(_: str, found: Reading) -> Reading:
    return Reading("blank") if found.number == 0 else found


def _unit(always: str) -> Make:
    """Every amount has this unit."""
    return lambda original: lambda number, unit: original(number, always)


def _of(name: str, breaks: str, change: Callable[[str, Reading], Reading], *near: str) -> Mutant:
    return Mutant(name, "tables", breaks, (Plant(CELL, reading(change)),), near)


MUTANTS = (
    _of("blank_as_zero", "an empty cell is read as 0", _zero_for("blank"), *_BLANK),
    _of("mark_as_zero", "a mark for none (/, -, 无) is read as 0", _zero_for("not_applicable"), "bozhou", "archives"),
    _of("words_as_zero", "words where a number belongs are read as 0", _zero_for("text"), "county_archives_2024"),
    _of("zero_as_blank", "a written 0 is read as an empty cell", _blank_for_zero),
    _of("drop_negative_signs", "-8 and 减4 lose their sign", _without_sign, "yangang_city_2020_gbk", "2019"),
    _of("ignore_cells_with_notes", "a number with a remark in its cell is no number", _words_if_noted, "lanjiang"),
    _of("run_notes_on", "the digits of a remark are written on to the number", _note_run_on, "lanjiang_province_2021"),
    _of("cut_at_thousands", "1,113 ends at its comma", _cut_at_comma, "lanjiang_province_2021"),
    _of("half_width_digits_only", "full-width digits are not read", _half_width_only, "lanjiang_province_2021"),
    _of("drop_fractions", "amounts lose what follows the point", _whole_part, "2019", "liuqing"),
    _of("round_to_two_places", "amounts are rounded to two places", _two_places, "yangang_city_2020_gbk", "2019"),
    _of("keep_half_of_split_digits", "1 0 for 10 is read as 1", _first_digits, "dongli_subdistrict_2023"),
    _of("lose_last_digit", "figures from 1,000 on lose their last digit", _without_last_digit, "lanjiang", "heritage"),
    _of("misread_a_digit", "every 9 is read as a 6", _six_for_nine, "clear_river_county_2023"),
    Mutant("yuan_as_10k_yuan", "tables", "元 is read as 万元", (Plant(AMOUNT, _unit("万元")),), ("2019", "yangang")),
    Mutant("10k_yuan_as_yuan", "tables", "万元 is read as 元", (Plant(AMOUNT, _unit("元")),), ("clear", "liuqing")),
)
