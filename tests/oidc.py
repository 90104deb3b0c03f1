"""A small OpenID Connect provider over real HTTP, for desks that people log in to.

It follows OpenID Connect Core 1.0, section 3.1 (authorization code flow), with client secrets sent
by HTTP Basic, ID tokens signed by RS256 (RFC 7519, RFC 7518 section 3.3) and, where a client sends
a challenge, RFC 7636's S256.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID = "mask-desk"
CLIENT_SECRET = "client-secret-7c1d"
COOKIE_SECRET = "cookie-secret-0123456789abcdef0123456789"


@dataclass
class Provider:
    """A provider that is running.

    Attributes:
        address: "http://127.0.0.1:PORT".
        account: the claims of whoever sits in front of the browser; they log in without a word.
        refused: why requests of the desk were not accepted.
        logins: addresses that were handed out.
    """

    address: str
    account: dict[str, Any] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    _key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def write_secrets(self, desk: str, more: str = "") -> str:
        """The text of a secrets.toml for a desk at this address that people log in to here."""
        return (
            f'[auth]\nredirect_uri = "{desk}/oauth2callback"\n'
            f'cookie_secret = "{COOKIE_SECRET}"\nclient_id = "{CLIENT_ID}"\n'
            f'client_secret = "{CLIENT_SECRET}"\n'
            f'server_metadata_url = "{self.address}/.well-known/openid-configuration"\n{more}'
        )

    async def describe(self, _request: Request) -> Response:
        """What the provider offers, and where."""
        return JSONResponse(
            {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/jwks",
                "end_session_endpoint": f"{self.address}/logout",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def authorize(self, request: Request) -> Response:
        """Whoever is there says yes; the browser goes back with a code."""
        query = dict(request.query_params)
        if query.get("client_id") != CLIENT_ID or query.get("response_type") != "code":
            return self._refuse("unknown client or response type")
        if not {"openid", "email"} <= set(query.get("scope", "").split()):
            return self._refuse("no scope for an address")
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        self.logins.append(str(self.account.get("email")))
        answer = urlencode({"code": code, "state": query.get("state", "")})
        return RedirectResponse(f"{query['redirect_uri']}?{answer}", status_code=302)

    async def give_token(self, request: Request) -> Response:
        """A code for an ID token, once, to the client that it was made for."""
        form = {
            name: values[0] for name, values in parse_qs((await request.body()).decode()).items()
        }
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        known = f"{CLIENT_ID}:{CLIENT_SECRET}"
        if scheme != "Basic" or unquote(base64.b64decode(credentials).decode()) != known:
            return self._refuse("not the client's secret")
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            return self._refuse("unknown code")
        if "code_challenge" in asked:
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
                return self._refuse("not who asked for the code")
        now = int(time.time())
        claims = {
            "iss": self.address,
            "sub": "somebody",
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 600,
            "nonce": asked.get("nonce", ""),
            **self.account,
        }
        return JSONResponse(
            {
                "access_token": secrets.token_urlsafe(16),
                "token_type": "Bearer",
                "expires_in": 600,
                "id_token": jwt.encode({"alg": "RS256", "kid": "one"}, claims, self._key),
            }
        )

    async def list_keys(self, _request: Request) -> Response:
        """The public key that ID tokens are signed with."""
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    async def log_out(self, request: Request) -> Response:
        """End the session here, too, and go back."""
        return RedirectResponse(request.query_params["post_logout_redirect_uri"], status_code=302)

    def _refuse(self, why: str) -> Response:
        self.refused.append(why)
        return PlainTextResponse(why, status_code=400)


@contextmanager
def serve_provider() -> Iterator[Provider]:
    """Run a provider on a free loopback port until the context ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    provider = Provider(f"http://127.0.0.1:{listener.getsockname()[1]}")
    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", provider.describe),
            Route("/authorize", provider.authorize),
            Route("/token", provider.give_token, methods=["POST"]),
            Route("/jwks", provider.list_keys),
            Route("/logout", provider.log_out),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
