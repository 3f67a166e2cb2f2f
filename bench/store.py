"""How fast the store is with many reports in it, on SQLite and PostgreSQL; and how many bytes a report takes.

``python -m bench.store [COUNT]``. The reports are a few dozen generated ones, read once and put in again under other
names; names of bodies, years and regions are invented, so that searches find few or many.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, insert, text

from bench import across
from bench.history import figures, fill_history
from bench.register import register_calls
from extractor.errors import InputError
from extractor.forms import builtin_forms
from extractor.forms.figures import figures_of
from extractor.load import load_document
from extractor.pipeline import read_report, settle
from extractor.record import Record
from extractor.review import work
from extractor.review.checking import current, summary_of
from extractor.review.opening import open_report
from extractor.review.people import Person
from extractor.review.saving import On
from extractor.review.work import Change
from extractor.store import Store, create_store, open_store
from extractor.store.bodies import folded_name, grams
from extractor.store.events import encoded
from extractor.store.figure_tables import figure
from extractor.store.packing import pack, pack_record
from extractor.store.queue import Filter
from extractor.store.readings import Reading
from extractor.store.reports import Summary
from extractor.store.state import Entry, ReviewState
from extractor.store.tables import body, content, event, field, finding, gram, reading, report
from extractor.verify.again import verify_again
from tests import postgres
from tests.generator import generate
from tests.stores import settings_for

REPORTS = 100_000
MODELS = 40
BATCH = 2_000
BODIES = 20_000
REPEATS = 30
SAVES = 200
EDITED = ("new_received/total", "granted/natural_person")
ANN = Person("Ann", "reviewer")
PLACES = "东西南北安宁平和江河山水石林松柏桃李清长永大新富阳泉口桥镇海云龙凤金玉"
KINDS = ("人民政府", "教育局", "水务局", "街道办事处", "市场监督管理局", "交通运输局")


Packed = tuple[int, int, bytes]
"""Size, codec and stored form of a file or text."""


@dataclass(frozen=True)
class Model:
    """A report read once, as its rows need it."""

    summary: Summary
    record: Record
    file: Packed
    text: Packed
    body: bytes
    evidence: bytes
    figures: dict[str, int]


def main(count: int) -> None:
    """Fill and measure each database."""
    models = list(_models())
    with tempfile.TemporaryDirectory() as folder:
        measure(f"sqlite:///{folder}/bench.db", "SQLite", models, count)
    try:
        address = postgres.database("bench")
        postgres.administer("ALTER SYSTEM SET fsync = on")
        postgres.administer("SELECT pg_reload_conf()")
    except pytest.skip.Exception as error:
        print(f"store on PostgreSQL: not measured ({error})")
        return
    measure(address, "PostgreSQL", models, count)


def measure(address: str, name: str, models: list[Model], count: int) -> None:
    """Fill a store and print what everything takes."""
    create_store(settings_for(address))
    store = open_store(settings_for(address))
    start = time.perf_counter()
    fill(store, models, count)
    fill_history(store, count, put_in)
    took, each = time.perf_counter() - start, _size(store) / count
    print(f"{name}, {count:,} reports: filled in {took:.0f} s, {each:,.0f} bytes a report", flush=True)
    dice = random.Random(3)  # noqa: S311
    ids = [row.id for row in work.queue_page(store, ANN, Filter(), limit=500)]
    across.fill(store, count)
    for what, limit, call in (*_calls(store, dice, ids), *across.calls(store, dice)):
        tell(f"{name}: {what}", call, limit)
    store.close()


def _calls(store: Store, dice: random.Random, ids: list[int]) -> Iterator[tuple[str, float, Callable[[], object]]]:
    filters = {
        "queue page": Filter(state="open"),
        "queue page, year and form": Filter(state="open", year=2023, form="2021"),
        "queue page, region": Filter(region="松江市"),
        "queue page, finding": Filter(state="open", finding="row_sum"),
        "queue page, format": Filter(format="text/html"),
        "queue page, reviewer (none)": Filter(reviewer="nobody"),
        "search, a rare body": Filter(body="松江口"),
        "search, a common word": Filter(body="人民政府"),
        "search, one character": Filter(body="江"),
        "search, nothing found": Filter(body="没有的机关"),
        "search within a state and year": Filter(state="open", year=2022, body="教育局"),
    }
    for what, wanted in filters.items():
        yield what, 0.5, partial(work.queue_page, store, ANN, wanted)
        yield f"{what}: counts", 0.5, partial(work.queue_counts, store, ANN, wanted)
    yield "a report opens", 1.0, lambda: open_report(store, ANN, dice.choice(ids))
    yield "claiming the next", 0.2, lambda: work.claim_next(store, ANN, Filter(state="open", year=2021))
    yield from figures(store)
    yield "an edit is saved", 0.2, Editing(store, ids)
    yield from register_calls(store)


class Editing:
    """Corrects one report after another; only the saving is timed, the opening is not part of it.

    Every second edit is of a figure that reports of other years are compared with.
    """

    def __init__(self, store: Store, ids: list[int]) -> None:
        self._store = store
        self._open = [open_report(store, ANN, one) for one in ids[:SAVES]]
        self._turn = itertools.count()

    def __call__(self) -> None:
        """Save one edit."""
        number = next(self._turn)
        one = self._open[number % len(self._open)]
        path = f"/tables/applications/{EDITED[number % len(EDITED)]}"
        work.correct(self._store, ANN, On(one.row.id, one.version), Change(path, Entry(7 + number)))


def tell(what: str, call: Callable[[], object], limit: float) -> None:
    """Best, median and 95th percentile of a few calls; the median must keep the limit, of saves 95 in a hundred."""
    taken, is_save = [], isinstance(call, Editing)
    for _ in range(SAVES if is_save else REPEATS):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    median, late = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    verdict = "ok" if (late if is_save else median) <= limit else "TOO SLOW"
    told = f"best {1000 * min(taken):.1f} ms, median {1000 * median:.1f}, 95% {1000 * late:.0f}"
    print(f"{what}: {told} (limit {1000 * limit:.0f}) {verdict}", flush=True)


# ---- filling -----------------------------------------------------------------------------------------------------


def _models() -> Iterator[Model]:
    """Generated reports, some with a misread cell."""
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(MODELS):
            made = generate(5_000 + seed)
            path = Path(folder) / made.name
            path.write_bytes(made.data)
            try:
                document = load_document(path)
                record = settle(read_report(document, builtin_forms()), {})
            except InputError:
                continue
            if seed % 2:
                record.tables["applications"]["new_received"]["total"] = 999
                form = next(one for one in builtin_forms() if one.id == record.form)
                record.findings, record.status = verify_again(record, form, ()), "needs_review"
            yield _model(record, made.data, document.text)


def _model(record: Record, data: bytes, words: str) -> Model:
    packed, evidence, _ = pack_record(record)
    seen = Reading(0, 0, "1", "rules", 0, record.status, b"", record, None, None)
    summary = summary_of(seen, ReviewState(1, 0), current(record, ReviewState()))
    file, text_kept = ((len(one), *pack(one)) for one in (data, words.encode()))
    states = {path: one.state for path, one in record.evidence.items()}
    return Model(summary, record, file, text_kept, packed, evidence, figures_of(record.tables, states))


def fill(store: Store, models: list[Model], count: int) -> None:
    """Put ``count`` reports in, a batch a transaction."""
    dice = random.Random(1)  # noqa: S311
    with store.writing() as connection:
        _fill_bodies(connection, dice)
    for first in range(1, count + 1, BATCH):
        with store.writing() as connection:
            _fill_batch(connection, dice, models, range(first, min(first + BATCH, count + 1)))
    with store.writing() as connection:
        if not store.is_sqlite:
            for name in ("content", "body", "report", "reading", "event"):
                connection.execute(text(f"SELECT setval('{name}_id_seq', {3 * count + BODIES})"))
        connection.execute(text("ANALYZE"))


def _fill_bodies(connection: Connection, dice: random.Random) -> None:
    names = {"".join(dice.choices(PLACES, k=dice.randint(2, 4))) + "县" + dice.choice(KINDS) for _ in range(BODIES * 2)}
    chosen = ["松江口镇人民政府", *sorted(names)[: BODIES - 1]]
    rows = [{"id": number, "name": name, "folded": folded_name(name)} for number, name in enumerate(chosen, 1)]
    put_in(connection, body, rows)
    cut = [(row["id"], sorted(grams(str(row["folded"]), singles=True))) for row in rows]
    pairs = [{"gram": one, "body_id": number} for number, some in cut for one in some]
    put_in(connection, gram, pairs)


def _fill_batch(connection: Connection, dice: random.Random, models: list[Model], numbers: range) -> None:
    rows: dict[Any, list[dict[str, Any]]] = {
        table: [] for table in (content, report, reading, event, finding, field, figure)
    }
    for number in numbers:
        _rows_of(number, models[number % len(models)], dice, rows)
    for table, some in rows.items():
        put_in(connection, table, some)


def put_in(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Many rows at once, as fast as the database takes them."""
    if connection.dialect.name == "sqlite" or not rows:
        if rows:
            connection.execute(insert(table), rows)
        return
    names = list(rows[0])
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])


def _rows_of(number: int, model: Model, dice: random.Random, rows: dict[Any, list[dict[str, Any]]]) -> None:
    summary = replace(model.summary, year=dice.randint(2019, 2024), region=dice.choice(["松江市", "北河市", "平安市"]))
    ids = (2 * number - 1, 2 * number)
    for content_id, (size, codec, packed) in zip(ids, (model.file, model.text), strict=True):
        digest = hashlib.sha256(f"{content_id}".encode()).digest()
        rows[content].append({"id": content_id, "sha256": digest, "codec": codec, "size": size, "data": packed})
    common = {"benefit": summary.benefit, "errors": summary.errors, "doubts": len(summary.fields), "conflicts": 0}
    told = {"form": summary.form, "year": summary.year, "title": summary.title, "region": summary.region, "edits": 0}
    kept = {"id": number, "content_id": ids[0], "reading_id": number, "name": f"{number}.html", "state": summary.state}
    kept |= {"format": model.record.source.media_type, "body_id": dice.randint(1, BODIES), "level": summary.level}
    rows[report].append({**kept, **common, **told, "version": 1, "added_at": number, "changed_at": number})
    seen = {"id": number, "report_id": number, "version": "1", "engine": "rules", "at": number, "digest": b"\0" * 32}
    packed_record = {"status": model.record.status, "text_id": ids[1], "body": model.body, "evidence": model.evidence}
    rows[reading].append({**seen, **packed_record})
    happened = {"report_id": number, "round": 0, "seq": 1, "at": number, "who": "extractor 1 rules", "kind": "read"}
    rows[event].append({**happened, "data": encoded({"reading": number, "version": "1", "engine": "rules"})})
    for place, one in enumerate(summary.findings):
        named = {"code": one.code, "severity": one.severity, "settled": one.settled}
        rows[finding].append({"report_id": number, "number": place, **named})
    rows[finding] += across.finding_row(number)
    beside = {name: rows[report][-1][name] for name in ("body_id", "year", "form", "level", "region")}
    rows[figure].append(across.figure_row(number, beside, model.figures, dice))
    rows[field] += [{"report_id": number, "path": one.path, "verdict": one.verdict} for one in summary.fields]


def _size(store: Store) -> int:
    with store.reading() as connection:
        if not store.is_sqlite:
            return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        return int(pages) * int(connection.execute(text("PRAGMA page_size")).scalar_one())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS)
