"""Comparing reports in a browser: a body among others, its years, both reports that disagree, and who lacks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from extractor.review import work
from extractor.review.opening import open_report
from extractor.review.saving import On
from extractor.review.work import Change
from extractor.store.state import Entry
from tests.across.reports import cell, report_of
from tests.stores import ANN, LEAD
from tests.ui.at_the_desk import PATIENCE
from tests.ui.serving import CHROMIUM, WITHOUT, Serving, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

WATER, SCHOOLS, HOSTILE = "松溪市水务局", "松溪市教育局", "=1+1<img src=x onerror=alert(1)>**局**"
LIST = '[data-testid="stDataFrame"] canvas'
CHART = '[data-testid="stVegaLiteChart"]'

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    reports = [
        report_of(1, 2022, WATER, new_received=3, carried_forward=2),
        report_of(2, 2023, WATER, new_received=44, carried_over=3),
        report_of(3, 2022, SCHOOLS, new_received=9),
        report_of(4, 2023, HOSTILE, new_received=50),
    ]
    with serving(tmp_path_factory.mktemp("across"), *reports) as started:
        yield started


def opened(page: Page, server: Serving, view: str) -> Page:
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}/across?view={view}")
    return page


def told(page: Page) -> str:
    return page.locator('[data-testid="stMain"]').inner_text()


def test_bodies_of_a_year_and_a_file_without_formulas(server: Serving, page: Page) -> None:
    opened(page, server, "bodies").wait_for_selector(LIST)
    page.wait_for_selector('[data-testid="stVegaLiteChart"] canvas, [data-testid="stVegaLiteChart"] svg')
    assert "共 2 行" in told(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 CSV").click()
    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("机关,层级,地区,表单,本年新收申请")
    assert lines[1].startswith(f"'{HOSTILE},市级,松溪市,2021,50")
    assert lines[2].startswith(f"{WATER},市级,松溪市,2021,44") and "↑ 本年新收申请 3 → 44" in lines[2]
    assert len(lines) == 3


def test_a_body_over_the_years_leads_to_both_reports(server: Serving, page: Page) -> None:
    opened(page, server, "years")
    search = page.get_by_label("机关名称的一部分")
    search.fill("水务")
    search.press("Enter")
    table = page.locator(".years table")
    table.wait_for()
    assert table.locator("thead th").all_inner_texts() == ["2022", "2023"]
    assert table.locator("td.up").all_inner_texts() == ["↑ 44"]
    assert table.locator("td.contradicted").all_inner_texts() == ["≠ 3", "≠ 2"]
    page.get_by_text("应当相等（见报告 1）").first.wait_for()
    page.get_by_text("打开 2023").click()
    page.wait_for_selector(".desk .grid")
    finding = page.locator(".finding", has_text="结转下年度")
    finding.click()
    link = page.locator(".finding .other a")
    link.wait_for()
    assert link.get_attribute("href") == "?report=1"
    assert link.inner_text() == "打开另一份报告（编号 1）"


def test_what_disagrees_is_listed_until_it_is_mended(server: Serving, page: Page) -> None:
    opened(page, server, "checks").wait_for_selector(LIST)
    assert "共 2 行" in told(page)
    with server.reading() as store:
        work.release(store, LEAD, 2)  # whoever looked at it from the page before
        version = open_report(store, ANN, 2).version
        after = work.correct(store, ANN, On(2, version), Change(cell("carried_over"), Entry(2)))
        page.reload()
        page.get_by_text("没有未处理的矛盾").wait_for()
        work.undo(store, ANN, On(2, after.version))


def test_trends_are_drawn_and_told_in_a_table(server: Serving, page: Page) -> None:
    opened(page, server, "trends").wait_for_selector(LIST)
    page.wait_for_selector('[data-testid="stVegaLiteChart"] :is(svg, canvas)')
    table = page.locator('[data-testid="stDataFrame"] table').first
    table.locator("tbody tr").nth(1).wait_for(state="attached")
    assert table.locator("thead th").all_inner_texts() == [
        *("年度", "机关数", "合计", "下四分位", "中位数", "上四分位", "最大")
    ]
    rows = [row.locator("td").all_inner_texts() for row in table.locator("tbody tr").all()]
    assert rows == [["2022", "2", "12", "3", "3", "9", "9"], ["2023", "2", "94", "44", "44", "50", "50"]]
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 CSV").click()
    assert Path(download.value.path()).read_text("utf-8-sig").splitlines()[1:] == [",".join(row) for row in rows]
    page.get_by_role("radio", name="未报告").or_(page.get_by_role("button", name="未报告")).first.click()
    page.get_by_text("3 个机关中，1 个没有 2023 年的报告").wait_for()
    absent = page.locator('[data-testid="stDataFrame"] table tbody tr')
    absent.filter(has_text=SCHOOLS).wait_for(state="attached")
    assert absent.filter(has_text=WATER).count() == 0


def test_a_list_is_brought_and_who_lacks_is_told(server: Serving, page: Page) -> None:
    opened(page, server, "absent").get_by_text("3 个机关中，1 个没有 2023 年的报告").wait_for()
    page.get_by_role("combobox", name="应报告机关的来源").click()
    page.get_by_role("option", name="名单").click()
    pasted = page.get_by_label("粘贴名单")
    pasted.wait_for()
    pasted.fill(f"机关名称,地区\n{WATER},松溪市\n松溪市林业局,松溪市\n<b>局</b>,松溪市")
    page.get_by_role("button", name="保存名单").click()
    page.get_by_text("3 个机关中，2 个没有 2023 年的报告").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 CSV").click()
    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert lines[1:] == ["<b>局</b>,其他,松溪市,", "松溪市林业局,部门,松溪市,"]


def test_no_name_is_taken_for_markup(server: Serving, page: Page) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda one: dialogs.append(one.message))
    opened(page, server, "years&body=3")
    page.locator(".years table").wait_for()
    assert HOSTILE in page.locator("h3").first.inner_text()
    assert page.locator('[data-testid="stMain"] img').count() == 0
    for view in ("bodies", "checks", "absent", "nonsense"):
        opened(page, server, view).wait_for_selector(LIST)
        assert page.locator('[data-testid="stException"]').count() == 0
    assert dialogs == []


def test_an_empty_store_says_what_to_do(tmp_path: Path, page: Page) -> None:
    with serving(tmp_path) as empty:
        for view in ("bodies", "trends"):
            opened(page, empty, view).get_by_text("extractor import").wait_for()
            assert "还没有可比较的报告。请在“上传”页导入" in told(page)
            assert page.locator(f"{LIST}, {CHART}, [data-testid=stException]").count() == 0
        opened(page, empty, "absent").get_by_text("没有符合条件的机关").wait_for()
        assert "其他年度有报告、这一年没有的机关会列在这里" in told(page)
