"""Makes the pictures of docs/review.md: ``python -m tests.ui.screenshots``."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, Playwright, sync_playwright

from tests.across.reports import region
from tests.ui.desks import FILES, arrival_of
from tests.ui.histories import make_history
from tests.ui.registers import register_arrivals
from tests.ui.serving import CHROMIUM, FLAGS, ROOT, Serving, serving

IMAGES = ROOT / "docs" / "images"
_WIDTH, _HEIGHT, _COLOURS = 1280, 800, 96
_HEALTH, _PRINT = "qingzhen_health_bureau_2022.txt", "heritage_administration_2022_print.pdf"
_LIST = '[data-testid="stDataFrame"] canvas'


def main() -> None:
    """Every page once, in English, and the desk in Chinese and with a page of a printed report."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), *map(arrival_of, FILES)) as server,
        sync_playwright() as started,
    ):
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for locale in ("en-GB", "zh-CN"):
            page = browser.new_context(viewport={"width": _WIDTH, "height": _HEIGHT}, locale=locale).new_page()
            _pictures(server, page, locale[:2])
        browser.close()
        register_pictures(started)
        across_pictures(started)
        work_pictures(started)


def work_pictures(started: Playwright) -> None:
    """How the work goes, and who may do what."""
    with tempfile.TemporaryDirectory() as folder:
        server = Serving(Path(folder))
        with server.reading() as store:
            make_history(store)
        server.start()
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(viewport={"width": _WIDTH, "height": _HEIGHT}, locale="en-GB").new_page()
        _keep(
            page,
            f"{server.url}/quality",
            "[data-testid=stVegaLiteChart] :is(canvas, svg)",
            "quality",
        )
        _keep(page, f"{server.url}/administration", _LIST, "administration")
        browser.close()
        server.kill()


def across_pictures(started: Playwright) -> None:
    """A body over the years, and the bodies of a year."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), *region()) as server:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(viewport={"width": _WIDTH, "height": _HEIGHT}, locale="en-GB").new_page()
        _keep(page, f"{server.url}/across?view=years&body=1", ".years table", "across_years")
        _keep(page, f"{server.url}/across?view=bodies", "[data-testid=stVegaLiteChart] svg", "across_bodies")
        browser.close()


def register_pictures(started: Playwright) -> None:
    """The register: names that may be one body, and two versions of a report."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), *register_arrivals()) as server:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(viewport={"width": _WIDTH, "height": _HEIGHT}, locale="en-GB").new_page()
        _keep(page, f"{server.url}/register?view=same", "[data-testid=stMain] [data-testid=stButton]", "register")
        _keep(page, f"{server.url}/register?view=versions", "[data-testid=stExpander]", "register_versions")
        browser.close()


def _pictures(server: Serving, page: Page, language: str) -> None:
    health, printed = (FILES.index(name) + 1 for name in (_HEALTH, _PRINT))
    _keep(page, f"{server.url}/report?report={health}", ".desk .finding.chosen", f"desk_{language}")
    if language == "en":
        _keep(page, server.url, _LIST, "queue")
        _keep(page, f"{server.url}/report?report={printed}", ".desk .page img", "desk_pages")
        _keep(page, f"{server.url}/reviews", "form, [data-testid=stForm]", "reviews")


def _keep(page: Page, url: str, until: str, name: str) -> None:
    page.goto(url)
    page.wait_for_selector(until, timeout=60_000)
    page.wait_for_timeout(1_500)  # what is drawn on a canvas tells nobody that it is there
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    IMAGES.mkdir(parents=True, exist_ok=True)
    picture.quantize(_COLOURS).save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
