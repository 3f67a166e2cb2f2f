"""Archives: members in order, nothing outside, nothing without bounds."""

from __future__ import annotations

import gzip
import io
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import py7zr
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor import load_document
from extractor.errors import DamagedFileError, EncryptedFileError, InputError, LimitError, MissingFileError
from extractor.load.archive.walk import Contents, unpack
from extractor.settings import load_settings
from tests.load.reading import docx_parts, p, zipped

WORD = zipped(docx_parts(p("年报")))
FILES = {"b.txt": b"2", "2024/a.txt": "年报".encode(), "a.docx": WORD}


@pytest.fixture(autouse=True)
def _fresh_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    monkeypatch.undo()
    load_settings.cache_clear()


def with_settings(monkeypatch: pytest.MonkeyPatch, **values: int) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"EXTRACTOR_{name.upper()}", str(value))
    load_settings.cache_clear()


def tarred(files: dict[str, bytes], mode: str = "w") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def seven_zipped(files: dict[str, bytes], password: str | None = None, header: bool = False) -> bytes:
    packed = io.BytesIO()
    with py7zr.SevenZipFile(packed, "w", password=password, header_encryption=header) as archive:
        for name, content in files.items():
            archive.writestr(content, name)
    return packed.getvalue()


def contents(data: bytes, folder: Path, name: str = "档.zip") -> Contents:
    found = opened(data, folder, name)
    assert found is not None
    return found


def opened(data: bytes, folder: Path, name: str = "档.zip") -> Contents | None:
    archive = folder / "archive"
    archive.write_bytes(data)
    return unpack(archive, Path(tempfile.mkdtemp(prefix="inside", dir=folder)), name)


def told(found: Contents) -> dict[str, object]:
    """Name → bytes, or the kind of error."""
    return {item.name: item.path.read_bytes() if item.path else type(item.error) for item in found.found}


ARCHIVES: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "zip": zipped,
    "tar": tarred,
    "tar.gz": lambda files: tarred(files, "w:gz"),
    "tar.bz2": lambda files: tarred(files, "w:bz2"),
    "tar.xz": lambda files: tarred(files, "w:xz"),
    "7z": seven_zipped,
}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_members_come_sorted_as_in_a_folder(kind: str, tmp_path: Path) -> None:
    found = contents(ARCHIVES[kind](FILES), tmp_path)
    assert list(told(found).items()) == sorted(FILES.items())


@pytest.mark.parametrize("kind", sorted(ARCHIVES.keys() - {"7z"}))  # the library writes no such 7z
def test_names_that_lead_out_and_files_of_the_system_are_passed_over(kind: str, tmp_path: Path) -> None:
    bad = {"../up.txt": b"x", "/abs.txt": b"x", "a/../../up.txt": b"x", "__MACOSX/._a": b"x", ".DS_Store": b"x"}
    found = contents(ARCHIVES[kind]({**bad, "C:\\w.txt": b"x", "~$a.docx": b"x", "年/报.txt": b"1"}), tmp_path)
    assert told(found) == {"年/报.txt": b"1"}
    assert len(found.skipped) == 7 and all(note.zh and note.en for note in found.skipped)
    assert len(list(tmp_path.iterdir())) == 2  # the archive, and the folder it may write to


def test_links_and_devices_are_passed_over(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for number, kind in enumerate((tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE)):
            entry = tarfile.TarInfo(f"{number}.txt")
            entry.type, entry.linkname = kind, "/etc/hostname"
            archive.addfile(entry)
        archive.addfile(tarfile.TarInfo("z.txt"))
    assert list(told(contents(packed.getvalue(), tmp_path))) == ["z.txt"]
    link = zipfile.ZipInfo("l.txt")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as zip_archive:
        zip_archive.writestr(link, "/etc/hostname")
        zip_archive.writestr("z.txt", "1")
    assert list(told(contents(packed.getvalue(), tmp_path))) == ["z.txt"]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_without_the_mark_of_utf8(encoding: str, tmp_path: Path) -> None:
    raw = "年度/工作报告.txt".encode(encoding)
    marks = b"N" * len(raw)
    data = zipped({marks.decode(): b"1"}).replace(marks, raw)
    assert told(contents(data, tmp_path)) == {"年度/工作报告.txt": b"1"}


def test_archives_in_archives(tmp_path: Path) -> None:
    inner = zipped({"c.txt": b"3", "d.tgz": tarred({"e.txt": b"5"}, "w:gz")})
    found = contents(zipped({"z.txt": b"1", "b.zip": inner, "a.docx": WORD}), tmp_path)
    assert list(told(found)) == ["a.docx", "b.zip!/c.txt", "b.zip!/d.tgz!/e.txt", "z.txt"]


def test_a_single_packed_file(tmp_path: Path) -> None:
    assert told(contents(gzip.compress(b"1"), tmp_path, "年报.txt.gz")) == {"年报.txt": b"1"}


@pytest.mark.parametrize("parts", [docx_parts(p("甲")), {"mimetype": "application/vnd.oasis.opendocument.text"}])
def test_a_document_that_is_a_zip_is_no_archive(parts: dict[str, str], tmp_path: Path) -> None:
    assert opened(zipped(parts), tmp_path) is None
    assert opened(zipped(dict(reversed(parts.items()))), tmp_path) is None
    assert opened("年报".encode(), tmp_path) is None


# ---- limits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ARCHIVES)
@pytest.mark.parametrize("limit", [{"max_archive_entries": 2}, {"max_archive_bytes": 5_000}])
def test_limits_of_the_whole(kind: str, limit: dict[str, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with_settings(monkeypatch, **limit)
    files = {f"{number}.txt": bytes([number]) * 2_000 for number in range(4)}
    assert LimitError in told(contents(ARCHIVES[kind](files), tmp_path)).values()


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_a_member_over_the_size_limit_fails_alone(kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with_settings(monkeypatch, max_file_bytes=1_000)
    found = contents(ARCHIVES[kind]({"a.txt": b"1", "b.txt": b"2" * 1_001, "c.txt": b"3"}), tmp_path)
    assert told(found) == {"a.txt": b"1", "b.txt": LimitError, "c.txt": b"3"}


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.xz", "7z"])
def test_bombs(kind: str, tmp_path: Path) -> None:
    assert LimitError in told(contents(ARCHIVES[kind]({"a.txt": b"0" * 20_000_000}), tmp_path)).values()
    assert sum(path.stat().st_size for path in tmp_path.glob("inside*/**/*") if path.is_file()) < 20_000_000


def test_archives_nested_without_end(tmp_path: Path) -> None:
    data = zipped({"a.txt": b"1"})
    for _ in range(40):
        data = zipped({"n.zip": data})
    (error,) = told(contents(data, tmp_path)).values()
    assert error is LimitError


# ---- what is encrypted or broken -------------------------------------------------------------------------------------


def test_encrypted_members_fail_one_by_one(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": b"1", "b.txt": b"2"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert told(contents(bytes(data), tmp_path)) == {"a.txt": EncryptedFileError, "b.txt": b"2"}
    sealed = dict.fromkeys(FILES, EncryptedFileError)
    assert told(contents(seven_zipped(FILES, "x"), tmp_path)) == sealed
    assert told(contents(seven_zipped(FILES, "x", header=True), tmp_path)) == {"": EncryptedFileError}


def test_a_broken_member_fails_alone(tmp_path: Path) -> None:
    data = zipped({"a.txt": b"1" * 50, "b.txt": b"2"})
    assert told(contents(data.replace(b"\x33\x24", b"\x35\x24", 1), tmp_path))["b.txt"] == b"2"


@pytest.mark.parametrize("kind", ARCHIVES)
def test_archives_cut_short(kind: str, tmp_path: Path) -> None:
    files = {f"{number}.bin": bytes(hash((number, at)) % 251 for at in range(9_000)) for number in range(5)}
    data = ARCHIVES[kind](files)
    found = told(contents(data[: len(data) * 2 // 3], tmp_path))
    assert found.pop("") is DamagedFileError
    assert all(files[name] == content for name, content in found.items())


def test_a_zip_cut_behind_a_zip_in_it(tmp_path: Path) -> None:
    """The directory that is found is that of the inner zip: its members are not all there is."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "1")
        archive.writestr("b.zip", zipped({"c.txt": b"3"}))
    data = packed.getvalue()
    assert told(contents(data[: data.rindex(b"PK\x05\x06") - 60], tmp_path)) == {"": DamagedFileError}


def test_an_archive_of_nothing(tmp_path: Path) -> None:
    (item,) = contents(zipped({".hidden": b"1"}), tmp_path).found
    assert item.error is not None and item.error.code == "empty_file"


def test_rar_is_named(tmp_path: Path) -> None:
    (item,) = contents(b"Rar!\x1a\x07\x01\0" + b"\0" * 50, tmp_path).found
    assert item.error is not None and "RAR" in item.error.en and ".zip" in item.error.zh


@settings(deadline=None)
@given(st.sampled_from(sorted(ARCHIVES)), st.integers(0, 100_000), st.integers(0, 255), st.booleans())
def test_any_byte_changed(tmp_path_factory: pytest.TempPathFactory, kind: str, at: int, value: int, cut: bool) -> None:
    data = bytearray(ARCHIVES[kind](FILES))
    data[at % len(data)] = value
    opened(bytes(data[: at % len(data)] if cut else data), tmp_path_factory.mktemp("any"))


# ---- one member by name ----------------------------------------------------------------------------------------------


def test_one_member_can_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"x/b.zip": zipped({"c.txt": "年报".encode()}), "d.docx": WORD}))
    document = load_document(tmp_path / "a.zip!/x/b.zip!/c.txt")
    assert (document.text, document.name) == ("年报", "a.zip!/x/b.zip!/c.txt")
    assert load_document(tmp_path / "a.zip!/d.docx").text == "年报"
    with pytest.raises(MissingFileError):
        load_document(tmp_path / "a.zip!/none.txt")
    with pytest.raises(InputError, match="member"):
        load_document(tmp_path / "a.zip")


def overlapping(count: int) -> bytes:
    """A zip of ``count`` names for one and the same bytes (a bomb after D. Fifield, 2019)."""
    packed = zipped({"0000": b"0" * 400_000})
    end = packed.rindex(b"PK\x05\x06")
    start = packed.index(b"PK\x01\x02")
    entry = packed[start:end]
    directory = b"".join(entry.replace(b"0000", b"%04d" % number) for number in range(count))
    counts = count.to_bytes(2, "little") * 2 + len(directory).to_bytes(4, "little")
    return packed[:start] + directory + packed[end : end + 8] + counts + packed[end + 16 :]


def test_entries_that_share_their_bytes_are_one_fault_of_the_whole(tmp_path: Path) -> None:
    assert told(contents(overlapping(1), tmp_path)) == {"0000": b"0" * 400_000}
    assert told(contents(overlapping(900), tmp_path)) == {"": DamagedFileError}


def test_what_is_over_a_limit_as_a_whole_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_settings(monkeypatch, max_archive_bytes=100_000, max_unpack_ratio=1_000_000)
    inner = zipped({f"{number}.txt": b"0" * 30_000 for number in range(3)})
    data = zipped({"甲.txt": b"1", **{f"{number}.zip": inner for number in range(9)}})
    found = told(contents(data, tmp_path))
    assert list(found.values()).count(LimitError) == 1
    assert found["甲.txt"] == b"1" and found[""] is LimitError


def test_a_full_disk_is_no_fault_of_the_archive(tmp_path: Path) -> None:
    archive, folder = tmp_path / "a.zip", tmp_path / "gone"
    archive.write_bytes(zipped(FILES))
    found = unpack(archive, folder, "a.zip")
    assert found and {type(item.error) for item in found.found} == {LimitError}
    assert all("TMPDIR" in item.error.zh for item in found.found if item.error)
