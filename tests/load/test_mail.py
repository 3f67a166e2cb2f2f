"""Mails and web archives: the report is the page, the body, or what is attached."""

from __future__ import annotations

import base64
import quopri
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.document import Document
from extractor.errors import DamagedFileError, EmptyFileError, InputError, LimitError, UnsupportedFormatError
from extractor.load import load_bytes
from extractor.load.archive.walk import unpack
from tests.load.reading import docx_parts, grids, p, zipped

WORD = zipped(docx_parts(p("附件里的年度报告")))
ROWS = ("予以公开", "属于国家秘密", "重复申请", "行政处罚", "行政强制", "信访举报投诉类申请")
PAGE = "<html><body><p>网页里的年度报告</p><table>{}</table></body></html>".format(
    "".join(f"<tr><td>{row}</td><td>3</td></tr>" for row in ROWS)
)
SCAN = b"\x89PNG\r\n\x1a\n" + bytes(40_000)


def note(text: str = "现将年度报告报上，请查收。", charset: str = "gb2312") -> Message:
    return MIMEText(text, "plain", charset)


def page() -> Message:
    return MIMEText(PAGE, "html", "gb18030")


def attached(data: bytes, header: str, kind: str = "application/octet-stream") -> Message:
    part = MIMEBase(*kind.split("/"))
    part.set_payload(base64.encodebytes(data).decode())
    part["Content-Transfer-Encoding"] = "base64"
    part["Content-Disposition"] = f"attachment; {header}"
    return part


def mail(*parts: Message, kind: str = "mixed") -> bytes:
    message = MIMEMultipart(kind)
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", "=?gb2312?B?xOqxqA==?="
    for part in parts:
        message.attach(part)
    return message.as_bytes()


def forwarded(data: bytes) -> Message:
    from email import message_from_bytes  # noqa: PLC0415

    return MIMEMessage(message_from_bytes(data))


def named(name: str) -> str:
    return f'filename="{name}"'


def members(data: bytes, folder: Path) -> list[str] | None:
    path = folder / "mail"
    path.write_bytes(data)
    contents = unpack(path, folder, "信.eml")
    return [found.name for found in contents.found] if contents else None


def load(data: bytes) -> Document:
    return load_bytes(data, "信.eml")


# ---- which part is the report ----------------------------------------------------------------------------------------

ONE = {
    "an attachment beside a cover note": (mail(note(), attached(WORD, named("a.docx"))), "附件里"),
    "the body": (mail(page()), "网页里"),
    "the page beside its text": (mail(note(), page(), kind="alternative"), "网页里"),
    "a body beside a logo": (mail(page(), attached(SCAN, named("logo.png"), "image/png")), "网页里"),
    "a body beside a signature": (mail(page(), attached(b"x", named("s.p7s"), "application/pkcs7-signature")), "网页"),
    "a body of text": (mail(note("年度报告全文")), "年度报告全文"),
    "a forwarded mail": (mail(note(), forwarded(mail(note(), attached(WORD, named("a.docx"))))), "附件里"),
    "an attachment beside a small picture": (
        mail(note(), attached(SCAN[:500], named("1.png"), "image/png"), attached(WORD, named("a.docx"))),
        "附件里",
    ),
}


@pytest.mark.parametrize("case", ONE)
def test_the_one_report_of_a_mail(case: str, tmp_path: Path) -> None:
    data, begins = ONE[case]
    document = load(data)
    assert document.text.startswith(begins)
    assert (document.name, document.media_type) == ("信.eml", "message/rfc822")
    assert members(data, tmp_path) is None


def test_several_reports_are_members(tmp_path: Path) -> None:
    data = mail(note(), attached(WORD, named("b.docx")), attached(b"\xc4\xea\xb1\xa8", named("a.txt"), "text/plain"))
    assert members(data, tmp_path) == ["a.txt", "b.docx"]
    with pytest.raises(UnsupportedFormatError, match="several"):
        load(data)
    assert members(mail(page(), attached(WORD, named("b.docx"))), tmp_path) == ["b.docx", "body.html"]


def test_an_attached_archive_is_opened(tmp_path: Path) -> None:
    assert members(mail(note(), attached(zipped({"x/c.txt": b"1"}), named("a.zip"))), tmp_path) == ["a.zip!/x/c.txt"]


def test_members_of_a_forwarded_mail(tmp_path: Path) -> None:
    inner = forwarded(mail(note(), attached(WORD, named("a.docx"))))
    assert members(mail(note(), attached(WORD, named("b.docx")), inner), tmp_path) == ["b.docx", "年报.eml!/a.docx"]


def test_a_mail_of_nothing() -> None:
    with pytest.raises(EmptyFileError):
        load(mail(note(" ")))


# ---- names -----------------------------------------------------------------------------------------------------------


def word(text: str, charset: str = "gb2312") -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode('gb18030' if charset != 'utf-8' else charset)).decode()}?="


def halves(text: str) -> str:
    """Two encoded words with a character cut in two between them, as some programs write."""
    raw = text.encode("gb18030")
    return " ".join(f"=?gbk?B?{base64.b64encode(piece).decode()}?=" for piece in (raw[:3], raw[3:]))


NAMES = {
    "an encoded word": named(word("年度报告.docx")),
    "a character beyond GB2312": named(word("镕城报告.docx")),
    "UTF-8": named(word("年度报告.docx", "utf-8")),
    "a character cut in two": named(halves("年度报告.docx")),
    "RFC 2231": "filename*=gb2312''%C4%EA%B6%C8%B1%A8%B8%E6.docx",
    "RFC 2231 in pieces": "filename*0*=utf-8''%E5%B9%B4%E5%BA%A6; filename*1*=%E6%8A%A5%E5%91%8A.docx",
    "an address": named("%E5%B9%B4%E5%BA%A6%E6%8A%A5%E5%91%8A.docx"),
    "a path": named("C:\\\\x\\\\年度报告.docx"),
}


@pytest.mark.parametrize("case", NAMES)
def test_names_in_every_dress(case: str, tmp_path: Path) -> None:
    expected = "镕城报告.docx" if "beyond" in case else "年度报告.docx"
    data = mail(note(), attached(WORD, named("0.docx")), attached(WORD, "@@")).replace(b"@@", NAMES[case].encode())
    assert members(data, tmp_path) == ["0.docx", expected]


def test_a_name_in_raw_gbk(tmp_path: Path) -> None:
    data = mail(note(), attached(WORD, named("0.docx")), attached(WORD, "@@"))
    assert members(data.replace(b"@@", named("年度报告.docx").encode("gbk")), tmp_path) == ["0.docx", "年度报告.docx"]


# ---- web archives ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("charset", ["gb2312", "gb18030", "utf-8"])
@pytest.mark.parametrize("transfer", ["quoted-printable", "base64", "8bit"])
@pytest.mark.parametrize("sender", ["From: <Saved by Blink>\r\nSnapshot-Content-Location: https://x.example/1\r\n", ""])
def test_a_saved_page(charset: str, transfer: str, sender: str) -> None:
    raw = PAGE.encode(charset)
    coded = {"quoted-printable": quopri.encodestring(raw), "base64": base64.encodebytes(raw), "8bit": raw}[transfer]
    head = (
        f'{sender}MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html"; boundary="-=B"\r\n\r\n'
    )
    part = f'---=B\r\nContent-Type: text/html; charset="{charset}"\r\nContent-Transfer-Encoding: {transfer}\r\n\r\n'
    picture = b"\r\n---=B\r\nContent-Type: image/png\r\nContent-Location: 1.png\r\n\r\nx\r\n---=B--\r\n"
    document = load_bytes((head + part).encode() + coded + picture, "存档.doc")
    assert document.media_type == "multipart/related"
    assert document.text.startswith("网页里的年度报告")
    assert grids(document) == [[[row, "3"] for row in ROWS]]
    assert document.url == ("https://x.example/1" if sender else None)
    place = document.locate(document.text.index("予以"))
    assert place.part == "text/html"
    assert place.byte is not None and raw[place.byte :].decode(charset).startswith("予以公开")


# ---- hostile ---------------------------------------------------------------------------------------------------------


def test_parts_nested_without_end() -> None:
    levels = (f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(3_000))
    with pytest.raises(LimitError):
        load(b"MIME-Version: 1.0\r\n" + "".join(levels).encode())
    data = mail(note())
    for _ in range(60):
        data = mail(forwarded(data))
    with pytest.raises(LimitError):
        load(data)


@given(st.binary(max_size=400))
def test_any_bytes_after_a_header(data: bytes) -> None:
    for head in (b"MIME-Version: 1.0\r\n", b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'):
        try:
            load(head + data)
        except InputError:
            continue


@pytest.mark.parametrize("text", ["主题: 年报\n正文", "Note: no mail\n\ntext", "MIME-Version 说明"])
def test_texts_that_are_no_mail(text: str) -> None:
    assert load_bytes(text.encode(), "a.txt").media_type == "text/plain"


def test_parts_that_nothing_keeps_apart_are_a_damaged_mail() -> None:
    body = "MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n"
    with pytest.raises(DamagedFileError):
        load(f"{body}{PAGE}\r\n--x--".encode())
