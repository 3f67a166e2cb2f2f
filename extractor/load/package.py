"""A zip of parts, as Word writes it (ECMA-376 Part 2), opened without trusting a word of it.

Sizes, ratio and number of entries are checked from the directory before anything is unpacked, and nothing is unpacked
beyond what the directory declares, so that a directory that lies is a damaged file and no more. XML is parsed without
entities, without a network, and within the parser's own limits of depth and size.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from lzma import LZMAError

from lxml import etree

from extractor.errors import DamagedFileError, InputError, LimitError
from extractor.load.detect import archive, encrypted, unsupported
from extractor.load.tree import Element
from extractor.settings import MEGABYTE, Settings, load_settings

BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, LZMAError, struct.error, EOFError, OSError, ValueError, RuntimeError)
"""What reading a broken zip raises (a method of packing that is not known is a RuntimeError)."""

_END_OF_DIRECTORY = b"PK\x05\x06"
_END_LENGTH = 22 + 65_535
_ENTRY_LENGTH = 46
_ROOT = ""
_OFFICE_DOCUMENT = "/officeDocument"
_USUAL = "word/document.xml"
_STRICT = b"http://purl.oclc.org/ooxml/"
_STRICT_WORD = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_WORD = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT_RELATIONS = b"http://purl.oclc.org/ooxml/officeDocument/relationships"
_RELATIONS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OTHERS = (
    ("xl/", "Excel 文件", "an Excel file"),
    ("ppt/", "PowerPoint 文件", "a PowerPoint file"),
    ("OFD.xml", "OFD 文件", "an OFD file"),
    ("content.xml", "OpenDocument 文件", "an OpenDocument file"),
    ("META-INF/container.xml", "EPUB 电子书", "an EPUB book"),
    ("Documents/", "XPS 文件", "an XPS file"),
)
"""Other formats that are zips, by a name in them."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part points to: ``kind`` is the last word of the relationship's type."""

    kind: str
    target: str


class Package:
    """The parts of a .docx by name.

    Raises:
        DamagedFileError, EncryptedFileError, LimitError, UnsupportedFormatError: from every method.
    """

    def __init__(self, data: bytes, label: str) -> None:
        self.label = label
        self._zip = open_package(data, label)
        entries = self._zip.infolist()
        self._entries = {entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in entries}
        self.main = self._main()

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    def read(self, name: str) -> bytes:
        """The unpacked bytes of a part, never more than its entry declares."""
        entry = self._entries.get(name.lower())
        if entry is None:
            raise self.damaged()
        try:
            with self._zip.open(entry) as part:
                return part.read(entry.file_size + 1)
        except BROKEN_ZIP as error:
            raise self.damaged() from error

    def xml(self, name: str) -> Element:
        """The tree of a part; a part that declares entities, as no Word file does, is refused."""
        content = self.read(name)
        if _STRICT in content[:8_192]:
            content = content.replace(_STRICT_WORD, _WORD).replace(_STRICT_RELATIONS, _RELATIONS)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        try:
            root = None if b"<!DOCTYPE" in content else etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            raise self._unparsed(error) from None
        if root is None or root.getroottree().docinfo.internalDTD is not None:
            raise DamagedFileError(
                f"{self.label} declares XML entities: a .docx without a DTD was expected",
                f"{self.label} 含有 XML 实体声明：应为不带 DTD 的 .docx 文件",
            )
        return root

    def relations(self, part: str) -> dict[str, Relation]:
        """What ``part`` points to, by relationship id; ``""`` is the package itself. Nothing outside of it."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if rels not in self:
            return {}
        found = {}
        for element in self.xml(rels).iter("{*}Relationship"):
            target = element.get("Target", "").replace("\\", "/")
            if element.get("TargetMode") != "External" and target:
                path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                found[element.get("Id", "")] = Relation(element.get("Type", "").rpartition("/")[2], path)
        return found

    def damaged(self) -> DamagedFileError:
        """The error for a file that is cut or broken."""
        return _damaged(self.label)

    def _unparsed(self, error: etree.XMLSyntaxError) -> InputError:
        if "depth" in str(error):
            return LimitError(
                f"{self.label} nests XML deeper than the parser goes: a .docx of usual depth was expected",
                f"{self.label} 的 XML 嵌套超过解析器的上限：应为一般深度的 .docx 文件",
            )
        return self.damaged()

    def _main(self) -> str:
        """The part that holds the document: what the package says, else where it usually is."""
        targets = [relation.target for relation in self.relations(_ROOT).values() if relation.kind == "officeDocument"]
        for target in (*targets, _USUAL):
            if target in self and not target.startswith(("xl/", "ppt/")):
                return target
        raise self._not_word()

    def _not_word(self) -> InputError:
        if targets := [name for name in self._entries if name.startswith("word/")]:
            return DamagedFileError(
                f"{self.label} lacks its document part ({len(targets)} other parts are there): a .docx was expected",
                f"{self.label} 缺少正文部分（另有 {len(targets)} 个部分）：应为完整的 .docx 文件",
            )
        for name, zh, en in _OTHERS:
            if any(entry.startswith(name.lower()) for entry in self._entries):
                return unsupported(self.label, zh, en)
        return archive(self.label, "zip 压缩包", "a zip archive")


def open_package(data: bytes, label: str) -> zipfile.ZipFile:
    """The zip that ``data`` is, within the limits of the settings.

    Raises:
        DamagedFileError, EncryptedFileError, LimitError
    """
    settings = load_settings()
    _check_end(data, settings, label)
    try:
        package = zipfile.ZipFile(BytesIO(data))
    except BROKEN_ZIP as error:
        raise _damaged(label) from error
    _check_entries(package.infolist(), settings, label)
    return package


def _damaged(label: str) -> DamagedFileError:
    return DamagedFileError(
        f"{label} is cut short or broken: a whole .docx (zip) was expected",
        f"{label} 不完整或已损坏：应为完整的 .docx（zip）文件",
    )


def _check_end(data: bytes, settings: Settings, label: str) -> None:
    """A huge directory takes long to read: its length is looked at first."""
    at = data.rfind(_END_OF_DIRECTORY, max(0, len(data) - _END_LENGTH))
    if at < 0 or len(data) < at + 22:
        return
    declared, length = struct.unpack_from("<HI", data, at + 10)
    if declared > settings.max_archive_entries or min(length, len(data)) > settings.max_archive_entries * 4_096:
        raise _too_many(settings, label)


def _check_entries(entries: list[zipfile.ZipInfo], settings: Settings, label: str) -> None:
    if len(entries) > settings.max_archive_entries:
        raise _too_many(settings, label)
    if any(entry.flag_bits & 1 for entry in entries):
        raise encrypted(label)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > settings.max_unpacked_bytes:
        raise LimitError(
            f"{label} unpacks to {unpacked:,} bytes: at most {settings.max_unpacked_bytes:,} were expected",
            f"{label} 解压后有 {unpacked:,} 字节：应不超过 {settings.max_unpacked_bytes:,}",
        )
    for entry in entries:
        if entry.file_size > MEGABYTE and entry.file_size > settings.max_unpack_ratio * entry.compress_size:
            raise LimitError(
                f"{label} has a part that unpacks to more than {settings.max_unpack_ratio} times its size",
                f"{label} 中有部分解压后超过原来的 {settings.max_unpack_ratio} 倍",
            )


def _too_many(settings: Settings, label: str) -> LimitError:
    return LimitError(
        f"{label} has too many entries: at most {settings.max_archive_entries:,} were expected",
        f"{label} 的条目过多：应不超过 {settings.max_archive_entries:,}",
    )
