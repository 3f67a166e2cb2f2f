"""``python -m eval run | compare | promote | mutants | generate``: see docs/eval.md, or ``--help`` of each."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

COMMANDS = {
    "run": "score the extractor on all gold and pass or block the change",
    "compare": "what one run gained and lost against another",
    "promote": "make accepted reviews of the store into gold",
    "mutants": "plant defects and show that the gate blocks each",
    "generate": "write reports with known truth, for load and stress",
}
"""Each is a module ``eval.<name>`` with ``add_arguments(parser)`` and ``main(args) -> int`` (the exit status)."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status: 0 well, 1 blocked or different, 2 called wrongly."""
    given = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    named = given[0] if given and given[0] in COMMANDS else None
    for name, help_ in COMMANDS.items():
        command = commands.add_parser(name, help=help_, description=help_)
        if name == named:
            importlib.import_module(f"eval.{name}").add_arguments(command)
    args = parser.parse_args(given)
    status: int = importlib.import_module(f"eval.{args.command}").main(args)
    return status


if __name__ == "__main__":
    sys.exit(main())
