"""A report's whole way in one browser: claimed, mended by keys, accepted, exported, gold; a restart in the middle."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from extractor.gold import read_gold
from extractor.load import load_bytes
from extractor.review.opening import history
from tests.stores import LEAD, arrival
from tests.ui.at_the_desk import PATIENCE, AtTheDesk
from tests.ui.serving import CHROMIUM, WITHOUT, Serving, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

CELL = "/tables/applications/granted/natural_person"
OTHER = "/tables/applications/carried_over/natural_person"
MISREAD = 1

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT)


def test_a_report_goes_the_whole_way(tmp_path: Path, page: Page, browser: Browser) -> None:
    gold = tmp_path / "gold"
    reports = (arrival(1, {CELL: 7}), arrival(2, {CELL: 6}))
    with serving(tmp_path, *reports, EXTRACTOR_GOLD_DIR=str(gold), EXTRACTOR_SECOND_REVIEW_SHARE="0") as server:
        desk = claimed(server, page)
        second = elsewhere(browser, server)
        mended(desk, server)
        told_and_nothing_lost(second, desk)
        accepted(desk, server)
        exported(server, page, tmp_path)
        promoted(server, page, gold)


def claimed(server: Serving, page: Page) -> AtTheDesk:
    """The queue, and from it the report with an error."""
    page.set_default_timeout(PATIENCE)
    page.goto(server.url)
    page.wait_for_selector('[data-testid="stDataFrame"] canvas')
    page.get_by_role("button", name="领取下一份").click()
    page.wait_for_selector(".desk .grid")
    desk = AtTheDesk(page, server.url)
    assert len(desk.findings()) == 2
    assert "23 ≠ 17" in page.locator(".grid td.check.fails").all_inner_texts()
    return desk


def elsewhere(browser: Browser, server: Serving) -> AtTheDesk:
    """The same report in a second browser, opened before anything was saved."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    return AtTheDesk(context.new_page(), server.url).open(MISREAD)


def mended(desk: AtTheDesk, server: Serving) -> None:
    """One key mends; the server dies before the next edit is saved, and the edit is there when it is back."""
    desk.press("f")
    assert desk.cell(CELL).inner_text().startswith("1")
    assert desk.findings() == []
    assert desk.page.locator(".grid td.check.fails").count() == 0
    server.kill()
    desk.choose(OTHER)
    desk.page.keyboard.press("b")
    desk.page.locator(".save.waiting").wait_for()
    server.start()
    desk.press()  # the page finds the server again by itself
    assert desk.cell(OTHER).inner_text().strip() in ("", "•")
    desk.open(MISREAD)
    assert desk.cell(OTHER).inner_text().strip() in ("", "•")
    desk.press("u")
    assert desk.cell(OTHER).inner_text().startswith("4")


def told_and_nothing_lost(second: AtTheDesk, desk: AtTheDesk) -> None:
    """Who was slower is told, sees what stands now, and has overwritten nothing."""
    second.page.wait_for_selector(".desk .grid")
    second.open(MISREAD)
    desk.choose(OTHER)
    desk.press("8", "Enter")
    second.choose(CELL)
    second.press("9", "Enter")
    assert "nothing was saved" in second.told()
    assert second.cell(OTHER).inner_text().startswith("8")
    assert second.cell(CELL).inner_text().startswith("1")
    second.page.context.close()
    desk.press("u")


def accepted(desk: AtTheDesk, server: Serving) -> None:
    """The audit trail says who did what, in the page and in the log; the last step takes it to the next report."""
    trail = desk.page.locator(".history li").all_text_contents()
    assert sum("7 → 1" in line for line in trail) == 1
    assert sum("撤销" in line for line in trail) == 2
    desk.press("a")
    desk.page.wait_for_function("() => location.search.includes('report=2')")
    with server.reading() as store:
        kinds = [event.kind for event in history(store, LEAD, MISREAD)]
    assert kinds == ["read", "correct", "correct", "undo", "correct", "undo", "accept"]


def exported(server: Serving, page: Page, folder: Path) -> None:
    """The accepted report, from the queue in two formats and from its own page."""
    page.goto(server.url)
    page.wait_for_selector('[data-testid="stDataFrame"] canvas')
    page.get_by_label("状态").click()
    page.get_by_role("option", name="已通过").click()
    page.get_by_text("导出这 1 份").click()
    page.get_by_text("--state accepted").wait_for()
    saved(page, page.get_by_test_id("stDownloadButton").get_by_role("button"), folder / "all.jsonl")
    assert [json.loads(line)["status"] for line in (folder / "all.jsonl").read_text().splitlines()] == ["accepted"]
    desk = AtTheDesk(page, server.url).open(MISREAD)
    saved(page, desk.page.get_by_role("button", name="Word"), folder / "one.docx")
    assert zipfile.is_zipfile(folder / "one.docx")
    assert "予以公开" in load_bytes((folder / "one.docx").read_bytes(), "one.docx").text


def saved(page: Page, button: Locator, out: Path) -> None:
    with page.expect_download(timeout=PATIENCE) as download:
        button.click()
    download.value.save_as(out)


def promoted(server: Serving, page: Page, folder: Path) -> None:
    """The accepted report becomes gold; the page says what a person changed, and that it is gold now."""
    page.goto(f"{server.url}/gold")
    page.get_by_role("button", name="写入 1 份金标准").click()
    page.get_by_text("已写入 1 份").wait_for()
    [label] = folder.glob("*/record.json")
    gold = read_gold(label)
    assert gold.tables["applications"]["granted"]["natural_person"] == 1
    assert [review.by for review in gold.reviews] != []
    assert (label.parent / gold.source).read_bytes()
    page.reload()
    page.wait_for_selector('[data-testid="stDataFrame"] canvas')
    assert page.get_by_role("button", name="写入").count() == 0
