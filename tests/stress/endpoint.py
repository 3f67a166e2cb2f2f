"""``python -m tests.stress.endpoint PORT FOLDER LATENCY``: a model endpoint that notes in a folder what it answers.

``answers.json`` there tells the hash of a question's words → the answer; anything else is a probe, and is told the
least that its schema allows. What is asked goes into ``begun.txt`` when it comes, and into ``paid.txt`` when it is
answered, LATENCY seconds later.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
ANSWERS: dict[str, Any] = {}


def hash_of(words: str) -> str:
    """What a question is known by."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer a question with the least that its schema allows."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told = json.loads(body)
        schema = (told.get("response_format") or {}).get("json_schema", {}).get("schema", {"type": "object"})
        key = hash_of(str(told["messages"][-1]["content"]))
        known = ANSWERS.get(key)
        if known is not None:
            _note("begun.txt", key)
            time.sleep(float(sys.argv[3]))
            _note("paid.txt", key)
        content = json.dumps(least(schema, schema) if known is None else known, ensure_ascii=False)
        message = {"role": "assistant", "content": content, "refusal": None}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        reply: dict[str, Any] = {"id": "x", "object": "chat.completion", "created": 1, "model": told["model"]}
        data = json.dumps({**reply, "choices": [choice], "usage": USAGE}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 (its name in the library)
        """Nothing."""


def _note(name: str, key: str) -> None:
    with (Path(sys.argv[2]) / name).open("a") as file:
        file.write(key + "\n")


def least(schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """The smallest value that a schema allows."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kinds = [one.get("type") for one in schema.get("anyOf", ())] or schema.get("type")
    if isinstance(kinds, list):
        return None if "null" in kinds else least(schema.get("anyOf", [{"type": kinds[0]}])[0], root)
    if kinds == "object":
        return {name: least(one, root) for name, one in schema.get("properties", {}).items()}
    if kinds == "array":
        return [least(schema["items"], root) for _ in range(schema.get("minItems", 0))]
    return {"string": "无", "integer": schema.get("minimum", 0), "number": 0, "boolean": False}.get(str(kinds))


class _Server(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed."""


if __name__ == "__main__":
    ANSWERS |= json.loads((Path(sys.argv[2]) / "answers.json").read_bytes())
    server = _Server(("127.0.0.1", int(sys.argv[1])), _Connection)
    print(f"http://127.0.0.1:{server.server_address[1]}/v1", flush=True)
    server.serve_forever()
