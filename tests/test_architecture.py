"""The rules of the house that tools do not check: sizes, names, docstrings, no addresses, no machine paths."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "extractor").rglob("*.py"))
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "handler", "processor", "service"}
ADDRESS = re.compile(
    r"https?://(?![^/\s]*\bexample\b)[^\s\"'<>)]*(?:/simple|/pypi|registry|mirror|pythonhosted|pypi\.)", re.I
)
MACHINE_PATH = re.compile(r"(?:^|[\s\"'=(:])/(?:work|home|root|opt|Users)/\w")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def tracked() -> list[Path]:
    """The project's files: those git knows, and new ones it does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def test_modules_stay_under_400_lines() -> None:
    assert [relative(path) for path in MODULES if len(path.read_text("utf-8").splitlines()) >= 400] == []


def test_functions_stay_within_40_lines() -> None:
    long = [
        f"{relative(path)}:{function.lineno} {function.name}"
        for path in MODULES
        for function in functions(ast.parse(path.read_text("utf-8")))
        if (function.end_lineno or 0) - function.lineno + 1 > 40
    ]
    assert long == []


def test_command_bodies_stay_within_15_lines() -> None:
    tree = ast.parse((ROOT / "extractor" / "cli.py").read_text("utf-8"))
    bodies = {
        function.name: function.body[1:]
        for function in functions(tree)
        if any("command" in ast.dump(decorator) for decorator in function.decorator_list)
    }
    assert {"extract", "show", "forms", "schema"} <= bodies.keys()
    assert [name for name, body in bodies.items() if (body[-1].end_lineno or 0) - body[0].lineno + 1 > 15] == []


def test_names_say_what_a_thing_is() -> None:
    modules = [relative(path) for path in MODULES if FORBIDDEN_NAMES & {path.stem, path.parent.name}]
    classes = [
        f"{relative(path)} {node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and node.name.lower().endswith(tuple(FORBIDDEN_NAMES - {"base", "common"}))
    ]
    assert modules + classes == []


def test_everything_public_has_a_docstring() -> None:
    bare = []
    for path in MODULES:
        tree = ast.parse(path.read_text("utf-8"))
        holders = [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
        nodes = [tree, *holders, *(node for node in tree.body if isinstance(node, Function))]
        nodes += [node for holder in holders for node in holder.body if isinstance(node, Function)]
        named = [(getattr(node, "name", "module"), node) for node in nodes]
        bare += [
            f"{relative(path)} {name}"
            for name, node in named
            if not name.startswith("_") and not ast.get_docstring(node) and not _is_one_line_of_a_protocol(node)
        ]
    assert bare == []


def _is_one_line_of_a_protocol(node: ast.AST) -> bool:
    body = getattr(node, "body", [])
    return len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)


def test_nothing_happens_at_import() -> None:
    """Module bodies define and assign; none calls for its effect."""
    calls = [
        f"{relative(path)}:{node.lineno}"
        for path in MODULES
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]
    assert calls == []


@pytest.mark.parametrize("pattern", [ADDRESS, MACHINE_PATH], ids=["package address", "machine path"])
def test_no_address_and_no_path_of_a_machine_is_in_the_tree(pattern: re.Pattern[str]) -> None:
    here = Path(__file__).resolve()
    met = []
    for path in tracked():
        if path == here or path.suffix in {".docx", ".png", ".pdf"}:
            continue
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            if len(line) < 10_000 and pattern.search(line):
                met.append(f"{relative(path)}:{number}: {line.strip()[:80]}")
    assert met == []


def test_the_lock_holds_hashes_and_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", lock)[1:]
    assert len(entries) > 20
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"^\s*(--index|--extra-index|--find-links|-i |-f )|://", lock, re.MULTILINE)
