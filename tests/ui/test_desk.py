"""A reviewer with a keyboard, a real browser and a real server: mend, answer, accept, go on; nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ui.at_the_desk import AtTheDesk
from tests.ui.serving import CHROMIUM, WITHOUT, Serving, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
HEALTH, DISTRICT, ARCHIVES = 1, 2, 3
FILES = ("qingzhen_health_bureau_2022.txt", "shihong_district_2025.txt", "county_archives_2024.txt")
CELL = "/tables/applications/denied_internal_affairs/natural_person"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path, *(SAMPLES / name for name in FILES)) as started:
        yield started


def test_a_report_is_answered_and_accepted_by_keys_alone(server: Serving, page: Page) -> None:
    desk = AtTheDesk(page, server.url).open(HEALTH)
    assert len(desk.findings()) == 3
    desk.press("5", "Enter")
    assert desk.cell(CELL).inner_text() == "5"
    assert len(desk.findings()) == 3  # the other row is wrong still, and now the column
    desk.press("u")
    assert desk.cell(CELL).inner_text() == "4"
    desk.press("w", "Enter")
    desk.press("w", "Enter")
    desk.press("d")
    assert desk.findings() == []
    desk.press("a")
    desk.wait_for_body("石虹区")
    assert "通过" in AtTheDesk(page, server.url).open(HEALTH).page.locator(".standing").inner_text()


def test_an_error_keeps_a_report_from_being_accepted(server: Serving, page: Page) -> None:
    desk = AtTheDesk(page, server.url).open(HEALTH)
    desk.press("a")
    assert "还有 2 处“待处理的问题”" in desk.told()
    assert desk.body().startswith("青砧县")


def test_words_are_no_number(server: Serving, page: Page) -> None:
    desk = AtTheDesk(page, server.url).open(HEALTH)
    desk.choose(CELL)
    desk.press("e", "a", "b", "Enter")
    assert "不是一个数" in desk.told()
    assert desk.cell(CELL).inner_text() == "4"


def test_an_edit_survives_a_server_that_dies(server: Serving, page: Page) -> None:
    desk = AtTheDesk(page, server.url).open(HEALTH)
    desk.press("5", "Enter")
    server.kill()
    desk.choose(CELL)
    for key in ("6", "Enter"):
        page.keyboard.press(key)
    assert page.locator(".save.waiting").count() == 1
    server.start()
    desk.open(HEALTH)
    desk.press()
    assert desk.cell(CELL).inner_text().startswith("6")
    history = page.locator(".history li").all_text_contents()
    assert sum("→ 6" in line for line in history) == sum("→ 5" in line for line in history) == 1


def test_who_comes_second_is_told_and_nothing_is_lost(server: Serving, page: Page, browser: Browser) -> None:
    first = AtTheDesk(page, server.url).open(HEALTH)
    other_page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB").new_page()
    second = AtTheDesk(other_page, server.url).open(HEALTH)
    first.press("5", "Enter")
    second.press("7", "Enter")
    assert "nothing was saved" in second.told()
    assert second.cell(CELL).inner_text().startswith("5")
    other_page.context.close()
