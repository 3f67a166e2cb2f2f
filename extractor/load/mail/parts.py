"""A mail or web archive → its parts: bodies and attachments, with names and bytes decoded (RFC 2045 to 2047, 2231).

Read by the tolerant rules of ``email.policy.compat32``: the stricter ones recurse on what a header holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import errors, message_from_bytes
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from urllib.parse import unquote_to_bytes

from extractor.errors import DamagedFileError, LimitError
from extractor.load.archive.names import decoded
from extractor.settings import load_settings

_CHINESE = {"gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "hz-gb-2312"}
_DEEPEST = 50
_BOUNDARY = re.compile(rb"(?i)\bboundary\s*=")
_WEB_HEADERS = ("Snapshot-Content-Location", "X-MAF-Information")
_SENT_HEADERS = ("To", "Received", "Message-ID", "Return-Path")
_WORD = re.compile(r"=\?[^?\s]{1,40}\?[bBqQ]\?")
_NO_NAME = re.compile(r"[\x00-\x1f/\\]+")


@dataclass(frozen=True, slots=True)
class MailPart:
    """One part that is no container: ``type`` like ``text/html``; ``name`` as the sender wrote it or "".

    ``within`` names the forwarded mails it is in, outermost first; ``related`` is whether it belongs to a page.
    """

    type: str
    name: str
    charset: str | None
    attached: bool
    related: bool
    within: tuple[str, ...]
    message: Message

    @property
    def data(self) -> bytes:
        """The part's bytes, its transfer encoding undone."""
        payload = self.message.get_payload(decode=True)
        return payload if isinstance(payload, bytes) else b""


class _Tolerant(Compat32):
    """Headers as text, whatever bytes they hold."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return decoded(value.encode("utf-8", "surrogateescape")) if not value.isascii() else value


def parse_mail(data: bytes, label: str) -> Message:
    """The mail that ``data`` is.

    Raises:
        LimitError: nested deeper than mails are.
        DamagedFileError: what the headers promise is not there.
    """
    if len(_BOUNDARY.findall(data)) > load_settings().max_archive_entries:
        raise _too_deep(label)
    try:
        message: Message = message_from_bytes(data, policy=_Tolerant())
    except RecursionError:
        raise _too_deep(label) from None
    except (errors.MessageError, ValueError, LookupError):
        raise damaged(label) from None
    return message


def is_web_archive(message: Message) -> bool:
    """Whether nobody sent it: a page as a browser or Word saved it."""
    if any(message[header] for header in _WEB_HEADERS):
        return True
    return message.get_content_type() == "multipart/related" and not any(message[header] for header in _SENT_HEADERS)


def mail_parts(message: Message, label: str) -> Iterator[MailPart]:
    """Every part in the order of the file, those of forwarded mails too.

    Raises:
        LimitError: too many parts, or nested too deep.
        DamagedFileError: it is of parts that nothing keeps apart.
    """
    stack: list[tuple[Message, bool, tuple[str, ...], int]] = [(message, False, (), 0)]
    left = load_settings().max_archive_entries
    while stack:
        part, related, within, depth = stack.pop()
        left -= 1
        if depth > _DEEPEST or left < 0:
            raise _too_deep(label)
        children = part.get_payload()
        if not isinstance(children, list):
            if part is message and part.get_content_maintype() == "multipart":
                raise damaged(label)  # its parts cannot be told apart
            yield _leaf(part, related, within)
            continue
        kind = part.get_content_type()
        if kind == "message/rfc822":
            within = (*within, _name(part) or _subject(children) + ".eml")
        inner = kind == "multipart/related" or (related and kind != "message/rfc822")
        stack += [(child, inner, within, depth + 1) for child in reversed(children) if isinstance(child, Message)]


def _leaf(part: Message, related: bool, within: tuple[str, ...]) -> MailPart:
    disposition = str(part.get("Content-Disposition", "")).strip().lower()
    charset = part.get_param("charset")
    return MailPart(
        type=part.get_content_type(),
        name=_name(part),
        charset=charset.lower() if isinstance(charset, str) else None,
        attached=disposition.startswith("attachment"),
        related=related,
        within=within,
        message=part,
    )


def _name(part: Message) -> str:
    """The file name a part goes by, in whichever of the ways that mail programs write it."""
    for header, key in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        value = part.get_param(key, header=header)
        if isinstance(value, tuple):
            value = _in(value[2].encode("latin-1", "replace"), value[0])
        if isinstance(value, str) and value.strip():
            return _NO_NAME.sub("_", _words(value).strip().replace("\\", "/").rpartition("/")[2])
    return ""


def _subject(children: Sequence[object]) -> str:
    first = children[0] if children else None
    subject = _words(str(first.get("Subject", ""))) if isinstance(first, Message) else ""
    return _NO_NAME.sub("_", subject.strip())[:80] or "mail"


def _words(value: str) -> str:
    """A header's text with its encoded words decoded; adjacent ones together, since senders cut characters in two."""
    if "%" in value and value.isascii() and not _WORD.search(value):
        return _unquoted(value)
    if not _WORD.search(value):
        return value
    try:
        pieces = decode_header(value)
    except (errors.MessageError, ValueError):
        return value
    return "".join(piece if isinstance(piece, str) else _in(piece, charset) for piece, charset in pieces)


def _unquoted(value: str) -> str:
    raw = unquote_to_bytes(value)
    name = decoded(raw)
    return value if raw.isascii() or any("\udc80" <= char <= "\udcff" for char in name) else name


def _in(raw: bytes, charset: str | None) -> str:
    name = (charset or "").lower()
    if not name or name in ("unknown-8bit", "us-ascii", "ascii"):
        return decoded(raw)
    try:
        return raw.decode("gb18030" if name in _CHINESE else name)
    except (LookupError, UnicodeDecodeError):
        return decoded(raw)


def damaged(label: str) -> DamagedFileError:
    """The error for a mail that is cut or broken."""
    return DamagedFileError(
        f"{label} is cut short or broken: a whole mail or web archive was expected",
        f"{label} 不完整或已损坏：应为完整的邮件或网页存档",
    )


def _too_deep(label: str) -> LimitError:
    return LimitError(
        f"{label} has too many parts, or parts nested too deep: an ordinary mail was expected",
        f"{label} 的组成部分过多或嵌套过深：应为普通邮件",
    )
