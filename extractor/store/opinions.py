"""What two reviewers said of each field of a report: kept when the second hands in, so that agreement is soon told."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from extractor.store.contents import insert_new
from extractor.store.people_tables import opinion
from extractor.store.rounds import Round, RoundKind, made
from extractor.store.tables import review_round

Pair = tuple[str, str]
"""What the first and the second reviewer say of one field of one report."""


def keep_pairs(connection: Connection, report: int, round_number: int, pairs: Mapping[str, Pair]) -> None:
    """Keep what both said; where they agree it is written once."""
    plain = {path: first if first == second else [first, second] for path, (first, second) in pairs.items()}
    said = zlib.compress(msgspec.json.encode(plain))
    insert_new(connection, opinion, {"report_id": report, "round": round_number, "said": said})


def pairs_kept(connection: Connection, kind: RoundKind, limit: int) -> Iterator[tuple[Round, dict[str, Any] | None]]:
    """The last ``limit`` rounds of a kind that were handed in, the newest first, each with what both said.

    By path: one text where they agree, a list of two where they do not. None where nothing was kept (an older store).
    """
    where = (opinion.c.report_id == review_round.c.report_id) & (opinion.c.round == review_round.c.round)
    wanted = select(review_round, opinion.c.said).select_from(review_round.outerjoin(opinion, where))
    wanted = wanted.where(review_round.c.kind == kind, review_round.c.state.in_(("agrees", "differs", "settled")))
    order = (review_round.c.drawn_at.desc(), review_round.c.report_id.desc())
    for row in connection.execute(wanted.order_by(*order).limit(limit)):
        yield made(row), _decoder().decode(zlib.decompress(row.said)) if row.said is not None else None


@lru_cache(maxsize=1)
def _decoder() -> msgspec.json.Decoder[dict[str, Any]]:
    return msgspec.json.Decoder(dict[str, Any])
