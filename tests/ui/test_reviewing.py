"""One server, many reports: how few keys a misread cell costs, part five cut anew, conflicts, pages, two people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING

import pytest

from extractor.review import work
from extractor.review.opening import open_report
from extractor.review.saving import On
from extractor.store.readings import Reader
from extractor.store.state import Entry
from tests.stores import ANN, LEAD, arrival
from tests.ui.at_the_desk import AtTheDesk
from tests.ui.contrast import faint
from tests.ui.desks import arrival_of
from tests.ui.serving import CHROMIUM, WITHOUT, Serving, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROW = "/tables/applications/granted"
MISREAD = {
    f"{ROW}/natural_person": 7,
    f"{ROW}/total": 11,
    "/tables/applications/new_received/commercial_enterprise": 27,
    "/tables/applications/total_processed/total": 110,
    "/tables/review_litigation/review/upheld": 7,
}
CONFLICT = f"{ROW}/other_organisation"
PRINT, SECTIONS = "heritage_administration_2022_print.pdf", "shihong_district_2025.txt"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    misread = [arrival(number, {path: value}) for number, (path, value) in enumerate(MISREAD.items(), 1)]
    plain = [arrival_of(PRINT), arrival_of(SECTIONS), arrival(20)]
    with serving(tmp_path_factory.mktemp("reviewing"), *misread, *plain) as started:
        yield started


FIRST_PLAIN = len(MISREAD) + 1


def test_a_misread_cell_costs_at_most_three_keys(server: Serving, page: Page) -> None:
    pressed = {}
    for report, path in enumerate(MISREAD, 1):
        desk = AtTheDesk(page, server.url).open(report)
        pressed[path] = _cleared(desk, path)
    print(f"keys to clear a report with one misread cell: median {median(pressed.values())}, {pressed}")
    assert median(pressed.values()) <= 3
    with server.reading() as store:
        assert {open_report(store, LEAD, report).row.state for report in range(1, FIRST_PLAIN)} == {"accepted"}


def _cleared(desk: AtTheDesk, path: str) -> int:
    """Keys pressed until a report is accepted: the repair, or the value that the source shows."""
    keys = ["f"] if desk.page.locator(".finding.chosen kbd", has_text="F").count() else ["2", "Enter"]
    if keys != ["f"]:
        desk.choose(path)
    desk.press(*keys)
    assert desk.findings() == []
    report = desk.page.url
    desk.press("a")
    desk.page.wait_for_function("before => location.href !== before", arg=report)
    return len(keys) + 1


def test_part_five_is_cut_anew_by_a_press(server: Serving, page: Page) -> None:
    desk = AtTheDesk(page, server.url).open(FIRST_PLAIN + 1)
    items = page.locator(".clause.issue, .clause.improvement").count()
    part = page.locator(".clause.same").first
    words = part.inner_text()
    part.locator(".roles button").nth(1).click()
    desk.press()
    assert page.locator(".clause.issue, .clause.improvement").count() == items + 1
    assert page.locator(".clause.improvement", has_text=words.splitlines()[-1]).count() == 1
    desk.press("u")
    assert page.locator(".clause.issue, .clause.improvement").count() == items


def test_part_one_is_cut_anew_by_keys(server: Serving, page: Page) -> None:
    desk = AtTheDesk(page, server.url).open(FIRST_PLAIN + 1)
    passages = page.locator(".clause.topic")
    before = passages.all_inner_texts()
    part = page.locator(".clauses", has=passages).locator(".clause.same").first
    part.locator("span[lang=zh]").click()
    desk.press("6")
    assert passages.count() == len(before) + 1
    with server.reading() as store:
        overview = open_report(store, LEAD, FIRST_PLAIN + 1).record.narrative.overview
    assert [one.id for one in overview][1] == f"o{len(before) + 1}"
    desk.press("u")
    assert passages.all_inner_texts() == before


def test_a_new_reading_that_differs_is_a_conflict_that_a_person_settles(server: Serving, page: Page) -> None:
    report = FIRST_PLAIN + 2
    with server.reading() as store:
        on = On(report, open_report(store, ANN, report).version)
        work.correct(store, ANN, on, work.Change(CONFLICT, Entry(12, "number")))
        work.release(store, LEAD, report)
    again = arrival(20)
    assert again.record is not None
    again.record.tables["applications"]["granted"]["other_organisation"] = 18
    server.keep(again, reader=Reader("2.0"))
    desk = AtTheDesk(page, server.url).open(report)
    conflict = page.locator(".finding", has_text="18")
    assert "12" in conflict.first.inner_text()
    conflict.locator("button", has_text="18").click()
    desk.press()
    assert desk.cell(CONFLICT).inner_text().startswith("18")
    assert page.locator(".finding button", has_text="12").count() == 0


def test_a_printed_report_is_shown_as_pages_and_as_text(server: Serving, page: Page) -> None:
    desk = AtTheDesk(page, server.url).open(FIRST_PLAIN)
    page.wait_for_selector(".page img")
    assert page.evaluate(f"{_DEEP}('.page img').naturalWidth") > 400
    desk.choose(f"{ROW}/natural_person")
    page.wait_for_selector(f'.page .box.selected[data-path="{ROW}/natural_person"]')
    desk.press("t")
    assert page.locator(".page img").count() == 0
    assert page.locator(f'.flow mark[data-path="{ROW}/natural_person"]').count() == 1


_DEEP = """(selector => {
  const look = root => root.querySelector(selector) ||
    [...root.querySelectorAll('*')].map(one => one.shadowRoot && look(one.shadowRoot)).find(Boolean);
  return look(document);
})"""


@pytest.mark.parametrize(("locale", "width", "scheme"), [("en-GB", 1280, "dark"), ("zh-CN", 2560, "light")])
def test_everything_is_in_sight_in_either_language(
    server: Serving, browser: Browser, locale: str, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, locale=locale, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    AtTheDesk(page, server.url).open(FIRST_PLAIN + 1)
    assert ("Findings" in page.locator(".findings h3").inner_text()) == (locale == "en-GB")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for name in (".bar .buttons", ".sheet", ".findings", ".record"):
        box = page.locator(name).first.bounding_box()
        assert box
        assert 0 <= box["x"] < box["x"] + box["width"] <= width
    page.keyboard.press("?")
    assert faint(page) == []
    page.reload()
    page.wait_for_selector(".desk .grid")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_and_the_keyboard_reaches_all(server: Serving, browser: Browser, scheme: str) -> None:
    context = browser.new_context(locale="en-GB", color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    for path, until in (("", "stDataFrame"), ("upload", "stFileUploader"), ("gold", "stAlert|stDataFrame")):
        page.goto(f"{server.url}/{path}")
        page.get_by_test_id(re.compile(until)).first.wait_for(timeout=60_000)
        assert faint(page) == [], path
    desk = AtTheDesk(page, server.url).open(FIRST_PLAIN + 1)
    desk.choose(CONFLICT)
    assert _focused(page) == CONFLICT
    page.keyboard.press("ArrowLeft")
    assert _focused(page) != CONFLICT
    assert page.evaluate(f"{_ACTIVE}.matches(':focus-visible') && getComputedStyle({_ACTIVE}).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    assert _focused(page) is None
    context.close()


_ACTIVE = """(root => {
  while (root.activeElement?.shadowRoot) root = root.activeElement.shadowRoot;
  return root.activeElement;
})(document)"""


def _focused(page: Page) -> str | None:
    """The path of the cell that has the focus."""
    found: str | None = page.evaluate(f"{_ACTIVE}?.dataset?.path ?? null")
    return found


def test_who_comes_second_may_only_read_and_is_told_who_has_it(
    server: Serving, page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    AtTheDesk(page, server.url).open(FIRST_PLAIN + 1)
    other = Serving(
        tmp_path_factory.mktemp("other"), EXTRACTOR_REVIEWER="Second", EXTRACTOR_DATABASE_URL=str(server.database)
    )
    other.start()
    try:
        desk = AtTheDesk(page, other.url).open(FIRST_PLAIN + 1)
        assert "正在处理" in desk.told()
        assert page.locator(".bar .buttons").count() == 0
        page.keyboard.press("a")
        desk.choose(f"{ROW}/natural_person")
        page.keyboard.press("5")
        assert page.locator(".grid input").count() == 0
    finally:
        other.kill()
