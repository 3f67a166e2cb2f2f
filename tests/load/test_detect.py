"""What a file is, its content tells and not its name."""

import pytest

from extractor.errors import EncryptedFileError, UnsupportedFormatError
from extractor.load import load_bytes
from extractor.load.detect import declared_encoding, is_html
from tests.load.reading import docx_parts, p, page, zipped

HTML = [
    "<!DOCTYPE html><html><body>报告",
    "\ufeff\n<HTML><HEAD>",
    '<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="x"><body/></html>',
    "<!-- 存档 -->\n<html>",
    "<div><p>一、总体情况",
    "年度报告\n<p>甲</p><p>乙</p><table><tr><td>1</td></tr></table>",
    "<table><tr><td>1</td></tr></table>",
    "<title>年报</title><p>甲",
]
TEXT = [
    "根据<条例>第四十九条、<通知>要求",
    "a < b，b > c",
    "换行写作 <br> 即可",
    "标签 <p> 与 </p> 的用法",
    "<甲镇>年度报告\n<一>总体情况",
    "| 项目 | 数 |\n|---|---|\n| 规章<br>文件 | 1 |",
    "MIME 是什么",
]


@pytest.mark.parametrize("text", HTML)
def test_pages_and_pieces_of_pages(text: str) -> None:
    assert is_html(text)
    assert load_bytes(text.replace("报告", "报告甲").encode() + "甲".encode(), "年报.txt").media_type == "text/html"


@pytest.mark.parametrize("text", TEXT)
def test_text_with_angle_brackets(text: str) -> None:
    assert not is_html(text)
    assert load_bytes(text.encode(), "年报.html").media_type in ("text/plain", "text/markdown")


@pytest.mark.parametrize("text", ["# 年报\n\n甲", "|甲|乙|\n|---|:-:|\n|1|2|", "甲|乙\n---|---\n1|2"])
def test_markdown(text: str) -> None:
    assert load_bytes(text.encode(), "年报.txt").media_type == "text/markdown"


def test_word_under_another_name() -> None:
    document = load_bytes(zipped(docx_parts(p("年报"))), "年报.txt")
    assert document.media_type == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def test_html_under_the_name_of_an_old_word_file() -> None:
    assert load_bytes("<html><body><p>年报</p></body></html>".encode(), "年报.doc").media_type == "text/html"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "gbk"])
def test_a_page_whose_declared_encoding_is_wrong(encoding: str, declared: str) -> None:
    source = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={declared}"></head>'
    document = load_bytes(
        (source + "<body><p>安平镇政府信息公开工作年度报告</p></body></html>").encode(encoding), "a.html"
    )
    assert document.text == "安平镇政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'<meta charset="gbk">', "gbk"),
        (b"<html><META http-equiv=Content-Type content='text/html; Charset = GB2312'>", "GB2312"),
        (b'\n <?xml version="1.0" encoding="big5"?><meta charset=utf-8>', "big5"),
        (b'<p><?xml version="1.0" encoding="big5"?><meta charset=utf-8>', "utf-8"),
        (b"<p>charset=gbk</p>", None),
        (b" " * 4096 + b"<meta charset=gbk>", None),
    ],
)
def test_the_encoding_that_a_page_declares(data: bytes, expected: str | None) -> None:
    assert declared_encoding(data) == expected


OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
KINDS = {
    "gzip": b"\x1f\x8b\x08\0",
    "7z": b"7z\xbc\xaf\x27\x1c\0\x04",
    "RAR": b"Rar!\x1a\x07\x01\0",
    "tar": b"a.txt".ljust(257, b"\0") + b"ustar\x0000",
    "Excel": zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}),
    "PowerPoint": zipped({"ppt/presentation.xml": "<p/>"}),
    "OFD": zipped({"OFD.xml": "<x/>", "Doc_0/Document.xml": "<x/>"}),
    "zip": zipped({"2024/年报.txt": "年报"}),
    "an OpenDocument file, but no text": zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
    "old PowerPoint": OLE2 + "PowerPoint Document".encode("utf-16-le"),
    "Outlook": OLE2 + "__properties_version1.0".encode("utf-16-le"),
    "old Excel": OLE2 + "Workbook".encode("utf-16-le"),
    "OLE2": OLE2,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["年报", "年报.docx", "年报.txt"])
def test_formats_that_are_known_but_not_read(kind: str, name: str) -> None:
    with pytest.raises(UnsupportedFormatError) as caught:
        load_bytes(KINDS[kind], name)
    assert kind in caught.value.en
    assert name in caught.value.en
    assert name in caught.value.zh


def test_a_word_file_with_a_password() -> None:
    with pytest.raises(EncryptedFileError):
        load_bytes(OLE2 + "EncryptedPackage".encode("utf-16-le"), "年报.docx")


def test_the_address_a_page_was_saved_from() -> None:
    saved = page("<p>甲</p>", "a.html")
    assert saved.url is None
    source = "<!-- saved from url=(0030)https://www.example.gov.cn/1.html --><html><body>甲</body></html>"
    assert load_bytes(source.encode(), "a.html").url == "https://www.example.gov.cn/1.html"
    linked = '<html><head><link rel="canonical" href="https://www.example.gov.cn/2.html"></head><body>甲</body></html>'
    assert load_bytes(linked.encode(), "a.html").url == "https://www.example.gov.cn/2.html"
