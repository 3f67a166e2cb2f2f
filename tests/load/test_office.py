"""Old Word, RTF and OpenDocument by way of LibreOffice: the same cells, and nothing worse than an error."""

from __future__ import annotations

import asyncio
import http.server
import io
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pytest

from extractor import extract_report, load_document
from extractor.errors import (
    DamagedFileError,
    EncryptedFileError,
    InputError,
    LimitError,
    OfficeMissingError,
    TimeLimitError,
)
from extractor.load import load_bytes
from extractor.load.office.compound import root_streams
from extractor.settings import load_settings
from tests.generator import generate, score
from tests.load.conversions import SOFFICE, WITHOUT, printed
from tests.load.reading import NAMESPACES, docx_parts, grids, p, tbl, tc, texts, zipped
from tests.scale import STRESS, scaled

needs_office = pytest.mark.skipif(SOFFICE is None, reason=WITHOUT)
LAYOUTS = ("docx_merged", "docx_repeated", "docx_in_pieces", "docx_nested")
MEDIA_TYPES = {
    "doc": "application/msword",
    "wps": "application/msword",
    "rtf": "application/rtf",
    "odt": "application/vnd.oasis.opendocument.text",
    "fodt": "application/vnd.oasis.opendocument.text-flat-xml",
    "html": "text/html",
}
ROWS = [["项目", "数量"], ["新收", "12"]]
REPEATED = 40
BODY = p("一、总体情况") + tbl(tc("项目") + tc("数量"), tc("新收") + tc("12"))
ODT = "application/vnd.oasis.opendocument.text"
RTF = rb"{\rtf1\ansi annual report}"


def in_stress_also(always: tuple[str, ...], *more: str) -> list[Any]:
    """Cases for every run, and ``more`` for `make stress` alone."""
    only = pytest.mark.skipif(not STRESS, reason="starting LibreOffice takes seconds: part of `make stress`")
    return [*always, *(pytest.param(case, marks=only) for case in more)]


@pytest.fixture(autouse=True)
def _fresh_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    load_settings.cache_clear()
    yield
    monkeypatch.undo()
    load_settings.cache_clear()


def with_settings(monkeypatch: pytest.MonkeyPatch, **values: object) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"EXTRACTOR_{name.upper()}", str(value))
    load_settings.cache_clear()


def written_by_word(times: int = 1) -> bytes:
    """A whole Word file, as LibreOffice wants it, of one paragraph and one table, again and again."""
    word, packed = docx.Document(), io.BytesIO()
    for _ in range(times):
        word.add_paragraph("一、总体情况")
        table = word.add_table(2, 2)
        for cell, text in zip((cell for row in table.rows for cell in row.cells), ROWS[0] + ROWS[1], strict=True):
            cell.text = text
        word.add_paragraph()  # LibreOffice writes no .doc whose table is the last thing in it
    word.save(packed)
    return packed.getvalue()


@cache
def made(to: str, times: int = 1) -> bytes:
    """``written_by_word`` in a format of LibreOffice's; made once, for starting it takes seconds."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "report.docx")
        source.write_bytes(written_by_word(times))
        printed([source], Path(folder), to)
        (path,) = (file for file in Path(folder).iterdir() if file != source)
        return path.read_bytes()


# ---- every cell, in every format -------------------------------------------------------------------------------------


@needs_office
@pytest.mark.parametrize("to", in_stress_also(("doc", "odt"), "rtf", "html"))
def test_every_cell_is_read_from_every_format(to: str, tmp_path: Path) -> None:
    """Reports of both forms, written as .docx and converted by LibreOffice."""
    reports = [
        generate(seed, form=("2021", "2019")[(seed + (to == "odt")) % 2], layout=LAYOUTS[seed // 2 % 4], messy=0.3)
        for seed in range(scaled(1, 24))
    ]
    for report in reports:
        (tmp_path / report.name).write_bytes(report.data)
    files = printed([tmp_path / report.name for report in reports], tmp_path / to, to)
    for report, path in zip(reports, files, strict=True):
        record = asyncio.run(extract_report(path)).to_dict()
        result = score(record, {**report.truth, "source": path.name})
        wrong = [miss for miss in result.misses if miss.pointer.startswith("/tables")]
        assert result.cells_right == result.cells, (path.name, wrong[:5])
        assert record["source"]["media_type"] == MEDIA_TYPES[to]
        assert record["source"]["name"] == path.name


@needs_office
@pytest.mark.parametrize("to", in_stress_also(("fodt",), "xml:MS Word 2003 XML"))
def test_formats_that_are_one_xml(to: str) -> None:
    document = load_bytes(made(to), "年报.xml")
    assert texts(document) == ["一、总体情况"]
    assert grids(document) == [ROWS]


def test_a_word_file_as_one_xml_needs_no_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    parts = "".join(
        f'<pkg:part pkg:name="/{name}"><pkg:xmlData>{content}</pkg:xmlData></pkg:part>'
        for name, content in docx_parts(BODY).items()
    )
    space = "http://schemas.microsoft.com/office/2006/xmlPackage"
    source = f'<?xml version="1.0"?><pkg:package xmlns:pkg="{space}" {NAMESPACES}>{parts}</pkg:package>'
    assert grids(load_bytes(source.encode(), "年报.xml")) == [ROWS]


@needs_office
def test_several_at_a_time_lose_none_and_wps_is_an_old_word_file(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.wps" for number in range(scaled(2, 24))]
    for path in paths:
        path.write_bytes(made("doc"))
    with ThreadPoolExecutor(scaled(2, 4)) as pool:
        found = list(pool.map(load_document, paths))
    assert [grids(document) for document in found] == [[ROWS]] * len(paths)
    assert {document.media_type for document in found} == {"application/msword"}
    assert [document.name for document in found] == [path.name for path in paths]


# ---- what cannot be read ---------------------------------------------------------------------------------------------


def refused(data: bytes, name: str) -> InputError:
    with pytest.raises(InputError) as caught:
        load_bytes(data, name)
    assert "应" in caught.value.zh or "请" in caught.value.zh or "超过" in caught.value.zh
    return caught.value


@pytest.mark.parametrize(("path", "soffice"), [("", ""), (os.environ["PATH"], "nowhere/soffice")])
def test_without_libreoffice_the_package_and_the_setting_are_named(
    monkeypatch: pytest.MonkeyPatch, path: str, soffice: str
) -> None:
    monkeypatch.setenv("PATH", path)
    with_settings(monkeypatch, soffice=soffice)
    error = refused(RTF, "年报.rtf")
    assert isinstance(error, OfficeMissingError)
    assert error.code == "office_missing"
    assert "EXTRACTOR_SOFFICE" in error.en
    assert soffice or "libreoffice-writer-nogui" in error.en


@needs_office
@pytest.mark.parametrize("to", in_stress_also(("odt",), "doc", "rtf", "fodt"))
def test_files_cut_short(to: str) -> None:
    data = made(to, REPEATED)
    assert isinstance(refused(data[: len(data) // 2], f"年报.{to}"), DamagedFileError | InputError)


@needs_office
def test_files_with_a_password() -> None:
    data = bytearray(made("doc"))
    data[root_streams(bytes(data))["WordDocument"] + 11] |= 1
    assert isinstance(refused(bytes(data), "年报.doc"), EncryptedFileError)
    manifest = "<manifest:encryption-data manifest:checksum='x'/>"
    parts = {"mimetype": ODT, "content.xml": "?", "META-INF/manifest.xml": manifest}
    assert isinstance(refused(zipped(parts), "年报.odt"), EncryptedFileError)


# ---- a converter that misbehaves -------------------------------------------------------------------------------------


def test_groups_nested_beyond_reason_are_not_left_to_libreoffice() -> None:
    data = rb"{\rtf1" + rb"{\b " * 100_000 + b"x" + b"}" * 100_001
    assert isinstance(refused(data, "年报.rtf"), LimitError | OfficeMissingError)


def program(folder: Path, lines: str) -> Path:
    """Something to run in LibreOffice's place."""
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{lines}\n", "utf-8")
    path.chmod(0o755)
    return path


def gone(pid: int, seconds: float = 5.0) -> bool:
    """Whether a process ends soon."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text("utf-8").split()[2] == "Z":
            return True
        time.sleep(0.05)
    return False


def written(path: Path, seconds: float = 10.0) -> str:
    until = time.monotonic() + seconds
    while not (path.is_file() and path.read_text("utf-8").strip()) and time.monotonic() < until:
        time.sleep(0.05)
    return path.read_text("utf-8").strip()


def test_a_converter_that_gives_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with_settings(monkeypatch, soffice=program(tmp_path, "exit 0"))
    assert isinstance(refused(RTF, "年报.rtf"), DamagedFileError)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
def test_a_converter_that_hangs_ends_with_all_its_children(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with_settings(
        monkeypatch, soffice=program(tmp_path, f"sleep 99 & echo $! > {note}; wait"), seconds_per_conversion=1
    )
    assert isinstance(refused(RTF, "年报.rtf"), TimeLimitError)
    assert gone(int(written(note)))


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
def test_a_converter_ends_with_whoever_asked_and_leaves_nothing(tmp_path: Path) -> None:
    note, report, temporary = tmp_path / "pid", tmp_path / "a.rtf", tmp_path / "tmp"
    temporary.mkdir()
    report.write_bytes(RTF)
    soffice = program(tmp_path, f"echo $$ > {note}; exec sleep 99")
    code = "import sys; from extractor import load_document; load_document(sys.argv[1])"
    env = {**os.environ, "EXTRACTOR_SOFFICE": str(soffice), "TMPDIR": str(temporary)}
    asker = subprocess.Popen([sys.executable, "-c", code, str(report)], env=env)
    pid = int(written(note))
    asker.send_signal(signal.SIGKILL)
    asker.wait()
    assert gone(pid)
    until = time.monotonic() + 5
    while list(temporary.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    assert list(temporary.iterdir()) == []


@needs_office
def test_nothing_is_fetched_and_no_file_is_linked_in(tmp_path: Path) -> None:
    asked: list[str] = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_OPTIONS = do_HEAD = do_GET  # noqa: N815 (names of the library)

    with http.server.HTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        secret = tmp_path / "secret.txt"
        secret.write_text("机密内容", "utf-8")
        document = load_bytes(linking(f"http://127.0.0.1:{server.server_port}/a.png", secret.as_uri()), "年报.odt")
        server.shutdown()
    assert document.text.startswith("正文")
    assert "机密" not in document.text
    assert asked == []


def linking(picture: str, section: str) -> bytes:
    """An .odt with a picture and a section that are somewhere else."""
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text"))
    content = (
        f'<office:document-content {spaces} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2" '
        'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
        'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"><office:body><office:text>'
        f'<text:p>正文</text:p><text:section text:name="s"><text:section-source xlink:href="{section}"/><text:p/>'
        '</text:section><text:p><draw:frame svg:width="3cm" svg:height="3cm" text:anchor-type="as-char">'
        f'<draw:image xlink:href="{picture}"/></draw:frame></text:p></office:text></office:body>'
        "</office:document-content>"
    )
    entries = "".join(
        f'<m:file-entry m:full-path="{path}" m:media-type="{kind}"/>'
        for path, kind in (("/", ODT), ("content.xml", "text/xml"))
    )
    manifest = f'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entries}</m:manifest>'
    return zipped({"mimetype": ODT, "content.xml": content, "META-INF/manifest.xml": manifest})


def test_temporary_folders_are_removed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with_settings(monkeypatch, soffice=program(tmp_path, "exit 1"))
    refused(RTF, "年报.rtf")
    assert list(folder.iterdir()) == []
