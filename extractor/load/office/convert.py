"""Old Word, RTF and OpenDocument → ``Document``, by way of .docx: LibreOffice converts, the Word loader reads.

Each conversion has a profile of its own, since two that share one lose a file without a word; it is thrown away after,
so that no file can leave anything behind for the next. The profile forbids macros and links, and ``guard`` runs it
all without a network, within a time limit, and ends it with whoever asked for it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from base64 import b64decode
from io import BytesIO
from pathlib import Path

from lxml import etree

from extractor.document import Document
from extractor.errors import DamagedFileError, LimitError, OfficeMissingError, TimeLimitError
from extractor.load.detect import Kind, encrypted, unsupported
from extractor.load.office import guard
from extractor.load.office.compound import root_streams
from extractor.load.office.rtf import deepest_group
from extractor.load.package import BROKEN_ZIP, open_package
from extractor.load.word.document import load_word
from extractor.settings import load_settings

_FILTERS = {
    Kind.DOC: "MS Word 97",
    Kind.RTF: "Rich Text Format",
    Kind.ODT: "writer8",
    Kind.FLAT_ODT: "OpenDocument Text Flat XML",
    Kind.WORD_2003: "MS Word 2003 XML",
}
"""LibreOffice's name for the way to read each kind: left to guess, it reads a broken file as plain text."""

_WORD_95 = b"\xdc\xa5"
_WORD_95_FILTER = "MS Word 95"
_ENCRYPTED_FLAG, _FLAGS_AT = 0x0100, 10
"""fEncrypted of the FIB ([MS-DOC] 2.5.2)."""

_DEEPEST_GROUP = 2_000
"""Of an RTF file; word processors write a dozen, and LibreOffice takes minutes over a hundred thousand."""

_TEXT_TYPES = (b"application/vnd.oasis.opendocument.text", b"application/vnd.oasis.opendocument.text-template")
_ENCRYPTED_PART = b"encryption-data"
_PKG = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
_NOT_LISTENING = 9
"""A port nobody listens at (discard): where requests go should the network still be there."""

_COMMAND = ("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard", "--nologo")
_SECONDS_TO_TELL = 2.0
_OPTION = '<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
_OPTIONS = (
    ("/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("/org.openoffice.Inet/Settings", "ooInetProxyType", "2"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyPort", str(_NOT_LISTENING)),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyPort", str(_NOT_LISTENING)),
)
_NAMESPACE = "http://openoffice.org/2001" + "/registry"
_PROFILE = '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="{namespace}">{options}</oor:items>\n'


def load_office(data: bytes, kind: Kind, name: str, sha256: str, label: str) -> Document:
    """The document that a file of an office suite holds; positions are those of the .docx it was converted to.

    Raises:
        OfficeMissingError: LibreOffice is needed and not there.
        EncryptedFileError, DamagedFileError, EmptyFileError, LimitError, TimeLimitError, UnsupportedFormatError
    """
    _CHECKS.get(kind, _take)(data, label)
    converted = _repacked(data, label) if kind is Kind.FLAT_WORD else _converted(data, _filter(data, kind), label)
    document = load_word(converted, name, sha256, label)
    document.media_type = kind.value
    return document


def _take(data: bytes, label: str) -> None:
    """No more is known of this kind than what LibreOffice says."""


def _check_doc(data: bytes, label: str) -> None:
    start = root_streams(data).get("WordDocument")
    if start is None or len(data) < start + 32:
        raise _damaged(label)
    if int.from_bytes(data[start + _FLAGS_AT : start + _FLAGS_AT + 2], "little") & _ENCRYPTED_FLAG:
        raise encrypted(label)


def _check_rtf(data: bytes, label: str) -> None:
    deepest = deepest_group(data)
    if deepest is None:
        raise _damaged(label)
    if deepest > _DEEPEST_GROUP:
        raise LimitError(
            f"{label} nests groups too deep: at most {_DEEPEST_GROUP:,} in each other were expected",
            f"{label} 的组嵌套过深：应不超过 {_DEEPEST_GROUP:,} 层",
        )


def _check_odt(data: bytes, label: str) -> None:
    try:
        package = open_package(data, label)
        names = set(package.namelist())
        kind = package.read("mimetype")[:200].strip() if "mimetype" in names else _TEXT_TYPES[0]
        manifest = package.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
    except (DamagedFileError, *BROKEN_ZIP):
        raise _damaged(label) from None
    if kind not in _TEXT_TYPES:
        raise unsupported(label, "OpenDocument 文件（不是文字文档）", "an OpenDocument file, but no text")
    if _ENCRYPTED_PART in manifest:
        raise encrypted(label)
    if "content.xml" not in names:
        raise _damaged(label)


_CHECKS = {Kind.DOC: _check_doc, Kind.RTF: _check_rtf, Kind.ODT: _check_odt}


def _filter(data: bytes, kind: Kind) -> str:
    start = root_streams(data).get("WordDocument", 0) if kind is Kind.DOC else 0
    return _WORD_95_FILTER if data.startswith(_WORD_95, start) else _FILTERS[kind]


def _converted(data: bytes, reader: str, label: str) -> bytes:
    """``data`` as .docx."""
    office = find_office()
    with tempfile.TemporaryDirectory(prefix="extractor-", ignore_cleanup_errors=True) as folder:
        _write_profile(Path(folder, "profile", "user"))
        source, output = Path(folder, "report"), Path(folder, "out", "report.docx")
        source.write_bytes(data)
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        convert = (f"--infilter={reader}", "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(output.parent))
        _run(folder, [office, profile, *_COMMAND, *convert, str(source)], label)
        return _taken(output, label)


def find_office() -> str:
    """The program that converts: the one the settings name, else LibreOffice's.

    Raises:
        OfficeMissingError: there is none, or the settings name one that cannot be run.
    """
    named = load_settings().soffice
    found = shutil.which(named) if named else shutil.which("soffice") or shutil.which("libreoffice")
    if named and not found:
        raise OfficeMissingError(
            f"EXTRACTOR_SOFFICE is {named!r}: a program that can be run was expected",
            f"设置 EXTRACTOR_SOFFICE 的值 {named!r} 无效：应为可以运行的程序",
        )
    if not found:
        raise OfficeMissingError(
            "LibreOffice is needed to read this kind of file: install the Debian package libreoffice-writer-nogui "
            "(apt-get install libreoffice-writer-nogui), or name its program soffice in EXTRACTOR_SOFFICE",
            "读取这类文件需要 LibreOffice：请安装 Debian 软件包 libreoffice-writer-nogui"
            "（apt-get install libreoffice-writer-nogui），或用设置 EXTRACTOR_SOFFICE 指明 soffice 程序的位置",
        )
    return found


def _run(folder: str, command: list[str], label: str) -> None:
    """Run the conversion under guard; within the time that the worker itself still has."""
    limit = load_settings().seconds_per_conversion
    left = signal.getitimer(signal.ITIMER_REAL)[0] if hasattr(signal, "getitimer") else 0.0
    seconds = max(1.0, min(limit, left - _SECONDS_TO_TELL)) if left else limit
    guarded = [sys.executable, "-I", "-S", guard.__file__, str(seconds), folder, *command]
    environment = {**os.environ, "HOME": folder, "TMPDIR": folder}
    with subprocess.Popen(guarded, stdin=subprocess.PIPE, env=environment, start_new_session=True) as process:  # noqa: S603
        status = process.wait()
    if status == guard.TIME_IS_UP:
        raise TimeLimitError(
            f"{label}: LibreOffice took over {seconds:g} seconds to convert it (EXTRACTOR_SECONDS_PER_CONVERSION)",
            f"{label}：LibreOffice 转换超过 {seconds:g} 秒的时限（设置 EXTRACTOR_SECONDS_PER_CONVERSION）",
        )


def _taken(output: Path, label: str) -> bytes:
    """What was converted, if it is there and of a size to be read."""
    if not output.is_file() or not output.stat().st_size:
        raise _damaged(label)
    limit = load_settings().max_unpacked_bytes
    if output.stat().st_size > limit:
        raise LimitError(
            f"{label} becomes more than {limit:,} bytes as .docx (EXTRACTOR_MAX_UNPACKED_BYTES)",
            f"{label} 转换成 .docx 后超过 {limit:,} 字节（设置 EXTRACTOR_MAX_UNPACKED_BYTES）",
        )
    return output.read_bytes()


def _write_profile(folder: Path) -> None:
    folder.mkdir(parents=True)
    options = "".join(_OPTION.format(path=path, name=name, value=value) for path, name, value in _OPTIONS)
    profile = _PROFILE.format(namespace=_NAMESPACE, options=options)
    Path(folder, "registrymodifications.xcu").write_text(profile, "utf-8")


def _repacked(data: bytes, label: str) -> bytes:
    """The zip of the parts that a Flat OPC file holds as one XML (ECMA-376 Part 2, annex on flat packages)."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise _damaged(label) from None
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for part in root.iter(f"{_PKG}part"):
            package.writestr(part.get(f"{_PKG}name", "").lstrip("/"), _content(part, label))
    return packed.getvalue()


def _content(part: etree._Element, label: str) -> bytes:
    inner = next(part.iterchildren(f"{_PKG}xmlData", f"{_PKG}binaryData"), None)
    if inner is None:
        raise _damaged(label)
    if inner.tag == f"{_PKG}binaryData":
        return b64decode(inner.text or "", validate=False)
    return b"".join(etree.tostring(child) for child in inner.iterchildren(etree.Element))


def _damaged(label: str) -> DamagedFileError:
    return DamagedFileError(
        f"{label} is cut short or broken: a file that LibreOffice opens was expected",
        f"{label} 不完整或已损坏：应为 LibreOffice 能打开的文件",
    )
