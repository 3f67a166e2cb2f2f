"""A page as one HTML file: no network, no script, every value escaped."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from eval.report.view import Page
from extractor.text import printable


def html_of(page: Page) -> str:
    """The page; a policy in its head forbids all that is not its own style."""
    return _template().render(page=page, style=_style())


@lru_cache(maxsize=1)
def _template() -> Template:
    loader = PackageLoader("eval.report", "")
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_written_out,
    )
    return environment.get_template("page.html.j2")


def _written_out(value: object) -> object:
    """The last to see a text: what steers a line is written out, whoever forgot to."""
    return printable(value) if type(value) is str else value


@lru_cache(maxsize=1)
def _style() -> Markup:
    """Our own style sheet: the only text that goes into the page as it is, beside the charts."""
    return Markup(resources.files(__package__).joinpath("page.css").read_text("utf-8"))  # noqa: S704 (our own file)
