"""The client against a server nobody here wrote: ``python -m tests.llm.conformance llama-server MODEL``.

llama-server runs a model of random weights: what it says is nonsense, how it says it is real. For every answer type it
is asked constrained by the schema, and its replies must have the schema's shape; the client must find the strict mode,
name each failure, and see the endpoint's prefix cache hit.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import jsonschema

from extractor.draft import Question
from extractor.llm.answers import KINDS, answer_type
from extractor.llm.client import LiveModel
from extractor.llm.endpoint import Endpoint
from extractor.llm.money import Ledger, Purse, Spent
from extractor.llm.prompts import load_prompt
from extractor.llm.wire import Mode, demand, strict_schema
from tests.llm.asked import draft, questions, settings

SEEDS = range(1, 11)
MOST_TOKENS = 1_500
SECONDS_TO_START = 60
NAMED = {"answered", "invalid_answer", "too_long_answer"}


@contextmanager
def running(program: str, model: str) -> Iterator[str]:
    """The server's address while it runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    room = ["-c", "131072", "-np", "4", "--no-kv-unified"]
    one_thread = ["-t", "1", "-tb", "1"]  # two wait for each other at every token, which a busy machine makes long
    command = [program, "-m", model, "--host", "127.0.0.1", "--port", str(port), *room, *one_thread]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            with urllib.request.urlopen(url, timeout=1) as reply:  # noqa: S310 (our own, on loopback)
                if reply.status == 200:
                    return
        except OSError:
            if time.monotonic() > end:
                raise
        time.sleep(0.2)


def asked() -> list[Question]:
    """Questions of every kind, on several reports."""
    found = [question for seed in SEEDS for question in questions(seed)]
    for seed in SEEDS:
        made = draft(seed)
        for one in (q for q in questions(seed, "clauses")[:1] if made.narrative.issues):
            content = {**one.content, "issues": 2, "improvements": 2}
            found.append(replace(one, id="links", kind="links", content=content))
    return found


async def shapes(endpoint: Endpoint, spent: Spent, found: list[Question]) -> Counter[tuple[str, str]]:
    """(kind, what became of it) → how often: ``shaped`` where the reply has the shape of the schema.

    Tells each kind when it is done.
    """
    told: Counter[tuple[str, str]] = Counter()
    for kind in KINDS:
        of_kind = [question for question in found if question.kind == kind]
        await _ask_shaped(endpoint, spent, of_kind, told)
        seen = ", ".join(f"{what} {count}" for (one, what), count in sorted(told.items()) if one == kind)
        print(f"{kind:12} {len(of_kind):3} asked: {seen}", flush=True)
    return told


async def _ask_shaped(endpoint: Endpoint, spent: Spent, found: list[Question], told: Counter[tuple[str, str]]) -> None:
    for question in found:
        schema = strict_schema(answer_type(question))
        prefix, report = load_prompt(question.kind).render(question.content)
        messages = [{"role": "system", "content": prefix}, {"role": "user", "content": report}]
        body = demand(Mode.STRICT, messages, question.kind, schema)
        body |= {"model": endpoint.model, "max_tokens": MOST_TOKENS}
        try:
            reply = await endpoint._repeated(body, schema, spent)
            jsonschema.validate(json.loads(reply.choices[0].message.content or ""), schema)
            told[question.kind, "shaped"] += 1
        except jsonschema.ValidationError:
            told[question.kind, "other shape"] += 1
        except Exception as error:  # noqa: BLE001 (told by its name below)
            told[question.kind, getattr(error, "reason", type(error).__name__)] += 1


async def conform(url: str) -> list[str]:
    """What does not hold; tells what was seen."""
    model = LiveModel(settings(url, "off", seconds_per_call=120.0, model_output_tokens=MOST_TOKENS, model_reasks=1))
    (endpoint,) = model._endpoints
    spent = Spent("probe", "probe", Purse(None), Ledger())
    manner = await endpoint.manner(spent)
    print(f"manner: {manner.mode}, {manner.limit}", flush=True)
    told = await shapes(endpoint, spent, asked())
    question = questions(1, "year")[0]
    long = replace(question, content={**question.content, "text": question.content["text"] + "年报" * 60_000})
    too_long = await model.answer([long])
    await model.answer(questions(1))
    outcomes = Counter(attempt.outcome for attempt in model.ledger.attempts)
    cached = sum(attempt.tokens.cached for attempt in model.ledger.attempts)
    print(
        f"client: {dict(outcomes)}, {cached} tokens from the server's cache; "
        f"beyond the context: {too_long['year'].failure}"
    )
    await model.close()
    return [
        *(f"{kind}: {what}" for kind, what in told if what not in ("shaped", "too_long_answer")),
        *(f"{kind}: no reply in shape" for kind in KINDS if not told[kind, "shaped"]),
        *(f"outcome {name}" for name in outcomes if name not in NAMED | {"too_long_question"}),
        *(["manner is not strict"] if manner.mode is not Mode.STRICT else []),
        *(["the context's overflow has no name"] if too_long["year"].failure != "too_long_question" else []),
        *(["no prefix was cached"] if not cached else []),
    ]


def main() -> None:
    """Run it; exit status 1 if something does not hold."""
    with running(sys.argv[1], sys.argv[2]) as url:
        faults = asyncio.run(conform(url))
    print("\n".join(f"FAILED: {fault}" for fault in faults) or "all hold")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
