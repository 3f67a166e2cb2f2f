"""An OpenID provider on loopback that signs everybody in at once, with the claims that a test sets."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "review-pages"


class Provider(ThreadingHTTPServer):
    """``claims`` are what the next person to sign in has."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.url = f"http://localhost:{self.server_port}"
        self.key = RSAKey.generate_key(2048, {"kid": "test", "use": "sig", "alg": "RS256"})
        self.claims: dict[str, Any] = {}
        self.nonce = ""

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def token(self) -> dict[str, Any]:
        now = int(time.time())
        told = {"iss": self.url, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 600, "nonce": self.nonce}
        signed = jwt.encode({"alg": "RS256", "kid": "test"}, told | self.claims, self.key)
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 600, "id_token": signed}


class _Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path == "/authorize":
            self._redirect(parse_qs(asked.query))
        elif asked.path == "/keys":
            self._tell({"keys": [self.server.key.as_dict(private=False)]})
        else:
            self._tell(self.server.metadata())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._tell(self.server.token())

    def _redirect(self, asked: dict[str, list[str]]) -> None:
        self.server.nonce = asked.get("nonce", [""])[0]
        self.send_response(302)
        answer = urlencode({"code": "c", "state": asked["state"][0]})
        self.send_header("Location", f"{asked['redirect_uri'][0]}?{answer}")
        self.end_headers()

    def _tell(self, plain: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(plain).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (as the library names it)
        """Nothing."""


@contextmanager
def provider() -> Iterator[Provider]:
    made = Provider()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
