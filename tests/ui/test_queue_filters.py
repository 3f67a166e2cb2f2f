"""The queue's filters in a browser, the search by any name of a body, and the reports that one is beside."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from extractor.across.settling import link, merge
from extractor.record import Body
from extractor.review import work
from extractor.review.intake import Arrival
from extractor.review.opening import open_report
from extractor.review.saving import On
from extractor.store.tables import body
from tests.stores import BEN, LEAD, arrival
from tests.ui.at_the_desk import PATIENCE
from tests.ui.serving import CHROMIUM, WITHOUT, Serving, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

CELL = "/tables/applications/granted/natural_person"
WATER, SCHOOLS, SHORT, TOWN = "松溪市水务局", "松溪市教育局", "松教局", "平安镇人民政府"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LIST = '[data-testid="stDataFrame"] canvas'

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT)


def reports() -> Iterator[Arrival]:
    """Bodies of two regions; one report has an error, one is a Word file, two are of one body and year."""
    city, county = Body("department", "松溪市"), Body("township", "北河县")
    yield arrival(1, {CELL: 9}, organisation=WATER, year=2022, body=city)
    yield arrival(2, organisation=SCHOOLS, year=2022, body=city)
    yield arrival(3, organisation=SHORT, year=2022, body=city)
    yield replace(arrival(4, organisation=TOWN, year=2023, body=county), media_type=DOCX)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """The last report was accepted by Ben; the school board has two names, and a later version of its report."""
    with serving(tmp_path_factory.mktemp("filters"), *reports()) as started:
        with started.reading() as store:
            with store.reading() as connection:
                ids = {row.name: row.id for row in connection.execute(select(body))}
            merge(store, LEAD, ids[SHORT], ids[SCHOOLS])
            link(store, LEAD, 3, 2, "earlier")
            work.accept(store, BEN, On(4, open_report(store, BEN, 4).version))
        yield started


def queue_of(page: Page, server: Serving) -> Page:
    """The queue with every state, and its further filters open."""
    page.set_default_timeout(PATIENCE)
    page.goto(server.url)
    page.wait_for_selector(LIST)
    choose(page, "状态", "全部")
    page.get_by_text("更多条件").click()
    page.get_by_role("combobox", name="地区").wait_for()
    return page


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option; a list that the page closed, because it was drawn anew meanwhile, is opened again."""
    wanted = page.get_by_role("option", name=option)
    until = time.monotonic() + PATIENCE / 1_000
    while not wanted.is_visible() and time.monotonic() < until:
        page.keyboard.press("Escape")
        page.get_by_role("combobox", name=label).click()
        page.wait_for_timeout(150)
    wanted.click()


def column(page: Page, number: int, *wanted: str) -> list[str]:
    """A column of the list, as it is given to screen readers; drawn a moment later it may be what is ``wanted``."""
    grid = "[data-testid=stDataFrame] table tbody tr"
    read = f"() => [...document.querySelectorAll('{grid}')].map((row) => row.children[{number}].innerText)"
    found: list[str] = page.evaluate(read)
    until = time.monotonic() + PATIENCE / 1_000
    while wanted and found != list(wanted) and time.monotonic() < until:
        page.wait_for_timeout(50)
        found = page.evaluate(read)
    return found


def listed(page: Page, *bodies: str) -> bool:
    """Whether the list shows just these."""
    return column(page, 0, *bodies) == list(bodies)


EVERY = (WATER, SCHOOLS, SHORT, TOWN)
FILTERS = {
    "地区": ("北河县", (TOWN,)),
    "问题": ("行合计不符 · row_sum (1)", (WATER,)),
    "复核人": ("Ben", (TOWN,)),
    "格式": (DOCX, (TOWN,)),
}


def test_each_filter_leaves_what_it_says(server: Serving, page: Page) -> None:
    queue_of(page, server)
    assert listed(page, *EVERY)
    for label, (option, bodies) in FILTERS.items():
        choose(page, label, option)
        assert listed(page, *bodies), label
        choose(page, label, "全部")
        assert listed(page, *EVERY), label


def test_filters_narrow_each_other_and_stay_when_the_state_changes(server: Serving, page: Page) -> None:
    queue_of(page, server)
    choose(page, "地区", "松溪市")
    assert listed(page, WATER, SCHOOLS, SHORT)
    choose(page, "问题", "行合计不符 · row_sum (1)")
    assert listed(page, WATER)
    choose(page, "状态", "待复核")
    page.get_by_role("combobox", name="年度").wait_for()
    assert listed(page, WATER)
    assert page.get_by_role("combobox", name="地区").input_value() == "松溪市"
    choose(page, "年度", "2023")
    page.get_by_text("没有符合条件的报告").wait_for()
    assert page.locator(LIST).count() == 0


def test_a_body_is_found_by_any_of_its_names_with_what_it_is_beside(server: Serving, page: Page) -> None:
    queue_of(page, server)
    search = page.get_by_label("机关名称")
    for words, bodies in (("松教", (SCHOOLS, SHORT)), ("水务", (WATER,)), ("教育局", (SCHOOLS, SHORT))):
        search.fill(words)
        search.press("Enter")
        assert listed(page, *bodies), words
    assert column(page, 6) == ["报告 3 · 旧版", "报告 2 · 新版（以其为准）"]
