"""Administration and quality in a browser: roles are given and taken, figures told, in either language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from eval.result import EngineUsed, GateCheck, GateResult, GoldSet, RunResult
from extractor.review import work
from extractor.review.accounts import admitted, history_of_rights, note_sign_in
from extractor.review.opening import open_report
from extractor.review.saving import On
from tests.stores import ANN, LEAD, arrival
from tests.ui.at_the_desk import PATIENCE
from tests.ui.serving import CHROMIUM, WITHOUT, Serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ZHAO = "zhao@example.org"
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("administration")
    made = Serving(folder, EXTRACTOR_EVAL_RESULTS=str(folder), OPENAI_API_KEY="sk-planted")
    [report] = made.keep(arrival())
    with made.reading() as store:
        note_sign_in(store, ZHAO, "reviewer")
        work.accept(store, ANN, On(report, open_report(store, ANN, report).version, presses=2))
    checks = [GateCheck("nonzero_cells", "rules", 0.875, 0.875, 0.0, True, "set own")]
    run = RunResult([GoldSet("own", "labelled", True, 18)], [EngineUsed("rules", "rules alone")], {"extractor": "0.9"})
    run.gate, run.started = GateResult(True, checks), "2026-01-02"
    run.write(folder / "report.json")
    made.start()
    yield made
    made.kill()


def test_a_lead_blocks_somebody_and_it_is_told(server: Serving, page: Page) -> None:
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}/administration")
    page.get_by_role("combobox", name="用户").click()
    page.get_by_role("option", name=ZHAO).click()
    page.get_by_label("角色", exact=True).click()
    page.get_by_role("option", name="停用").click()
    page.get_by_label("理由（可不填）").fill("已离职")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("zhao@example.org: 停用").wait_for()
    with server.reading() as store:
        [said] = history_of_rights(store, LEAD)
    assert (said.name, said.blocked, said.why) == (ZHAO, True, "已离职")


def test_a_role_is_given_to_a_name_that_was_never_here(server: Serving, page: Page) -> None:
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}/administration")
    name = page.get_by_role("combobox", name="用户")
    name.click()
    name.fill("sun@example.org")
    name.press("Enter")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("sun@example.org: 复核员").wait_for()
    with server.reading() as store:
        assert admitted(store, "sun@example.org", None).role == "reviewer"


def test_settings_and_health_are_on_it_and_no_secret(server: Serving, page: Page) -> None:
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}/administration")
    page.get_by_role("tab", name="运行情况").click()
    page.get_by_text("store.db").wait_for()
    page.get_by_role("tab", name="设置").click()
    page.get_by_text("设置来自环境变量").wait_for()
    assert "sk-planted" not in page.content()


@pytest.mark.parametrize(
    ("locale", "scheme", "words"), [("zh-CN", "light", "完成的报告"), ("en-GB", "dark", "Reports done")]
)
def test_quality_is_told_in_either_language(
    server: Serving, browser: Browser, locale: str, scheme: str, words: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale=locale, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{server.url}/quality")
    page.get_by_text("2026-01-02").wait_for()
    page.locator('[data-testid="stMetricValue"]').nth(2).wait_for()
    values = page.locator('[data-testid="stMetricValue"]').all_inner_texts()
    assert [one.strip() for one in values[:3:2]] == ["1", "2.0"]
    assert page.get_by_text(words).count() >= 1
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
