"""The console command from its first moment: until all is loaded, Ctrl-C ends it without a word, as SIGTERM does."""

from __future__ import annotations

import signal


def main() -> None:
    """Load the command line and do what it is called for."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from extractor.cli import main as command  # noqa: PLC0415

    command()


if __name__ == "__main__":
    main()
