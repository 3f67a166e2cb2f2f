"""What `import extractor` offers, and what it costs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import extractor

PUBLIC = {
    "Document",
    "Evidence",
    "ExtractorError",
    "Finding",
    "Form",
    "FormError",
    "InputError",
    "Record",
    "RecordError",
    "SettingsError",
    "builtin_forms",
    "extract_report",
    "json_schema",
    "load_document",
    "read_form",
}
HEAVY = {"openai", "streamlit", "pandas", "pydantic", "lxml", "docx", "rich", "asyncio", "multiprocessing"}


def loaded_by(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after ``code``."""
    code += "\nimport json, sys; sys.stderr.write(json.dumps(sorted({n.split('.')[0] for n in sys.modules})))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(ran.stderr))


def test_the_public_names_are_these() -> None:
    assert set(extractor.__all__) == PUBLIC
    assert {name for name in dir(extractor) if not name.startswith("_")} >= PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(extractor, name).__name__ == name


def test_any_other_name_is_missing() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = extractor.nothing


@pytest.mark.parametrize(
    "code",
    [
        "import extractor",
        "import sys; sys.argv = ['extractor', '--help']\n"
        "import contextlib; from extractor.cli import main\nwith contextlib.suppress(SystemExit): main()",
    ],
    ids=["import", "help"],
)
def test_starting_loads_nothing_heavy(code: str) -> None:
    assert loaded_by(code) & HEAVY == set()


def test_reading_by_rule_loads_no_client() -> None:
    loaded = loaded_by("import extractor.run, extractor.bulk.local, extractor.intake")
    assert loaded & {"openai", "instructor", "httpx"} == set()


def test_importing_the_package_loads_none_of_its_parts() -> None:
    code = "import extractor, sys; print([n for n in sys.modules if n.startswith('extractor.')])"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"
