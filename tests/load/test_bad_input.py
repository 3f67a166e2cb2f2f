"""Each bad input is one error that names the file and what was expected, in two languages; nothing hangs."""

import os
import random
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.document import Document
from extractor.errors import (
    DamagedFileError,
    EmptyFileError,
    EncryptedFileError,
    InputError,
    LimitError,
    MissingFileError,
    PermissionDeniedError,
    UnsupportedFormatError,
)
from extractor.load import load_bytes, load_document
from extractor.settings import load_settings
from tests.load.reading import check_spans, docx_parts, p, tbl, tc, zipped

REPORT = zipped(docx_parts(p("年度报告" * 50) + tbl(tc("甲") + tc("1"), tc("乙") + tc("2"))))


def with_settings(monkeypatch: pytest.MonkeyPatch, **values: int) -> None:
    """Settings from the environment, as a user gives them."""
    for name, value in values.items():
        monkeypatch.setenv(f"EXTRACTOR_{name.upper()}", str(value))
    load_settings.cache_clear()


@pytest.fixture(autouse=True)
def _fresh_settings(monkeypatch: pytest.MonkeyPatch) -> object:
    yield
    monkeypatch.undo()
    load_settings.cache_clear()


def failure(data: bytes, name: str = "年报.docx") -> InputError:
    with pytest.raises(InputError) as caught:
        load_bytes(data, name)
    return caught.value


def junk(length: int) -> bytes:
    return random.Random(7).randbytes(length)


def without(part: str) -> bytes:
    return zipped({name: content for name, content in docx_parts(p("甲")).items() if name != part})


def with_document(content: str) -> bytes:
    return zipped({**docx_parts(""), "word/document.xml": content})


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e0 "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY e{number + 1} "{f"&e{number};" * 10}">' for number in range(9))
    + "]><w:document xmlns:w='x'><w:body>&e9;</w:body></w:document>"
)
OUTSIDE = (
    '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><w:document xmlns:w="x"><w:body>&x;</w:body></w:document>'
)


def utf16_document(content: str) -> bytes:
    content = content.replace('<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-16"?>')
    parts = {name: part.encode() for name, part in docx_parts("").items()}
    return zipped({**parts, "word/document.xml": content.encode("utf-16")})


def encrypted(data: bytes) -> bytes:
    """``data`` with the flag of encryption set on every entry of the zip's directory."""
    flagged = bytearray(data)
    at = flagged.find(b"PK\x01\x02")
    while at >= 0:
        flagged[at + 8] |= 1
        at = flagged.find(b"PK\x01\x02", at + 1)
    return bytes(flagged)


def many_attributes() -> bytes:
    return b"<html><p " + b" ".join(b"a%d=1" % number for number in range(100_000)) + b">x"


def deep_xml() -> str:
    return "<w:document xmlns:w='x'><w:body>" + "<w:sdt>" * 5_000 + "</w:sdt>" * 5_000 + "</w:body></w:document>"


CASES: dict[str, tuple[type[InputError], Callable[[], bytes], str]] = {
    "no bytes": (EmptyFileError, bytes, "a.txt"),
    "white space": (EmptyFileError, " \r\n\t\u3000\u00a0".encode, "a.txt"),
    "a byte order mark": (EmptyFileError, lambda: b"\xef\xbb\xbf", "a.txt"),
    "a mark and spaces in UTF-16": (EmptyFileError, lambda: " \n".encode("utf-16"), "a.html"),
    "a page without text": (EmptyFileError, lambda: b"<html><body><p> </p></body></html>", "a.html"),
    "a doctype": (EmptyFileError, lambda: b"<!DOCTYPE html>\n", "a.html"),
    "a Word file without text": (EmptyFileError, lambda: zipped(docx_parts("<w:p/>")), "a.docx"),
    "junk under the name of a Word file": (DamagedFileError, lambda: junk(5_000), "a.docx"),
    "junk under the name of a text": (DamagedFileError, lambda: junk(5_000), "a.txt"),
    "little junk": (DamagedFileError, lambda: junk(40), "a.html"),
    "junk without a name for it": (UnsupportedFormatError, lambda: junk(5_000), "a"),
    "zeros": (DamagedFileError, lambda: b"\0" * 900, "a.txt"),
    "a text filled up with zeros": (DamagedFileError, lambda: "年报".encode() + b"\0" * 900, "a.txt"),
    "a text named .docx": (DamagedFileError, "安平镇年度报告\n一、总体情况".encode, "a.docx"),
    "a text named .zip": (DamagedFileError, lambda: "安平镇年度报告".encode("gbk"), "a.ZIP"),
    "a Word file cut short": (DamagedFileError, lambda: REPORT[: len(REPORT) // 2], "a.docx"),
    "a Word file without its last bytes": (DamagedFileError, lambda: REPORT[:-30], "a.docx"),
    "the first bytes of a zip": (DamagedFileError, lambda: REPORT[:4], "a.docx"),
    "an empty zip": (UnsupportedFormatError, lambda: zipped({}), "a.docx"),
    "no document part": (DamagedFileError, lambda: without("word/document.xml"), "a.docx"),
    "a document part that is cut": (DamagedFileError, lambda: with_document("<w:document xmlns:w='x'><w:bo"), "a.docx"),
    "a document part that is empty": (DamagedFileError, lambda: with_document(""), "a.docx"),
    "a document without a body": (DamagedFileError, lambda: with_document("<w:document xmlns:w='x'/>"), "a.docx"),
    "entities in entities": (DamagedFileError, lambda: with_document(LAUGHS), "a.docx"),
    "an entity from outside": (DamagedFileError, lambda: with_document(OUTSIDE), "a.docx"),
    "entities in UTF-16": (DamagedFileError, lambda: utf16_document(LAUGHS), "a.docx"),
    "a part with a password": (EncryptedFileError, lambda: encrypted(REPORT), "a.docx"),
    "HTML nested deep": (LimitError, lambda: b"<div>" * 100_000 + b"x", "a.html"),
    "tables nested deep": (LimitError, lambda: b"<table><tr><td>" * 50_000 + b"x", "a.html"),
    "a tag of very many attributes": (LimitError, many_attributes, "a.html"),
    "XML nested deep": (LimitError, lambda: with_document(deep_xml()), "a.docx"),
    "spans without end": (LimitError, lambda: b"<table>" + b"<tr><td rowspan=9999 colspan=999>1" * 900, "a.html"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_content(case: str) -> None:
    kind, make, name = CASES[case]
    error = failure(make(), name)
    assert type(error) is kind
    for sentence in (error.en, error.zh):
        assert sentence.startswith(name)
        assert "\n" not in sentence
    assert "expected" in error.en
    assert "应" in error.zh


# ---- limits ----------------------------------------------------------------------------------------------------------


def bomb(size: int) -> bytes:
    return zipped({**docx_parts(p("甲")), "word/media/image1.bmp": "0" * size})


def test_a_part_that_unpacks_to_very_much_more_than_its_size() -> None:
    assert isinstance(failure(bomb(20_000_000)), LimitError)


def test_a_file_that_unpacks_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    with_settings(monkeypatch, max_unpacked_bytes=10_000)
    assert isinstance(failure(bomb(20_000)), LimitError)


def test_too_many_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    with_settings(monkeypatch, max_archive_entries=3)
    assert "entries" in failure(REPORT).en


def test_a_directory_that_lies_about_a_part() -> None:
    """The part holds ten million characters and declares a hundred: no more than that is ever unpacked."""
    name = b"word/document.xml"
    content = docx_parts(p("甲" * 3_000_000))["word/document.xml"]
    data = bytearray(zipped({**docx_parts(""), "word/document.xml": content}))
    entry = data.rindex(name) - 46
    assert data[entry : entry + 4] == b"PK\x01\x02"
    data[entry + 24 : entry + 28] = struct.pack("<I", 100)
    assert isinstance(failure(bytes(data)), DamagedFileError)


def test_a_file_over_the_size_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with_settings(monkeypatch, max_file_bytes=1_000)
    large = tmp_path / "大.html"
    with large.open("wb") as file:
        file.truncate(1_000_000_000_000)  # of holes only: it is never read
    with pytest.raises(LimitError):
        load_document(large)
    assert isinstance(failure(b"a" * 1_001, "a.txt"), LimitError)


def test_a_text_over_the_length_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    with_settings(monkeypatch, max_text_characters=100)
    assert isinstance(failure(("年报" * 51).encode(), "a.txt"), LimitError)


def test_a_table_over_the_limit_of_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    with_settings(monkeypatch, max_table_cells=100)
    load_bytes(b"<table>" + b"<tr><td>1<td>2" * 50, "a.html")
    assert isinstance(failure(b"<table>" + b"<tr><td>1<td>2" * 51, "a.html"), LimitError)
    assert isinstance(failure(b"<table><tr><td colspan=99>1<td>2<tr><td colspan=9>3<td>4", "a.html"), LimitError)


def test_a_word_table_over_the_limit_of_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    with_settings(monkeypatch, max_table_cells=100)
    assert isinstance(failure(zipped(docx_parts(tbl(*(tc("1") + tc("2") for _ in range(51)))))), LimitError)


# ---- files -----------------------------------------------------------------------------------------------------------


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        load_document(path)
    return caught.value


def test_no_such_file(tmp_path: Path) -> None:
    assert isinstance(refused(tmp_path / "无.docx"), MissingFileError)
    assert isinstance(refused(tmp_path / "无" / "年报.docx"), MissingFileError)
    assert isinstance(refused(tmp_path / ("长" * 300)), MissingFileError)
    assert isinstance(refused(Path("零\0字节")), MissingFileError)


def test_not_a_regular_file(tmp_path: Path) -> None:
    assert "a folder" in refused(tmp_path).en
    os.mkfifo(tmp_path / "管道")
    assert "a pipe" in refused(tmp_path / "管道").en
    assert isinstance(refused(Path("/dev/zero")), MissingFileError)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        assert isinstance(refused(tmp_path / "s"), MissingFileError)


def test_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "环").symlink_to("环")
    assert isinstance(refused(tmp_path / "环"), MissingFileError)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no users here")
def test_no_permission(tmp_path: Path) -> None:
    secret = tmp_path / "密.txt"
    secret.write_text("年报")
    secret.chmod(0)
    if os.geteuid() != 0:
        assert isinstance(refused(secret), PermissionDeniedError)
        return
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom extractor.load import load_document\n"
        "from extractor.errors import PermissionDeniedError\nos.chdir(sys.argv[1])\nos.setuid(65534)\n"
        "try:\n    load_document(Path('密.txt'))\nexcept PermissionDeniedError:\n    sys.exit(7)\n"
    )
    result = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, capture_output=True)
    assert result.returncode == 7, result.stderr


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("年 报.txt", "年 报.txt"),
        ("年\n报.txt", "年\\n报.txt"),
        ("年\udcff报.txt", "年\\xff报.txt"),
        ("\x1b[2J", "\\x1b[2J"),
    ],
)
def test_names_are_made_printable(name: str, shown: str, tmp_path: Path) -> None:
    assert failure(b"", name).en.startswith(shown)
    path = tmp_path / name
    path.write_text("年报")
    document = load_document(path)
    document.name.encode("utf-8")
    assert document.text == "年报"
    assert load_document(path, "别名").name == "别名"


# ---- anything at all -------------------------------------------------------------------------------------------------


def load_or_refuse(data: bytes, name: str) -> Document | None:
    try:
        document = load_bytes(data, name)
    except InputError:
        return None
    check_spans(document)
    return document


@settings(deadline=None)  # the first picture loads what decodes it
@given(st.binary(max_size=300), st.sampled_from(["a.docx", "a.html", "a.txt", "a"]))
def test_any_bytes(data: bytes, name: str) -> None:
    load_or_refuse(data, name)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_after_the_beginning_of_a_known_kind(data: bytes) -> None:
    for beginning in (b"PK\x03\x04", b"<html>", b"\xff\xfe", b"\xef\xbb\xbf", b"<table><tr><td>", b"%PDF"):
        load_or_refuse(beginning + data, "a.docx")


@given(st.integers(0, len(REPORT) - 1), st.integers(0, 255))
def test_a_word_file_with_one_byte_changed(at: int, value: int) -> None:
    load_or_refuse(REPORT[:at] + bytes([value]) + REPORT[at + 1 :], "a.docx")


@given(st.integers(0, len(REPORT)))
def test_a_word_file_cut_anywhere(end: int) -> None:
    document = load_or_refuse(REPORT[:end], "a.docx")
    assert document is None or end == len(REPORT)


def test_a_zip_whose_parts_are_stored_in_a_way_nobody_knows() -> None:
    data = bytearray(REPORT)
    for mark, offset in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] = 99
            at = data.find(mark, at + 1)
    assert isinstance(failure(bytes(data)), DamagedFileError)
