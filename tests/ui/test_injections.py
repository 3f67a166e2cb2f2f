"""Thirty plants in names, bodies, titles, text and notes: none runs, and no other host is asked for anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from extractor.record import Number
from extractor.review import work
from extractor.review.opening import open_report
from extractor.review.saving import On
from extractor.store.queue import Filter
from extractor.ui.queue import listed
from tests.stores import ANN, arrival
from tests.ui.at_the_desk import AtTheDesk
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

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    assert len(PLANTS) == 30
    planted = Serving(tmp_path_factory.mktemp("planted"))
    for number, (title, region, note, question, name, body) in enumerate(REPORTS, 1):
        made = arrival(number, CELL, organisation=body, title=title)
        assert made.record is not None
        made.record.body.region = region
        [report] = planted.keep(replace(made, name=name, text=made.text + "\n".join(PLANTS)))
        with planted.reading() as store:
            found = open_report(store, ANN, report)
            finding = found.record.findings[0]
            after = work.settle(store, ANN, On(report, found.version), finding, "source_wrong", note=note)
            work.park(store, ANN, On(report, after.version), question=question)
    planted.start()
    yield planted
    planted.kill()


class Watched:
    """A page that notes what a plant would do."""

    def __init__(self, page: Page) -> None:
        self.page = page
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


def test_the_list_holds_no_formula(server: Serving) -> None:
    """The browser offers the list as a file for a spreadsheet."""
    with server.reading() as store:
        rows = work.queue_page(store, ANN, Filter(state="parked"))
    assert len(rows) == len(REPORTS)
    cells = [cell for line in listed(rows, WORDS["zh"]) for cell in line.values() if isinstance(cell, str)]
    assert any(cell.startswith("'=") for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "-"))]
