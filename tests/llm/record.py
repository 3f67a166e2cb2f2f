"""Real replies of the configured endpoint, kept for replay: ``python -m tests.llm.record [--engine E] FOLDER FILE…``.

Each file's questions are asked as ``extractor extract`` would, by the settings in force (make record).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import Literal

from extractor.draft import Answer
from extractor.errors import ExtractorError
from extractor.forms import builtin_forms
from extractor.llm.client import LiveModel
from extractor.llm.recordings import write_recording
from extractor.load import load_document
from extractor.pipeline import ask_about, read_report
from extractor.settings import Settings, is_model_configured, load_settings


async def record(
    settings: Settings, folder: Path, files: list[Path], engine: Literal["hybrid", "model"] = "model"
) -> list[Answer]:
    """Ask about each file and write the recordings; the answers that failed.

    The cache is left aside: a recording holds what the endpoint says now.
    """
    model = LiveModel(settings.model_copy(update={"cache_dir": "off"}), keep=partial(write_recording, folder))
    failed = []
    try:
        for file in files:
            draft = read_report(load_document(file), builtin_forms())
            answers = await model.answer(ask_about(draft, engine))
            failed += [answer for answer in answers.values() if answer.failure]
    finally:
        await model.close()
    return failed


def main() -> None:
    """Record; exit status 1 if a question went without an answer, 2 if the call or a setting is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["hybrid", "model"], default="model")
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    given = parser.parse_args()
    try:
        if not is_model_configured(load_settings()):
            parser.error("no model is configured: set EXTRACTOR_MODEL (docs/model.md)")
        given.folder.mkdir(parents=True, exist_ok=True)  # before anything is paid for
        failed = asyncio.run(record(load_settings(), given.folder, given.files, given.engine))
    except ExtractorError as error:
        parser.error(error.en)
    except OSError as error:
        parser.error(f"{given.folder}: {error.strerror or error}")
    for answer in failed:
        print(f"{answer.id}: {answer.failure}", file=sys.stderr)
    print(f"{len(list(given.folder.glob('*.json')))} recordings in {given.folder}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
