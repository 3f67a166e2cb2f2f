"""Damage: bytes → the same bytes with something wrong in them, at random but the same for the same dice."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from random import Random

from lxml import etree

Mutation = Callable[[bytes, Random], bytes]

_TOKEN = re.compile(rb"<[^<>]*>|[^<]+|<")
_NUMBER = re.compile(rb"\d+")
_NUMBERS = (b"0", b"-1", b"1", b"2147483648", b"4294967295", b"99999999999999999999", b"1e309", b"00", b"1.5")
_FIELDS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_PIECES = (
    b"\0",
    b"\xff\xfe",
    b"<",
    b"&#0;",
    b"]]>",
    b"%",
    b"\r\n\r\n",
    b"PK\x03\x04",
    b"{\\rtf1",
    b"\xef\xbf\xbf",
    b'"',
)
_MOST_TOKENS = 3_000
_NESTED = 3_000
_TREES = 8
"""How much more often an XML is damaged as a tree: most other damage to it is refused by the parser at once."""


def flipped(data: bytes, dice: Random) -> bytes:
    """A few bits turned over."""
    changed = bytearray(data)
    for _ in range(dice.randint(1, 40)):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def cut(data: bytes, dice: Random) -> bytes:
    """The end missing."""
    return data[: dice.randrange(len(data))]


def swapped(data: bytes, dice: Random) -> bytes:
    """Two parts in each other's place."""
    a, b, c, d = sorted(dice.randrange(len(data) + 1) for _ in range(4))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def repeated(data: bytes, dice: Random) -> bytes:
    """A part twice or more."""
    start, end = _part(data, dice)
    return data[:end] + data[start:end] * dice.randint(1, 4) + data[end:]


def removed(data: bytes, dice: Random) -> bytes:
    """A part missing."""
    start, end = _part(data, dice)
    return data[:start] + data[end:]


def zeroed(data: bytes, dice: Random) -> bytes:
    """A part that is zeros, as a lost sector is."""
    start, end = _part(data, dice)
    return data[:start] + bytes(end - start) + data[end:]


def inserted(data: bytes, dice: Random) -> bytes:
    """Bytes that do not belong there, some of which mean something."""
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(data) + 1)
        data = data[:at] + dice.choice((*_PIECES, dice.randbytes(dice.randint(1, 30)))) + data[at:]
    return data


def mismeasured(data: bytes, dice: Random) -> bytes:
    """Binary fields, as lengths and offsets are, with the values that break programs."""
    changed = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        size = dice.choice((1, 2, 4))
        at = dice.randrange(len(changed))
        value = dice.choice(_FIELDS) & ((1 << 8 * size) - 1)
        changed[at : at + size] = value.to_bytes(size, dice.choice(("little", "big")))
    return bytes(changed)


def miscounted(data: bytes, dice: Random) -> bytes:
    """Numbers in digits (spans, lengths, counts) changed for others."""
    found = [match.span() for match in _NUMBER.finditer(data)]
    for start, end in sorted(dice.sample(found, min(len(found), dice.randint(1, 6))), reverse=True):
        data = data[:start] + dice.choice(_NUMBERS) + data[end:]
    return data


def retagged(data: bytes, dice: Random) -> bytes:
    """Tags and texts of a markup removed, repeated, swapped, or nested in themselves thousands deep."""
    tokens = _TOKEN.findall(data)
    if len(tokens) < 3:
        return swapped(data, dice)
    for _ in range(dice.randint(1, 8)):
        one, other = dice.randrange(len(tokens)), dice.randrange(len(tokens))
        kind = dice.randrange(5)
        if kind == 0:
            tokens[one] = b""
        elif kind == 1:
            tokens[one], tokens[other] = tokens[other], tokens[one]
        elif kind == 2:
            tokens.insert(other, tokens[one])
        elif kind == 3:
            start, end = sorted((one, other))
            tokens[end:end] = tokens[start : min(end, start + _MOST_TOKENS)]
        elif dice.random() < 0.2:
            tokens[one] *= dice.randint(2, _NESTED)
    return b"".join(tokens)


def regrown(data: bytes, dice: Random) -> bytes:
    """An XML still well formed, with elements removed, repeated, swapped, nested or their attributes changed."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return retagged(data, dice)
    for _ in range(dice.randint(1, 8)):
        elements = [element for element in root.iter(etree.Element) if element is not root]
        if elements:
            _change(dice.choice(elements), dice.choice(elements), dice)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _change(one: etree._Element, other: etree._Element, dice: Random) -> None:
    kind, parent = dice.randrange(6), one.getparent()
    if parent is None:
        return
    if kind == 0:
        parent.remove(one)
    elif kind == 1:
        parent.insert(parent.index(one), copy.deepcopy(one))
    elif kind == 2 and one not in other.iterancestors():
        one.append(copy.deepcopy(other))
    elif kind == 3 and one.attrib:
        name = dice.choice(sorted(map(str, one.attrib)))
        one.set(name, dice.choice((*map(bytes.decode, _NUMBERS), "", "x" * 5_000, str(other.get(name)))))
    elif kind == 4:
        one.tag, other.tag = other.tag, one.tag
    elif kind == 5:
        for _ in range(dice.choice((3, 30, 200))):
            inner = etree.SubElement(one, one.tag)
            inner.text, one = "1", inner


MUTATIONS: tuple[Mutation, ...] = (
    flipped,
    cut,
    swapped,
    repeated,
    removed,
    zeroed,
    inserted,
    mismeasured,
    miscounted,
    retagged,
    regrown,
)


def mutated(data: bytes, dice: Random) -> bytes:
    """``data`` damaged in one way or two."""
    ways = (*MUTATIONS, *[regrown] * _TREES) if data.lstrip().startswith(b"<?xml") else MUTATIONS
    for _ in range(dice.choice((1, 1, 2))):
        if data:
            data = dice.choice(ways)(data, dice)
    return data


def _part(data: bytes, dice: Random) -> tuple[int, int]:
    """A part of any size, small ones as likely as large ones."""
    size = min(len(data), 1 << dice.randint(0, max(1, len(data)).bit_length()))
    start = dice.randrange(len(data) - size + 1)
    return start, start + size
