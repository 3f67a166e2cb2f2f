"""The queue and the upload, in a browser: filters, search, taking the next report, files and archives coming in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from extractor.review import work
from extractor.store.queue import Filter
from tests.stores import LEAD, SAMPLES, arrival
from tests.ui.at_the_desk import AtTheDesk
from tests.ui.desks import arrival_of
from tests.ui.serving import CHROMIUM, WITHOUT, Serving, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

CELL = "/tables/applications/granted/natural_person"
HOSTILE = ("../../../etc/cron.d/x.txt", "<img src=x onerror=alert(1)>.txt", "=HYPERLINK(1).txt", "a\x07b\u202etxt.txt")
REPORT = (SAMPLES / "heyan_town_2021.txt").read_bytes()
ADDED = """(said) => said.every((words) =>
    [...document.querySelectorAll('[data-testid="stFileUploaderDropzone"] *')]
        .some((one) => getComputedStyle(one, '::after').content === JSON.stringify(words)))"""
"""Whether the style says these words where files are dropped."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    reports = [arrival_of("shihong_district_2025.txt"), arrival(1, {CELL: 9}, organisation="松溪市水务局", year=2022)]
    with serving(tmp_path_factory.mktemp("queue"), *reports) as started:
        yield started


def rows(page: Page) -> int:
    """How many reports the list shows."""
    return int(page.locator('[data-testid="stDataFrame"] table').first.get_attribute("aria-rowcount") or 0) - 1


def test_the_queue_is_searched_filtered_and_worked_off(server: Serving, page: Page) -> None:
    page.goto(server.url)
    page.wait_for_selector('[data-testid="stDataFrame"] canvas')
    assert rows(page) == 2
    search = page.get_by_label("机关名称")
    search.fill("松溪")
    search.press("Enter")
    page.wait_for_function("document.querySelector('[data-testid=stDataFrame] table')?.ariaRowCount === '2'")
    assert rows(page) == 1
    search.fill("没有这个机关")
    search.press("Enter")
    page.get_by_text("没有符合条件的报告").wait_for()
    search.fill("松溪")
    search.press("Enter")
    page.wait_for_selector('[data-testid="stDataFrame"] canvas')
    page.get_by_text("更多条件").click()
    page.get_by_label("年度").wait_for()
    page.get_by_role("button", name="领取下一份").click()
    page.wait_for_selector(".desk .grid")
    assert AtTheDesk(page, server.url).body().startswith("松溪市水务局")


def test_a_file_and_an_archive_with_hostile_names_come_in(server: Serving, page: Page, tmp_path: Path) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda one: dialogs.append(one.message))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, name in enumerate(HOSTILE):
            archive.writestr(name, REPORT + f"\n附{number}".encode())
    page.goto(f"{server.url}/upload")
    page.wait_for_selector('input[type="file"]', state="attached")
    assert "最多 200 个文件，每个最大 200 MB。" in page.locator('[data-testid="stMain"]').inner_text()
    _speaks_chinese(page)
    files = [("<b>x</b>.txt", REPORT), ("年报.zip", packed.getvalue())]
    payload = [{"name": name, "mimeType": "text/plain", "buffer": data} for name, data in files]
    page.locator('input[type="file"]').set_input_files(payload)  # type: ignore[arg-type]
    page.get_by_role("button", name="开始识读").click()
    page.get_by_role("button", name="去待办").wait_for()
    assert page.locator('[data-testid="stAlert"]').count() == 2
    assert page.locator('[data-testid="stAlert"] b, [data-testid="stAlert"] img').count() == 0
    with server.reading() as store:
        names = [row.name for row in work.queue_page(store, LEAD, Filter())]
    assert len(names) == 2 + 1 + 3  # the one that leads out of the archive is left out
    assert not any("/" in name and ".." in name for name in names)
    assert dialogs == []
    page.get_by_role("button", name="去待办").click()
    page.wait_for_selector('[data-testid="stDataFrame"] canvas')


def _speaks_chinese(page: Page) -> None:
    """No word of Streamlit's own is seen where files are dropped, but the limit that the server really has."""
    page.wait_for_function(
        ADDED, arg=["每个文件最大 200 MB", "选择文件"]
    )  # the style comes after the element, or before
    drop = page.locator('[data-testid="stFileUploaderDropzone"]')
    icon = drop.locator('[data-testid="stIconMaterial"]').inner_text()  # a letter form: it is seen as a picture
    assert drop.inner_text().split() == [icon]


def test_the_limit_that_is_told_is_the_servers_own(tmp_path: Path, page: Page) -> None:
    with serving(tmp_path, STREAMLIT_SERVER_MAX_UPLOAD_SIZE="1") as server:
        page.goto(f"{server.url}/upload")
        page.get_by_text("每个最大 1 MB。").wait_for()
        page.wait_for_function(ADDED, arg=["每个文件最大 1 MB", "选择文件"])
        page.get_by_role("radio", name="English").or_(page.get_by_text("English")).first.click()
        page.get_by_text("1 MB each.").wait_for()
        # By its name: for a moment the one that was labelled in Chinese is still there.
        drop = page.get_by_role("region", name="Drop reports or archives here")
        assert "1MB per file" in drop.inner_text()


def test_an_empty_store_says_what_to_do(tmp_path: Path, page: Page) -> None:
    with serving(tmp_path) as empty:
        page.goto(empty.url)
        page.get_by_text("extractor import").wait_for()
        page.goto(f"{empty.url}/report")
        page.get_by_text("待办已清空").wait_for()
        assert page.locator(".desk").count() == 0
