"""Damage within: a container opened, one thing in it damaged, and closed again so that the outside is whole."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from email import encoders, message_from_bytes
from email.message import Message
from random import Random

import py7zr
from PIL import Image

Change = Callable[[bytes, Random], bytes]
Inside = Callable[[bytes, Random, Change], bytes]

_OBJECT = re.compile(rb"(?ms)^(\d+) 0 obj\s(.*?)\sendobj\s")
_STREAM = re.compile(rb"(?s)(.*)stream\r?\n(.*?)\r?\nendstream")
_LENGTH = re.compile(rb"/Length \d+(?: 0 R)?")
_ROOT = re.compile(rb"/Root (\d+) 0 R")


def in_zip(data: bytes, dice: Random, change: Change) -> bytes:
    """A zip, or what is one (.docx, .odt), with one member changed; its check sum is right."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _one_changed(files, dice, change).items():
            archive.writestr(name, content)
    return packed.getvalue()


def in_tar(data: bytes, dice: Random, change: Change) -> bytes:
    """A .tar.gz with one member changed, or the tar itself."""
    plain = gzip.decompress(data)
    if dice.random() < 0.5:
        return gzip.compress(change(plain, dice), mtime=0)
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        files = {entry.name: archive.extractfile(entry).read() for entry in archive}  # type: ignore[union-attr]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in _one_changed(files, dice, change).items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)


def in_7z(data: bytes, dice: Random, change: Change) -> bytes:
    """A .7z with one member changed."""
    factory = py7zr.io.BytesIOFactory(1 << 26)
    with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
        archive.extract(factory=factory)
    files = {name: product.read() for name, product in factory.products.items()}
    packed = io.BytesIO()
    with py7zr.SevenZipFile(packed, "w") as archive:
        for name, content in _one_changed(files, dice, change).items():
            archive.writestr(content, name)
    return packed.getvalue()


def in_mail(data: bytes, dice: Random, change: Change) -> bytes:
    """A mail or web archive with one body or attachment changed."""
    message = message_from_bytes(data)
    leaves = [part for part in message.walk() if not part.is_multipart()]
    part: Message = dice.choice(leaves)
    content = part.get_payload(decode=True)
    part.set_payload(_within(content if isinstance(content, bytes) else b"", dice, change))
    del part["Content-Transfer-Encoding"]
    encoders.encode_base64(part)
    return message.as_bytes()


def in_pdf(data: bytes, dice: Random, change: Change) -> bytes:
    """A PDF with one stream unpacked, changed and packed again, or one object's dictionary changed."""
    objects = {int(number): content for number, content in _OBJECT.findall(data)}
    root = _ROOT.search(data)
    if not objects or root is None:
        return change(data, dice)
    number = dice.choice(sorted(objects))
    stream = _STREAM.fullmatch(objects[number])
    objects[number] = _streamed(stream, dice, change) if stream else change(objects[number], dice)
    return _written(objects, root[1])


def in_picture(data: bytes, dice: Random, change: Change) -> bytes:
    """A picture whose pixels are changed, and whose size may be; the file is whole."""
    picture = Image.open(io.BytesIO(data))
    width, height = picture.size
    pixels = change(picture.convert("L").tobytes(), dice)
    width = dice.choice((width, width, width + 1, width // 2, 1))
    height = max(1, min(height, len(pixels) // width))
    packed = io.BytesIO()
    Image.frombytes("L", (width, height), pixels.ljust(width * height, b"\xff")[: width * height]).save(
        packed, picture.format, dpi=(dice.choice((72, 110, 200)),) * 2
    )
    return packed.getvalue()


def _streamed(stream: re.Match[bytes], dice: Random, change: Change) -> bytes:
    head, content = stream.groups()
    try:
        packed = zlib.compress(change(zlib.decompress(content), dice))
    except zlib.error:
        packed = change(content, dice)
    head = _LENGTH.sub(b"/Length %d" % len(packed), head, count=1)
    return head + b"stream\n" + packed + b"\nendstream"


def _written(objects: dict[int, bytes], root: bytes) -> bytes:
    pieces, offsets = [b"%PDF-1.7\n"], {}
    for number, content in objects.items():
        offsets[number] = sum(map(len, pieces))
        pieces.append(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start, size = sum(map(len, pieces)), max(objects) + 1
    rows = [b"%010d 00000 n \n" % offsets[n] if n in offsets else b"0000000000 65535 f \n" for n in range(size)]
    pieces.append(b"xref\n0 %d\n" % size + b"".join(rows))
    pieces.append(b"trailer\n<< /Root %s 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (root, size, start))
    return b"".join(pieces)


def _one_changed(files: dict[str, bytes], dice: Random, change: Change) -> dict[str, bytes]:
    """``files`` with one changed, large ones more often."""
    names = list(files)
    chosen = dice.choices(names, [1 + len(files[name]) ** 0.8 for name in names])[0]
    return {**files, chosen: _within(files[chosen], dice, change)}


def _within(content: bytes, dice: Random, change: Change) -> bytes:
    """A member changed as it lies there, or what is within it."""
    if content.startswith(b"PK\x03\x04") and dice.random() < 0.6:
        return in_zip(content, dice, change)
    if content.startswith(b"%PDF") and dice.random() < 0.6:
        return in_pdf(content, dice, change)
    return change(content, dice)
