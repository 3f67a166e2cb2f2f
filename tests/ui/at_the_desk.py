"""What a reviewer does at the desk, as the tests do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PATIENCE = 60_000
"""Milliseconds that a page may take on a machine with other work to do."""


class AtTheDesk:
    """One browser page with a report on it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        page.set_default_timeout(PATIENCE)

    def open(self, report: int | None = None) -> AtTheDesk:
        self.page.goto(f"{self.url}/report" + (f"?report={report}" if report else ""))
        self.page.wait_for_selector(".desk .grid")
        return self

    def press(self, *keys: str) -> None:
        """Press keys, one after another, and wait until everything is saved."""
        for key in keys:
            self.page.keyboard.press(key)
        self.page.wait_for_selector(".desk .save:not(.waiting)")

    def body(self) -> str:
        return self.page.locator(".bar h2").inner_text()

    def wait_for_body(self, words: str) -> None:
        self.page.locator(".bar h2", has_text=words).wait_for()

    def cell(self, path: str) -> Locator:
        return self.page.locator(f'.grid td[data-path="{path}"]')

    def choose(self, path: str) -> None:
        self.cell(path).click()

    def findings(self) -> list[str]:
        """Open ones."""
        return self.page.locator(".finding:not(.settled)").all_inner_texts()

    def told(self) -> str:
        return self.page.locator(".told").inner_text()
