"""The command as a user calls it: what comes out where, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from extractor import json_schema

ROOT = Path(__file__).resolve().parent.parent
REPORT = (ROOT / "samples" / "heyan_town_2021.txt").read_bytes()
COMMAND = [sys.executable, "-m", "extractor"]


def run(*arguments: str | Path, cwd: Path | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
    """Call the command as a process; no setting but ``settings``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EXTRACTOR_")}
    env = kept | {"PYTHONPATH": str(ROOT), "EXTRACTOR_LANGUAGE": "en"} | settings
    ran = subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, cwd=cwd, env=env, check=False)
    out, err = ran.stdout.decode("utf-8"), ran.stderr.decode("utf-8")
    assert "Traceback" not in err
    return subprocess.CompletedProcess(ran.args, ran.returncode, out, err)


def objects(ran: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.stdout.splitlines()]


def names(ran: subprocess.CompletedProcess[str]) -> list[str]:
    return [item["source"]["name"] for item in objects(ran)]


def write(folder: Path, *paths: str, content: bytes = REPORT) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


# ---- extract -----------------------------------------------------------------------------------------------------
def test_one_report_is_one_object_of_the_schema(tmp_path: Path) -> None:
    write(tmp_path, "年报.txt")
    ran = run("extract", tmp_path / "年报.txt")
    assert ran.returncode == 0
    (record,) = objects(ran)
    jsonschema.validate(record, json_schema())
    assert record["source"]["name"] == "年报.txt"
    assert record["status"] in ("accepted", "needs_review")
    assert "年报" in ran.stdout  # written as characters, not as escapes


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_objects_come_in_the_order_of_the_inputs(tmp_path: Path, jobs: str) -> None:
    paths = [f"{number:02}.txt" for number in range(12)]
    write(tmp_path, *paths)
    order = [*paths[6:], *paths[:6]]
    assert names(run("extract", *order, "--jobs", jobs, cwd=tmp_path)) == order


def test_a_folder_is_walked(tmp_path: Path) -> None:
    write(tmp_path, "r/2024/b.txt", "r/2024/a.txt", "r/2023/c.txt", "r/.hidden", "r/~$b.docx")
    (tmp_path / "r" / "again").symlink_to(tmp_path / "r")
    ran = run("extract", tmp_path / "r")
    assert names(ran) == ["2023/c.txt", "2024/a.txt", "2024/b.txt"]
    assert all(skipped in ran.stderr for skipped in (".hidden", "~$b.docx", "again"))


def test_arguments_of_one_name_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path, "x/a.txt", "y/a.txt")
    assert names(run("extract", "x/a.txt", "y/a.txt", cwd=tmp_path)) == ["x/a.txt", "y/a.txt"]
    assert names(run("extract", "x", "y", cwd=tmp_path)) == ["x/a.txt", "y/a.txt"]


def test_with_out_each_object_is_a_file(tmp_path: Path) -> None:
    write(tmp_path, "r/2024/a.txt", "r/b.txt")
    write(tmp_path, "r/empty.txt", content=b"")
    ran = run("extract", tmp_path / "r", "--out", tmp_path / "results")
    assert (ran.returncode, ran.stdout) == (1, "")
    written = {
        str(path.relative_to(tmp_path / "results")) for path in (tmp_path / "results").rglob("*") if path.is_file()
    }
    assert written == {"2024/a.txt.json", "b.txt.json", "empty.txt.json"}
    assert json.loads((tmp_path / "results/empty.txt.json").read_bytes())["error"]["code"] == "empty_file"


def test_results_within_the_folder_that_is_read_are_no_inputs(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    for _ in range(2):
        ran = run("extract", ".", "--out", "results", cwd=tmp_path)
        assert ran.returncode == 0
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["a.txt.json"]


def bad_files(folder: Path) -> dict[str, str]:
    """Files that no record can come from: name → error code."""
    write(folder, "empty.txt", content=b"")
    write(folder, "spaces.txt", content="\ufeff \n　\n".encode())
    write(folder, "junk.docx", content=bytes(range(256)) * 64)
    write(folder, "junk.html", content=os.urandom(4096).replace(b"<", b"\0"))
    write(folder, "novel.txt", content="从前有座山，山里有座庙。".encode() * 200)
    with zipfile.ZipFile(folder / "whole.docx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("word/document.xml", os.urandom(9_000).hex())
    write(folder, "cut.docx", content=(folder / "whole.docx").read_bytes()[:4_000])
    (folder / "whole.docx").unlink()
    with zipfile.ZipFile(folder / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("word/document.xml", b"0" * 60_000_000)
    (folder / "reports.zip").write_bytes(b"PK\x03\x04" + bytes(range(200)))
    write(folder, "deep.html", content=b"<div>" * 100_000)
    write(folder, "text named.docx")
    (folder / "link.txt").symlink_to("link.txt")
    return {
        "bomb.docx": "limit_exceeded",
        "cut.docx": "damaged_file",
        "deep.html": "limit_exceeded",
        "empty.txt": "empty_file",
        "junk.docx": "",
        "junk.html": "",
        "novel.txt": "not_a_report",
        "reports.zip": "damaged_file",
        "spaces.txt": "empty_file",
        "text named.docx": "damaged_file",
    }


def test_bad_files_fail_one_by_one_and_the_others_go_on(tmp_path: Path) -> None:
    expected = bad_files(tmp_path)
    write(tmp_path, "good.txt", "page named.html", "two\nlines.txt")
    ran = run("extract", tmp_path, EXTRACTOR_SECONDS_PER_DOCUMENT="20")
    found = {item["source"]["name"]: item.get("error", {}).get("code") for item in objects(ran)}
    assert ran.returncode == 1
    assert {name for name, code in found.items() if code is None} == {"good.txt", "page named.html", "two\nlines.txt"}
    assert {name: code for name, code in expected.items() if code and found[name] != code} == {}
    assert all(found[name] for name in expected)
    for item in objects(ran):
        jsonschema.validate(item, json_schema())
        if item["status"] == "failed":
            assert item["error"]["message"]
            assert item["error"]["message_en"]


def zip_of(path: Path, members: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return path.read_bytes()


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_members_of_archives_stand_where_the_archive_does(tmp_path: Path, jobs: str) -> None:
    inner = zip_of(tmp_path / "inner.zip", {"c.txt": REPORT})
    zip_of(tmp_path / "b.zip", {"2024/z.txt": REPORT, "2024/a.txt": REPORT, "in.zip": inner, "__MACOSX/x": b""})
    write(tmp_path, "a.txt", "c.txt")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    ran = run("extract", "c.txt", "b.zip", "a.txt", "--jobs", jobs, cwd=tmp_path, TMPDIR=str(temporary))
    assert ran.returncode == 0
    members = ["b.zip!/2024/a.txt", "b.zip!/2024/z.txt", "b.zip!/in.zip!/c.txt"]
    assert names(ran) == ["c.txt", *members, "a.txt"]
    assert "b.zip!/__MACOSX/x" in ran.stderr
    assert len({item["source"]["sha256"] for item in objects(ran)}) == 1
    assert list(temporary.iterdir()) == []
    assert run("extract", "b.zip", "--out", "results", cwd=tmp_path).returncode == 0
    assert (tmp_path / "results/b.zip/2024/a.txt.json").is_file()
    assert (tmp_path / "results/b.zip/in.zip/c.txt.json").is_file()


def test_an_archive_that_breaks_off_is_one_failure_after_its_whole_members(tmp_path: Path) -> None:
    whole = zip_of(tmp_path / "a.zip", {"a.txt": REPORT, "b.txt": REPORT[:60]})
    (tmp_path / "a.zip").write_bytes(whole.replace(REPORT[:60] + b"PK", REPORT[:59] + b"?PK", 1))
    (tmp_path / "z.zip").write_bytes(whole[:-30])
    ran = run("extract", tmp_path)
    codes = {item["source"]["name"]: item.get("error", {}).get("code") for item in objects(ran)}
    assert codes == {"a.zip!/a.txt": None, "a.zip!/b.txt": "damaged_file", "z.zip": "damaged_file"}
    assert ran.returncode == 1


def test_show_takes_a_member_or_a_whole_archive(tmp_path: Path) -> None:
    zip_of(tmp_path / "a.zip", {"x.txt": REPORT, "y.txt": REPORT})
    assert "a.zip!/x.txt" in run("show", "a.zip!/x.txt", cwd=tmp_path).stdout
    listed = run("show", "a.zip", cwd=tmp_path)
    assert listed.returncode == 0
    assert "x.txt" in listed.stdout and "y.txt" in listed.stdout


def test_inputs_that_are_not_there_fail_and_the_others_go_on(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    ran = run("extract", "nowhere.txt", "a.txt", cwd=tmp_path)
    assert [item["status"] == "failed" for item in objects(ran)] == [True, False]
    assert ran.returncode == 1


def test_a_name_that_is_no_utf8(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xc4\xea.txt")).write_bytes(REPORT)
    assert names(run("extract", tmp_path)) == ["\\xc4\\xea.txt"]
    assert run("extract", tmp_path, "--out", tmp_path / "results").returncode == 0


def test_the_time_limit_of_a_document_holds(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.txt")
    ran = run("extract", tmp_path, EXTRACTOR_SECONDS_PER_DOCUMENT="0.0001")
    assert [item["error"]["code"] for item in objects(ran)] == ["time_limit", "time_limit"]


def test_a_folder_without_files_is_no_error(tmp_path: Path) -> None:
    ran = run("extract", tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert "no files" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "settings", "words"),
    [
        (["extract"], {}, "PATH"),
        (["extract", "a.txt", "--engine", "oracle"], {}, "oracle"),
        (["extract", "a.txt", "--engine", "hybrid"], {}, "no model is configured"),
        (["extract", "a.txt", "--engine", "model"], {}, "no model is configured"),
        (["extract", "a.txt", "--jobs", "0"], {}, "--jobs"),
        (["show", "a.txt", "--page", "1"], {}, "--save"),
        (["show", "a.txt", "--page", "1", "--save", "p.png"], {}, "no pages"),
        (["extract", "a.txt", "--out", "a.txt/results"], {}, "a.txt/results"),
        (["extract", "a.txt", "--form", "nowhere.toml"], {}, "nowhere.toml"),
        (["extract", "a.txt", "--form", "a.txt"], {}, "TOML"),
        (["extract", "a.txt"], {"EXTRACTOR_MAX_FILE_BYTES": "lots"}, "EXTRACTOR_MAX_FILE_BYTES"),
        (["extract", "a.txt"], {"EXTRACTOR_LANGUAGE": "fr"}, "EXTRACTOR_LANGUAGE"),
        (["forms", "1999"], {}, "1999"),
        (["show", "empty"], {}, "no records in"),
        (["show", "a.txt", "--lang", "fr"], {}, "fr"),
        (["nonsense"], {}, "nonsense"),
    ],
)
def test_a_wrong_call_ends_with_2_and_a_sentence(
    tmp_path: Path, arguments: Sequence[str], settings: dict[str, str], words: str
) -> None:
    write(tmp_path, "a.txt")
    (tmp_path / "empty").mkdir()
    ran = run(*arguments, cwd=tmp_path, **settings)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert words in ran.stderr


def test_settings_that_cannot_be_read_end_with_2_and_a_sentence(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    write(tmp_path, ".env", content=b"\xff\xfe")
    ran = run("extract", "a.txt", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ".env" in ran.stderr


def test_closed_output_is_a_wrong_call_and_closed_messages_are_not(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.txt")
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [*COMMAND, "extract", "a.txt", "nowhere.txt"]
    closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *command], cwd=tmp_path, env=env, check=False)
    assert closed.returncode == 2
    silent = subprocess.run(
        ["sh", "-c", '"$@" 2>&-', "sh", *command], cwd=tmp_path, env=env, stdout=subprocess.PIPE, check=False
    )
    assert [json.loads(line)["source"]["name"] for line in silent.stdout.splitlines()] == ["a.txt", "nowhere.txt"]


def test_messages_speak_the_language_that_is_set(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", content=b"")
    assert "错误" in run("extract", "a.txt", cwd=tmp_path, EXTRACTOR_LANGUAGE="zh").stderr
    assert "error" in run("extract", "a.txt", cwd=tmp_path, EXTRACTOR_LANGUAGE="en").stderr
    wrong = run("extract", "a.txt", cwd=tmp_path, EXTRACTOR_LANGUAGE="en", EXTRACTOR_SECONDS_PER_CALL="soon")
    assert "error" in wrong.stderr
    assert "错误" not in wrong.stderr


def test_hostile_names_do_not_reach_the_terminal(tmp_path: Path) -> None:
    write(tmp_path, "\x1b]0;gotcha\x07\x1b[2J.txt", content=b"")
    ran = run("extract", tmp_path)
    assert "\x1b" not in ran.stderr
    assert "\x1b" not in ran.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [["extract", "a.txt"], ["show", "a.txt"], ["schema"], ["forms"]])
def test_a_full_disk_is_one_sentence(tmp_path: Path, arguments: list[str]) -> None:
    write(tmp_path, "a.txt")
    with Path("/dev/full").open("wb") as full:
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        ran = subprocess.run(
            [*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, cwd=tmp_path, env=env, check=False
        )
    assert ran.returncode not in (0, 120)
    assert b"Traceback" not in ran.stderr
    assert b"No space left" in ran.stderr


@pytest.mark.parametrize(
    "arguments", [["extract", ".", "--jobs", "2"], ["show", "0.txt"], ["schema"], ["forms", "2021"]]
)
def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path, arguments: list[str]) -> None:
    write(tmp_path, *(f"{number}.txt" for number in range(8)))
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    read, written = os.pipe()
    os.close(read)
    ran = subprocess.run(
        [*COMMAND, *arguments], stdout=written, stderr=subprocess.PIPE, cwd=tmp_path, env=env, check=False
    )
    os.close(written)
    assert b"Traceback" not in ran.stderr
    assert b"Exception ignored" not in ran.stderr


def test_ctrl_c_ends_it_with_no_worker_left(tmp_path: Path) -> None:
    write(tmp_path, *(f"{number}.txt" for number in range(400)))
    zip_of(tmp_path / "0.zip", {f"{number}.txt": REPORT for number in range(40)})
    temporary = tmp_path / ".tmp"
    temporary.mkdir()
    env = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    with subprocess.Popen(
        [*COMMAND, "extract", ".", "--jobs", "2", "--out", "results"],
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=env,
        start_new_session=True,
    ) as process:
        while not list(tmp_path.glob("results/**/*.json")):
            assert process.poll() is None
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        assert process.stderr is not None
        said = process.stderr.read()
    assert process.returncode == 130
    assert b"Traceback" not in said
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    for path in tmp_path.glob("results/**/*.json"):
        json.loads(path.read_bytes())
    assert list(temporary.iterdir()) == []


# ---- show, forms, schema, help -----------------------------------------------------------------------------------
def test_show_reads_a_report_or_a_record(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    run("extract", "a.txt", "--out", "results", cwd=tmp_path)
    organisation = json.loads((tmp_path / "results/a.txt.json").read_bytes())["organisation"]
    for file in ("a.txt", "results/a.txt.json", "results"):
        ran = run("show", file, cwd=tmp_path)
        assert ran.returncode == 0
        assert organisation in ran.stdout


def test_show_says_why_a_report_fails(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", content=b"")
    ran = run("show", "a.txt", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "error: a.txt" in ran.stderr


def test_forms_lists_and_details() -> None:
    assert all(form in run("forms").stdout for form in ("2019", "2021"))
    assert "denied_state_secret" in run("forms", "2021").stdout


def test_schema_is_a_json_schema() -> None:
    schema = json.loads(run("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema == json.loads(json.dumps(json_schema()))


def test_version_and_help() -> None:
    assert run("--version").stdout.startswith("extractor ")
    for arguments in ([], ["extract"], ["show"], ["forms"], ["schema"]):
        ran = run(*arguments, "--help")
        assert ran.returncode == 0
        assert "Example" in ran.stdout
