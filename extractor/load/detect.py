"""Bytes → what they are. Content decides; a file's suffix only tells what its content was meant to be."""

from __future__ import annotations

import re
from enum import Enum

from extractor.errors import DamagedFileError, EncryptedFileError, InputError, UnsupportedFormatError
from extractor.load.encoding import Decoded


class Kind(Enum):
    """What a loader of its own reads; the value is the media type."""

    WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    HTML = "text/html"
    MARKDOWN = "text/markdown"
    PLAIN = "text/plain"


_TIFF = "TIFF 图片", "a TIFF picture"
_SIGNATURES = (
    (rb"[^%]{0,1019}%PDF-", "PDF 文件", "a PDF"),
    (rb"\x89PNG\r\n\x1a\n", "PNG 图片", "a PNG picture"),
    (rb"\xff\xd8\xff", "JPEG 图片", "a JPEG picture"),
    (rb"II\*\0", *_TIFF),
    (rb"MM\0\*", *_TIFF),
    (rb"GIF8", "GIF 图片", "a GIF picture"),
    (rb"(?s)RIFF.{4}WEBP", "WebP 图片", "a WebP picture"),
    (rb"(?s)BM.{4}\0{4}", "BMP 图片", "a BMP picture"),
    (rb"\s*\{\\rtf", "RTF 文件", "an RTF file"),
    (rb"\x1f\x8b", "gzip 压缩包", "a gzip archive"),
    (rb"7z\xbc\xaf\x27\x1c", "7z 压缩包", "a 7z archive"),
    (rb"Rar!\x1a\x07", "RAR 压缩包", "a RAR archive"),
    (rb"BZh\d1AY", "bzip2 压缩包", "a bzip2 archive"),
    (rb"\xfd7zXZ\0", "xz 压缩包", "an xz archive"),
    (rb"(?s).{257}ustar", "tar 归档", "a tar archive"),
    (
        rb"(?is)(?=[-\w]{2,40}: .{0,4000}?multipart/related).{0,4000}?MIME-Version:",
        "MHTML 网页存档",
        "a web archive (MHTML)",
    ),
)
"""How formats that are known but not read begin, and what they are called."""

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = (
    ("WordDocument", "旧版 Word（.doc、.wps）文件", "an old Word (.doc, .wps) file"),
    ("Workbook", "旧版 Excel（.xls）文件", "an old Excel (.xls) file"),
    ("PowerPoint Document", "旧版 PowerPoint（.ppt）文件", "an old PowerPoint (.ppt) file"),
)
_XML_KINDS = (
    ("<w:wordDocument", "Word 2003 XML 文件", "a Word 2003 XML file"),
    ("<pkg:package", "Word 单文件 XML（Flat OPC）", "a Word file as one XML (Flat OPC)"),
    ("<office:document", "OpenDocument 单文件 XML", "an OpenDocument file as one XML"),
)
_CONTAINERS = re.compile(
    r"\.(?:docx|docm|dotx|dotm|xlsx|xlsm|pptx|odt|ods|ofd|zip|7z|rar|t?gz|pdf|png|jpe?g|tiff?|gif|bmp|webp)"
)
"""Suffixes that promise a container: plain text under such a name is a damaged file."""

_READ = "docx, HTML, Markdown or plain text"
_READ_ZH = "docx、HTML、Markdown 或纯文本"

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_CONTROLS = bytes([*range(9), *range(0x0E, 0x20), 0x7F])
_JUNK_SHARE = 0.01
"""Share of control characters and undecodable bytes above which a file is no text."""

_PROLOGUE = re.compile(r"(?:[\s\ufeff]++|<\?xml[^<>]{0,200}\?>|<!--(?!\[if)(?:(?!-->).){0,2000}+-->)*+", re.DOTALL)
_ROOT = re.compile(r"<(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>])", re.IGNORECASE)
_TAGS = (
    "html|head|body|meta|title|div|p|span|table|tbody|thead|tr|td|th|br|hr|h[1-6]|ul|ol|li|a|b|strong|font|img|pre|"
    "section|article|center|script|style|link"
)
_OPENING = re.compile(rf"<(?:{_TAGS})(?:\s[^<>]{{0,2000}})?/?>", re.IGNORECASE)
_CLOSING = re.compile(
    r"</(?:html|body|div|p|table|tr|td|th|h[1-6]|ul|ol|li|span|pre|section|article)\s*>", re.IGNORECASE
)
_FEW_TAGS = 3
_DECLARED = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([-\w]{2,20})|^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([-\w]{2,20})",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(r"^(?:#{1,6}[ \t]+\S|\|?[ \t]*:?-{3,}:?[ \t]*\|)", re.MULTILINE)


def is_zip(data: bytes) -> bool:
    """Whether ``data`` begins like a zip archive, as every .docx does."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def refuse_binary(data: bytes, label: str) -> None:
    """Return only if ``data`` has the mark of no format that is known but not read.

    Raises:
        UnsupportedFormatError, EncryptedFileError: names the format.
    """
    if data.startswith(_OLE2):
        raise _compound(data, label)
    for pattern, zh, en in _SIGNATURES:
        if re.match(pattern, data):
            raise unsupported(label, zh, en)


def unsupported(label: str, zh: str, en: str) -> UnsupportedFormatError:
    """The error for content that is known (``zh``, ``en``: what it is) but not read."""
    return UnsupportedFormatError(
        f"{label} is {en}, which is not read: {_READ} was expected", f"{label} 是{zh}，尚不支持：应为 {_READ_ZH}"
    )


def _compound(data: bytes, label: str) -> InputError:
    """What an OLE2 compound file is: its directory names its streams in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return EncryptedFileError(
            f"{label} is protected by a password: a file that opens without one was expected",
            f"{label} 有密码保护：应为无需密码即可打开的文件",
        )
    for stream, zh, en in _STREAMS:
        if stream.encode("utf-16-le") in data:
            return unsupported(label, zh, en)
    return unsupported(label, "OLE2 复合文档", "an OLE2 compound file")


def declared_encoding(data: bytes) -> str | None:
    """The encoding that a page's own markup names, or None."""
    found = _DECLARED.search(data[:4096])
    return (found[1] or found[2]).decode("ascii") if found else None


def text_kind(decoded: Decoded, label: str) -> Kind:
    """Whether a text is HTML, Markdown or plain.

    Raises:
        DamagedFileError: it is no text, or plain text under the name of a binary format.
        UnsupportedFormatError: it is XML of another kind, or bytes of no known kind.
    """
    _refuse_junk(decoded, label)
    head = decoded.text[:4096]
    for mark, zh, en in _XML_KINDS:
        if mark in head:
            raise unsupported(label, zh, en)
    if is_html(decoded.text):
        return Kind.HTML
    if _CONTAINERS.fullmatch(_suffix(label)):
        raise DamagedFileError(
            f"{label} holds plain text: the content of a {_suffix(label)} file was expected",
            f"{label} 的内容是纯文本：应为 {_suffix(label)} 文件的内容",
        )
    return Kind.MARKDOWN if _MARKDOWN.search(decoded.text) else Kind.PLAIN


def is_html(text: str) -> bool:
    """Whether a text is a page or a piece of one: it begins as one, or its tags come in numbers.

    >>> is_html("<div><p>一、总体情况"), is_html("根据<条例>第四十九条"), is_html("用 <br> 换行")
    (True, False, False)
    """
    if "<" not in text:
        return False
    start = _PROLOGUE.match(text).end()  # type: ignore[union-attr]
    if _ROOT.match(text, start):
        return True
    closing = _few(_CLOSING, text, _FEW_TAGS)
    opening = _few(_OPENING, text, _FEW_TAGS)
    if _OPENING.match(text, start) is not None:
        return opening + closing >= 2
    return closing >= _FEW_TAGS and opening >= _FEW_TAGS


def _few(pattern: re.Pattern[str], text: str, enough: int) -> int:
    """How often ``pattern`` occurs, counted up to ``enough``."""
    return sum(1 for _ in zip(range(enough), pattern.finditer(text), strict=False))


def _refuse_junk(decoded: Decoded, label: str) -> None:
    junk = decoded.errors + len(decoded.utf8) - len(decoded.utf8.translate(None, _CONTROLS))
    if junk <= max(2, _JUNK_SHARE * len(decoded.text)) and junk * 4 <= len(decoded.text):
        return
    suffix = _suffix(label)
    if suffix:
        raise DamagedFileError(
            f"{label} holds bytes that are no text: the content of a {suffix} file was expected",
            f"{label} 的内容是无法辨认的字节：应为 {suffix} 文件的内容",
        )
    raise UnsupportedFormatError(
        f"{label} is of no known kind: {_READ} was expected", f"{label} 的格式无法识别：应为 {_READ_ZH}"
    )


def _suffix(label: str) -> str:
    found = _SUFFIX.search(label)
    return found[0].lower() if found else ""
