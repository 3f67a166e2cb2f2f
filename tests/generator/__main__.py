"""Command line: `python -m tests.generator run|write|layouts`."""

import argparse
from pathlib import Path

from .making import LAYOUTS
from .runs import jobs, miss_lines, run, table, write


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.generator", description=__doc__)
    parser.add_argument("command", choices=("run", "write", "layouts"))
    parser.add_argument("--count", type=int, default=200, help="how many reports")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--layout", help="only layouts whose name contains this")
    parser.add_argument("--form", choices=("2019", "2021"))
    parser.add_argument("--messy", type=float, default=0.5, help="0 (tidy) to 1")
    parser.add_argument("--faults", action="store_true", help="plant one fault of the source in each report")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--misses", type=int, default=40, help="how many misses to list")
    parser.add_argument("--each", type=int, default=4, help="how many of them of one report")
    parser.add_argument("--keep", type=Path, help="folder for reports with misses")
    parser.add_argument("--out", type=Path, default=Path("generated"), help="folder for `write`")
    return parser.parse_args()


def main() -> None:
    """Run, write or list, as asked."""
    asked = _arguments()
    if asked.command == "layouts":
        print("\n".join(LAYOUTS))
        return
    todo = list(jobs(asked.count, asked.seed, asked.layout, asked.form, asked.messy, asked.faults))
    if asked.command == "write":
        for job in todo:
            write(job.made(), asked.out)
        return
    outcomes = run(todo, asked.jobs, asked.keep)
    print(table(outcomes))
    for line in miss_lines(outcomes, asked.misses, asked.each):
        print(line)


if __name__ == "__main__":
    main()
