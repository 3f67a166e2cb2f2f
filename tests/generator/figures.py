"""Numbers of one invented report: every identity of docs/domain.md holds."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from .shapes import Number
from .wording import APPLICANTS, ITEMS, OUTCOMES, REVIEW_ROWS, Row

Table = dict[str, dict[str, Number]]
SIZES = {"none": 0, "few": 4, "some": 40, "many": 900, "huge": 30000}
FLOW_ROWS = ("new_received", "carried_over", "total_processed", "carried_forward")


@dataclass(frozen=True)
class Figures:
    """The three tables: row, column, number."""

    proactive: Table
    applications: Table
    review: Table

    def tables(self) -> dict[str, Table]:
        """The tables under the names of the contract."""
        return {
            "proactive_disclosure": self.proactive,
            "applications": self.applications,
            "review_litigation": self.review,
        }


def applications_table(rng: Random, rows: tuple[Row, ...], size: str, density: float) -> Table:
    """Applications that add up: across the applicants, down the results, and over the years."""
    top = SIZES[size]
    table: Table = {row.key: {} for row in rows}
    results = [row.key for row in rows if row.key not in FLOW_ROWS]
    for column, _ in APPLICANTS:
        _fill_applicant(rng, table, results, column, top, density)
    for cells in table.values():
        cells["total"] = sum(cells.values())
    return table


def _fill_applicant(rng: Random, table: Table, results: list[str], column: str, top: int, density: float) -> None:
    for key in results:
        table[key][column] = _count(rng, top, density)
    processed = sum(int(table[key][column]) for key in results)
    carried_forward = _count(rng, max(top // 3, 1) if top else 0, density)
    everything = processed + carried_forward
    carried_over = rng.randint(0, everything // 4) if rng.random() < density else 0
    table["total_processed"][column] = processed
    table["carried_forward"][column] = carried_forward
    table["carried_over"][column] = carried_over
    table["new_received"][column] = everything - carried_over


def _count(rng: Random, top: int, density: float) -> int:
    if not top or rng.random() >= density:
        return 0
    return rng.randint(1, rng.choice((min(top, 9), min(top, 60), top)))


def review_table(rng: Random, size: str) -> Table:
    """Reviews and lawsuits: four outcomes and their sum."""
    top = {"none": 0, "few": 3, "some": 12, "many": 80, "huge": 1500}[size]
    table: Table = {}
    for row, _ in REVIEW_ROWS:
        cells: dict[str, Number] = {column: _count(rng, top, 0.7) for column, _ in OUTCOMES[:-1]}
        cells["total"] = sum(cells.values())
        table[row] = cells
    return table


def proactive_table(rng: Random, form: str, size: str, makes_regulations: bool) -> Table:
    """The first table; a body that makes no 规章 has zeros there."""
    table: Table = {}
    for item in ITEMS[form]:
        for row, _ in item.rows:
            table[row] = {column: _disclosed(rng, column, size) for column, _ in item.columns}
    for row in ("regulations", "normative_documents"):
        table[row] = _documents(rng, form, size if row != "regulations" or makes_regulations else "none")
    return table


def _documents(rng: Random, form: str, size: str) -> dict[str, Number]:
    top = {"none": 0, "few": 3, "some": 15, "many": 60, "huge": 1800}[size]
    new, second = _count(rng, top, 0.85), _count(rng, top, 0.7)
    in_force = new + _count(rng, top * 5, 0.9)
    if form == "2021":
        return {"issued": new, "repealed": second, "in_force": in_force}
    disclosed = rng.randint(0, new)
    return {"new_issued": new, "new_disclosed": disclosed, "total_disclosed": in_force}


def _disclosed(rng: Random, column: str, size: str) -> Number:
    top = {"none": 0, "few": 9, "some": 900, "many": 24000, "huge": 2400000}[size]
    if column == "change":
        return _count(rng, max(top // 10, 3) if top else 0, 0.8) * rng.choice((1, 1, -1))
    if column == "amount_10k_yuan":
        return _amount(rng, size)
    return _count(rng, top, 0.9)


def _amount(rng: Random, size: str) -> Number:
    top = {"none": 0, "few": 30, "some": 4000, "many": 90000, "huge": 3000000}[size]
    if not top or rng.random() < 0.15:
        return 0
    whole = rng.randint(1, top)
    places = rng.choice((0, 0, 1, 2, 2, 4, 6))
    if not places:
        return whole
    return Decimal(whole) + Decimal(rng.randint(1, 10**places - 1)).scaleb(-places)
