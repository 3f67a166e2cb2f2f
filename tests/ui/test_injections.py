"""Thirty plants in names, bodies, titles, text and notes: none runs, and no other host is asked for anything."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from extractor.export import FORMATS, export_to
from extractor.record import Number
from extractor.review import work
from extractor.review.accounts import note_sign_in, rule
from extractor.review.intake import Arrival, take_in
from extractor.review.opening import open_report
from extractor.review.people import Person
from extractor.review.saving import On
from extractor.review.second import adjudicate, claim_second, draw_audit
from extractor.store import Store
from extractor.store.queue import Filter
from extractor.store.state import Entry
from extractor.ui.pages import _PAGES
from extractor.ui.queue import listed
from tests.scale import STRESS
from tests.stores import ANN, LEAD, READER, arrival
from tests.ui.at_the_desk import PATIENCE, AtTheDesk
from tests.ui.desks import WORDS
from tests.ui.serving import CHROMIUM, WITHOUT, Serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

AWAY = "http://away.example"
PLANTS = (
    "<script>window.planted=1</script>",
    "<img src=x onerror=window.planted=1>",
    f"<img src={AWAY}/a.png>",
    "<svg onload=window.planted=1>",
    "<iframe srcdoc='<script>parent.planted=1</script>'></iframe>",
    '"><script>window.planted=1</script>',
    "' onmouseover='window.planted=1' autofocus onfocus='window.planted=1",
    "</textarea><script>window.planted=1</script>",
    "</style><script>window.planted=1</script>",
    "<details open ontoggle=window.planted=1>",
    "<math><mtext><img src=x onerror=window.planted=1></mtext></math>",
    f"<link rel=stylesheet href={AWAY}/a.css>",
    f"<style>@import url({AWAY}/b.css);</style>",
    f"<base href={AWAY}/>",
    f"<meta http-equiv=refresh content='0;url={AWAY}'>",
    f"<object data={AWAY}/o></object>",
    f"<form action={AWAY}><button autofocus>x</button></form>",
    f"![x]({AWAY}/c.png)",
    "[x](javascript:window.planted=1)",
    f"[x]: {AWAY}/d.png\n![x][x]",
    "$\\href{javascript:window.planted=1}{x}$",
    ":material/warning: :red[x]",
    "{{constructor.constructor('window.planted=1')()}}",
    "${window.planted=1}",
    "javascript:window.planted=1",
    '=HYPERLINK("http://away.example","x")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    f'=IMAGE("{AWAY}/e.png")\u202e\x00',
)
EACH = 6
"""Plants a report: name, body, title, region, note, and question; all thirty stand in the text of each."""
REPORTS = [PLANTS[at :: len(PLANTS) // EACH] for at in range(len(PLANTS) // EACH)]
CELL: dict[str, Number] = {"/tables/applications/granted/natural_person": 9}
TITLE = "/title"
MADE = ", ".join(
    [
        *(f'{tag}[src*="{source}"]' for tag in ("img", "script", "iframe") for source in ("away.example", "x")),
        *('[href*="away.example"]', '[href^="javascript:"]', '[action*="away.example"]', '[data*="away.example"]'),
        *("svg[onload]", "iframe[srcdoc]", "[onmouseover]", "[onfocus]", "[onerror]", "[ontoggle]", "base", "math"),
    ]
)
"""What a plant would become if it were read as HTML or as Markdown."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Plants in files, records, texts, notes, names of people, rulings, audits, failures, and in a run of the eval."""
    assert len(set(PLANTS)) == 30
    folder = tmp_path_factory.mktemp("planted")
    planted = Serving(folder, EXTRACTOR_EVAL_RESULTS=str(folder))
    for number, (title, region, note, question, name, body) in enumerate(REPORTS, 1):
        made = arrival(number, CELL, organisation=body, title=title)
        assert made.record is not None
        made.record.body.region = region
        [report] = planted.keep(replace(made, name=name, text=made.text + "\n".join(PLANTS)))
        with planted.reading() as store:
            person = Person(PLANTS[number], "reviewer")
            found = open_report(store, person, report)
            finding = found.record.findings[0]
            after = work.settle(store, person, On(report, found.version), finding, "source_wrong", note=note)
            work.park(store, person, On(report, after.version), question=question)
    with planted.reading() as store:
        _plant_audits(store)
        _plant_people(store)
        _plant_failures(store)
    _plant_run(folder)
    planted.start()
    yield planted
    planted.kill()


def _plant_audits(store: Store) -> None:
    """Two accepted reports audited with a title that differs: one to be decided, one decided against the first."""
    for number, plant in enumerate(PLANTS[-2:]):
        made = arrival(40 + number, organisation=plant, title=PLANTS[number], year=2020 + number)
        report = take_in(store, LEAD, replace(made, name=plant), READER).report
        first, second = Person(PLANTS[10 + number], "reviewer"), Person(PLANTS[12 + number], "reviewer")
        work.accept(store, first, On(report, open_report(store, first, report).version))
        draw_audit(store, LEAD, 1)
        taken = claim_second(store, second)
        assert taken is not None
        on = On(report, open_report(store, second, report, taken.round).version, taken.round)
        after = work.correct(store, second, on, work.Change(TITLE, Entry(PLANTS[14 + number])))
        work.accept(store, second, On(report, after.version, taken.round))
        if number:
            on = On(report, open_report(store, LEAD, report).version)
            adjudicate(store, LEAD, on, taken.round, {TITLE: Entry(PLANTS[16])}, why=PLANTS[17])


def _plant_people(store: Store) -> None:
    for plant in filter(str.isprintable, PLANTS):  # no name may hold a line break
        note_sign_in(store, plant, "reviewer")
        rule(store, Person(f"Lin {PLANTS[0]}", "lead"), plant, "read_only", why=plant)


def _plant_failures(store: Store) -> None:
    for number, plant in enumerate(PLANTS):
        failure = {"error": {"code": "damaged", "message": plant, "message_en": plant}}
        take_in(store, LEAD, Arrival(plant, b"no report %d" % number, "text/plain", failure=failure), READER)


def _plant_run(folder: Path) -> None:
    figures = [{"name": one, "engine": one, "value": 0.5, "message": one} for one in PLANTS]
    engines = [{"name": one, "label": one, "scripted": True} for one in PLANTS]
    run = {"started": PLANTS[1], "versions": {"extractor": PLANTS[2]}, "engines": engines}
    gate = {"passed": False, "checks": figures, "refusals": list(PLANTS)}
    (folder / "report.json").write_text(json.dumps({**run, "gate": gate}), "utf-8")


class Watched:
    """A page that notes what a plant would do."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE)
        self.dialogs: list[str] = []
        self.away: list[str] = []
        page.on("dialog", lambda one: self.dialogs.append(one.message))
        page.on("popup", lambda one: self.away.append(one.url))
        page.context.route("**/*", self._pass)

    def _pass(self, route: Route) -> None:
        if route.request.url.startswith(("http://localhost:", "data:", "blob:")):
            route.continue_()
        else:
            self.away.append(route.request.url)
            route.abort()

    def is_clean(self) -> bool:
        ran = any(frame.evaluate("window.planted") for frame in self.page.frames)
        return not ran and self.dialogs == [] and self.away == []


def test_no_plant_runs_and_no_other_host_is_asked(server: Serving, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", accept_downloads=True)
    watched = Watched(context.new_page())
    page = watched.page
    for report in range(1, len(REPORTS) + 1):
        AtTheDesk(page, server.url).open(report)
        page.locator(".history summary").click()
        for plant in PLANTS[:3]:
            assert plant in page.locator(".flow").inner_text()
        assert page.locator(".desk script, .desk iframe, .desk object, .desk link, .desk form, .desk svg").count() == 0
        assert watched.is_clean(), (watched.dialogs, watched.away)
    page.goto(server.url)
    page.wait_for_selector('[data-testid="stMain"] [data-testid="stSelectbox"]')
    _choose_parked(page)
    page.get_by_text("更多条件").click()
    page.get_by_label("年度").wait_for()
    assert watched.is_clean(), (watched.dialogs, watched.away)
    context.close()


def _choose_parked(page: Page) -> None:
    page.get_by_label("状态").click()
    page.get_by_role("option", name="已搁置").click()
    page.wait_for_selector('[data-testid="stDataFrame"] canvas')


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"] if STRESS else ["zh-CN"])
def test_no_plant_runs_on_any_page(server: Serving, browser: Browser, locale: str) -> None:
    """Each page there is, with everything on it unfolded."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale=locale)
    watched = Watched(context.new_page())
    failed = len(REPORTS) + 2 + 1
    for name in (*_PAGES, f"report?report={failed}", f"report?report={failed + 17}", "report?report=%3Cscript%3E"):
        _unfold(watched.page, f"{server.url}/{name}")
        for part in ("stMain", "stSidebar"):
            made = watched.page.locator(f'[data-testid="{part}"] :is({MADE})')
            assert made.evaluate_all("found => found.map((one) => one.outerHTML.slice(0, 200))") == [], name
        assert watched.is_clean(), (name, watched.dialogs, watched.away)
    context.close()


def _unfold(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector('[data-testid="stMain"] [data-testid="stElementContainer"]')
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    for kind in ('[data-testid="stMain"] [role="tab"]', '[data-testid="stMain"] details:not([open]) > summary'):
        for one in page.locator(kind).all():
            one.evaluate("element => element.click()")
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")


@pytest.mark.parametrize("kind", FORMATS)
def test_no_export_holds_a_formula_or_a_link(server: Serving, tmp_path: Path, kind: str) -> None:
    out = tmp_path / f"out.{'zip' if kind == 'docx' else kind}"
    with server.reading() as store:
        assert export_to(store, LEAD, Filter(), kind, out) >= len(REPORTS)
    if kind in ("csv", "cells"):
        cells = [cell for row in csv.reader(io.StringIO(out.read_text("utf-8-sig"))) for cell in row]
        assert any(cell.startswith("'=") for cell in cells)
        assert [cell for cell in cells if cell.startswith(FORMULA) and not _is_number(cell)] == []
    elif kind in ("xlsx", "docx"):
        parts = [part for data in _documents(out, kind) for part in _parts(data)]
        assert any(b"HYPERLINK" in part for part in parts)  # the plant is there, as words
        for sign in (b"<f>", b"<f ", b"<hyperlink", b"<w:hyperlink", b"<w:instrText", b"<w:fldSimple", b'"External"'):
            assert not [part for part in parts if sign in part], sign
    else:
        assert out.stat().st_size > 0  # numbers and text by their type: nothing reads them as formulas


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"-?[0-9.]+", cell) is not None


def _documents(out: Path, kind: str) -> list[bytes]:
    if kind == "xlsx":
        return [out.read_bytes()]
    with zipfile.ZipFile(out) as archive:
        assert not [name for name in archive.namelist() if name.startswith("/") or ".." in name.split("/")]
        return [archive.read(name) for name in archive.namelist()]


def _parts(data: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return [package.read(name) for name in package.namelist()]


def test_the_list_holds_no_formula(server: Serving) -> None:
    """The browser offers the list as a file for a spreadsheet."""
    with server.reading() as store:
        rows = work.queue_page(store, ANN, Filter(state="parked"))
    assert len(rows) == len(REPORTS)
    cells = [cell for line in listed(rows, WORDS["zh"]) for cell in line.values() if isinstance(cell, str)]
    assert any(cell.startswith("'=") for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "-"))]
