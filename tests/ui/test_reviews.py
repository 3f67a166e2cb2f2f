"""Second reviews, differences, audits, gold and health, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from extractor.review import work
from extractor.review.auditing import escapes
from extractor.review.opening import open_report
from extractor.review.saving import On
from extractor.review.second import claim_second, draw_audit
from extractor.settings import Settings
from extractor.store import Store
from extractor.store.state import Entry
from extractor.ui.health import settings_shown
from tests.stores import ANN, BEN, LEAD, arrival
from tests.ui.at_the_desk import PATIENCE
from tests.ui.desks import WORDS
from tests.ui.serving import CHROMIUM, WITHOUT, Serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

CELL = "/tables/proactive_disclosure/licences/decisions"
COUNT = 4
browsing = pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Four accepted reports, three drawn for an audit; of two it is handed in, each with a cell that differs."""
    made = Serving(tmp_path_factory.mktemp("reviews"))
    reports = made.keep(*(arrival(number) for number in range(1, COUNT + 1)))
    with made.reading() as store:
        for report in reports:
            work.accept(store, ANN, On(report, open_report(store, ANN, report).version))
        draw_audit(store, LEAD, COUNT - 1, seed=1)
        _audit_differs(store)
        _audit_differs(store)
    made.start()
    yield made
    made.kill()


def _audit_differs(store: Store) -> None:
    taken = claim_second(store, BEN)
    assert taken
    on = On(taken.report, open_report(store, BEN, taken.report, taken.round).version, taken.round)
    after = work.correct(store, BEN, on, work.Change(CELL, Entry(398, "number")))
    work.accept(store, BEN, On(taken.report, after.version, taken.round))


@browsing
def test_a_lead_may_decide_on_a_third_value(server: Serving, page: Page) -> None:
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}/reviews")
    page.get_by_text("还有 1 处没有选择").wait_for()
    page.locator('[data-testid="stRadio"] label', has_text="另填").click()
    typed = page.get_by_label("值", exact=True)
    typed.fill("若干")
    typed.press("Enter")
    page.get_by_text("不是一个数").wait_for()
    typed.fill("１,２３４")
    typed.press("Enter")
    page.get_by_text("没有选择").wait_for(state="detached")
    page.get_by_role("button", name="裁定并通过").click()
    page.get_by_text("已裁定").wait_for()
    with server.reading() as store:
        [escape] = escapes(store, LEAD)
    assert (escape.path, escape.accepted.value, escape.decided.value) == (CELL, 389, 1234)


@browsing
def test_a_lead_decides_a_difference_and_takes_a_second_review(server: Serving, page: Page) -> None:
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}/reviews")
    page.get_by_text("还有 1 处没有选择").wait_for()
    page.locator('[data-testid="stRadio"] label', has_text="398").click()
    page.get_by_role("button", name="裁定并通过").click()
    page.get_by_text("已裁定").wait_for()
    page.get_by_text("没有需要裁定的差异").wait_for()
    with server.reading() as store:
        reports = range(1, COUNT + 1)
        decided = [open_report(store, LEAD, report).record.tables["proactive_disclosure"] for report in reports]
    assert sum(table["licences"]["decisions"] == 398 for table in decided) == 1
    page.get_by_role("button", name="领取一份二次复核").click()
    page.wait_for_selector(".desk .grid")
    assert "round=1" in page.url
    page.keyboard.press("a")
    page.get_by_text("待办已清空").wait_for()
    with server.reading() as store:
        assert claim_second(store, BEN) is None


@browsing
def test_gold_and_health_are_shown(server: Serving, page: Page) -> None:
    page.goto(f"{server.url}/gold")
    page.get_by_text("python -m eval promote").wait_for()
    page.wait_for_selector('[data-testid="stDataFrame"] canvas')
    assert page.locator('[data-testid="stException"]').count() == 0
    page.goto(f"{server.url}/about")
    page.get_by_text("store.db").wait_for()
    page.get_by_text("未设置，只供本机使用").wait_for()
    assert page.locator('[data-testid="stException"]').count() == 0


def test_no_secret_is_shown() -> None:
    hidden = "s3cr3t-of-mine"
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        OPENAI_API_KEY=SecretStr(hidden),
        OPENAI_BASE_URL=f"https://me:{hidden}@models.example/v1",
        database_url=SecretStr(f"postgresql://me:{hidden}@db.example/reports"),
    )
    for language in ("zh", "en"):
        told = settings_shown(settings, WORDS[language])
        assert len(told) == len(Settings.model_fields)
        assert hidden not in repr(told)
