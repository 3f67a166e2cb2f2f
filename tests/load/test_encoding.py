"""Bytes → text: the bytes decide, whatever a page says of itself; every character leads back to its byte."""

import pytest

from extractor.load.encoding import decode

REPORT = "安平镇２０２４年政府信息公开工作年度报告\r\n一、总体情况\r\n2024年，本镇主动公开信息12条，办结申请3件。\r"
MIRROR = "本機關二零二四年政府資訊公開工作年度報告，依照條例規定編制，包括總體情況、主動公開和申請辦理三個部分。"

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gbk", "gb2312", "gb18030"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("declared", [None, "utf-8", "gb2312", "big5", "nonsense"])
def test_bytes_win(encoding: str, declared: str | None) -> None:
    text = REPORT.replace("２０２４", "2024") if encoding == "gb2312" else REPORT
    decoded = decode(text.encode(encoding), declared)
    assert decoded.text == text.replace("\r\n", "\n").replace("\r", "\n")
    assert decoded.errors == 0


@pytest.mark.parametrize("encoding", ENCODINGS[:7])
def test_every_character_leads_to_its_byte(encoding: str) -> None:
    data = REPORT.encode(encoding)
    decoded = decode(data)
    for offset, char in enumerate(decoded.text):
        rest = data[decoded.byte(offset) :].decode(decoded.encoding)
        assert rest.startswith(char) or (char == "\n" and rest[0] == "\r")


def test_byte_of_a_character_far_into_a_long_text() -> None:
    text = "政a\r\n" * 5_000
    decoded = decode(text.encode())
    offset = decoded.text.rindex("政")
    assert text.encode()[decoded.byte(offset) :] == "政a\r\n".encode()
    assert decoded.line(offset) == 5_000


@pytest.mark.parametrize("encoding", ["big5", "gbk"])
def test_traditional_characters(encoding: str) -> None:
    assert decode(MIRROR.encode(encoding)).text == MIRROR


@pytest.mark.parametrize("text", ["甲镇", "总计\t3\t4", "无"])
def test_short_gbk(text: str) -> None:
    assert decode(text.encode("gbk")).text == text


def test_a_few_broken_bytes_do_not_turn_utf8_into_gbk() -> None:
    data = REPORT.encode()
    decoded = decode(data[:10] + b"\xff" + data[10:60] + b"\xe4" + data[60:])
    assert decoded.encoding == "utf-8"
    assert "信息公开工作年度报告" in decoded.text
    assert decoded.text.count("\ufffd") == decoded.errors > 0


def test_broken_bytes_do_not_shift_what_follows() -> None:
    data = REPORT.encode()[:3] + b"\xff\xff" + REPORT.encode()[3:]
    decoded = decode(data)
    offset = decoded.text.index("一、")
    assert data[decoded.byte(offset) :].startswith("一、".encode())


def test_text_cut_inside_a_character() -> None:
    decoded = decode(REPORT.encode()[:50])
    assert (decoded.encoding, decoded.text[:3]) == ("utf-8", "安平镇")


def test_mojibake_is_left_as_written() -> None:
    spoilt = "政府信息".encode().decode("gbk", "replace")
    assert decode(spoilt.encode()).text == spoilt


def test_korean_is_read_where_it_is_declared() -> None:
    text = "정부 정보 공개 연간 보고서 입니다. 총계는 다음과 같습니다."
    assert decode(text.encode("euc-kr"), "euc-kr").text == text
