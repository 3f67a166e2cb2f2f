"""Command line: `python -m tests.load.families [NAME …] [--count N] [--seed S]`."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.load.families.reports import FAMILIES, HEAD, as_json, counted


def main() -> None:
    """Print what became of each family, and some of its misses."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.families", description=__doc__)
    parser.add_argument("names", nargs="*", help="families, or how their names begin; without any: all")
    parser.add_argument("--count", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--misses", type=int, default=3, help="how many to list of each family, silent ones first")
    parser.add_argument("--keep", type=Path, help="folder for the files")
    options = parser.parse_args()
    chosen = [name for name in FAMILIES if not options.names or name.startswith(tuple(options.names))]
    print(HEAD)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        for name in chosen:
            seeds = range(options.seed, options.seed + options.count)
            count = counted(FAMILIES[name](seeds, folder))
            print(f"{name:32} {count}", flush=True)
            for file, miss in sorted(count.misses, key=lambda each: each[1].flagged)[: options.misses]:
                print(f"    {file} {as_json(miss)}", flush=True)


if __name__ == "__main__":
    main()
