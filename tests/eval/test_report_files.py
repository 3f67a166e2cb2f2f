"""The files: one page without network or script that holds in a browser, Markdown, JSON; and the terminal."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from rich.console import Console

from eval.report import print_run, write_reports
from eval.report.html import html_of
from eval.report.markdown import markdown_of
from eval.report.page import page_of
from eval.result import RunResult
from tests.eval.hostile import hostile_comparison, hostile_run
from tests.eval.results import RULES, SCRIPTED, case, compared, many, missed, run

CHROMIUM = shutil.which("chromium") or ""
Page = Any  # an lxml element; its stubs know too little of what an XPath gives
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


@pytest.fixture(scope="module")
def planted() -> Page:
    """The page of a run with misses of every kind, two engines and generated reports."""
    others = [case("a", engine="model"), case("g", origin="generated", set="generated")]
    comparison = compared(*((case(one.id), one) for one in missed()))
    page = page_of(run(*many(), *missed(), *others, engines=[RULES, SCRIPTED]), comparison)
    return html.document_fromstring(html_of(page))


@pytest.fixture(scope="module")
def attacked() -> str:
    return html_of(page_of(hostile_run(), hostile_comparison()))


def test_three_files_are_written(tmp_path: Path) -> None:
    made = run(*many(2), *missed())
    paths = write_reports(made, tmp_path / "deep" / "er")
    assert [path.name for path in paths] == ["report.json", "report.md", "report.html"]
    assert RunResult.read(paths[0]) == made


# ---- the page: for a screen reader -------------------------------------------------------------------------------


def test_headings_step_down_one_at_a_time(planted: Page) -> None:
    levels = [int(one.tag[1]) for one in planted.iter("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels) if after != 4)


def test_every_id_is_given_once_and_every_link_leads_to_one(planted: Page) -> None:
    ids = Counter(planted.xpath("//@id"))
    assert [name for name, times in ids.items() if times > 1] == []
    assert {link[1:] for link in planted.xpath("//a/@href")} <= set(ids)
    assert set(" ".join(planted.xpath("//@aria-labelledby")).split()) <= set(ids)


def test_tables_have_captions_headers_and_can_be_scrolled_by_key(planted: Page) -> None:
    tables = planted.xpath("//table")
    assert len(tables) > 20
    for table in tables:
        assert table.findtext("caption")
        assert table.xpath("not(thead//th[not(@scope='col')])")
        assert table.xpath("not(tbody/tr[not(th[@scope='row'])])")
        assert table.getparent().get("tabindex") == "0"
        assert table.getparent().get("aria-label")


def test_charts_have_a_title_a_description_and_their_figures(planted: Page) -> None:
    charts = planted.xpath("//figure")
    assert len(charts) == 9
    for figure in charts:
        (drawn,) = figure.xpath("./svg[@role='img']")
        assert drawn.xpath("string(title)")
        assert drawn.xpath("string(desc)")
        assert figure.xpath(".//details//table//td")


def test_chinese_is_marked_as_such(planted: Page) -> None:
    assert "自然人" in "".join(planted.xpath("//*[@lang='zh-Hans']//text()"))
    assert planted.get("lang") == "en"


def test_the_page_is_one_file(planted: Page) -> None:
    assert planted.xpath("//script | //link | //img | //iframe | //object | //embed | //form") == []
    assert [link for link in planted.xpath("//@href | //@src") if not link.startswith("#")] == []
    assert "url(" not in planted.xpath("string(//style)")


# ---- hostile reports ---------------------------------------------------------------------------------------------


def test_nothing_of_a_hostile_report_is_markup(attacked: str) -> None:
    page: Page = html.document_fromstring(attacked)
    assert page.xpath("//script | //link | //img | //iframe | //base | //style[position()>1]") == []
    assert page.xpath("//@*[starts-with(name(), 'on')]") == []
    assert [link for link in page.xpath("//@href | //@src") if not link.startswith("#")] == []
    assert "1337" not in attacked
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", attacked)
    assert len(attacked) < 3_000_000


@pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed")
@pytest.mark.parametrize("policed", [True, False], ids=["as written", "without its policy"])
def test_nothing_of_a_hostile_report_runs_in_a_browser(attacked: str, tmp_path: Path, policed: bool) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (slow to load, and needed here alone)

    path = tmp_path / "report.html"
    path.write_text(attacked if policed else POLICY.sub("", attacked), "utf-8")
    asked, told = [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: told.append(dialog.message))
        page.on("console", lambda message: told.append(message.text))
        page.goto(path.as_uri())
        assert page.evaluate("window.ran") is None
        assert page.evaluate("document.querySelectorAll('main .miss').length") > 20
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        browser.close()
    assert (asked, told) == ([path.as_uri()], [])


@pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed")
def test_print_shows_what_is_folded_on_the_screen(tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    path = write_reports(run(*many(3)), tmp_path)[2]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(path.as_uri())
        height = "[...document.querySelectorAll('details .scroll')].map(one => one.getBoundingClientRect().height)"
        folded = "document.querySelector('details .scroll').checkVisibility({contentVisibilityAuto: true})"
        assert page.evaluate(folded) is False
        page.emulate_media(media="print")
        page.wait_for_function(folded)
        assert min(page.evaluate(height)) > 20
        browser.close()


def test_markdown_keeps_its_shape_under_hostile_text() -> None:
    text = markdown_of(page_of(hostile_run(), hostile_comparison()))
    outside = re.sub(r"(`+) .*? \1|`[^`\n]*`", "", text)
    assert "<script" not in outside.replace("\\<", "")
    assert not re.search(r"(?<!\\)\]\(", outside)
    assert "http://" not in outside
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2028\u2029]", text)
    assert "# 标题" not in text.splitlines()


def test_markdown_rows_have_as_many_cells_as_their_heads() -> None:
    text = markdown_of(page_of(hostile_run(), hostile_comparison()))
    widths = 0
    for line in text.splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not (cells and widths) or cells == widths, line[:200]
        widths = cells


def test_markdown_names_every_miss() -> None:
    text = markdown_of(page_of(run(*many(), *missed())))
    for said in ("**ESCAPE**", "applications · granted · total", "【4】", "（一）予以公开", "../shared"):
        assert said in text


def printed(made: RunResult, width: int = 120) -> str:
    out = StringIO()
    print_run(made, Console(file=out, width=width, force_terminal=False))
    return out.getvalue()


def test_the_terminal_shows_verdict_headlines_and_escapes() -> None:
    said = printed(run(*many(), *missed()))
    assert said.startswith("3 escapes: wrong values that nobody would look at")
    for words in ("Non-zero cells right", "ESCAPE wrong", "not scored", "the folder is not there"):
        assert words in said


def test_the_terminal_is_not_steered() -> None:
    said = printed(hostile_run())
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", said)
    assert "[bold red]" in said.replace("\n", "")
    assert os.linesep in said
