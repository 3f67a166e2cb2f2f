"""Options that commands share: a command that takes groups of them has each as an option of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from extractor.options import spread


@dataclass(frozen=True)
class Size:
    """A group of options."""

    width: Annotated[int, typer.Option(min=1, help="How wide.")] = 2
    name: Annotated[str | None, typer.Option("--called")] = None


def test_a_group_is_spread_into_options_in_its_place() -> None:
    app, seen = typer.Typer(), list[tuple[bool, Size, int]]()

    @app.command()
    @spread
    def draw(
        first: Annotated[bool, typer.Option("--first")] = False,
        *,
        size: Size,
        last: Annotated[int, typer.Option()] = 7,
    ) -> None:
        seen.append((first, size, last))

    assert CliRunner().invoke(app, ["--first", "--width", "5", "--called", "x"]).exit_code == 0
    assert CliRunner().invoke(app, ["--last", "1"]).exit_code == 0
    assert CliRunner().invoke(app, ["--width", "0"]).exit_code == 2
    assert seen == [(True, Size(5, "x"), 7), (False, Size(2, None), 1)]
    told = CliRunner().invoke(app, ["--help"]).output
    places = [told.index(name) for name in ("--first", "--width", "--called", "--last")]
    assert places == sorted(places)
