"""The register in a browser: names made one with a key, levels settled, versions linked, answers taken back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from extractor.across.answers import answers, replay
from extractor.across.listing import Wanted, listed
from extractor.store.tables import body
from tests.stores import arrival
from tests.ui.at_the_desk import PATIENCE
from tests.ui.registers import register_arrivals
from tests.ui.serving import CHROMIUM, WITHOUT, Serving, serving
from tests.ui.test_injections import PLANTS, Watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("register"), *register_arrivals()) as started:
        yield started


def go(page: Page, server: Serving, view: str) -> None:
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}/register?view={view}")
    page.wait_for_selector('[data-testid="stButtonGroup"]')


def press(page: Page, key: str) -> None:
    """Press a key once its button is there: what a question says is seen a moment earlier."""
    page.locator('[data-testid="stButton"] kbd', has_text=key.upper()).first.wait_for()
    page.wait_for_selector('[data-stale="true"]', state="detached")
    page.keyboard.press(key)


def names(server: Serving) -> dict[str, list[str]]:
    with server.reading() as store, store.reading() as connection:
        return {one.name: sorted(one.aliases.values()) for one in listed(connection, Wanted())}


def test_names_are_made_one_told_apart_and_taken_back_by_key(server: Serving, page: Page) -> None:
    go(page, server, "same")
    page.get_by_role("button", name="相同，用“北河县教育局”").first.wait_for()
    press(page, "1")
    page.get_by_text("已保存：“北河縣教育局”就是“北河县教育局”").wait_for()
    assert names(server)["北河县教育局"] == ["北河縣教育局"]
    press(page, "u")
    page.get_by_text("已保存").wait_for(state="detached")
    page.get_by_role("button", name="相同，用“北河縣教育局”").first.wait_for()
    assert "北河縣教育局" in names(server)
    press(page, "3")
    page.get_by_text("不是“").wait_for()
    with server.reading() as store, store.reading() as connection:
        assert [one.kind for one in answers(connection)][-3:] == ["merge", "undo", "apart"]
    go(page, server, "history")
    page.wait_for_selector('[data-testid="stDataFrame"] canvas')


def test_a_body_is_found_named_and_settled(server: Serving, page: Page) -> None:
    go(page, server, "bodies")
    search = page.get_by_label("机关名称")
    search.fill("水务")
    search.press("Enter")
    page.get_by_role("heading", name="松江市水务局").wait_for()
    page.get_by_role("textbox", name="正式名称").fill("松江市水务局（新）")
    page.get_by_role("button", name="改用这个名称").click()
    page.get_by_role("heading", name="松江市水务局（新）").wait_for()
    page.get_by_role("button", name="分开").wait_for()
    assert names(server)["松江市水务局（新）"] == ["松江市水务局"]
    page.get_by_label("地区").fill("松江市")
    page.get_by_role("button", name="保存").click()
    assert eventually(lambda: _region(server, "松江市水务局（新）") == ("松江市", None))
    go(page, server, "bodies")
    search.fill("没有这个机关")
    search.press("Enter")
    page.get_by_text("没有符合条件的机关").wait_for()


def _region(server: Serving, name: str) -> tuple[str | None, int | None]:
    with server.reading() as store, store.reading() as connection:
        row = connection.execute(select(body.c.region, body.c.same_as).where(body.c.name == name)).one()
    return row.region, row.same_as


def eventually(holds: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether something becomes true while the page goes on."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)
    return holds()


def test_levels_are_settled_many_at_a_time(server: Serving, page: Page) -> None:
    go(page, server, "levels")
    page.wait_for_selector('[data-testid="stDataFrame"] canvas')
    page.get_by_role("button", name="认定勾选的行").click()
    page.get_by_text("已保存").wait_for()
    with server.reading() as store, store.reading() as connection:
        told = {row.name: (row.level, row.region) for row in connection.execute(select(body))}
    assert told["松江市人社局"] == ("department", "松江市北河县")
    assert told["松江市北河县教育局"] == ("department", "松江市北河县")


def test_versions_are_linked_from_the_report(server: Serving, page: Page) -> None:
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}/report?report=9")
    page.wait_for_selector(".desk .grid")
    page.get_by_role("button", name="报告 10").wait_for()
    page.get_by_role("link", name="去认定").click()
    page.get_by_text("报告 10 与报告 9 内容相同，只计后者").first.wait_for()
    press(page, "1")
    page.get_by_text("报告 9 是旧版，以报告 11 为准").first.wait_for()
    press(page, "1")
    page.get_by_text("没有待认定的重复报告").wait_for()
    with server.reading() as store, store.reading() as connection:
        links = replay(answers(connection)).links.values()
    assert [(one.report, one.kind, one.other) for one in links] == [(10, "copy", 9), (9, "earlier", 11)]
    page.goto(f"{server.url}/report?report=11")
    page.get_by_role("button", name="报告 9 · 旧版").click()
    page.get_by_role("button", name="报告 11 · 新版（以其为准）").wait_for()


def test_every_empty_view_says_what_to_do(tmp_path: Path, page: Page) -> None:
    with serving(tmp_path) as empty:
        for view, said in (
            ("bodies", "名录还是空的。请在“上传”页加入报告，或用 extractor import 命令。"),
            ("same", "没有待认定的相似名称。导入新报告后，相似的名称会列在这里。"),
            ("levels", "所有机关都认定了层级和地区。"),
            ("versions", "没有待认定的重复报告。同一机关同一年度有几份报告时，会列在这里。"),
            ("history", "还没有认定。在“是否同一机关”和“重复与版本”中回答后，会列在这里。"),
            ("<script>", "名录还是空的。请在“上传”页加入报告，或用 extractor import 命令。"),
        ):
            go(page, empty, view)
            page.get_by_text(said[:6]).first.wait_for()
            alerts = page.locator('[data-testid="stAlert"]').all_inner_texts()
            assert [one.strip() for one in alerts] == [said], view
            assert page.locator('[data-testid="stDataFrame"], [data-testid="stException"]').count() == 0


def test_no_plant_in_a_name_runs(tmp_path: Path, browser: Browser) -> None:
    planted = [arrival(at, organisation=plant, year=2019 + at % 5) for at, plant in enumerate(PLANTS, 1)]
    planted += [arrival(90 + at, organisation=f"{plant}（本级）", year=2018) for at, plant in enumerate(PLANTS[:10])]
    with serving(tmp_path, *planted) as server:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
        watched = Watched(context.new_page())
        for view in ("bodies", "same", "levels", "versions", "history"):
            go(watched.page, server, view)
            watched.page.wait_for_timeout(1_000)
            if view == "same":
                press(watched.page, "1")
                watched.page.get_by_text("已保存").wait_for()
            assert watched.is_clean(), (view, watched.dialogs, watched.away)
        context.close()
