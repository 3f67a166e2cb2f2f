"""The built wheel works on its own: forms and catalogues inside, console command, outside the checkout."""

from __future__ import annotations

import json
import os
import shutil
import site
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "samples" / "heyan_town_2021.txt"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without network from a copy of the tree."""
    folder = tmp_path_factory.mktemp("build")
    for name in ("extractor", "pyproject.toml", "README.md", "LICENSE"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder / "dist"),
        str(folder),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = (folder / "dist").glob("*.whl")
    return built


def test_data_files_are_inside(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    data = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "extractor").rglob("*")
        if path.suffix in (".toml", ".typed", ".md", ".js", ".css")
    }
    assert data <= inside
    assert any(name.endswith("licenses/LICENSE") for name in inside)
    assert not [name for name in inside if name.startswith(("tests", "bench", "samples"))]


def test_the_console_command_works_elsewhere(wheel: Path, tmp_path: Path) -> None:
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")], check=True)
    (packages,) = (tmp_path / "env" / "lib").glob("*/site-packages")
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    dependencies = [path for path in site.getsitepackages() if Path(path).is_dir()]
    (packages / "dependencies.pth").write_text("\n".join(dependencies), "utf-8")
    shutil.copy(SAMPLE, tmp_path / "a.txt")
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [str(tmp_path / "env" / "bin" / "extractor"), "extract", "a.txt"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        check=True,
    )
    assert json.loads(ran.stdout)["form"] == "2021"
    where = [str(python), "-c", "import extractor; print(extractor.__file__)"]
    assert (
        str(tmp_path) in subprocess.run(where, cwd=tmp_path, env=env, capture_output=True, text=True, check=True).stdout
    )
