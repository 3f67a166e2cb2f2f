"""A record as two compressed values: what it says, and the evidence for it, laid out by column.

A record's evidence is some 200 entries that are alike: beside one another, equal fields compress to a tenth.
"""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import msgspec

from extractor.errors import StoreDamagedError
from extractor.record import Evidence, Place, Record, Usage

RAW, DEFLATED = 0, 1
"""Codecs of a stored value."""

_LEVEL = 3
"""The highest level would take four times as long, for values that are 5 % smaller."""

_MAKING = threading.Lock()
_FIELDS = ("raw", "state", "note", "method", "verdict", "reasons", "confidence")
_PLACES = ("table", "row", "column", "page", "bbox")


class _Columns(msgspec.Struct, array_like=True):
    """Evidence by column, an entry each; ``starts`` are differences from one entry to the next, ``lengths`` spans."""

    pointers: list[str]
    fields: list[list[Any]]
    starts: list[int | None]
    lengths: list[int | None]
    places: list[list[Any]]


def pack(data: bytes) -> tuple[int, bytes]:
    """Codec and stored form, whichever is shorter (Word files and pictures are compressed already)."""
    small = zlib.compress(data, _LEVEL)
    return (DEFLATED, small) if len(small) < len(data) else (RAW, data)


def unpack(codec: int, data: bytes) -> bytes:
    """What was packed.

    Raises:
        StoreDamagedError: the stored value is broken.
    """
    try:
        return zlib.decompress(data) if codec == DEFLATED else bytes(data)
    except zlib.error as error:
        raise _broken(error) from None


def pack_record(record: Record) -> tuple[bytes, bytes, bytes]:
    """The record without its evidence, its evidence, and its digest (``digest_of``)."""
    bare, evidence = replace(record, evidence={}).to_json().encode(), _by_column(record.evidence)
    return zlib.compress(bare, _LEVEL), zlib.compress(evidence, _LEVEL), _digest(record, evidence)


def unpack_record(body: bytes, evidence: bytes) -> Record:
    """The record that was packed.

    Raises:
        StoreDamagedError: a stored value is broken.
    """
    try:
        records, columns = _decoders()
        record = records.decode(zlib.decompress(body))
        record.evidence = _from_columns(columns.decode(zlib.decompress(evidence)))
    except (zlib.error, msgspec.MsgspecError) as error:
        raise _broken(error) from None
    return record


def digest_of(record: Record) -> bytes:
    """What tells two readings apart: everything but the file's name and what asking a model cost."""
    return _digest(record, _by_column(record.evidence))


def _digest(record: Record, evidence: bytes) -> bytes:
    source = replace(record.source, name="", url=None)
    bare = replace(record, source=source, usage=Usage(), evidence={}).to_json().encode()
    return hashlib.sha256(bare + evidence).digest()


def _by_column(evidence: Mapping[str, Evidence]) -> bytes:
    entries = list(evidence.values())
    places = [entry.source for entry in entries]
    columns = _Columns(
        list(evidence),
        [[getattr(entry, name) for entry in entries] for name in _FIELDS],
        list(_differences(place.start for place in places)),
        [None if place.start is None or place.end is None else place.end - place.start for place in places],
        [[getattr(place, name) for place in places] for name in _PLACES],
    )
    return msgspec.json.encode(columns)


def _from_columns(columns: _Columns) -> dict[str, Evidence]:
    found = {}
    last = 0
    for pointer, start, length, fields, place in zip(
        columns.pointers,
        columns.starts,
        columns.lengths,
        zip(*columns.fields, strict=True),
        zip(*columns.places, strict=True),
        strict=True,
    ):
        last += start or 0
        begin = None if start is None else last
        end = None if begin is None or length is None else begin + length
        found[pointer] = _entry(fields, begin, end, place)
    return found


def _entry(fields: tuple[Any, ...], start: int | None, end: int | None, place: tuple[Any, ...]) -> Evidence:
    raw, state, note, method, verdict, reasons, confidence = fields
    table, row, column, page, box = place
    where = Place(start, end, table, row, column, page, tuple(box) if box else None)
    return Evidence(raw, state, where, note, method, verdict, reasons, float(confidence))


def _differences(starts: Iterable[int | None]) -> Iterable[int | None]:
    last = 0
    for start in starts:
        yield None if start is None else start - last
        last = last if start is None else start


def _broken(error: Exception) -> StoreDamagedError:
    return StoreDamagedError(f"a stored value is broken ({error})", f"数据库中的一项内容已损坏（{error}）")


def _decoders() -> tuple[msgspec.json.Decoder[Record], msgspec.json.Decoder[_Columns]]:
    """Made by one thread only: two that make one for the same type at once crash the interpreter (msgspec 0.22)."""
    with _MAKING:
        return _made()


@lru_cache(maxsize=1)
def _made() -> tuple[msgspec.json.Decoder[Record], msgspec.json.Decoder[_Columns]]:
    return msgspec.json.Decoder(Record), msgspec.json.Decoder(_Columns)
