"""Bytes → what they are. Content decides; a file's suffix only tells what its content was meant to be."""

from __future__ import annotations

import re
from enum import Enum

from extractor.errors import DamagedFileError, EncryptedFileError, UnsupportedFormatError
from extractor.load.encoding import Decoded
from extractor.load.office.compound import SIGNATURE, root_streams
from extractor.settings import MEGABYTE


class Kind(Enum):
    """What a loader of its own reads; the value is the media type."""

    WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    HTML = "text/html"
    MARKDOWN = "text/markdown"
    PLAIN = "text/plain"
    DOC = "application/msword"
    RTF = "application/rtf"
    ODT = "application/vnd.oasis.opendocument.text"
    FLAT_ODT = "application/vnd.oasis.opendocument.text-flat-xml"
    WORD_2003 = "application/vnd.ms-wordml"
    FLAT_WORD = "application/vnd.ms-word2006ml"
    MAIL = "message/rfc822"
    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    TIFF = "image/tiff"
    GIF = "image/gif"
    WEBP = "image/webp"
    BMP = "image/bmp"


_PICTURES = (
    (rb"\x89PNG\r\n\x1a\n", Kind.PNG),
    (rb"\xff\xd8\xff", Kind.JPEG),
    (rb"II\*\0|MM\0\*", Kind.TIFF),
    (rb"GIF8", Kind.GIF),
    (rb"(?s)RIFF.{4}WEBP", Kind.WEBP),
    (rb"(?s)BM.{4}\0{4}", Kind.BMP),
)
"""How pictures begin."""

ARCHIVES = (
    (rb"\x1f\x8b", "gzip 压缩包", "a gzip archive"),
    (rb"7z\xbc\xaf\x27\x1c", "7z 压缩包", "a 7z archive"),
    (rb"Rar!\x1a\x07", "RAR 压缩包", "a RAR archive"),
    (rb"BZh\d1AY", "bzip2 压缩包", "a bzip2 archive"),
    (rb"\xfd7zXZ\0", "xz 压缩包", "an xz archive"),
    (rb"(?s).{257}ustar", "tar 归档", "a tar archive"),
)
"""How archives begin that are no zip. Their members are read, one by one; they themselves are no report."""

_STREAMS = {
    "EncryptedPackage": ("加密文件", "an encrypted file"),
    "WordDocument": ("旧版 Word（.doc、.wps）文件", "an old Word (.doc, .wps) file"),
    "Workbook": ("旧版 Excel（.xls、.et）文件", "an old Excel (.xls, .et) file"),
    "Book": ("旧版 Excel（.xls、.et）文件", "an old Excel (.xls, .et) file"),
    "PowerPoint Document": ("旧版 PowerPoint（.ppt、.dps）文件", "an old PowerPoint (.ppt, .dps) file"),
    "__properties_version1.0": ("Outlook 邮件（.msg）", "an Outlook message (.msg)"),
}
"""The streams by which compound files are known, the most telling first."""

_OLD_WORD = (".doc", ".dot", ".wps", ".wpt")
"""What such a file is called where its directory does not say what it is."""

_WORD_97, _FIRST_SECTOR = b"\xec\xa5", 512
"""How an old Word document begins, and where it usually does: all there is of one whose directory is cut off."""

_XML_KINDS = (("<w:wordDocument", Kind.WORD_2003), ("<pkg:package", Kind.FLAT_WORD))
_FLAT_ODF = "<office:document"
_FLAT_ODT = 'office:mimetype="application/vnd.oasis.opendocument.text'
_PDF = re.compile(rb"[^%]{0,1019}%PDF-")
_RTF = re.compile(rb"\s{0,64}\{\\rtf")
_HEADER = rb"[-!#-9;-~]{1,60}:[^\r\n]{0,2000}\r?\n(?:[ \t][^\r\n]{0,2000}\r?\n){0,200}+"
_MAIL = re.compile(
    rb"(?is)(?:\xef\xbb\xbf)?\s{0,8}(?:From [^\r\n]{0,200}\r?\n)?"
    rb"(?:(?!(?:MIME-Version|Content-Type|Received|Message-ID|Return-Path):)" + _HEADER + rb"){0,100}+"
    rb"(?:MIME-Version|Content-Type|Received|Message-ID|Return-Path):[^\r\n]"
)
"""A mail or web archive begins with header lines, one of which only a mail has (RFC 5322, RFC 2557)."""

_CONTAINERS = re.compile(
    r"\.(?:docx|docm|dotx|dotm|xlsx|xlsm|pptx|odt|ods|ofd|zip|7z|rar|t?gz|pdf|png|jpe?g|tiff?|gif|bmp|webp)"
)
"""Suffixes that promise a container: plain text under such a name is a damaged file."""

_READ = "PDF, Word, OpenDocument, RTF, HTML, mail, a picture or plain text"
_READ_ZH = "PDF、Word、OpenDocument、RTF、网页、邮件、图片或纯文本"

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
_IN_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([-\w]{2,20})", re.IGNORECASE)
_IN_PROLOGUE = re.compile(rb"\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([-\w]{2,20})", re.IGNORECASE)
_MARKDOWN = re.compile(r"^(?:#{1,6}[ \t]+\S|\|?[ \t]*:?-{3,}:?[ \t]*\|)", re.MULTILINE)


def is_zip(data: bytes) -> bool:
    """Whether ``data`` begins like a zip archive, as every .docx does."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_mail(data: bytes) -> bool:
    """Whether ``data`` begins like a mail or a web archive (MHTML)."""
    return _MAIL.match(data) is not None


def is_open_document(data: bytes) -> bool:
    """Whether a zip is an OpenDocument file: its first entry says so, or the names in its directory."""
    if data[30:38] == b"mimetype":
        return True
    names = data[-MEGABYTE:]
    return b"META-INF/manifest.xml" in names and b"content.xml" in names and b"word/document.xml" not in names


def binary_kind(data: bytes, label: str) -> Kind | None:
    """What ``data`` is by its first bytes; None where it may be a text.

    Raises:
        UnsupportedFormatError, EncryptedFileError: a format that is known but not read; names it.
    """
    if data.startswith(SIGNATURE):
        return _compound_kind(data, label)
    if _RTF.match(data):
        return Kind.RTF
    if is_mail(data):
        return Kind.MAIL
    if _PDF.match(data):
        return Kind.PDF
    for picture, kind in _PICTURES:
        if re.match(picture, data):
            return kind
    for pattern, zh, en in ARCHIVES:
        if re.match(pattern, data):
            raise archive(label, zh, en)
    return None


def unsupported(label: str, zh: str, en: str) -> UnsupportedFormatError:
    """The error for content that is known (``zh``, ``en``: what it is) but not read."""
    return UnsupportedFormatError(
        f"{label} is {en}, which is not read: {_READ} was expected", f"{label} 是{zh}，尚不支持：应为 {_READ_ZH}"
    )


def archive(label: str, zh: str, en: str) -> UnsupportedFormatError:
    """The error for an archive (``zh``, ``en``: which kind) where one report should be."""
    return UnsupportedFormatError(
        f"{label} is {en}, not one report: a member was expected, like load_document('a.zip!/b.docx'), "
        "or `extractor extract`, which reads them all",
        f"{label} 是{zh}，不是单份报告：应指明其中的文件，如 load_document('a.zip!/b.docx')，"
        "或用 extractor extract 逐份读取",
    )


def encrypted(label: str) -> EncryptedFileError:
    """The error for a file that a password protects."""
    return EncryptedFileError(
        f"{label} is protected by a password: a file that opens without one was expected",
        f"{label} 有密码保护：应为无需密码即可打开的文件",
    )


def _compound_kind(data: bytes, label: str) -> Kind:
    """What an OLE2 compound file is, by the streams in its root; by any stream's name where that cannot be read."""
    streams = root_streams(data)
    names = streams or [name for name in _STREAMS if f"{name}\0".encode("utf-16-le") in data + b"\0\0"]
    zh, en = next((_STREAMS[name] for name in _STREAMS if name in names), ("OLE2 复合文档", "an OLE2 compound file"))
    if "EncryptedPackage" in names:
        raise encrypted(label)
    if "WordDocument" in names or (not names and data.startswith(_WORD_97, _FIRST_SECTOR)):
        return Kind.DOC
    if not streams and _suffix(label) in _OLD_WORD:
        raise DamagedFileError(
            f"{label} is cut short or broken: a whole old Word file was expected",
            f"{label} 不完整或已损坏：应为完整的旧版 Word 文件",
        )
    raise unsupported(label, zh, en)


def declared_encoding(data: bytes) -> str | None:
    """The encoding that a page's own markup names, or None."""
    head = data[:4096]
    found = _IN_PROLOGUE.match(head) or _IN_META.search(head)
    return found[1].decode("ascii") if found else None


def text_kind(decoded: Decoded, label: str) -> Kind:
    """Whether a text is HTML, Markdown or plain.

    Raises:
        DamagedFileError: it is no text, or plain text under the name of a binary format.
        UnsupportedFormatError: it is XML of another kind, or bytes of no known kind.
    """
    _refuse_junk(decoded, label)
    if kind := _xml_kind(decoded.text[:4096], label):
        return kind
    if is_html(decoded.text):
        return Kind.HTML
    if _CONTAINERS.fullmatch(_suffix(label)):
        raise DamagedFileError(
            f"{label} holds plain text: the content of a {_suffix(label)} file was expected",
            f"{label} 的内容是纯文本：应为 {_suffix(label)} 文件的内容",
        )
    return Kind.MARKDOWN if _MARKDOWN.search(decoded.text) else Kind.PLAIN


def _xml_kind(head: str, label: str) -> Kind | None:
    if _FLAT_ODF in head:
        if _FLAT_ODT in head:
            return Kind.FLAT_ODT
        raise unsupported(label, "OpenDocument 单文件 XML（不是文字文档）", "an OpenDocument XML file, but no text")
    return next((kind for mark, kind in _XML_KINDS if mark in head), None)


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
